"""The lookups that differ only in their tables: every operation, every rule, every wall (spec/webitel §9)."""

import pytest

from dialects.webitel.catalogue import Shop, ref

AUDIT = {"created_at", "created_by"}
SIMPLE = {
    "source": ("/cases/sources", {"name": "Web form", "description": "From the site", "type": "API"}),
    "priority": ("/cases/priorities", {"name": "Blocker", "description": "At once", "color": "deep-orange"}),
    "status": ("/cases/statuses", {"name": "Support flow", "description": "For all"}),
    "close_reason_group": ("/cases/close_reason_groups", {"name": "Standard", "description": "Usual ones"}),
}
each = pytest.mark.parametrize("wrap", SIMPLE)


@each
def test_a_row_is_made_read_changed_by_both_verbs_and_removed(shop, wrap):
    path, body = SIMPLE[wrap]
    root = shop.door("root")
    made = root.post(path, body)
    assert made == {**body, "id": made["id"], "created_at": made["created_at"], "created_by": made["created_by"]}
    assert made["created_by"] == {"id": shop.number("users", "root"), "name": "Root"}
    one = f"{path}/{made['id']}"
    assert root.get(one) == {wrap: made}
    assert root.patch(one, {"description": "Other"}) == {**made, "description": "Other"}
    assert root.ok("PUT", one, {"name": "Renamed"}) == {**made, "name": "Renamed", "description": "Other"}
    assert root.patch(one, {}) == {**made, "name": "Renamed", "description": "Other"}
    cleared = root.patch(one, {"description": ""})
    assert "description" not in cleared
    assert root.delete(one) == cleared
    root.refused("GET", one, 404)
    root.refused("PATCH", one, 404, {"name": "Back"})
    root.refused("DELETE", one, 404)
    assert made["id"] not in [row["id"] for row in root.get(path, size=-1).get("items", [])]


@each
def test_fields_choose_what_is_shown_and_unknown_ones_are_ignored(shop, wrap):
    path, body = SIMPLE[wrap]
    root = shop.door("root")
    made = root.post(path, body, fields="name,no_such_field")
    assert made == {"id": made["id"], "name": body["name"]}
    shown = root.get(f"{path}/{made['id']}", fields=["updated_at", "updated_by name"])[wrap]
    assert set(shown) == {"id", "name", "updated_at", "updated_by"}
    assert root.get(path, id=made["id"], fields="NAME")["items"] == [made]


@each
def test_a_list_comes_by_name_in_pages_and_is_filtered_and_sorted(shop, wrap):
    path, body = SIMPLE[wrap]
    root = shop.door("root")
    ids = [root.post(path, {**body, "name": name})["id"] for name in ("zz b", "zz A", "zz C")]
    first = root.get(path, q="*ZZ*", size=2, fields="name")
    assert first == {
        "page": 1,
        "next": True,
        "items": [{"id": ids[1], "name": "zz A"}, {"id": ids[0], "name": "zz b"}],
    }
    assert root.get(path, q="zz", size=2, page=2, fields="id") == {"page": 2, "items": [{"id": ids[2]}]}
    assert root.get(path, q="zz", page=9) == {"page": 9}
    assert [row["name"] for row in root.get(path, q="zz", sort="-name")["items"]] == ["zz C", "zz b", "zz A"]
    assert [row["id"] for row in root.get(path, q="zz", sort="-id")["items"]] == ids[::-1]
    assert [row["name"] for row in root.get(path, q="/^zz [ab]$/")["items"]] == ["zz A", "zz b"]
    assert {row["id"] for row in root.get(path, id=f"{ids[0]},{ids[2]}")["items"]} == {ids[0], ids[2]}
    assert "items" not in root.get(path, q="100%")
    assert len(root.get(path, q="zz", size=0)["items"]) == 3
    assert len(root.get(path, q="zz", size=-1)["items"]) == 3
    root.refused("GET", path, 400, q="/(/")
    root.refused("GET", path, 400, page="one")
    root.refused("GET", path, 400, id="x")


