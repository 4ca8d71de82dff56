"""The six operations that every lookup has, made from its table."""

from typing import Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler, delete, get, post, route

from casework.casebook.reference import Change, Lookup
from casework.casebook.reference.removing import remove
from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, identity
from casework.dialects.webitel.lookups.table import Frame, Table, frame, members, shown
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.requests import API, Ask
from casework.domain.access import Principal
from casework.domain.doors import WEBITEL_DOOR
from casework.domain.nouns import Noun
from casework.domain.refusals import Invalid, NotFound


def handlers(table: Table) -> list[HTTPRouteHandler]:
    """Return list, create, locate, update (by both verbs) and delete of a lookup."""
    path, one = API + table.listing, API + (table.adding or table.listing) + "/{id:str}"
    adding, changing, removing = table.letters

    async def list_rows(request: Ask) -> Response[bytes]:
        who = await identity.entered(request, table.group, "r")
        return await listed(request, who, table)

    async def locate(request: Ask) -> Response[bytes]:
        who = await identity.entered(request, table.group, "r")
        row = within(table, request, await services(request).casebook.reference.one(who, table.kind, ident(request)))
        found = await rendered(request, who, table, row)
        return requests.answer({table.wrap: found} if table.wrapped else found, keep=table.keep)

    async def create(request: Ask) -> Response[bytes]:
        who = await identity.entered(request, table.group, adding)
        body = await requests.body(request)
        async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, table.permission) as change:
            held = await parent(request, change, table)
            row = await change.add(table.kind, **held, **await members(change, table, {**body, **held}, None))
            if table.after is not None:
                row = await table.after(change, row, body)
        return requests.answer(await rendered(request, who, table, row), keep=table.keep)

    async def update(request: Ask) -> Response[bytes]:
        who = await identity.entered(request, table.group, changing)
        body = await requests.body(request)
        body = {**dict.fromkeys(table.replaced), **body}
        async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, table.permission) as change:
            before = within(table, request, await change.get(table.kind, ident(request)))
            row = await change.set(before, **await members(change, table, body, before))
            if table.after is not None:
                row = await table.after(change, row, body)
        return requests.answer(await rendered(request, who, table, row), keep=table.keep)

    async def remove_row(request: Ask) -> Response[bytes]:
        who = await identity.entered(request, table.group, removing)
        async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, table.permission) as change:
            row = within(table, request, await change.get(table.kind, ident(request)))
            await remove(change, row)
        return requests.answer(await rendered(request, who, table, row), keep=table.keep)

    for made, verb in ((list_rows, "list"), (locate, "locate"), (create, "create"), (update, "update")):
        made.__name__ = f"{verb}_{table.wrap}"
    remove_row.__name__ = f"delete_{table.wrap}"
    return [
        get(path)(list_rows),
        post(API + table.adding if table.adding else path, status_code=200)(create),
        get(one)(locate),
        route(one, http_method=list(table.verbs), status_code=200)(update),
        delete(one, status_code=200)(remove_row),
    ]


def ident(request: Ask, parameter: str = "id") -> int:
    """Return the id in the path.

    Raises:
        Invalid: It is no positive number.
    """
    found = conventions.number(request.path_params[parameter], parameter)
    if not found:
        msg = f"'{parameter}' must be a positive number."
        raise Invalid(msg, member=parameter)
    return found


def within(table: Table, request: Ask, row: Any) -> Any:
    """Return a row that lies in the parent that the path names.

    Raises:
        NotFound: It lies elsewhere.
    """
    if table.parent is not None and getattr(row, table.parent.member) != ident(request, table.parent.parameter):
        msg = f"There is no such {table.wrap.replace('_', ' ')}."
        raise NotFound(msg)
    return row


async def parent(request: Ask, change: Change, table: Table) -> dict[str, Any]:
    """Return the member that holds the number of what the new row lies in."""
    if table.parent is None:
        return {}
    found: Noun = await change.get(table.parent.kind, ident(request, table.parent.parameter))
    return {table.parent.member: found.number}


async def shared_by(request: Ask, who: Principal, table: Table, rows: list[Any]) -> Frame:
    """Return what these rows refer to."""
    return await frame(services(request).casebook, who, table, rows)


async def rendered(request: Ask, who: Principal, table: Table, row: Any) -> dict[str, Any]:
    """Return a row as it is shown to the request."""
    wanted = conventions.fields(requests.asked(request))
    return shown(table, row, await shared_by(request, who, table, [row]), wanted)


async def listed(request: Ask, who: Principal, table: Table) -> Response[bytes]:
    """Return a page of a lookup."""
    asked, casebook = requests.asked(request), services(request).casebook
    window = conventions.window(asked)
    equal, conditions = table.conditions(asked)
    if table.parent is not None:
        held = await casebook.reference.one(who, table.parent.kind, ident(request, table.parent.parameter))
        equal[table.parent.member] = (held.number,)
    if ids := asked.numbers("id") or asked.numbers("ids"):
        equal["number"] = tuple(ids)
    field, descending = conventions.order(asked)
    lookup = Lookup(
        equal=equal,
        conditions=conditions,
        search=asked.one("q"),
        sort=table.sorts.get(field, "number" if field == "id" else field) or "name",
        descending=descending,
        offset=window.offset,
        limit=window.limit,
    )
    rows, more = window.cut(await casebook.reference.page(who, table.kind, lookup))
    shared, wanted = await shared_by(request, who, table, rows), conventions.fields(asked)
    found = [shown(table, row, shared, wanted) for row in rows]
    return requests.answer(requests.listed(found, window, more=more, name=table.rows), keep=table.keep)
