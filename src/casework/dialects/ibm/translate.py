"""Between IBM's words and the core's: wire → command members, rows → answers. Pure (DOMAIN §1-3)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from casework.casebook.people import PersonCard, UserCard
from casework.dialects.ibm import wire
from casework.dialects.ibm.identity import spell_case
from casework.domain.case import DONE, Comment, File, Link, Stage
from casework.domain.commands import NewLink
from casework.domain.refusals import Invalid
from casework.domain.vocabulary import Vocabulary

LABELS = {
    Stage.NEW: "New",
    Stage.OPEN: "In Progress",
    Stage.WAITING: "Waiting on Client",
    Stage.PROPOSED: "Resolution Provided",
    Stage.RESOLVED: "Resolved",
    Stage.CLOSED: "Closed",
    Stage.CANCELED: "Closed",
}
STAGES = {
    "new": (Stage.NEW,),
    "in_progress": (Stage.OPEN,),
    "waiting_on_client": (Stage.WAITING,),
    "resolution_provided": (Stage.PROPOSED,),
    "resolved": (Stage.RESOLVED,),
    "closed": (Stage.CLOSED, Stage.CANCELED),
}
RESOLUTIONS = {
    1: "Client error",
    2: "Defect found with Component/Service",
    3: "Documentation Error",
    4: "Solution found in forums",
    5: "Solution found in public Documentation",
    6: "Solution no longer required",
    7: "Solution provided by IBM outside of support case",
    8: "Solution provided by IBM support engineer",
}
SORTS = {
    "number": "number",
    "short_description": "subject",
    "severity": "rank",
    "updated_at": "touched_at",
    "created_at": "created_at",
}


class Frame(msgspec.Struct, frozen=True):
    """What the rows of one answer share: who is who, the tenant's words, and the address of the API."""

    users: Mapping[int, UserCard]
    persons: Mapping[int, PersonCard]
    vocabulary: Vocabulary
    support_tier: str
    cases_url: str


# ---- wire to core


def whole(value: float, member: str) -> int:
    """Return a number that has no fraction; IBM's clients may send 4.0."""
    if not value.is_integer():
        msg = f"'{member}' must be a whole number."
        raise Invalid(msg, member=member)
    return int(value)


