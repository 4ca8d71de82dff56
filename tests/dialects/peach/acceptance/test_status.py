"""The five statuses, what each move needs, and what stands still (spec/peach §5, DOMAIN §2)."""

import pytest

from dialects.peach.acceptance.client import TIME, unchanged

WAYS = {
    "initiated": (),
    "processing": ("processing",),
    "completed": ("processing", "completed"),
    "canceled": ("canceled",),
    "reopened": ("canceled", "reopened"),
}
LEGAL = {
    "initiated": {"processing", "canceled"},
    "processing": {"initiated", "completed", "canceled"},
    "completed": {"reopened"},
    "canceled": {"reopened"},
    "reopened": {"processing", "completed", "canceled"},
}
MOVES = [(one, two) for one in LEGAL for two in LEGAL if one != two]
FROZEN = ("completed", "canceled")


def body(status):
    return {"status": status, **({"outcome": "approved"} if status == "completed" else {})}


@pytest.mark.parametrize(("one", "two"), [move for move in MOVES if move[1] in LEGAL[move[0]]])
def test_a_legal_move(alice, one, two):
    case = alice.open().walk(*WAYS[one])
    before = case.get()
    after = case.put(**body(two))
    assert after["status"] == two
    assert TIME.fullmatch(after["statusUpdatedAt"])
    assert after["statusUpdatedAt"] != before["statusUpdatedAt"]
    assert after["statusUpdatedBy"]["id"] == alice.ids["users"]["acme/alice"]["peach"]
    assert case.get() == after


@pytest.mark.parametrize(("one", "two"), [move for move in MOVES if move[1] not in LEGAL[move[0]]])
def test_an_illegal_move_is_400_and_changes_nothing(alice, one, two):
    case = alice.open().walk(*WAYS[one])
    before = case.get()
    case.not_put(**body(two))
    unchanged(before, case.get())


@pytest.mark.parametrize("status", LEGAL)
def test_the_status_it_has_changes_nothing(alice, status):
    case = alice.open().walk(*WAYS[status])
    before = case.get()
    unchanged(before, case.put(status=status))


@pytest.mark.parametrize("status", ["open", "closed", "", "Processing", 1])
def test_a_status_that_does_not_exist_is_refused(alice, status):
    case = alice.open()
    alice.wrong("status", "PUT", case.path, {"status": status})


@pytest.mark.parametrize("start", ["processing", "reopened"])
def test_completing_needs_an_outcome(alice, start):
    case = alice.open().walk(*WAYS[start])
    case.not_put(status="completed")
    case.not_put(status="completed", outcome=None)
    assert case.get()["status"] == start
    assert case.put(status="completed", outcome="denied")["outcome"] == "denied"


def test_an_outcome_given_before_is_enough(alice):
    case = alice.open().walk("processing")
    given = case.put(outcome="approved")
    assert (given["status"], given["outcome"]) == ("processing", "approved")
    assert TIME.fullmatch(given["outcomeUpdatedAt"])
    assert given["outcomeUpdatedBy"]["id"] == alice.ids["users"]["acme/alice"]["peach"]
    assert case.put(status="completed")["outcome"] == "approved"


def test_an_outcome_moves_its_own_stamp_only(alice, bob):
    case = alice.open().walk("processing")
    before = case.get()
    after = bob.data("PUT", case.path, {"outcome": "denied"})
    assert after["outcomeUpdatedBy"]["id"] == bob.ids["users"]["acme/bob"]["peach"]
    assert after["statusUpdatedAt"] == before["statusUpdatedAt"]
    assert after["statusUpdatedBy"] == before["statusUpdatedBy"]


def test_an_outcome_that_does_not_exist_is_refused(alice):
    case = alice.open()
    alice.wrong("outcome", "PUT", case.path, {"outcome": "perhaps"})


def test_the_outcomes_of_a_company_are_its_own(server):
    from dialects.peach.acceptance.client import Door, word

    key = word()
    tenant = {
        "key": key,
        "name": "Outcomes",
        "dialects": {"peach": {"outcomes": ["approved", "settled"]}},
        "users": [{"key": "ann", "name": "Ann", "kind": "agent", "roles": ["admin"]}],
        "keys": [{"key": "ann", "user": "ann", "secret": f"{key}-secret"}],
    }
    server.apply({"tenants": [tenant]})
    ann = Door(server, f"{key}/ann", **{"X-API-KEY": f"{key}-secret"})
    case = ann.open()
    assert case.put(outcome="settled")["outcome"] == "settled"
    ann.wrong("outcome", "PUT", case.path, {"outcome": "denied"})