@each
def test_a_name_is_needed_and_stays(shop, wrap):
    path, body = SIMPLE[wrap]
    root = shop.door("root")
    nameless = {name: value for name, value in body.items() if name != "name"}
    assert "name" in root.refused("POST", path, 400, nameless)["detail"]
    root.refused("POST", path, 400, {**body, "name": ""})
    root.refused("POST", path, 400, {**body, "name": 5})
    root.refused("POST", path, 400, [])
    made = root.post(path, body)
    root.refused("PATCH", f"{path}/{made['id']}", 400, {"name": ""})
    root.refused("PATCH", f"{path}/{made['id']}", 400, {"description": ["x"]})
    root.refused("GET", f"{path}/x", 400)
    root.refused("GET", f"{path}/0", 400)


@each
def test_only_administrators_change_them_and_readers_read_them(shop, wrap):
    path, body = SIMPLE[wrap]
    made = shop.door("root").post(path, body)
    one = f"{path}/{made['id']}"
    for key in ("anna", "vera"):
        door = shop.door(key)
        assert door.get(one)[wrap] == made
        assert made in door.get(path, size=-1)["items"]
        door.refused("POST", path, 403, body)
        door.refused("PATCH", one, 403, {"name": "Mine"})
        door.refused("PUT", one, 403, {"name": "Mine"})
        door.refused("DELETE", one, 403)
    shop.door("otto").refused("GET", path, 403)
    shop.door("otto").refused("GET", one, 403)


@each
def test_another_tenant_sees_and_changes_nothing(shop, server, world, wrap):
    path, body = SIMPLE[wrap]
    made = shop.door("root").post(path, body)
    other = Shop(server, world.http).door("root")
    one = f"{path}/{made['id']}"
    other.refused("GET", one, 404)
    other.refused("PATCH", one, 404, {"name": "Mine"})
    other.refused("DELETE", one, 404)
    assert made["name"] not in [row["name"] for row in other.get(path, size=-1).get("items", [])]
    assert "items" not in other.get(path, id=made["id"])


# ---- sources


@pytest.mark.parametrize("kind", ["CALL", "CHAT", "SOCIAL_MEDIA", "EMAIL", "API", "MANUAL"])
def test_a_source_has_one_of_six_types_and_lists_filter_by_it(shop, kind):
    root = shop.door("root")
    made = root.post("/cases/sources", {"name": "Mine", "type": kind})
    assert made["type"] == kind
    assert made["id"] in [row["id"] for row in root.get("/cases/sources", type=kind)["items"]]
    other = "CALL" if kind != "CALL" else "CHAT"
    assert made["id"] not in [row["id"] for row in root.get("/cases/sources", type=other).get("items", [])]
    assert made["id"] in [row["id"] for row in root.get("/cases/sources", type=[kind, other])["items"]]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Web"},
        {"name": "Web", "type": "TYPE_UNSPECIFIED"},
        {"name": "Web", "type": "FAX"},
        {"name": "Web", "type": 7},
        {"name": "W", "type": "API"},
        {"name": "W" * 101, "type": "API"},
        {"name": "Web", "type": "API", "description": "d" * 501},
    ],
)
def test_what_a_source_may_not_be(shop, body):
    shop.door("root").refused("POST", "/cases/sources", 400, body)


def test_the_limits_of_a_source_are_allowed(shop):
    root = shop.door("root")
    made = root.post("/cases/sources", {"name": "W" * 100, "type": 5, "description": "d" * 500})
    assert made["type"] == "API"
    assert root.patch(f"/cases/sources/{made['id']}", {"name": "We", "type": "EMAIL"})["type"] == "EMAIL"
    root.refused("PATCH", f"/cases/sources/{made['id']}", 400, {"type": "TYPE_UNSPECIFIED"})


# ---- priorities


