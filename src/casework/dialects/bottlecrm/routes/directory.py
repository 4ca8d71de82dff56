"""What the ids in cases name: accounts, contacts, teams and users, to read (spec/bottlecrm §3)."""

from collections.abc import Callable, Mapping
from typing import Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from casework.dialects.bottlecrm import translate
from casework.dialects.bottlecrm.identity import path_uid, principal
from casework.dialects.bottlecrm.routes import requests
from casework.dialects.bottlecrm.routes.cases import DEFAULT, FURTHEST, MOST
from casework.dialects.bottlecrm.routes.requests import Ask
from casework.dialects.dialect import services
from casework.domain.access import Principal, require
from casework.domain.nouns import Noun, Organization, Person, Team
from casework.domain.refusals import NotFound

KINDS: Mapping[str, tuple[type[Noun], Callable[[Any], dict[str, Any]]]] = {
    "accounts": (Organization, translate.account_ref),
    "contacts": (Person, translate.contact_ref),
    "teams": (Team, translate.team_ref),
}
"""Path to what lies there and how it is rendered."""


def _window(request: Ask) -> tuple[int, int]:
    limit = requests.whole_number(request, "limit", DEFAULT, 1, MOST)
    return limit, requests.whole_number(request, "offset", 0, 0, FURTHEST)


async def _reader(request: Ask) -> Principal:
    who = await principal(request)
    require(who, "case.read")
    return who


def _listing(path: str) -> HTTPRouteHandler:
    kind, render = KINDS[path]

    @get(f"/api/{path}")
    async def listed(request: Ask) -> Response[bytes]:
        who = await _reader(request)
        limit, offset = _window(request)
        total, found = await services(request).casebook.people.listed(who.tenant_id, kind, offset, limit)
        return requests.page(request, [render(noun) for noun in found], total, limit, offset)

    return listed


def _single(path: str) -> HTTPRouteHandler:
    kind, render = KINDS[path]

    @get(f"/api/{path}/{{pk:str}}")
    async def single(request: Ask, pk: str) -> Response[bytes]:
        who = await _reader(request)
        uid = path_uid(pk, path[:-1].capitalize())
        return requests.answer(render(await services(request).casebook.people.by_uid(who.tenant_id, kind, uid)))

    return single


@get("/api/users")
async def users(request: Ask) -> Response[bytes]:
    """`GET /api/users/`: active members, whom cases can be assigned to."""
    who = await _reader(request)
    limit, offset = _window(request)
    cards = await services(request).casebook.people.members(who.tenant_id)
    shown = [translate.user_ref(card) for card in cards[offset : offset + limit]]
    return requests.page(request, shown, len(cards), limit, offset)


@get("/api/users/{pk:str}")
async def user(request: Ask, pk: str) -> Response[bytes]:
    """`GET /api/users/{pk}/`: an active member."""
    who = await _reader(request)
    uid = path_uid(pk, "User")
    for card in await services(request).casebook.people.members(who.tenant_id):
        if card.uid == uid:
            return requests.answer(translate.user_ref(card))
    msg = "User not found"
    raise NotFound(msg)


HANDLERS = [*(_listing(path) for path in KINDS), *(_single(path) for path in KINDS), users, user]
