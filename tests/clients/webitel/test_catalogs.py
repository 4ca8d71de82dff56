"""Catalogs, services and calendars through the wrappers (spec/webitel §9)."""

import pytest

from clients.webitel.shop import ALWAYS, ids, ref, unique

CATALOGS, SERVICES = "api.ServiceCatalogsAPI", "api.ServicesAPI"
FIELDS = ["id", "name", "prefix", "state", "sla", "status", "close_reason_group", "default_priority"]


def test_a_catalog_comes_and_goes(premises, root):
    name = unique("Catalog")
    made = premises.new_catalog(name, code="C1", description="d", teams=[], skills=[])
    assert (made["name"], made["prefix"], made["code"], made["state"]) == (name, "IT", "C1", True)
    assert made["closeReasonGroup"] == {"id": premises.reasons["id"], "name": "Standard"}
    assert made["defaultPriority"]["id"] == premises.usual["id"]
    shown = root(f"{CATALOGS}.get", {"itemId": made["id"]})
    assert (shown["description"], shown["sla"]["id"], shown["status"]["id"]) == (
        "d",
        premises.sla["id"],
        premises.status["id"],
    )
    changed = root(f"{CATALOGS}.update", {"itemId": made["id"], "itemInstance": {**shown, "prefix": "HR"}})
    assert (changed["prefix"], changed["description"]) == ("HR", "d")
    patched = root(f"{CATALOGS}.patch", {"itemId": made["id"], "itemInstance": {"state": False}})
    assert not patched.get("state")
    assert patched["prefix"] == "HR"
    [listed] = root(f"{CATALOGS}.getList", {"search": name, "fields": FIELDS})["items"]
    assert listed["prefix"] == "HR"
    other = premises.new_catalog(unique("Catalog"))
    deleted = root(f"{CATALOGS}.delete", {"id": f"{made['id']},{other['id']}"})
    assert set(ids(deleted["items"])) == {made["id"], other["id"]}
    root.refused(404, f"{CATALOGS}.get", {"itemId": made["id"]})


@pytest.mark.parametrize("missing", ["name", "prefix", "sla", "status", "closeReasonGroup", "defaultPriority"])
def test_a_catalog_needs_its_parts(premises, root, missing):
    item = {
        "name": unique("Catalog"),
        "prefix": "P",
        "sla": ref(premises.sla),
        "status": ref(premises.status),
        "closeReasonGroup": ref(premises.reasons),
        "defaultPriority": ref(premises.usual),
    }
    del item[missing]
    root.refused(400, f"{CATALOGS}.add", {"itemInstance": item})


def test_the_tree_of_a_catalog(premises, root):
    name = unique("Tree")
    catalog = premises.new_catalog(name)
    beta = premises.new_service("beta", catalog)
    alpha = premises.new_service("Alpha", catalog)
    leaf = premises.new_service(f"{name} leaf", alpha)
    [listed] = root(f"{CATALOGS}.getList", {"search": name, "fields": FIELDS})["items"]
    assert [row["name"] for row in listed["service"]] == ["Alpha", "beta"]
    assert ids(listed["service"][0]["service"]) == [leaf["id"]]
    assert listed["searched"] is True
    [by_leaf] = root(f"{CATALOGS}.getList", {"search": f"{name} leaf", "fields": FIELDS})["items"]
    assert by_leaf["id"] == catalog["id"]
    assert not by_leaf.get("searched")
    shown = root(f"{CATALOGS}.get", {"itemId": catalog["id"]})
    assert ids(shown["service"]) == ids([alpha, beta])
    shallow = root("gen.getCatalogs.listCatalogs", {"query": name, "depth": 1})["items"][0]
    assert "service" not in shallow["service"][0]
    bare = premises.new_catalog(unique("Bare"))
    asked = {"fields": FIELDS, "hasSubservices": True, "size": 1000}
    assert bare["id"] not in ids(root(f"{CATALOGS}.getList", asked)["items"])
    assert catalog["id"] in ids(root(f"{CATALOGS}.getList", asked)["items"])
    assert bare["id"] in ids(root(f"{CATALOGS}.getList", {"fields": FIELDS, "state": True, "size": 1000})["items"])


def test_a_service_comes_and_goes(premises, root):
    name = unique("Service")
    catalog = premises.new_catalog(unique("Home"))
    made = premises.new_service(name, catalog, code="S1", description="d", sla=ref(premises.sla))
    assert (made["name"], made["code"], made["rootId"], made["state"]) == (name, "S1", catalog["id"], True)
    shown = root(f"{SERVICES}.get", {"itemId": made["id"]})
    assert (shown["name"], shown["description"], shown["sla"]["id"]) == (name, "d", premises.sla["id"])
    assert (shown["rootId"], shown["catalogId"]) == (catalog["id"], catalog["id"])
    listed = root(f"{SERVICES}.getList", {"rootId": catalog["id"], "fields": ["id", "name"]})
    assert listed == {"items": [{"id": made["id"], "name": name}], "next": False}
    found = root(f"{SERVICES}.getLookup", {"search": name})
    assert found["items"] == [{"id": made["id"], "name": name}]
    item = {**shown, "name": f"{name}!", "assignee": premises.anna}
    arguments = {"itemId": made["id"], "itemInstance": item, "rootId": catalog["id"], "catalogId": catalog["id"]}
    changed = root(f"{SERVICES}.update", arguments)
    assert (changed["name"], changed["assignee"]["id"]) == (f"{name}!", premises.anna["id"])
    patched = root(f"{SERVICES}.patch", {"id": made["id"], "changes": {"state": False}})
    assert not patched.get("state")
    assert patched["name"] == f"{name}!"
    deleted = root(f"{SERVICES}.delete", {"id": made["id"]})
    assert ids(deleted["items"]) == [made["id"]]
    root.refused(404, f"{SERVICES}.get", {"itemId": made["id"]})


