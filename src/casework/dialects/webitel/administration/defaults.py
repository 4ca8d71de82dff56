"""The rights that the new rows of a class start with, by who makes them (spec/webitel §13)."""

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Response, get, patch

from casework.casebook import Casebook
from casework.casebook.reference import Change, Lookup
from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, identity
from casework.dialects.webitel.administration.access import changes, toggled
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.requests import API, Ask
from casework.domain.access import Principal
from casework.domain.doors import WEBITEL_DOOR
from casework.domain.nouns import CustomRole, User
from casework.domain.refusals import Invalid, NotFound

Subject = User | CustomRole
BY_ID = "objclass"
"""In place of a class's name: the path names the class by its id."""
MEMBER = "starting_rights"
"""Where the rights are kept with the grantor: class → `user:<key>` or `role:<key>` → letters."""


def _class(request: Ask) -> str:
    """Return the class that the path names: by name, or as `objclass` by the number in `/userinfo`.

    Raises:
        NotFound: There is no such class.
    """
    name, ident = request.path_params["object"], request.path_params["object_id"]
    names = list(identity.CLASSES)
    if name == BY_ID and ident.isdecimal() and 1 <= int(ident[:9]) <= len(names):
        name = names[int(ident) - 1]
    if name not in identity.CLASSES:
        msg = "There is no such class."
        raise NotFound(msg)
    return str(name)


def _word(subject: Subject) -> str:
    """Return how a grantee is kept: by key, which means the same wherever the tenant is applied again."""
    return f"{'user' if isinstance(subject, User) else 'role'}:{subject.key}"


def _kept(subject: Subject, name: str) -> dict[str, str]:
    found: dict[str, str] = subject.extra.get("webitel", {}).get(MEMBER, {}).get(name, {})
    return found


def _shown(subject: Subject) -> dict[str, Any]:
    name = subject.name or subject.key or str(subject.number)
    return {"id": str(subject.number), "name": name, "user": isinstance(subject, User)}


async def _subjects(casebook: Casebook, who: Principal) -> list[Subject]:
    roles = await casebook.reference.page(who, CustomRole, Lookup())
    users = await casebook.reference.page(who, User, Lookup())
    return [*roles, *users]


async def starting_rights(casebook: Casebook, who: Principal, name: str = "cases") -> dict[str, str]:
    """Return the access list that a new row of this caller starts with: subject's number → letters."""
    reference = casebook.reference
    grantors: list[Subject] = [*(await reference.some(who, User, [who.user])).values()]
    grantors += await reference.page(who, CustomRole, Lookup(equal={"key": who.roles}))
    held: dict[str, str] = {}
    for grantor in grantors:
        for word, letters in _kept(grantor, name).items():
            held[word] = _wider(held.get(word, ""), letters)
    if not held:
        return {}
    keys = tuple(word.partition(":")[2] for word in held)
    subjects: list[Subject] = [*await reference.page(who, User, Lookup(equal={"key": keys}))]
    subjects += await reference.page(who, CustomRole, Lookup(equal={"key": keys}))
    return {str(subject.number): held[_word(subject)] for subject in subjects if _word(subject) in held}


def _wider(one: str, other: str) -> str:
    return "".join(letter * max(one.count(letter), other.count(letter)) for letter in "xrwd")


@get(API + "/acl/{object:str}/{object_id:str}")
async def listed(request: Ask) -> Response[bytes]:
    """`GET /acl/{object}/{object_id}`: by grantor and grantee."""
    who = await identity.entered(request, "roles", "r")
    name, asked = _class(request), requests.asked(request)
    subjects = await _subjects(services(request).casebook, who)
    by_word = {_word(subject): subject for subject in subjects if subject.key}
    rows = [
        {"grantor": _shown(grantor), "grantee": _shown(by_word[word]), "granted": letters}
        for grantor in subjects
        for word, letters in _kept(grantor, name).items()
        if word in by_word
    ]
    window = conventions.window(asked)
    page, more = window.cut(rows[window.offset :][: window.limit])
    return requests.answer(requests.listed(page, window, more=more), keep=frozenset({"granted"}))


@patch(API + "/acl/{object:str}/{object_id:str}/grantor/{grantor:str}", status_code=200)
async def toggle(request: Ask) -> Response[bytes]:
    """`PATCH /acl/{object}/{object_id}/grantor/{grantor}`: as on one case, for the rows that the grantor will make."""
    who = await identity.entered(request, "roles", "w")
    name = _class(request)
    grantor = conventions.number(request.path_params["grantor"], "grantor")
    asked = changes(await requests.anything(request))
    async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, "tenant.edit") as change:
        (holder,) = await _named(change, [grantor]) or (None,)
        if holder is None:
            msg = "There is no such user or role."
            raise NotFound(msg)
        held = dict(_kept(holder, name))
        known = {subject.number: subject for subject in await _named(change, [grantee for grantee, _ in asked])}
        for grantee, grants in asked:
            if grantee not in known or not known[grantee].key:
                msg = "'grantee' must be a user or a role."
                raise Invalid(msg, member="grantee")
            word = _word(known[grantee])
            held[word] = toggled(held.get(word, ""), grants)
        await _keep(change, holder, name, {word: letters for word, letters in held.items() if letters})
    return requests.answer({})


async def _named(change: Change, numbers: Iterable[int]) -> list[Subject]:
    wanted = list(numbers)
    return [*await change.find(User, "number", *wanted), *await change.find(CustomRole, "number", *wanted)]


async def _keep(change: Change, holder: Subject, name: str, held: Mapping[str, str]) -> None:
    own = holder.extra.get("webitel", {})
    rights = {**own.get(MEMBER, {}), name: dict(held)}
    extra = {**holder.extra, "webitel": {**own, MEMBER: rights}}
    if isinstance(holder, User):
        await change.set(holder, extra=extra)
    else:
        await change.set(holder, extra=extra)


HANDLERS = [listed, toggle]
