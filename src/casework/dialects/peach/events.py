"""From the feed to the events that this API's subscribers know (spec/peach §12): pure, one feed event at a time.

`case.changed` and its kin are the names of today; the deprecated ones beside them are for who still subscribes to them.
Notes, views, files and watchers have no names here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from casework.dialects.peach import ids, translate
from casework.domain.case import Stage
from casework.domain.decide.silencing import MEMBER
from casework.store.events import StoredEvent

CHANGED, CREATED, UPDATED, DELETED = "case.changed", "case.created", "case.updated", "case.deleted"
LINKED, UNLINKED = "case.association.added", "case.association.removed"
ESCALATION, ESCALATED, CALMED = "case.escalation.changed", "case.escalation.created", "case.escalation.canceled"
SILENCE = "case.donotinteract"

_NAMES: Mapping[str, tuple[str, ...]] = {
    "opened": (CHANGED, CREATED),
    "edited": (CHANGED, UPDATED),
    "status_changed": (CHANGED, UPDATED),
    "assigned": (CHANGED, UPDATED),
    "snoozed": (CHANGED, UPDATED),
    "woken": (CHANGED, UPDATED),
    "restored": (CHANGED, CREATED),
    "deleted": (CHANGED, DELETED),
    "associated": (LINKED,),
    "dissociated": (UNLINKED,),
    "related": (LINKED,),
    "unrelated": (UNLINKED,),
    "escalation_recorded": (ESCALATION, ESCALATED),
    "escalation_changed": (ESCALATION,),
    "escalation_ended": (ESCALATION, CALMED),
}
"""Kind of a feed event to the names that it is announced by, those of today first."""
EVERY_NAME = (
    CHANGED, CREATED, UPDATED, DELETED, LINKED, UNLINKED, ESCALATION, ESCALATED, CALMED,
    f"{SILENCE}.changed", f"{SILENCE}.created", f"{SILENCE}.updated", f"{SILENCE}.deleted", f"{SILENCE}.expired",
)  # fmt: skip
"""What can be subscribed to."""
_SILENCING = frozenset({"silenced", "edited"})
"""What may bring, change or end a do-not-interact: its own command, and an edit by a world document."""
_FIELDS: Mapping[str, str] = {
    "subject": "name",
    "external_id": "externalId",
    "outcome": "outcome",
    "opened_at": "openedAt",
    "snoozed_at": "snoozedAt",
    "snoozed_until": "snoozedUntil",
    "fields": "customFields",
    "deleted_at": "deletedAt",
    "note": "note",
    "urgent": "isUrgent",
    "relation": "relation",
}
"""Members of the core whose values mean the same here."""
_IDS: Mapping[str, tuple[str, str]] = {
    "owner": ("owningEmployeeId", ids.EMPLOYEE),
    "type": ("typeId", ids.CASE_TYPE),
    "team": ("escalatedTeamId", ids.TEAM),
    "user": ("escalatedEmployeeId", ids.EMPLOYEE),
    "other": ("objectId", ids.CASE),
}
"""Members that name something by its number."""


class Announcement(msgspec.Struct, frozen=True, rename="camel"):
    """What is delivered: the case itself is added as `data` by whoever delivers it."""

    id: str
    event_type: str
    created_at: str | None
    company_id: str | None
    object_type: str
    object_id: str | None
    changes: list[dict[str, Any]]


def announcements(event: StoredEvent) -> list[Announcement]:
    """Return what an event of the feed is announced as, one for each name; nothing for what has no name here."""
    if event.subject_kind != "case":
        return []
    data = msgspec.json.decode(event.data)
    texts = msgspec.json.decode(event.texts) if event.texts is not None else {}
    new = {**data.get("set", {}), **texts.get("set", {})}
    was = {**data.get("was", {}), **texts.get("was", {})}
    shown = changes(new, was)
    names = _NAMES.get(event.kind, ())
    if silence := [change for change in shown if change["field"] == MEMBER and event.kind in _SILENCING]:
        names = (*_silenced(silence[0]), *(names if len(shown) > 1 else ()))
    return [
        Announcement(
            id=f"{event.uid}-{event.version}-{event.n}-{name}",
            event_type=name,
            created_at=translate.moment(event.at),
            company_id=ids.spelt(ids.COMPANY, event.tenant_id),
            object_type="case",
            object_id=ids.spelt(ids.CASE, event.subject),
            changes=shown,
        )
        for name in names
    ]


def _silenced(change: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names for a do-not-interact that came, changed or went."""
    if change["old"] is None:
        return f"{SILENCE}.changed", f"{SILENCE}.created"
    return f"{SILENCE}.changed", f"{SILENCE}.{'deleted' if change['new'] is None else 'updated'}"


def changes(new: Mapping[str, Any], was: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what differs, member by member as this API calls them; what only other APIs know is left out."""
    found: dict[str, tuple[Any, Any]] = {}
    for name, value in new.items():
        old = was.get(name)
        if name == "extra":
            found |= _own(value or {}, old or {})
        elif name == "borrowers":
            found["borrowerIds"] = (ids.every(ids.BORROWER, old or ()), ids.every(ids.BORROWER, value or ()))
        elif name in _IDS and not isinstance(value, str):  # the type of a relation is a word
            member, prefix = _IDS[name]
            found[member] = (ids.spelt(prefix, old), ids.spelt(prefix, value))
        elif name in _FIELDS:
            found[_FIELDS[name]] = (_plain(old), _plain(value))
    if "stage" in new or "reopened" in new:
        found["status"] = (_state(was) if was else None, _state({**was, **new}))
    return [{"field": name, "old": old, "new": value} for name, (old, value) in found.items() if old != value]


def _own(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the extras of this API that differ."""
    mine, before = new.get(translate.API, {}), old.get(translate.API, {})
    return {name: (before.get(name), mine.get(name)) for name in (*mine, *(n for n in before if n not in mine))}


def _state(members: Mapping[str, Any]) -> str | None:
    """Return the state that a stage and the flag of a reopening read as; without the stage only the flag tells."""
    stage = members.get("stage")
    if members.get("reopened") and (stage is None or not Stage(stage).done):
        return translate.MACHINE.again
    return translate.MACHINE.states[Stage(stage)] if stage is not None else None


def _plain(value: Any) -> Any:
    """Return a value as this API writes it: times with microseconds and an offset."""
    if isinstance(value, str) and len(value) >= len("2024-01-01T00:00:00Z") and value[10:11] == "T":
        try:
            return translate.moment(datetime.fromisoformat(value))
        except ValueError:
            return value
    return value
