"""Comments and files of a case (spec/bottlecrm §1, §3, §8.7-10)."""

from urllib.parse import quote
from uuid import UUID

from litestar import Response, delete, get, patch, post, put
from litestar.response import Stream

from casework.dialects.bottlecrm import translate, wire
from casework.dialects.bottlecrm.identity import path_uid, principal, principals
from casework.dialects.bottlecrm.routes import requests
from casework.dialects.bottlecrm.routes.cases import CASE, CASES
from casework.dialects.bottlecrm.routes.requests import Ask
from casework.dialects.dialect import services
from casework.domain.access import Principal, require
from casework.domain.case import Child, Comment, File
from casework.domain.commands import AddComment, Command, Detach, EditComment, RemoveComment, Watch
from casework.domain.doors import BOTTLECRM_DOOR
from casework.domain.refusals import Forbidden, NotFound
from casework.web import members

COMMENT = CASES + "/comment/{pk:str}"
ATTACHMENT = CASES + "/attachment/{pk:str}"


@post(CASE, status_code=200)
async def add(request: Ask, pk: str) -> Response[bytes]:
    """`POST /api/cases/{pk}/`: a comment, files, or both; whoever is mentioned watches the case from then on."""
    who = await principal(request)
    row = await requests.case_row(request, who, pk, ("number",))
    require(who, "case.comment")
    received = await requests.receive(request, files=True)
    values, errors = received.check(wire.CommentAdd)
    if received.files and received.fields.get("comment") == "":
        errors.pop("comment", None)
    elif not received.files and "comment" not in received.fields:
        errors["comment"] = [members.REQUIRED]
    members.refuse(errors)
    internal = values.get("is_internal")
    commands: list[Command] = []
    if "comment" in values:
        commands.append(AddComment(text=values["comment"], audience=requests.audience(internal)))
        commands += await _mentions(request, who, values["comment"])
    commands += received.attached(internal)
    await services(request).casebook.execute_all(who, BOTTLECRM_DOOR, commands, row["number"])
    row = await services(request).casebook.read.one(who, row["number"], translate.COLUMNS, translate.PARTS)
    frame = await requests.frame(request, who, [row])
    return requests.answer(
        {
            "error": False,
            "message": "Comment submitted" if "comment" in values else "Attachment submitted",
            "case_obj": translate.case(frame, row),
            "comments": translate.comments(frame, row),
            "attachments": translate.attachments(frame, row),
        }
    )


async def _mentions(request: Ask, who: Principal, text: str) -> list[Command]:
    """Return the command that makes watchers of the members mentioned in a comment, if there are any."""
    if "@" not in text or "case.watch" not in who.permissions:
        return []
    users = translate.mentioned(text, await services(request).casebook.people.members(who.tenant_id))
    return [Watch(users=users)] if users else []


async def _find(request: Ask, noun: str, pk: str) -> tuple[Principal, UUID, Child]:
    """Return who asks, in the organization that the thing is in, the uid of its case, and the thing.

    Raises:
        NotFound: There is none in any organization that is meant.
    """
    what = noun.capitalize()
    wanted = path_uid(pk, what)
    refusal: Forbidden | None = None
    for who in await principals(request):
        try:
            case, found = await services(request).casebook.read.child(who, noun, wanted)
        except NotFound:
            continue
        except Forbidden as error:
            refusal = error
            continue
        return who, case, found
    if refusal is not None:
        raise refusal
    msg = f"{what} not found"
    raise NotFound(msg)


@put(COMMENT)
async def edit_comment(request: Ask, pk: str) -> Response[bytes]:
    """`PUT /api/cases/comment/{pk}/`: by its author or an administrator."""
    return await _edit(request, pk)


@patch(COMMENT)
async def patch_comment(request: Ask, pk: str) -> Response[bytes]:
    """`PATCH /api/cases/comment/{pk}/`: the same as PUT."""
    return await _edit(request, pk)


async def _edit(request: Ask, pk: str) -> Response[bytes]:
    who, case, comment = await _find(request, "comment", pk)
    require(who, "case.comment")
    body = (await requests.receive(request)).read(wire.CommentWrite)
    wanted = {"text": body.comment, "audience": requests.audience(body.is_internal)}
    change = EditComment(comment=comment.uid, set={name: value for name, value in wanted.items() if value is not None})
    commands = [change, *await _mentions(request, who, body.comment)]
    outcomes = await services(request).casebook.execute_all(who, BOTTLECRM_DOOR, commands, comment.case_number)
    stored = outcomes[0].children.get(comment.uid, comment)
    assert isinstance(stored, Comment)  # noqa: S101 - narrows the type
    frame = await requests.frame(request, who, [], stored.created_by)
    return requests.answer(translate.comment(frame, stored, case))


@delete(COMMENT, status_code=204)
async def remove_comment(request: Ask, pk: str) -> None:
    """`DELETE /api/cases/comment/{pk}/`: by its author or an administrator."""
    who, _, comment = await _find(request, "comment", pk)
    command = RemoveComment(comment=comment.uid)
    await services(request).casebook.execute(who, BOTTLECRM_DOOR, command, comment.case_number)


@get(ATTACHMENT)
async def download(request: Ask, pk: str) -> Stream:
    """`GET /api/cases/attachment/{pk}/`: never shown by a browser in our name, whatever the file is."""
    _, _, file = await _find(request, "file", pk)
    assert isinstance(file, File)  # noqa: S101 - narrows the type
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Length": str(file.size),
    }
    content = await services(request).casebook.files.open(file)
    return Stream(content, media_type="application/octet-stream", headers=headers)


@delete(ATTACHMENT, status_code=204)
async def remove_attachment(request: Ask, pk: str) -> None:
    """`DELETE /api/cases/attachment/{pk}/`: by its uploader or an administrator."""
    who, _, file = await _find(request, "file", pk)
    await services(request).casebook.execute(who, BOTTLECRM_DOOR, Detach(file=file.uid), file.case_number)
