"""From the core's rows to IBM's answers. Pure; a list renders ten rows for each request, so each step here counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from casework.casebook.people import PersonCard, UserCard
from casework.dialects.ibm.identity import spell_case
from casework.dialects.ibm.translate import LABELS
from casework.domain.case import DONE, Comment, File, Link
from casework.domain.vocabulary import Vocabulary

FIELDS = (
    "number", "short_description", "description", "created_at", "created_by", "updated_at", "updated_by", "contact",
    "contact_type", "status", "severity", "support_tier", "resolution", "close_notes", "invoice_number",
    "agent_close_only", "eu", "watchlist", "attachments", "resources", "comments", "offering",
)  # fmt: skip
"""What can be selected."""
COLUMNS = (
    "number", "subject", "type", "description", "created_at", "created_by", "touched_at", "touched_by", "requester",
    "extra", "stage", "rank", "resolution", "close_note", "watchers", "service", "version",
)  # fmt: skip
"""The members of the case that rendering looks at, whatever is selected."""
PARTS = {"attachments": "files", "resources": "links", "comments": "comments"}
"""The fields that are read from tables of their own."""

Row = dict[str, Any]
Person = dict[str, str]
NOBODY: Person = {"name": "", "realm": "IBMid", "user_id": ""}
_STATUS = {stage.value: label for stage, label in LABELS.items()}
_DONE = frozenset(stage.value for stage in DONE)
_NOTHING: dict[str, Any] = {}


class Frame(msgspec.Struct, frozen=True):
    """What the rows of one answer share: who is who, the tenant's words, and the address of the API."""

    users: Mapping[int | None, Person]
    persons: Mapping[int, PersonCard]
    vocabulary: Vocabulary
    support_tier: str
    cases_url: str


@lru_cache(maxsize=256)
def parts(fields: tuple[str, ...]) -> tuple[str, ...]:
    """Return the nested parts that these fields need."""
    return tuple(PARTS[field] for field in fields if field in PARTS)


def opened(row: Mapping[str, Any]) -> Row:
    """Return a row with its nested parts decoded; `store.lists.listing` says what is in each."""
    found = dict(row)
    for part in PARTS.values():
        text = found.get(part, "[]")
        found[part] = () if text == "[]" else msgspec.json.decode(text)
    return found


def named_users(rows: Sequence[Row]) -> set[int]:
    """Return the numbers of the users that an answer with these rows names."""
    found: set[int | None] = set()
    for row in rows:
        found.update((row.get("created_by"), row.get("touched_by"), *row.get("watchers", ())))
        found.update([entry[3] for entry in row["comments"]])
    return {number for number in found if number is not None}


def user(card: UserCard) -> Person:
    """Return a user as answers show him."""
    return {"name": card.name, "realm": card.realm, "user_id": card.address}


def moment(at: datetime | str) -> str:
    """Return a time as IBM writes it: UTC, to the second, without zone. Rows' JSON has ISO text in UTC."""
    text = msgspec.json.encode(at).decode()[1:] if isinstance(at, datetime) else at  # a quarter of str()
    return f"{text[:10]} {text[11:19]}"


def contact(frame: Frame, row: Row) -> Person:
    """Return whom the case is about: the requester, else the creator."""
    person = frame.persons.get(row["requester"]) if row["requester"] is not None else None
    if person is None:
        return frame.users.get(row["created_by"], NOBODY)
    if person.user is not None and person.user in frame.users:
        return frame.users[person.user]
    return {"name": person.name, "realm": "IBMid", "user_id": person.email or str(person.number)}


def comment(frame: Frame, text: str, at: datetime | str, by: int) -> dict[str, Any]:
    """Return a comment."""
    return {"value": text, "added_at": moment(at), "added_by": frame.users.get(by, NOBODY)}


