"""Roles, and who holds what on a case (spec/webitel §13)."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, patch

from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, etag, identity
from casework.dialects.webitel.conventions import integer, text
from casework.dialects.webitel.lookups.handlers import listed
from casework.dialects.webitel.lookups.table import Frame, Table
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.requests import API, Ask
from casework.domain.access import Principal
from casework.domain.commands import Expectation, Grant
from casework.domain.doors import WEBITEL_DOOR
from casework.domain.nouns import CustomRole, User
from casework.domain.refusals import Invalid, NotFound, Stale

LETTERS = "xrwd"
WHOLE = "rrwwdd"
"""What the creator of a row always holds, with the right to pass it on."""
TRIES = 5
"""How often rights are toggled anew when the case is changed meanwhile."""


# ---- roles


def _permissions(row: CustomRole) -> list[dict[str, str]]:
    held = set(row.permissions)
    ids = ["add", "read", "write", "delete"] if {"catalogue.edit", "people.edit"} <= held else []
    ids += ["export_data_grid"] if "case.export" in held else []
    return [{"id": ident, "name": ident} for ident in ids]


def _role(row: CustomRole, _shared: Frame) -> dict[str, Any]:
    return {"name": row.name, "description": row.key, "permissions": _permissions(row)}


ROLES = Table(kind=CustomRole, wrap="role", listing="/roles", render=_role, inputs={}, group="roles")


@get(API + "/roles")
async def roles(request: Ask) -> Response[bytes]:
    """`GET /roles`: by name."""
    return await listed(request, await identity.entered(request, "roles", "r"), ROLES)


# ---- one case


def toggled(held: str, grants: str) -> str:
    """Return the rights after a change: one letter switches the right, a doubled one the right to pass it on.

    >>> toggled("r", "w"), toggled("rrw", "r"), toggled("r", "rr"), toggled("rr", "rr"), toggled("", "rrw")
    ('rw', 'w', 'rr', 'r', 'rrw')
    """
    counts = {letter: min(held.count(letter), 2) for letter in LETTERS}
    for letter in LETTERS:
        asked = grants.count(letter)
        if asked == 1:
            counts[letter] = 0 if counts[letter] else 1
        elif asked == 2:
            counts[letter] = 1 if counts[letter] == 2 else 2
    return "".join(letter * counts[letter] for letter in LETTERS)


def changes(body: Any) -> list[tuple[int, str]]:
    """Return (grantee, grants) of a body: a list, or the published client's object with one.

    Raises:
        Invalid: It is no list of them.
    """
    if isinstance(body, Mapping) and "list" in body:
        body = body["list"]
    if not isinstance(body, list) or not all(isinstance(entry, Mapping) for entry in body):
        msg = "The body must be a list of {grantee, grants}."
        raise Invalid(msg)
    found = []
    for entry in body:
        given = entry.get("grantee")
        grantee = integer(given.get("id") if isinstance(given, Mapping) else given, "grantee")
        grants = text(entry.get("grants"), "grants").lower()
        if not grants or any(letter not in LETTERS or grants.count(letter) > 2 for letter in grants):
            msg = f"'grants' must be letters out of {LETTERS}, each once or twice."
            raise Invalid(msg, member="grants")
        found.append((grantee, grants))
    return found


@get(
    [API + "/cases/{etag:str}/acl", API + "/{object:str}/{etag:str}/acl"],
)
async def rules(request: Ask) -> Response[bytes]:
    """`GET /{object}/{object_id}/acl`: the creator first, then by name."""
    who = await identity.entered(request, "cases", "r")
    number = _case(request)
    row = await services(request).casebook.read.one(who, number, ("acl", "created_by"))
    held = {int(subject): letters for subject, letters in row["acl"].items()}
    creator = row["created_by"]
    held[creator] = WHOLE
    found = await _holders(request, who, held)
    found.sort(key=lambda rule: (rule["grantee"]["id"] != str(creator), rule["grantee"]["name"].lower()))
    window = conventions.window(requests.asked(request))
    page, more = window.cut(found[window.offset :][: window.limit])
    return requests.answer(requests.listed(page, window, more=more), keep=frozenset({"granted"}))


@patch(
    [API + "/cases/{etag:str}/acl", API + "/{object:str}/{etag:str}/acl"],
    status_code=200,
)
async def toggle(request: Ask) -> Response[bytes]:
    """`PATCH /{object}/{object_id}/acl`: gives and takes rights; the creator keeps all of them whatever is said."""
    who = await identity.entered(request, "cases", "w")
    casebook, number = services(request).casebook, _case(request)
    await casebook.read.one(who, number, ("number",))
    asked = changes(await requests.anything(request))
    await _check_subjects(request, who, [grantee for grantee, _ in asked])
    for left in reversed(range(TRIES)):
        row = await casebook.read.one(who, number, ("acl", "version", "created_by"))
        acl = dict(row["acl"])
        for grantee, grants in asked:
            if grantee != row["created_by"]:
                acl[str(grantee)] = toggled(acl.get(str(grantee), ""), grants)
        command = Grant(acl=acl, expect=Expectation("version", row["version"]))
        try:
            await casebook.execute(who, WEBITEL_DOOR, command, number)
        except Stale:
            if not left:
                raise
        else:
            break
    return requests.answer({})


def _case(request: Ask) -> int:
    if request.path_params.get("object", "cases") != "cases":
        msg = "Rights are held on cases only."
        raise NotFound(msg)
    return etag.decode(request.path_params["etag"], "case").number


async def _check_subjects(request: Ask, who: Principal, numbers: list[int]) -> None:
    reference = services(request).casebook.reference
    known = {**await reference.some(who, User, numbers), **await reference.some(who, CustomRole, numbers)}
    if any(number not in known for number in numbers):
        msg = "'grantee' must be a user or a role."
        raise Invalid(msg, member="grantee")


async def _holders(request: Ask, who: Principal, held: Mapping[int, str]) -> list[dict[str, Any]]:
    reference = services(request).casebook.reference
    users = await reference.some(who, User, held)
    groups = await reference.some(who, CustomRole, held)
    return [
        {
            "grantee": {"id": str(number), "name": subject.name or subject.key or str(number), "user": number in users},
            "granted": held[number],
        }
        for number, subject in {**users, **groups}.items()
    ]


HANDLERS = [roles, rules, toggle]
