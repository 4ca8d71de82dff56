"""The tasks that operations on cases file (spec/peach §4, §8, §9, §11)."""

import pytest

from dialects.peach.acceptance.client import word


def tasks(door, case):
    """The types of the tasks of a case, sorted."""
    found = door.ok("GET", "/tasks", params={"caseId": case, "limit": 100})["data"]
    assert {task["caseId"] for task in found} <= {case}
    return sorted(task["taskType"] for task in found)


def overslept(server, **members):
    key = word()
    made = {"key": key, "subject": key, "borrowers": ["kit"], "snoozed_until": "2024-01-02", **members}
    return server.apply({"tenants": [{"key": "acme", "cases": [made]}]})["cases"][f"acme/{key}"]["peach"]


@pytest.mark.parametrize(("target", "kind"), [("escalatedTeamId", "Team"), ("escalatedEmployeeId", "Agent")])
@pytest.mark.parametrize("urgent", [True, False])
def test_an_escalation_asks_for_a_review(alice, target, kind, urgent):
    case = alice.open()
    case.escalate(**{target: alice.team() if kind == "Team" else alice.employee("acme/bob"), "isUrgent": urgent})
    assert tasks(alice, case.id) == [f"reviewEscalatedCase{kind}{'Urgent' if urgent else ''}"]


def test_an_escalation_on_creation_asks_for_a_review_too(alice):
    case = alice.open(escalatedTeamId=alice.team())
    assert "reviewEscalatedCaseTeam" in tasks(alice, case.id)


def test_taking_back_nothing_asks_for_nothing(alice):
    case = alice.open()
    case.escalate(escalatedTeamId=None, escalatedEmployeeId=None)
    assert tasks(alice, case.id) == []


def test_waking_after_the_date_asks_for_a_review_once(server, alice):
    case = overslept(server)
    path = f"/people/ext-kit-1/cases/{case}/snooze"
    alice.done("POST", path, {"snoozeFor": None})
    assert tasks(alice, case) == ["reviewSnoozedCase"]
    alice.done("POST", path, {"snoozeFor": None})
    assert tasks(alice, case) == ["reviewSnoozedCase"]


def test_waking_before_the_date_asks_for_nothing(alice):
    case = alice.open()
    case.do("snooze", snoozeFor=5)
    case.do("snooze", snoozeFor=None)
    assert tasks(alice, case.id) == []


@pytest.mark.parametrize(
    ("members", "filed"),
    [
        ({"autoCreated": True, "createReviewTask": True}, ["reviewAutoCreatedCase"]),
        ({"autoCreated": True}, ["reviewAutoCreatedCase"]),
        ({"autoCreated": True, "createReviewTask": False}, []),
        ({"autoCreated": False, "createReviewTask": True}, []),
        ({}, []),
    ],
    ids=str,
)
def test_an_automatic_creation_asks_for_a_review(alice, members, filed):
    case = alice.open(**members)
    assert "createReviewTask" not in case.made
    assert tasks(alice, case.id) == filed


def test_a_taskable_note_asks_for_a_review(alice):
    case = alice.open()
    case.note("Plain")
    assert tasks(alice, case.id) == []
    case.note("Do this", taskableInstruction=True)
    assert tasks(alice, case.id) == ["reviewCaseInstructions"]


def test_tasks_of_another_company_are_not_there(alice, gina):
    case = alice.open()
    case.escalate(escalatedTeamId=alice.team())
    answer = gina.send("GET", "/tasks", params={"caseId": case.id})
    assert answer.status_code == 404 or answer.json()["data"] == []
