"""Calls, chats and e-mails that are linked to a case: foreign objects that it is associated with (DOMAIN §1, §11)."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from typing import Any

import msgspec

from casework.dialects.webitel import conventions, etag
from casework.domain.case import Association
from casework.domain.nouns import Object

RELATION = "communication"
"""The relation of the association."""
KINDS = {"Phone": "call", "Messaging": "chat", "Email": "email"}
"""Channel to the kind of event in a timeline; the kind of the object as well."""
CHANNELS = {kind: channel for channel, kind in KINDS.items()}
TYPES = ("chat", "call", "email")
SPEAKING = frozenset({"type"})
"""The kind of an event is shown even when it is the zero one, chat: it says which member holds the event."""


class Linked(msgspec.Struct, frozen=True):
    """A communication of a case."""

    association: Association
    object: Object

    @property
    def own(self) -> Mapping[str, Any]:
        """What only this API knows of the communication."""
        found: Mapping[str, Any] = self.object.extra.get("webitel", {})
        return found

    @property
    def at(self) -> datetime:
        """When it was; when it was linked, where that is not known."""
        given = self.own.get("at")
        return datetime.fromisoformat(given) if given else self.association.created_at


def shown(linked: Linked, wanted: Iterable[str]) -> dict[str, Any]:
    """Return a link to a communication; the type's name is its channel (spec/webitel §11)."""
    association, names = linked.association, list(wanted)
    whole = {
        "id": str(association.number),
        "etag": etag.encode("communication", association.number, association.revision),
        "ver": association.revision,
        "communication_type": {
            "id": str(linked.own.get("communication_type") or 0),
            "name": CHANNELS.get(linked.object.kind),
        },
        "communication_id": linked.object.external_id,
    }
    if not names:
        names = [name for name in whole if name != "ver"]
    found = {name: value for name, value in whole.items() if name in names}
    return found if "etag" in found else {"id": whole["id"], **found}


def event(linked: Linked) -> dict[str, Any]:
    """Return a communication as an event of the timeline: its kind, and a member of that name with the rest."""
    kind = linked.object.kind
    return {
        "type": kind,
        "created_at": conventions.milliseconds(linked.at),
        kind: {"id": linked.object.external_id, **linked.own.get("event", {})},
    }


def counts(found: Iterable[Linked]) -> dict[str, str | None]:
    """Return how many chats, calls and e-mails there are."""
    kinds = [linked.object.kind for linked in found]
    return {f"{kind}s_count": conventions.int64(kinds.count(kind)) for kind in TYPES}


def days(found: Iterable[Linked]) -> list[dict[str, Any]]:
    """Return the days of a timeline in UTC, newest first, each with its events, newest first."""
    grouped: dict[datetime, list[Linked]] = {}
    for linked in sorted(found, key=lambda one: (one.at, one.association.number), reverse=True):
        day = datetime.combine(linked.at.astimezone(UTC).date(), time(), UTC)
        grouped.setdefault(day, []).append(linked)
    return [
        {"day_timestamp": conventions.milliseconds(day), **counts(listed), "items": [event(one) for one in listed]}
        for day, listed in grouped.items()
    ]
