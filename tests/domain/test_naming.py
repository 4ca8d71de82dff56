"""What commands name must be there, and their values must be of the kind that the member has (docs/decisions/0004)."""

import pytest

from casework.domain import commands as c
from casework.domain.case import Stage
from casework.domain.decide import decide
from casework.domain.decide.naming import KINDS, named
from casework.domain.doors import IBM_DOOR
from casework.domain.refusals import Invalid
from domain.cast import a_case, admin, context

CASE = a_case(created_by=admin.user, owner=7, contacts=(1, 2), acl={"9": "r"})


@pytest.mark.parametrize(
    ("command", "numbers"),
    [
        (c.Open(set={"requester": 3, "assignees": [4, 5], "subject": "x"}), {"requester": {3}, "assignees": {4, 5}}),
        (c.Edit(set={"contacts": (2, 3), "organization": None}), {"contacts": {3}}),
        (c.EditWhole(set={"service": 8}), {"service": {8}}),
        (c.SetStatus(stage=Stage.CLOSED, set={"close_reason": 6}), {"close_reason": {6}}),
        (c.Assign(set={"owner": 7, "team": 8}), {"team": {8}}),
        (c.Watch(users=(1,)), {"watchers": {1}}),
        (c.Escalate(team=5), {"team": {5}}),
        (c.Escalate(user=5), {"owner": {5}}),
        (c.Associate(object=4), {"object": {4}}),
        (c.Grant(acl={"9": "r", "10": "w", "bob": "r"}), {"acl": {10}}),
        (c.AddComment(text="5"), {}),
    ],
)
def test_what_a_command_names_anew(command, numbers):
    case = None if isinstance(command, c.Open) else CASE
    assert named(case, command) == numbers
    assert numbers.keys() <= KINDS.keys()


@pytest.mark.parametrize(
    "command", [c.Open(set={}), c.Edit(set={"subject": "new"}), c.EditWhole(set={"subject": "new"})]
)
def test_a_name_for_nothing_is_refused(command):
    case = None if isinstance(command, c.Open) else CASE
    assert decide(case, command, context(absent={"contacts": frozenset()}))
    with pytest.raises(Invalid) as refused:
        decide(case, command, context(absent={"contacts": frozenset(), "owner": frozenset({5, 4})}))
    assert (refused.value.member, refused.value.facts["numbers"]) == ("owner", [4, 5])


@pytest.mark.parametrize(
    ("command", "member"),
    [
        (c.Edit(set={"subject": None}), "subject"),
        (c.Edit(set={"rank": 9}), "rank"),
        (c.Edit(set={"rank": None}), "rank"),
        (c.Edit(set={"due_at": "soon"}), "due_at"),
        (c.Edit(set={"contacts": ["bob"]}), "contacts"),
        (c.Open(set={"rank": 0}), "rank"),
        (c.Open(set={"description": 5}), "description"),
        (c.Assign(set={"owner": "bob"}), "owner"),
        (c.SetStatus(stage=Stage.CLOSED, set={"close_note": None}), "close_note"),
        (c.Grant(acl={"bob": "r"}), "acl"),
        (c.Grant(acl={"5": "rq"}), "acl"),
        (c.Grant(acl={"5": "rrr w"}), "acl"),
    ],
)
def test_a_value_of_another_kind_is_refused(command, member):
    case = None if isinstance(command, c.Open) else CASE
    with pytest.raises(Invalid) as refused:
        decide(case, command, context())
    assert refused.value.member == member


def test_a_list_says_the_same_as_a_tuple():
    assert decide(CASE, c.Edit(set={"contacts": [1, 2]}), context()) == []
    (event,) = decide(CASE, c.Edit(set={"contacts": [2]}), context())
    assert event.set == {"contacts": (2,)}


def test_no_rank_means_the_doors():
    (event,) = decide(None, c.Open(set={"rank": None}), context(door=IBM_DOOR))
    assert event.set["rank"] == IBM_DOOR.rank


def test_letters_may_be_doubled():
    (event,) = decide(CASE, c.Grant(acl={"9": "", "10": "rrw"}), context())
    assert event.set == {"acl": {"10": "rrw"}}
