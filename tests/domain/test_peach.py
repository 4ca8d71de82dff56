"""Peach's profile: five states, what is frozen, custom fields, the tasks that it files (spec/peach §4, §5, §8)."""

from datetime import timedelta

import pytest

from casework.domain import commands as c
from casework.domain.case import Relation, Stage
from casework.domain.decide import decide
from casework.domain.decide.filing import filed
from casework.domain.doors import PEACH_DOOR
from casework.domain.events import Envelope, apply
from casework.domain.nouns import CaseType, Field
from casework.domain.refusals import Duplicate, IllegalMove, Invalid, NotFound
from domain.cast import (
    CASE,
    GENERIC,
    NATIVE,
    NOON,
    OTHER,
    TEAM,
    TICK,
    WAITING,
    Desk,
    a_case,
    admin,
    agent,
    child,
    context,
    kinds,
    moved,
    noun,
    words,
)

STATES = {
    "initiated": {"stage": Stage.NEW},
    "processing": {"stage": Stage.OPEN},
    "completed": {"stage": Stage.RESOLVED, "outcome": "approved"},
    "canceled": {"stage": Stage.CANCELED},
    "reopened": {"stage": Stage.OPEN, "reopened": True, "reopened_at": NOON},
}
MOVES = {
    "initiated": {"processing", "canceled"},
    "processing": {"initiated", "completed", "canceled"},
    "completed": {"reopened"},
    "canceled": {"reopened"},
    "reopened": {"processing", "completed", "canceled"},
}
MACHINE = PEACH_DOOR.profile.machine


def go(state, **more):
    return c.SetStatus(action=state, **more)


@pytest.mark.parametrize("start", STATES)
@pytest.mark.parametrize("target", STATES)
def test_states_follow_each_other_only_as_the_table_says(start, target):
    case = a_case(**STATES[start])
    assert MACHINE.state(case) == start
    wanted = go(target, set={"outcome": "approved"} if target == "completed" else {})
    if target == start:
        desk = Desk(case)
        assert desk.do(go(target), door=PEACH_DOOR) == []
    elif target in MOVES[start]:
        after = moved(case, wanted, door=PEACH_DOOR)
        assert MACHINE.state(after) == target
        assert after.status_at != case.status_at
    else:
        with pytest.raises(IllegalMove):
            moved(case, wanted, door=PEACH_DOOR)


def test_a_case_that_waits_is_being_processed():
    case = a_case(stage=Stage.WAITING)
    assert Desk(case).do(go("processing"), door=PEACH_DOOR) == []
    after = moved(a_case(stage=Stage.WAITING, reopened=True), go("processing"), door=PEACH_DOOR)
    assert (after.stage, after.status, after.reopened) == (Stage.WAITING, WAITING, False)
    assert after.status_at > NOON


def test_a_status_that_is_none_yet_is_found():
    after = moved(a_case(stage=Stage.WAITING, reopened=True, status=None), go("processing"), door=PEACH_DOOR)
    assert after.status == WAITING


def test_completing_needs_an_outcome_given_or_there():
    with pytest.raises(Invalid) as refused:
        moved(a_case(), go("completed"), door=PEACH_DOOR)
    assert refused.value.member == "outcome"
    assert moved(a_case(outcome="denied"), go("completed"), door=PEACH_DOOR).outcome == "denied"
    after = moved(a_case(), go("completed", set={"outcome": "approved"}), door=PEACH_DOOR)
    assert (after.outcome, after.stage, after.outcome_by) == ("approved", Stage.RESOLVED, admin.user)
    assert moved(after, go("reopened"), door=PEACH_DOOR).outcome is None


def test_there_is_no_other_state():
    with pytest.raises(Invalid) as refused:
        moved(a_case(), go("open"), door=PEACH_DOOR)
    assert refused.value.member == "status"


def test_staff_move_cases_with_the_permission_for_statuses():
    assert moved(a_case(), go("canceled"), agent, PEACH_DOOR).stage is Stage.CANCELED
    assert MACHINE.states[Stage.CLOSED] == "completed"


@pytest.mark.parametrize("stage", [Stage.RESOLVED, Stage.CLOSED, Stage.CANCELED])
@pytest.mark.parametrize(
    "command",
    [c.Edit(set={"subject": "x"}), c.Assign(set={"owner": 5}), c.Escalate(team=TEAM), c.Deescalate(),
     c.Snooze(until=NOON.date()), c.Wake(), c.Associate(object=1), c.Relate(other=OTHER), c.Separate(other=OTHER)],
    ids=lambda command: type(command).__name__,
)  # fmt: skip
def test_what_is_done_is_frozen(stage, command):
    with pytest.raises(IllegalMove):
        decide(a_case(stage=stage), command, context(door=PEACH_DOOR))
    assert decide(a_case(stage=stage), c.AddComment(text="x"), context(door=PEACH_DOOR))


