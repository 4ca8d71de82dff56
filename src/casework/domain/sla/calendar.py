"""Working time: from a calendar's rules to minutes on the clock of the world, daylight saving included.

Time is counted in whole minutes since 1970 (UTC). A minute is worked when the wall clock of the calendar's zone stands
within a slot of the local day at its beginning; so a slot over the hour that is repeated in autumn is an hour longer,
and one over the hour that is left out in spring is shorter (spec/webitel §5.3, with its decisions).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from casework.domain.nouns import Calendar
from casework.domain.refusals import Invalid

DAY = 24 * 60
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PATIENCE = 10
"""Years without enough working time after which a calendar is given up."""

_LONGEST = (PATIENCE * 365 + 2) * DAY
_EARLIEST, _LATEST, _NEVER = 1900, 9999, 10_000
_EPOCH = date(1970, 1, 1).toordinal()
_NO_TIME = "The calendar '{name}' does not have enough working time within ten years."

Slots = tuple[tuple[int, int], ...]
"""Spans of a day in minutes after midnight, in order, apart from each other."""


def minute(at: datetime) -> int:
    """Return the minute that a moment lies in; its seconds are dropped."""
    return int(at.timestamp() // 60)


def moment(found: int) -> datetime:
    """Return the beginning of a minute."""
    return datetime.fromtimestamp(found * 60, UTC)


class WorkingTime:
    """A version of a calendar, ready to count with. Years are worked out when they are first needed, and kept."""

    __slots__ = (
        "_dated", "_ends", "_first", "_holidays", "_last", "_starts", "_weekly", "_worked", "_yearly",
        "key", "name", "zone",
    )  # fmt: skip

    def __init__(self, source: Calendar) -> None:
        self.key = (source.number, source.version)
        self.name = source.name or source.key or str(source.number)
        self.zone = ZoneInfo(source.timezone)
        self._weekly = _weekly(source.hours)
        self._holidays = {date.fromisoformat(said["date"]): f"holiday: {said['name']}" for said in source.days}
        dated = [said for said in source.exceptions if said.get("repeat") != "yearly"]
        self._dated = {day: _exception(entries) for day, entries in _grouped(dated, yearly=False).items()}
        yearly = [said for said in source.exceptions if said.get("repeat") == "yearly"]
        self._yearly = {
            day: (*_exception(entries), date.fromisoformat(entries[0]["date"]).year)
            for day, entries in _grouped(yearly, yearly=True).items()
        }
        self._first = self._last = 0  # years, the last one not included
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._worked: list[int] = []  # minutes worked when each slot ends, since the first one began

    def slots(self, day: date) -> tuple[Slots, str]:
        """Return when work is done on a local day, and why it is not what the week says ("" when it is).

        A day named by its date stands above one that comes back every year, and that above a holiday.
        """
        usual = self._weekly[day.weekday()]
        found = self._dated.get(day)
        if found is None:
            slots, why, since = self._yearly.get((day.month, day.day), (None, "", _NEVER))
            if day.year >= since:
                found = (slots, why)
        if found is not None:
            return (usual if found[0] is None else found[0]), found[1]
        if (holiday := self._holidays.get(day)) is not None:
            return (), holiday
        return usual, ""

    def between(self, start: int, end: int) -> int:
        """Return the working minutes from one minute to a later one."""
        if end <= start:
            return 0
        self._cover(start, end)
        return self._until(end) - self._until(start)

    def after(self, start: int, minutes: int) -> int:
        """Return the first minute by which so many working minutes have passed; `start` itself for none.

        Raises:
            Invalid: That takes more than ten years.
        """
        if minutes <= 0:
            return start
        self._cover(start, start)
        wanted = self._until(start) + minutes
        year = moment(start).year
        for ahead in range(1, PATIENCE + 2):
            if self._worked and self._worked[-1] >= wanted:
                break
            self._cover_years(year, year + ahead + 1)
        index = bisect_left(self._worked, wanted)
        if index < len(self._worked):
            found = self._ends[index] - (self._worked[index] - wanted)
            if found <= start + _LONGEST:
                return found
        raise Invalid(_NO_TIME.format(name=self.name), member="calendar", calendar=self.key[0])

    def unusual(self, start: int, end: int) -> Iterator[tuple[date, str]]:
        """Yield the local days of a span that are not as the week says, with the reason."""
        day, last = moment(start).astimezone(self.zone).date(), moment(end).astimezone(self.zone).date()
        while day <= last:
            if why := self.slots(day)[1]:
                yield day, why
            day += timedelta(days=1)

    # ---- counting

    def _until(self, end: int) -> int:
        index = bisect_right(self._starts, end) - 1
        if index < 0:
            return 0
        left = self._ends[index] - end
        return self._worked[index] - left if left > 0 else self._worked[index]

    def _cover(self, start: int, end: int) -> None:
        """Make sure that the years of a span are worked out."""
        if self._first and start >= _new_year(self._first) and end < _new_year(self._last):
            return
        self._cover_years(moment(start).year, moment(end).year + 1)

    def _cover_years(self, first: int, last: int) -> None:
        first, last = max(first, _EARLIEST), min(last, _LATEST)
        if not self._first:
            self._first = self._last = first
        if first < self._first:
            last, self._last = max(last, self._last), first
            self._first = first
            self._starts, self._ends, self._worked = [], [], []
        worked = self._worked[-1] if self._worked else 0
        for year in range(self._last, last):
            for start, end in self._year(year):
                worked += end - start
                if self._ends and self._ends[-1] == start:
                    self._ends[-1], self._worked[-1] = end, worked
                else:
                    self._starts.append(start)
                    self._ends.append(end)
                    self._worked.append(worked)
            self._last = year + 1

    def _year(self, year: int) -> Iterator[tuple[int, int]]:
        """Yield the slots of a year of the world's clock, cut at its ends."""
        for start, end, offset in self._offsets(_new_year(year), _new_year(year + 1)):
            for ordinal in range((start + offset) // DAY, (end + offset - 1) // DAY + 1):
                midnight = ordinal * DAY - offset
                for begin, finish in self.slots(date.fromordinal(ordinal + _EPOCH))[0]:
                    low, high = max(midnight + begin, start), min(midnight + finish, end)
                    if low < high:
                        yield low, high

    def _offsets(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield the parts of a span in which the zone is so many minutes ahead of UTC, and how many."""
        begin, offset = start, self._offset(start)
        for day in range(start, end, DAY):
            low, high = day, min(day + DAY, end)
            if self._offset(high) == offset:
                continue
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if self._offset(middle) == offset else (low, middle)
            if high < end:
                yield begin, high, offset
                begin, offset = high, self._offset(high)
        yield begin, end, offset

    def _offset(self, at: int) -> int:
        ahead = moment(at).astimezone(self.zone).utcoffset()
        return int(ahead.total_seconds()) // 60 if ahead else 0


def _new_year(year: int) -> int:
    return (date(year, 1, 1).toordinal() - _EPOCH) * DAY


def _time(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def _span(said: Mapping[str, Any]) -> tuple[int, int]:
    return _time(said["from"]), _time(said.get("to") or "24:00")


def _merged(spans: Iterable[tuple[int, int]]) -> Slots:
    found: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def _weekly(hours: Iterable[Mapping[str, Any]]) -> tuple[Slots, ...]:
    """Slots that are disabled or special do not count (spec/webitel §5.3)."""
    counted = [said for said in hours if not said.get("disabled") and not said.get("special")]
    return tuple(_merged(_span(said) for said in counted if said["day"] == day) for day in DAYS)


def _grouped(told: Iterable[Mapping[str, Any]], *, yearly: bool) -> dict[Any, list[Mapping[str, Any]]]:
    """Return exceptions by their day, the earliest first."""
    found: dict[Any, list[Mapping[str, Any]]] = {}
    for said in sorted(told, key=lambda said: str(said["date"])):
        day = date.fromisoformat(said["date"])
        found.setdefault((day.month, day.day) if yearly else day, []).append(said)
    return found


def _exception(entries: Iterable[Mapping[str, Any]]) -> tuple[Slots | None, str]:
    """Return what the exceptions for one day say: its slots (None: those of the week), and why.

    One that is not working, or disabled, takes the whole day, whatever the others say.
    """
    names = [str(entry["name"]) for entry in entries if entry.get("name")]
    if any(not entry.get("working") or entry.get("disabled") for entry in entries):
        return (), ", ".join(names) or "day off"
    given = _merged(_span(entry) for entry in entries if entry.get("from"))
    return given or None, ", ".join(names) or "hours of its own"


ALWAYS = WorkingTime(
    Calendar(
        tenant_id=0,
        number=0,
        uid=UUID(int=0),
        version=0,
        name="around the clock",
        hours=tuple({"day": day, "from": "00:00", "to": "24:00"} for day in DAYS),
    )
)
"""The calendar of policies without one."""