@pytest.mark.parametrize("status", FROZEN)
def test_reopening_clears_the_outcome(alice, status):
    case = alice.open().walk("processing")
    case.put(outcome="approved")
    case.walk(status)
    after = case.put(status="reopened")
    assert (after["status"], after["outcome"]) == ("reopened", None)


def test_a_case_may_be_completed_and_reopened_again_and_again(alice):
    case = alice.open().walk("processing")
    for _ in range(2):
        case.walk("completed", "reopened", "processing")
    assert case.get()["status"] == "processing"


@pytest.mark.parametrize("status", FROZEN)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    "members",
    [
        {"name": "Another"},
        {"lenderAck": True},
        {"metaData": {"a": "b"}},
        {"externalId": "frozen"},
        {"openedAt": "2020-01-01T00:00:00Z"},
        {"outcome": "denied"},
    ],
    ids=lambda members: next(iter(members)),
)
def test_a_frozen_case_takes_no_edit(alice, status, method, members):
    case = alice.open().walk(*WAYS[status])
    before = case.get()
    alice.refused(400, method, case.path, members)
    unchanged(before, case.get())


@pytest.mark.parametrize("status", FROZEN)
def test_a_frozen_case_takes_no_owner_escalation_or_snooze(alice, status):
    case = alice.open().walk(*WAYS[status])
    before = case.get()
    case.not_put(owningEmployeeId=alice.employee("acme/bob"))
    case.not_do("escalations", escalatedTeamId=alice.team())
    case.not_do("escalate", escalatedTeamId=alice.team())
    case.not_do("snooze", snoozeFor=1)
    unchanged(before, case.get())
    assert case.escalations() == []


@pytest.mark.parametrize("status", FROZEN)
def test_a_frozen_case_is_read_viewed_and_noted(alice, status):
    case = alice.open().walk(*WAYS[status])
    alice.done("POST", f"{case.path}/views")
    assert case.get()["lastViewedBy"]["id"] == alice.ids["users"]["acme/alice"]["peach"]
    made = case.note("For the record")
    assert [note["id"] for note in case.notes()] == [made["id"]]
    assert case.id in alice.listed(f"/people/{case.person}/cases")
    assert case.escalations() == []


@pytest.mark.parametrize("status", FROZEN)
def test_writing_back_a_frozen_case_as_it_reads_changes_nothing(alice, status):
    case = alice.open().walk(*WAYS[status])
    before = case.get()
    unchanged(before, case.put(**before))


def test_a_reopened_case_takes_everything_again(alice):
    case = alice.open().walk("canceled", "reopened")
    assert case.put(name="Again")["name"] == "Again"
    case.do("snooze", snoozeFor=2)
    case.escalate(escalatedTeamId=alice.team())
    shown = case.get()
    assert shown["status"] == "reopened"
    assert shown["snoozedUntil"] is not None
    assert shown["escalatedTeamId"] == alice.team()


def test_a_case_may_start_in_processing(alice):
    case = alice.open(status="processing")
    assert case.made["status"] == case.get()["status"] == "processing"


def test_a_case_does_not_start_completed_without_an_outcome(alice):
    person = alice.person()["id"]
    body = {"caseType": "generic", "name": "n", "status": "completed"}
    alice.refused(400, "POST", f"/people/{person}/cases", body)
    assert alice.listed(f"/people/{person}/cases") == []


@pytest.mark.parametrize("status", FROZEN)
def test_a_frozen_case_keeps_its_escalation_and_its_sleep(alice, status):
    case = alice.open().walk("processing")
    case.escalate(escalatedTeamId=alice.team())
    case.do("snooze", snoozeFor=4)
    case.walk(status)
    before = case.get()
    case.not_do("escalations", escalatedTeamId=None, escalatedEmployeeId=None)
    case.not_do("snooze", snoozeFor=None)
    unchanged(before, case.get())


@pytest.mark.parametrize("status", FROZEN)
def test_a_frozen_case_takes_no_move_together_with_an_edit(alice, status):
    case = alice.open().walk(*WAYS[status])
    before = case.get()
    case.not_put(status="processing", name="Another")
    unchanged(before, case.get())
