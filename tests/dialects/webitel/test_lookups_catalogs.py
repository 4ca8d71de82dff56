"""Catalogs and services: one tree, two views (spec/webitel §9)."""

import pytest

from dialects.webitel.catalogue import Catalogue, Shop, ref


def names(rows):
    return [row["name"] for row in rows]


def branch(node):
    """Return a node's name with those below it."""
    below = [branch(child) for child in node.get("service", [])]
    return (node["name"], below) if below else node["name"]


@pytest.fixture
def tree(goods):
    """IT > Mail > (Spam > (Filters), Aliases), IT > network; and HR without services."""
    goods.spam = goods.new_service("Spam", goods.service)
    goods.filters = goods.new_service("Filters", goods.spam, state=False)
    goods.aliases = goods.new_service("aliases", goods.service)
    goods.network = goods.new_service("network", goods.catalog)
    goods.hr = goods.new_catalog("HR", prefix="HR", state=False)
    return goods


# ---- catalogs


def test_a_catalog_is_made_read_changed_and_removed(goods):
    root, color = goods.root, {"id": goods.priority["id"], "name": "Usual", "color": "blue"}
    body = {
        "name": "Facilities",
        "description": "Rooms and chairs",
        "prefix": "FAC",
        "code": "F-1",
        "state": True,
        "sla": ref(goods.sla),
        "status": ref(goods.status),
        "close_reason_group": ref(goods.group),
        "default_priority": ref(goods.priority),
        "skills": [{"id": "5", "name": "Carpentry"}],
    }
    made = root.post("/cases/catalogs", body)
    for name in ("name", "description", "prefix", "code", "state", "skills"):
        assert made[name] == body[name]
    assert made["sla"] == {"id": goods.sla["id"], "name": "Gold"}
    assert made["status"] == {"id": goods.status["id"], "name": "Flow"}
    assert made["close_reason_group"] == {"id": goods.group["id"], "name": "Standard"}
    assert made["default_priority"] == color
    assert made["created_by"]["name"] == "Root"
    one = f"/cases/catalogs/{made['id']}"
    assert root.get(one) == {"catalog": made}
    changed = root.patch(one, {"description": "", "state": False, "code": "F-2"})
    assert {"description", "state"}.isdisjoint(changed)
    assert (changed["code"], changed["prefix"]) == ("F-2", "FAC")
    assert root.ok("PUT", one, {"name": "Rooms"})["name"] == "Rooms"
    assert root.delete(one) == {"items": [{"id": made["id"]}]}
    root.refused("GET", one, 404)
    root.refused("DELETE", one, 404)


@pytest.mark.parametrize("name", ["name", "prefix", "sla", "status", "close_reason_group", "default_priority"])
def test_a_catalog_needs(goods, name):
    body = {
        "name": "X",
        "prefix": "X",
        "sla": ref(goods.sla),
        "status": ref(goods.status),
        "close_reason_group": ref(goods.group),
        "default_priority": ref(goods.priority),
    }
    assert goods.root.post("/cases/catalogs", body)["name"] == "X"
    without = {key: value for key, value in body.items() if key != name}
    assert name in goods.root.refused("POST", "/cases/catalogs", 400, without)["detail"]
    empty = {**body, name: {} if isinstance(body[name], dict) else ""}
    goods.root.refused("POST", "/cases/catalogs", 400, empty)
    goods.root.refused("PATCH", f"/cases/catalogs/{goods.catalog['id']}", 400, {name: empty[name]})


@pytest.mark.parametrize(
    "wrong",
    [
        {"prefix": "P" * 21},
        {"code": "C" * 51},
        {"sla": {"id": "999999"}},
        {"status": {"id": "999999"}},
        {"close_reason_group": {"id": "999999"}},
        {"default_priority": {"id": "999999"}},
        {"teams": [{"id": "999999"}]},
        {"teams": "all"},
        {"state": "perhaps"},
    ],
)
def test_what_a_catalog_may_not_be(goods, wrong):
    goods.root.refused("PATCH", f"/cases/catalogs/{goods.catalog['id']}", 400, wrong)


