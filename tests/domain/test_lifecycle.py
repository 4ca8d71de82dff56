"""Stages, what follows from moving between them, and the profiles in which a door allows less: DOMAIN §2."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain.case import DONE, Stage
from casework.domain.commands import SetStatus
from casework.domain.lifecycle import consequences
from casework.domain.refusals import Invalid
from domain.cast import (
    BOUNDED,
    BUSY,
    DONE_FIRST,
    FRESH,
    NOON,
    OPEN,
    OPEN_TOO,
    RESOLVED,
    RETIRED,
    TICK,
    WORDS,
    Desk,
    a_case,
    admin,
    kinds,
    moved,
    words,
)

ACTIVE = [Stage.NEW, Stage.OPEN, Stage.WAITING, Stage.PROPOSED]
ENDED = [Stage.RESOLVED, Stage.CLOSED, Stage.CANCELED]
PAIRS = [(source, target) for source in Stage for target in Stage if source is not target]
AT = NOON + TICK
REOPENING = {"reopened": True, "reopened_at": AT, "outcome": None, "resolved_at": None, "closed_on": None}
ENDING = {"resolved_at": AT, "closed_on": AT, "last_closed_at": AT, "reopened": False}


def test_three_stages_are_done_and_four_are_active():
    assert set(ENDED) == DONE
    assert [stage for stage in Stage if not stage.done] == ACTIVE


# ---- consequences


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_any_stage_moves_to_any_other(source, target):
    case = moved(a_case(stage=source), SetStatus(stage=target))
    assert case.stage is target
    assert case.status == WORDS.status_for(target).number


@pytest.mark.parametrize("source", ACTIVE)
@pytest.mark.parametrize("target", ENDED)
def test_reaching_an_end_stamps_it(source, target):
    wanted = consequences(a_case(stage=source, reacted_at=NOON), target, AT)
    assert wanted == ENDING


@pytest.mark.parametrize("source", ENDED)
@pytest.mark.parametrize("target", ENDED)
@pytest.mark.parametrize("resolved_at", [NOON, None])
def test_from_end_to_end_nothing_is_stamped_again(source, target, resolved_at):
    assert consequences(a_case(stage=source, resolved_at=resolved_at), target, AT) == {}


@pytest.mark.parametrize("source", ENDED)
@pytest.mark.parametrize("target", ACTIVE)
def test_going_back_to_work_is_a_reopening(source, target):
    assert consequences(a_case(stage=source), target, AT) == REOPENING


@pytest.mark.parametrize("target", ACTIVE)
def test_a_reopening_keeps_everything_but_outcome_and_end(target):
    before = a_case(
        stage=Stage.CLOSED, outcome="approved", close_note="Done", close_reason=7, resolution="Fixed", solution="Again",
        rating=4, rating_comment="Good", reopened=False,
    )  # fmt: skip
    after = moved(before, SetStatus(stage=target))
    assert (after.reopened, after.reopened_at) == (True, AT)
    assert (after.outcome, after.resolved_at, after.closed_on) == (None, None, None)
    for name in ("close_note", "close_reason", "resolution", "solution", "rating", "rating_comment", "last_closed_at"):
        assert getattr(after, name) == getattr(before, name)


@pytest.mark.parametrize(
    "command", [SetStatus(stage=Stage.WAITING), SetStatus(stage=Stage.CLOSED), SetStatus(status=OPEN_TOO)]
)
def test_a_later_change_of_status_takes_the_flag_back_and_keeps_the_moment(command):
    after = moved(a_case(reopened=True, reopened_at=NOON), command)
    assert (after.reopened, after.reopened_at) == (False, NOON)


@pytest.mark.parametrize("command", [SetStatus(stage=Stage.OPEN), SetStatus(status=OPEN), SetStatus()])
def test_writing_what_is_there_leaves_the_flag(command):
    desk = Desk(a_case(reopened=True, reopened_at=NOON))
    assert desk.do(command) == []
    assert desk.case.reopened


@pytest.mark.parametrize("target", Stage)
@pytest.mark.parametrize("reacted_at", [None, NOON])
def test_the_reaction_is_stamped_once_when_the_case_is_new_no_more(target, reacted_at):
    case = moved(a_case(stage=Stage.NEW, reacted_at=reacted_at), SetStatus(stage=target))
    assert case.reacted_at == (AT if reacted_at is None and target is not Stage.NEW else reacted_at)


def test_going_back_to_new_keeps_the_reaction():
    assert moved(a_case(stage=Stage.OPEN, reacted_at=NOON), SetStatus(stage=Stage.NEW)).reacted_at == NOON


@BOUNDED
@given(st.lists(st.sampled_from(Stage), min_size=1, max_size=8))
def test_whatever_the_way_the_stamps_fit_the_stage(way):
    desk = Desk(a_case(stage=Stage.NEW, status=OPEN))
    for stage in way:
        before = desk.case
        desk.do(SetStatus(stage=stage))
        case = desk.case
        assert case.stage is stage
        assert (case.resolved_at is not None) == (case.closed_on is not None) == stage.done
        assert case.reopened == ((before.stage.done and not stage.done) or (before.reopened and before.stage is stage))
        if before.stage.done and stage.done:
            assert case.resolved_at == before.resolved_at
        if before.last_closed_at is not None:
            assert case.last_closed_at is not None


# ---- which status


@pytest.mark.parametrize("stage", Stage)
def test_writing_the_stage_that_is_there_changes_nothing_not_even_the_label(stage):
    assert Desk(a_case(stage=stage, status=OPEN_TOO)).do(SetStatus(stage=stage)) == []


def test_writing_the_status_that_is_there_changes_nothing_even_if_its_stage_differs():
    for case in (a_case(stage=Stage.PROPOSED, status=BUSY), a_case(stage=Stage.OPEN, status=RETIRED)):
        assert Desk(case).do(SetStatus(status=case.status)) == []


def test_a_status_brings_its_stage():
    case = moved(a_case(), SetStatus(status=RESOLVED))
    assert (case.stage, case.status) == (Stage.RESOLVED, RESOLVED)


def test_another_label_of_the_same_stage_is_a_change_of_status_alone():
    desk = Desk(a_case())
    (event,) = desk.do(SetStatus(status=OPEN_TOO))
    assert (event.kind, event.set, event.was) == ("status_changed", {"status": OPEN_TOO}, {"status": OPEN})
    assert (desk.case.status_at, desk.case.status_by) == (AT, admin.user)


@pytest.mark.parametrize("status", [999, RETIRED])
def test_an_unknown_or_deleted_status_is_refused(status):
    with pytest.raises(Invalid) as refused:
        moved(a_case(), SetStatus(status=status))
    assert refused.value.member == "status"


@pytest.mark.parametrize(
    ("stage", "status"),
    [
        (Stage.NEW, FRESH),
        (Stage.WAITING, BUSY),
        (Stage.PROPOSED, BUSY),
        (Stage.RESOLVED, DONE_FIRST),
        (Stage.CANCELED, DONE_FIRST),
    ],
)
def test_the_label_comes_from_the_cases_own_set_and_the_stage_is_kept(stage, status):
    source = Stage.OPEN if stage is not Stage.OPEN else Stage.NEW
    case = moved(a_case(stage=source, status=BUSY), SetStatus(stage=stage))
    assert (case.stage, case.status) == (stage, status)


def test_a_case_without_status_gets_one():
    assert moved(a_case(status=None), SetStatus(stage=Stage.OPEN)).status == OPEN


def test_editing_or_deleting_a_label_moves_no_case():
    relabelled = {
        **WORDS.statuses,
        OPEN: msgspec.structs.replace(WORDS.statuses[OPEN], stage=Stage.WAITING, deleted_at=NOON),
    }
    desk = Desk(a_case(), vocabulary=words(statuses=relabelled))
    assert desk.do(SetStatus(stage=Stage.OPEN)) == []
    assert desk.do(SetStatus(status=OPEN)) == []
    assert desk.case.stage is Stage.OPEN


# ---- what comes with a move


def test_close_members_and_a_comment_come_with_the_move():
    desk = Desk(a_case())
    command = SetStatus(
        stage=Stage.CLOSED,
        set={"close_reason": 7, "close_note": "n", "resolution": "r", "outcome": "approved", "closed_on": NOON},
        comment="Finished",
    )
    assert kinds(desk.do(command)) == ["status_changed", "commented"]
    case = desk.case
    assert (case.close_reason, case.close_note, case.resolution, case.outcome) == (7, "n", "r", "approved")
    assert (case.closed_on, case.resolved_at) == (NOON, AT)
    assert case.version == 2


def test_close_members_can_be_written_without_a_move():
    (event,) = Desk(a_case(stage=Stage.CLOSED)).do(SetStatus(set={"outcome": "denied"}))
    assert event.set == {"outcome": "denied"}


def test_other_members_cannot_come_with_a_move():
    with pytest.raises(Invalid) as refused:
        moved(a_case(), SetStatus(stage=Stage.CLOSED, set={"subject": "x"}))
    assert refused.value.member == "subject"


@pytest.mark.parametrize("comment", [None, ""])
def test_an_empty_comment_is_none(comment):
    assert Desk(a_case()).do(SetStatus(comment=comment)) == []