def test_a_priority_needs_a_colour_of_at_most_25_letters(shop):
    root = shop.door("root")
    root.refused("POST", "/cases/priorities", 400, {"name": "P"})
    root.refused("POST", "/cases/priorities", 400, {"name": "P", "color": "c" * 26})
    assert root.post("/cases/priorities", {"name": "P", "color": "c" * 25})["color"] == "c" * 25


def test_priorities_that_an_sla_has_left(goods):
    root, conditions = goods.root, f"/slas/{goods.sla['id']}/sla_condition"
    a, b, c = (root.post("/cases/priorities", {"name": f"prio {n}", "color": "red"}) for n in "abc")
    times = {"reaction_time": 60, "resolution_time": 120}
    first = root.post(conditions, {"name": "One", "priorities": [ref(a)], **times})
    second = root.post(conditions, {"name": "Two", "priorities": [ref(b)], **times})

    def names(**params) -> list[str]:
        return [row["name"] for row in root.get("/cases/priorities", q="prio", **params).get("items", [])]

    assert names() == ["prio a", "prio b", "prio c"]
    assert names(notInSla=goods.sla["id"]) == ["prio c"]
    assert names(not_in_sla=goods.sla["id"]) == ["prio c"]
    assert names(inSlaCond=first["id"]) == ["prio a", "prio c"]
    assert names(inSlaCond=second["id"]) == ["prio b", "prio c"]
    other = goods.new_sla("Silver")
    assert names(notInSla=other["id"]) == ["prio a", "prio b", "prio c"]
    root.delete(f"{conditions}/{first['id']}")
    assert names(notInSla=goods.sla["id"]) == ["prio a", "prio c"]
    assert c["name"] == "prio c"


# ---- close reasons


def test_close_reasons_belong_to_a_group_and_go_with_it(shop):
    root = shop.door("root")
    group = root.post("/cases/close_reason_groups", {"name": "G"})
    other = root.post("/cases/close_reason_groups", {"name": "H"})
    path = f"/close_reason_groups/{group['id']}/close_reasons"
    made = root.post(path, {"name": "Solved", "description": "It works"})
    assert made["close_reason_group_id"] == group["id"]
    assert root.get(f"{path}/{made['id']}") == {"close_reason": made}
    assert root.patch(f"{path}/{made['id']}", {"name": "Fixed"})["name"] == "Fixed"
    assert [row["name"] for row in root.get(path)["items"]] == ["Fixed"]
    elsewhere = f"/close_reason_groups/{other['id']}/close_reasons"
    assert "items" not in root.get(elsewhere)
    root.refused("GET", f"{elsewhere}/{made['id']}", 404)
    root.refused("PATCH", f"{elsewhere}/{made['id']}", 404, {"name": "X"})
    root.refused("DELETE", f"{elsewhere}/{made['id']}", 404)
    root.refused("POST", path, 400, {"description": "No name"})
    root.refused("POST", "/close_reason_groups/999999/close_reasons", 404, {"name": "X"})
    root.refused("GET", "/close_reason_groups/999999/close_reasons", 404)
    shop.door("anna").refused("POST", path, 403, {"name": "X"})
    root.delete(f"/cases/close_reason_groups/{group['id']}")
    root.refused("GET", f"{path}/{made['id']}", 404)


# ---- SLAs


