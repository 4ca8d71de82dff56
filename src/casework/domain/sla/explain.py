"""Why a case is due when it is: the clocks as lines for people, and what another policy would have made of them."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from casework.domain.sla.calendar import ALWAYS, WorkingTime, minute
from casework.domain.sla.clocks import Clock, Clocks, History, Interval, clocks
from casework.domain.sla.policy import Policy

MOST_DAYS = 12
"""Unusual days that are told of one clock."""


def what_if(history: History, policy: Policy, calendar: WorkingTime, until: datetime) -> Clocks:
    """Return how the clocks would have stood if this policy had counted from the beginning.

    Raises:
        Invalid: The calendar has too little working time.
    """
    return clocks(history, {}, {calendar.key: calendar}, until, instead=policy)


def explain(found: Clocks, calendars: Mapping[tuple[int, int], WorkingTime], until: datetime) -> list[str]:
    """Return lines that say when a case is due, and why; times are those of the calendar's zone."""
    if found.policy is None or found.reaction is None or found.resolution is None:
        return ["No SLA counts for this case."]
    policy = found.policy
    calendar = ALWAYS if policy.calendar == ALWAYS.key else calendars[policy.calendar]
    stands = ", ".join(sorted(policy.pauses)) or "no stage"
    lines = [
        f"SLA: {policy.name}",
        f"Calendar: {calendar.name} ({calendar.zone}); the clocks stand in: {stands}",
    ]
    for name, clock in (("Reaction", found.reaction), ("Resolution", found.resolution)):
        lines.append("")
        lines += _clock(name, clock, calendar, until)
    return lines


def duration(minutes: int) -> str:
    """Return working minutes as people say them: hours and minutes, never days."""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part) or "0 min"


def _clock(name: str, clock: Clock, calendar: WorkingTime, until: datetime) -> Iterator[str]:
    due = f"due {_time(clock.due, calendar)}" if clock.due else "not due while it stands"
    yield f"{name}: {clock.state}, {due}"
    left = clock.target - clock.elapsed
    rest = f"{duration(left)} left" if left >= 0 else f"{duration(-left)} over"
    yield f"  {duration(clock.elapsed)} of {duration(clock.target)} of working time, {rest}"
    for interval in clock.intervals:
        yield f"  {_interval(interval, calendar)}"
    if clock.reached is not None:
        yield f"  {_time(clock.reached, calendar)}  it ends"
    end = max(clock.due or until, clock.intervals[-1].end if clock.intervals else clock.start)
    days = list(calendar.unusual(minute(clock.start), minute(end)))
    for day, why in days[:MOST_DAYS]:
        yield f"  {day:%a %Y-%m-%d}: {why}"
    if len(days) > MOST_DAYS:
        yield f"  and {len(days) - MOST_DAYS} more days with hours of their own"


def _interval(interval: Interval, calendar: WorkingTime) -> str:
    span = f"{_time(interval.start, calendar)} to {_time(interval.end, calendar)}"
    counted = "" if interval.paused else f", {duration(interval.minutes)} counted"
    return f"{span}  {interval.rule}{counted}"


def _time(at: datetime, calendar: WorkingTime) -> str:
    return f"{at.astimezone(calendar.zone):%a %Y-%m-%d %H:%M %Z}"
