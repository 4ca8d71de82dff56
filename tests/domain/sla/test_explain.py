"""Why a case is due when it is, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from casework.domain.case import Stage
from casework.domain.sla.calendar import WorkingTime
from casework.domain.sla.clocks import Clocks, clocks
from casework.domain.sla.explain import duration, explain
from domain.sla import counting as n
from domain.sla.counting import Tale

HOUR = timedelta(hours=1)
EVE = datetime(2024, 12, 23, 9, tzinfo=UTC)
GOLD = n.a_policy(reaction=30 * 60, resolution=8 * 3600)
OFFICE = WorkingTime(
    n.calendar(
        timezone="Europe/Berlin",
        hours=n.office(),
        exceptions=({"date": "2024-12-24", "working": False, "name": "Christmas Eve"},),
        days=({"date": "2024-12-25", "name": "Christmas Day"}, {"date": "2024-12-26", "name": "Second Day"}),
    )
)


def lines(tale: Tale, until: datetime, calendar: WorkingTime = OFFICE) -> list[str]:
    return explain(clocks(tale.history, {GOLD.key: GOLD}, {(5, 2): calendar}, until), {(5, 2): calendar}, until)


def test_a_case_without_a_policy_says_so() -> None:
    assert explain(Clocks(), {}, EVE) == ["No SLA counts for this case."]


def test_every_span_and_every_unusual_day_is_told_in_the_zone_of_the_calendar() -> None:
    tale = Tale(EVE).open(GOLD).move(Stage.WAITING, HOUR / 3, reacted_at=EVE + HOUR / 3).move(Stage.OPEN, 2 * HOUR)
    assert lines(tale, EVE + 8 * HOUR) == [
        "SLA: Gold, version 1",
        "Calendar: Office (Europe/Berlin); the clocks stand in: waiting",
        "",
        "Reaction: met, due Mon 2024-12-23 10:30 CET",
        "  20 min of 30 min of working time, 10 min left",
        "  Mon 2024-12-23 10:00 CET to Mon 2024-12-23 10:20 CET  runs while new (Gold, version 1), 20 min counted",
        "  Mon 2024-12-23 10:20 CET  it ends",
        "",
        "Resolution: running, due Fri 2024-12-27 12:00 CET",
        "  5 h of 8 h of working time, 3 h left",
        "  Mon 2024-12-23 10:00 CET to Mon 2024-12-23 10:20 CET  runs while new (Gold, version 1), 20 min counted",
        "  Mon 2024-12-23 10:20 CET to Mon 2024-12-23 12:20 CET  stands while waiting (Gold, version 1)",
        "  Mon 2024-12-23 12:20 CET to Mon 2024-12-23 18:00 CET  runs while open (Gold, version 1), 4 h 40 min counted",
        "  Tue 2024-12-24: Christmas Eve",
        "  Wed 2024-12-25: holiday: Christmas Day",
        "  Thu 2024-12-26: holiday: Second Day",
    ]


def test_what_is_over_and_what_stands_is_said() -> None:
    told = lines(Tale(EVE).open(GOLD).move(Stage.WAITING, HOUR), EVE + HOUR)
    assert told[3:5] == [
        "Reaction: breached, due Mon 2024-12-23 10:30 CET",
        "  1 h of 30 min of working time, 30 min over",
    ]
    assert "Resolution: paused, not due while it stands" in told


def test_many_unusual_days_are_counted_instead() -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    days = tuple({"date": f"{start + timedelta(days=i):%Y-%m-%d}", "name": "Rest"} for i in range(20))
    told = lines(Tale(start).open(GOLD), start, WorkingTime(n.calendar(hours=n.office(), days=days)))
    assert told[-1] == "  and 8 more days with hours of their own"


def test_a_policy_without_calendar_or_pauses_is_told_too() -> None:
    always = n.policy(n.sla(calendar=None, pauses=()), None, 0)
    told = explain(clocks(Tale(EVE).open(always).history, {always.key: always}, {}, EVE), {}, EVE)
    assert told[1] == "Calendar: around the clock (UTC); the clocks stand in: no stage"


@pytest.mark.parametrize(("minutes", "text"), [(0, "0 min"), (59, "59 min"), (60, "1 h"), (1501, "25 h 1 min")])
def test_working_time_is_told_in_hours_never_days(minutes: int, text: str) -> None:
    assert duration(minutes) == text