def test_an_sla_is_made_read_changed_and_removed(goods):
    root = goods.root
    body = {
        "name": "Silver",
        "description": "Second best",
        "calendar": ref(goods.calendar),
        "reaction_time": "3600",
        "resolution_time": 86400,
        "valid_from": "1704067200123",
        "valid_to": "1735689600000",
    }
    made = root.post("/cases/slas", body)
    assert made["calendar"] == {"id": goods.calendar["id"], "name": "Always"}
    assert (made["reaction_time"], made["resolution_time"]) == ("3600", "86400")
    assert (made["valid_from"], made["valid_to"]) == ("1704067200123", "1735689600000")
    assert {"updated_at", "updated_by"} < set(made)
    one = f"/cases/slas/{made['id']}"
    assert root.get(one) == {"sla": made}
    changed = root.patch(one, {"valid_to": "0", "reaction_time": "7200"})
    assert "valid_to" not in changed
    assert (changed["reaction_time"], changed["valid_from"]) == ("7200", "1704067200123")
    assert [row["name"] for row in root.get("/cases/slas", sort="calendar")["items"]] == ["Gold", "Silver"]
    root.delete(one)
    root.refused("GET", one, 404)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"calendar": {}},
        {"calendar": {"id": "999999"}},
        {"calendar": "1"},
        {"reaction_time": "0"},
        {"resolution_time": 0},
        {"reaction_time": "-1"},
        {"reaction_time": "soon"},
        {"resolution_time": 2**40},
        {"valid_from": "yesterday"},
    ],
)
def test_what_an_sla_may_not_be(goods, wrong):
    good = {"name": "S", "calendar": ref(goods.calendar), "reaction_time": 60, "resolution_time": 60}
    goods.root.refused("POST", "/cases/slas", 400, {**good, **wrong})
    goods.root.refused("PATCH", f"/cases/slas/{goods.sla['id']}", 400, wrong)


@pytest.mark.parametrize("name", ["name", "calendar", "reaction_time", "resolution_time"])
def test_an_sla_needs(goods, name):
    good = {"name": "S", "calendar": ref(goods.calendar), "reaction_time": 60, "resolution_time": 60}
    del good[name]
    assert name in goods.root.refused("POST", "/cases/slas", 400, good)["detail"]


def test_conditions_of_an_sla(goods):
    root, one, many = goods.root, f"/slas/{goods.sla['id']}/sla_condition", f"/slas/{goods.sla['id']}/sla_conditions"
    body = {"name": "Fast", "priorities": [ref(goods.priority)], "reaction_time": "60", "resolution_time": "600"}
    made = root.post(one, body)
    assert made["priorities"] == [{"id": goods.priority["id"], "name": "Usual"}]
    assert made["sla_id"] == goods.sla["id"]
    assert root.get(f"{one}/{made['id']}") == {"sla_condition": made}
    other = root.post("/cases/priorities", {"name": "Other", "color": "red"})
    changed = root.ok("PUT", f"{one}/{made['id']}", {"priorities": [ref(other)], "reaction_time": "120"})
    assert [p["name"] for p in changed["priorities"]] == ["Other"]
    assert (changed["reaction_time"], changed["resolution_time"], changed["name"]) == ("120", "600", "Fast")
    second = root.post(one, {**body, "name": "Usual ones"})
    assert [row["id"] for row in root.get(many)["items"]] == [made["id"], second["id"]]
    assert [row["id"] for row in root.get(many, priority_id=other["id"])["items"]] == [made["id"]]
    assert [row["id"] for row in root.get(many, slaConditionId=second["id"])["items"]] == [second["id"]]
    root.refused("POST", one, 400, {**body, "name": "Fast"})
    root.refused("PATCH", f"{one}/{second['id']}", 400, {"name": "Fast"})
    assert root.patch(f"{one}/{second['id']}", {"name": "Usual ones"})["name"] == "Usual ones"
    for wrong in ({"priorities": []}, {"priorities": [{"id": "999999"}]}, {"reaction_time": 0}, {"resolution_time": 0}):
        root.refused("POST", one, 400, {**body, "name": "New", **wrong})
        root.refused("PATCH", f"{one}/{second['id']}", 400, wrong)
    for name in body:
        root.refused("POST", one, 400, {key: value for key, value in body.items() if key != name})
    root.refused("POST", "/slas/999999/sla_condition", 404, body)
    elsewhere = goods.new_sla("Silver")
    root.refused("GET", f"/slas/{elsewhere['id']}/sla_condition/{made['id']}", 404)
    assert root.post(f"/slas/{elsewhere['id']}/sla_condition", body)["name"] == "Fast"
    root.delete(f"{one}/{second['id']}")
    assert [row["id"] for row in root.get(many)["items"]] == [made["id"]]
