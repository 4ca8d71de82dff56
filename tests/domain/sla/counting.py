"""Working time by counting minutes, one by one: what the engine must agree with; and random things to count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from casework.domain.case import Stage
from casework.domain.events import Envelope, Event
from casework.domain.nouns import Calendar, Sla, SlaCondition
from casework.domain.sla.calendar import DAYS
from casework.domain.sla.policy import Policy, policy

MINUTE = timedelta(minutes=1)
ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Pacific/Apia", "Africa/Casablanca",
)  # fmt: skip
WEEKS = (
    date(2024, 3, 31), date(2024, 10, 27), date(2024, 3, 10), date(2024, 11, 3), date(2024, 4, 7), date(2024, 10, 6),
    date(2024, 12, 31), date(2011, 12, 30), date(2024, 7, 17),
)  # fmt: skip
"""Clocks change (Europe, America, Lord Howe), the year ends, Apia leaves a day out, and nothing happens."""


def calendar(**members: Any) -> Calendar:
    return Calendar(**{"tenant_id": 1, "number": 5, "uid": UUID(int=5), "version": 2, "name": "Office", **members})


def sla(**members: Any) -> Sla:
    given = {"tenant_id": 1, "number": 7, "uid": UUID(int=7), "name": "Gold", "calendar": 5}
    return Sla(**{**given, **members})


def condition(**members: Any) -> SlaCondition:
    return SlaCondition(**{"tenant_id": 1, "number": 8, "uid": UUID(int=8), "name": "urgent", "sla": 7, **members})


def office(*days: str, opens: str = "09:00", closes: str = "17:00") -> tuple[dict[str, Any], ...]:
    return tuple({"day": day, "from": opens, "to": closes} for day in days or DAYS[:5])


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def working(source: Calendar) -> Callable[[datetime], bool]:
    """Return the test whether a minute is worked: by the wall clock at its beginning."""
    zone = ZoneInfo(source.timezone)
    known: dict[date, list[tuple[int, int]]] = {}

    def spans(day: date) -> list[tuple[int, int]]:
        usual = [
            (_minutes(s["from"]), _minutes(s["to"])) for s in source.hours if DAYS.index(s["day"]) == day.weekday()
        ]
        dated = [e for e in source.exceptions if e["date"] == day.isoformat() and not e.get("repeat")]
        yearly = [
            e for e in source.exceptions
            if e.get("repeat") and e["date"][5:] == day.isoformat()[5:] and int(e["date"][:4]) <= day.year
        ]  # fmt: skip
        for said in (dated, yearly):
            if said:
                if not all(e["working"] for e in said):
                    return []
                return [(_minutes(e["from"]), _minutes(e["to"])) for e in said if "from" in e] or usual
        return [] if day.isoformat() in {d["date"] for d in source.days} else usual

    def works(at: datetime) -> bool:
        local = at.astimezone(zone)
        day = local.date()
        if day not in known:
            known[day] = spans(day)
        now = local.hour * 60 + local.minute
        return any(start <= now < end for start, end in known[day])

    return works


def whole(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def counted(test: Callable[[datetime], bool], start: datetime, end: datetime) -> int:
    """Count the minutes of a span, one by one, for which the test holds."""
    found, at = 0, whole(start)
    while at < whole(end):
        found += test(at)
        at += MINUTE
    return found


def reached(test: Callable[[datetime], bool], start: datetime, target: int, give_up: datetime) -> datetime | None:
    """Return when so many minutes have been counted, None if that is not before the giving up."""
    at = whole(start)
    while target > 0:
        if at >= give_up:
            return None
        target -= test(at)
        at += MINUTE
    return at


# ---- random ones

_TIMES = st.integers(0, 96).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
_SLOTS = st.tuples(_TIMES, _TIMES).filter(lambda pair: pair[0] < pair[1]).map(lambda p: {"from": p[0], "to": p[1]})


@st.composite
def calendars(draw: st.DrawFn, around: date, zone: st.SearchStrategy[str] | None = None) -> Calendar:
    near = st.integers(-4, 8).map(lambda days: (around + timedelta(days=days)).isoformat())
    hours = draw(
        st.lists(st.builds(lambda day, slot: {"day": day, **slot}, st.sampled_from(DAYS), _SLOTS), max_size=16)
    )
    exceptions = draw(
        st.lists(
            st.builds(
                lambda day, slot, yearly, past: {
                    "date": f"{int(day[:4]) - past}{day[4:]}", **({"working": True, **slot} if slot is not None
                    else {"working": False}), **({"repeat": "yearly"} if yearly else {}),
                },
                near, st.none() | _SLOTS | st.just({}), st.booleans(), st.integers(-1, 2),
            ),
            max_size=5,
        )
    )  # fmt: skip
    days = [{"date": day, "name": "Rest"} for day in draw(st.lists(near, max_size=2, unique=True))]
    return calendar(
        timezone=draw(zone or st.sampled_from(ZONES)),
        hours=tuple(hours),
        exceptions=tuple(exceptions),
        days=tuple(days),
    )


@dataclass
class Tale:
    """A history, told step by step."""

    at: datetime
    history: list[tuple[Event, Envelope]] = field(default_factory=list)

    def tell(self, kind: str, after: timedelta = MINUTE, **told: Any) -> Tale:
        self.at += after if self.history else timedelta(0)
        self.history.append((Event(kind, told), Envelope(self.at, 1, "native", len(self.history) + 1)))
        return self

    def open(self, found: Policy | None = None, stage: Stage = Stage.NEW, **told: Any) -> Tale:
        return self.tell("opened", stage=stage, **(agreed(found) if found else {}), **told)

    def move(self, stage: Stage, after: timedelta = MINUTE, **told: Any) -> Tale:
        return self.tell("status_changed", after, stage=stage, **told)

    def switch(self, found: Policy | None, after: timedelta = MINUTE) -> Tale:
        return self.tell("edited", after, **agreed(found))


def agreed(found: Policy | None) -> dict[str, Any]:
    """Return the members of a case that name a policy."""
    if found is None:
        return {"sla": None, "sla_condition": None, "sla_versions": ()}
    return {"sla": found.key[0], "sla_condition": found.key[1] or None, "sla_versions": found.key[2:]}


def a_policy(number: int = 7, *, version: int = 1, calendar_version: int = 2, **members: Any) -> Policy:
    return policy(sla(number=number, version=version, **members), None, calendar_version)


def moment(day: date, minutes: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes)
