"""Contacts, and groups with the conditions of dynamic ones (spec/webitel §10, §14)."""

import pytest

from dialects.webitel.catalogue import Shop

KIT = {
    "name": {"common_name": "Kit Caller"},
    "about": "Calls often",
    "emails": [{"email": "kit@x.example"}, {"email": "kit@home.example"}],
    "phones": {"data": [{"number": "+4930123"}, {"number": "+49170", "primary": True}]},
    "labels": ["vip"],
}


def names(rows):
    return [row["name"]["common_name"] for row in rows]


def test_a_contact_is_made_read_changed_and_removed(shop):
    root = shop.door("root")
    made = root.post("/contacts", KIT)
    assert made["name"] == {"common_name": "Kit Caller", "given_name": "Kit", "family_name": "Caller"}
    assert [entry["email"] for entry in made["emails"]["data"]] == ["kit@x.example", "kit@home.example"]
    assert [entry["number"] for entry in made["phones"]["data"]] == ["+4930123", "+49170"]
    assert made["labels"]["data"] == [{"label": "vip"}]
    assert made["about"] == "Calls often"
    assert root.get(f"/contacts/{made['id']}") == root.get(f"/contacts/{made['etag']}") == made
    changed = root.patch(f"/contacts/{made['etag']}", {"name": {"common_name": "Kit of the Hill"}, "about": ""})
    assert changed["name"]["common_name"] == "Kit of the Hill"
    assert (changed["ver"], "about" in changed, changed["emails"]) == (1, False, made["emails"])
    root.refused("PATCH", f"/contacts/{made['etag']}", 404, {"about": "Stale"})
    assert root.ok("PUT", f"/contacts/{made['id']}", {"emails": []}).get("emails", {}) == {}
    assert root.delete(f"/contacts/{made['id']}")["name"]["common_name"] == "Kit of the Hill"
    root.refused("GET", f"/contacts/{made['id']}", 404)


@pytest.mark.parametrize("q", ["kit", "CALLER*", "*home.example", "4930", "/^kit c/", "it Ca"])
def test_contacts_are_found_by_name_address_and_phone(shop, q):
    root = shop.door("root")
    made = root.post("/contacts", KIT)
    assert [row["id"] for row in root.get("/contacts", q=q)["data"]] == [made["id"]]


@pytest.mark.parametrize("q", ["emails", "webitel", "primary", "nobody"])
def test_what_is_nobody_finds_nobody(shop, q):
    root = shop.door("root")
    root.post("/contacts", KIT)
    assert "data" not in root.get("/contacts", q=q)


def test_users_are_contacts_and_lists_come_by_name_in_pages(shop):
    root = shop.door("root")
    assert names(root.get("/contacts", size=-1)["data"]) == ["Anna", "Bert", "Otto", "Root", "Vera"]
    page = root.get("/contacts", size=2)
    assert (page["page"], page["next"], names(page["data"])) == (1, True, ["Anna", "Bert"])
    assert names(root.get("/contacts", size=2, page=3)["data"]) == ["Vera"]
    assert names(root.get("/contacts", size=2, sort="-name")["data"]) == ["Vera", "Root"]
    anna = root.get(f"/contacts/{shop.contact('anna')}")
    assert anna["user"] == {"id": shop.number("users", "anna"), "name": "Anna"}
    assert root.get("/contacts", id=[anna["etag"]], fields="name")["data"] == [
        {"id": anna["id"], "name": {"common_name": "Anna"}}
    ]
    root.refused("DELETE", f"/contacts/{anna['id']}", 400)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": {}},
        {"name": {"common_name": " "}},
        {"name": 5},
        {"emails": "a@x.example"},
        {"emails": [{"primary": True}]},
        {"phones": [5]},
        {"labels": "vip"},
        {"about": 5},
    ],
)
def test_what_a_contact_may_not_be(shop, wrong):
    root = shop.door("root")
    root.refused("POST", "/contacts", 400, {**KIT, **wrong})
    made = root.post("/contacts", KIT)
    root.refused("PATCH", f"/contacts/{made['etag']}", 400, wrong)


def test_contacts_of_a_world_file_read_here_and_the_other_way(server, world, exported):
    person = {
        "key": "lou",
        "first_name": "Lou",
        "last_name": "Lender",
        "email": "lou@x.example",
        "extra": {"phone": "+1555"},
    }
    shop = Shop(server, world.http, persons=[person])
    root = shop.door("root")
    lou = root.get(f"/contacts/{shop.number('persons', 'lou')}")
    assert lou["name"]["common_name"] == "Lou Lender"
    assert [entry["email"] for entry in lou["emails"]["data"]] == ["lou@x.example"]
    assert [entry["number"] for entry in lou["phones"]["data"]] == ["+1555"]
    root.patch(f"/contacts/{lou['id']}", {"emails": [{"email": "new@x.example"}], "phones": [{"number": "+2"}]})
    root.post("/contacts", KIT)
    lou, kit = exported(shop)["persons"]
    assert (lou["email"], lou["extra"]["phone"]) == ("new@x.example", "+2")
    assert (kit["first_name"], kit["last_name"], kit["email"], kit["extra"]["phone"]) == (
        "Kit",
        "Caller",
        "kit@x.example",
        "+49170",
    )


