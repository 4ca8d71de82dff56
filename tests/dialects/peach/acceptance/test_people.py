"""Borrowers, employees and teams (spec/peach §2, §11)."""

import pytest

from dialects.peach.acceptance.client import TIME, word


def test_a_borrower_is_answered_with_its_defaults(alice):
    name = {"firstName": "Kit", "lastName": "Carson"}
    body = alice.ok("POST", "/people", {"name": name})
    assert body["status"] == 200
    made = body["data"]
    assert made["object"] == "person"
    assert made["id"].startswith("BO-")
    assert made["companyId"] == alice.ids["tenants"]["acme"]["peach"]
    assert made["displayId"]
    assert (made["borrowerType"], made["status"], made["collectionsIntensity"]) == ("person", "active", "normal")
    assert {k: made["name"][k] for k in name} == name
    assert TIME.fullmatch(made["createdAt"])
    assert alice.data("GET", f"/people/{made['id']}") == made


def test_a_borrower_keeps_what_it_was_given(alice):
    given = {
        "externalId": word(), "status": "inactive", "collectionsIntensity": "heavy", "dateOfBirth": "1990-02-28",
        "metaData": {"a": "b"},
    }  # fmt: skip
    made = alice.person(**given)
    assert {name: made[name] for name in given} == given
    assert alice.data("GET", f"/people/ext-{given['externalId']}") == made


def test_an_identity_is_written_and_only_listed(alice):
    made = alice.person(identity={"identityType": "SSN", "value": "123-45-6789"})
    assert "identity" not in made or made["identity"] is None
    shown = alice.data("GET", f"/people/{made['id']}")["identities"]
    assert len(shown) == 1
    assert shown[0]["identityType"] == "SSN"


def test_a_business_may_be_a_borrower(alice):
    made = alice.data("POST", "/people", {"borrowerType": "business", "businessDetails": {"legalName": "ACME GmbH"}})
    assert made["borrowerType"] == "business"
    assert alice.open(made["id"]).made["people"] == [made["id"]]


def test_a_borrower_is_changed_in_part(alice):
    made = alice.person(metaData={"a": "b"}, dateOfBirth="1990-02-28")
    after = alice.data("PUT", f"/people/{made['id']}", {"status": "inactive", "collectionsIntensity": "light"})
    assert (after["status"], after["collectionsIntensity"]) == ("inactive", "light")
    assert (after["name"], after["metaData"], after["dateOfBirth"]) == (made["name"], {"a": "b"}, "1990-02-28")
    assert alice.data("GET", f"/people/{made['id']}") == after


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("borrowerType", "ghost"),
        ("status", "gone"),
        ("collectionsIntensity", "extreme"),
        ("externalId", ""),
        ("externalId", "x" * 51),
        ("dateOfBirth", "1990-02-30"),
        ("dateOfBirth", "28.02.1990"),
        ("name", "Kit"),
        ("metaData", {"k": "v" * 501}),
        ("metaData", {f"k{i}": "v" for i in range(51)}),
    ],
)
def test_a_member_out_of_its_range_is_refused(alice, member, value):
    name = {"firstName": "Kit", "lastName": "Carson"}
    alice.wrong(member, "POST", "/people", {"name": name, member: value})
    made = alice.person()
    alice.wrong(member, "PUT", f"/people/{made['id']}", {member: value})
    assert alice.data("GET", f"/people/{made['id']}") == made


def test_an_external_id_names_one_borrower(alice, gina):
    own = word()
    first = alice.person(externalId=own)
    told = alice.refused(409, "POST", "/people", {"name": {"firstName": "A", "lastName": "B"}, "externalId": own})
    assert first["id"] in str(told)
    other = alice.person()
    alice.refused(409, "PUT", f"/people/{other['id']}", {"externalId": own})
    assert gina.person(externalId=own)["externalId"] == own


def test_an_external_id_names_one_object_of_each_kind(alice):
    own = word()
    person = alice.person(externalId=own)
    assert alice.open(person["id"], externalId=own).made["externalId"] == own


def test_a_borrower_of_the_world_is_the_same_person(alice):
    assert alice.data("GET", "/people/ext-lou-1")["id"] == alice.ids["persons"]["acme/lou"]["peach"]
    assert alice.data("GET", "/people/ext-lou-1")["name"]["lastName"] == "Borrower"


def test_an_employee_is_a_user(alice):
    bob = alice.employee("acme/bob")
    shown = alice.data("GET", f"/employees/{bob}")
    assert (shown["id"], shown["userId"]) == (bob, alice.ids["users"]["acme/bob"]["peach"])
    assert (shown["firstName"], shown["lastName"]) == ("Bob", "Agent")
    assert alice.team() in [team["id"] for team in shown["teams"]]
    alice.refused(404, "GET", "/employees/EM-ZZZZ-ZZZZ")


def test_employees_of_another_company_are_not_listed(alice, gina):
    named = [(one["firstName"], one["lastName"]) for one in gina.ok("GET", "/employees", params={"limit": 100})["data"]]
    assert ("Gina", "Admin") in named
    assert ("Bob", "Agent") not in named


def test_an_employee_needs_a_user(alice):
    alice.wrong("userId", "POST", "/employees", {"firstName": "No", "lastName": "User"})
    answer = alice.send("POST", "/employees", {"userId": "UR-ZZZZ-ZZZZ", "firstName": "No", "lastName": "User"})
    assert answer.status_code in {400, 404}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("firstName", ""),
        ("firstName", "f" * 51),
        ("lastName", "l" * 51),
        ("jobName", "j" * 101),
        ("email", "e" * 101),
        ("phone", "1" * 17),
        ("externalId", "x" * 51),
    ],
)
def test_an_employees_member_out_of_its_range_is_refused(server, alice, member, value):
    user = alice.ids["users"]["acme/otto"]["peach"]
    body = {"userId": user, "firstName": "Otto", "lastName": "Operator", member: value}
    alice.wrong(member, "POST", "/employees", body)


def test_a_team_shows_its_members(alice):
    shown = alice.data("GET", f"/teams/{alice.team()}")
    assert (shown["id"], shown["name"]) == (alice.team(), "Escalations")
    members = [one["id"] for one in shown["employees"]]
    assert sorted(members) == sorted([alice.employee("acme/alice"), alice.employee("acme/bob")])
    alice.refused(404, "GET", "/teams/TM-ZZZZ-ZZZZ")
