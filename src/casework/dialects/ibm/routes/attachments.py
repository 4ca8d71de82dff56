"""Files on a case (spec/ibm §6.10-12)."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from litestar import Response, delete, get, put
from litestar.response import Stream

from casework.dialects.dialect import services
from casework.dialects.ibm import rendering
from casework.dialects.ibm.extensions import allowed
from casework.dialects.ibm.identity import case_number, file_uid, principal
from casework.dialects.ibm.routes import requests
from casework.dialects.ibm.routes.requests import PATH, Ask
from casework.domain.access import require
from casework.domain.case import File
from casework.domain.commands import Attach, Detach
from casework.domain.doors import IBM_DOOR
from casework.domain.refusals import Invalid, TooLarge, Unsupported
from casework.web import bodies, multipart

LARGEST_FILE = 8 * 1024 * 1024
LARGEST_UPLOAD = 12 * LARGEST_FILE
"""Bytes of a whole request: several files may come in one."""
NAMELESS = "file"
"""The name of a part that came without one, as Python's client sends it."""


@put(PATH + "/{number:str}/attachments")
async def upload(request: Ask, number: str) -> Response[bytes]:
    """`PUT /cases/{number}/attachments`: stores every part named `file`, or none, and answers with the last."""
    who = await principal(request)
    require(who, "case.read")
    require(who, "case.attach")
    case = case_number(number)
    await services(request).casebook.read.one(who, case, ("number",))
    commands: list[Attach] = []
    try:
        async for part in _parts(request):
            if part.name == "file":
                commands.append(await _store(request, part))  # noqa: PERF401 - the comprehension hides the two awaits
    except multipart.MalformedMultipart as error:
        raise Invalid(str(error)) from error
    except bodies.BodyTooLarge as error:
        msg = f"The upload may have at most {LARGEST_UPLOAD} bytes."
        raise TooLarge(msg, limit=LARGEST_UPLOAD) from error
    except bodies.UnsupportedEncoding as error:
        raise Unsupported(str(error)) from error
    except bodies.MalformedBody as error:
        raise Invalid(str(error)) from error
    if not commands:
        msg = "There is no part named 'file' in the upload."
        raise Invalid(msg, member="file")
    outcomes = await services(request).casebook.execute_all(who, IBM_DOOR, commands, case)
    file = outcomes[-1].child()
    assert isinstance(file, File)  # noqa: S101 - narrows the type
    shared = await requests.frame(request, who)
    return requests.answer(rendering.stored_file(shared, file))


def _parts(request: Ask) -> AsyncIterator[multipart.Part]:
    media = request.headers.get("content-type", "")
    if not media:
        msg = "There is no file in the request."
        raise Invalid(msg, member="file")
    if not media.lower().startswith("multipart/form-data"):
        msg = f"Files come as multipart/form-data, not as '{media[:80]}'."
        raise Unsupported(msg)
    stream = bodies.decoded(request.stream(), request.headers.get("content-encoding"), limit=LARGEST_UPLOAD)
    return multipart.parts(stream, media)


async def _store(request: Ask, part: multipart.Part) -> Attach:
    """Store the bytes of a part and return the command that puts the file on the case."""
    name = part.filename or NAMELESS
    if not allowed(name, services(request).settings.ibm_extensions):
        msg = f"Files like '{name[:120]}' are not accepted."
        raise Unsupported(msg, member="file")
    blob = await services(request).casebook.files.store(part.chunks, limit=LARGEST_FILE)
    return Attach(name=name, size=blob.size, digest=blob.digest, content_type=part.content_type)


@get(PATH + "/{number:str}/attachments/{file_id:str}")
async def download(request: Ask, number: str, file_id: str) -> Stream:
    """`GET /cases/{number}/attachments/{file_id}`: always octet-stream, or the Python client would parse JSON files."""
    who = await principal(request)
    require(who, "case.read")
    files = services(request).casebook.files
    file = await files.find(who, case_number(number), file_uid(file_id), public_only=True)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Length": str(file.size),
    }
    return Stream(await files.open(file), media_type="application/octet-stream", headers=headers)


@delete(PATH + "/{number:str}/attachments/{file_id:str}", status_code=200)
async def remove(request: Ask, number: str, file_id: str) -> Response[bytes]:
    """`DELETE /cases/{number}/attachments/{file_id}`: answers with those that remain."""
    who = await principal(request)
    require(who, "case.read")
    require(who, "case.attach")
    case, uid = case_number(number), file_uid(file_id)
    casebook = services(request).casebook
    await casebook.files.find(who, case, uid, public_only=True)
    await casebook.execute(who, IBM_DOOR, Detach(file=uid), case)
    row = await casebook.read.one(who, case, (), ("files",), public_only=True)
    shared = await requests.frame(request, who)
    return requests.answer({"attachments": rendering.attachments(shared, rendering.opened(row))})
