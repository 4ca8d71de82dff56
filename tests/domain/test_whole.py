"""An edit of members, fields, owner and relations at once, and the rules that eGain adds (spec/egain §4, §5)."""

from datetime import timedelta

import msgspec
import pytest

from casework.domain import commands as c
from casework.domain.access import Reach
from casework.domain.case import Relation, Stage
from casework.domain.commands import EditWhole, Expectation
from casework.domain.decide import decide
from casework.domain.doors import EGAIN_DOOR
from casework.domain.nouns import CaseType, Field, User
from casework.domain.refusals import Forbidden, IllegalMove, Invalid, NotFound, Refusal, Stale
from domain.cast import (
    ALSO_HIGH,
    CASE,
    CRITICAL,
    ELSEWHERE,
    FAR,
    FOREIGN,
    GENERIC,
    HOME,
    NATIVE,
    NOON,
    SHARED,
    STRANGER,
    TICK,
    Desk,
    a_case,
    admin,
    agent,
    child,
    context,
    departmental,
    kinds,
    noun,
    operator,
    principal,
    restricted,
    uid,
    viewer,
    words,
)

AHEAD = NOON + timedelta(days=1)
ONE, TWO = 4801, 4802
FIELDS = words(fields={1: noun(Field, 1, key="size", type="integer"), 2: noun(Field, 2, key="tags", many=True)})


def user(number=STRANGER, **members):
    return noun(User, number, **{"licenses": ("mailplus",), **members})


def able(who=admin, **members):
    """Somebody whom no grant is missing."""
    return msgspec.structs.replace(who, **{"pull_from": (STRANGER,), "transfer_to": (STRANGER,), **members})


def edited(command, who=None, case=None, door=EGAIN_DOOR, **known):
    found = {"users": {STRANGER: user()}, "others": {n: a_case(n) for n in (ONE, TWO)}, "vocabulary": FIELDS, **known}
    return decide(case or a_case(), command, context(who or able(), door=door, **found))


def refused(kind, command, *args, **known):
    with pytest.raises(kind) as refusal:
        edited(command, *args, **known)
    return refusal.value


# ---- members and fields


def test_members_are_edited_and_an_edit_is_always_recorded():
    (event,) = edited(EditWhole(set={"subject": "New", "description": "", "rank": 1}))
    assert event.kind == "edited"
    assert event.set == {"subject": "New", "rank": 1, "priority": CRITICAL}
    assert edited(EditWhole(set={"subject": ""}))[0].set == {}


def test_an_edit_moves_version_and_revision_by_one_even_when_nothing_differs():
    desk = Desk(a_case())
    desk.do(EditWhole(set={"subject": ""}), able(), EGAIN_DOOR)
    assert (desk.case.version, desk.case.revision) == (2, 1)


def test_the_rank_that_is_there_keeps_its_priority():
    assert edited(EditWhole(set={"rank": 2}), case=a_case(rank=2, priority=ALSO_HIGH))[0].set == {}


def test_what_has_a_command_of_its_own_cannot_be_set():
    assert refused(Invalid, EditWhole(set={"stage": Stage.CLOSED})).member == "stage"


def test_the_name_of_the_type_is_no_news_as_subject_of_a_case_without_one():
    named = words(types={GENERIC: noun(CaseType, GENERIC, name="Case")})
    for command, set_ in ((EditWhole(set={"subject": "Case"}), {}), (EditWhole(set={"subject": "A case"}), ...)):
        (event,) = edited(command, case=a_case(type=GENERIC), vocabulary=named)
        assert event.set == (set_ if set_ is not ... else {"subject": "A case"})
    (event,) = edited(EditWhole(set={"subject": "Case"}), case=a_case(type=GENERIC, subject="x"), vocabulary=named)
    assert event.set == {"subject": "Case"}


def test_fields_come_as_texts_merge_by_name_and_are_cleared_by_nothing():
    case = a_case(fields={"size": 1, "region": "north"})
    (event,) = edited(EditWhole(fields={"size": (), "tags": ("a", "b")}), case=case)
    assert event.set == {"fields": {"region": "north", "tags": ["a", "b"]}}
    assert refused(Invalid, EditWhole(fields={"nonsense": ("1",)})).member == "nonsense"