def test_the_list_shows_the_tree_sorted_without_case(tree):
    page = tree.root.get("/cases/catalogs")
    assert [branch(row) for row in page["items"]] == [
        "HR",
        ("IT", [("Mail", ["aliases", ("Spam", ["Filters"])]), "network"]),
    ]
    assert page["page"] == 1
    mail = page["items"][1]["service"][0]
    assert (mail["root_id"], mail["catalog_id"]) == (tree.catalog["id"], tree.catalog["id"])
    spam = mail["service"][1]
    assert (spam["root_id"], spam["catalog_id"]) == (mail["id"], tree.catalog["id"])


@pytest.mark.parametrize(
    ("depth", "shape"),
    [
        (1, ("IT", ["Mail", "network"])),
        (2, ("IT", [("Mail", ["aliases", "Spam"]), "network"])),
        (100, ("IT", [("Mail", ["aliases", ("Spam", ["Filters"])]), "network"])),
        (0, ("IT", [("Mail", ["aliases", ("Spam", ["Filters"])]), "network"])),
    ],
)
def test_depth_cuts_the_tree(tree, depth, shape):
    assert branch(tree.root.get("/cases/catalogs", id=tree.catalog["id"], depth=depth)["items"][0]) == shape


def test_a_negative_depth_is_refused(tree):
    tree.root.refused("GET", "/cases/catalogs", 400, depth=-1)


def test_fields_and_sub_fields(tree):
    (row,) = tree.root.get("/cases/catalogs", id=tree.catalog["id"], fields="name,prefix", sub_fields="name,state")[
        "items"
    ]
    assert set(row) == {"id", "name", "prefix", "service"}
    assert set(row["service"][0]) == {"id", "name", "state", "service"}
    (row,) = tree.root.get("/cases/catalogs", id=tree.catalog["id"], fields=["id", "name"], subFields="id")["items"]
    assert set(row["service"][1]) == {"id"}


def test_one_catalog_shows_its_tree_when_it_is_asked_for(tree):
    one = f"/cases/catalogs/{tree.catalog['id']}"
    assert branch(tree.root.get(one, fields="name services")["catalog"])[1]
    assert tree.root.get(one, fields="name")["catalog"] == {"id": tree.catalog["id"], "name": "IT"}


@pytest.mark.parametrize(
    ("query", "found", "searched"),
    [
        ("spam*", ["IT"], {"Spam"}),
        ("I*", ["IT"], {"IT", "Mail", "aliases", "Filters"}),
        ("hr", ["HR"], {"HR"}),
        ("nothing", [], set()),
        ("/^(hr|spam)$/", ["HR", "IT"], {"HR", "Spam"}),
    ],
)
def test_a_query_keeps_whole_trees_and_marks_what_it_found(tree, query, found, searched):
    rows = tree.root.get("/cases/catalogs", query=query).get("items", [])
    assert names(rows) == found
    marked = set()

    def walk(node):
        if node.get("searched"):
            marked.add(node["name"])
        for child in node.get("service", []):
            walk(child)

    for row in rows:
        walk(row)
    assert marked == searched


def test_the_state_filters_both_levels(tree):
    assert [branch(row) for row in tree.root.get("/cases/catalogs", state="true")["items"]] == [
        ("IT", [("Mail", ["aliases", "Spam"]), "network"])
    ]


def test_only_catalogs_with_services(tree):
    assert names(tree.root.get("/cases/catalogs", hasSubservices="true")["items"]) == ["IT"]
    assert names(tree.root.get("/cases/catalogs", has_subservices="true")["items"]) == ["IT"]


def test_catalogs_come_in_pages_and_are_sorted(tree):
    tree.new_catalog("aid", prefix="ZZ")
    assert names(tree.root.get("/cases/catalogs", size=2)["items"]) == ["aid", "HR"]
    assert tree.root.get("/cases/catalogs", size=2)["next"] is True
    last = tree.root.get("/cases/catalogs", size=2, page=2)
    assert (names(last["items"]), "next" in last) == (["IT"], False)
    assert names(tree.root.get("/cases/catalogs", sort="-prefix")["items"]) == ["aid", "IT", "HR"]
    for field in ("sla", "status", "close_reason_group", "default_priority", "code", "description", "state"):
        assert len(tree.root.get("/cases/catalogs", sort=field)["items"]) == 3


# ---- who sees which catalogs