def test_only_administrators_change_contacts_and_nobody_those_of_others(shop, server, world):
    made = shop.door("root").post("/contacts", KIT)
    one = f"/contacts/{made['id']}"
    for key in ("anna", "vera"):
        assert shop.door(key).get(one)["id"] == made["id"]
        shop.door(key).refused("POST", "/contacts", 403, KIT)
        shop.door(key).refused("PATCH", one, 403, {"about": "x"})
        shop.door(key).refused("DELETE", one, 403)
    other = Shop(server, world.http).door("root")
    other.refused("GET", one, 404)
    other.refused("PATCH", one, 404, {"about": "x"})
    other.refused("DELETE", one, 404)
    other.refused("GET", "/contacts/QQQhS", 400)


def test_what_the_published_client_opens_is_there(shop):
    """It calls `mode.includes` on every contact, and spreads `data` of each list that is there."""
    root = shop.door("root")
    bare = root.post("/contacts", {"name": {"common_name": "Solo"}})
    assert bare["mode"] == "rwd"
    assert {"emails", "phones", "imclients", "labels"}.isdisjoint(bare)
    fields = ["mode", "id", "name"]
    (row,) = shop.door("anna").get("/contacts", q="Solo", sort="+name", fields=fields)["data"]
    assert row == {"id": bare["id"], "mode": "r", "name": bare["name"]}


def test_contacts_are_narrowed_by_where_to_look_user_and_group(shop):
    root = shop.door("root")
    team = shop.apply(teams=[{"key": "desk", "name": "Desk", "members": ["anna"]}])["teams"][f"{shop.key}/desk"]
    kit = root.post("/contacts", {**KIT, "about": "Sells bread"})
    assert "data" not in root.get("/contacts", q="bread", qin="name")
    assert [row["id"] for row in root.get("/contacts", q="bread", qin="about")["data"]] == [kit["id"]]
    assert [row["id"] for row in root.get("/contacts", q="VIP", qin="labels")["data"]] == [kit["id"]]
    assert [row["id"] for row in root.get("/contacts", q="+4930", qin="emails,phones")["data"]] == [kit["id"]]
    assert names(root.get("/contacts", user="false")["data"]) == ["Kit Caller"]
    assert "Kit Caller" not in names(root.get("/contacts", user="true")["data"])
    assert names(root.get("/contacts", group=team["number"])["data"]) == ["Anna"]
    assert "Anna" not in names(root.get("/contacts", notIdGroup=team["number"])["data"])


# ---- groups


def test_groups_are_made_read_changed_and_removed(shop):
    root = shop.door("root")
    made = root.post("/contacts/groups", {"name": "Desk", "description": "First line", "enabled": True})
    assert (made["name"], made["description"], made["type"], made["enabled"]) == ("Desk", "First line", "STATIC", True)
    one = f"/contacts/groups/{made['id']}"
    assert root.get(one) == {"group": made}
    changed = root.patch(one, {"name": "Front desk", "enabled": False})
    assert (changed["name"], changed["description"], "enabled" in changed) == ("Front desk", "First line", False)
    dynamic = root.post("/contacts/groups", {"name": "Router", "type": "DYNAMIC", "default_group": {"id": made["id"]}})
    assert dynamic["default_group"] == {"id": made["id"], "name": "Front desk"}
    assert [row["name"] for row in root.get("/contacts/groups")["items"]] == ["Front desk", "Router"]
    assert [row["name"] for row in root.get("/contacts/groups", type="dynamic")["items"]] == ["Router"]
    root.refused("DELETE", one, 400)
    assert "default_group" not in root.patch(f"/contacts/groups/{dynamic['id']}", {"default_group": {}})
    assert root.delete(one)["name"] == "Front desk"
    root.refused("GET", one, 404)


def test_what_a_group_may_not_be(shop):
    root = shop.door("root")
    dynamic = root.post("/contacts/groups", {"name": "Router", "type": "dynamic"})
    for wrong in (
        {"name": ""},
        {"type": "elastic"},
        {"default_group": {"id": "999999"}},
        {"default_group": {"id": dynamic["id"]}},
        {"enabled": "perhaps"},
    ):
        root.refused("POST", "/contacts/groups", 400, {"name": "G", **wrong})
    shop.door("anna").refused("POST", "/contacts/groups", 403, {"name": "G"})
    shop.door("anna").refused("PATCH", f"/contacts/groups/{dynamic['id']}", 403, {"name": "G"})


@pytest.fixture
def router(shop):
    root = shop.door("root")
    desk, night = (root.post("/contacts/groups", {"name": name}) for name in ("Desk", "Night"))
    group = root.post("/contacts/groups", {"name": "Router", "type": "dynamic", "default_group": {"id": desk["id"]}})
    return root, f"/contacts/groups/{group['id']}/conditions", desk, night, group


