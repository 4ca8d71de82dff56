"""Links out of reach, cases that another door deleted, and moves at the same time (DOMAIN §4, §6, §7)."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from dialects.peach.acceptance.client import OPENED, word


@pytest.fixture(scope="module")
def delete(server, door_of):
    """Delete a case by its name, at the BottleCRM door."""
    headers = {
        "Authorization": f"Bearer {server.secret('acme/alice')}",
        "organization-id": server.ids["tenants"]["acme"]["bottlecrm"],
    }
    http = httpx.Client(base_url=f"{server.url}/bottlecrm/api/cases", headers=headers, timeout=60)
    OPENED.append(http)

    def run(name):
        (case,) = http.get("/", params={"name": name}).json()["results"]
        answer = http.delete(f"/{case['id']}/")
        assert answer.is_success, answer.text

    return run


def at_once(*works):
    with ThreadPoolExecutor(len(works)) as pool:
        return [answer.status_code for answer in pool.map(lambda work: work(), works)]


def test_a_restricted_agent_does_not_link_what_they_cannot_see(alice, rita):
    mine = alice.open(owningEmployeeId=alice.employee("acme/rita"))
    hidden = alice.open()
    rita.refused(404, "POST", f"{mine.path}/associations", {"objectType": "case", "objectId": hidden.id})
    assert mine.links() == []


def test_a_linked_case_out_of_reach_is_not_named(alice, rita):
    mine = alice.open(owningEmployeeId=alice.employee("acme/rita"))
    hidden = alice.open()
    mine.link("case", hidden.id)
    assert mine.links() == [("case", hidden.id)]
    assert rita.data("GET", mine.path, params={"associations": "all"})["associations"] == []


def test_a_duplicate_external_id_out_of_reach_is_refused_all_the_same(alice, rita):
    own = word()
    alice.open(externalId=own)
    mine = alice.open(owningEmployeeId=alice.employee("acme/rita"))
    rita.refused(409, "PUT", mine.path, {"externalId": own})


def test_a_case_deleted_elsewhere_is_gone_here(alice, delete):
    own = word()
    case, other = alice.open(name=word(), externalId=own), alice.open()
    other.link("case", case.id)
    case.escalate(escalatedTeamId=alice.team())
    delete(case.made["name"])
    alice.refused(404, "GET", case.path)
    alice.refused(404, "GET", f"/people/{case.person}/cases/ext-{own}")
    alice.refused(404, "PUT", case.path, {"name": "n"})
    alice.refused(404, "POST", f"{case.path}/views")
    assert alice.listed(f"/people/{case.person}/cases") == []
    assert alice.listed("/cases", externalId=own) == []
    assert case.id not in [record["caseId"] for record in alice.ok("GET", "/case-escalations")["data"]]
    assert other.links() == []
    other.not_do("associations", 404, objectType="case", objectId=case.id)
    assert alice.open(externalId=own).made["externalId"] == own


def test_a_deleted_collection_case_is_active_no_more(alice, delete):
    case = alice.open(caseType="collection", name=word())
    delete(case.made["name"])
    assert alice.open(case.person, caseType="collection").made["status"] == "initiated"


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_ends_at_once_one_wins(alice, attempt):
    case = alice.open().walk("processing")
    moves = ({"status": "completed", "outcome": "approved"}, {"status": "canceled"})
    found = at_once(*(lambda move=move: alice.send("PUT", case.path, move) for move in moves))
    assert sorted(found) == [200, 400]
    assert case.get()["status"] == moves[found.index(200)]["status"], attempt


@pytest.mark.parametrize("attempt", range(3))
def test_an_edit_and_an_end_at_once_are_in_some_order(alice, attempt):
    case = alice.open()
    edit, end = at_once(
        lambda: alice.send("PUT", case.path, {"name": "Edited"}),
        lambda: alice.send("PUT", case.path, {"status": "canceled"}),
    )
    shown = case.get()
    assert (end, shown["status"]) == (200, "canceled"), attempt
    assert (edit, shown["name"]) in {(200, "Edited"), (400, case.made["name"])}


def test_edits_of_different_members_at_once_are_both_kept(alice):
    case = alice.open()
    bodies = [{"name": "Both"}, {"lenderAck": True}, {"metaData": {"a": "b"}}, {"matchToDataSource": True}]
    assert at_once(*(lambda body=body: alice.send("PUT", case.path, body) for body in bodies)) == [200] * 4
    shown = case.get()
    for body in bodies:
        assert body.items() <= shown.items()


def test_of_borrowers_at_once_with_one_external_id_one_wins(alice):
    own = word()
    body = {"name": {"firstName": "A", "lastName": "B"}, "externalId": own}
    found = at_once(*(lambda: alice.send("POST", "/people", body) for _ in range(6)))
    assert sorted(found) == [200] + [409] * 5


def test_versions_of_a_type_made_at_once_differ(alice):
    made = alice.type()
    path = f"/case-types/{made['id']}"
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: alice.send("PUT", path, {"description": f"d{n}"}), range(4)))
    versions = [answer.json()["data"]["version"] for answer in answers if answer.status_code == 200]
    assert versions
    assert len(set(versions)) == len(versions)
    assert all(answer.status_code in {200, 400, 409} for answer in answers)


def test_notes_made_at_once_are_all_kept(alice):
    case = alice.open()
    found = at_once(*(lambda n=n: alice.send("POST", f"{case.path}/notes", {"content": f"Note {n}"}) for n in range(6)))
    assert found == [200] * 6
    assert sorted(note["content"] for note in case.notes()) == [f"Note {n}" for n in range(6)]
