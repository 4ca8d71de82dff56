"""The lookups that differ only in their tables (spec/webitel §9)."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from casework.casebook.reference import Change
from casework.dialects.webitel.conventions import (
    Parameters,
    instant,
    int64,
    integer,
    milliseconds,
    number,
    reference,
    text,
)
from casework.dialects.webitel.lookups.table import Frame, Input, Parent, Table, audit, missing
from casework.domain.nouns import (
    Calendar,
    CloseReason,
    CloseReasonGroup,
    Priority,
    Sla,
    SlaCondition,
    Source,
    StatusSet,
)
from casework.domain.refusals import Duplicate, Invalid

SOURCE_TYPES = ("TYPE_UNSPECIFIED", "CALL", "CHAT", "SOCIAL_MEDIA", "EMAIL", "API", "MANUAL")
LONGEST_TIME = 2**31 - 1
"""Seconds of a target."""


def named(row: Any, shared: Frame) -> dict[str, Any]:
    """Return the fields that every lookup has."""
    return {"name": row.name, "description": getattr(row, "description", None), **audit(row, shared)}


def source_type(value: Any, name: str) -> str:
    """Return the type of a source, given by its name or its number; unspecified is none."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(SOURCE_TYPES):
        value = SOURCE_TYPES[value]
    if value in (None, "", SOURCE_TYPES[0]):
        return ""
    if value not in SOURCE_TYPES:
        msg = f"'{name}' must be one of {', '.join(SOURCE_TYPES[1:])}."
        raise Invalid(msg, member=name)
    return str(value)


def _source_name(value: Any, name: str) -> str:
    found = text(value, name, 100)
    if len(found) == 1:
        msg = f"'{name}' must have at least 2 characters."
        raise Invalid(msg, member=name)
    return found


def at_most(most: int | None = None) -> Any:
    """Return a reader of text of at most so many characters."""
    return lambda value, name: text(value, name, most)


def duration(value: Any, name: str) -> int:
    """Return a time in seconds that can be stored."""
    found = number(value, name)
    if found > LONGEST_TIME:
        msg = f"'{name}' may be at most {LONGEST_TIME}."
        raise Invalid(msg, member=name)
    return found


NAME = {"name": Input("name", at_most(), required=True)}
DESCRIPTION = {"description": Input("description", at_most())}


def _types(asked: Parameters) -> tuple[dict[str, tuple[Any, ...]], dict[str, Any]]:
    found = tuple(source_type(int(name) if name.isdecimal() else name, "type") for name in asked.many("type"))
    return ({"type": tuple(filter(None, found))} if any(found) else {}), {}


SOURCES = Table(
    kind=Source,
    wrap="source",
    listing="/cases/sources",
    render=lambda row, shared: {**named(row, shared), "type": row.type},
    inputs={
        "name": Input("name", _source_name, required=True),
        "description": Input("description", at_most(500)),
        "type": Input("type", source_type, required=True),
    },
    conditions=_types,
)


def _unused(asked: Parameters) -> tuple[dict[str, tuple[Any, ...]], dict[str, Any]]:
    names = {"not_in_sla": "not_in_sla", "in_sla_cond": "in_sla_condition"}
    return {}, {names[name]: found for name in names if (found := number(asked.one(name), name))}


PRIORITIES = Table(
    kind=Priority,
    wrap="priority",
    listing="/cases/priorities",
    render=lambda row, shared: {**named(row, shared), "color": row.color},
    inputs={**NAME, **DESCRIPTION, "color": Input("color", at_most(25), required=True)},
    conditions=_unused,
)

STATUSES = Table(kind=StatusSet, wrap="status", listing="/cases/statuses", render=named, inputs={**NAME, **DESCRIPTION})

CLOSE_REASON_GROUPS = Table(
    kind=CloseReasonGroup,
    wrap="close_reason_group",
    listing="/cases/close_reason_groups",
    render=named,
    inputs={**NAME, **DESCRIPTION},
)

CLOSE_REASONS = Table(
    kind=CloseReason,
    wrap="close_reason",
    listing="/close_reason_groups/{close_reason_group_id:str}/close_reasons",
    render=lambda row, shared: {**named(row, shared), "close_reason_group_id": str(row.close_reason_group)},
    inputs={**NAME, **DESCRIPTION},
    parent=Parent("close_reason_group_id", CloseReasonGroup, "close_reason_group"),
    letters=("w", "w", "w"),
)


# ---- SLAs


