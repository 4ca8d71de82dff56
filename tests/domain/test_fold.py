"""The case is the fold of its events: DOMAIN §7, law 1, over random commands of random people."""

from datetime import date

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.domain import commands as c
from casework.domain.case import Case, Stage
from casework.domain.doors import COMMAND_LINE, IBM_DOOR
from casework.domain.events import REVISING, apply_child, blank, changed, fold
from casework.domain.refusals import Refusal
from domain.cast import (
    ALSO_HIGH,
    BOUNDED,
    BUSY,
    CASE,
    CLOSED,
    CRITICAL,
    EVERYBODY,
    GONE_PRIORITY,
    HOME,
    NATIVE,
    NEW,
    OPEN_TOO,
    OTHER,
    RETIRED,
    SERVICE,
    TEAM,
    TENANT,
    Desk,
    admin,
    customer,
    departmental,
    granted,
    uid,
)

PEOPLE = st.none() | st.integers(1, 4)
SOME = st.lists(st.integers(1, 4), max_size=3).map(tuple)
TEXT = st.sampled_from(["", "a", "b"])
EXTRA = st.dictionaries(st.sampled_from(["ibm", "peach"]), st.dictionaries(TEXT, PEOPLE, max_size=2), max_size=2)
CHILD = st.integers(1, 30).map(uid)
MEMBERS = {
    "subject": TEXT,
    "description": TEXT,
    "requester": PEOPLE,
    "contacts": SOME,
    "rank": st.integers(1, 4),
    "priority": st.sampled_from([None, CRITICAL, ALSO_HIGH, GONE_PRIORITY]),
    "department": st.sampled_from([None, HOME]),
    "outcome": st.sampled_from([None, "approved"]),
    "fields": st.dictionaries(TEXT, PEOPLE, max_size=2),
    "extra": EXTRA,
}
OPENING = {
    **MEMBERS,
    "stage": st.sampled_from(Stage),
    "status": st.sampled_from([NEW, CLOSED, BUSY, RETIRED]),
    "service": st.just(SERVICE),
    "owner": PEOPLE,
    "assignees": SOME,
    "watchers": st.just((customer.user,)),
}


def mapping(members):
    return st.fixed_dictionaries({}, optional=members)


COMMANDS = st.one_of(
    st.builds(c.Edit, set=mapping(MEMBERS), always=st.booleans()),
    st.builds(c.EditWhole, set=mapping(MEMBERS), owner=st.just(msgspec.UNSET) | PEOPLE),
    st.builds(
        c.SetStatus,
        stage=st.none() | st.sampled_from(Stage),
        status=st.sampled_from([None, None, NEW, CLOSED, OPEN_TOO, BUSY, 999]),
        action=st.sampled_from([None, None, "resolve", "unresolve", "accept"]),
        set=mapping({"resolution": TEXT, "close_note": TEXT, "outcome": st.just("denied")}),
        comment=st.none() | TEXT,
    ),
    st.builds(c.Assign, set=mapping({"owner": PEOPLE, "assignees": SOME, "team": PEOPLE, "teams": SOME})),
    st.builds(c.AddComment, text=TEXT, extra=EXTRA),
    st.builds(
        c.EditComment, comment=CHILD, set=mapping({"text": TEXT, "audience": st.sampled_from(["public", "internal"])})
    ),
    st.builds(c.RemoveComment, comment=CHILD),
    st.builds(c.Attach, name=TEXT, size=st.just(1), digest=st.just("0")),
    st.builds(c.Detach, file=CHILD),
    st.builds(c.AddLink, link=st.builds(c.NewLink, TEXT)),
    st.builds(c.RemoveLink, link=CHILD),
    st.builds(c.Relate, other=st.sampled_from([OTHER, CASE, 9]), type=st.sampled_from(["relates_to", "blocks"])),
    st.builds(c.Unrelate, relation=CHILD),
    st.builds(c.Associate, object=st.integers(1, 2)),
    st.builds(c.Dissociate, association=CHILD),
    st.builds(c.Watch, users=SOME),
    st.builds(c.Unwatch, users=SOME),
    st.builds(c.Escalate, team=PEOPLE, user=PEOPLE, note=TEXT, urgent=st.booleans()),
    st.builds(c.Deescalate),
    st.builds(c.Snooze, until=st.integers(1, 3).map(lambda day: date(2024, 4, day))),
    st.builds(c.Wake),
    st.builds(
        c.Silence, set=mapping({"channels": st.just(["all"]), "externalId": st.none() | TEXT}), new=st.booleans()
    ),
    st.builds(c.Unsilence),
    st.builds(c.Rate, rating=st.none() | st.integers(0, 6), comment=TEXT),
    st.builds(c.Grant, acl=st.dictionaries(st.sampled_from(["1", str(TEAM)]), st.sampled_from(["", "r", "rw"]))),
    st.builds(c.Delete),
    st.builds(c.Restore),
)
WHO = st.sampled_from([admin, admin, admin, departmental("admin"), granted(), *EVERYBODY])
DOOR = st.sampled_from([NATIVE, NATIVE, IBM_DOOR, COMMAND_LINE])
STEPS = st.lists(st.tuples(COMMANDS, WHO, DOOR), max_size=12)