def test_the_due_date_lies_ahead_unless_it_is_there_already_or_the_door_does_not_mind():
    assert edited(EditWhole(set={"due_at": AHEAD}))[0].set == {"due_at": AHEAD}
    assert edited(EditWhole(set={"due_at": None}), case=a_case(due_at=AHEAD))[0].set == {"due_at": None}
    assert edited(EditWhole(set={"due_at": NOON}), case=a_case(due_at=NOON))[0].set == {}
    for past in (NOON, NOON + TICK):
        assert refused(Invalid, EditWhole(set={"due_at": past})).member == "due_at"
        assert edited(EditWhole(set={"due_at": past}), door=NATIVE)


# ---- the order of the checks


def test_something_must_be_asked_for():
    assert refused(Invalid, EditWhole()).facts == {"rule": "nothing"}
    asked = (
        EditWhole(set={"subject": ""}), EditWhole(fields={"size": ()}), EditWhole(owner=None), EditWhole(link=(ONE,)),
        EditWhole(unlink=(ONE,)), EditWhole(flaw=Invalid("Bad.")),
    )  # fmt: skip
    assert not any(command.empty for command in asked)


FLAW = Invalid("Unreadable.", member="dueDate")


def test_what_the_door_could_not_read_is_refused_once_everything_before_is_right():
    strange = a_case(owner=STRANGER + 1)
    command = EditWhole(flaw=FLAW, expect=Expectation("revision", 0))
    assert refused(Invalid, command) is FLAW
    assert refused(Forbidden, command, case=strange).facts == {"rule": "pull"}
    stale = msgspec.structs.replace(command, expect=Expectation("revision", 7))
    assert refused(Stale, stale, case=strange).facts == {"counter": "revision", "current": 0}
    empty = EditWhole(expect=Expectation("revision", 7))
    assert refused(Invalid, empty, case=strange).facts == {"rule": "nothing"}
    shut = a_case(stage=Stage.CLOSED, department=FAR)
    assert isinstance(refused(IllegalMove, empty, case=shut), IllegalMove)
    assert refused(Forbidden, empty, able(departmental()), shut).facts["rule"] == "department"
    assert refused(Forbidden, empty, viewer, shut).facts["permission"] == "case.edit"
    assert refused(Forbidden, empty, operator, shut).facts == {"permission": "case.read"}


@pytest.mark.parametrize("case", [None, {"deleted_at": NOON}, {"tenant_id": ELSEWHERE, "department": FAR}])
@pytest.mark.parametrize("who", [admin, departmental()], ids=["admin", "departmental"])
def test_a_case_that_is_not_there_is_not_there(who, case):
    with pytest.raises(NotFound):
        decide(case and a_case(**case), EditWhole(set={"subject": "x"}), context(who, door=EGAIN_DOOR))


def test_a_case_out_of_sight_is_not_there():
    assert refused(NotFound, EditWhole(set={"subject": "x"}), restricted)


@pytest.mark.parametrize("stage", Stage)
def test_only_open_cases_are_edited_and_moved_through_egain(stage):
    for command in (EditWhole(set={"subject": "x"}), c.Edit(set={"subject": "x"}), c.SetStatus(set={"outcome": "x"})):
        if stage.done:
            refused(IllegalMove, command, case=a_case(stage=stage))
        else:
            assert edited(command, case=a_case(stage=stage))
        assert edited(command, case=a_case(stage=stage), door=NATIVE)


# ---- departments


@pytest.mark.parametrize(
    ("department", "inside"), [(HOME, True), (FOREIGN, True), (None, True), (SHARED, False), (FAR, False)]
)
@pytest.mark.parametrize("command", [EditWhole(set={"subject": "x"}), c.SetStatus(stage=Stage.WAITING)])
def test_a_user_with_a_home_edits_in_the_own_departments_whatever_the_roles_reach(command, department, inside):
    who = able(departmental(), read=Reach.TENANT, write=Reach.TENANT)
    case = a_case(department=department)
    if inside:
        assert edited(command, who, case)
    else:
        found = refused(Forbidden, command, who, case)
        assert found.facts == {"rule": "department", "why": f"department {department} is out of reach"}
        assert edited(command, who, case, door=NATIVE)


