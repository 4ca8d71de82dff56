"""Nodes of the service catalogue: what catalogs and services show, and what may be written (spec/webitel §9)."""

from collections.abc import Iterable, Mapping
from typing import Any

from casework.casebook import Casebook
from casework.casebook.reference import Change
from casework.dialects.webitel.conventions import flag, reference
from casework.dialects.webitel.lookups.simple import DESCRIPTION, NAME, at_most, links, named
from casework.dialects.webitel.lookups.table import Frame, Input, Table
from casework.domain.access import Principal
from casework.domain.nouns import CloseReasonGroup, Person, Priority, Service, Sla, StatusSet, Team, User
from casework.domain.refusals import Invalid


def _refers(row: Service) -> Mapping[type, Iterable[int | None]]:
    return {
        Sla: [row.sla],
        StatusSet: [row.status_set],
        CloseReasonGroup: [row.close_reason_group],
        Team: [row.team, *row.teams],
    }


def priority(row: Service, shared: Frame) -> dict[str, Any] | None:
    """Return a node's default priority with its colour."""
    found = shared.words.priorities.get(row.default_priority or 0)
    if found is None or found.deleted_at is not None:
        return None
    return {"id": str(found.number), "name": found.name, "color": found.color}


def skills(row: Service) -> list[dict[str, Any]]:
    """Return the skills that a catalog is tied to, as they were written."""
    found: list[dict[str, Any]] = row.extra.get("webitel", {}).get("skills", [])
    return found


def _node(row: Service, shared: Frame) -> dict[str, Any]:
    return {
        **named(row, shared),
        "code": row.code,
        "state": row.state,
        "sla": shared.named(row.sla),
        "default_priority": priority(row, shared),
    }


def _catalog(row: Service, shared: Frame) -> dict[str, Any]:
    return {
        **_node(row, shared),
        "prefix": row.prefix,
        "status": shared.named(row.status_set),
        "close_reason_group": shared.named(row.close_reason_group),
        "teams": [link for link in map(shared.named, row.teams) if link],
        "skills": skills(row),
    }


def _service(row: Service, shared: Frame) -> dict[str, Any]:
    group = shared.named(row.team)
    return {
        **_node(row, shared),
        "root_id": str(row.parent),
        "catalog_id": str(top(shared, row)),
        "group": {**group, "type": shared.teams.get(row.team or 0, "static")} if group else None,
        "assignee": shared.contact_of(row.assignee),
    }


def top(shared: Frame, row: Service) -> int:
    """Return the number of the catalog that a node lies in."""
    seen = {row.number}
    number = row.parent
    while number is not None and number not in seen:
        seen.add(number)
        above = shared.words.services.get(number)
        if above is None or above.parent is None:
            return number
        number = above.parent
    return row.number


def _skills(value: Any, name: str) -> list[dict[str, Any]]:
    numbers = links(value, name)
    said = {str(entry.get("id")): entry.get("name") for entry in value or () if isinstance(entry, Mapping)}
    return [
        {"id": str(number), **({"name": given} if isinstance(given := said.get(str(number)), str) else {})}
        for number in numbers
    ]


async def _settle_catalog(
    _change: Change, row: Service | None, members: dict[str, Any], _body: dict[str, Any]
) -> dict[str, Any]:
    if row is None:
        members.setdefault("state", False)
    if "skills" in members:
        extra = row.extra if row is not None else {}
        members["extra"] = {**extra, "webitel": {**extra.get("webitel", {}), "skills": members.pop("skills")}}
    return members


async def _settle_service(
    change: Change, row: Service | None, members: dict[str, Any], _body: dict[str, Any]
) -> dict[str, Any]:
    """A service lies in another node, never in itself or below; its assignee is a contact who is a user."""
    if row is None:
        members.setdefault("state", False)
    if (person := members.get("assignee")) is not None:
        (contact,) = await change.find(Person, "number", person)
        if contact.user is None:
            msg = "The assignee must be a contact who is a user."
            raise Invalid(msg, member="assignee")
        members["assignee"] = contact.user
    if "parent" in members:
        await _check_parent(change, row, members["parent"])
    return members


async def _check_parent(change: Change, row: Service | None, number: int) -> None:
    seen: set[int] = set()
    while number not in seen:
        if row is not None and number == row.number:
            msg = "A service cannot lie in itself."
            raise Invalid(msg, member="root_id")
        seen.add(number)
        (above,) = await change.find(Service, "number", number)
        if above.parent is None:
            return
        number = above.parent


def _root(value: Any, name: str) -> int | None:
    return reference(value if isinstance(value, Mapping) else {"id": value}, name)


_BOTH = {
    **NAME,
    **DESCRIPTION,
    "code": Input("code", at_most(50)),
    "state": Input("state", flag),
}
CATALOGS = Table(
    kind=Service,
    wrap="catalog",
    listing="/cases/catalogs",
    render=_catalog,
    refers=_refers,
    inputs={
        **_BOTH,
        "prefix": Input("prefix", at_most(20), required=True),
        "sla": Input("sla", reference, required=True, names=Sla),
        "status": Input("status_set", reference, required=True, names=StatusSet),
        "close_reason_group": Input("close_reason_group", reference, required=True, names=CloseReasonGroup),
        "default_priority": Input("default_priority", reference, required=True, names=Priority),
        "teams": Input("teams", links, names=Team),
        "skills": Input("skills", _skills),
    },
    settle=_settle_catalog,
    sorts={"status": "status_set"},
)
SERVICES = Table(
    kind=Service,
    wrap="service",
    listing="/cases/services",
    render=_service,
    refers=_refers,
    inputs={
        **_BOTH,
        "sla": Input("sla", reference, names=Sla),
        "group": Input("team", reference, names=Team),
        "assignee": Input("assignee", reference, names=Person),
        "default_priority": Input("default_priority", reference, names=Priority),
        "root_id": Input("parent", _root, required=True, names=Service),
    },
    settle=_settle_service,
    sorts={"group": "team", "root_id": "parent"},
    letters=("w", "w", "w"),
)


async def visible(casebook: Casebook, who: Principal, catalogs: Iterable[Service]) -> list[Service]:
    """Return the catalogs that a caller without global read permission sees.

    They are tied to one of his teams or skills, or to none at all.
    """
    listed = list(catalogs)
    mine: set[str] = set()
    if any(skills(row) for row in listed):
        users = await casebook.reference.some(who, User, [who.user])
        mine = {str(skill) for user in users.values() for skill in user.extra.get("webitel", {}).get("skills", ())}
    return [
        row
        for row in listed
        if (not row.teams and not skills(row))
        or set(row.teams) & set(who.subjects)
        or mine & {str(skill.get("id")) for skill in skills(row)}
    ]