def worked(opening, steps):
    """A desk after all of it; what is refused changes nothing."""
    desk = Desk()
    for command, who, door in [(c.Open(set=opening), admin, NATIVE), *steps]:
        before = (desk.case, dict(desk.children), list(desk.history))
        try:
            desk.do(command, who, door)
        except Refusal:
            assert (desk.case, desk.children, desk.history) == before
    return desk


@settings(BOUNDED, max_examples=200)
@given(mapping(OPENING), STEPS)
def test_folding_the_events_gives_the_case_and_what_hangs_on_it(opening, steps):
    desk = worked(opening, steps)
    if desk.case is None:
        return
    assert fold(blank(TENANT, CASE, uid(CASE)), desk.history) == desk.case
    children = {}
    for event, envelope in desk.history:
        if event.child is not None:
            old = children.get(event.child)
            children[event.child] = apply_child(old, event, envelope, case=desk.case, number=len(children) + 1)
    assert children == desk.children


@BOUNDED
@given(mapping(OPENING), STEPS)
def test_versions_are_without_gaps_and_stamps_move_strictly_forward(opening, steps):
    desk = worked(opening, steps)
    commands = sorted({(envelope.version, envelope.at) for _, envelope in desk.history})
    assert [version for version, _ in commands] == list(range(1, len(commands) + 1))
    assert sorted(at for _, at in commands) == [at for _, at in commands]
    assert len({at for _, at in commands}) == len(commands)
    if desk.case is not None:
        revising = {envelope.version for event, envelope in desk.history if event.kind in REVISING}
        assert (desk.case.version, desk.case.revision) == (len(commands), len(revising))


@BOUNDED
@given(mapping(OPENING), STEPS)
def test_every_event_says_what_it_replaced_so_that_it_can_be_taken_back(opening, steps):
    desk = worked(opening, steps)
    case = blank(TENANT, CASE, uid(CASE))
    for event, envelope in desk.history:
        if event.noun is None and event.kind != "opened":
            assert event.set.keys() == event.was.keys()
            assert changed(case, **event.set) == (event.set, event.was)
            assert msgspec.structs.replace(case, **{**event.set, **event.was}) == case
        case = fold(case, [(event, envelope)])


@BOUNDED
@given(mapping(OPENING), STEPS, COMMANDS, DOOR)
def test_saying_the_same_twice_changes_something_once(opening, steps, command, door):
    """The echo rule, for everything that says how things are to be, not what is to be added."""
    adding = (c.AddComment, c.Attach, c.AddLink, c.EditWhole)
    always = isinstance(command, c.Edit) and command.always
    said = isinstance(command, c.SetStatus) and (command.comment or command.action)
    desk = worked(opening, steps)
    if isinstance(command, adding) or always or said:
        return
    try:
        desk.do(command, admin, door)
        again = desk.do(command, admin, door)
    except Refusal:
        return
    assert again == []


@BOUNDED
@given(mapping(OPENING), STEPS)
def test_no_event_is_empty_but_an_edit_that_was_to_be_recorded(opening, steps):
    for event, _ in worked(opening, steps).history:
        assert event.set or event.kind == "edited"
        assert (event.noun is None) == (event.child is None)


def test_a_case_is_a_value():
    assert Case.__struct_config__.frozen
