"""The fields of a case, and which of them an answer has (spec/webitel §1, §5.1)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from casework.dialects.webitel import etag
from casework.dialects.webitel.cases import custom
from casework.dialects.webitel.cases.frame import Frame, reporter_of
from casework.dialects.webitel.conventions import int64, lookup, milliseconds
from casework.domain.case import Stage
from casework.domain.nouns import Priority, Service, Status
from casework.domain.vocabulary import Vocabulary

Row = Mapping[str, Any]
COLUMNS = (
    "number", "uid", "subject", "description", "contact_info", "type", "service", "source", "priority", "rank", "stage",
    "status", "requester", "requester_cleared", "impacted", "contacts", "borrowers", "owner", "team",
    "close_reason_group", "close_reason", "close_note", "rating", "rating_comment", "reacted_at", "resolved_at", "sla",
    "sla_condition", "planned_reaction_at", "planned_resolve_at", "fields", "created_at", "created_by", "updated_at",
    "updated_by", "revision", "acl",
)  # fmt: skip
SIDE = ("number", "subject", "type", "service", "priority", "revision")
"""What one side of a relation shows of its case."""
PREFIX = "CASE"
"""Stands before the number of a case that lies in no catalog."""
ANONYMOUS = {"name": "Anonymous"}
"""The reporter of a case without one."""
_MILLISECOND = timedelta(milliseconds=1)


def title(words: Vocabulary, row: Row) -> str:
    """Return the subject; a case without one reads as its type's name (DOMAIN §3)."""
    kind = words.types.get(row["type"])
    return str(row["subject"]) or (kind.name if kind else "Case")


def name(words: Vocabulary, row: Row) -> str:
    """Return `<prefix of the catalog>_<id>`."""
    return f"{prefix(words, row['service'])}_{row['number']}"


def prefix(words: Vocabulary, service: int | None) -> str:
    """Return the prefix of the catalog that a service lies in."""
    return next((node.prefix for node in words.chain(service) if node.prefix), None) or PREFIX


def condition(words: Vocabulary, row: Row) -> Status:
    """Return the status that a case shows: its own, or where that is gone the nearest one of the set (DOMAIN §2)."""
    found = words.statuses.get(row["status"])
    if found is None or found.deleted_at is not None:
        found = words.status_for(Stage(row["stage"]), words.set_of(row["status"]))
    return found


