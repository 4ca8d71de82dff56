"""Contacts, their groups, the session and who holds what on a case (spec/webitel §10, §13, §14)."""

import pytest

from clients.webitel.running import Client
from clients.webitel.shop import ids, ref, unique

CONTACTS, GROUPS = "api.ContactsAPI", "api.ContactGroupsAPI"


# ---- contacts


def test_a_contact_comes_and_goes(root):
    name = unique("Ada Caller")
    item = {
        "name": name,
        "about": "Calls often",
        "labels": [{"label": "vip"}],
        "emails": [{"email": "ada@clients.example"}],
        "managers": [],
        "timezones": [],
        "groups": [],
    }
    made = root(f"{CONTACTS}.add", {"itemInstance": item})
    assert made["name"]["commonName"] == name
    shown = root(f"{CONTACTS}.get", {"itemId": made["id"]})
    assert (shown["name"], shown["about"]) == (name, "Calls often")
    assert [label["label"] for label in shown["labels"]] == ["vip"]
    assert [mail["email"] for mail in shown["emails"]] == ["ada@clients.example"]
    assert shown["access"] == {"edit": True, "delete": True}
    assert (shown["groups"], shown["managers"], shown["variables"], shown["phones"]) == ([], [], [], [])
    changed = root(f"{CONTACTS}.update", {"itemInstance": {**shown, "name": f"{name}!", "about": ""}})
    assert changed["name"]["commonName"] == f"{name}!"
    assert "about" not in changed
    root.refused(404, f"{CONTACTS}.update", {"itemInstance": shown})
    found = root(f"{CONTACTS}.getList", {"search": name})
    assert [(row["id"], row["name"]) for row in found["items"]] == [(made["id"], f"{name}!")]
    assert found["items"][0]["access"] == {"edit": True, "delete": True}
    root(f"{CONTACTS}.delete", {"id": made["id"]})
    root.refused(404, f"{CONTACTS}.get", {"itemId": made["id"]})


@pytest.mark.parametrize(
    "params",
    [{"name": "Kit"}, {"destination": "kit@clients"}, {"q": "Kit", "qin": "name"}, {"search": "Kit Caller"}],
)
def test_contacts_are_searched(premises, root, params):
    found = root(f"{CONTACTS}.getList", params)
    assert ids(found["items"]) == [premises.kit["id"]]


def test_contacts_are_filtered_and_paged(premises, root):
    users = root(f"{CONTACTS}.getList", {"hasUser": True, "size": 100})["items"]
    assert {row["name"] for row in users} == {"Anna", "Bert", "Otto", "Root", "Vera"}
    others = root(f"{CONTACTS}.getList", {"hasUser": False, "size": 100})["items"]
    assert premises.kit["id"] in ids(others)
    assert premises.anna["id"] not in ids(others)
    first = root(f"{CONTACTS}.getList", {"size": 2})
    assert ([row["name"] for row in first["items"]], first["next"]) == (["Anna", "Bert"], True)
    lookup = root(f"{CONTACTS}.getLookup", {"id": [premises.kit["id"]]})
    assert [(row["id"], row["name"]) for row in lookup["items"]] == [(premises.kit["id"], "Kit Caller")]
    generated = root("gen.getContacts.searchContacts", {"q": "Kit", "fields": ["id", "name"]})
    assert ids(generated["data"]) == [premises.kit["id"]]


def test_contacts_that_are_refused(root, vera):
    root.refused(400, "gen.getContacts.createContact", {"about": "nameless"})
    root.refused(404, "gen.getContacts.locateContact", "999999")
    vera.refused(403, f"{CONTACTS}.add", {"itemInstance": {"name": unique("V")}})


# ---- groups


def test_a_group_comes_and_goes(root, anna):
    name = unique("Desk")
    item = {"name": name, "description": "d", "enabled": True, "type": "STATIC"}
    made = root(f"{GROUPS}.add", {"itemInstance": item})
    assert (made["name"], made["description"], made["enabled"]) == (name, "d", True)
    shown = root(f"{GROUPS}.get", {"itemId": made["id"]})
    assert (shown["name"], shown["type"]) == (name, "STATIC")
    changed = root(f"{GROUPS}.update", {"itemId": made["id"], "itemInstance": {**shown, "description": "e"}})
    assert (changed["name"], changed["description"]) == (name, "e")
    root(f"{GROUPS}.patch", {"id": made["id"], "changes": {"enabled": False}})
    [listed] = root(f"{GROUPS}.getList", {"search": name, "type": "STATIC"})["items"]
    assert (listed["id"], listed["enabled"]) == (made["id"], False)
    assert root(f"{GROUPS}.getList", {"search": name, "enabled": True})["items"] == []
    assert root(f"{GROUPS}.getList", {"search": name, "type": "DYNAMIC"})["items"] == []
    assert root(f"{GROUPS}.getLookup", {"search": name})["items"] == [
        {"id": made["id"], "name": name, "enabled": False}
    ]
    root.refused(400, f"{GROUPS}.add", {"itemInstance": {"description": "nameless"}})
    anna.refused(403, f"{GROUPS}.add", {"itemInstance": {"name": unique("Desk")}})
    root(f"{GROUPS}.delete", {"id": made["id"]})
    root.refused(404, f"{GROUPS}.get", {"itemId": made["id"]})


@pytest.fixture(scope="module")
def routing(premises, root):
    """A dynamic group with one condition, through the generated functions."""
    desk, night = (
        root(f"{GROUPS}.add", {"itemInstance": {"name": unique(name), "enabled": True}}) for name in ("Desk", "Night")
    )
    body = {"name": unique("Router"), "enabled": True, "defaultGroup": ref(desk)}
    made = root("gen.getDynamicGroups.createDynamicGroup", body)
    rule = {"expression": "case.priority.name == 'urgent'", "group": ref(night), "assignee": premises.anna}
    condition = root("gen.getDynamicConditions.createCondition", made["id"], rule)
    return {"desk": desk, "night": night, "router": made, "condition": condition}


