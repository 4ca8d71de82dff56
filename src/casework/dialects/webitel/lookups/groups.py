"""Contact groups: teams, and for dynamic ones the conditions by which they choose (spec/webitel §10)."""

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Response, delete, get, post, route
from msgspec.structs import replace

from casework.casebook.reference import Change, Lookup
from casework.casebook.reference.removing import remove
from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, identity
from casework.dialects.webitel.conventions import Parameters, flag, integer, reference, text
from casework.dialects.webitel.lookups.handlers import handlers, ident, listed, rendered
from casework.dialects.webitel.lookups.simple import NAME
from casework.dialects.webitel.lookups.table import Frame, Input, Table, audit, exist, members, missing
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.requests import API, Ask
from casework.domain.access import Principal
from casework.domain.doors import WEBITEL_DOOR
from casework.domain.nouns import Person, Team
from casework.domain.refusals import Invalid, NotFound
from casework.domain.routing import Expression

KINDS = ("static", "dynamic")
GROUP = API + "/contacts/groups"
CONDITIONS = GROUP + "/{group_id:str}/conditions"
CONDITION = [CONDITIONS + "/{id:str}", GROUP + "/conditions/{id:str}"]
"""Where one condition is: the published client does not name the group."""
UNNUMBERED = 10**12
"""Conditions of world files have no ids of their own; theirs lie beyond all numbers until the group is changed."""
PLACES = 10**4
Condition = dict[str, Any]


def _kind(value: Any, name: str) -> str:
    found = text(value, name).lower() or KINDS[0]
    if found not in KINDS:
        msg = f"'{name}' must be STATIC or DYNAMIC."
        raise Invalid(msg, member=name)
    return found


def _filters(asked: Parameters) -> tuple[dict[str, tuple[Any, ...]], dict[str, Any]]:
    kinds = [kind for kind in asked.many("type") if kind != "GROUP_TYPE_UNSPECIFIED"]
    equal = {"kind": tuple(_kind(kind, "type") for kind in kinds)} if kinds else {}
    return equal, {"enabled": True} if asked.flag("enabled") else {}


async def _settle(change: Change, row: Team | None, found: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    """A default group is a static one; what only this API says of a group is kept beside it."""
    await change.alone()
    extra = row.extra if row is not None else {}
    own = {**extra.get("webitel", {}), **{n: found.pop(n) for n in ("description", "enabled") if n in found}}
    if own:
        found["extra"] = {**extra, "webitel": own}
    if (number := found.get("default_team")) is not None:
        await _static(change, number, "default_group", but=row)
    return found


async def _static(change: Change, number: int, name: str, but: Team | None = None) -> None:
    (team,) = await change.find(Team, "number", number) or (None,)
    if team is None or team.kind != "static" or (but is not None and team.number == but.number):
        msg = f"'{name}' must be a static group."
        raise Invalid(msg, member=name)


def _group(row: Team, shared: Frame) -> dict[str, Any]:
    own = row.extra.get("webitel", {})
    return {
        "name": row.name,
        "description": own.get("description"),
        "enabled": own.get("enabled", True),
        "type": row.kind.upper(),
        "default_group": shared.named(row.default_team),
        **audit(row, shared),
    }


GROUPS = Table(
    kind=Team,
    wrap="group",
    listing="/contacts/groups",
    render=_group,
    refers=lambda row: {Team: [row.default_team]},
    inputs={
        **NAME,
        "description": Input("description", text),
        "enabled": Input("enabled", flag),
        "type": Input("kind", _kind),
        "default_group": Input("default_team", reference, names=Team),
    },
    settle=_settle,
    conditions=_filters,
    group="contacts",
    permission="people.edit",
    always=frozenset({"updated_at", "updated_by"}),
)


# ---- dynamic groups, where the published client has them


async def _located(request: Ask, who: Principal, row: Team) -> dict[str, Any]:
    if row.kind != "dynamic":
        msg = "There is no such dynamic group."
        raise NotFound(msg)
    return await rendered(request, who, GROUPS, row)


def _dynamic_ones(asked: Parameters) -> tuple[dict[str, tuple[Any, ...]], dict[str, Any]]:
    return {"kind": ("dynamic",)}, _filters(asked)[1]


DYNAMIC = replace(GROUPS, conditions=_dynamic_ones)


@get(GROUP + "/dynamic")
async def list_dynamic(request: Ask) -> Response[bytes]:
    """`GET /contacts/groups/dynamic`."""
    return await listed(request, await identity.entered(request, "contacts", "r"), DYNAMIC)


@post(GROUP + "/dynamic", status_code=200)
async def create_dynamic(request: Ask) -> Response[bytes]:
    """`POST /contacts/groups/dynamic`."""
    who = await identity.entered(request, "contacts", "x")
    body = {**await requests.body(request), "type": "dynamic"}
    async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, GROUPS.permission) as change:
        row = await change.add(Team, **await members(change, GROUPS, body, None))
    return requests.answer(await _located(request, who, row))


