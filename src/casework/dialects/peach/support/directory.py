"""`/employees` and `/teams` (spec/peach §11)."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, delete, get, post, put
from msgspec import UNSET, Meta, UnsetType

from casework.dialects.peach import ids
from casework.dialects.peach.routes import requests
from casework.dialects.peach.routes.requests import Ask
from casework.dialects.peach.support import asking
from casework.dialects.peach.support.shapes import Given, Id, Short, company, own, stamps, told
from casework.dialects.spellings import peach
from casework.domain.access import Principal
from casework.domain.doors import PEACH_DOOR
from casework.domain.nouns import Team, User
from casework.domain.refusals import Invalid, NotFound

WRITE = "people.edit"
EMPLOYEES = ["/api/employees", "/api/companies/{company_id:str}/employees"]
EMPLOYEE = "/api/employees/{employee_id:str}"
OF_COMPANY = "/api/companies/{company_id:str}/employees/{employee_id:str}"
TEAMS = "/api/teams"
TEAM = "/api/teams/{team_id:str}"
Part = Annotated[str, Meta(min_length=1, max_length=50)]
TaskType = Literal[
    "answerInboundVoiceCall", "handleInboundInteraction", "handleUnboundInboundInteraction", "makeScheduledCall",
    "replyToNewConvo", "replyToNewText", "replyToNewWebChat", "replyToAbandonedWebChat", "reviewEscalatedCaseAgent",
    "reviewEscalatedCaseAgentUrgent", "reviewEscalatedCaseTeam", "reviewEscalatedCaseTeamUrgent",
    "reviewDocumentUpload", "reviewSnoozedCase", "reviewAutoCreatedCase", "reviewAutoUpdatedCase",
    "reviewCaseInstructions", "reviewVoicemail", "smartReviewCase",
]  # fmt: skip


class Named(msgspec.Struct, frozen=True):
    """Something named by its id within an object, as answers show it."""

    id: Id


Names = Annotated[list[Id | Named], Meta(max_length=1000)]


class EmployeeBody(Given, frozen=True, kw_only=True):
    """An employee to change."""

    firstName: Part | UnsetType = UNSET  # noqa: N815 - the wire's name
    lastName: Part | UnsetType = UNSET  # noqa: N815 - the wire's name
    jobName: Short | UnsetType | None = UNSET  # noqa: N815 - the wire's name
    email: Short | UnsetType | None = UNSET
    phone: Annotated[str, Meta(max_length=16)] | UnsetType | None = UNSET
    managerEmployeeId: Id | UnsetType | None = UNSET  # noqa: N815 - the wire's name
    availableAndPermittedTasktypes: list[TaskType] | UnsetType | None = UNSET  # noqa: N815 - the wire's name
    teams: Names | UnsetType | None = UNSET


class NewEmployee(EmployeeBody, frozen=True, kw_only=True):
    """An employee to make: of a user who is there."""

    userId: Id  # noqa: N815 - the wire's name


class TeamBody(Given, frozen=True, kw_only=True):
    """A team to change."""

    name: Annotated[str, Meta(min_length=1, max_length=100)] | UnsetType = UNSET
    email: Short | UnsetType | None = UNSET
    employees: Names | UnsetType | None = UNSET


class NewTeam(TeamBody, frozen=True, kw_only=True):
    """A team to make."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]


def names(user: User) -> tuple[str, str]:
    """Return the first and last name of an employee: as given, else from the user's name."""
    first, _, last = user.name.partition(" ")
    said = told(user)
    return said.get("firstName") or first, said.get("lastName") or last


def employee(user: User, teams: Sequence[Team]) -> dict[str, Any]:
    """Return an employee as this API shows it."""
    said = told(user)
    first, last = names(user)
    return {
        "id": peach(ids.EMPLOYEE, user.number),
        "object": "employee",
        **stamps(user),
        "companyId": company(user.tenant_id),
        "userId": peach(ids.USER, user.number),
        "externalId": user.external_id,
        "firstName": first,
        "lastName": last,
        "displayName": user.name,
        "jobName": said.get("jobName"),
        "email": said.get("email", user.email),
        "phone": said.get("phone"),
        "managerEmployeeId": ids.spelt(ids.EMPLOYEE, said.get("manager")),
        "availableAndPermittedTasktypes": said.get("availableAndPermittedTasktypes") or [],
        "teams": [
            {"id": peach(ids.TEAM, team.number), "name": team.name} for team in teams if user.number in team.members
        ],
        "metaData": said.get("metaData"),
    }