def difference(created: datetime, reached: datetime | None, planned: datetime | None) -> str | None:
    """Return how long it took in milliseconds, or minus how much too late it was (spec/webitel §5.5)."""
    if reached is None:
        return None
    late = planned is not None and reached > planned
    took = planned - reached if late and planned is not None else reached - created
    return int64(took // _MILLISECOND)


def _priority(found: Priority | None) -> dict[str, Any] | None:
    return None if found is None else lookup(found.number, found.name, color=found.color)


def _source(frame: Frame, row: Row) -> dict[str, Any] | None:
    found = frame.words.sources.get(row["source"])
    return lookup(found.number, found.name, type=found.type) if found else None


def _service(frame: Frame, row: Row) -> dict[str, Any] | None:
    shown: dict[str, Any] | None = None
    nodes: list[Service] = list(frame.words.chain(row["service"]))
    for node in reversed(nodes):
        shown = {"id": str(node.number), "name": node.name, "service": [shown] if shown else []}
    return shown


def _status(frame: Frame, row: Row) -> dict[str, Any] | None:
    return frame.named(condition(frame.words, row).status_set)


def _condition(frame: Frame, row: Row) -> dict[str, Any] | None:
    found = condition(frame.words, row)
    return lookup(found.number, found.name, initial=found.initial, final=found.stage.done)


def _group(frame: Frame, row: Row) -> dict[str, Any] | None:
    team = frame.teams.get(row["team"])
    return lookup(team.number, team.name, type=team.kind) if team else None


def _timing(which: str) -> Callable[[Frame, Row], Any]:
    reached, planned = {"reaction": ("reacted_at", "planned_reaction_at")}.get(
        which, ("resolved_at", "planned_resolve_at")
    )
    return lambda _frame, row: difference(row["created_at"], row[reached], row[planned])


def _time(column: str) -> Callable[[Frame, Row], Any]:
    return lambda _frame, row: milliseconds(row[column])


def _plain(column: str) -> Callable[[Frame, Row], Any]:
    return lambda _frame, row: row[column]


def _named(column: str) -> Callable[[Frame, Row], Any]:
    return lambda frame, row: frame.named(row[column])


def _part(kind: str) -> Callable[[Frame, Row], Any]:
    return lambda frame, row: frame.parts.get(kind, {}).get(row["number"])


RENDERERS: Mapping[str, Callable[[Frame, Row], Any]] = {
    "etag": lambda _frame, row: etag.encode("case", row["number"], row["revision"]),
    "id": lambda _frame, row: str(row["number"]),
    "ver": _plain("revision"),
    "created_by": lambda frame, row: frame.user(row["created_by"]),
    "created_at": _time("created_at"),
    "updated_by": lambda frame, row: frame.user(row["updated_by"]),
    "updated_at": _time("updated_at"),
    "assignee": lambda frame, row: frame.contact_of(row["owner"]),
    "reporter": lambda frame, row: frame.named(reporter_of(row)) or ANONYMOUS,
    "name": lambda frame, row: name(frame.words, row),
    "subject": lambda frame, row: title(frame.words, row),
    "description": _plain("description"),
    "contact_info": _plain("contact_info"),
    "source": _source,
    "priority": lambda frame, row: _priority(frame.words.priorities.get(row["priority"])),
    "impacted": _named("impacted"),
    "author": lambda frame, row: frame.contact_of(row["created_by"]),
    "planned_reaction_at": _time("planned_reaction_at"),
    "planned_resolve_at": _time("planned_resolve_at"),
    "status": _status,
    "status_condition": _condition,
    "close_reason_group": _named("close_reason_group"),
    "group": _group,
    "close_reason": _named("close_reason"),
    "close_result": _plain("close_note"),
    "rating": lambda _frame, row: int64(row["rating"]),
    "rating_comment": _plain("rating_comment"),
    "sla": _named("sla"),
    "sla_condition": _named("sla_condition"),
    "service": _service,
    "resolved_at": _time("resolved_at"),
    "reacted_at": _time("reacted_at"),
    "difference_in_reaction": _timing("reaction"),
    "difference_in_resolve": _timing("resolve"),
    "comments": _part("comments"),
    "links": _part("links"),
    "files": _part("files"),
    "related": _part("related"),
    "role_ids": lambda _frame, row: sorted(ident for ident, letters in row["acl"].items() if "r" in letters),
    "dc": lambda frame, _row: str(frame.who.tenant_id),
    "custom": lambda frame, row: custom.shown(frame.words.fields_for(row["type"]), row["fields"]),
}
PARTS = ("comments", "links", "files", "related")
HIDDEN = frozenset({"ver", *PARTS, "role_ids", "dc", "custom"})
DEFAULT = tuple(field for field in RENDERERS if field not in HIDDEN)
"""What an answer has when nothing is named."""
EVERYTHING = tuple(field for field in RENDERERS if field != "role_ids")
LEGACY: Mapping[str, tuple[str, ...]] = {
    "close": ("close_result", "close_reason"),
    "rate": ("rating", "rating_comment"),
    "timing": ("resolved_at", "reacted_at", "difference_in_reaction", "difference_in_resolve"),
}
"""Objects of the older generation to the fields in them."""


def chosen(wanted: Iterable[str], default: tuple[str, ...] = DEFAULT, *, reads_all: bool = False) -> tuple[str, ...]:
    """Return the fields of an answer; unknown names are ignored, none at all mean the default (spec/webitel §3, §5.1).

    Args:
        wanted: The names that the request gives.
        default: What is meant by none.
        reads_all: Whether the principal may see who else may read the case.
    """
    names = list(wanted)
    if not names:
        return (*default, *LEGACY)
    found = [field for field in names if field in RENDERERS or field in LEGACY]
    if "role_ids" in found and not reads_all:
        found.remove("role_ids")
    if "etag" not in found and "id" not in found:
        found.append("id")
    return tuple(found)


def case(frame: Frame, row: Row, shown: Iterable[str]) -> dict[str, Any]:
    """Return a case with these fields."""
    found: dict[str, Any] = {}
    for field in shown:
        if field in LEGACY:
            found[field] = {inner: RENDERERS[inner](frame, row) for inner in LEGACY[field]}
        else:
            found[field] = RENDERERS[field](frame, row)
    return found
