"""What commands do to the service level of a case: its policy and planned times, in the event that causes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework.domain.case import Case, Stage
from casework.domain.commands import AddComment, Command, Edit, EditWhole, Open, SetStatus
from casework.domain.decide import decide
from casework.domain.events import Envelope, Event, apply, blank
from casework.domain.nouns import Service
from casework.domain.refusals import Invalid
from casework.domain.sla.calendar import WorkingTime
from casework.domain.vocabulary import Vocabulary
from domain import cast
from domain.sla import counting as n

MONDAY = datetime(2024, 1, 15, 9, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
GOLD, SILVER, GONE = 7, 9, 10
MAIL, PHONE, PRINT, NONE = 471, 472, 473, 474


def words(**members: Any) -> Vocabulary:
    slas = (
        n.sla(number=GOLD, reaction=1800, resolution=8 * 3600),
        n.sla(number=SILVER, name="Silver", reaction=3600, resolution=24 * 3600, pauses=(), calendar=None, version=4),
        n.sla(number=GONE, deleted_at=MONDAY),
        n.sla(number=11, calendar=6),
    )
    conditions = (
        n.condition(priorities=(cast.CRITICAL,), reaction=600, resolution=7200),
        n.condition(number=12, priorities=(cast.CRITICAL, cast.HIGH), reaction=1200, resolution=3 * 3600),
        n.condition(number=6, priorities=(cast.CRITICAL,), deleted_at=MONDAY),
        n.condition(number=13, sla=SILVER, priorities=(cast.CRITICAL,), resolution=60),
    )
    services = (
        cast.noun(Service, 470, sla=GOLD),
        cast.noun(Service, MAIL, parent=470, sla=GONE),
        cast.noun(Service, PHONE, sla=SILVER),
        cast.noun(Service, PRINT, sla=11),
        cast.noun(Service, NONE),
    )
    given = {
        "slas": {s.number: s for s in slas},
        "conditions": {c.number: c for c in conditions},
        "calendars": {5: WorkingTime(n.calendar(hours=n.office()))},
        "services": {s.number: s for s in services},
    }
    return cast.words(**{**given, **members})


WORDS = words()


class Desk:
    """A case with its history."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at
        self.case: Case | None = None
        self.history: list[tuple[Event, Envelope]] = []
        self.words = WORDS
        self.old: list[Vocabulary] = [WORDS]

    def do(self, command: Command, after: timedelta = HOUR) -> list[Event]:
        self.at += after if self.case else timedelta(0)
        policies, calendars = {}, {}
        for reading in self.old:
            for sla in (GOLD, SILVER):
                for condition in (None, 8, 12, 13):
                    found = reading.current(sla, condition)
                    policies |= {found.key: found} if found else {}
            calendars |= {c.key: c for c in reading.calendars.values()}
        known = {"history": tuple(self.history), "policies": policies, "calendars": calendars} if self.case else {}
        events = decide(self.case, command, cast.context(at=self.at, vocabulary=self.words, **known))
        before = self.case or blank(cast.TENANT, cast.CASE, cast.uid(cast.CASE))
        envelope = Envelope(self.at, cast.ALICE, "native", before.version + 1)
        for event in events:
            assert event.was.keys() <= event.set.keys()
            before = apply(before, event, envelope)
            self.history.append((event, envelope))
        self.case = before
        return events

    @property
    def plan(self) -> tuple[Any, ...]:
        assert self.case is not None
        return (self.case.sla, self.case.sla_condition, self.case.planned_reaction_at, self.case.planned_resolve_at)


def opened(**members: Any) -> Desk:
    desk = Desk()
    desk.do(Open(set={"priority": cast.LOW, **members}))
    return desk


def test_a_case_gets_the_policy_of_its_service_or_of_what_that_lies_in() -> None:
    desk = opened(service=MAIL)
    assert desk.plan == (GOLD, None, MONDAY + HOUR / 2, MONDAY + 8 * HOUR)
    assert desk.case is not None
    assert desk.case.sla_versions == (1, 0, 2)
    assert [event.kind for event, _ in desk.history] == ["opened"]


@pytest.mark.parametrize("members", [{}, {"service": NONE}])
def test_a_case_without_one_stays_without(members: dict[str, Any]) -> None:
    desk = opened(**members)
    assert desk.plan == (None, None, None, None)
    for command in (Edit(set={"priority": cast.HIGH}), SetStatus(stage=Stage.WAITING), Edit(set={"service": None})):
        assert not {name for event in desk.do(command) for name in event.set if "sla" in name or "planned" in name}


def test_planned_times_of_a_case_without_policy_are_what_was_said_of_them() -> None:
    assert opened(planned_resolve_at=MONDAY).plan[3] == MONDAY
    assert opened(planned_resolve_at=MONDAY, service=MAIL).plan[3] == MONDAY + 8 * HOUR


def test_the_first_condition_that_lists_the_priority_counts() -> None:
    assert opened(service=MAIL, priority=cast.CRITICAL).plan == (GOLD, 8, MONDAY + HOUR / 6, MONDAY + 2 * HOUR)
    assert opened(service=MAIL, priority=cast.HIGH).plan == (GOLD, 12, MONDAY + HOUR / 3, MONDAY + 3 * HOUR)