@get(GROUP + "/{id:str}/dynamic")
async def locate_dynamic(request: Ask) -> Response[bytes]:
    """`GET /contacts/groups/{id}/dynamic`."""
    who = await identity.entered(request, "contacts", "r")
    row = await services(request).casebook.reference.one(who, Team, ident(request))
    return requests.answer({"group": await _located(request, who, row)})


@route(GROUP + "/{id:str}/dynamic", http_method=["PUT", "PATCH"], status_code=200)
async def update_dynamic(request: Ask) -> Response[bytes]:
    """`PUT` and `PATCH /contacts/groups/{id}/dynamic`: what is in the body changes; it stays dynamic."""
    who = await identity.entered(request, "contacts", "w")
    body = {**await requests.body(request), "type": "dynamic"}
    async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, GROUPS.permission) as change:
        before = await change.get(Team, ident(request))
        await _located(request, who, before)
        row = await change.set(before, **await members(change, GROUPS, body, before))
    return requests.answer(await _located(request, who, row))


@delete(GROUP + "/{id:str}/dynamic", status_code=200)
async def delete_dynamic(request: Ask) -> Response[bytes]:
    """`DELETE /contacts/groups/{id}/dynamic`."""
    who = await identity.entered(request, "contacts", "d")
    async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, GROUPS.permission) as change:
        row = await change.get(Team, ident(request))
        shown = await _located(request, who, row)
        await remove(change, row)
    return requests.answer(shown)


# ---- conditions


def numbered(team: Team) -> list[Condition]:
    """Return the conditions of a group in order, each with an id that no other one of the tenant has."""
    first = UNNUMBERED + team.number * PLACES
    return [{"id": first + place, **condition} for place, condition in enumerate(team.conditions, 1)]


async def _read(change: Change, body: Mapping[str, Any], old: Condition | None) -> Condition:
    """Return a condition as the body has it.

    Raises:
        Invalid: There is no expression, or it cannot be read; or a group or assignee that cannot be assigned.
    """
    found = dict(old or {})
    if "expression" in body or old is None:
        found["expression"] = text(body.get("expression"), "expression")
        if not found["expression"].strip():
            raise missing("expression")
        Expression(found["expression"])
    if "group" in body:
        found["team"] = reference(body["group"], "group")
        if found["team"] is not None:
            await _static(change, found["team"], "group")
    if "assignee" in body:
        found["assignee"] = await _user(change, reference(body["assignee"], "assignee"))
    if found.get("team") is None:
        raise missing("group")
    return {name: value for name, value in found.items() if value is not None}


async def _user(change: Change, person: int | None) -> int | None:
    if person is None:
        return None
    await exist(change, Person, [person], "assignee")
    (contact,) = await change.find(Person, "number", person)
    if contact.user is None:
        msg = "The assignee must be a contact who is a user."
        raise Invalid(msg, member="assignee")
    return contact.user


