"""Contacts: persons as this API has them (spec/webitel §14). Every user is one, too."""

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Response, delete, get, post, route

from casework.casebook.reference import Change, Lookup
from casework.casebook.reference.removing import remove
from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, etag, identity
from casework.dialects.webitel.conventions import Parameters, flag, text
from casework.dialects.webitel.lookups.table import Frame, Input, Table, frame, members, missing, shown
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.requests import API, Ask
from casework.domain.access import Principal
from casework.domain.doors import WEBITEL_DOOR
from casework.domain.nouns import Person
from casework.domain.refusals import Invalid, Stale

PATH = API + "/contacts"
SYSTEM = "system"
"""Key of the person that acts for the system itself: nobody that cases are about."""
_ADDRESSES = {"emails": "email", "phones": "number", "imclients": "user"}


def common_name(row: Person) -> str:
    """Return the name that people see."""
    return row.name or f"{row.first_name} {row.last_name}".strip()


def _written(row: Person, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = row.extra.get("webitel", {}).get(name, [])
    return found


def _primary(entries: Iterable[Mapping[str, Any]], member: str) -> str | None:
    listed = list(entries)
    return next((e[member] for e in listed if e.get("primary")), listed[0][member] if listed else None)


def _addresses(row: Person, name: str, own: str | None) -> list[dict[str, Any]]:
    """Return addresses as they were written here, unless another door has changed the main one since."""
    member, entries = _ADDRESSES[name], _written(row, name)
    if own is not None and _primary(entries, member) != own:
        others = [{**e, "primary": False} for e in entries if e.get(member) != own]
        entries = [{member: own, "primary": True}, *others]
    elif own is None and name == "emails":
        entries = []
    return [{"id": str(n), **entry} for n, entry in enumerate(entries, 1)]


def _data(entries: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return a list within a contact; an empty one is left out, because clients open what is there."""
    return {"data": entries} if entries else None


def _contact(row: Person, shared: Frame) -> dict[str, Any]:
    ver = row.version - 1
    own = row.extra.get("webitel", {})
    return {
        "etag": etag.encode("contact", row.number, ver),
        "ver": ver,
        "name": {"common_name": common_name(row), "given_name": row.first_name, "family_name": row.last_name},
        "about": own.get("about"),
        "mode": shared.mode,
        "emails": _data(_addresses(row, "emails", row.email)),
        "phones": _data(_addresses(row, "phones", row.extra.get("phone"))),
        "imclients": _data(_addresses(row, "imclients", None)),
        "labels": _data(own.get("labels", [])),
        "user": shared.user(row.user),
        "created_at": conventions.milliseconds(row.created_at),
        "created_by": shared.user(row.created_by),
        "updated_at": conventions.milliseconds(row.updated_at),
        "updated_by": shared.user(row.updated_by),
    }


# ---- writing


def _name(value: Any, name: str) -> dict[str, str]:
    """Return the parts of a name; a common name that says no more than they do is not kept beside them."""
    if isinstance(value, str):
        value = {"common_name": value}
    if not isinstance(value, Mapping):
        raise missing(name)
    whole = text(value.get("common_name"), f"{name}.common_name", 500).strip()
    first = text(value.get("given_name"), f"{name}.given_name", 250).strip()
    last = text(value.get("family_name"), f"{name}.family_name", 250).strip()
    if not whole and not first and not last:
        raise missing(f"{name}.common_name")
    if not first and not last:
        first, _, last = whole.partition(" ")
    return {
        "name": "" if f"{first} {last}".strip() in {whole, ""} or not whole else whole,
        "first": first,
        "last": last,
    }


def _listed(value: Any, name: str) -> list[dict[str, Any]]:
    """Return a list of addresses, bare or under `data`; the first is the main one unless another says so."""
    given = value.get("data") if isinstance(value, Mapping) else value
    if given is None:
        return []
    member = _ADDRESSES[name]
    if not isinstance(given, list) or not all(isinstance(entry, Mapping) for entry in given):
        msg = f"'{name}' must be a list of objects."
        raise Invalid(msg, member=name)
    found = [
        {
            member: text(entry.get(member), f"{name}.{member}", 320).strip(),
            "primary": flag(entry.get("primary"), f"{name}.primary"),
        }
        for entry in given
    ]
    if any(not entry[member] for entry in found):
        raise missing(f"{name}.{member}")
    return found


def _labels(value: Any, name: str) -> list[dict[str, Any]]:
    given = value.get("data") if isinstance(value, Mapping) else value
    if given is not None and not isinstance(given, list):
        msg = f"'{name}' must be a list."
        raise Invalid(msg, member=name)
    entries = [entry.get("label") if isinstance(entry, Mapping) else entry for entry in given or ()]
    return [{"label": text(entry, name, 100)} for entry in entries if entry]


async def _settle(_change: Change, row: Person | None, found: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    """Return columns for what every door knows, and the rest as it was written."""
    extra = dict(row.extra) if row is not None else {}
    own = {**extra.get("webitel", {}), **{n: found.pop(n) for n in (*_ADDRESSES, "labels", "about") if n in found}}
    if "emails" in _body:
        found["email"] = _primary(own["emails"], "email")
    if "phones" in _body:
        extra["phone"] = _primary(own["phones"], "number")
    if "names" in found:
        parts = found.pop("names")
        found |= {"name": parts["name"], "first_name": parts["first"], "last_name": parts["last"]}
    kept = {**extra, "webitel": {name: value for name, value in own.items() if value}}
    found["extra"] = {name: value for name, value in kept.items() if value}
    return found


TABLE = Table(
    kind=Person,
    wrap="contact",
    listing="/contacts",
    render=_contact,
    inputs={
        "name": Input("names", _name, required=True),
        "about": Input("about", text),
        "labels": Input("labels", _labels),
        **{name: Input(name, _listed) for name in _ADDRESSES},
    },
    settle=_settle,
    group="contacts",
    permission="people.edit",
    sorts={"common_name": "name"},
    always=frozenset({"updated_at", "updated_by"}),
)


@get(PATH)
async def contacts(request: Ask) -> Response[bytes]:
    """`GET /contacts`: by name."""
    who = await identity.entered(request, "contacts", "r")
    asked, casebook = requests.asked(request), services(request).casebook
    window = conventions.window(asked)
    field, descending = conventions.order(asked)
    ids = [etag.decode(part, "contact").number for part in (*asked.many("id"), *asked.many("ids"))]
    lookup = Lookup(
        equal={"number": tuple(ids)} if ids else {},
        conditions=_conditions(asked),
        search=asked.one("q"),
        within=asked.one("qin") or "*",
        sort=TABLE.sorts.get(field, "number" if field == "id" else field) or "name",
        descending=descending,
        offset=window.offset,
        limit=window.limit,
    )
    rows, more = window.cut(await casebook.reference.page(who, Person, lookup))
    shared, wanted = await _frame(request, who, rows), conventions.fields(asked)
    found = [shown(TABLE, row, shared, wanted) for row in rows]
    return requests.answer(requests.listed(found, window, more=more, name="data"))


def _conditions(asked: Parameters) -> dict[str, Any]:
    """Return what else narrows the list: `user` (is one), `group` and `not_id_group` (members, by the user)."""
    found: dict[str, Any] = {"apart": SYSTEM}
    if (users := asked.flag("user")) is not None:
        found["user" if users else "no_user"] = True
    if groups := asked.numbers("group") or asked.numbers("group_id"):
        found["member"] = groups
    if others := asked.numbers("not_id_group"):
        found["no_member"] = others
    return found


@get(PATH + "/{etag:str}")
async def locate(request: Ask) -> Response[bytes]:
    """`GET /contacts/{etag}`: not wrapped."""
    who = await identity.entered(request, "contacts", "r")
    row = await services(request).casebook.reference.one(who, Person, _named(request).number)
    return await _answered(request, who, row)


@post(PATH, status_code=200)
async def create(request: Ask) -> Response[bytes]:
    """`POST /contacts`."""
    who = await identity.entered(request, "contacts", "x")
    body = await requests.body(request)
    async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, TABLE.permission) as change:
        row = await change.add(Person, **await members(change, TABLE, body, None))
    return await _answered(request, who, row)


@route(PATH + "/{etag:str}", http_method=["PUT", "PATCH"], status_code=200)
async def update(request: Ask) -> Response[bytes]:
    """`PUT` and `PATCH /contacts/{etag}`: what is in the body changes, unless the etag is of an older version.

    A user that is renamed here keeps his own name: that one belongs to the account.
    """
    who = await identity.entered(request, "contacts", "w")
    body, named = await requests.body(request), _named(request)
    async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, TABLE.permission) as change:
        before = await change.get(Person, named.number)
        if not request.path_params["etag"].isdigit() and named.version != before.version - 1:
            msg = "The contact was changed in the meantime."
            raise Stale(msg)
        row = await change.set(before, **await members(change, TABLE, body, before))
    return await _answered(request, who, row)


@delete(PATH + "/{etag:str}", status_code=200)
async def remove_contact(request: Ask) -> Response[bytes]:
    """`DELETE /contacts/{etag}`: unless a case names the contact, or it is a user."""
    who = await identity.entered(request, "contacts", "d")
    async with services(request).casebook.reference.changing(who, WEBITEL_DOOR, TABLE.permission) as change:
        row = await change.get(Person, _named(request).number)
        await remove(change, row)
    return await _answered(request, who, row)


def _named(request: Ask) -> etag.Etag:
    return etag.decode(request.path_params["etag"], "contact")


async def _frame(request: Ask, who: Principal, rows: list[Person]) -> Frame:
    casebook = services(request).casebook
    shared = await frame(casebook, who, TABLE, rows)
    users = await casebook.people.faces(who.tenant_id, {row.user for row in rows if row.user is not None})
    mode = identity.letters(who, "contacts").replace("x", "")
    return Frame(shared.words, shared.names, {**shared.faces, **users}, mode=mode)


async def _answered(request: Ask, who: Principal, row: Person) -> Response[bytes]:
    wanted = conventions.fields(requests.asked(request))
    return requests.answer(shown(TABLE, row, await _frame(request, who, [row]), wanted))


HANDLERS = [contacts, locate, create, update, remove_contact]