def opening(body: wire.CreateCase, watchers: tuple[int, ...], vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the members of a new case.

    Raises:
        Invalid: A technical case without offering.
    """
    if body.type == "technical" and body.offering is None:
        msg = "'offering' is required for a technical case."
        raise Invalid(msg, member="offering")
    extra: dict[str, Any] = {}
    if body.invoice_number:
        extra["invoice_number"] = body.invoice_number
    if body.sla_credit_request:
        extra["sla_credit_request"] = True
    if body.eu is not None and (body.eu.supported is not None or body.eu.data_center is not None):
        center = body.eu.data_center
        named = "" if center is None else str(whole(center, "eu.data_center"))
        extra["eu"] = {"supported": bool(body.eu.supported), "data_center": named}
    members: dict[str, Any] = {
        "subject": body.subject,
        "description": body.description,
        "category": body.type,
        "watchers": watchers,
    }
    if body.offering is not None:
        extra["offering"] = msgspec.to_builtins(body.offering)
        service = vocabulary.service_for(body.offering.type.key)
        members["service"] = service.number if service else None
    if body.severity is not None:
        members["rank"] = whole(body.severity, "severity")
    if extra:
        members["extra"] = {"ibm": extra}
    return members


def new_link(resource: wire.Resource) -> NewLink:
    """Return the link for a resource (spec/ibm §11, 17 and 18).

    Raises:
        Invalid: Neither a crn nor type and id are given.
    """
    if resource.crn:
        parts = [part for part in resource.crn.split(":") if part]
        name = parts[-1].rsplit("/", 1)[-1] if parts else resource.crn
        return NewLink(name, None, {"ibm": {"crn": resource.crn, "type": resource.type, "note": resource.note}})
    if resource.type and resource.id is not None:
        device = str(whole(resource.id, "id"))
        return NewLink(device, None, {"ibm": {"crn": device, "type": resource.type, "note": resource.note}})
    msg = "A resource needs a 'crn', or 'type' and 'id'."
    raise Invalid(msg, member="crn")


# ---- core to wire


def moment(at: datetime | str) -> str:
    """Return a time as IBM writes it: UTC, to the second, without zone. Rows' JSON has ISO text in UTC."""
    text = msgspec.json.encode(at).decode()[1:] if isinstance(at, datetime) else at  # a tenth of isoformat()
    return f"{text[:10]} {text[11:19]}"


def user(frame: Frame, number: int | None) -> dict[str, str]:
    """Return a user as answers show him."""
    card = frame.users.get(number) if number is not None else None
    if card is None:
        return {"name": "", "realm": "IBMid", "user_id": ""}
    return {"name": card.name, "realm": card.realm, "user_id": card.address}


def contact(frame: Frame, row: Mapping[str, Any]) -> dict[str, str]:
    """Return whom the case is about: the requester, else the creator."""
    person = frame.persons.get(row["requester"]) if row["requester"] is not None else None
    if person is None:
        return user(frame, row["created_by"])
    if person.user is not None and person.user in frame.users:
        return user(frame, person.user)
    return {"name": person.name, "realm": "IBMid", "user_id": person.email or str(person.number)}


def comment(frame: Frame, text: str, at: datetime | str, by: int) -> dict[str, Any]:
    """Return a comment."""
    return {"value": text, "added_at": moment(at), "added_by": user(frame, by)}


def attachment(frame: Frame, case: int, uid: UUID | str, name: str, size: int, at: datetime | str) -> dict[str, Any]:  # noqa: PLR0917 - an attachment has these members
    """Return an attachment."""
    hexes = str(uid).replace("-", "")
    url = f"{frame.cases_url}/{spell_case(case)}/attachments/{hexes}"
    return {"id": hexes, "filename": name, "size_in_bytes": size, "created_at": moment(at), "url": url}


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


def _subject(frame: Frame, row: Mapping[str, Any]) -> str:
    """A case without a subject reads as its type's name (DOMAIN §3)."""
    if row["subject"]:
        return str(row["subject"])
    kind = frame.vocabulary.types.get(row["type"])
    return kind.name if kind else "Case"


def _own(row: Mapping[str, Any], name: str, default: Any) -> Any:
    return row["extra"].get("ibm", {}).get(name, default)


def _done(row: Mapping[str, Any], member: str) -> str:
    """Resolution and close notes are shown only while the case is done (DOMAIN §3)."""
    return str(row[member]) if row["stage"] in DONE else ""


def _eu(row: Mapping[str, Any]) -> dict[str, Any]:
    stored = _own(row, "eu", {})
    return {"support": bool(stored.get("supported")), "data_center": str(stored.get("data_center") or "")}


def _offering(frame: Frame, row: Mapping[str, Any]) -> dict[str, Any] | None:
    if stored := _own(row, "offering", None):
        return dict(stored)
    service = frame.vocabulary.services.get(row["service"]) if row["service"] is not None else None
    if service is None or not service.code:
        return None
    return {"name": service.name, "type": {"group": "category", "key": service.code}}


def nested(row: Mapping[str, Any], part: str) -> list[list[Any]]:
    """Return the entries of a nested part; `store.lists.listing` says what is in each."""
    if row[part] == "[]":
        return []
    found: list[list[Any]] = msgspec.json.decode(row[part])
    return found


Render = Callable[[Frame, Mapping[str, Any]], Any]

FIELDS: dict[str, tuple[tuple[str, ...], Render]] = {
    "number": (("number",), lambda _f, r: spell_case(r["number"])),
    "short_description": (("subject", "type"), _subject),
    "description": (("description",), lambda _f, r: r["description"]),
    "created_at": (("created_at",), lambda _f, r: moment(r["created_at"])),
    "created_by": (("created_by",), lambda f, r: user(f, r["created_by"])),
    "updated_at": (("touched_at",), lambda _f, r: moment(r["touched_at"])),
    "updated_by": (("touched_by",), lambda f, r: user(f, r["touched_by"])),
    "contact": (("requester", "created_by"), contact),
    "contact_type": (("extra",), lambda _f, r: _own(r, "contact_type", "Cloud Support Center")),
    "status": (("stage",), lambda _f, r: LABELS[Stage(r["stage"])]),
    "severity": (("rank",), lambda _f, r: r["rank"]),
    "support_tier": (("extra",), lambda f, r: _own(r, "support_tier", f.support_tier)),
    "resolution": (("resolution", "stage"), lambda _f, r: _done(r, "resolution")),
    "close_notes": (("close_note", "stage"), lambda _f, r: _done(r, "close_note")),
    "invoice_number": (("extra",), lambda _f, r: _own(r, "invoice_number", "")),
    "agent_close_only": (("extra",), lambda _f, r: bool(_own(r, "agent_close_only", default=False))),
    "eu": (("extra",), lambda _f, r: _eu(r)),
    "watchlist": (("watchers",), lambda f, r: [user(f, number) for number in r["watchers"]]),
    "attachments": ((), lambda f, r: [attachment(f, r["number"], p[0], p[1], p[2], p[3]) for p in nested(r, "files")]),
    "resources": ((), lambda _f, r: [resource(p[1], p[2], p[3]) for p in nested(r, "links")]),
    "comments": ((), lambda f, r: [comment(f, p[1], p[2], p[3]) for p in nested(r, "comments")]),
    "offering": (("extra", "service"), _offering),
}
"""What can be selected: the columns that a field needs, and how it is rendered from a row."""

PARTS = {"attachments": "files", "resources": "links", "comments": "comments"}


@lru_cache(maxsize=256)
def columns(fields: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns that these fields need."""
    return tuple(dict.fromkeys(column for field in fields for column in FIELDS[field][0]))


@lru_cache(maxsize=256)
def parts(fields: tuple[str, ...]) -> tuple[str, ...]:
    """Return the nested parts that these fields need."""
    return tuple(PARTS[field] for field in fields if field in PARTS)


def named_users(rows: Sequence[Mapping[str, Any]], fields: tuple[str, ...]) -> set[int]:
    """Return the numbers of the users that an answer with these rows and fields names."""
    members = [name for name in ("created_by", "touched_by") if name in columns(fields)]
    found = {row[name] for row in rows for name in members}
    if "watchlist" in fields:
        found.update(number for row in rows for number in row["watchers"])
    if "comments" in fields:
        found.update(entry[3] for row in rows for entry in nested(row, "comments"))
    return found


@lru_cache(maxsize=256)
def _renders(fields: tuple[str, ...]) -> tuple[tuple[str, Render], ...]:
    return tuple((field, FIELDS[field][1]) for field in fields)


def case(frame: Frame, row: Mapping[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """Return a case with exactly these fields; only `offering` may be missing, when there is none."""
    answer = {field: render(frame, row) for field, render in _renders(fields)}
    if answer.get("offering", ...) is None:
        del answer["offering"]
    return answer


ALL_FIELDS = tuple(FIELDS)
