"""What ids in paths and bodies name (spec/peach §2), and the rows that answers are made of."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response

from casework.casebook import Casebook
from casework.dialects.dialect import services
from casework.dialects.peach import ids, translate
from casework.dialects.peach.routes import requests
from casework.dialects.peach.routes.requests import Ask
from casework.dialects.peach.translate import Frame
from casework.domain.access import Principal, require
from casework.domain.nouns import Object, Team, User
from casework.domain.refusals import Invalid, NotFound

OBJECTS = {"loan": ids.LOAN, "interaction": ids.INTERACTION, "document": ids.DOCUMENT}
"""Kinds of objects that cases are associated with, and the prefix of their ids."""


def casebook(request: Ask) -> Casebook:
    """Return the casebook."""
    return services(request).casebook


async def staff(request: Ask, permission: str = "case.read") -> Principal:
    """Return who asks.

    Raises:
        Forbidden: Somebody without the permission.
    """
    who = await requests.principal(request)
    require(who, "case.read")
    require(who, permission)
    return who


async def borrower(request: Ask, who: Principal, text: str) -> int:
    """Return the number of the borrower that an id names.

    Raises:
        NotFound: There is none.
    """
    borrowers = casebook(request).servicing.borrowers

    async def find(external: str) -> int | None:
        return await borrowers.find(who.tenant_id, external)

    number = await ids.in_path(ids.BORROWER, text, "person", find)
    return (await borrowers.one(who.tenant_id, number)).noun.number


async def case_number(request: Ask, who: Principal, text: str) -> int:
    """Return the number of the case that an id names; whether it is there is seen when it is read.

    Raises:
        NotFound: Nothing can have such an id.
    """

    async def find(external: str) -> int | None:
        return await casebook(request).read.named(who, external)

    return await ids.in_path(ids.CASE, text, "case", find)


async def case_row(
    request: Ask,
    who: Principal,
    person: str,
    case: str,
    *,
    columns: Iterable[str] = translate.COLUMNS,
    parts: Iterable[str] = (),
) -> Mapping[str, Any]:
    """Return the row of a borrower's case.

    Raises:
        NotFound: There is no such borrower, or he has no such case that may be read.
    """
    owner = await borrower(request, who, person)
    number = await case_number(request, who, case)
    row = await casebook(request).read.one(who, number, {*columns, "borrowers"}, parts)
    if owner not in row["borrowers"]:
        msg = "There is no such case."
        raise NotFound(msg)
    return row


async def frame(request: Ask, who: Principal, rows: Iterable[Mapping[str, Any]], *others: int | None) -> Frame:
    """Return what the rendering of these rows, and of what these users did, needs to know."""
    numbers = {number for row in rows for number in translate.users_of(row)} | {n for n in others if n is not None}
    return Frame(
        tenant=who.tenant_id,
        vocabulary=await casebook(request).catalogue.vocabulary(who.tenant_id),
        users=await casebook(request).people.users(who.tenant_id, numbers),
    )


async def shown(request: Ask, who: Principal, number: int, message: str) -> Response[bytes]:
    """Return a case in its envelope, as it is now."""
    row = await casebook(request).read.one(who, number, translate.COLUMNS, translate.PARTS)
    return requests.one(translate.case(await frame(request, who, [row]), row), message)


async def today(request: Ask, who: Principal) -> date:
    """Return the date where the company is."""
    tenant = await casebook(request).catalogue.tenant(who.tenant_id)
    return casebook(request).clock().astimezone(ZoneInfo(tenant.timezone)).date()


async def employee(request: Ask, who: Principal, text: str, member: str) -> int:
    """Return the number of the employee that an id in a body names; a user's id names the same one.

    Raises:
        Invalid: There is none.
    """

    async def find(external: str) -> int | None:
        found = await casebook(request).identities.external(who.tenant_id, User, external)
        return found[0].number if found else None

    number = await ids.resolve(ids.EMPLOYEE, text, find)
    known = await casebook(request).identities.present(who.tenant_id, User, [number] if number else [])
    if number not in known or known[number].kind == "customer":
        msg = "There is no such employee."
        raise Invalid(msg, member=member)
    return number


async def team(request: Ask, who: Principal, text: str, member: str) -> Team:
    """Return the team that an id in a body names.

    Raises:
        Invalid: There is none.
    """

    async def find(external: str) -> int | None:
        found = await casebook(request).identities.external(who.tenant_id, Team, external)
        return found[0].number if found else None

    number = await ids.resolve(ids.TEAM, text, find)
    known = await casebook(request).identities.present(who.tenant_id, Team, [number] if number else [])
    if number not in known:
        msg = "There is no such team."
        raise Invalid(msg, member=member)
    return known[number]


async def target(
    request: Ask, who: Principal, team_id: str | None, employee_id: str | None
) -> tuple[int | None, int | None]:
    """Return team and employee of an escalation.

    Raises:
        Invalid: One of them is not there, or the employee is not in the team (spec/peach §9).
    """
    helpers = await team(request, who, team_id, "escalatedTeamId") if team_id is not None else None
    helper = await employee(request, who, employee_id, "escalatedEmployeeId") if employee_id is not None else None
    if helpers is not None and helper is not None and helper not in helpers.members:
        msg = "The employee is not a member of the team."
        raise Invalid(msg, member="escalatedEmployeeId")
    return helpers.number if helpers is not None else None, helper


async def thing(request: Ask, who: Principal, kind: str, text: str) -> int:
    """Return the number of the loan, interaction or document that an id names.

    Raises:
        NotFound: The company has none.
    """

    async def find(external: str) -> int | None:
        found = await casebook(request).identities.external(who.tenant_id, Object, external)
        return next((one.number for one in found if one.kind == kind), None)

    number = await ids.in_path(OBJECTS[kind], text, kind, find)
    known = await casebook(request).identities.present(who.tenant_id, Object, [number])
    if number not in known or known[number].kind != kind:
        msg = f"There is no such {kind}."
        raise NotFound(msg)
    return number
