"""Calendars: weekly slots, dated exceptions, and what only this API says of them (spec/webitel §5.3, §9)."""

import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from litestar import Response, get

from casework.casebook.reference import Change
from casework.dialects.webitel import conventions, identity
from casework.dialects.webitel.conventions import flag, instant, int64, integer, milliseconds, number, text
from casework.dialects.webitel.lookups.handlers import handlers
from casework.dialects.webitel.lookups.simple import DESCRIPTION, NAME
from casework.dialects.webitel.lookups.table import Frame, Input, Table, audit
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.requests import API, Ask
from casework.domain.nouns import Calendar
from casework.domain.refusals import Invalid

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 1440
"""Minutes of a day."""
ZONES = {zlib.crc32(name.encode()): name for name in sorted(available_timezones()) if not name.startswith("localtime")}
"""Time zones by id: the ids stay when zones are added."""
NUMBERS = {name: ident for ident, name in ZONES.items()}


def _zone(value: Any, name: str) -> str:
    """Return the zone that a link names by its id, or else by its name."""
    if value is None:
        return ""
    if not isinstance(value, Mapping):
        msg = f"'{name}' must be an object with an id."
        raise Invalid(msg, member=name)
    ident = number(value.get("id"), f"{name}.id")
    found = ZONES.get(ident) if ident else text(value.get("name"), f"{name}.name")
    if found is None or (found and found not in NUMBERS):
        msg = f"'{name}' is no time zone."
        raise Invalid(msg, member=name)
    return found


def _minutes(value: Any, name: str) -> int:
    found = integer(value or 0, name)
    if not 0 <= found <= MIDNIGHT:
        msg = f"'{name}' must be minutes from 0 to {MIDNIGHT}."
        raise Invalid(msg, member=name)
    return found


