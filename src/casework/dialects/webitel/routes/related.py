"""Relations between cases: seen and ended from either side, of nine types (spec/webitel §8)."""

from typing import Any

from litestar import Response, delete, get, patch, post, put

from casework.dialects.dialect import services
from casework.dialects.webitel import etag, identity
from casework.dialects.webitel.cases import writing
from casework.dialects.webitel.routes import lists, requests
from casework.dialects.webitel.routes.cases import CASE, number
from casework.dialects.webitel.routes.requests import Ask
from casework.dialects.webitel.routes.writing import written
from casework.domain.access import Principal
from casework.domain.case import Relation
from casework.domain.commands import EditRelation, Expectation, Relate, Unrelate
from casework.domain.doors import WEBITEL_DOOR
from casework.domain.refusals import Duplicate, Invalid, NotFound

RELATED = CASE + "/related"
RELATION = RELATED + "/{relation:str}"
PLACEHOLDER = "input.primary_case.id}"
"""What the generated client has in the path in place of the primary case's id, which is in the body then (§2.1)."""


@get(RELATED)
async def listed(request: Ask, etag: str) -> Response[bytes]:
    """`GET /cases/{case}/related`: oldest first, from either side, the types as they are kept."""
    who = await identity.entered(request, "cases", "r")
    return requests.answer(await lists.page(request, who, number(etag), "relation", name="data"))


def _case(given: Any, name: str) -> int:
    """Return the case that a link names by id or etag."""
    ident = given.get("id") or given.get("etag") if isinstance(given, dict) else None
    if ident is None:
        msg = f"'{name}.id' is required."
        raise Invalid(msg, member=name)
    return etag.decode(str(ident), "case").number


@post(RELATED, status_code=200)
async def create(request: Ask, etag: str) -> Response[bytes]:
    """`POST /cases/{case}/related`."""
    who = await identity.entered(request, "cases", "w")
    body, case = await requests.body(request), number(etag)
    other, kind = _case(body.get("related_case"), "related_case"), writing.relation_type(body.get("relation_type"))
    actor = await requests.actor(request, who, body)
    command = Relate(other=other, type=kind, both=True)
    outcome = await services(request).casebook.execute(actor, WEBITEL_DOOR, command, case)
    if not outcome.events:
        msg = "The cases are related so already."
        raise Duplicate(msg, member="related_case")
    return requests.answer(await lists.rendered(request, who, outcome.child()))


async def _found(request: Ask, who: Principal, case: int, relation: int) -> Relation:
    """Return a relation that the case has, on either side.

    Raises:
        NotFound: There is none, or one of its cases may not be read.
    """
    read = services(request).casebook.read
    _, found = await read.numbered(who, "relation", relation)
    if not isinstance(found, Relation) or case not in {found.case_number, found.other}:
        msg = "There is no such relation of this case."
        raise NotFound(msg)
    await read.one(who, found.other, ("number",))
    return found


@get(RELATION)
async def locate(request: Ask, etag: str, relation: str) -> Response[bytes]:
    """`GET /cases/{case}/related/{etag}`."""
    who = await identity.entered(request, "cases", "r")
    found = await _found(request, who, number(etag), _named(relation))
    return requests.answer(await lists.rendered(request, who, found))


def _named(relation: str) -> int:
    return etag.decode(relation, "relation").number


@put(RELATION)
async def update(request: Ask, etag: str, relation: str) -> Response[bytes]:
    """`PUT /cases/{case}/related/{etag}`: another type."""
    return await _update(request, etag, relation)


@patch(RELATION)
async def amend(request: Ask, etag: str, relation: str) -> Response[bytes]:
    """`PATCH /cases/{case}/related/{etag}`: the same as PUT."""
    return await _update(request, etag, relation)


async def _update(request: Ask, text: str, given: str) -> Response[bytes]:
    who = await identity.entered(request, "cases", "w")
    body = await requests.body(request)
    case = _case(body.get("primary_case"), "primary_case") if text == PLACEHOLDER else number(text)
    known = written(given, body, "relation")
    sides = {name: _case(body[name], name) for name in ("primary_case", "related_case") if body.get(name)}
    if len(sides) == 2 and len(set(sides.values())) == 1:
        msg = "A case cannot be related to itself."
        raise Invalid(msg, member="related_case")
    kind = writing.relation_type(body["relation_type"]) if "relation_type" in body else None
    found = await _found(request, who, case, known.number)
    command = EditRelation(
        relation=found.uid,
        type=kind or found.type,
        expect=Expectation("revision", known.version, object="thing"),
    )
    outcome = await services(request).casebook.execute(who, WEBITEL_DOOR, command, found.case_number)
    return requests.answer(await lists.rendered(request, who, outcome.child() if outcome.events else found))


@delete(RELATION, status_code=200)
async def remove(request: Ask, etag: str, relation: str) -> Response[bytes]:
    """`DELETE /cases/{case}/related/{etag}`: from either side."""
    who = await identity.entered(request, "cases", "w")
    found = await _found(request, who, number(etag), _named(relation))
    await services(request).casebook.execute(who, WEBITEL_DOOR, Unrelate(relation=found.uid), found.case_number)
    return requests.answer({})


HANDLERS = [listed, create, locate, update, amend, remove]
