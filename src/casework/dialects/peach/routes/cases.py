"""Listing, creating, reading and updating cases (spec/peach §4, §5, §6)."""

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Response, get, patch, post, put

from casework.casebook.reading import Scroll, Where
from casework.dialects.peach import ids, paging, translate, wire
from casework.dialects.peach.routes import associations, references, requests, writing
from casework.dialects.peach.routes.requests import Ask
from casework.domain.access import Principal, require_write
from casework.domain.commands import Command, Edit, Escalate, Open
from casework.domain.doors import PEACH_DOOR
from casework.domain.refusals import Duplicate, Invalid
from casework.web import members

COMPANY_CASES = "/api/cases"
CASES = "/api/people/{person:str}/cases"
CASE = CASES + "/{case:str}"
NEWEST = (("created_at", True),)


@get(COMPANY_CASES)
async def list_company_cases(request: Ask) -> Response[bytes]:
    """`GET /cases`: those with a borrower, unless all are asked for."""
    who = await references.staff(request)
    unbound = paging.boolean(request, "includeUnbound")
    paging.boolean(request, "expand")
    return await _listed(request, who, [] if unbound else [Where("bound", value=True)])


@get(CASES)
async def list_borrower_cases(request: Ask, person: str) -> Response[bytes]:
    """`GET /people/{personId}/cases`."""
    who = await references.staff(request)
    number = await references.borrower(request, who, person)
    return await _listed(request, who, [Where("borrower", number)])


async def _listed(request: Ask, who: Principal, where: list[Where]) -> Response[bytes]:
    asked = paging.asked(request)
    filters = await _filters(request, who)
    order = _order(request)
    before = await references.case_number(request, who, asked.ending_before) if asked.ending_before else None
    after = await references.case_number(request, who, asked.starting_after) if asked.starting_after else None
    scroll = Scroll(
        where=(*where, *filters),
        order=order,
        before=before,
        after=after,
        offset=asked.offset,
        limit=asked.limit,
        labels=translate.STATE_LABELS,
    )
    span = await references.casebook(request).read.scroll(who, scroll, translate.COLUMNS, translate.PARTS)
    frame = await references.frame(request, who, span.rows)
    shown = [translate.case(frame, row) for row in span.rows]
    named = [one["id"] for one in shown]
    page = paging.envelope(request, shown, named, span.total, earlier=span.earlier, later=span.later)
    return requests.answer(page)


def _order(request: Ask) -> tuple[tuple[str, bool], ...]:
    """Return the order that `sortBy` asks for.

    Raises:
        Invalid: Nothing can be sorted by that.
    """
    found: dict[str, bool] = {}
    for text in paging.several(request, "sortBy"):
        word = text.removeprefix("-").removeprefix("+")
        if word not in translate.SORTS:
            msg = f"Must be one of {', '.join(translate.SORTS)}."
            raise Invalid(msg, member="sortBy")
        found.setdefault(translate.SORTS[word], text.startswith("-"))
    return tuple(found.items()) or NEWEST


async def _filters(request: Ask, who: Principal) -> list[Where]:
    """Return what narrows a list.

    Raises:
        Invalid: A value is unknown; every wrong parameter is named.
    """
    errors: members.Errors = {}
    vocabulary = await references.casebook(request).catalogue.vocabulary(who.tenant_id)
    tenant = await references.casebook(request).catalogue.tenant(who.tenant_id)
    outcomes = tenant.dialect("peach").get("outcomes") or wire.OUTCOMES
    found: list[Where] = []
    if bases := _known(request, "caseType", wire.BASES, errors):
        found.append(Where("types", [kind.number for kind in vocabulary.types.values() if kind.base in bases]))
    if types := paging.several(request, "typeId"):
        found.append(Where("types", [n for text in types if isinstance(n := ids.read(ids.CASE_TYPE, text), int)]))
    if states := _known(request, "status", wire.STATES, errors):
        stages = [stage.value for stage, label in translate.MACHINE.states.items() if label in states]
        again = [translate.MACHINE.again] if translate.MACHINE.again in states else []
        found.append(Where("states", [*stages, *again]))
    if wanted := _known(request, "outcome", outcomes, errors):
        found.append(Where("outcomes", wanted))
    members.refuse(errors)
    if owners := paging.several(request, "owningEmployeeId"):
        numbers = [await _employee(request, who, text) for text in owners]
        found.append(Where("owners", [number for number in numbers if number is not None]))
    if external := paging.several(request, "externalId"):
        found.append(Where("external_ids", [text.removeprefix(ids.EXTERNAL) for text in external]))
    for name, column in (("isSnoozed", "snoozed"), ("isEscalated", "escalated")):
        if (flag := paging.boolean(request, name)) is not None:
            found.append(Where(column, flag))
    return found