@pytest.mark.parametrize("free", [{"home": None}, {"client": True}, {"subjects": (99,)}])
def test_global_users_applications_and_watchers_are_everywhere_at_home(free):
    who = able(departmental(), read=Reach.TENANT, write=Reach.TENANT, **free)
    assert edited(EditWhole(set={"subject": "x"}), who, a_case(department=FAR, watchers=(99,)))


# ---- owner


def test_the_owner_is_assigned_and_stands_no_more_among_the_further_ones():
    events = edited(EditWhole(owner=STRANGER), case=a_case(assignees=(STRANGER, 5)))
    assert kinds(events) == ["edited", "assigned"]
    assert events[1].set == {"owner": STRANGER, "assignees": (5,)}


def test_clearing_the_owner_promotes_nobody():
    events = edited(EditWhole(owner=None), case=a_case(owner=STRANGER, assignees=(5,)))
    assert events[1].set == {"owner": None}


def test_the_owner_who_is_there_is_no_assignment():
    assert kinds(edited(EditWhole(owner=STRANGER), able(transfer_to=()), a_case(owner=STRANGER), users={})) == [
        "edited"
    ]


def test_one_who_may_not_assign_does_not():
    who = able(agent, permissions=agent.permissions - {"case.assign"})
    assert refused(Forbidden, EditWhole(owner=STRANGER), who).facts == {"permission": "case.assign"}


def test_whoever_edits_may_take_the_case_without_license_or_transfer():
    who = able(transfer_to=())
    assert kinds(edited(EditWhole(owner=who.user), who, users={})) == ["edited", "assigned"]


@pytest.mark.parametrize(
    ("found", "kind", "facts"),
    [
        ({}, Invalid, {}),
        ({STRANGER: user(kind="customer")}, Invalid, {}),
        ({STRANGER: user(disabled=True)}, Invalid, {"rule": "disabled"}),
        ({STRANGER: user(licenses=())}, Invalid, {"rule": "unlicensed"}),
    ],
)
def test_the_new_owner_must_be_able_to_work(found, kind, facts):
    found = refused(kind, EditWhole(owner=STRANGER), users=found)
    assert (found.member, found.facts) == ("owner", facts)


def test_other_doors_ask_for_no_license_and_no_grants():
    for found in (user(disabled=True), user(licenses=()), user(department=FAR)):
        case = a_case(owner=77, department=HOME)
        assert edited(EditWhole(owner=STRANGER), admin, case, door=NATIVE, users={STRANGER: found})


def test_pulling_and_transferring_need_a_grant_each_unless_one_is_an_application():
    own = a_case(owner=admin.user)
    assert refused(Forbidden, EditWhole(owner=STRANGER), able(transfer_to=()), own).facts == {"rule": "transfer"}
    theirs = a_case(owner=STRANGER)
    assert refused(Forbidden, EditWhole(set={"rank": 1}), able(pull_from=()), theirs).facts == {"rule": "pull"}
    machine = able(client=True, pull_from=(), transfer_to=())
    assert edited(EditWhole(owner=STRANGER), machine, own)
    assert edited(EditWhole(owner=None), machine, theirs)


@pytest.mark.parametrize(
    ("department", "home", "foreign", "fits"),
    [
        (HOME, HOME, (), True),
        (HOME, FAR, (HOME,), True),
        (HOME, None, (), True),
        (None, FAR, (), True),
        (HOME, FAR, (FOREIGN,), False),
    ],
)
def test_the_new_owner_belongs_to_the_department_of_the_case(department, home, foreign, fits):
    found = {STRANGER: user(department=home, foreign_departments=foreign)}
    case = a_case(department=department)
    if fits:
        assert edited(EditWhole(owner=STRANGER), case=case, users=found)
    else:
        rule = refused(Forbidden, EditWhole(owner=STRANGER), case=case, users=found).facts
        assert rule == {"rule": "owner_department"}


# ---- relations


def relation(other, number=501):
    return child(Relation, number, other=other, forward=True, backward=True)


