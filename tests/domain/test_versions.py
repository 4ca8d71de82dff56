"""Counters, stamps and expectations: DOMAIN §4, law 4."""

import msgspec
import pytest

from casework.domain import commands as c
from casework.domain.case import Comment, Stage
from casework.domain.decide import decide
from casework.domain.events import OPENED, Envelope, Event, apply, blank, fold
from casework.domain.refusals import NotFound, Stale
from domain.cast import (
    ALICE,
    CASE,
    NOON,
    SAMPLES,
    STRANGER,
    TENANT,
    TICK,
    Desk,
    a_case,
    admin,
    case_for,
    child,
    context,
    customer,
    finding,
    uid,
)

REVISING = {"Edit", "EditWhole", "Several", "SetStatus", "Assign", "Rate"}
QUIET = {"Deescalate", "Unwatch", "Wake"}
AT = NOON + TICK


def named(*names):
    return [command for command in SAMPLES if type(command).__name__ in names]


def name_of(command):
    return type(command).__name__


def carried_out(command):
    """The case before and after a sample that does something."""
    before = case_for(command, version=7, revision=3)
    events = decide(before, command, finding(command, admin))
    assert events
    envelope = Envelope(at=AT, actor=ALICE, via="native", version=8)
    return before, fold(before, [(event, envelope) for event in events])


ON_A_CASE = [command for command in SAMPLES if not isinstance(command, c.Open)]


@pytest.mark.parametrize("command", ON_A_CASE, ids=name_of)
def test_every_command_with_events_moves_the_version_by_one_and_says_who_and_when(command):
    before, after = carried_out(command)
    assert after.version == before.version + 1
    assert (after.touched_at, after.touched_by) == (AT, ALICE)


@pytest.mark.parametrize("command", ON_A_CASE, ids=name_of)
def test_only_edit_status_assign_and_rate_move_the_revision(command):
    before, after = carried_out(command)
    if name_of(command) in REVISING:
        assert (after.revision, after.updated_at, after.updated_by) == (before.revision + 1, AT, ALICE)
    else:
        assert (after.revision, after.updated_at, after.updated_by) == (3, NOON, STRANGER)


@pytest.mark.parametrize("command", ON_A_CASE, ids=name_of)
def test_only_a_change_of_status_moves_its_stamp(command):
    _, after = carried_out(command)
    expected = (AT, ALICE) if isinstance(command, c.SetStatus) else (NOON, STRANGER)
    assert (after.status_at, after.status_by) == expected


@pytest.mark.parametrize("command", ON_A_CASE, ids=name_of)
def test_who_opened_the_case_never_changes(command):
    before, after = carried_out(command)
    for name in ("tenant_id", "number", "uid", "created_at", "created_by", "created_via", "opened_at", "hash"):
        assert getattr(after, name) == getattr(before, name)


def test_opening_is_version_one_and_revision_zero_and_stamps_everything():
    desk = Desk()
    desk.do(c.Open(set={"outcome": "approved"}, links=(c.NewLink("x"),)))
    case = desk.case
    assert (case.tenant_id, case.number, case.version, case.revision) == (TENANT, CASE, 1, 0)
    assert {case.created_at, case.touched_at, case.updated_at, case.status_at, case.outcome_at} == {AT}
    assert {case.created_by, case.touched_by, case.updated_by, case.status_by, case.outcome_by} == {ALICE}
    assert case.created_via == "native"


def test_an_empty_edit_moves_version_and_revision():
    desk = Desk(a_case())
    desk.do(c.Edit(set={}, always=True))
    assert (desk.case.version, desk.case.revision, desk.case.updated_at) == (2, 1, AT)


def test_several_events_of_one_command_move_both_counters_by_one():
    desk = Desk(a_case())
    desk.do(c.SetStatus(stage=Stage.CLOSED, comment="Done"))
    assert (desk.case.version, desk.case.revision) == (2, 1)
    one = Envelope(at=AT, actor=1, via="native", version=2)
    twice = fold(a_case(), [(Event("edited", {"subject": "x"}), one), (Event("assigned", {"owner": 1}), one)])
    assert (twice.version, twice.revision) == (2, 1)