# ---- opening


def opened(vocabulary=None, **members):
    known = {"vocabulary": vocabulary} if vocabulary else {}
    return decide(None, c.Open(set=members), context(door=PEACH_DOOR, **known))[0].set


def test_a_case_may_begin_in_any_stage_with_what_it_needs():
    assert opened(stage=Stage.OPEN)["stage"] is Stage.OPEN
    assert opened(stage=Stage.RESOLVED, outcome="approved")["outcome"] == "approved"
    with pytest.raises(Invalid) as refused:
        opened(stage=Stage.RESOLVED)
    assert refused.value.member == "outcome"


STRICT = 469
FIELDS = words(
    types={
        GENERIC: noun(CaseType, GENERIC),
        STRICT: noun(CaseType, STRICT, fields=(
            {"name": "why", "type": "string", "required": True},
            {"name": "level", "type": "integer", "extra": {"default": 2}},
        )),
    },
    fields={
        481: noun(Field, 481, key="region", type="string", values=("north", "south")),
        482: noun(Field, 482, name="gone", deleted_at=NOON),
    },
)  # fmt: skip


def test_custom_fields_fit_the_schemas_of_the_type_and_the_tenant():
    assert opened(FIELDS, type=STRICT, fields={"why": "x"})["fields"] == {"why": "x", "level": 2}
    assert opened(FIELDS, fields={"region": "north"})["fields"] == {"region": "north"}
    for kind, fields, member in (
        (STRICT, {}, "why"), (STRICT, {"why": "x", "level": "y"}, "level"), (GENERIC, {"region": "east"}, "region"),
        (GENERIC, {"gone": "x"}, "gone"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            opened(FIELDS, type=kind, fields=fields)
        assert refused.value.member == member


def test_edits_of_custom_fields_keep_what_other_doors_wrote():
    case = a_case(type=STRICT, fields={"why": "x", "unheard": 1})
    asked = context(door=PEACH_DOOR, vocabulary=FIELDS)
    (event,) = decide(case, c.Edit(set={"fields": {"level": 3}}), asked)
    assert event.set["fields"] == {"why": "x", "unheard": 1, "level": 3}
    for fields in ({"why": None}, {"unheard": 2}):
        with pytest.raises(Invalid):
            decide(case, c.Edit(set={"fields": fields}), asked)
    assert decide(case, c.Edit(set={"fields": {"unheard": 2}}), context(vocabulary=FIELDS))
    assert decide(case, c.Edit(set={"subject": "y"}), asked)


def test_a_type_that_is_not_there_has_the_tenants_fields_only():
    assert [schema["name"] for schema in FIELDS.schemas_for(None)] == ["region"]


# ---- one way between cases (DOMAIN §3)


def relation(*, own=CASE, forward=True, backward=False):
    return child(Relation, 503, other=OTHER if own == CASE else CASE, forward=forward, backward=backward)


def related(command, present):
    known = {"relation": present, "other": a_case(OTHER)}
    return decide(a_case(), command, context(door=PEACH_DOOR, **known))


def test_a_side_is_claimed_once():
    assert kinds(related(c.Relate(other=OTHER, one_way=True), None)) == ["related"]
    theirs = child(Relation, 503, other=CASE)
    theirs = type(theirs)(**{name: getattr(theirs, name) for name in theirs.__struct_fields__} | {"case_number": OTHER})
    (event,) = related(c.Relate(other=OTHER, one_way=True), theirs)
    assert (event.set, event.was, event.child) == ({"backward": True}, {"backward": False}, theirs.uid)
    assert related(c.Relate(other=OTHER, one_way=True), relation()) == []
    assert related(c.Relate(other=OTHER), theirs) == []


def test_a_side_is_taken_back_and_the_last_one_ends_the_relation():
    (event,) = related(c.Separate(other=OTHER), relation(backward=True))
    assert event.set == {"forward": False}
    (event,) = related(c.Separate(other=OTHER), relation())
    assert event.set == {"deleted_at": NOON + TICK}
    for present in (None, relation(forward=False, backward=True)):
        with pytest.raises(NotFound):
            related(c.Separate(other=OTHER), present)


# ---- tasks


def tasks(command, case=None, door=PEACH_DOOR, **known):
    asked = context(door=door, **known)
    events = decide(case, command, asked)
    after = case or a_case()
    for event in events:
        if event.noun is None and case is not None:
            after = apply(after, event, Envelope(at=asked.at, actor=admin.user, via=door.name, version=2))
    return [(task.kind, task.team, task.user, task.urgent) for task in filed(case, after, command, events, asked)]


def test_escalations_file_a_task_for_their_target():
    assert tasks(c.Escalate(team=TEAM), a_case()) == [("reviewEscalatedCaseTeam", TEAM, None, False)]
    assert tasks(c.Escalate(user=5, urgent=True), a_case()) == [("reviewEscalatedCaseAgentUrgent", None, 5, True)]
    assert tasks(c.Escalate(team=TEAM, user=5), a_case()) == [("reviewEscalatedCaseAgent", TEAM, 5, False)]
    assert tasks(c.Escalate(team=TEAM, urgent=True), a_case())[0][0] == "reviewEscalatedCaseTeamUrgent"
    assert tasks(c.Escalate(team=TEAM), a_case(), NATIVE) == []


def test_a_snooze_whose_day_has_come_files_a_review():
    asleep = a_case(snoozed_at=NOON, snoozed_until=NOON.date(), borrowers=(7,))
    assert tasks(c.Wake(today=NOON.date()), asleep) == [("reviewSnoozedCase", None, None, False)]
    assert tasks(c.Wake(today=NOON.date() + timedelta(days=1)), asleep)
    assert tasks(c.Wake(today=NOON.date() - timedelta(days=1)), asleep) == []
    assert tasks(c.Wake(), asleep) == []
    assert tasks(c.Wake(today=NOON.date()), a_case()) == []


def test_what_is_to_be_reviewed():
    assert tasks(c.Open(set={}, review=True)) == [("reviewAutoCreatedCase", None, None, False)]
    assert tasks(c.Open(set={})) == []
    assert tasks(c.AddComment(text="Do it", review=True), a_case(owner=3)) == [
        ("reviewCaseInstructions", None, 3, False)
    ]
    assert tasks(c.AddComment(text="Done"), a_case()) == []


# ---- leaving the borrower alone (spec/peach §10)

VOICE = {"channels": ["voice"], "startDate": "2030-01-02", "endDate": "2030-02-03"}


def silence(case, **members):
    return decide(case, c.Silence(**members), context(door=PEACH_DOOR))


def silenced(case, **members):
    (event,) = silence(case, **members)
    assert event.kind == "silenced"
    return apply(case, event, Envelope(NOON + TICK, admin.user, "peach", case.version + 1))


def test_a_case_has_one_do_not_interact_and_asking_for_it_is_no_edit():
    before = a_case(extra={"ibm": {"kept": 1}, "peach": {"autoCreated": True}})
    after = silenced(before, set=VOICE, new=True)
    assert after.extra["peach"]["doNotInteract"].items() >= VOICE.items()
    assert after.extra["peach"]["autoCreated"]
    assert after.extra["ibm"] == {"kept": 1}
    assert (after.revision, after.updated_at) == (before.revision, before.updated_at)
    assert (after.version, after.touched_at) == (before.version + 1, NOON + TICK)
    with pytest.raises(Duplicate):
        silence(after, set=VOICE, new=True)


def test_a_do_not_interact_is_changed_member_by_member():
    before = silenced(a_case(), set=VOICE, new=True)
    assert silence(before, set={"channels": ["voice"]}) == []
    after = silenced(before, set={"channels": ["fax"], "endDate": None}).extra["peach"]["doNotInteract"]
    assert (after["channels"], "endDate" in after) == (["fax"], False)
    assert after["createdAt"] == before.extra["peach"]["doNotInteract"]["createdAt"]
    assert "updatedAt" in after


def test_a_do_not_interact_does_not_end_before_it_starts():
    before = silenced(a_case(), set=VOICE, new=True)
    with pytest.raises(Invalid, match="before"):
        silence(before, set={"endDate": "2030-01-01"})


def test_a_do_not_interact_that_is_not_there_cannot_be_changed_or_taken_back():
    with pytest.raises(NotFound):
        silence(a_case(), set=VOICE)
    with pytest.raises(NotFound):
        decide(a_case(), c.Unsilence(), context(door=PEACH_DOOR))
    before = silenced(a_case(), set=VOICE, new=True)
    (event,) = decide(before, c.Unsilence(), context(door=PEACH_DOOR))
    assert apply(before, event, Envelope(NOON, admin.user, "peach", 3)).extra == {}