def _known(request: Ask, name: str, known: Iterable[str], errors: members.Errors) -> list[str]:
    texts = paging.several(request, name)
    if any(text not in known for text in texts):
        errors[name] = [f"Must be one of {', '.join(known)}."]
    return texts


async def _employee(request: Ask, who: Principal, text: str) -> int | None:
    try:
        return await references.employee(request, who, text, "owningEmployeeId")
    except Invalid:
        return None


@post(CASES, status_code=200)
async def create_case(request: Ask, person: str) -> Response[bytes]:
    """`POST /people/{personId}/cases`: the case with its first associations and escalation, or nothing."""
    who = await references.staff(request, "case.create")
    owner = await references.borrower(request, who, person)
    given = await requests.body(request)
    named = ids.read(ids.CASE_TYPE, text) if isinstance(text := given.get("typeId"), str) else None
    number = named if isinstance(named, int) else None
    vocabulary = await references.casebook(request).catalogue.knowing(who.tenant_id, type=number)
    kind = writing.case_type(vocabulary, given)
    values = await writing.wanted(request, who, wire.CaseNew, given, kind.base)
    if values.get("status") == translate.MACHINE.again:
        msg = "A new case cannot be reopened."
        raise Invalid(msg, member="status")
    opened = values.get("openedAt")
    said = {member: value for member, value in translate.kept(values).items() if value is not None}
    chosen: dict[str, Any] = {
        "type": kind.number,
        "subject": values.get("name") or "",
        "borrowers": tuple(dict.fromkeys((owner, *values.get("borrowers", ())))),
        "external_id": values.get("externalId"),
        "owner": values.get("owner"),
        "outcome": values.get("outcome"),
        "stage": translate.MACHINE.targets[values.get("status", "initiated")],
        "fields": values.get("customFields") or {},
        "extra": {translate.API: said},
    }
    if opened is not None:
        chosen["opened_at"] = translate.moment_in(opened)
    reviewed = bool(values.get("autoCreated")) and values.get("createReviewTask", True) is not False
    commands: list[Command] = [Open(set=chosen, review=reviewed)]
    links = values.get("associations") or ()
    commands += [await associations.command(request, who, link.object_type, link.object_id) for link in links]
    team, helper = await references.target(
        request, who, values.get("escalatedTeamId"), values.get("escalatedEmployeeId")
    )
    if team is not None or helper is not None:
        urgent = bool(values.get("escalationIsUrgent"))
        commands.append(Escalate(team=team, user=helper, urgent=urgent))
    number = await _executed(request, who, commands)
    return await references.shown(request, who, number, "Created")


async def _executed(request: Ask, who: Principal, commands: list[Command], number: int | None = None) -> int:
    """Carry commands out and return the number of the case.

    Raises:
        Duplicate: With the id of the case that has the external id (spec/peach §13).
    """
    try:
        outcomes = await references.casebook(request).execute_all(who, PEACH_DOOR, commands, number)
    except Duplicate as error:
        written = [command.set for command in commands if isinstance(command, (Open, Edit))]
        external = next((one["external_id"] for one in written if "external_id" in one), None)
        if error.member != "external_id" or external is None:
            raise
        existing = await references.casebook(request).read.named(who, external)
        with ids.naming(ids.CASE):
            raise Duplicate(error.message, member=error.member, existing=existing) from error
    return outcomes[0].case.number


