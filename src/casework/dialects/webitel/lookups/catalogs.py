"""Catalogs and services: two views of one tree (spec/webitel §9)."""

from litestar import Response, delete, get, post, route

from casework.casebook.reference import Lookup
from casework.casebook.reference.removing import remove_branches
from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, identity
from casework.dialects.webitel.lookups.handlers import ident
from casework.dialects.webitel.lookups.nodes import CATALOGS, SERVICES, visible
from casework.dialects.webitel.lookups.table import Table, members, shown
from casework.dialects.webitel.lookups.tree import CHILDREN, tree, with_teams
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.requests import API, Ask
from casework.domain.access import Principal
from casework.domain.doors import WEBITEL_DOOR
from casework.domain.nouns import Service
from casework.domain.refusals import NotFound

_CATALOGS, _SERVICES = API + CATALOGS.listing, API + SERVICES.listing


@get(_CATALOGS)
async def list_catalogs(request: Ask) -> Response[bytes]:
    """`GET /cases/catalogs`: a page of catalogs, each with its tree."""
    who = await identity.entered(request, CATALOGS.group, "r")
    asked, casebook = requests.asked(request), services(request).casebook
    window, enabled = conventions.window(asked), bool(asked.flag("state"))
    field, descending = conventions.order(asked)
    equal: dict[str, tuple[object, ...]] = {"state": (True,)} if enabled else {}
    if ids := asked.numbers("id") or asked.numbers("ids"):
        equal["number"] = tuple(ids)
    sort = CATALOGS.sorts.get(field, "number" if field == "id" else field) or "name"
    lookup = Lookup(equal=equal, conditions={"catalogs": True}, sort=sort, descending=descending)
    rows = await casebook.reference.page(who, Service, lookup)
    whole = await tree(casebook, who, asked, enabled=enabled)
    if not identity.administers(who):
        rows = await visible(casebook, who, rows)
    if asked.one("query") or asked.one("q"):
        rows = [row for row in rows if whole.holds(row, whole.searched)]
    if asked.flag("has_subservices"):
        rows = [row for row in rows if row.number in whole.below]
    page, more = window.cut(rows[window.offset :][: window.limit])
    wanted = conventions.fields(asked)
    return requests.answer(requests.listed([whole.catalog(row, wanted) for row in page], window, more=more))


@get(_CATALOGS + "/{id:str}")
async def locate_catalog(request: Ask) -> Response[bytes]:
    """`GET /cases/catalogs/{id}`: with its tree, unless the fields leave that out."""
    who = await identity.entered(request, CATALOGS.group, "r")
    casebook = services(request).casebook
    row = _checked(await casebook.reference.one(who, Service, ident(request)), CATALOGS)
    if not identity.administers(who) and not await visible(casebook, who, [row]):
        raise _absent(CATALOGS)
    asked = requests.asked(request)
    wanted = conventions.fields(asked)
    if wanted and not CHILDREN & set(wanted):
        return requests.answer({"catalog": shown(CATALOGS, row, await with_teams(casebook, who, [row]), wanted)})
    whole = await tree(casebook, who, asked)
    return requests.answer({"catalog": whole.catalog(row, wanted)})


@post(_CATALOGS, status_code=200)
async def create_catalog(request: Ask) -> Response[bytes]:
    """`POST /cases/catalogs`."""
    return await _create(request, CATALOGS)


@route(_CATALOGS + "/{id:str}", http_method=["PUT", "PATCH"], status_code=200)
async def update_catalog(request: Ask) -> Response[bytes]:
    """`PUT` and `PATCH /cases/catalogs/{id}`: what is in the body changes."""
    return await _update(request, CATALOGS)


@delete(_CATALOGS + "/{id:str}", status_code=200)
async def delete_catalogs(request: Ask) -> Response[bytes]:
    """`DELETE /cases/catalogs/{id}`: several by comma, each with its services."""
    return await _delete(request, CATALOGS)