def test_a_condition_or_policy_named_on_purpose_counts() -> None:
    assert opened(service=MAIL, priority=cast.CRITICAL, sla_condition=None).plan[:2] == (GOLD, None)
    assert opened(service=MAIL, priority=cast.LOW, sla_condition=8).plan[:2] == (GOLD, 8)
    assert opened(service=MAIL, sla=SILVER).plan == (SILVER, None, MONDAY + HOUR, MONDAY + 24 * HOUR)
    desk = opened(service=MAIL)
    desk.do(Edit(set={"sla_condition": 8}))
    assert desk.plan[:2] == (GOLD, 8)


@pytest.mark.parametrize(
    ("members", "member"),
    [
        ({"sla": 99}, "sla"),
        ({"sla": GOLD, "sla_condition": 99}, "sla_condition"),
        ({"sla": GOLD, "sla_condition": 13}, "sla_condition"),
        ({"service": PRINT}, "calendar"),
    ],
)
def test_what_is_not_there_is_refused(members: dict[str, Any], member: str) -> None:
    with pytest.raises(Invalid) as refused:
        opened(**members)
    assert refused.value.member == member


def test_a_calendar_without_time_is_refused() -> None:
    desk = Desk()
    desk.words = words(calendars={5: WorkingTime(n.calendar())})
    with pytest.raises(Invalid, match="working time"):
        desk.do(Open(set={"service": MAIL}))


def test_waiting_stops_the_clocks_and_going_on_moves_the_end() -> None:
    desk = opened(service=MAIL)
    (waits,) = desk.do(SetStatus(stage=Stage.WAITING))
    assert (waits.kind, waits.set["planned_resolve_at"]) == ("status_changed", None)
    assert waits.was["planned_resolve_at"] == MONDAY + 8 * HOUR
    assert desk.plan == (GOLD, None, MONDAY + HOUR / 2, None)
    (goes,) = desk.do(SetStatus(stage=Stage.OPEN), 2 * HOUR)
    assert goes.set["planned_resolve_at"] == MONDAY + 26 * HOUR
    assert "sla" not in goes.set
    desk.do(SetStatus(stage=Stage.RESOLVED))
    assert desk.plan[3] == MONDAY + 26 * HOUR


def test_another_service_counts_from_the_creation_and_keeps_the_pauses() -> None:
    desk = opened(service=MAIL)
    desk.do(SetStatus(stage=Stage.WAITING))
    desk.do(SetStatus(stage=Stage.OPEN))
    (edited,) = desk.do(Edit(set={"service": PHONE, "subject": "x"}))
    assert desk.plan == (SILVER, None, MONDAY + HOUR, MONDAY + 25 * HOUR)
    assert edited.set["subject"] == "x"
    assert edited.was["sla"] == GOLD
    desk.do(EditWhole(set={"service": None}))
    assert desk.plan == (None, None, None, None)
    assert desk.case is not None
    assert desk.case.sla_versions == ()
    desk.do(Edit(set={"service": MAIL}))
    assert desk.plan[3] == MONDAY + 25 * HOUR


def test_another_priority_takes_the_condition_and_todays_version() -> None:
    desk = opened(service=MAIL)
    newer = {**WORDS.slas, GOLD: n.sla(number=GOLD, version=2, resolution=3600, reaction=60)}
    desk.words = words(slas=newer)
    desk.old.append(desk.words)
    desk.do(SetStatus(stage=Stage.WAITING))
    desk.do(SetStatus(stage=Stage.OPEN))
    assert desk.plan[3] == MONDAY + 25 * HOUR  # still as it was agreed at the opening
    desk.do(Edit(set={"rank": 1}))
    assert desk.plan[:2] == (GOLD, 8)
    desk.do(Edit(set={"priority": cast.NORMAL}))
    assert desk.plan == (GOLD, None, MONDAY + MINUTE, MONDAY + HOUR)
    assert desk.case is not None
    assert desk.case.sla_versions == (2, 0, 2)


def test_a_policy_from_before_versions_were_kept_is_not_counted() -> None:
    desk = Desk()
    desk.case = cast.a_case(sla=GOLD, stage=Stage.OPEN)
    desk.do(SetStatus(stage=Stage.WAITING))
    assert desk.plan == (GOLD, None, None, None)


@pytest.mark.parametrize("name", ["sla_versions", "planned_reaction_at", "planned_resolve_at"])
def test_nobody_edits_what_follows_from_the_policy(name: str) -> None:
    with pytest.raises(Invalid):
        opened().do(Edit(set={name: None}))


def test_other_commands_change_nothing_of_it() -> None:
    (commented,) = opened(service=MAIL).do(AddComment(text="Hello"))
    assert "sla" not in commented.set


def test_only_commands_that_may_move_a_clock_say_so() -> None:
    moving = {"Edit", "EditWhole", "SetStatus", "Several"}
    assert {type(sample).__name__ for sample in cast.SAMPLES if sample.timed} == moving


def test_there_is_no_policy_where_something_of_it_is_missing() -> None:
    assert WORDS.current(99, None) is None
    assert WORDS.current(GONE, None) is not None  # old cases may name it