def team_of(team: Team, users: Mapping[int, User]) -> dict[str, Any]:
    """Return a team as this API shows it."""
    said = told(team)
    known = [users[number] for number in team.members if number in users]
    return {
        "id": peach(ids.TEAM, team.number),
        "object": "team",
        **stamps(team),
        "companyId": company(team.tenant_id),
        "externalId": team.external_id,
        "name": team.name,
        "email": said.get("email"),
        "employees": [{"id": peach(ids.EMPLOYEE, user.number), "displayName": user.name} for user in known],
        "metaData": said.get("metaData"),
    }


def _check_company(who: Principal, text: str | None) -> None:
    """Raise NotFound when the path names another company."""
    if text is not None and ids.read(ids.COMPANY, text) != who.tenant_id:
        msg = "There is no such company."
        raise NotFound(msg)


def _finder(request: Ask, who: Principal, kind: type[User] | type[Team]) -> ids.Find:
    async def find(external: str) -> int | None:
        return await asking.casebook(request).servicing.directory.named(who.tenant_id, kind, external)

    return find


async def _employee_number(request: Ask, who: Principal, text: str) -> int:
    number = await ids.in_path(ids.EMPLOYEE, text, "employee", _finder(request, who, User))
    user, _ = await asking.casebook(request).servicing.directory.employee(who.tenant_id, number)
    return user.number


async def _numbers(request: Ask, who: Principal, given: Any, member: str) -> tuple[int, ...]:
    prefix, kind = (ids.TEAM, Team) if member == "teams" else (ids.EMPLOYEE, User)
    find = _finder(request, who, kind)
    texts = [one.id if isinstance(one, Named) else one for one in given or ()]
    return tuple(dict.fromkeys([await asking.in_body(prefix, text, member, find) for text in texts]))