@pytest.mark.parametrize("before", ["approved", None])
def test_the_outcome_has_stamps_of_its_own_and_a_reopening_moves_them(before):
    desk = Desk(a_case(stage=Stage.CLOSED, outcome=before, outcome_at=NOON, outcome_by=STRANGER))
    desk.do(c.SetStatus(stage=Stage.OPEN))
    moved = (AT, ALICE) if before else (NOON, STRANGER)
    assert (desk.case.outcome, desk.case.outcome_at, desk.case.outcome_by) == (None, *moved)


def test_a_child_moves_no_status_even_if_it_has_a_member_of_that_name():
    envelope = Envelope(at=AT, actor=1, via="native", version=2)
    event = Event("commented", {"stage": "closed", "text": "x"}, noun="comment", child=uid(1))
    after = apply(a_case(), event, envelope)
    assert (after.stage, after.status_at, after.version) == (Stage.OPEN, NOON, 2)


def test_a_command_that_does_nothing_moves_nothing():
    for command in named(*QUIET):
        desk = Desk(a_case())
        before = desk.case
        assert desk.do(command) == []
        assert desk.case is before


def test_a_case_before_its_first_event_has_its_identity_only():
    case = blank(TENANT, CASE, uid(CASE))
    assert (case.tenant_id, case.number, case.uid, case.version, case.created_at) == (TENANT, CASE, uid(CASE), 0, None)
    opened = apply(case, Event(OPENED, {"subject": "S"}), Envelope(at=NOON, actor=1, via="ibm", version=1))
    assert (opened.subject, opened.created_via) == ("S", "ibm")


# ---- expectations


@pytest.mark.parametrize("counter", ["version", "revision", "updated_at"])
@pytest.mark.parametrize("command", ON_A_CASE, ids=name_of)
def test_a_command_goes_through_only_if_the_sender_knows_the_case_as_it_is(command, counter):
    kept = isinstance(command, (c.Restore, c.Unsilence))
    case = case_for(command, version=7, revision=3) if kept else a_case(version=7, revision=3)
    current = getattr(case, counter)
    older = current - (TICK if counter == "updated_at" else 1)
    for wrong in (older, None):
        stale = msgspec.structs.replace(command, expect=c.Expectation(counter, wrong))
        with pytest.raises(Stale) as refused:
            decide(case, stale, finding(command, admin))
        assert refused.value.facts == {"counter": counter, "current": current}
    decide(case, msgspec.structs.replace(command, expect=c.Expectation(counter, current)), finding(command, admin))


@pytest.mark.parametrize(
    "command", named("EditComment", "RemoveComment", "RemoveLink", "Unrelate", "Dissociate"), ids=name_of
)
def test_what_hangs_on_the_case_has_a_revision_of_its_own_to_expect(command):
    there = msgspec.structs.replace(finding(command, admin).child, revision=2)
    case = a_case(revision=9)
    for value in (1, 9):
        stale = msgspec.structs.replace(command, expect=c.Expectation("revision", value, "thing"))
        with pytest.raises(Stale) as refused:
            decide(case, stale, context(child=there))
        assert refused.value.facts == {"counter": "revision", "current": 2}
    assert decide(
        case, msgspec.structs.replace(command, expect=c.Expectation("revision", 2, "thing")), context(child=there)
    )


@pytest.mark.parametrize(
    "found", [None, child(Comment, 501, audience="internal"), child(Comment, 501, deleted_at=NOON)]
)
def test_what_is_hidden_or_gone_is_not_there_rather_than_stale(found):
    case = a_case(created_by=customer.user)
    for revision in (0, 1):
        command = c.RemoveComment(comment=uid(501), expect=c.Expectation("revision", revision, "thing"))
        with pytest.raises(NotFound):
            decide(case, command, context(customer, child=found))


def test_of_two_writers_with_the_same_expectation_exactly_one_wins():
    desk = Desk(a_case())
    expect = c.Expectation("revision", 0)
    desk.do(c.Edit(set={"subject": "First"}, expect=expect))
    with pytest.raises(Stale):
        desk.do(c.Edit(set={"subject": "Second"}, expect=expect))
    assert desk.case.subject == "First"


def test_a_comment_is_no_news_for_who_expects_a_revision_but_for_who_expects_a_version():
    desk = Desk(a_case())
    desk.do(c.AddComment(text="x"))
    assert desk.do(c.Edit(set={"subject": "y"}, expect=c.Expectation("revision", 0)))
    with pytest.raises(Stale):
        desk.do(c.Edit(set={"subject": "z"}, expect=c.Expectation("version", 1)))