def test_agents_see_catalogs_of_their_teams_and_skills_and_those_of_nobody(server, world, exported):
    users = {"teams": [{"key": "desk", "name": "Desk", "members": ["anna"]}]}
    shop = Shop(server, world.http, **users)
    shop.apply(users=[{"key": "bert", "name": "Bert", "roles": ["agent"], "extra": {"webitel": {"skills": ["7"]}}}])
    goods = Catalogue(shop.door("root"))
    team = goods.new_catalog("Team's", teams=[{"id": shop.number("teams", "desk")}])
    goods.new_catalog("Skilled", skills=[{"id": "7", "name": "Welding"}])
    assert names(shop.door("root").get("/cases/catalogs")["items"]) == ["IT", "Skilled", "Team's"]
    assert names(shop.door("anna").get("/cases/catalogs")["items"]) == ["IT", "Team's"]
    assert names(shop.door("bert").get("/cases/catalogs")["items"]) == ["IT", "Skilled"]
    assert names(shop.door("vera").get("/cases/catalogs")["items"]) == ["IT"]
    assert team["teams"] == [{"id": shop.number("teams", "desk"), "name": "Desk"}]
    shop.door("anna").get(f"/cases/catalogs/{team['id']}")
    shop.door("bert").refused("GET", f"/cases/catalogs/{team['id']}", 404)
    kept = {entry["name"]: entry for entry in exported(shop)["catalogs"]}
    assert kept["Team's"]["teams"] == ["desk"]
    assert kept["Skilled"]["extra"] == {"webitel": {"skills": [{"id": "7", "name": "Welding"}]}}
    assert [service["name"] for service in kept["IT"]["services"]] == ["Mail"]


# ---- services


def test_a_service_is_made_read_changed_and_removed(server, world):
    shop = Shop(server, world.http, teams=[{"key": "desk", "name": "Desk"}, {"key": "dyn", "kind": "dynamic"}])
    goods, desk = Catalogue(shop.door("root")), shop.number("teams", "desk")
    root = goods.root
    body = {
        "name": "Printers",
        "root_id": goods.catalog["id"],
        "catalog_id": goods.catalog["id"],
        "description": "All of them",
        "code": "P-1",
        "state": True,
        "sla": ref(goods.sla),
        "group": {"id": desk},
        "assignee": {"id": shop.contact("anna")},
        "default_priority": ref(goods.priority),
    }
    made = root.post("/cases/services", body)
    for name in ("name", "root_id", "catalog_id", "description", "code", "state"):
        assert made[name] == body[name]
    assert made["group"] == {"id": desk, "name": "Desk", "type": "static"}
    assert made["assignee"] == {"id": shop.contact("anna"), "name": "Anna"}
    assert made["default_priority"]["color"] == "blue"
    one = f"/cases/services/{made['id']}"
    assert root.get(one) == {"service": made}
    dynamic = shop.number("teams", "dyn")
    assert root.patch(one, {"group": {"id": dynamic}})["group"]["type"] == "dynamic"
    (catalog,) = root.get("/cases/catalogs")["items"]
    assert {s["name"]: s.get("group", {}).get("type") for s in catalog["service"]}["Printers"] == "DYNAMIC"
    cleared = root.ok("PUT", one, {"group": {}, "assignee": {"id": "0"}, "sla": None, "default_priority": {}})
    assert {"group", "assignee", "sla", "default_priority"}.isdisjoint(cleared)
    assert root.delete(one) == {"items": [{"id": made["id"]}]}
    root.refused("GET", one, 404)


def test_what_a_service_may_not_be(goods, shop):
    root = goods.root
    good = {"name": "S", "root_id": goods.catalog["id"]}
    for wrong in (
        {"name": ""},
        {"root_id": "0"},
        {"root_id": "999999"},
        {"root_id": "x"},
        {"code": "c" * 51},
        {"sla": {"id": "999999"}},
        {"group": {"id": "999999"}},
        {"assignee": {"id": "999999"}},
        {"default_priority": {"id": "999999"}},
    ):
        root.refused("POST", "/cases/services", 400, {**good, **wrong})
        root.refused("PATCH", f"/cases/services/{goods.service['id']}", 400, wrong)
    root.refused("POST", "/cases/services", 400, {"name": "S"})
    root.refused("POST", "/cases/services", 400, {"root_id": goods.catalog["id"]})
    shop.apply(persons=[{"key": "kit", "first_name": "Kit"}])
    contact = root.get("/contacts", q="Kit")["data"][0]["id"]
    root.refused("POST", "/cases/services", 400, {**good, "assignee": {"id": contact}})