@get(_SERVICES)
async def list_services(request: Ask) -> Response[bytes]:
    """`GET /cases/services`: services without their tree."""
    who = await identity.entered(request, CATALOGS.group, "r")
    asked, casebook = requests.asked(request), services(request).casebook
    window = conventions.window(asked)
    field, descending = conventions.order(asked)
    equal: dict[str, tuple[object, ...]] = {}
    if roots := asked.numbers("root_id"):
        equal["parent"] = tuple(roots)
    if (state := asked.flag("state")) is not None:
        equal["state"] = (state,)
    if ids := asked.numbers("id") or asked.numbers("ids"):
        equal["number"] = tuple(ids)
    lookup = Lookup(
        equal=equal,
        conditions={"services": True},
        search=asked.one("q"),
        sort=SERVICES.sorts.get(field, "number" if field == "id" else field) or "name",
        descending=descending,
        offset=window.offset,
        limit=window.limit,
    )
    rows, more = window.cut(await casebook.reference.page(who, Service, lookup))
    shared, wanted = await with_teams(casebook, who, rows), conventions.fields(asked)
    found = [shown(SERVICES, row, shared, wanted) for row in rows]
    return requests.answer(requests.listed(found, window, more=more))


@get(_SERVICES + "/{id:str}")
async def locate_service(request: Ask) -> Response[bytes]:
    """`GET /cases/services/{id}`."""
    who = await identity.entered(request, CATALOGS.group, "r")
    row = _checked(await services(request).casebook.reference.one(who, Service, ident(request)), SERVICES)
    return requests.answer({"service": await _rendered(request, who, SERVICES, row)})


@post(_SERVICES, status_code=200)
async def create_service(request: Ask) -> Response[bytes]:
    """`POST /cases/services`."""
    return await _create(request, SERVICES)


@route(_SERVICES + "/{id:str}", http_method=["PUT", "PATCH"], status_code=200)
async def update_service(request: Ask) -> Response[bytes]:
    """`PUT` and `PATCH /cases/services/{id}`: what is in the body changes."""
    return await _update(request, SERVICES)


@delete(_SERVICES + "/{id:str}", status_code=200)
async def delete_services(request: Ask) -> Response[bytes]:
    """`DELETE /cases/services/{id}`: several by comma, each with what lies below it."""
    return await _delete(request, SERVICES)


async def _create(request: Ask, table: Table) -> Response[bytes]:
    who = await identity.entered(request, table.group, table.letters[0])
    body = await requests.body(request)
    async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, table.permission) as change:
        row = await change.add(Service, **await members(change, table, body, None))
    return requests.answer(await _rendered(request, who, table, row))


async def _update(request: Ask, table: Table) -> Response[bytes]:
    who = await identity.entered(request, table.group, table.letters[1])
    body = await requests.body(request)
    async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, table.permission) as change:
        before = _checked(await change.get(Service, ident(request)), table)
        row = await change.set(before, **await members(change, table, body, before))
    return requests.answer(await _rendered(request, who, table, row))


async def _delete(request: Ask, table: Table) -> Response[bytes]:
    who = await identity.entered(request, table.group, table.letters[2])
    parts = [part for part in request.path_params["id"].split(",") if part]
    numbers = list(dict.fromkeys(conventions.number(part.strip(), "id") for part in parts))
    async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, table.permission) as change:
        rows = [_checked(await change.get(Service, number), table) for number in numbers]
        await remove_branches(change, rows)
    return requests.answer({"items": [{"id": str(number)} for number in numbers]})


async def _rendered(request: Ask, who: Principal, table: Table, row: Service) -> dict[str, object]:
    casebook = services(request).casebook
    shared = await with_teams(casebook, who, [row])
    return shown(table, row, shared, conventions.fields(requests.asked(request)))


def _checked(row: Service, table: Table) -> Service:
    """Return the node when it is of the kind that the path is about: a catalog lies in nothing."""
    if (row.parent is None) != (table is CATALOGS):
        raise _absent(table)
    return row


def _absent(table: Table) -> NotFound:
    return NotFound(f"There is no such {table.wrap}.")


HANDLERS = [
    list_catalogs,
    locate_catalog,
    create_catalog,
    update_catalog,
    delete_catalogs,
    list_services,
    locate_service,
    create_service,
    update_service,
    delete_services,
]
