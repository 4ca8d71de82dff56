"""Roles and reach at this door (spec/bottlecrm §3, DOMAIN §6)."""

import pytest

from dialects.bottlecrm.client import word


def test_an_agent_works_on_every_case(alice, bob):
    case = alice.open()["id"]
    assert bob.put(case, name="Bob's")["name"] == "Bob's"
    assert bob.comment(case, "x")["comment"] == "x"
    assert case in bob.listed()


def test_a_viewer_reads_everything_and_changes_nothing(alice, vera):
    case = alice.open()
    assert vera.case(case["id"]) == case
    assert case["id"] in vera.listed()
    vera.refused("POST", "/api/cases/", 403, json={"name": "x"})
    for body in ({"name": "x"}, {}, {"status": "Closed"}, {"name": ""}):
        vera.refused("PUT", f"/api/cases/{case['id']}/", 403, json=body)
        vera.refused("PATCH", f"/api/cases/{case['id']}/", 403, json=body)
    assert alice.case(case["id"]) == case


def test_a_restricted_user_sees_nothing_of_others(alice, rita):
    token = word()
    case = alice.open(token)["id"]
    rita.refused("GET", f"/api/cases/{case}/", 404)
    for method, body in (
        ("PUT", {"name": "x"}),
        ("PATCH", {"name": "x"}),
        ("POST", {"comment": "x"}),
        ("DELETE", None),
    ):
        rita.refused(method, f"/api/cases/{case}/", 404, json=body)
    assert rita.page(name=token)["count"] == 0


@pytest.fixture
def token():
    return word()


def works(rita, case, token):
    assert rita.listed(name=token) == [case]
    assert rita.put(case, description="Seen")["description"] == "Seen"
    assert rita.detail(case)["comment_permission"] is True


def test_a_restricted_user_works_on_what_she_opened(rita, token):
    works(rita, rita.open(token)["id"], token)


def test_a_restricted_user_works_on_what_she_is_assigned_to(alice, rita, token):
    for assigned in (["acme/rita"], ["acme/bob", "acme/rita"]):
        name = word()
        case = alice.open(name, assigned_to=[alice.id("users", user) for user in assigned])["id"]
        works(rita, case, name)


def test_losing_the_assignment_loses_the_case(alice, rita, token):
    case = alice.open(token, assigned_to=[alice.id("users", "acme/rita")])["id"]
    alice.put(case, assigned_to=[])
    rita.refused("GET", f"/api/cases/{case}/", 404)
    assert rita.page(name=token)["count"] == 0


def test_members_of_an_assigned_team_read_and_write(server, alice, rita, token):
    ids = server.apply(
        {
            "tenants": [
                {
                    "key": "acme",
                    "name": "Acme Lending",
                    "teams": [{"key": f"crew-{token}", "name": "Crew", "members": ["rita"], "kind": "static"}],
                }
            ]
        }
    )
    team = ids["teams"][f"acme/crew-{token}"]["bottlecrm"]
    import time

    time.sleep(1.1)  # principals are remembered for less than a second
    works(rita, alice.open(token, teams=[team])["id"], token)


def test_a_restricted_user_deletes_what_she_opened_only(alice, rita):
    assert rita.request("DELETE", f"/api/cases/{rita.open()['id']}/").status_code == 204
    case = alice.open(assigned_to=[alice.id("users", "acme/rita")])["id"]
    rita.refused("DELETE", f"/api/cases/{case}/", 403)


def test_a_service_user_works_like_an_agent(crm, alice):
    sid = crm.of("acme/sid")
    case = sid.open()
    assert case["created_by"] == alice.id("users", "acme/sid")


def test_list_and_get_agree_for_everybody(crm, alice):
    token = word()
    cases = [
        alice.open(token)["id"],
        alice.open(token, assigned_to=[alice.id("users", "acme/rita")])["id"],
        crm.of("acme/rita").open(token)["id"],
    ]
    for user in ("alice", "bob", "rita", "vera"):
        door = crm.of(f"acme/{user}")
        readable = {case for case in cases if door.request("GET", f"/api/cases/{case}/").status_code == 200}
        page = door.page(name=token, limit=100)
        assert {case["id"] for case in page["results"]} == readable
        assert page["count"] == len(readable)
