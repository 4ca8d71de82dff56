"""Commands on the case's own members: what they do, refuse, and when they do nothing (DOMAIN §2, §3, §4)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain.case import MEMBERS
from casework.domain.commands import (
    AddComment,
    Assign,
    Delete,
    Edit,
    Forget,
    Grant,
    Rate,
    Restore,
    Snooze,
    Unwatch,
    Wake,
    Watch,
)
from casework.domain.decide import decide
from casework.domain.decide.changing import CLOSING, PLAIN
from casework.domain.events import Event
from casework.domain.refusals import Invalid
from domain.cast import (
    ALSO_HIGH,
    BOUNDED,
    CRITICAL,
    GONE_PRIORITY,
    HIGH,
    LOW,
    NOON,
    NORMAL,
    TICK,
    WORDS,
    Desk,
    a_case,
    context,
    words,
)

AT = NOON + TICK


def events_of(case, command):
    return decide(case, command, context())


def after(case, *commands):
    desk = Desk(case)
    for command in commands:
        desk.do(command)
    return desk.case


# ---- edit


def test_editing_records_what_differs_and_what_was_there():
    case = a_case(subject="Old", description="Same")
    wanted = {"subject": "New", "description": "Same", "contacts": (1,)}
    assert events_of(case, Edit(set=wanted)) == [
        Event("edited", {"subject": "New", "contacts": (1,)}, {"subject": "Old", "contacts": ()})
    ]


@pytest.mark.parametrize("wanted", [{}, {"subject": "Same"}, {"contacts": (1, 2)}, {"fields": {"a": 1}}, {"rank": 3}])
def test_writing_what_is_there_changes_nothing(wanted):
    case = a_case(subject="Same", contacts=(1, 2), fields={"a": 1})
    assert events_of(case, Edit(set=wanted)) == []


@pytest.mark.parametrize("wanted", [{}, {"subject": "Same"}])
def test_webitel_and_egain_record_an_empty_edit_all_the_same(wanted):
    assert events_of(a_case(subject="Same"), Edit(set=wanted, always=True)) == [Event("edited")]


def test_an_edit_that_differs_is_recorded_once_even_if_always():
    assert events_of(a_case(), Edit(set={"subject": "x"}, always=True)) == [
        Event("edited", {"subject": "x"}, {"subject": ""})
    ]


@pytest.mark.parametrize(
    "name",
    [
        "stage", "status", "owner", "assignees", "team", "teams", "watchers", "acl", "escalated_at", "snoozed_until",
        "merged_into", "deleted_at", "reopened", "rating", "resolved_at", "reacted_at", "version", "number", "nonsense",
    ],
)  # fmt: skip
def test_what_has_a_command_of_its_own_or_is_no_member_cannot_be_edited(name):
    with pytest.raises(Invalid) as refused:
        events_of(a_case(), Edit(set={"subject": "x", name: 1}))
    assert refused.value.member == name


def test_what_can_be_edited_or_come_with_a_move_are_members_of_a_case():
    assert set(MEMBERS) >= PLAIN
    assert PLAIN >= CLOSING


def test_the_requester_can_be_cleared_on_purpose():
    assert after(a_case(requester=5), Edit(set={"requester": None})).requester is None
    cleared = after(a_case(borrowers=(5,)), Edit(set={"requester": None}))
    assert cleared.requester_cleared
    assert after(cleared, Edit(set={"requester": None})) == cleared
    assert not after(cleared, Edit(set={"requester": 6})).requester_cleared
    assert not after(a_case(), Edit(set={"requester": None})).requester_cleared


# ---- rank and priority say the same


@pytest.mark.parametrize(("rank", "priority"), [(1, CRITICAL), (2, HIGH), (4, LOW)])
def test_writing_a_rank_picks_the_first_priority_that_carries_it(rank, priority):
    case = after(a_case(), Edit(set={"rank": rank}))
    assert (case.rank, case.priority) == (rank, priority)


def test_writing_a_priority_brings_its_rank():
    case = after(a_case(), Edit(set={"priority": ALSO_HIGH}))
    assert (case.rank, case.priority) == (2, ALSO_HIGH)


def test_writing_the_rank_that_is_there_keeps_the_priority():
    assert events_of(a_case(rank=2, priority=ALSO_HIGH), Edit(set={"rank": 2})) == []


def test_writing_the_priority_that_is_there_keeps_the_rank():
    few = words(priorities={CRITICAL: WORDS.priorities[CRITICAL]})
    desk = Desk(a_case(rank=3, priority=CRITICAL), vocabulary=few)
    assert desk.do(Edit(set={"priority": CRITICAL})) == []
    assert desk.case.rank == 3


def test_of_both_the_priority_wins():
    case = after(a_case(), Edit(set={"rank": 4, "priority": CRITICAL}))
    assert (case.rank, case.priority) == (1, CRITICAL)


def test_a_priority_can_be_taken_away_and_leaves_the_rank():
    case = after(a_case(rank=3), Edit(set={"priority": None}))
    assert (case.rank, case.priority) == (3, None)


@pytest.mark.parametrize("priority", [999, GONE_PRIORITY])
def test_an_unknown_or_deleted_priority_is_refused(priority):
    with pytest.raises(Invalid) as refused:
        events_of(a_case(priority=NORMAL), Edit(set={"priority": priority}))
    assert refused.value.member == "priority"


# ---- fields and extras merge by name


def test_fields_are_merged_by_name_and_taken_away_by_none():
    case = a_case(fields={"region": "north", "tags": ["a"]})
    (event,) = events_of(case, Edit(set={"fields": {"tags": None, "size": 3}}))
    assert event.set == {"fields": {"region": "north", "size": 3}}
    assert event.was == {"fields": {"region": "north", "tags": ["a"]}}


def test_taking_away_a_field_that_is_not_there_changes_nothing():
    assert events_of(a_case(fields={"a": 1}), Edit(set={"fields": {"b": None}})) == []


def test_one_api_leaves_the_extras_of_the_others_alone():
    case = a_case(extra={"ibm": {"offering": 1, "eu": 2}, "peach": {"lenderAck": True}})
    changed = after(case, Edit(set={"extra": {"ibm": {"eu": 3, "offering": None}, "egain": {"x": 1}}}))
    assert changed.extra == {"ibm": {"eu": 3}, "peach": {"lenderAck": True}, "egain": {"x": 1}}


def test_an_extra_that_says_nothing_new_changes_nothing():
    case = a_case(extra={"ibm": {"eu": 2}})
    assert events_of(case, Edit(set={"extra": {"ibm": {"eu": 2}, "peach": {"a": None}}})) == []


@pytest.mark.parametrize(("old", "new"), [(1, True), (0, False), ([0], [False]), ({"b": 1}, {"b": True}), (1, "1")])
def test_yes_is_not_one_and_no_is_not_zero(old, new):
    for before, then in ((old, new), (new, old)):
        (event,) = events_of(a_case(fields={"a": before}), Edit(set={"fields": {"a": then}}))
        assert repr(event.set) == repr({"fields": {"a": then}})


def test_the_order_of_names_is_no_difference():
    case = a_case(fields={"a": 1, "b": {"c": 1, "d": 2}})
    assert events_of(case, Edit(set={"fields": {"b": {"d": 2, "c": 1}, "a": 1}})) == []


FIELDS = st.dictionaries(st.sampled_from("abc"), st.none() | st.integers(0, 2), max_size=3)


@BOUNDED
@given(FIELDS, FIELDS)
def test_merging_says_the_new_and_keeps_the_rest(old, new):
    kept = {name: value for name, value in old.items() if value is not None}
    case = after(a_case(fields=kept), Edit(set={"fields": new}))
    for name in "abc":
        assert case.fields.get(name) == (new[name] if name in new else kept.get(name))
    assert None not in case.fields.values()


# ---- assign


def test_assigning_changes_only_what_is_named():
    case = a_case(owner=1, assignees=(2,), team=7, teams=(8,))
    (event,) = events_of(case, Assign(set={"owner": 3}))
    assert event == Event("assigned", {"owner": 3}, {"owner": 1})


@pytest.mark.parametrize(
    "wanted", [{}, {"owner": 1}, {"assignees": (2,)}, {"assignees": (1, 2, 2)}, {"team": 7, "teams": [8]}]
)
def test_assigning_those_who_have_it_changes_nothing(wanted):
    assert events_of(a_case(owner=1, assignees=(2,), team=7, teams=(8,)), Assign(set=wanted)) == []


def test_clearing_the_owner_promotes_nobody():
    case = after(a_case(owner=1, assignees=(2,), team=7, teams=(8,)), Assign(set={"owner": None, "team": None}))
    assert (case.owner, case.assignees, case.team, case.teams) == (None, (2,), None, (8,))


def test_a_further_assignee_who_becomes_the_owner_is_no_further_one_any_more():
    case = after(a_case(owner=1, assignees=(2, 3), teams=(8, 9)), Assign(set={"owner": 2, "team": 9}))
    assert (case.owner, case.assignees, case.team, case.teams) == (2, (3,), 9, (8,))


def test_only_owners_and_teams_are_assigned():
    with pytest.raises(Invalid) as refused:
        events_of(a_case(), Assign(set={"requester": 1}))
    assert refused.value.member == "requester"


SOME = st.lists(st.integers(1, 4), max_size=4).map(tuple)
ASSIGNMENTS = st.fixed_dictionaries(
    {},
    optional={
        "owner": st.none() | st.integers(1, 4),
        "team": st.none() | st.integers(1, 4),
        "assignees": SOME,
        "teams": SOME,
    },
)


@BOUNDED
@given(st.lists(ASSIGNMENTS, max_size=5))
def test_nobody_is_ever_assigned_twice(wishes):
    case = after(a_case(), *(Assign(set=wish) for wish in wishes))
    for one, many in ((case.owner, case.assignees), (case.team, case.teams)):
        assert one not in many
        assert len(set(many)) == len(many)


# ---- watchers


def test_watchers_are_added_once_and_in_order():
    case = after(a_case(watchers=(1,)), Watch(users=(2, 1, 2, 3)))
    assert case.watchers == (1, 2, 3)


def test_watchers_are_removed_and_the_others_stay():
    assert after(a_case(watchers=(1, 2, 3)), Unwatch(users=(2, 9))).watchers == (1, 3)


@pytest.mark.parametrize("command", [Watch(users=()), Watch(users=(1,)), Unwatch(users=()), Unwatch(users=(9,))])
def test_watching_or_not_as_before_changes_nothing(command):
    assert events_of(a_case(watchers=(1, 2)), command) == []


# ---- snooze

LATER, LATER_STILL = date(2024, 3, 9), date(2024, 3, 10)


def test_snoozing_says_until_when_and_since_when():
    case = after(a_case(), Snooze(until=LATER))
    assert (case.snoozed_until, case.snoozed_at) == (LATER, AT)


def test_snoozing_again_until_the_same_date_changes_nothing():
    desk = Desk(a_case())
    desk.do(Snooze(until=LATER))
    assert desk.do(Snooze(until=LATER)) == []
    assert desk.do(Snooze(until=LATER_STILL))


def test_after_news_the_date_stays_and_snoozing_again_puts_the_case_aside_again():
    desk = Desk(a_case())
    desk.do(Snooze(until=LATER))
    desk.do(AddComment(text="News"))
    assert desk.case.snoozed_until == LATER
    assert desk.do(Snooze(until=LATER))
    assert desk.case.snoozed_at == desk.case.touched_at


def test_waking_ends_the_snooze_once():
    desk = Desk(a_case())
    assert desk.do(Wake()) == []
    desk.do(Snooze(until=LATER))
    assert desk.do(Wake())
    assert (desk.case.snoozed_until, desk.case.snoozed_at) == (None, None)
    assert desk.do(Wake()) == []


# ---- rating


@pytest.mark.parametrize("rating", [1, 5])
def test_rating_keeps_value_and_comment(rating):
    case = after(a_case(), Rate(rating=rating, comment="Fine"))
    assert (case.rating, case.rating_comment) == (rating, "Fine")


def test_a_rating_can_be_taken_back():
    case = after(a_case(), Rate(rating=5, comment="Fine"), Rate(rating=None))
    assert (case.rating, case.rating_comment) == (None, "")


def test_rating_the_same_again_changes_nothing():
    assert events_of(a_case(rating=4, rating_comment="Fine"), Rate(rating=4, comment="Fine")) == []


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_a_rating_is_between_one_and_five(rating):
    with pytest.raises(Invalid) as refused:
        events_of(a_case(), Rate(rating=rating))
    assert refused.value.member == "rating"


# ---- access list


def test_an_access_list_replaces_the_one_before_and_forgets_empty_entries():
    (event,) = events_of(a_case(acl={"1": "r"}), Grant(acl={"2": "rrw", "3": ""}))
    assert event == Event("shared", {"acl": {"2": "rrw"}}, {"acl": {"1": "r"}})


def test_the_same_access_list_changes_nothing():
    assert events_of(a_case(acl={"1": "r"}), Grant(acl={"1": "r", "2": ""})) == []


# ---- delete and restore


def test_deleting_takes_the_case_out_of_sight_and_restoring_brings_it_back():
    desk = Desk(a_case(subject="Kept"))
    assert [event.kind for event in desk.do(Delete())] == ["deleted"]
    assert desk.case.deleted_at == AT
    assert [event.kind for event in desk.do(Restore())] == ["restored"]
    assert (desk.case.deleted_at, desk.case.subject) == (None, "Kept")


def test_restoring_what_is_not_deleted_changes_nothing():
    assert events_of(a_case(), Restore()) == []


# ---- what the case named is gone


def test_forgetting_makes_a_reference_empty_and_moves_no_revision():
    desk = Desk(a_case(close_reason=77))
    assert desk.do(Forget(member="close_reason")) == [Event("forgotten", {"close_reason": None}, {"close_reason": 77})]
    assert (desk.case.close_reason, desk.case.version, desk.case.revision) == (None, 2, 0)
    assert desk.do(Forget(member="close_reason")) == []
