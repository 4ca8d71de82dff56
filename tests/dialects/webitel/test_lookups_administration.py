"""Rights, roles, custom fields and kinds of communications (spec/webitel §11, §13, §14)."""

import pytest

from dialects.webitel.catalogue import Shop

# ---- roles


def test_roles_are_listed_with_their_permissions(shop):
    root = shop.door("root")
    rows = {row["name"]: row for row in root.get("/roles", size=-1)["items"]}
    assert {"Admin", "Agent", "Viewer"} <= set(rows)
    assert [p["id"] for p in rows["Admin"]["permissions"]] == ["add", "read", "write", "delete", "export_data_grid"]
    assert [p["id"] for p in rows["Agent"]["permissions"]] == ["export_data_grid"]
    assert "permissions" not in rows["Viewer"]
    page = root.get("/roles", size=2)
    assert (len(page["items"]), page["next"], page["page"]) == (2, True, 1)
    assert [row["name"] for row in root.get("/roles", q="adm*", fields="name")["items"]] == ["Admin"]
    shop.door("otto").refused("GET", "/roles", 403)


# ---- rights on a case


@pytest.fixture
def case(shop):
    shop.apply(
        persons=[{"key": "kit", "first_name": "Kit"}],
        cases=[{"key": "c1", "subject": "Secret", "requester": "kit", "created_by": "root"}],
    )
    (row,) = shop.door("root").get("/cases")["items"]
    return row


def rights(door, case):
    return {rule["grantee"]["name"]: rule["granted"] for rule in door.get(f"/cases/{case['id']}/acl")["items"]}


def test_rights_are_toggled_letter_by_letter(shop, case):
    root, anna = shop.door("root"), int(shop.number("users", "anna"))
    path = f"/cases/{case['id']}/acl"
    assert rights(root, case) == {"Root": "rrwwdd"}

    def change(grants):
        assert root.patch(path, [{"grantee": anna, "grants": grants}]) == {}
        return rights(root, case).get("Anna")

    assert change("r") == "r"
    assert change("w") == "rw"
    assert change("rr") == "rrw"
    assert change("rr") == "rw"
    assert change("ww") == "rww"
    assert change("w") == "r"
    assert change("r") is None
    assert change("dd") == "dd"
    rule = next(r for r in root.get(path)["items"] if r["grantee"]["name"] == "Anna")
    assert rule["grantee"] == {"id": str(anna), "name": "Anna", "user": True}


def test_a_role_holds_rights_and_the_creator_keeps_his(shop, case):
    root = shop.door("root")
    (role,) = root.get("/roles", q="viewer")["items"]
    creator = int(shop.number("users", "root"))
    root.patch(
        f"/cases/{case['etag']}/acl",
        [{"grantee": int(role["id"]), "grants": "r"}, {"grantee": creator, "grants": "rwd"}],
    )
    rows = root.get(f"/cases/{case['id']}/acl")["items"]
    assert rows == [
        {"grantee": {"id": str(creator), "name": "Root", "user": True}, "granted": "rrwwdd"},
        {"grantee": {"id": role["id"], "name": "Viewer"}, "granted": "r"},
    ]


def test_what_no_change_of_rights_is(shop, case, server, world):
    root, anna = shop.door("root"), int(shop.number("users", "anna"))
    path = f"/cases/{case['id']}/acl"
    for wrong in (
        {"grantee": anna, "grants": "r"},
        ["r"],
        [{"grantee": anna}],
        [{"grantee": anna, "grants": "z"}],
        [{"grantee": anna, "grants": "rrr"}],
        [{"grantee": 999999, "grants": "r"}],
        [{"grantee": "anna", "grants": "r"}],
        [{"grants": "r"}],
    ):
        root.refused("PATCH", path, 400, wrong)
    good = [{"grantee": anna, "grants": "r"}]
    root.refused("PATCH", "/cases/999999/acl", 404, good)
    root.refused("PATCH", "/cases/slas/acl", 400, good)
    root.refused("GET", "/queues/5/acl", 404)
    shop.door("vera").refused("PATCH", path, 403, good)
    Shop(server, world.http).door("root").refused("GET", path, 404)
    assert rights(root, case) == {"Root": "rrwwdd"}


# ---- rights that rows start with


def test_starting_rights_of_a_class(shop):
    root, anna, bert = shop.door("root"), shop.number("users", "anna"), int(shop.number("users", "bert"))
    path = f"/acl/cases/1/grantor/{anna}"
    assert "items" not in root.get("/acl/cases/1")
    assert root.patch(path, [{"grantee": bert, "grants": "rw"}]) == {}
    assert root.get("/acl/cases/1")["items"] == [
        {
            "grantor": {"id": anna, "name": "Anna", "user": True},
            "grantee": {"id": str(bert), "name": "Bert", "user": True},
            "granted": "rw",
        }
    ]
    assert root.get("/acl/objclass/1") == root.get("/acl/cases/1")
    root.patch(path, [{"grantee": bert, "grants": "rw"}])
    assert "items" not in root.get("/acl/cases/1")
    root.refused("PATCH", path, 400, [{"grantee": 999999, "grants": "r"}])
    root.refused("PATCH", "/acl/cases/1/grantor/999999", 404, [{"grantee": bert, "grants": "r"}])
    root.refused("GET", "/acl/queues/1", 404)
    shop.door("anna").refused("PATCH", path, 403, [{"grantee": bert, "grants": "r"}])


