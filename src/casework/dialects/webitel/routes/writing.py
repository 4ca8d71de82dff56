"""Opening, changing and deleting cases (spec/webitel §5.2, §5.4, §5.7)."""

from typing import Any

from litestar import Response, delete, patch, post, put

from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, etag, identity
from casework.dialects.webitel.administration.defaults import starting_rights
from casework.dialects.webitel.cases import fields, writing
from casework.dialects.webitel.etag import Etag
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.cases import CASE, CASES, one
from casework.dialects.webitel.routes.requests import Ask
from casework.domain.access import Principal
from casework.domain.commands import Delete, Expectation, Several
from casework.domain.doors import WEBITEL_DOOR
from casework.domain.refusals import Invalid

PLACEHOLDER = "input.etag}"
"""What the generated client has in the path in place of an etag, which is in the body then (spec/webitel §2.1)."""
SILENT = frozenset({"etag", "id", "ver", "updated_at", "updated_by", "role_ids", *fields.PARTS})
"""Fields that are no changes to tell of."""


@post(CASES, status_code=200)
async def create(request: Ask) -> Response[bytes]:
    """`POST /cases`: what the body leaves open comes from the service (spec/webitel §5.2)."""
    who = await identity.entered(request, "cases", "x")
    body = writing.unfolded(await requests.body(request))
    shown = fields.chosen(conventions.fields(requests.asked(request)), fields.EVERYTHING)
    rights = await starting_rights(services(request).casebook, who)
    commands = writing.opening(await _world(request, who, body), body, rights)
    actor = await requests.actor(request, who, body)
    outcomes = await services(request).casebook.execute_all(actor, WEBITEL_DOOR, commands)
    return requests.answer(await one(request, who, outcomes[0].case.number, shown))


async def _world(request: Ask, who: Principal, body: writing.Body) -> writing.World:
    casebook = services(request).casebook
    return writing.World(
        words=await casebook.catalogue.vocabulary(who.tenant_id),
        contacts=await casebook.people.users_of(who.tenant_id, writing.contacts_in(body)),
    )


@put(CASE)
async def update(request: Ask, etag: str) -> Response[bytes]:
    """`PUT /cases/{etag}`: only what the body has changes."""
    return await _update(request, etag)


@patch(CASE)
async def amend(request: Ask, etag: str) -> Response[bytes]:
    """`PATCH /cases/{etag}`: the same as PUT."""
    return await _update(request, etag)


async def _update(request: Ask, text: str) -> Response[bytes]:
    who = await identity.entered(request, "cases", "w")
    body, asked = writing.unfolded(await requests.body(request)), requests.asked(request)
    known = written(text, body, "case")
    casebook = services(request).casebook
    row = await casebook.read.one(who, known.number, fields.COLUMNS)
    world = await _world(request, who, body)
    mask = writing.mask(body, asked.many("x_json_mask"))
    command = Several(
        parts=tuple(writing.parts(world, row, body, mask)),
        always=True,
        expect=Expectation("revision", known.version),
    )
    names = conventions.fields(asked)
    before = await one(request, who, known.number, _compared()) if not names or "diff" in names else None
    actor = await requests.actor(request, who, body)
    await casebook.execute(actor, WEBITEL_DOOR, command, known.number)
    shown = fields.chosen((name for name in names if name != "diff"), fields.EVERYTHING)
    found = await one(request, who, known.number, (*shown, "custom"))
    changes = [] if before is None else _changes(before, await one(request, who, known.number, _compared()))
    return requests.answer({**found, "case": found, "changes": changes})


def _compared() -> tuple[str, ...]:
    return tuple(name for name in fields.EVERYTHING if name not in SILENT)


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"field": name, "old_value": conventions.thinned(before[name]), "new_value": conventions.thinned(after[name])}
        for name in _compared()
        if before[name] != after[name]
    ]


def written(text: str, body: writing.Body, kind: str) -> Etag:
    """Return the etag of a row to be written: the path's, or the body's where the path has the placeholder only.

    Raises:
        Invalid: There is none.
    """
    if text == PLACEHOLDER:
        text = conventions.text(body.get("etag"), "etag")
        if not text:
            msg = "'etag' is required."
            raise Invalid(msg, member="etag")
    return etag.decode(text, kind)


@delete(CASE, status_code=200)
async def remove(request: Ask, etag: str) -> Response[bytes]:
    """`DELETE /cases/{etag}`: whatever the version."""
    who = await identity.entered(request, "cases", "d")
    number = written(etag, {}, "case").number
    await services(request).casebook.execute(who, WEBITEL_DOOR, Delete(), number)
    return requests.answer({})


HANDLERS = [create, update, amend, remove]