def _placed(conditions: list[Condition], one: Condition, body: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Return the conditions with this one where `position`, from 1, puts it: else where it was, or last."""
    places = [other["id"] for other in conditions]
    others = [other for other in conditions if other["id"] != one["id"]]
    place = places.index(one["id"]) if one["id"] in places else len(others)
    if body.get("position") is not None:
        place = integer(body["position"], "position") - 1
        if place < 0:
            msg = "'position' starts from 1."
            raise Invalid(msg, member="position")
    others.insert(place, one)
    return tuple(others)


async def _dynamic(change: Change, request: Ask) -> Team:
    """Return the dynamic group that the path names, by itself or by one of its conditions, to be changed."""
    await change.alone()
    if "group_id" not in request.path_params:
        number = _holder(await change.everything(Team), ident(request)).number
        return await change.get(Team, number)
    team = await change.get(Team, ident(request, "group_id"))
    if team.kind != "dynamic":
        msg = "Only dynamic groups have conditions."
        raise Invalid(msg, member="group_id")
    return team


def _holder(teams: Iterable[Team], number: int) -> Team:
    for team in teams:
        if any(condition["id"] == number for condition in numbered(team)):
            return team
    msg = "There is no such condition."
    raise NotFound(msg)


def _one(conditions: list[Condition], number: int) -> Condition:
    for condition in conditions:
        if condition["id"] == number:
            return condition
    msg = "There is no such condition."
    raise NotFound(msg)


async def _shown(request: Ask, who: Principal, conditions: list[Condition]) -> list[dict[str, Any]]:
    casebook = services(request).casebook
    names = await casebook.identities.names(who.tenant_id, {Team: {c["team"] for c in conditions if c.get("team")}})
    faces = await casebook.people.faces(who.tenant_id, {c["assignee"] for c in conditions if c.get("assignee")})
    shared = Frame(await casebook.catalogue.vocabulary(who.tenant_id), names, faces)
    return [
        {
            "id": str(condition["id"]),
            "expression": condition.get("expression"),
            "group": shared.named(condition.get("team")),
            "assignee": shared.contact_of(condition.get("assignee")),
            "position": place,
        }
        for place, condition in enumerate(conditions, 1)
    ]


@get(CONDITIONS)
async def list_conditions(request: Ask) -> Response[bytes]:
    """`GET /contacts/groups/{group_id}/conditions`: in the order in which they are tried."""
    who = await identity.entered(request, "contacts", "r")
    team = await services(request).casebook.reference.one(who, Team, ident(request, "group_id"))
    window = conventions.window(requests.asked(request))
    rows = await _shown(request, who, numbered(team))
    page, more = window.cut(rows[window.offset :][: window.limit])
    return requests.answer(requests.listed(page, window, more=more))


@get(CONDITION)
async def locate_condition(request: Ask) -> Response[bytes]:
    """`GET /contacts/groups/conditions/{id}`."""
    who = await identity.entered(request, "contacts", "r")
    reference = services(request).casebook.reference
    if "group_id" in request.path_params:
        team = await reference.one(who, Team, ident(request, "group_id"))
    else:
        team = _holder(await reference.page(who, Team, Lookup(equal={"kind": ("dynamic",)})), ident(request))
    return requests.answer({"condition": await _answered(request, who, team, ident(request))})


@post(CONDITIONS, status_code=200)
async def create_condition(request: Ask) -> Response[bytes]:
    """`POST /contacts/groups/{group_id}/conditions`: last, unless `position` says otherwise."""
    who = await identity.entered(request, "contacts", "w")
    body = await requests.body(request)
    async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, GROUPS.permission) as change:
        team = await _dynamic(change, request)
        known = numbered(team)
        new = {**await _read(change, body, None), "id": await change.number()}
        team = await change.set(team, conditions=_placed(known, new, body))
    return requests.answer(await _answered(request, who, team, new["id"]))


@route(CONDITION, http_method=["PUT", "PATCH"], status_code=200)
async def update_condition(request: Ask) -> Response[bytes]:
    """`PUT` and `PATCH …/conditions/{id}`: what is in the body changes."""
    who = await identity.entered(request, "contacts", "w")
    body = await requests.body(request)
    async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, GROUPS.permission) as change:
        team = await _dynamic(change, request)
        known = numbered(team)
        new = await _read(change, body, _one(known, ident(request)))
        team = await change.set(team, conditions=_placed(known, new, body))
    return requests.answer(await _answered(request, who, team, new["id"]))


@delete(CONDITION, status_code=200)
async def delete_condition(request: Ask) -> Response[bytes]:
    """`DELETE …/conditions/{id}`: answers what it was."""
    who = await identity.entered(request, "contacts", "w")
    async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, GROUPS.permission) as change:
        team = await _dynamic(change, request)
        known = numbered(team)
        gone = _one(known, ident(request))
        await change.set(team, conditions=tuple(c for c in known if c is not gone))
    return requests.answer(await _answered(request, who, team, gone["id"]))


async def _answered(request: Ask, who: Principal, team: Team, number: int) -> dict[str, Any]:
    _one(numbered(team), number)
    rows = await _shown(request, who, numbered(team))
    return next(row for row in rows if row["id"] == str(number))


HANDLERS = [
    *handlers(GROUPS),
    list_dynamic,
    create_dynamic,
    locate_dynamic,
    update_dynamic,
    delete_dynamic,
    list_conditions,
    locate_condition,
    create_condition,
    update_condition,
    delete_condition,
]
