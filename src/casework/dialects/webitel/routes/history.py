"""The change log of a case, and the text search (spec/webitel §5.6, §11)."""

import re
from typing import Any

import msgspec
from litestar import Response, get

from casework.casebook.reading import Part, Query
from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, identity
from casework.dialects.webitel.cases import fields
from casework.dialects.webitel.conventions import Parameters
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.cases import number
from casework.dialects.webitel.routes.requests import API, Ask
from casework.domain.events import OPENED
from casework.domain.refusals import Invalid, NotFound
from casework.store.events import StoredEvent

OBJECTS = ("cases", "case_comments")
SNIPPET = 80
"""Characters before and behind a hit."""
_KINDS = {OPENED: "create", "deleted": "delete"}
_OF_COMMENTS = {"commented": "create", "comment_edited": "update", "comment_removed": "delete"}


@get(API + "/logger/{object:str}/record/{record:str}/logs")
async def logs(request: Ask, object: str, record: str) -> Response[bytes]:  # noqa: A002 - the API's own name
    """`GET /logger/{object}/record/{id}/logs`: what was done to a case or comment, newest first."""
    if object not in OBJECTS:
        msg = f"Nothing is logged about {object[:40]}."
        raise NotFound(msg)
    who = await identity.entered(request, object, "r")
    casebook, asked = services(request).casebook, requests.asked(request)
    comment = None
    if object == "cases":
        case = number(record)
    else:
        case, comment = await casebook.read.numbered(who, "comment", conventions.number(record, "record_id"))
    events = await casebook.read.history(who, case)
    found = [(event, action) for event in events if (action := _action(event, str(comment.uid) if comment else None))]
    found = [entry for entry in found if _wanted(entry[0], entry[1], asked)]
    field, descending = conventions.order(asked)
    if not field or descending:
        found.reverse()
    window = conventions.window(asked)
    rows, more = window.cut(found[window.offset : window.offset + window.limit])
    faces = await casebook.people.faces(who.tenant_id, {event.actor for event, _ in rows})
    shown = [
        {
            "id": event.seq % 2**31,
            "action": action,
            "date": conventions.milliseconds(event.at),
            "user": {"id": event.actor, "name": faces[event.actor].name if event.actor in faces else None},
            "object": {"id": OBJECTS.index(object) + 1, "name": object},
            "record": {"id": record if record.isdigit() else str(comment.number if comment else case)},
            "new_state": _state(event),
        }
        for event, action in rows
    ]
    return requests.answer(requests.listed(shown, window, more=more))


def _action(event: StoredEvent, comment: str | None) -> str:
    """Return what an event is to this log; empty for one that is not in it."""
    data = msgspec.json.decode(event.data)
    if comment is not None:
        return _OF_COMMENTS.get(event.kind, "") if data.get("child") == comment else ""
    if data.get("noun") == "comment":
        return ""
    return _KINDS.get(event.kind, "update")


def _wanted(event: StoredEvent, action: str, asked: Parameters) -> bool:
    actions, users = asked.many("action"), asked.numbers("user_id")
    low = conventions.instant(asked.one("date_from"), "date_from")
    high = conventions.instant(asked.one("date_to"), "date_to")
    return (
        (not actions or action in actions)
        and (not users or event.actor in users)
        and (low is None or event.at >= low)
        and (high is None or event.at <= high)
    )


def _state(event: StoredEvent) -> str:
    """Return what the event set, as JSON text; the texts as well, unless they were erased."""
    found: dict[str, Any] = dict(msgspec.json.decode(event.data).get("set", {}))
    if event.texts:
        found |= msgspec.json.decode(event.texts).get("set", {})
    return msgspec.json.encode(found).decode()


@get(API + "/search")
async def search(request: Ask) -> Response[bytes]:
    """`GET /search?q=&object_name=cases&object_name=case_comments`: hits with the text around them."""
    who = await identity.entered(request, "cases", "r")
    asked = requests.asked(request)
    sought = asked.one("q").strip().strip("*").strip()
    objects = asked.many("object_name") or list(OBJECTS)
    window, casebook = conventions.window(asked), services(request).casebook
    if unknown := set(objects) - set(OBJECTS):
        msg = f"'{min(unknown)[:40]}' cannot be searched."
        raise Invalid(msg, member="object_name")
    if not sought:
        return requests.answer(requests.listed([], window, more=False))
    query = Query(search=sought, offset=window.offset, limit=window.limit, counted=False)
    page = await casebook.read.page(who, query, (*fields.COLUMNS, "solution"))
    rows, more = window.cut(page.rows)
    part = Part(noun="comment", descending=True, limit=conventions.EVERYTHING)
    comments: dict[int, list[Any]] = await casebook.read.hanging(who, [row["number"] for row in rows], part)
    found = []
    for row in rows:
        texts = [row[name] for name in ("subject", "description", "contact_info", "close_note", "rating_comment")]
        snippet = next((text for text in (around(text, sought) for text in texts) if text), "")
        hits = [(entry, text) for entry in comments.get(row["number"], []) if (text := around(entry.text, sought))]
        if "cases" in objects and (snippet or not hits):
            found.append({"id": str(row["number"]), "object_name": "cases", "text": snippet or row["subject"]})
        if "case_comments" in objects:
            found += [{"id": str(row["number"]), "object_name": "case_comments", "text": text} for _, text in hits[:1]]
    return requests.answer(requests.listed(found, window, more=more))


def around(text: str, sought: str) -> str:
    """Return the part of a text around what was sought, or any of its words; empty when it is not in there."""
    lowered = text.lower()
    for part in (sought.lower(), *re.findall(r"\w+", sought.lower())):
        at = lowered.find(part)
        if at >= 0:
            return text[max(0, at - SNIPPET) : at + len(part) + SNIPPET]
    return ""


HANDLERS = [logs, search]