def _entries(value: Any, name: str) -> list[Mapping[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
        msg = f"'{name}' must be a list of objects."
        raise Invalid(msg, member=name)
    return value


def _slots(value: Any, name: str) -> list[dict[str, Any]]:
    """Return weekly slots as answers show them."""
    found = []
    for entry in _entries(value, name):
        day = integer(entry.get("day") or 0, f"{name}.day")
        if not 0 <= day < len(DAYS):
            msg = f"'{name}.day' must be from 0 to 6."
            raise Invalid(msg, member=name)
        slot: dict[str, Any] = {
            "day": day,
            "start_time_of_day": _minutes(entry.get("start_time_of_day"), f"{name}.start_time_of_day"),
            "end_time_of_day": _minutes(entry.get("end_time_of_day"), f"{name}.end_time_of_day"),
            "disabled": flag(entry.get("disabled"), f"{name}.disabled"),
        }
        if slot["end_time_of_day"] <= slot["start_time_of_day"] and not slot["disabled"]:
            msg = f"'{name}': a slot must end after its start."
            raise Invalid(msg, member=name)
        found.append(slot)
    return found


def _excepts(value: Any, name: str) -> list[dict[str, Any]]:
    """Return dated exceptions as answers show them."""
    found = []
    for entry in _entries(value, name):
        if instant(entry.get("date"), f"{name}.date") is None:
            msg = f"'{name}.date' is required."
            raise Invalid(msg, member=name)
        day: dict[str, Any] = {
            "name": text(entry.get("name"), f"{name}.name"),
            "date": int64(integer(entry["date"], f"{name}.date")),
            "repeat": flag(entry.get("repeat"), f"{name}.repeat"),
            "working": flag(entry.get("working"), f"{name}.working"),
            "disabled": flag(entry.get("disabled"), f"{name}.disabled"),
            "work_start": _minutes(entry.get("work_start"), f"{name}.work_start"),
            "work_stop": _minutes(entry.get("work_stop"), f"{name}.work_stop"),
        }
        if day["working"] and day["work_stop"] <= day["work_start"]:
            msg = f"'{name}': work must stop after its start."
            raise Invalid(msg, member=name)
        found.append(day)
    return found


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _of_clock(clock: str | None) -> int:
    hours, _, minutes = (clock or "00:00").partition(":")
    return int(hours) * 60 + int(minutes)


def hours_of(slots: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Return the working hours that enabled slots are."""
    return tuple(
        {"day": DAYS[s["day"]], "from": _clock(s["start_time_of_day"]), "to": _clock(s["end_time_of_day"])}
        for s in slots
        if not s["disabled"]
    )


def exceptions_of(days: list[dict[str, Any]], zone: str) -> tuple[dict[str, Any], ...]:
    """Return the exceptions that these days are: what is disabled or not working removes the whole day."""
    found = []
    for day in days:
        at = instant(day["date"], "date")
        local = at.astimezone(ZoneInfo(zone)).date() if at is not None else date.min
        working = day["working"] and not day["disabled"]
        entry: dict[str, Any] = {"date": local.isoformat(), "working": working}
        if day["repeat"]:
            entry["repeat"] = "yearly"
        if working:
            entry |= {"from": _clock(day["work_start"]), "to": _clock(day["work_stop"])}
        if day["name"]:
            entry["name"] = day["name"]
        found.append(entry)
    return tuple(found)


def _slots_of(row: Calendar, written: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the slots as they were written here, unless another door has changed the hours since."""
    if hours_of(written) == row.hours:
        return written
    return [
        {
            "day": DAYS.index(entry["day"]),
            "start_time_of_day": _of_clock(entry["from"]),
            "end_time_of_day": _of_clock(entry["to"]),
            "disabled": False,
        }
        for entry in row.hours
    ]


def _excepts_of(row: Calendar, written: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if exceptions_of(written, row.timezone) == row.exceptions:
        return written
    zone = ZoneInfo(row.timezone)
    return [
        {
            "name": entry.get("name") or "",
            "date": milliseconds(datetime.combine(date.fromisoformat(str(entry["date"])), time(), zone)),
            "repeat": entry.get("repeat") == "yearly",
            "working": entry.get("working", False),
            "disabled": False,
            "work_start": _of_clock(entry.get("from")),
            "work_stop": _of_clock(entry.get("to")),
        }
        for entry in row.exceptions
    ]


def _calendar(row: Calendar, shared: Frame) -> dict[str, Any]:
    own = row.extra.get("webitel", {})
    return {
        "name": row.name,
        "description": own.get("description"),
        "timezone": {"id": str(NUMBERS.get(row.timezone, 0)), "name": row.timezone},
        "start_at": own.get("start_at"),
        "end_at": own.get("end_at"),
        "accepts": _slots_of(row, own.get("accepts", [])),
        "excepts": _excepts_of(row, own.get("excepts", [])),
        "specials": own.get("specials"),
        **audit(row, shared),
    }


def _moment(value: Any, name: str) -> str | None:
    return milliseconds(instant(value, name))


async def _settle(
    _change: Change, row: Calendar | None, members: dict[str, Any], _body: dict[str, Any]
) -> dict[str, Any]:
    """Return columns for what every door knows, and the rest as it was written.

    Days are kept as moments, whose dates depend on the zone: they are worked out anew whenever the calendar is written.
    """
    extra = row.extra if row is not None else {}
    own = dict(extra.get("webitel", {}))
    if row is not None:
        own |= {"accepts": _slots_of(row, own.get("accepts", [])), "excepts": _excepts_of(row, own.get("excepts", []))}
    own |= {name: members.pop(name) for name in _OWN if name in members}
    zone = members.get("timezone") or (row.timezone if row is not None else "UTC")
    members["hours"] = hours_of(own.get("accepts", []))
    members["exceptions"] = exceptions_of(own.get("excepts", []), zone)
    members["extra"] = {**extra, "webitel": {name: value for name, value in own.items() if value}}
    return members


_OWN = ("description", "start_at", "end_at", "accepts", "excepts", "specials")
TABLE = Table(
    kind=Calendar,
    wrap="calendar",
    listing="/calendars",
    render=_calendar,
    inputs={
        **NAME,
        **DESCRIPTION,
        "timezone": Input("timezone", _zone, required=True),
        "start_at": Input("start_at", _moment),
        "end_at": Input("end_at", _moment),
        "accepts": Input("accepts", _slots),
        "excepts": Input("excepts", _excepts),
        "specials": Input("specials", _slots),
    },
    settle=_settle,
    wrapped=False,
    verbs=("PUT",),
    replaced=frozenset({"name", "description", "timezone", "start_at", "end_at", "accepts", "excepts"}),
    group="calendars",
    keep=frozenset({"accepts"}),
    always=frozenset({"updated_at", "updated_by"}),
)


@get(API + "/calendars/timezones")
async def timezones(request: Ask) -> Response[bytes]:
    """`GET /calendars/timezones`: by name."""
    await identity.entered(request, "calendars", "r")
    asked = requests.asked(request)
    window, text_asked = conventions.window(asked), asked.one("q").strip("*").lower()
    wanted = set(asked.numbers("id") or asked.numbers("ids"))
    now = datetime.now(UTC)
    rows = [
        {"id": str(ident), "name": name, "offset": f"{now.astimezone(ZoneInfo(name)):%z}"}
        for name, ident in sorted(NUMBERS.items())
        if text_asked in name.lower() and (not wanted or ident in wanted)
    ]
    page, more = window.cut(rows[window.offset :][: window.limit])
    return requests.answer(requests.listed(page, window, more=more))


HANDLERS = [timezones, *handlers(TABLE)]
