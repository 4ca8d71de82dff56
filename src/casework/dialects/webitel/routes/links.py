"""Links on cases; what is to be linked stands in the query (spec/webitel §7)."""

from typing import Any

from litestar import Response, delete, get, patch, post, put

from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, etag, identity
from casework.dialects.webitel.cases import writing
from casework.dialects.webitel.routes import lists, requests
from casework.dialects.webitel.routes.cases import CASE, number
from casework.dialects.webitel.routes.requests import Ask
from casework.dialects.webitel.routes.writing import written
from casework.domain.access import Principal
from casework.domain.case import Child
from casework.domain.commands import AddLink, EditLink, Expectation, RemoveLink
from casework.domain.doors import WEBITEL_DOOR
from casework.domain.refusals import Invalid, NotFound

LINKS = CASE + "/links"
LINK = LINKS + "/{link:str}"


@get(LINKS)
async def listed(request: Ask, etag: str) -> Response[bytes]:
    """`GET /cases/{case}/links`: oldest first."""
    who = await identity.entered(request, "cases", "r")
    return requests.answer(await lists.page(request, who, number(etag), "link"))


@post(LINKS, status_code=200)
async def create(request: Ask, etag: str) -> Response[bytes]:
    """`POST /cases/{case}/links?input.url=…&input.name=…`, or with a body."""
    who = await identity.entered(request, "cases", "w")
    body, asked, case = await requests.body(request), requests.asked(request), number(etag)
    inner = body.get("input")
    given: dict[str, Any] = {**body, **(inner if isinstance(inner, dict) else {})}
    for name in ("url", "name"):
        if f"input_{name}" in asked.values:
            given[name] = asked.one(f"input_{name}")
    if user := asked.one("input_user_id_id"):
        given["user_id"] = {"id": user}
    link = writing.new_link(given)
    actor = await requests.actor(request, who, given)
    outcome = await services(request).casebook.execute(actor, WEBITEL_DOOR, AddLink(link=link), case)
    return requests.answer(await lists.rendered(request, who, outcome.child()))


async def _found(request: Ask, who: Principal, case: int, link: int) -> Child:
    """Return a link on a case.

    Raises:
        NotFound: It is not there, or on another case.
    """
    on, found = await services(request).casebook.read.numbered(who, "link", link)
    if on != case:
        msg = "There is no such link on this case."
        raise NotFound(msg)
    return found


@get(LINK)
async def locate(request: Ask, etag: str, link: str) -> Response[bytes]:
    """`GET /cases/{case}/links/{etag}`."""
    who = await identity.entered(request, "cases", "r")
    found = await _found(request, who, number(etag), _named(link))
    return requests.answer(await lists.rendered(request, who, found))


def _named(link: str) -> int:
    return etag.decode(link, "link").number


@put(LINK)
async def update(request: Ask, etag: str, link: str) -> Response[bytes]:
    """`PUT /cases/{case}/links/{etag}`."""
    return await _update(request, number(etag), link)


@patch(LINK)
async def amend(request: Ask, etag: str, link: str) -> Response[bytes]:
    """`PATCH /cases/{case}/links/{etag}`: the same as PUT."""
    return await _update(request, number(etag), link)


async def _update(request: Ask, case: int, given: str) -> Response[bytes]:
    who = await identity.entered(request, "cases", "w")
    body = await requests.body(request)
    known = written(given, body, "link")
    members: dict[str, Any] = {name: conventions.text(body[name], name) for name in ("url", "name") if name in body}
    if not members.get("url", "some").strip():
        msg = "'url' is required."
        raise Invalid(msg, member="url")
    found = await _found(request, who, case, known.number)
    command = EditLink(link=found.uid, set=members, expect=Expectation("revision", known.version, object="thing"))
    outcome = await services(request).casebook.execute(who, WEBITEL_DOOR, command, case)
    return requests.answer(await lists.rendered(request, who, outcome.child() if outcome.events else found))


@delete(LINK, status_code=200)
async def remove(request: Ask, etag: str, link: str) -> Response[bytes]:
    """`DELETE /cases/{case}/links/{etag}`: answers with what was deleted."""
    who = await identity.entered(request, "cases", "w")
    case = number(etag)
    found = await _found(request, who, case, _named(link))
    await services(request).casebook.execute(who, WEBITEL_DOOR, RemoveLink(link=found.uid), case)
    return requests.answer(await lists.rendered(request, who, found))


HANDLERS = [listed, create, locate, update, amend, remove]
