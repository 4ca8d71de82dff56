"""Accounts, contacts, teams and users, to read: what the ids in cases name."""

import pytest

from dialects.bottlecrm.client import MALFORMED, NOBODY

KINDS = [
    ("accounts", "organizations", "acme/acme-corp", {"name": "ACME Corp"}),
    ("contacts", "persons", "acme/kit", {"first_name": "Kit", "last_name": "Borrower", "email": "kit@x.example"}),
    ("teams", "teams", "acme/escalations", {"name": "Escalations", "description": None}),
    ("users", "users", "acme/bob", {"email": "bob@acme.example", "name": "Bob Agent", "role": "USER"}),
]


@pytest.mark.parametrize(("path", "kind", "name", "members"), KINDS)
def test_it_is_listed_and_got(alice, path, kind, name, members):
    uid = alice.id(kind, name)
    page = alice.result("GET", f"/api/{path}/", params={"limit": 1000})
    assert page["count"] == len(page["results"])
    (listed,) = [one for one in page["results"] if one["id"] == uid]
    assert {key: listed[key] for key in members} == members
    assert alice.result("GET", f"/api/{path}/{uid}/") == listed


@pytest.mark.parametrize("path", [kind[0] for kind in KINDS])
@pytest.mark.parametrize("uid", [NOBODY, MALFORMED])
def test_an_unknown_one_is_404(alice, path, uid):
    alice.refused("GET", f"/api/{path}/{uid}/", 404)


@pytest.mark.parametrize(("path", "kind", "name", "members"), KINDS)
def test_another_organization_has_others(gina, path, kind, name, members):
    uid = gina.id(kind, name)
    gina.refused("GET", f"/api/{path}/{uid}/", 404)
    assert uid not in [one["id"] for one in gina.result("GET", f"/api/{path}/", params={"limit": 1000})["results"]]


def test_pages(server, alice):
    first = alice.result("GET", "/api/users/", params={"limit": 2})
    assert len(first["results"]) == 2
    second = alice.result("GET", first["next"].removeprefix("/bottlecrm"))
    assert not {one["id"] for one in first["results"]} & {one["id"] for one in second["results"]}
    assert alice.result("GET", second["previous"].removeprefix("/bottlecrm")) == first


def test_customers_are_contacts_and_no_users(alice):
    emails = [one["email"] for one in alice.result("GET", "/api/users/", params={"limit": 1000})["results"]]
    assert "carl@acme.example" not in emails
    assert "alice@acme.example" in emails


def test_contacts_leave_staff_out(alice):
    names = [one["last_name"] for one in alice.result("GET", "/api/contacts/", params={"limit": 1000})["results"]]
    assert not any(name in {"System", "Alice Admin", "Bob Agent", "Admin"} for name in names)
