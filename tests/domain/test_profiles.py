"""Profiles, in which a door allows less: IBM's, and what any profile can say as data (DOMAIN §2, spec/ibm §7.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain.case import DONE, Stage
from casework.domain.commands import AddComment, AddLink, Attach, Edit, NewLink, SetStatus, Watch
from casework.domain.decide import decide
from casework.domain.doors import IBM_DOOR, Door
from casework.domain.lifecycle import Move, Profile
from casework.domain.refusals import Forbidden, IllegalMove, Invalid, Refusal
from domain.cast import (
    BOUNDED,
    BUSY,
    CLOSED,
    NATIVE,
    OPEN,
    PROPOSED,
    WAITING,
    WORDS,
    Desk,
    a_case,
    admin,
    context,
    customer,
    kinds,
    moved,
)

ACTIVE = [Stage.NEW, Stage.OPEN, Stage.WAITING, Stage.PROPOSED]


# ---- the IBM profile (spec/ibm §7.2)

IBM_MOVES = {
    **{("resolve", stage): Stage.RESOLVED for stage in ACTIVE},
    ("unresolve", Stage.RESOLVED): Stage.OPEN,
    ("unresolve", Stage.PROPOSED): Stage.OPEN,
    ("accept", Stage.PROPOSED): Stage.RESOLVED,
}
ACTIONS = {
    "resolve": SetStatus(action="resolve", set={"resolution": "Client error"}),
    "unresolve": SetStatus(action="unresolve", comment="It is back"),
    "accept": SetStatus(action="accept"),
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("stage", Stage)
def test_ibm_moves_only_as_its_table_says(action, stage):
    case = a_case(stage=stage)
    if target := IBM_MOVES.get((action, stage)):
        after = moved(case, ACTIONS[action], door=IBM_DOOR)
        assert (after.stage, after.status) == (target, WORDS.status_for(target).number)
        assert after.reopened == stage.done
        return
    with pytest.raises(IllegalMove) as refused:
        moved(case, ACTIONS[action], door=IBM_DOOR)
    assert refused.value.facts == {"stage": stage, "action": action}


@pytest.mark.parametrize(
    ("command", "stage", "member"),
    [
        (SetStatus(action="resolve"), Stage.OPEN, "resolution"),
        (SetStatus(action="resolve", set={"resolution": ""}), Stage.OPEN, "resolution"),
        (SetStatus(action="unresolve"), Stage.RESOLVED, "comment"),
        (SetStatus(action="unresolve", comment=""), Stage.RESOLVED, "comment"),
    ],
)
def test_ibm_moves_need_what_they_need(command, stage, member):
    with pytest.raises(Invalid) as refused:
        moved(a_case(stage=stage), command, door=IBM_DOOR)
    assert refused.value.member == member


@pytest.mark.parametrize(
    "command", [SetStatus(stage=Stage.OPEN), SetStatus(status=OPEN), SetStatus(), SetStatus(action="close")]
)
@pytest.mark.parametrize("stage", Stage)
def test_through_ibm_there_is_no_other_way_to_move_so_that_closed_stays_closed(command, stage):
    with pytest.raises(Invalid):
        moved(a_case(stage=stage), command, door=IBM_DOOR)


def test_a_named_action_means_nothing_where_moves_are_free():
    with pytest.raises(Invalid) as refused:
        moved(a_case(), SetStatus(action="resolve", stage=Stage.CLOSED))
    assert refused.value.member == "action"


FROZEN = [AddComment(text="Hi"), Attach(name="a", size=1, digest="0"), AddLink(link=NewLink("x"))]


@pytest.mark.parametrize("command", FROZEN)
@pytest.mark.parametrize("stage", Stage)
def test_ibm_takes_no_comments_files_or_links_on_closed_cases(command, stage):
    if stage not in {Stage.CLOSED, Stage.CANCELED}:
        assert Desk(a_case(stage=stage)).do(command, door=IBM_DOOR)
        return
    with pytest.raises(IllegalMove) as refused:
        Desk(a_case(stage=stage)).do(command, door=IBM_DOOR)
    assert refused.value.facts == {"stage": stage}


@pytest.mark.parametrize("command", FROZEN)
@pytest.mark.parametrize("stage", Stage)
def test_other_doors_do(command, stage):
    assert Desk(a_case(stage=stage)).do(command)


def test_ibm_still_takes_watchers_on_closed_cases():
    assert Desk(a_case(stage=Stage.CLOSED)).do(Watch(users=(1,)), door=IBM_DOOR)


LOCKED = {"extra": {"ibm": {"agent_close_only": True}}, "created_by": customer.user}


@pytest.mark.parametrize(("action", "stage"), [move for move, target in IBM_MOVES.items() if target.done])
def test_a_customer_ends_no_case_that_only_agents_may_close(action, stage):
    with pytest.raises(Forbidden) as refused:
        moved(a_case(stage=stage, **LOCKED), ACTIONS[action], customer, IBM_DOOR)
    assert refused.value.facts["why"] == "agent_close_only"
    assert moved(a_case(stage=stage, **LOCKED), ACTIONS[action], admin, IBM_DOOR).stage is Stage.RESOLVED
    free = {**LOCKED, "extra": {"ibm": {"agent_close_only": False}}}
    assert moved(a_case(stage=stage, **free), ACTIONS[action], customer, IBM_DOOR).stage is Stage.RESOLVED


def test_a_customer_may_unresolve_there():
    case = moved(a_case(stage=Stage.RESOLVED, **LOCKED), ACTIONS["unresolve"], customer, IBM_DOOR)
    assert case.stage is Stage.OPEN


# ---- a customer's answer


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("who", [admin, customer], ids=["staff", "customer"])
def test_a_customers_answer_to_a_waiting_case_sets_it_to_work(stage, who):
    desk = Desk(a_case(stage=stage, created_by=customer.user, reopened=stage is Stage.WAITING))
    events = desk.do(AddComment(text="Here you are"), who)
    if who is customer and stage is Stage.WAITING:
        assert kinds(events) == ["commented", "status_changed"]
        assert (desk.case.stage, desk.case.status, desk.case.reopened) == (Stage.OPEN, OPEN, False)
        assert (desk.case.version, desk.case.revision) == (2, 1)
    else:
        assert kinds(events) == ["commented"]
        assert (desk.case.stage, desk.case.revision) == (stage, 0)


# ---- profiles as data

STRICT = Profile(
    "strict",
    moves={"finish": Move(frozenset({Stage.OPEN}), Stage.CLOSED, needs=("outcome", "comment"), reserved="keep")},
    frozen={"*": DONE, "case.comment": frozenset()},
)
STRICT_DOOR = Door("strict", profile=STRICT)


def test_a_profile_can_freeze_everything_but_what_it_names():
    closed = a_case(stage=Stage.CLOSED)
    assert Desk(closed).do(AddComment(text="Note"), door=STRICT_DOOR)
    for command in (Edit(set={"subject": "x"}), Watch(users=(1,)), SetStatus(action="finish")):
        with pytest.raises(IllegalMove):
            Desk(closed).do(command, door=STRICT_DOOR)
    assert Desk(a_case()).do(Edit(set={"subject": "x"}), door=STRICT_DOOR)


def test_a_profile_says_what_each_move_needs_and_for_whom_it_is_reserved():
    finish = SetStatus(action="finish", set={"outcome": "approved"}, comment="Done")
    mine = a_case(created_by=customer.user)
    assert moved(mine, finish, customer, STRICT_DOOR).outcome == "approved"
    with pytest.raises(Invalid):
        moved(mine, SetStatus(action="finish", set={"outcome": "approved"}), customer, STRICT_DOOR)
    with pytest.raises(Forbidden):
        moved(a_case(created_by=customer.user, extra={"strict": {"keep": True}}), finish, customer, STRICT_DOOR)


@BOUNDED
@given(
    st.sampled_from(Stage),
    st.builds(
        SetStatus,
        stage=st.none() | st.sampled_from(Stage),
        status=st.none() | st.sampled_from([OPEN, CLOSED, WAITING, PROPOSED, BUSY, 999]),
        action=st.none() | st.sampled_from(["resolve", "unresolve", "accept", "close"]),
        set=st.dictionaries(st.sampled_from(["resolution", "close_note", "subject"]), st.text("ab", max_size=2)),
        comment=st.none() | st.text("ab", max_size=2),
    ),
    st.sampled_from([NATIVE, IBM_DOOR, STRICT_DOOR]),
    st.sampled_from([admin, customer]),
)
def test_every_wish_to_move_is_decided_or_refused(stage, command, door, who):
    try:
        events = decide(a_case(stage=stage, created_by=who.user), command, context(who, door=door))
    except Refusal:
        return
    assert all(event.set for event in events)
