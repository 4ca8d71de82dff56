"""When a borrower must be left alone: one instance for each case (spec/peach §10)."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

import msgspec
from litestar import Response, delete, get, patch, post, put

from casework.dialects.peach import ids, translate, wire
from casework.dialects.peach.routes import references, requests
from casework.dialects.peach.routes.cases import CASE
from casework.dialects.peach.routes.requests import Ask
from casework.domain.access import Principal
from casework.domain.commands import Command, Silence, Unsilence
from casework.domain.decide.silencing import MEMBER
from casework.domain.doors import PEACH_DOOR
from casework.domain.refusals import Invalid, NotFound

LISTED = f"{CASE}/do-not-interacts"
ONE = LISTED + "/{instance:str}"
COLUMNS = ("number", "borrowers", "extra")
DEFAULTS: Mapping[str, Any] = {
    "externalId": None,
    "channels": ["all"],
    "themes": ["all"],
    "startDate": None,
    "endDate": None,
    "daysOfWeek": [],
    "timezone": None,
    "timesOfDay": [],
    "contactLabels": [],
}


def _present(row: Mapping[str, Any]) -> dict[str, Any] | None:
    found: dict[str, Any] | None = row["extra"].get(translate.API, {}).get(MEMBER)
    return found


def _shown(who: Principal, row: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": ids.spelt(ids.DO_NOT_INTERACT, row["number"]),
        "object": "doNotInteract",
        "createdAt": said.get("createdAt"),
        "updatedAt": said.get("updatedAt"),
        "deletedAt": None,
        "companyId": ids.spelt(ids.COMPANY, who.tenant_id),
        "caseId": ids.spelt(ids.CASE, row["number"]),
        "personId": ids.spelt(ids.BORROWER, row["borrowers"][0]),
        "source": said.get("source", "api"),
        **{name: said.get(name, default) for name, default in DEFAULTS.items()},
    }


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that a body gives; the domain looks at how the dates lie (`domain/decide/silencing.py`).

    Raises:
        Invalid: With every wrong member named.
    """
    values = requests.checked(wire.DoNotInteractBody, given)
    said: dict[str, Any] = {name: msgspec.to_builtins(value) for name, value in values.items()}
    zone = said.get("timezone")
    if zone is not None and zone not in available_timezones():
        msg = "There is no such time zone: it is an IANA name."
        raise Invalid(msg, member="timezone")
    for hours in said.get("timesOfDay") or ():
        if hours["toHour"] <= hours["fromHour"]:
            msg = "'toHour' must be after 'fromHour'."
            raise Invalid(msg, member="timesOfDay")
    return said


@get(LISTED)
async def list_instances(request: Ask, person: str, case: str) -> Response[bytes]:
    """`GET C/do-not-interacts`: none or one."""
    who = await references.staff(request)
    row = await references.case_row(request, who, person, case, columns=COLUMNS)
    said = _present(row)
    rows = [_shown(who, row, said)] if said is not None else []
    page = {"status": 200, "total": len(rows), "count": len(rows), "nextUrl": None, "previousUrl": None, "data": rows}
    return requests.answer(page)


@post(LISTED, status_code=200)
async def create_instance(request: Ask, person: str, case: str) -> Response[bytes]:
    """`POST C/do-not-interacts`: of several at once, one wins and the others are 409."""
    who = await references.staff(request, "case.edit")
    row = await references.case_row(request, who, person, case, columns=COLUMNS)
    said = _checked(await requests.body(request))
    if not any(value is not None for value in said.values()):
        msg = f"One of {', '.join(DEFAULTS)} is required."
        raise Invalid(msg, member="channels")
    return await _written(request, who, row, Silence(set={**said, "source": "api"}, new=True), "Created")


@get(ONE)
async def get_instance(request: Ask, person: str, case: str, instance: str) -> Response[bytes]:
    """`GET C/do-not-interacts/{id}`."""
    who = await references.staff(request)
    row = await references.case_row(request, who, person, case, columns=COLUMNS)
    return requests.one(_shown(who, row, _named(row, instance)))


@put(ONE)
async def update_instance(request: Ask, person: str, case: str, instance: str) -> Response[bytes]:
    """`PUT C/do-not-interacts/{id}`: what is absent stays."""
    return await _update(request, person, case, instance)


@patch(ONE)
async def patch_instance(request: Ask, person: str, case: str, instance: str) -> Response[bytes]:
    """`PATCH C/do-not-interacts/{id}`: the same as PUT."""
    return await _update(request, person, case, instance)


async def _update(request: Ask, person: str, case: str, instance: str) -> Response[bytes]:
    who = await references.staff(request, "case.edit")
    row = await references.case_row(request, who, person, case, columns=COLUMNS)
    _named(row, instance)
    said = _checked(await requests.body(request))
    return await _written(request, who, row, Silence(set=said), "Updated")


@delete(ONE, status_code=204)
async def remove_instance(request: Ask, person: str, case: str, instance: str) -> Response[None]:
    """`DELETE C/do-not-interacts/{id}`."""
    who = await references.staff(request, "case.edit")
    row = await references.case_row(request, who, person, case, columns=COLUMNS)
    _named(row, instance)
    await references.casebook(request).execute(who, PEACH_DOOR, Unsilence(), row["number"])
    return requests.no_content()


def _named(row: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return the instance of a case, if the id is its.

    Raises:
        NotFound: It is not, or there is none.
    """
    said = _present(row)
    named = ids.read(ids.DO_NOT_INTERACT, text)
    if said is None or named not in {row["number"], said.get("externalId")}:
        msg = "There is no such do-not-interact."
        raise NotFound(msg)
    return said


async def _written(
    request: Ask, who: Principal, row: Mapping[str, Any], command: Command, message: str
) -> Response[bytes]:
    with ids.naming(ids.DO_NOT_INTERACT):
        outcome = await references.casebook(request).execute(who, PEACH_DOOR, command, row["number"])
    said = outcome.case.extra[translate.API][MEMBER]
    return requests.one(_shown(who, row, said), message)


HANDLERS = [list_instances, create_instance, get_instance, update_instance, patch_instance, remove_instance]