def attachment(frame: Frame, case: int, uid: UUID | str, name: str, size: int, at: datetime | str) -> dict[str, Any]:  # noqa: PLR0917 - an attachment has these members
    """Return an attachment."""
    hexes = str(uid).replace("-", "")
    url = f"{frame.cases_url}/{spell_case(case)}/attachments/{hexes}"
    return {"id": hexes, "filename": name, "size_in_bytes": size, "created_at": moment(at), "url": url}


def attachments(frame: Frame, row: Row) -> list[dict[str, Any]]:
    """Return the attachments of a case."""
    return [attachment(frame, row["number"], p[0], p[1], p[2], p[3]) for p in row["files"]]


def resource(name: str, url: str | None, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return a resource; a link that was made elsewhere has no crn."""
    own = extra.get("ibm", {})
    return {
        "crn": own.get("crn", ""),
        "name": name,
        "type": own.get("type"),
        "url": url,
        "note": own.get("note"),
    }


def stored_comment(frame: Frame, stored: Comment) -> dict[str, Any]:
    """Return a comment that has just been written."""
    return comment(frame, stored.text, stored.created_at, stored.created_by)


def stored_file(frame: Frame, stored: File) -> dict[str, Any]:
    """Return an attachment that has just been written."""
    return attachment(frame, stored.case_number, stored.uid, stored.name, stored.size, stored.created_at)


def stored_link(stored: Link) -> dict[str, Any]:
    """Return a resource that has just been written."""
    return resource(stored.name, stored.url, stored.extra)


def case(frame: Frame, row: Row, fields: tuple[str, ...]) -> dict[str, Any]:
    """Return a case with exactly these fields; only `offering` may be missing, when there is none."""
    found = _whole(frame, row)
    if found["offering"] is None:
        del found["offering"]
    return found if fields == FIELDS else {name: found[name] for name in fields if name in found}


def _whole(frame: Frame, row: Row) -> dict[str, Any]:
    """Return every field; what was not read because nobody asked for it is empty."""
    own = row["extra"].get("ibm", _NOTHING)
    eu = own.get("eu", _NOTHING)
    stage, users = row["stage"], frame.users
    done = stage in _DONE  # resolution and close notes are shown only while the case is done (DOMAIN §3)
    return {
        "number": spell_case(row["number"]),
        "short_description": row["subject"] or _untitled(frame, row),
        "description": row["description"],
        "created_at": moment(row["created_at"]),
        "created_by": users.get(row["created_by"], NOBODY),
        "updated_at": moment(row["touched_at"]),
        "updated_by": users.get(row["touched_by"], NOBODY),
        "contact": contact(frame, row),
        "contact_type": own.get("contact_type", "Cloud Support Center"),
        "status": _STATUS[stage],
        "severity": row["rank"],
        "support_tier": own.get("support_tier", frame.support_tier),
        "resolution": row["resolution"] if done else "",
        "close_notes": row["close_note"] if done else "",
        "invoice_number": own.get("invoice_number", ""),
        "agent_close_only": bool(own.get("agent_close_only")),
        "eu": {"support": bool(eu.get("supported")), "data_center": str(eu.get("data_center") or "")},
        "watchlist": [users.get(number, NOBODY) for number in row["watchers"]],
        "attachments": attachments(frame, row),
        "resources": [resource(p[1], p[2], p[3]) for p in row["links"]],
        "comments": [comment(frame, p[1], p[2], p[3]) for p in row["comments"]],
        "offering": _offering(frame, row, own),
    }


def _untitled(frame: Frame, row: Row) -> str:
    """A case without a subject reads as its type's name (DOMAIN §3)."""
    kind = frame.vocabulary.types.get(row["type"])
    return kind.name if kind else "Case"


def _offering(frame: Frame, row: Row, own: Mapping[str, Any]) -> Mapping[str, Any] | None:
    stored: Mapping[str, Any] | None = own.get("offering")
    if stored:
        return stored
    service = frame.vocabulary.services.get(row["service"]) if row["service"] is not None else None
    if service is None or not service.code:
        return None
    return {"name": service.name, "type": {"group": "category", "key": service.code}}