PARTS = (*translate.PARTS, "associations")


@get(CASE)
async def get_case(request: Ask, person: str, case: str) -> Response[bytes]:
    """`GET /people/{personId}/cases/{caseId}`; `include` may name any field, all of which are there anyway."""
    who = await references.staff(request)
    asked = _asked_associations(request)
    return await _shown(request, who, await references.case_row(request, who, person, case, parts=PARTS), asked)


@get(COMPANY_CASES + "/{case:str}")
async def get_company_case(request: Ask, case: str) -> Response[bytes]:
    """`GET /cases/{caseId}`: an addition of ours, because cases without a borrower have no other address."""
    who = await references.staff(request)
    asked = _asked_associations(request)
    number = await references.case_number(request, who, case)
    row = await references.casebook(request).read.one(who, number, translate.COLUMNS, PARTS)
    return await _shown(request, who, row, asked)


def _asked_associations(request: Ask) -> str | None:
    asked = request.query_params.get("associations")
    if asked is not None and asked not in associations.ASKED:
        msg = f"Must be one of {', '.join(associations.ASKED)}."
        raise Invalid(msg, member="associations")
    return asked


async def _shown(request: Ask, who: Principal, row: Mapping[str, Any], asked: str | None) -> Response[bytes]:
    linked = await associations.shown(request, who, row, associations.ASKED[asked]) if asked is not None else None
    return requests.one(translate.case(await references.frame(request, who, [row]), row, linked))


@put(CASE)
async def update_case(request: Ask, person: str, case: str) -> Response[bytes]:
    """`PUT /people/{personId}/cases/{caseId}`: what is absent stays (spec/peach §6)."""
    return await _update(request, person, case)


@patch(CASE)
async def patch_case(request: Ask, person: str, case: str) -> Response[bytes]:
    """`PATCH /people/{personId}/cases/{caseId}`: the same as PUT."""
    return await _update(request, person, case)


async def _update(request: Ask, person: str, case: str) -> Response[bytes]:
    who = await references.staff(request, "case.edit")
    row = await references.case_row(request, who, person, case, columns=("number",))
    owner = await references.borrower(request, who, person)
    before = await references.casebook(request).read.case(who, row["number"])
    require_write(who, before, "case.edit")
    given = await requests.body(request)
    vocabulary = await references.casebook(request).catalogue.vocabulary(who.tenant_id)
    kind = vocabulary.types.get(before.type or 0)
    base = kind.base if kind is not None else "generic"
    _check_type(given, base, before.type)
    values = await writing.wanted(request, who, wire.CaseChange, given, base)
    if "people" in values or "borrowerIds" in values:
        values["borrowers"] = tuple(dict.fromkeys((owner, *values.get("borrowers", ()))))
    commands = translate.changes(vocabulary, before, values)
    if commands:
        await _executed(request, who, commands, before.number)
    return await references.shown(request, who, before.number, "Updated")


def _check_type(given: Mapping[str, Any], base: str, number: int | None) -> None:
    """Raise Invalid where the body names another type than the case has, which never changes (spec/peach §4)."""
    if given.get("caseType", base) != base:
        msg = "The type of a case cannot change."
        raise Invalid(msg, member="caseType")
    text = given.get("typeId")
    if text is not None and (not isinstance(text, str) or ids.read(ids.CASE_TYPE, text) != number):
        msg = "The type of a case cannot change."
        raise Invalid(msg, member="typeId")


HANDLERS = [list_company_cases, get_company_case, list_borrower_cases, create_case, get_case, update_case, patch_case]