async def _members(request: Ask, who: Principal, user: User, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that an employee's body asks for."""
    found: dict[str, Any] = {}
    if "externalId" in values:
        found["external_id"] = values["externalId"]
    extra = own(
        values, "firstName", "lastName", "jobName", "email", "phone", "availableAndPermittedTasktypes", "metaData"
    )
    if "firstName" in values or "lastName" in values:
        first, last = names(user)
        found["name"] = f"{values.get('firstName', first)} {values.get('lastName', last)}".strip()
    if "managerEmployeeId" in values:
        text = values["managerEmployeeId"]
        find = _finder(request, who, User)
        extra["manager"] = await asking.in_body(ids.EMPLOYEE, text, "managerEmployeeId", find) if text else None
    return {**found, "extra": {"peach": extra}} if extra else found


@get(EMPLOYEES)
async def employees(request: Ask, company_id: str | None = None) -> Response[bytes]:
    """`GET /employees`, also under `/companies/{companyId}`."""
    who = await asking.staff(request)
    _check_company(who, company_id)

    async def find(text: str) -> int:
        return await _employee_number(request, who, text)

    window = await asking.window(request, find)
    outer = asking.chosen(request, "externalId")
    wanted = {"external_id": outer} if outer else {}
    found, teams = await asking.casebook(request).servicing.directory.employees(who.tenant_id, window, **wanted)
    return asking.many(request, found, [employee(user, teams) for user in found.rows])


@post(EMPLOYEES, status_code=200)
async def create_employee(request: Ask, company_id: str | None = None) -> Response[bytes]:
    """`POST /employees`: what is kept of a user as an employee. The members also stand beside the envelope's own."""
    who = await asking.staff(request, WRITE)
    _check_company(who, company_id)
    values = await asking.given(request, NewEmployee)
    number = await asking.in_body(ids.USER, values["userId"], "userId")
    shown = await _set(request, who, number, values, missing="userId")
    return requests.answer({**shown, "status": 200, "message": "Created", "data": shown})


async def _set(
    request: Ask, who: Principal, number: int, values: Mapping[str, Any], missing: str | None = None
) -> dict[str, Any]:
    directory = asking.casebook(request).servicing.directory
    try:
        user, _ = await directory.employee(who.tenant_id, number)
    except NotFound as error:
        if missing is None:
            raise
        raise Invalid(error.message, member=missing) from error
    members = await _members(request, who, user, values)
    joined = await _numbers(request, who, values["teams"], "teams") if "teams" in values else None
    with ids.naming(ids.EMPLOYEE):
        user, teams = await directory.set_employee(who, PEACH_DOOR, number, members, joined)
    return employee(user, teams)


@get([EMPLOYEE, OF_COMPANY])
async def one_employee(request: Ask, employee_id: str, company_id: str | None = None) -> Response[bytes]:
    """`GET /employees/{employeeId}`."""
    who = await asking.staff(request)
    _check_company(who, company_id)
    number = await _employee_number(request, who, employee_id)
    return requests.one(employee(*await asking.casebook(request).servicing.directory.employee(who.tenant_id, number)))


@put([EMPLOYEE, OF_COMPANY])
async def update_employee(request: Ask, employee_id: str, company_id: str | None = None) -> Response[bytes]:
    """`PUT /employees/{employeeId}`: members that are left out stay."""
    who = await asking.staff(request, WRITE)
    _check_company(who, company_id)
    number = await _employee_number(request, who, employee_id)
    values = await asking.given(request, EmployeeBody)
    return requests.one(await _set(request, who, number, values), "Updated")


async def _team_number(request: Ask, who: Principal, text: str) -> int:
    number = await ids.in_path(ids.TEAM, text, "team", _finder(request, who, Team))
    return (await asking.casebook(request).servicing.directory.team(who.tenant_id, number)).number


async def _shown(request: Ask, who: Principal, teams: Sequence[Team]) -> list[dict[str, Any]]:
    members = sorted({number for team in teams for number in team.members})
    users = await asking.casebook(request).servicing.directory.users(who.tenant_id, members)
    return [team_of(team, users) for team in teams]


async def _team_members(request: Ask, who: Principal, values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "externalId" in values:
        found["external_id"] = values["externalId"]
    if "name" in values:
        found["name"] = values["name"]
    if "employees" in values:
        found["members"] = await _numbers(request, who, values["employees"], "employees")
    extra = own(values, "email", "metaData")
    return {**found, "extra": {"peach": extra}} if extra else found


@get(TEAMS)
async def teams(request: Ask) -> Response[bytes]:
    """`GET /teams`."""
    who = await asking.staff(request)

    async def find(text: str) -> int:
        return await _team_number(request, who, text)

    window = await asking.window(request, find)
    outer = asking.chosen(request, "externalId")
    wanted = {"external_id": outer} if outer else {}
    found = await asking.casebook(request).servicing.directory.teams(who.tenant_id, window, **wanted)
    return asking.many(request, found, await _shown(request, who, found.rows))


@post(TEAMS, status_code=200)
async def create_team(request: Ask) -> Response[bytes]:
    """`POST /teams`."""
    who = await asking.staff(request, WRITE)
    members = await _team_members(request, who, await asking.given(request, NewTeam))
    with ids.naming(ids.TEAM):
        made = await asking.casebook(request).servicing.directory.add_team(who, PEACH_DOOR, members)
    return requests.one((await _shown(request, who, [made]))[0], "Created")


@get(TEAM)
async def one_team(request: Ask, team_id: str) -> Response[bytes]:
    """`GET /teams/{teamId}`."""
    who = await asking.staff(request)
    number = await _team_number(request, who, team_id)
    found = await asking.casebook(request).servicing.directory.team(who.tenant_id, number)
    return requests.one((await _shown(request, who, [found]))[0])


@put(TEAM)
async def update_team(request: Ask, team_id: str) -> Response[bytes]:
    """`PUT /teams/{teamId}`: members that are left out stay."""
    who = await asking.staff(request, WRITE)
    number = await _team_number(request, who, team_id)
    members = await _team_members(request, who, await asking.given(request, TeamBody))
    with ids.naming(ids.TEAM):
        changed = await asking.casebook(request).servicing.directory.set_team(who, PEACH_DOOR, number, members)
    return requests.one((await _shown(request, who, [changed]))[0], "Updated")


@delete(TEAM, status_code=204)
async def remove_team(request: Ask, team_id: str) -> Response[None]:
    """`DELETE /teams/{teamId}`: out of sight."""
    who = await asking.staff(request, WRITE)
    number = await _team_number(request, who, team_id)
    await asking.casebook(request).servicing.directory.remove_team(who, PEACH_DOOR, number)
    return requests.no_content()


HANDLERS = [
    employees, create_employee, one_employee, update_employee, teams, create_team, one_team, update_team, remove_team,
]  # fmt: skip