def _validity(row: Sla, name: str) -> str | None:
    """Return the start or end of an SLA: the moment that was written here, unless another door changed the day."""
    day = getattr(row, name)
    written: str | None = row.extra.get("webitel", {}).get(name)
    if written and (at := instant(written, name)) is not None and at.date() == day:
        return written
    return milliseconds(datetime.combine(day, time(), UTC)) if day is not None else None


def _sla(row: Sla, shared: Frame) -> dict[str, Any]:
    return {
        **named(row, shared),
        "valid_from": _validity(row, "valid_from"),
        "valid_to": _validity(row, "valid_to"),
        "calendar": shared.named(row.calendar),
        "reaction_time": int64(row.reaction),
        "resolution_time": int64(row.resolution),
    }


async def _settle_sla(
    _change: Change, row: Sla | None, members: dict[str, Any], body: dict[str, Any]
) -> dict[str, Any]:
    """Keep the validity to the millisecond beside its days; an SLA made here pauses nowhere (DOMAIN §5)."""
    extra = dict(row.extra.get("webitel", {})) if row is not None else {}
    for name in ("valid_from", "valid_to"):
        if name in members:
            at = members[name]
            members[name] = at.date() if at is not None else None
            extra |= {name: int64(integer(body[name] or 0, name))}
    if row is None:
        members["pauses"] = ()
    if any(name in body for name in ("valid_from", "valid_to")):
        kept = {name: value for name, value in extra.items() if value is not None}
        members["extra"] = {**(row.extra if row is not None else {}), "webitel": kept}
    return members


SLAS = Table(
    kind=Sla,
    wrap="sla",
    listing="/cases/slas",
    render=_sla,
    refers=lambda row: {Calendar: [row.calendar]},
    inputs={
        **NAME,
        **DESCRIPTION,
        "valid_from": Input("valid_from", instant),
        "valid_to": Input("valid_to", instant),
        "calendar": Input("calendar", reference, required=True, names=Calendar),
        "reaction_time": Input("reaction", duration, required=True),
        "resolution_time": Input("resolution", duration, required=True),
    },
    settle=_settle_sla,
    sorts={"reaction_time": "reaction", "resolution_time": "resolution"},
    always=frozenset({"updated_at", "updated_by"}),
)


def _references(value: Any, name: str) -> tuple[int, ...]:
    """Return the numbers of a list of links."""
    if value is None:
        return ()
    if not isinstance(value, list):
        msg = f"'{name}' must be a list."
        raise Invalid(msg, member=name)
    found = [reference(entry if isinstance(entry, Mapping) else {"id": entry}, name) for entry in value]
    return tuple(dict.fromkeys(number for number in found if number is not None))


links = _references


async def _settle_condition(
    change: Change, row: SlaCondition | None, members: dict[str, Any], body: dict[str, Any]
) -> dict[str, Any]:
    """The name of a condition is unique within its SLA."""
    sla = row.sla if row is not None else body["sla"]
    for other in await change.find(SlaCondition, "sla", sla):
        if other.name == members.get("name") and (row is None or other.number != row.number):
            msg = "The SLA has a condition of this name already."
            raise Duplicate(msg, member="name")
    if row is None and not members["priorities"]:
        raise missing("priorities")
    return members


def _with_priority(asked: Parameters) -> tuple[dict[str, tuple[Any, ...]], dict[str, Any]]:
    equal = {"number": tuple(found)} if (found := asked.numbers("sla_condition_id")) else {}
    return equal, ({"with_priority": found} if (found := asked.numbers("priority_id")) else {})


SLA_CONDITIONS = Table(
    kind=SlaCondition,
    wrap="sla_condition",
    listing="/slas/{sla_id:str}/sla_conditions",
    adding="/slas/{sla_id:str}/sla_condition",
    render=lambda row, shared: {
        **named(row, shared),
        "priorities": [link for link in map(shared.named, row.priorities) if link],
        "reaction_time": int64(row.reaction),
        "resolution_time": int64(row.resolution),
        "sla_id": str(row.sla),
    },
    refers=lambda row: {Priority: row.priorities},
    inputs={
        **NAME,
        "priorities": Input("priorities", _references, required=True, names=Priority),
        "reaction_time": Input("reaction", duration, required=True),
        "resolution_time": Input("resolution", duration, required=True),
    },
    settle=_settle_condition,
    parent=Parent("sla_id", Sla, "sla"),
    conditions=_with_priority,
    sorts={"reaction_time": "reaction", "resolution_time": "resolution"},
    letters=("w", "w", "w"),
)
