"""Operations 2 and 10 to 12: escalation, its history, its notes (spec/peach §9)."""

import pytest

from dialects.peach.acceptance.client import TIME, word

MIRROR = ("escalatedAt", "escalatedTeamId", "escalatedEmployeeId", "escalationIsUrgent")


def reasons(case):
    return [(note["category"], note["content"]) for note in case.notes()]


@pytest.mark.parametrize("address", ["escalations", "escalate"])
@pytest.mark.parametrize("urgent", [True, False])
def test_a_case_is_escalated_to_a_team(alice, address, urgent):
    case = alice.open()
    case.do(address, escalatedTeamId=alice.team(), escalatedEmployeeId=None, note=None, isUrgent=urgent)
    after = case.get()
    assert TIME.fullmatch(after["escalatedAt"])
    assert [after[name] for name in MIRROR[1:]] == [alice.team(), None, urgent]
    (record,) = case.escalations()
    assert (record["escalatedTeamId"], record["escalatedEmployeeId"]) == (alice.team(), None)
    assert record["isUrgent"] is urgent


def test_a_case_is_escalated_to_an_employee(alice):
    case = alice.open()
    case.escalate(escalatedEmployeeId=alice.employee("acme/bob"))
    after = case.get()
    assert (after["escalatedEmployeeId"], after["escalatedTeamId"]) == (alice.employee("acme/bob"), None)
    assert after["escalationIsUrgent"] is False


def test_an_escalation_is_a_change_below_the_case(alice, bob):
    case = alice.open()
    bob.done("POST", f"{case.path}/escalations", {"escalatedTeamId": alice.team()})
    after = case.get()
    assert after["lastSubresourceUpdatedAt"] > (case.made["lastSubresourceUpdatedAt"] or "")
    assert after["lastSubresourceUpdatedBy"]["id"] == alice.ids["users"]["acme/bob"]["peach"]
    assert after["updatedAt"] == case.made["updatedAt"]


@pytest.mark.parametrize("address", ["escalations/active", "escalation"])
def test_the_active_escalation_is_a_bare_object(alice, address):
    case = alice.open(name="Bare")
    case.escalate(escalatedTeamId=alice.team(), note="Please look", isUrgent=True)
    found = alice.ok("GET", f"{case.path}/{address}")
    assert "data" not in found
    assert "status" not in found or found["status"] != 200
    assert found["escalatedTeamId"] == alice.team()
    assert found["escalatedEmployeeId"] is None
    assert found["note"] == "Please look"
    assert found["isUrgent"] is True
    assert (found["caseId"], found["caseName"], found["escalationTargetName"]) == (case.id, "Bare", "Escalations")
    case.escalate(escalatedEmployeeId=alice.employee("acme/bob"))
    assert alice.ok("GET", f"{case.path}/{address}")["escalationTargetName"] == "Bob Agent"


@pytest.mark.parametrize("address", ["escalations/active", "escalation"])
def test_without_an_active_escalation_there_is_none(alice, address):
    case = alice.open()
    alice.refused(404, "GET", f"{case.path}/{address}")
    case.escalate(escalatedTeamId=alice.team())
    case.escalate(escalatedTeamId=None, escalatedEmployeeId=None)
    alice.refused(404, "GET", f"{case.path}/{address}")


@pytest.mark.parametrize("address", ["escalations", "escalate"])
def test_both_targets_null_take_the_escalation_back(alice, address):
    case = alice.open()
    case.escalate(escalatedTeamId=alice.team(), isUrgent=True)
    case.do(address, escalatedTeamId=None, escalatedEmployeeId=None, note="Solved")
    after = case.get()
    assert [after[name] for name in MIRROR[:3]] == [None, None, None]
    assert not after["escalationIsUrgent"]
    assert len(case.escalations()) == 1


def test_taking_back_what_is_not_there_changes_nothing(alice):
    case = alice.open()
    case.escalate(escalatedTeamId=None, escalatedEmployeeId=None)
    assert case.get() == case.made
    assert case.escalations() == []


def test_a_second_escalation_changes_the_active_one(alice):
    case = alice.open()
    case.escalate(escalatedTeamId=alice.team())
    case.escalate(escalatedEmployeeId=alice.employee("acme/bob"), isUrgent=True)
    after = case.get()
    assert [after[name] for name in MIRROR[1:]] == [None, alice.employee("acme/bob"), True]
    found = alice.ok("GET", f"{case.path}/escalations/active")
    assert (found["escalatedTeamId"], found["escalatedEmployeeId"]) == (None, alice.employee("acme/bob"))
    assert case.escalations()[0]["escalatedEmployeeId"] == alice.employee("acme/bob")