def test_new_cases_start_with_the_rights_that_their_creator_and_his_roles_give(goods, shop):
    root, anna, bert = goods.root, shop.number("users", "anna"), int(shop.number("users", "bert"))
    (role,) = root.get("/roles", q="agent")["items"]
    (viewers,) = root.get("/roles", q="viewer")["items"]
    root.patch(f"/acl/cases/1/grantor/{anna}", [{"grantee": bert, "grants": "rr"}])
    root.patch(f"/acl/cases/1/grantor/{role['id']}", [{"grantee": int(viewers["id"]), "grants": "r"}])
    root.patch(f"/acl/case_comments/2/grantor/{anna}", [{"grantee": bert, "grants": "d"}])
    goods.root = shop.door("anna")
    assert rights(root, goods.case()) == {"Anna": "rrwwdd", "Bert": "rr", "Viewer": "r"}
    goods.root = root
    assert rights(root, goods.case()) == {"Root": "rrwwdd"}


# ---- custom fields


FIELDS = [
    {"id": "region", "name": "Region", "type": "string", "required": True},
    {"id": "size", "name": "Size", "type": "int", "readonly": True},
    {"id": "tags", "name": "Tags", "type": "list", "of": "string"},
    {"id": "customer", "name": "Customer", "type": "lookup", "lookup": {"path": "contacts"}},
]


def test_custom_fields_are_written_read_replaced_and_removed(shop, exported):
    root = shop.door("root")
    assert root.get("/types/extensions/cases") == {"repo": "cases"}
    made = root.post("/types/extensions/cases", {"fields": FIELDS})
    assert [field["position"] for field in made["fields"]] == [1, 2, 3, 4]
    for field, asked in zip(made["fields"], FIELDS, strict=True):
        assert {name: field[name] for name in asked} == asked
        assert field["kind"] == asked["type"]
        assert isinstance(field[asked.get("of", asked["type"])], dict)
    assert root.get("/types/extensions/cases") == made
    assert root.get("/types/extensions")["items"] == [made]
    kept = {field["name"]: field for field in exported(shop)["fields"]}
    assert (kept["size"]["type"], kept["tags"]["many"], kept["region"]["required"]) == ("integer", True, True)
    fewer = root.ok("PUT", "/types/extensions/cases", {"fields": [{**FIELDS[0], "required": False}]})
    assert [(field["id"], "required" in field) for field in fewer["fields"]] == [("region", False)]
    root.delete("/types/extensions/cases")
    assert "fields" not in root.get("/types/extensions/cases")


def test_the_type_of_a_field_may_be_told_as_the_published_client_does(shop):
    fields = [
        {"id": "a", "name": "A", "richtext": {}},
        {"id": "b", "kind": "int64"},
        {"id": "c", "kind": "list", "lookup": {"path": "contacts"}},
        {"id": "d"},
        {"id": "e", "kind": "uint32", "uint32": {}},
    ]
    made = shop.door("root").post("/types/extensions/cases", {"repo": "cases", "fields": fields})["fields"]
    assert [field["type"] for field in made] == ["richtext", "int", "list", "string", "int"]
    assert (made[2]["of"], made[2]["lookup"]) == ("lookup", {"path": "contacts"})


def test_what_custom_fields_may_not_be(shop):
    root = shop.door("root")
    shop.apply(
        case_types=[{"key": "t", "base": "generic", "name": "T", "fields": [{"name": "grade", "type": "integer"}]}]
    )
    for wrong in (
        {},
        {"fields": {}},
        {"fields": ["region"]},
        {"fields": [{"id": ""}]},
        {"fields": [{"id": "a b"}]},
        {"fields": [{"id": "a", "type": "picture"}]},
        {"fields": [{"id": "a", "required": "perhaps"}]},
        {"fields": [{"id": "a"}, {"id": "a"}]},
        {"fields": [{"id": "grade"}]},
    ):
        root.refused("POST", "/types/extensions/cases", 400, wrong)
    root.refused("GET", "/types/extensions/contacts", 404)
    shop.door("anna").refused("POST", "/types/extensions/cases", 403, {"fields": []})
    shop.door("anna").refused("DELETE", "/types/extensions/cases", 403)
    assert shop.door("anna").get("/types/extensions/cases") == {"repo": "cases"}


# ---- kinds of communications


def test_kinds_of_communications(shop, server, world):
    door = shop.door("anna")
    rows = door.get("/call_center/communication_type")["items"]
    assert [(row["id"], row["channel"]) for row in rows] == [("2", "Email"), ("3", "Messaging"), ("1", "Phone")]
    assert [row["name"] for row in door.get("/call_center/communication_type", channel="Phone")["items"]] == ["Phone"]
    assert [row["id"] for row in door.get("/call_center/communication_type", q="mess*")["items"]] == ["3"]
    assert door.get("/call_center/communication_type", ids="1", fields="name")["items"] == [
        {"id": "1", "name": "Phone"}
    ]
    page = door.get("/call_center/communication_type", size=2, sort="-name")
    assert ([row["id"] for row in page["items"]], page["next"]) == (["1", "3"], True)
    own = [{"id": 7, "name": "Fax", "channel": "Phone"}]
    other = Shop(server, world.http, dialects={"webitel": {"communication_types": own}}).door("anna")
    assert other.get("/call_center/communication_type")["items"] == [{"id": "7", "name": "Fax", "channel": "Phone"}]