def test_services_that_are_refused(premises, root, anna):
    call = f"{SERVICES}.add"
    root.refused(400, call, {"itemInstance": {"name": unique("Rootless")}})
    root.refused(400, call, {"itemInstance": {"state": True}, "rootId": premises.catalog["id"]})
    anna.refused(403, call, {"itemInstance": {"name": unique("S")}, "rootId": premises.catalog["id"]})


def test_the_nearest_node_decides_for_a_case(premises, root):
    catalog = premises.new_catalog(unique("Near"), prefix="NR")
    upper = premises.new_service(unique("Upper"), catalog, assignee=premises.anna)
    lower = premises.new_service(unique("Lower"), upper)
    root("gen.getServices.updateService2", lower["id"], {"defaultPriority": ref(premises.urgent)})
    case = premises.case(service=ref(lower))
    assert case["name"] == f"NR_{case['id']}"
    assert (case["assignee"]["id"], case["priority"]["id"]) == (premises.anna["id"], premises.urgent["id"])
    assert case["sla_condition"]["id"] == premises.sla_condition["id"]
    [parent] = case["service"]["service"]
    assert parent["id"] == upper["id"]
    assert ids(parent["service"]) == [catalog["id"]]
    changed = root("gen.getCases.updateCase2", {"etag": case["etag"], "service": ref(premises.service)})["case"]
    assert changed["name"] == f"IT_{case['id']}"
    assert changed["priority"]["id"] == premises.usual["id"]
    assert "sla_condition" not in changed
    root.refused(400, f"{SERVICES}.delete", {"id": premises.service["id"]})
    root.refused(400, f"{CATALOGS}.delete", {"id": premises.catalog["id"]})


def test_a_calendar_comes_and_goes(root):
    name = unique("Calendar")
    item = {
        "name": name,
        "description": "d",
        "timezone": {"name": "Europe/Kyiv", "offset": "02:00"},
        "accepts": [*ALWAYS[:5], {"day": 5, "disabled": True, "start": 0, "end": 720}],
        "excepts": [{"name": "Day off", "date": "1767225600000", "repeat": True, "working": False}],
        "expires": True,
        "startAt": "1700000000000",
        "endAt": "1900000000000",
    }
    zones = root("api.CalendarsAPI.getTimezonesLookup", {"search": "Kyiv"})["items"]
    assert [zone["name"] for zone in zones] == ["Europe/Kyiv"]
    made = root("api.CalendarsAPI.add", {"itemInstance": item})
    shown = root("api.CalendarsAPI.get", {"itemId": made["id"]})
    assert (shown["name"], shown["description"], shown["timezone"]["name"]) == (name, "d", "Europe/Kyiv")
    assert shown["expires"] is True
    assert shown["accepts"] == item["accepts"]
    [day_off] = shown["excepts"]
    assert (day_off["name"], day_off["repeat"], day_off["working"]) == ("Day off", True, False)
    again = root("api.CalendarsAPI.update", {"itemId": made["id"], "itemInstance": {**shown, "name": f"{name}!"}})
    assert again["name"] == f"{name}!"
    assert root("api.CalendarsAPI.get", {"itemId": made["id"]})["accepts"] == item["accepts"]
    listed = root("api.CalendarsAPI.getList", {"search": name})["items"]
    assert ids(listed) == [made["id"]]
    lookup = root("api.CalendarsAPI.getLookup", {"search": name})["items"]
    assert lookup == [{"id": made["id"], "name": f"{name}!"}]
    root("api.CalendarsAPI.delete", {"id": made["id"]})
    root.refused(404, "api.CalendarsAPI.get", {"itemId": made["id"]})


def test_a_calendar_without_hours_can_be_read(premises, root, anna):
    item = {"name": unique("Idle"), "timezone": {"name": "UTC"}, "accepts": []}
    made = root("api.CalendarsAPI.add", {"itemInstance": item})
    assert root("api.CalendarsAPI.get", {"itemId": made["id"]})["accepts"] == []
    root.refused(400, "api.CalendarsAPI.delete", {"id": premises.calendar["id"]})
    root.refused(400, "api.CalendarsAPI.add", {"itemInstance": {**item, "name": ""}})
    root.refused(400, "api.CalendarsAPI.add", {"itemInstance": {**item, "timezone": {"name": "Nowhere/None"}}})
    anna.refused(403, "api.CalendarsAPI.add", {"itemInstance": item})
