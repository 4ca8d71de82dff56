"""The tenant's own fields of cases: `/types/extensions/cases` (spec/webitel §14)."""

import re
from collections.abc import Mapping
from typing import Any

from litestar import Response, delete, get, route

from casework.casebook.reference import Change, Lookup
from casework.casebook.reference.fields import check_names
from casework.dialects.dialect import services
from casework.dialects.webitel import identity
from casework.dialects.webitel.conventions import flag, text
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.requests import API, Ask
from casework.domain.access import Principal
from casework.domain.doors import WEBITEL_DOOR
from casework.domain.nouns import Field
from casework.domain.refusals import Invalid, NotFound

PATH = API + "/types/extensions"
REPOSITORY = "cases"
TYPES = {
    "string": "string",
    "richtext": "richtext",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "datetime": "datetime",
    "duration": "duration",
    "lookup": "lookup",
}
"""Types of this API to ours; a list is a field with many values."""
SPELT = {
    **{ours: theirs for theirs, ours in TYPES.items()},
    "int": "int",
    "float": "float",
    "decimal": "float",
    "bool": "bool",
    "date": "datetime",
}
"""Our types as this API spells them; any other reads as a string."""
OWN = ("readonly", "disabled", "hint", "lookup", "default")
"""Members of a field that only this API knows."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
MOST = 200
"""Fields of a tenant."""


def _field(row: Field, place: int) -> dict[str, Any]:
    kind = SPELT.get(row.type, "string")
    own = row.extra.get("webitel", {})
    return {
        "id": row.key or row.name,
        "name": row.title or row.name,
        "type": "list" if row.many else kind,
        "kind": "list" if row.many else kind,
        "of": kind if row.many else None,
        "required": row.required,
        "position": place,
        kind: {},
        **{name: own.get(name) for name in OWN if own.get(name) is not None},
    }


def _told(entry: Mapping[str, Any]) -> str:
    """Return the type that a field tells by a member of that name, as the published client writes it: `string: {}`."""
    return next((name for name in TYPES if isinstance(entry.get(name), Mapping)), "string")


def _members(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a field as the body has it.

    Raises:
        Invalid: It has no name, or a type that there is not.
    """
    key = text(entry.get("id"), "id")
    if not _NAME.fullmatch(key):
        msg = f"'{key[:80]}' is no id of a field: letters, digits and underscores, at most 64."
        raise Invalid(msg, member="id")
    kind = text(entry.get("type") or entry.get("kind"), "type").lower() or _told(entry)
    many = kind == "list"
    if many:
        kind = text(entry.get("of"), "of").lower() or _told(entry)
    kind = kind.removeprefix("u").rstrip("0123456789")  # uint64, int32, float64
    if kind not in TYPES:
        msg = f"'type' must be one of {', '.join((*TYPES, 'list'))}."
        raise Invalid(msg, member="type")
    own = {name: entry[name] for name in ("hint", "lookup", "default") if entry.get(name) is not None}
    own |= {name: True for name in ("readonly", "disabled") if flag(entry.get(name), name)}
    return {
        "key": key,
        "name": key,
        "title": text(entry.get("name"), "name"),
        "type": TYPES[kind],
        "many": many,
        "required": flag(entry.get("required"), "required"),
        "webitel": own,
    }


async def _replace(change: Change, wanted: list[dict[str, Any]]) -> None:
    """Make the tenant's fields the wanted ones: by name those that are there change, the others go."""
    known = {row.key or row.name: row for row in await change.everything(Field)}
    await check_names(change, [members["key"] for members in wanted])
    for name in known.keys() - {members["key"] for members in wanted}:
        await change.remove(known[name])
    for members in wanted:
        own = members.pop("webitel")
        row = known.get(members["key"])
        if row is None:
            await change.add(Field, **members, extra={"webitel": own} if own else {})
            continue
        extra = {name: value for name, value in {**row.extra, "webitel": own}.items() if value}
        if TYPES[SPELT.get(row.type, "string")] == members["type"]:
            members["type"] = row.type  # `enum`, `decimal`: more than this API can say
        await change.set(row, **members, extra=extra)


def _checked(request: Ask) -> None:
    if request.path_params["repository"] != REPOSITORY:
        msg = "Only cases can be extended."
        raise NotFound(msg)


async def _extension(request: Ask, who: Principal) -> dict[str, Any]:
    rows = await services(request).casebook.reference.page(who, Field, Lookup(sort="number"))
    return {"repo": REPOSITORY, "fields": [_field(row, place) for place, row in enumerate(rows, 1)]}


@get(PATH)
async def listed(request: Ask) -> Response[bytes]:
    """`GET /types/extensions`: the one that there is."""
    who = await identity.entered(request, "case_lookups", "r")
    return requests.answer({"page": 1, "items": [await _extension(request, who)]})


@get(PATH + "/{repository:str}")
async def locate(request: Ask) -> Response[bytes]:
    """`GET /types/extensions/cases`."""
    who = await identity.entered(request, "case_lookups", "r")
    _checked(request)
    return requests.answer(await _extension(request, who))


@route(PATH + "/{repository:str}", http_method=["POST", "PUT", "PATCH"], status_code=200)
async def write(request: Ask) -> Response[bytes]:
    """Make the fields of cases those of the body."""
    who = await identity.entered(request, "case_lookups", "w")
    _checked(request)
    body = await requests.body(request)
    given = body.get("fields")
    if not isinstance(given, list) or not all(isinstance(entry, Mapping) for entry in given) or len(given) > MOST:
        msg = f"'fields' must be a list of at most {MOST} objects."
        raise Invalid(msg, member="fields")
    wanted = [_members(entry) for entry in given]
    if len({members["key"] for members in wanted}) < len(wanted):
        msg = "Two fields have the same id."
        raise Invalid(msg, member="fields")
    async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, "catalogue.edit") as change:
        await _replace(change, wanted)
    return requests.answer(await _extension(request, who))


@delete(PATH + "/{repository:str}", status_code=200)
async def remove(request: Ask) -> Response[bytes]:
    """`DELETE /types/extensions/cases`: cases keep what they have in their fields."""
    who = await identity.entered(request, "case_lookups", "d")
    _checked(request)
    before = await _extension(request, who)
    async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, "catalogue.edit") as change:
        await _replace(change, [])
    return requests.answer(before)


HANDLERS = [listed, locate, write, remove]
