"""Listing, opening, reading, changing and deleting cases (spec/bottlecrm §1, §3, §8)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, delete, get, patch, post, put

from casework.casebook.reading import Query
from casework.dialects.bottlecrm import translate, wire
from casework.dialects.bottlecrm.identity import principal, uid
from casework.dialects.bottlecrm.routes import references, requests
from casework.dialects.bottlecrm.routes.requests import Ask
from casework.dialects.dialect import services
from casework.domain.access import Principal, may_write, require
from casework.domain.case import Stage
from casework.domain.commands import Delete
from casework.domain.doors import BOTTLECRM_DOOR
from casework.domain.nouns import Noun, Organization, User
from casework.store.cases import COLUMNS, case_of
from casework.web import members

CASES = "/api/cases"
CASE = CASES + "/{pk:str}"
DEFAULT, MOST = 10, 1000
"""Cases on a page."""
FURTHEST = 2**53
_OPEN = frozenset(Stage) - translate.stages(["Closed"])
_RESOLUTIONS = {"open": _OPEN, "closed": frozenset(Stage) - _OPEN}
_CLOSED = {"true": _RESOLUTIONS["closed"], "false": _OPEN}


@get(CASES)
async def list_cases(request: Ask) -> Response[bytes]:
    """`GET /api/cases/`."""
    who = await principal(request)
    require(who, "case.read")
    query = await _query(request, who)
    limit, offset = _window(request)
    if query is None:
        return requests.page(request, [], 0, limit, offset)
    read = services(request).casebook.read
    page = await read.page(who, msgspec.structs.replace(query, limit=limit, offset=offset), translate.COLUMNS)
    frame = await requests.frame(request, who, page.rows)
    return requests.page(request, [translate.case(frame, row) for row in page.rows], page.total, limit, offset)


def _window(request: Ask) -> tuple[int, int]:
    limit = requests.whole_number(request, "limit", DEFAULT, 1, MOST)
    return limit, requests.whole_number(request, "offset", 0, 0, FURTHEST)


async def _query(request: Ask, who: Principal) -> Query | None:
    """Return the question, or None when a filter lets nothing pass.

    Raises:
        Invalid: A malformed id or an unknown word for open and closed; every wrong parameter is named.
    """
    given = {name: [text for text in texts if text] for name, texts in request.query_params.dict().items()}
    errors: members.Errors = {}
    ids = {name: _ids(given.get(name, []), name, errors) for name in ("assigned_to", "account")}
    shut = [_words(given, "resolution_status", _RESOLUTIONS, errors), _words(given, "is_closed", _CLOSED, errors)]
    members.refuse(errors)
    labels = {name: translate.labelled(known, given[name]) for name, known in _LABELS.items() if given.get(name)}
    chosen = [stages for stages in shut if stages is not None]
    if "status" in labels:
        chosen.append(frozenset(translate.stages(labels["status"])))
    stages = frozenset(Stage).intersection(*chosen)
    workers, accounts = await _numbers(request, who, ids)
    names = [text for text in given.get("name", []) if "\x00" not in text]
    unheard = given.get("name") and not names  # no name holds a NUL
    if unheard or workers is None or accounts is None or not stages or not all(labels.values()):
        return None
    ordering = request.query_params.get("ordering", "")
    sort, descending = translate.ORDERS.get(ordering, translate.ORDERS["-created_at"])
    types = labels.get("case_type", set())
    return Query(
        stages=tuple(sorted(stages)) if chosen else (),
        subjects=tuple(names),
        ranks=tuple(sorted(translate.RANKS[label] for label in labels.get("priority", ()))),
        categories=tuple(sorted(translate.CATEGORIES[label] for label in types)),
        uncategorised_by=tuple(translate.TYPES) if "General" in types else (),
        workers=workers,
        organizations=accounts,
        sort=sort,
        descending=descending,
    )


_LABELS: Mapping[str, Mapping[str, Any]] = {
    "status": translate.WRITTEN,
    "priority": translate.RANKS,
    "case_type": translate.CATEGORIES,
}


def _ids(texts: list[str], name: str, errors: members.Errors) -> list[UUID]:
    found = [uid(text) for text in texts]
    if None in found:
        errors[name] = ["Must be a valid UUID."]
    return [one for one in found if one is not None]


def _words(
    given: Mapping[str, list[str]], name: str, known: Mapping[str, frozenset[Stage]], errors: members.Errors
) -> frozenset[Stage] | None:
    texts = [text.lower() for text in given.get(name, [])]
    if any(text not in known for text in texts):
        errors[name] = [f"Must be one of {', '.join(known)}."]
        return None
    return frozenset().union(*(known[text] for text in texts)) if texts else None


async def _numbers(
    request: Ask, who: Principal, ids: Mapping[str, list[UUID]]
) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
    """Return users and organizations by number; None where ids were given and nothing has them."""
    if not any(ids.values()):
        return (), ()
    asked: dict[type[Noun], list[UUID]] = {User: ids["assigned_to"], Organization: ids["account"]}
    found = await services(request).casebook.identities.numbers(who.tenant_id, asked)
    workers, accounts = tuple(found[User].values()), tuple(found[Organization].values())
    return (
        workers if workers or not ids["assigned_to"] else None,
        accounts if accounts or not ids["account"] else None,
    )


@post(CASES)
async def create_case(request: Ask) -> Response[bytes]:
    """`POST /api/cases/`: the case and the files that come with it, or nothing."""
    who = await principal(request)
    require(who, "case.create")
    received = await requests.receive(request, files=True)
    wanted = await references.wanted(request, who, received, wire.CaseWrite)
    commands = [translate.opening(wanted), *received.attached(wanted.get("is_internal"))]
    outcomes = await services(request).casebook.execute_all(who, BOTTLECRM_DOOR, commands)
    return await _case(request, who, outcomes[0].case.number, 201)


async def _case(request: Ask, who: Principal, number: int, status: int = 200) -> Response[bytes]:
    row = await services(request).casebook.read.one(who, number, translate.COLUMNS)
    return requests.answer(translate.case(await requests.frame(request, who, [row]), row), status)


@get(CASE)
async def get_case(request: Ask, pk: str) -> Response[bytes]:
    """`GET /api/cases/{pk}/`: the case with its people, comments and files."""
    who = await principal(request)
    casebook = services(request).casebook
    row = await requests.case_row(request, who, pk, COLUMNS, translate.PARTS)
    frame = await requests.frame(request, who, [row])
    cards = await casebook.people.users(who.tenant_id, translate.assigned(row))
    teams = await casebook.people.teams(who.tenant_id, translate.teams(row))
    found = case_of(row[name] for name in COLUMNS)
    return requests.answer(
        {
            "case_obj": translate.case(frame, row),
            "assigned_to": [translate.user_ref(cards[n]) for n in translate.assigned(row) if n in cards],
            "teams": [translate.team_ref(teams[n]) for n in translate.teams(row) if n in teams],
            "comments": translate.comments(frame, row),
            "attachments": translate.attachments(frame, row),
            "users_mention": [translate.mention(card) for card in await casebook.people.members(who.tenant_id)],
            "comment_permission": may_write(who, found, "case.comment").allowed,
        }
    )


@put(CASE)
async def update_case(request: Ask, pk: str) -> Response[bytes]:
    """`PUT /api/cases/{pk}/`: what is absent stays (spec/bottlecrm §1)."""
    return await _update(request, pk)


@patch(CASE)
async def patch_case(request: Ask, pk: str) -> Response[bytes]:
    """`PATCH /api/cases/{pk}/`: the same as PUT."""
    return await _update(request, pk)


async def _update(request: Ask, pk: str) -> Response[bytes]:
    who = await principal(request)
    casebook = services(request).casebook
    row = await requests.case_row(request, who, pk, translate.COLUMNS)
    require(who, "case.edit")
    received = await requests.receive(request, files=True)
    wanted = await references.wanted(request, who, received, wire.CasePatch)
    vocabulary = await casebook.catalogue.vocabulary(who.tenant_id)
    commands = [*translate.changes(vocabulary, row, wanted), *received.attached(wanted.get("is_internal"))]
    await casebook.execute_all(who, BOTTLECRM_DOOR, commands, row["number"])
    return await _case(request, who, row["number"])


@delete(CASE, status_code=204)
async def delete_case(request: Ask, pk: str) -> None:
    """`DELETE /api/cases/{pk}/`: by an administrator or the creator."""
    who = await principal(request)
    row = await requests.case_row(request, who, pk, ("number",))
    await services(request).casebook.execute(who, BOTTLECRM_DOOR, Delete(), row["number"])
