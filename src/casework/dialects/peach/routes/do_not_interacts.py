"""When a borrower must be left alone: one instance for each case (spec/peach §10)."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, delete, get, patch, post, put

from casework.dialects.peach import ids, translate, wire
from casework.dialects.peach.routes import references, requests
from casework.dialects.peach.routes.cases import CASE
from casework.dialects.peach.routes.requests import Ask
from casework.domain.access import Principal
from casework.domain.commands import Edit
from casework.domain.doors import PEACH_DOOR
from casework.domain.refusals import Duplicate, Invalid, NotFound

LISTED = f"{CASE}/do-not-interacts"
ONE = LISTED + "/{instance:str}"
MEMBER = "doNotInteract"
"""Where the instance lies among the case's extras."""
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


def _checked(given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that a body gives.

    Raises:
        Invalid: With every wrong member named, or the end lies before the start.
    """
    values = requests.checked(wire.DoNotInteractBody, given)
    said: dict[str, Any] = {name: msgspec.to_builtins(value) for name, value in values.items()}
    whole = {**before, **said}
    start, end = whole.get("startDate"), whole.get("endDate")
    if start is not None and end is not None and end < start:
        msg = "The end lies before the start."
        raise Invalid(msg, member="endDate")
    for hours in said.get("timesOfDay") or ():
        if hours["toHour"] <= hours["fromHour"]:
            msg = "'toHour' must be after 'fromHour'."
            raise Invalid(msg, member="timesOfDay")
    return {name: value for name, value in said.items() if value is not None}


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
    """`POST C/do-not-interacts`.

    Raises:
        Duplicate: The case has one.
    """
    who = await references.staff(request, "case.edit")
    row = await references.case_row(request, who, person, case, columns=COLUMNS)
    said = _checked(await requests.body(request), {})
    if _present(row) is not None:
        with ids.naming(ids.DO_NOT_INTERACT):
            msg = "The case has a do-not-interact already."
            raise Duplicate(msg, member=MEMBER, existing=row["number"])
    now = translate.moment(references.casebook(request).clock())
    return await _written(request, who, row, {**said, "source": "api", "createdAt": now}, "Created")


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
    before = _named(row, instance)
    given = await requests.body(request)
    news = _checked(given, before)
    gone = {name for name in DEFAULTS if name in given and given[name] is None}
    after = {name: value for name, value in {**before, **news}.items() if name not in gone}
    if after == before:
        return requests.one(_shown(who, row, before), "Updated")
    now = translate.moment(references.casebook(request).clock())
    return await _written(request, who, row, {**after, "updatedAt": now}, "Updated")


@delete(ONE, status_code=204)
async def remove_instance(request: Ask, person: str, case: str, instance: str) -> Response[None]:
    """`DELETE C/do-not-interacts/{id}`."""
    who = await references.staff(request, "case.edit")
    row = await references.case_row(request, who, person, case, columns=COLUMNS)
    _named(row, instance)
    command = Edit(set={"extra": {translate.API: {MEMBER: None}}})
    await references.casebook(request).execute(who, PEACH_DOOR, command, row["number"])
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
    request: Ask, who: Principal, row: Mapping[str, Any], said: Mapping[str, Any], message: str
) -> Response[bytes]:
    command = Edit(set={"extra": {translate.API: {MEMBER: dict(said)}}})
    await references.casebook(request).execute(who, PEACH_DOOR, command, row["number"])
    return requests.one(_shown(who, row, said), message)


HANDLERS = [list_instances, create_instance, get_instance, update_instance, patch_instance, remove_instance]