def test_a_service_moves_but_never_into_itself(tree):
    root = tree.root
    moved = root.patch(f"/cases/services/{tree.spam['id']}", {"root_id": tree.hr["id"]})
    assert (moved["root_id"], moved["catalog_id"]) == (tree.hr["id"], tree.hr["id"])
    assert root.get(f"/cases/services/{tree.filters['id']}")["service"]["catalog_id"] == tree.hr["id"]
    root.refused("PATCH", f"/cases/services/{tree.spam['id']}", 400, {"root_id": tree.filters["id"]})
    root.refused("PATCH", f"/cases/services/{tree.spam['id']}", 400, {"root_id": tree.spam["id"]})


def test_services_are_listed_without_catalogs_and_filtered(tree):
    root = tree.root
    assert names(root.get("/cases/services")["items"]) == ["aliases", "Filters", "Mail", "network", "Spam"]
    assert names(root.get("/cases/services", rootId=tree.catalog["id"])["items"]) == ["Mail", "network"]
    assert names(root.get("/cases/services", root_id=tree.service["id"], state="true")["items"]) == ["aliases", "Spam"]
    assert names(root.get("/cases/services", state="true", q="i")["items"]) == ["aliases", "Mail"]
    assert names(root.get("/cases/services", sort="-name", size=2)["items"]) == ["Spam", "network"]
    assert root.get("/cases/services", id=tree.spam["id"], fields="name")["items"] == [
        {"id": tree.spam["id"], "name": "Spam"}
    ]


def test_a_catalog_is_no_service_and_a_service_no_catalog(goods):
    root = goods.root
    for method, body in (("GET", None), ("PATCH", {"name": "X"}), ("DELETE", None)):
        root.refused(method, f"/cases/services/{goods.catalog['id']}", 404, body)
        root.refused(method, f"/cases/catalogs/{goods.service['id']}", 404, body)


# ---- removal


def test_a_catalog_takes_its_services_with_it(tree):
    root = tree.root
    assert root.delete(f"/cases/catalogs/{tree.catalog['id']}") == {"items": [{"id": tree.catalog["id"]}]}
    for node in (tree.service, tree.spam, tree.filters, tree.aliases, tree.network):
        root.refused("GET", f"/cases/services/{node['id']}", 404)
    assert names(root.get("/cases/catalogs")["items"]) == ["HR"]


def test_several_go_at_once_or_none(tree):
    root = tree.root
    several = f"{tree.spam['id']},{tree.network['id']}"
    root.refused("DELETE", f"/cases/services/{several},999999", 404)
    root.refused("DELETE", f"/cases/services/{several},x", 400)
    assert root.delete(f"/cases/services/{several}") == {"items": [{"id": tree.spam["id"]}, {"id": tree.network["id"]}]}
    assert names(root.get("/cases/services")["items"]) == ["aliases", "Mail"]
    both = f"{tree.catalog['id']}%2C{tree.hr['id']}"
    assert len(root.delete(f"/cases/catalogs/{both}")["items"]) == 2
    assert "items" not in root.get("/cases/catalogs")


# ---- walls and rights


def test_only_administrators_change_the_catalogue(goods, shop):
    for key in ("anna", "vera"):
        door = shop.door(key)
        assert names(door.get("/cases/catalogs")["items"]) == ["IT"]
        assert door.get(f"/cases/services/{goods.service['id']}")["service"]["name"] == "Mail"
        for path, row in (("/cases/catalogs", goods.catalog), ("/cases/services", goods.service)):
            door.refused("POST", path, 403, {"name": "X", "root_id": goods.catalog["id"]})
            door.refused("PATCH", f"{path}/{row['id']}", 403, {"name": "X"})
            door.refused("DELETE", f"{path}/{row['id']}", 403)
    shop.door("otto").refused("GET", "/cases/catalogs", 403)


def test_another_tenant_sees_and_names_nothing(goods, server, world):
    other = Shop(server, world.http).door("root")
    for path, row in (("/cases/catalogs", goods.catalog), ("/cases/services", goods.service)):
        assert "items" not in other.get(path, id=row["id"])
        other.refused("GET", f"{path}/{row['id']}", 404)
        other.refused("PATCH", f"{path}/{row['id']}", 404, {"name": "X"})
        other.refused("DELETE", f"{path}/{row['id']}", 404)
    other.refused("POST", "/cases/services", 400, {"name": "X", "root_id": goods.catalog["id"]})