def test_the_history_is_newest_first_and_keeps_what_was_taken_back(alice):
    case = alice.open()
    case.escalate(escalatedTeamId=alice.team(), note="First")
    case.escalate(escalatedTeamId=None, escalatedEmployeeId=None)
    case.escalate(escalatedEmployeeId=alice.employee("acme/bob"), note="Second", isUrgent=True)
    newest, oldest = case.escalations()
    assert (newest["escalatedEmployeeId"], newest["note"], newest["isUrgent"]) == (
        alice.employee("acme/bob"),
        "Second",
        True,
    )
    assert (oldest["escalatedTeamId"], oldest["note"], oldest["isUrgent"]) == (alice.team(), "First", False)


def test_a_case_that_was_never_escalated_has_an_empty_history(alice):
    assert alice.open().escalations() == []


def test_the_note_becomes_a_case_note_of_its_category(alice):
    case = alice.open()
    case.escalate(escalatedTeamId=alice.team(), note="Up")
    case.escalate(escalatedTeamId=alice.team(), note="Higher", isUrgent=True)
    case.escalate(escalatedTeamId=None, escalatedEmployeeId=None, note="Down")
    assert sorted(reasons(case)) == [
        ("escalationCancelReason", "Down"),
        ("escalationCreateReason", "Up"),
        ("escalationUpdateReason", "Higher"),
    ]


def test_without_a_note_there_is_no_case_note(alice):
    case = alice.open()
    case.escalate(escalatedTeamId=alice.team())
    case.escalate(escalatedTeamId=None, escalatedEmployeeId=None, note=None)
    assert case.notes() == []


def test_an_employee_inside_the_team_is_the_target(alice):
    case = alice.open()
    case.escalate(escalatedTeamId=alice.team(), escalatedEmployeeId=alice.employee("acme/bob"))
    assert case.get()["escalatedEmployeeId"] == alice.employee("acme/bob")
    assert alice.ok("GET", f"{case.path}/escalations/active")["escalationTargetName"] == "Bob Agent"


def test_an_employee_outside_the_team_is_refused(alice):
    case = alice.open()
    case.not_do("escalations", escalatedTeamId=alice.team(), escalatedEmployeeId=alice.employee("acme/rita"))
    assert case.escalations() == []


@pytest.mark.parametrize(
    "body",
    [
        {"escalatedTeamId": "TM-ZZZZ-ZZZZ"},
        {"escalatedEmployeeId": "EM-ZZZZ-ZZZZ"},
        {"escalatedTeamId": "ext-no-such-team"},
    ],
    ids=str,
)
def test_a_target_that_does_not_exist_is_refused(alice, body):
    case = alice.open()
    answer = alice.send("POST", f"{case.path}/escalations", body)
    assert answer.status_code in {400, 404}
    assert answer.json()["status"] == answer.status_code
    assert case.get() == case.made


@pytest.mark.parametrize(
    ("member", "value"), [("escalatedTeamId", 7), ("escalatedEmployeeId", []), ("note", 7), ("isUrgent", "very")]
)
def test_a_member_of_a_wrong_kind_is_refused(alice, member, value):
    case = alice.open()
    alice.wrong(member, "POST", f"{case.path}/escalations", {"escalatedTeamId": alice.team(), member: value})
    assert case.escalations() == []


@pytest.mark.parametrize("path", ["/case-escalations", "/cases/escalations"])
def test_the_company_lists_its_active_escalations(alice, gina, path):
    up, down = alice.open(name=word()), alice.open()
    for case in (up, down):
        case.escalate(escalatedTeamId=alice.team(), note="n", isUrgent=True)
    down.escalate(escalatedTeamId=None, escalatedEmployeeId=None)
    body = alice.ok("GET", path)
    assert set(body) == {"status", "count", "data"}
    assert (body["status"], body["count"]) == (200, len(body["data"]))
    by_case = {record["caseId"]: record for record in body["data"]}
    assert len(by_case) == len(body["data"])
    assert down.id not in by_case
    record = by_case[up.id]
    assert (record["caseName"], record["escalationTargetName"]) == (up.made["name"], "Escalations")
    assert (record["escalatedTeamId"], record["note"], record["isUrgent"]) == (alice.team(), "n", True)
    names = [record["caseName"] for record in gina.ok("GET", path)["data"]]
    assert up.made["name"] not in names


@pytest.mark.parametrize("path", ["/case-escalations", "/cases/escalations"])
def test_a_restricted_agent_lists_escalations_of_their_own_cases_only(alice, rita, path):
    mine = alice.open(owningEmployeeId=alice.employee("acme/rita"))
    hidden = alice.open()
    for case in (mine, hidden):
        case.escalate(escalatedEmployeeId=alice.employee("acme/bob"))
    listed = [record["caseId"] for record in rita.ok("GET", path)["data"]]
    assert mine.id in listed
    assert hidden.id not in listed
