"""Files on cases: uploaded to the storage under the case's id, and downloaded from there (spec/webitel §11)."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from litestar import Response, delete, get, post
from litestar.response import Stream

from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, identity
from casework.dialects.webitel.routes import lists, requests
from casework.dialects.webitel.routes.cases import CASE, number
from casework.dialects.webitel.routes.requests import API, Ask
from casework.domain.case import File
from casework.domain.commands import Attach, Detach
from casework.domain.doors import WEBITEL_DOOR
from casework.domain.refusals import Invalid, NotFound, TooLarge, Unsupported
from casework.web import bodies, multipart

STORAGE = API + "/storage/file/{uuid:str}"
FILES = CASE + "/files"
LARGEST_FILE = 100 * 1024 * 1024
LARGEST_UPLOAD = 10 * LARGEST_FILE
NAMELESS = "file"
"""The name of a file that came without one."""


@get(FILES)
async def listed(request: Ask, etag: str) -> Response[bytes]:
    """`GET /cases/{case}/files`: oldest first."""
    who = await identity.entered(request, "cases", "r")
    return requests.answer(await lists.page(request, who, number(etag), "file"))


@delete(FILES + "/{file:str}", status_code=200)
async def remove(request: Ask, etag: str, file: str) -> Response[bytes]:
    """`DELETE /cases/{case}/files/{id}`: answers with what was deleted."""
    who = await identity.entered(request, "cases", "w")
    casebook, case = services(request).casebook, number(etag)
    on, found = await casebook.read.numbered(who, "file", conventions.number(file, "id"))
    if on != case:
        msg = "There is no such file on this case."
        raise NotFound(msg)
    await casebook.execute(who, WEBITEL_DOOR, Detach(file=found.uid), case)
    return requests.answer(await lists.rendered(request, who, found))


@post(STORAGE + "/upload", status_code=200)
async def upload(request: Ask, uuid: str) -> Response[bytes]:
    """`POST /storage/file/{case id}/upload?channel=case`: every file of the form, whatever its part is called."""
    who = await identity.principal(request, query=True)
    identity.gate(who, "cases", "w")
    if requests.asked(request).one("channel") not in {"", "case"}:
        msg = "Files can be stored for cases only: channel=case."
        raise Invalid(msg, member="channel")
    case = number(uuid)
    casebook = services(request).casebook
    await casebook.read.one(who, case, ("number",))
    commands = await _received(request)
    if not commands:
        msg = "There is no file in the upload."
        raise Invalid(msg, member="file")
    outcomes = await casebook.execute_all(who, WEBITEL_DOOR, commands, case)
    stored = [file for outcome in outcomes if isinstance(file := outcome.child(), File)]
    return requests.answer([_uploaded(file) for file in stored])


def _uploaded(file: File) -> dict[str, object]:
    return {
        "id": str(file.number),
        "name": file.name,
        "size": file.size,
        "mime": file.content_type or "application/octet-stream",
    }


async def _received(request: Ask) -> list[Attach]:
    try:
        return [command async for command in _stored(request)]
    except multipart.MalformedMultipart as error:
        raise Invalid(str(error)) from error
    except bodies.BodyTooLarge as error:
        raise TooLarge(str(error), limit=error.limit) from error
    except bodies.UnsupportedEncoding as error:
        raise Unsupported(str(error)) from error
    except bodies.MalformedBody as error:
        raise Invalid(str(error)) from error


async def _stored(request: Ask) -> AsyncIterator[Attach]:
    """Store the bytes of each file as it comes, and yield the command that puts it on the case."""
    media = request.headers.get("content-type", "")
    if not media.lower().startswith("multipart/form-data"):
        msg = "Files come as multipart/form-data."
        raise Invalid(msg)
    stream = bodies.decoded(request.stream(), request.headers.get("content-encoding"), limit=LARGEST_UPLOAD)
    async for part in multipart.parts(stream, media):
        blob = await services(request).casebook.files.store(part.chunks, limit=LARGEST_FILE)
        if part.filename or blob.size:
            name = part.filename or part.name or NAMELESS
            yield Attach(name=name, size=blob.size, digest=blob.digest, content_type=part.content_type)


@get(STORAGE + "/download")
async def download(request: Ask, uuid: str) -> Stream:
    """`GET /storage/file/{id}/download`: the token may stand in the query."""
    who = await identity.principal(request, query=True)
    identity.gate(who, "cases", "r")
    casebook = services(request).casebook
    _, file = await casebook.read.numbered(who, "file", conventions.number(uuid, "id"))
    if not isinstance(file, File):  # pragma: no cover - the table has nothing else
        raise TypeError(file)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Length": str(file.size),
    }
    return Stream(await casebook.files.open(file), media_type="application/octet-stream", headers=headers)


HANDLERS = [listed, remove, upload, download]