def test_conditions_of_a_dynamic_group_keep_their_order(router, shop):
    root, path, desk, night, _ = router
    anna = {"id": shop.contact("anna")}
    first = root.post(
        path, {"expression": "case.priority.name == 'high'", "group": {"id": night["id"]}, "assignee": anna}
    )
    assert first["group"] == {"id": night["id"], "name": "Night"}
    assert first["assignee"] == {"id": shop.contact("anna"), "name": "Anna"}
    second = root.post(path, {"expression": "case.subject != ''", "group": {"id": desk["id"]}})
    third = root.post(path, {"expression": "case.subject == 'x'", "group": {"id": desk["id"]}, "position": 1})
    assert [row["id"] for row in root.get(path)["items"]] == [third["id"], first["id"], second["id"]]
    moved = root.patch(f"{path}/{second['id']}", {"position": 2, "expression": "case.subject == 'y'"})
    assert (moved["position"], moved["expression"], moved["id"]) == (2, "case.subject == 'y'", second["id"])
    assert [row["id"] for row in root.get(path)["items"]] == [third["id"], second["id"], first["id"]]
    assert "assignee" not in root.ok("PUT", f"{path}/{first['id']}", {"assignee": {}})
    assert root.delete(f"{path}/{third['id']}")["id"] == third["id"]
    root.refused("GET", f"{path}/{third['id']}", 404)
    assert root.get(f"{path}/{second['id']}")["condition"]["position"] == 1


def test_what_a_condition_may_not_be(router, shop):
    root, path, desk, _, group = router
    good = {"expression": "case.subject == 'x'", "group": {"id": desk["id"]}}
    for wrong in (
        {"expression": ""},
        {"expression": "case.subject = 'x'"},
        {"expression": 5},
        {"group": {}},
        {"group": {"id": "999999"}},
        {"group": {"id": group["id"]}},
        {"assignee": {"id": "999999"}},
        {"position": 0},
    ):
        root.refused("POST", path, 400, {**good, **wrong})
    root.refused("POST", f"/contacts/groups/{desk['id']}/conditions", 400, good)
    root.refused("POST", "/contacts/groups/999999/conditions", 404, good)
    root.refused("PATCH", f"{path}/77", 404, good)
    shop.door("anna").refused("POST", path, 403, good)
    made = root.post(path, good)
    shop.door("anna").refused("DELETE", f"{path}/{made['id']}", 403)
    assert shop.door("anna").get(path)["items"] == [made]


def test_conditions_of_a_world_file_read_here(server, world, exported):
    teams = [
        {"key": "esc", "name": "Escalations"},
        {
            "key": "router",
            "name": "Router",
            "kind": "dynamic",
            "default": "esc",
            "conditions": [{"expression": "case.priority.name == 'critical'", "team": "esc", "assignee": "anna"}],
        },
    ]
    shop = Shop(server, world.http)
    ids = shop.apply(teams=teams)["teams"]
    group = ids[f"{shop.key}/router"]["number"]
    path = f"/contacts/groups/{group}/conditions"
    root = shop.door("root")
    (row,) = root.get(path)["items"]
    assert (row["group"]["name"], row["assignee"]["name"]) == ("Escalations", "Anna")
    assert root.get(f"/contacts/groups/conditions/{row['id']}")["condition"] == row
    root.post(path, {"expression": "case.subject == 'x'", "group": row["group"]})
    found = next(team for team in exported(shop)["teams"] if team["key"] == "router")
    assert [c["expression"] for c in found["conditions"]] == ["case.priority.name == 'critical'", "case.subject == 'x'"]
    assert found["conditions"][1]["team"] == "esc"


def test_conditions_and_dynamic_groups_where_the_published_client_has_them(router, shop):
    root, path, desk, night, group = router
    made = root.post(path, {"expression": "case.subject == 'x'", "group": {"id": desk["id"]}})
    other = root.post("/contacts/groups/dynamic", {"name": "Second", "default_group": {"id": desk["id"]}})
    assert other["type"] == "DYNAMIC"
    theirs = root.post(
        f"/contacts/groups/{other['id']}/conditions", {"expression": "a == b", "group": {"id": night["id"]}}
    )
    assert theirs["id"] != made["id"]
    bare = f"/contacts/groups/conditions/{made['id']}"
    assert root.get(bare) == {"condition": made}
    assert root.patch(bare, {"group": {"id": night["id"]}})["group"]["name"] == "Night"
    assert root.delete(bare)["id"] == made["id"]
    root.refused("GET", bare, 404)
    root.refused("DELETE", bare, 404)
    one = f"/contacts/groups/{other['id']}/dynamic"
    assert root.get(one)["group"]["name"] == "Second"
    assert root.patch(one, {"name": "Third", "type": "static"})["type"] == "DYNAMIC"
    root.refused("GET", f"/contacts/groups/{desk['id']}/dynamic", 404)
    root.refused("PATCH", f"/contacts/groups/{desk['id']}/dynamic", 404, {"name": "X"})
    root.refused("DELETE", f"/contacts/groups/{desk['id']}/dynamic", 404)
    assert root.delete(one)["name"] == "Third"
    assert group["id"] in [row["id"] for row in root.get("/contacts/groups", type="DYNAMIC", enabled="true")["items"]]