def test_a_dynamic_group_sends_cases_on(premises, root, routing):
    urgent = premises.case(group=ref(routing["router"]), priority=ref(premises.urgent))
    assert urgent["group"] == {"id": routing["night"]["id"], "name": routing["night"]["name"], "type": "static"}
    assert urgent["assignee"]["id"] == premises.anna["id"]
    usual = premises.case(group=ref(routing["router"]))
    assert usual["group"]["id"] == routing["desk"]["id"]
    assert "assignee" not in usual
    found = root("gen.getCases.searchCases", {"filters": [f"group={routing['night']['id']}"]})
    assert ids(found["items"]) == [urgent["id"]]


def test_dynamic_groups_and_conditions_are_read_and_changed(root, routing):
    router, condition = routing["router"]["id"], routing["condition"]["id"]
    assert ids(root("gen.getDynamicGroups.listDynamicGroups", {"size": 100})["items"]) == [router]
    located = root("gen.getDynamicGroups.locateDynamicGroup", router)
    assert routing["desk"]["name"] in str(located)
    changed = root("gen.getDynamicGroups.updateDynamicGroup2", router, {"description": "sends on"})
    assert changed["description"] == "sends on"
    listed = root("gen.getDynamicConditions.listConditions", router)
    assert ids(listed["items"]) == [condition]
    assert "urgent" in str(root("gen.getDynamicConditions.locateCondition", condition))
    root.refused(400, "gen.getDynamicConditions.createCondition", router, {"expression": "case.priority ==="})
    spare = root("gen.getDynamicConditions.createCondition", router, {
        "expression": "case.subject == 'x'", "group": ref(routing["desk"]),
    })  # fmt: skip
    root("gen.getDynamicConditions.deleteCondition", spare["id"])
    root.refused(404, "gen.getDynamicConditions.locateCondition", spare["id"])


# ---- the session and rights


@pytest.mark.parametrize("call", ["gen.getAuth.userInfo2", "sdk.AuthApi.userInfo2"])
def test_the_session(root, anna, call):
    mine = root(call)
    assert mine["name"] == "Root"
    scope = {row["class"]: row for row in mine["scope"]}
    assert {"cases", "case_comments", "case_lookups", "contacts"} <= scope.keys()
    assert set(scope["cases"]["access"]) == set("xrwd")
    assert {row["id"] for row in mine["permissions"]} >= {"read", "write", "export_data_grid"}
    hers = anna(call)
    assert hers["user_id"] != mine["user_id"]
    assert "d" not in next(row for row in hers["scope"] if row["class"] == "cases")["access"]
    assert "write" not in {row["id"] for row in hers.get("permissions", [])}


def test_a_stranger_has_no_session(premises):
    premises.stranger().refused(401, "gen.getAuth.userInfo2")


@pytest.mark.parametrize("call", ["gen.getAuth.userInfo2", "sdk.AuthApi.userInfo2"])
def test_the_token_may_stand_in_the_query(premises, root, call):
    given = {"accessToken": root.token} if call.startswith("gen") else root.token
    assert Client(premises.driver, "")(call, given)["name"] == "Root"


def test_rights_on_a_case(premises, root):
    case = premises.case()
    asked = {"parentId": case["id"], "size": 100}
    held = root("api.CasesAccess.getPermissionsList", asked)["items"]
    assert all(set(row["access"]) == set("xrwd") for row in held)
    vera = premises.number("users", "vera")
    changes = [{"grantee": int(vera), "grants": "r"}]
    root("api.CasesAccess.patchPermissions", {"id": case["id"], "changes": changes})

    def granted():
        rows = root("sdk.AccessStoreApi.listObjectAccess", "cases", case["id"])["items"]
        return {row["grantee"]["id"]: row["granted"] for row in rows}

    assert granted()[vera] == "r"
    root("sdk.AccessStoreApi.toggleObjectAccess", "cases", case["id"], [{"grantee": vera, "grants": "ww"}])
    assert sorted(granted()[vera]) == ["r", "w", "w"]
    [row] = [row for row in root("api.CasesAccess.getPermissionsList", asked)["items"] if row["grantee"]["id"] == vera]
    assert (row["access"]["w"], row["access"]["r"]["rule"]) == ({"id": 3, "rule": "ww"}, "r")
    root("api.CasesAccess.patchPermissions", {"id": case["id"], "changes": changes})
    assert sorted(granted()[vera]) == ["w", "w"]
    root.refused(
        400, "api.CasesAccess.patchPermissions", {"id": case["id"], "changes": [{"grantee": 1, "grants": "q"}]}
    )
    root.refused(404, "api.CasesAccess.getPermissionsList", {"parentId": "999999"})
    premises.client("vera").refused(403, "api.CasesAccess.patchPermissions", {"id": case["id"], "changes": changes})


def test_starting_rights(premises, root):
    vera, anna = premises.number("users", "vera"), premises.number("users", "anna")
    call, change = "sdk.AccessStoreApi.toggleDefaultAccess", {"grantee": vera, "grants": "r"}
    for body, held in (({"list": [change]}, True), ([change], False)):
        root(call, "cases", "0", anna, body)
        listed = root("sdk.AccessStoreApi.listDefaultAccess", "cases", "0")
        assert any(row["grantee"]["id"] == vera for row in listed.get("items", [])) is held