def test_linking_relates_both_ways_and_what_is_related_stays_so():
    events = edited(EditWhole(link=(ONE, TWO, ONE)), relations={TWO: relation(TWO)})
    assert kinds(events) == ["edited", "related"]
    assert events[1].set == {"other": ONE, "type": "relates_to", "forward": True, "backward": True}


def test_unlinking_ends_relations_before_any_is_added():
    events = edited(EditWhole(link=(ONE,), unlink=(TWO,)), relations={TWO: relation(TWO)})
    assert kinds(events) == ["edited", "unrelated", "related"]
    assert (events[1].child, events[1].set) == (uid(501), {"deleted_at": NOON + TICK})


@pytest.mark.parametrize(
    ("command", "number"),
    [
        (EditWhole(link=(CASE,)), CASE),
        (EditWhole(link=(9999,)), 9999),
        (EditWhole(unlink=(9999,)), 9999),
        (EditWhole(unlink=(TWO,)), TWO),
        (EditWhole(link=(ONE,), unlink=(ONE,)), ONE),
    ],
)
def test_a_link_that_makes_no_sense_is_refused(command, number):
    found = refused(Invalid, command, relations={ONE: relation(ONE)})
    assert (found.member, found.facts) == ("relatedCases", {"case": number})


@pytest.mark.parametrize(
    ("link", "unlink", "degrees", "fits"),
    [
        ((ONE,), (), {CASE: 74}, True),
        ((ONE,), (), {CASE: 75}, False),
        ((ONE,), (TWO,), {CASE: 75}, True),
        ((ONE,), (), {ONE: 74}, True),
        ((ONE,), (), {ONE: 75}, False),
        ((TWO,), (), {CASE: 80, TWO: 80}, True),
        ((), (TWO,), {CASE: 80}, True),
    ],
)
def test_neither_side_has_more_than_75(link, unlink, degrees, fits):
    command, known = EditWhole(link=link, unlink=unlink), {"relations": {TWO: relation(TWO)}, "degrees": degrees}
    if fits:
        assert edited(command, **known)
        return
    assert refused(Invalid, command, **known).facts == {"rule": "limit", "limit": 75}
    assert edited(command, door=NATIVE, **known)


def test_a_request_adds_at_most_75_even_if_they_are_the_same():
    assert edited(EditWhole(link=(ONE,) * 75))
    assert refused(Invalid, EditWhole(link=(ONE,) * 76)).facts == {"rule": "limit", "limit": 75}


def test_one_who_may_not_relate_does_not():
    who = able(agent, permissions=agent.permissions - {"case.relate"})
    assert refused(Forbidden, EditWhole(link=(ONE,)), who).facts == {"permission": "case.relate"}


@pytest.mark.parametrize(
    ("department", "fits"), [(HOME, True), (FOREIGN, True), (SHARED, True), (None, True), (FAR, False)]
)
def test_a_linked_case_lies_in_an_own_department_or_in_one_that_shares(department, fits):
    who = able(departmental(), read=Reach.TENANT)
    others = {ONE: a_case(ONE, department=department)}
    if fits:
        assert edited(EditWhole(link=(ONE,)), who, others=others)
    else:
        assert refused(Forbidden, EditWhole(link=(ONE,)), who, others=others).facts == {"rule": "related"}
        unlinked = EditWhole(unlink=(ONE,))
        assert edited(unlinked, who, others=others, relations={ONE: relation(ONE)})
        assert edited(EditWhole(link=(ONE,)), able(who, client=True), others=others)


def test_a_linked_case_must_be_in_reach_at_all():
    who = principal("restricted", 7)
    case = a_case(created_by=7)
    assert refused(Forbidden, EditWhole(link=(ONE,)), who, case).facts == {"rule": "related"}
    assert edited(EditWhole(link=(ONE,)), who, case, others={ONE: a_case(ONE, watchers=(7,))})


def test_nothing_is_changed_when_any_part_is_refused():
    desk = Desk(a_case(), users={STRANGER: user(licenses=())})
    before = desk.case
    with pytest.raises(Refusal):
        desk.do(EditWhole(set={"subject": "x"}, owner=STRANGER), able(), EGAIN_DOOR)
    assert desk.case is before
