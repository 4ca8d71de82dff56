"""Events and their fold.

An event says which members got which values and which they had before. Applying it replaces the members; the stamps
(version, revision, times) follow from its envelope, by rule (DOMAIN §4).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from casework.domain.case import CHILDREN, Case, Child

OPENED = "opened"
REVISING = frozenset({"edited", "status_changed", "assigned", "rated"})
"""Kinds that move `revision` and `updated_at/by` besides `version`."""

PERSONAL = frozenset(
    {
        "subject",
        "description",
        "solution",
        "contact_info",
        "close_note",
        "rating_comment",
        "text",
        "note",
        "name",
        "first_name",
        "last_name",
        "email",
        "private",
    }
)
"""Members whose values are kept beside the event, where they can be erased without breaking the chain."""


class Event(msgspec.Struct, frozen=True):
    """What happened, without when and by whom.

    `kind` names it; `set` holds new values and `was` the ones they replace. For things that hang on the case, `noun`
    is their kind (a key of `CHILDREN`) and `child` their uid.
    """

    kind: str
    set: Mapping[str, Any] = {}
    was: Mapping[str, Any] = {}
    noun: str | None = None
    child: UUID | None = None


class Envelope(msgspec.Struct, frozen=True):
    """When, by whom and through which door one command's events happened; `version` is the case's after them."""

    at: datetime
    actor: int
    via: str
    version: int
    on_behalf_of: int | None = None


def apply(case: Case, event: Event, envelope: Envelope) -> Case:
    """Return the case after `event`. Total: any event that `decide` produced applies."""
    changes: dict[str, Any] = {} if event.noun else dict(event.set)
    stamps: dict[str, Any] = {
        "version": envelope.version,
        "touched_at": envelope.at,
        "touched_by": envelope.actor,
    }
    if event.kind == OPENED:
        stamps |= {
            "created_at": envelope.at,
            "created_by": envelope.actor,
            "created_via": envelope.via,
            "updated_at": envelope.at,
            "updated_by": envelope.actor,
            "status_at": envelope.at,
            "status_by": envelope.actor,
        }
    elif event.kind in REVISING and case.updated_at != envelope.at:
        stamps |= {"revision": case.revision + 1, "updated_at": envelope.at, "updated_by": envelope.actor}
    if event.kind == "status_changed" and not changes.keys().isdisjoint({"stage", "status", "reopened"}):
        stamps |= {"status_at": envelope.at, "status_by": envelope.actor}
    if "outcome" in changes:
        stamps |= {"outcome_at": envelope.at, "outcome_by": envelope.actor}
    return msgspec.structs.replace(case, **changes, **stamps)


def fold(blank: Case, history: Iterable[tuple[Event, Envelope]]) -> Case:
    """Return the case that `history`, in order, makes of `blank` (a case with its identity only)."""
    case = blank
    for event, envelope in history:
        case = apply(case, event, envelope)
    return case


def apply_child(child: Child | None, event: Event, envelope: Envelope, *, case: Case, number: int) -> Child:
    """Return the thing on the case after `event`; `number` is its number when it is new."""
    if event.noun is None or event.child is None:
        msg = f"{event.kind} is no event of a child"
        raise ValueError(msg)
    if child is None:
        return CHILDREN[event.noun](
            tenant_id=case.tenant_id,
            number=number,
            uid=event.child,
            case_number=case.number,
            created_at=envelope.at,
            created_by=envelope.actor,
            **event.set,
        )
    return msgspec.structs.replace(
        child,
        **event.set,
        revision=child.revision + 1,
        updated_at=envelope.at,
        updated_by=envelope.actor,
    )


def blank(tenant_id: int, number: int, uid: UUID) -> Case:
    """Return the case before its first event."""
    return Case(tenant_id=tenant_id, number=number, uid=uid)


def changed(thing: Case | Child, **wanted: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (set, was) for those of `wanted` that differ from what is there: the echo rule of DOMAIN §2."""
    new = {name: value for name, value in wanted.items() if differ(getattr(thing, name), value)}
    return new, {name: getattr(thing, name) for name in new}


def differ(old: Any, new: Any) -> bool:
    """Tell whether two values of a member differ. Inside JSON, true and 1 do, though Python calls them equal."""
    if isinstance(new, dict):
        return msgspec.json.encode(old, order="deterministic") != msgspec.json.encode(new, order="deterministic")
    return bool(old != new)
