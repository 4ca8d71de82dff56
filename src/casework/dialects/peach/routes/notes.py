"""Notes on a case: its comments, whatever door they came through (spec/peach §11; DOMAIN §3)."""

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Response, get, patch, post, put

from casework.casebook.reading import Notes
from casework.dialects.peach import ids, paging, translate, wire
from casework.dialects.peach.routes import references, requests
from casework.dialects.peach.routes.cases import CASE
from casework.dialects.peach.routes.requests import Ask
from casework.domain.access import Principal
from casework.domain.case import Comment
from casework.domain.commands import AddComment, EditComment
from casework.domain.doors import PEACH_DOOR
from casework.domain.refusals import Invalid, NotFound

NOTES = f"{CASE}/notes"
NOTE = NOTES + "/{note:str}"
DEFAULTS: Mapping[str, Any] = {
    "status": "active",
    "important": False,
    "category": "generic",
    "sensitiveData": False,
    "archived": False,
    "pinned": False,
    "taskableInstruction": False,
}
"""Members that only this API knows, with what they are until somebody says otherwise."""


@get(NOTES)
async def list_notes(request: Ask, person: str, case: str) -> Response[bytes]:
    """`GET C/notes`, newest first; archived ones only when they are asked for."""
    who = await references.staff(request)
    asked = paging.asked(request)
    wanted: dict[str, tuple[list[str], str]] = {}
    if categories := [*paging.several(request, "categories"), *paging.several(request, "category")]:
        if any(category not in wire.CATEGORIES for category in categories):
            msg = f"Must be one of {', '.join(wire.CATEGORIES)}."
            raise Invalid(msg, member="categories")
        wanted["category"] = (categories, "generic")
    if not paging.boolean(request, "includeArchived"):
        wanted["archived"] = (["false"], "false")
    if (pinned := paging.boolean(request, "pinned")) is not None:
        wanted["pinned"] = (["true" if pinned else "false"], "false")
    row = await references.case_row(request, who, person, case, columns=("number",))
    cursors = [
        (await _note(request, who, row["number"], text)).number if text else None
        for text in (asked.ending_before, asked.starting_after)
    ]
    before, after = cursors
    question = Notes(
        api=translate.API, wanted=wanted, before=before, after=after, offset=asked.offset, limit=asked.limit
    )
    span = await references.casebook(request).read.notes(who, row["number"], question)
    shown = await _shown(request, who, row["number"], span.rows)
    named = [note["id"] for note in shown]
    page = paging.envelope(request, shown, named, span.total, earlier=span.earlier, later=span.later)
    return requests.answer(page)


async def _shown(request: Ask, who: Principal, case: int, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    listed = list(rows)
    frame = await references.frame(request, who, [], *(row["created_by"] for row in listed))
    found = []
    for row in listed:
        said = row["extra"].get(translate.API, {})
        found.append(
            {
                "id": ids.spelt(ids.NOTE, row["number"]),
                "object": "note",
                "createdAt": translate.moment(row["created_at"]),
                "updatedAt": translate.moment(row["updated_at"]),
                "deletedAt": translate.moment(row["deleted_at"]),
                "companyId": ids.spelt(ids.COMPANY, who.tenant_id),
                "caseId": ids.spelt(ids.CASE, case),
                "content": row["text"],
                **{name: said.get(name, default) for name, default in DEFAULTS.items()},
                "createdByUser": translate.user_ref(frame, row["created_by"]),
            }
        )
    return found


async def _note(request: Ask, who: Principal, case: int, text: str) -> Comment:
    """Return the note on a case that an id names.

    Raises:
        NotFound: There is none.
    """
    number = await ids.in_path(ids.NOTE, text, "note")
    return await references.casebook(request).read.note(who, case, number)


async def _one(request: Ask, who: Principal, note: Comment, message: str = "OK") -> Response[bytes]:
    row = {name: getattr(note, name) for name in note.__struct_fields__}
    return requests.one((await _shown(request, who, note.case_number, [row]))[0], message)


@post(NOTES, status_code=200)
async def create_note(request: Ask, person: str, case: str) -> Response[bytes]:
    """`POST C/notes`; an instruction also files a review task."""
    who = await references.staff(request, "case.comment")
    row = await references.case_row(request, who, person, case, columns=("number",))
    values = requests.checked(wire.NoteNew, await requests.body(request))
    said = {name: values[name] for name in DEFAULTS if name in values}
    command = AddComment(
        text=values["content"],
        extra={translate.API: {"category": "generic", **said}},
        review=bool(values.get("taskableInstruction")),
    )
    outcome = await references.casebook(request).execute(who, PEACH_DOOR, command, row["number"])
    note = next(child for child in outcome.children.values() if isinstance(child, Comment))
    return await _one(request, who, note, "Created")


@get(NOTE)
async def get_note(request: Ask, person: str, case: str, note: str) -> Response[bytes]:
    """`GET C/notes/{noteId}`."""
    who = await references.staff(request)
    row = await references.case_row(request, who, person, case, columns=("number",))
    return await _one(request, who, await _note(request, who, row["number"], note))


@put(NOTE)
async def update_note(request: Ask, person: str, case: str, note: str) -> Response[bytes]:
    """`PUT C/notes/{noteId}`: by its author; what is absent stays."""
    return await _update(request, person, case, note)


@patch(NOTE)
async def patch_note(request: Ask, person: str, case: str, note: str) -> Response[bytes]:
    """`PATCH C/notes/{noteId}`: the same as PUT."""
    return await _update(request, person, case, note)


async def _update(request: Ask, person: str, case: str, note: str) -> Response[bytes]:
    who = await references.staff(request, "case.comment")
    row = await references.case_row(request, who, person, case, columns=("number",))
    before = await _note(request, who, row["number"], note)
    values = requests.checked(wire.NoteChange, await requests.body(request))
    change: dict[str, Any] = {"text": values["content"]} if "content" in values else {}
    if said := {name: values[name] for name in DEFAULTS if name in values}:
        change["extra"] = {translate.API: said}
    command = EditComment(comment=before.uid, set=change)
    outcome = await references.casebook(request).execute(who, PEACH_DOOR, command, row["number"])
    after = outcome.children.get(before.uid, before)
    if not isinstance(after, Comment):
        msg = "There is no such note."
        raise NotFound(msg)
    return await _one(request, who, after, "Updated")


HANDLERS = [list_notes, create_note, get_note, update_note, patch_note]
