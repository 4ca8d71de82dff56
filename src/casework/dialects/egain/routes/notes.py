"""Notes: the comments of a case, which staff write (spec/egain §1)."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, delete, get, post

from casework.dialects.dialect import base_url, services
from casework.dialects.egain import translate, wire
from casework.dialects.egain.identity import path_number
from casework.dialects.egain.refusal import Fault
from casework.dialects.egain.routes import requests
from casework.dialects.egain.routes.requests import PATH, Ask, Asked
from casework.domain.commands import AddComment, RemoveComment
from casework.domain.doors import EGAIN_DOOR
from casework.domain.refusals import NotFound

NOTES = PATH + "/{case:str}/note"


@post(NOTES, status_code=201)
async def create(request: Ask, case: str) -> Response[None]:
    """`POST /case/{id}/note`: 1 to 1500 characters; the answer names the note in `Location`."""
    asked = await requests.begin(request, "manage")
    noted = path_number(case)
    content = (await requests.parse(request, wire.NOTE, ("note",)))["content"]
    if not 1 <= len(content) <= translate.LONGEST_NOTE:
        msg = f"'content' must have 1 to {translate.LONGEST_NOTE} characters."
        raise Fault("400-152", msg, element="content")
    outcome = await services(request).casebook.execute(asked.principal, EGAIN_DOOR, AddComment(text=content), noted)
    location = f"{base_url(request, 'egain')}{PATH}/{noted}/note/{outcome.child().number}"
    return Response(None, status_code=201, headers={"Location": location, "Content-Language": asked.manner.locale})


@get(NOTES)
async def listed(request: Ask, case: str) -> Response[bytes] | Response[None]:
    """`GET /case/{id}/note`: oldest first; 204 when there are none."""
    asked = await requests.begin(request, "read", parameters=("$lang",))
    noted = path_number(case)
    entries = await _entries(request, asked, noted)
    return await _notes(request, asked, noted, entries) if entries else requests.no_content(asked)


@get(NOTES + "/{ids:str}")
async def one(request: Ask, case: str, ids: str) -> Response[bytes]:
    """`GET /case/{id}/note/{noteId}`."""
    asked = await requests.begin(request, "read", parameters=("$lang",))
    noted = path_number(case)
    return await _notes(request, asked, noted, await _named(request, asked, noted, ids))


@delete(NOTES + "/{ids:str}", status_code=204)
async def remove(request: Ask, case: str, ids: str) -> Response[None]:
    """`DELETE /case/{id}/note/{ids}`: at most 75, all of them or none."""
    asked = await requests.begin(request, "manage")
    noted = path_number(case)
    removals = [RemoveComment(comment=UUID(entry[5])) for entry in await _named(request, asked, noted, ids)]
    await services(request).casebook.execute_all(asked.principal, EGAIN_DOOR, removals, noted)
    return requests.no_content(asked)


async def _named(request: Ask, asked: Asked, case: int, ids: str) -> list[list[Any]]:
    wanted = requests.ids(ids)
    entries = {entry[0]: entry for entry in await _entries(request, asked, case)}
    if missing := [str(note) for note in wanted if note not in entries]:
        msg = f"There are no notes with these ids: {', '.join(missing)}."
        raise NotFound(msg, member="ids")
    return [entries[note] for note in wanted]


async def _entries(request: Ask, asked: Asked, case: int) -> list[list[Any]]:
    row = await services(request).casebook.read.one(asked.principal, case, (), ("comments",))
    found: list[list[Any]] = msgspec.json.decode(row["comments"])
    return found


async def _notes(request: Ask, asked: Asked, case: int, entries: list[list[Any]]) -> Response[bytes]:
    shared = await requests.frame(request, asked, [], frozenset(), {entry[3] for entry in entries})
    return requests.answer(asked, "notes", {"note": [translate.note(shared, case, entry) for entry in entries]})
