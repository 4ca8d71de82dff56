"""Comments on cases: a class of objects of their own, changed by their creators only (spec/webitel §6)."""

from litestar import Response, delete, get, patch, post, put

from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, etag, identity
from casework.dialects.webitel.routes import lists, requests
from casework.dialects.webitel.routes.cases import CASE, CASES, number
from casework.dialects.webitel.routes.requests import Ask
from casework.dialects.webitel.routes.writing import written
from casework.domain.commands import AddComment, EditComment, Expectation, RemoveComment
from casework.domain.doors import WEBITEL_DOOR
from casework.domain.refusals import Forbidden, Invalid, NotFound

COMMENT = CASES + "/comments/{comment:str}"
CLASS = "case_comments"
LONGEST = 100_000


def _text(body: dict[str, object]) -> str:
    text = conventions.text(body.get("text"), "text", LONGEST)
    if not text.strip():
        msg = "'text' is required."
        raise Invalid(msg, member="text")
    return text


@get(CASE + "/comments")
async def listed(request: Ask, etag: str) -> Response[bytes]:
    """`GET /cases/{case}/comments`: newest first."""
    who = await identity.entered(request, CLASS, "r")
    return requests.answer(await lists.page(request, who, number(etag), "comment", newest=True))


@post(CASE + "/comments", status_code=200)
async def publish(request: Ask, etag: str) -> Response[bytes]:
    """`POST /cases/{case}/comments`."""
    who = await identity.entered(request, CLASS, "x")
    body, case = await requests.body(request), number(etag)
    text = _text(body)
    actor = await requests.actor(request, who, body)
    outcome = await services(request).casebook.execute(actor, WEBITEL_DOOR, AddComment(text=text), case)
    return requests.answer(await lists.rendered(request, who, outcome.child()))


@get(COMMENT)
async def locate(request: Ask, comment: str) -> Response[bytes]:
    """`GET /cases/comments/{etag}`."""
    who = await identity.entered(request, CLASS, "r")
    named = etag.decode(comment, "comment").number
    _, found = await services(request).casebook.read.numbered(who, "comment", named)
    return requests.answer(await lists.rendered(request, who, found))


@put(COMMENT)
async def update(request: Ask, comment: str) -> Response[bytes]:
    """`PUT /cases/comments/{etag}`."""
    return await _update(request, comment)


@patch(COMMENT)
async def amend(request: Ask, comment: str) -> Response[bytes]:
    """`PATCH /cases/comments/{etag}`: the same as PUT."""
    return await _update(request, comment)


async def _update(request: Ask, given: str) -> Response[bytes]:
    who = await identity.entered(request, CLASS, "w")
    body = await requests.body(request)
    known, text = written(given, body, "comment"), _text(body)
    casebook = services(request).casebook
    case, found = await casebook.read.numbered(who, "comment", known.number)
    command = EditComment(
        comment=found.uid, set={"text": text}, expect=Expectation("revision", known.version, object="thing")
    )
    try:
        outcome = await casebook.execute(who, WEBITEL_DOOR, command, case)
    except Forbidden as error:  # somebody else's comment is as good as absent (spec/webitel §6)
        msg = "There is no such comment of yours."
        raise NotFound(msg) from error
    after = outcome.child() if outcome.events else found
    return requests.answer(await lists.rendered(request, who, after))


@delete(COMMENT, status_code=200)
async def remove(request: Ask, comment: str) -> Response[bytes]:
    """`DELETE /cases/comments/{etag}`: answers with what was deleted."""
    who = await identity.entered(request, CLASS, "d")
    named = etag.decode(comment, "comment").number
    casebook = services(request).casebook
    case, found = await casebook.read.numbered(who, "comment", named)
    await casebook.execute(who, WEBITEL_DOOR, RemoveComment(comment=found.uid), case)
    return requests.answer(await lists.rendered(request, who, found))


HANDLERS = [listed, publish, locate, update, amend, remove]
