"""Calls for help about a case: made, changed, taken back, and listed (spec/peach §9)."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from litestar import Response, get, post

from casework.casebook.reading import Scroll, Where
from casework.dialects.peach import ids, translate, wire
from casework.dialects.peach.routes import references, requests
from casework.dialects.peach.routes.cases import CASE
from casework.dialects.peach.routes.requests import Ask
from casework.domain.access import Principal
from casework.domain.commands import AddComment, Command, Deescalate, Escalate
from casework.domain.doors import PEACH_DOOR
from casework.domain.nouns import Team
from casework.domain.refusals import NotFound

PART = "escalations"
COLUMNS = ("number", "subject", "type", "escalated_at")
AT_ONCE = 500
CREATED, UPDATED, CANCELED = wire.CATEGORIES[1:]


class Call(msgspec.Struct, frozen=True, array_like=True):
    """An escalation as a row nests it."""

    number: int
    team: int | None
    user: int | None
    note: str
    urgent: bool
    created_at: str
    created_by: int
    ended_at: str | None


@post([f"{CASE}/escalations", f"{CASE}/escalate"], status_code=204)
async def escalate(request: Ask, person: str, case: str) -> Response[None]:
    """`POST C/escalations`, also `C/escalate`: to a team, an employee, or neither, which takes it back.

    The reason becomes a note on the case.
    """
    who = await references.staff(request, "case.escalate")
    row = await references.case_row(request, who, person, case, columns=COLUMNS)
    body = requests.read(wire.EscalationBody, await requests.body(request))
    team, user = await references.target(request, who, body.escalated_team_id, body.escalated_employee_id)
    active = row["escalated_at"] is not None
    note = (body.note or "").strip()
    commands: list[Command]
    if team is None and user is None:
        commands, category = [Deescalate()], CANCELED
        note = note if active else ""
    else:
        commands = [Escalate(team=team, user=user, note=note, urgent=body.is_urgent)]
        category = UPDATED if active else CREATED
    if note:
        commands.append(AddComment(text=note, extra={translate.API: {"category": category}}))
    await references.casebook(request).execute_all(who, PEACH_DOOR, commands, row["number"])
    return requests.no_content()


@get(f"{CASE}/escalations")
async def list_escalations(request: Ask, person: str, case: str) -> Response[bytes]:
    """`GET C/escalations`: all that the case ever had, newest first."""
    who = await references.staff(request)
    row = await references.case_row(request, who, person, case, columns=COLUMNS, parts=(PART,))
    shown = await _shown(request, who, [(row, call) for call in reversed(_calls(row))])
    return requests.answer({"status": 200, "count": len(shown), "data": shown})


@get([f"{CASE}/escalations/active", f"{CASE}/escalation"])
async def active_escalation(request: Ask, person: str, case: str) -> Response[bytes]:
    """`GET C/escalations/active`, also `C/escalation`: the bare object.

    Raises:
        NotFound: The case is not escalated.
    """
    who = await references.staff(request)
    row = await references.case_row(request, who, person, case, columns=COLUMNS, parts=(PART,))
    shown = await _shown(request, who, _active(row))
    if not shown:
        msg = "The case is not escalated."
        raise NotFound(msg)
    return requests.answer(shown[0])


@get(["/api/case-escalations", "/api/cases/escalations"])
async def company_escalations(request: Ask) -> Response[bytes]:
    """`GET /case-escalations`, also `/cases/escalations`: the active ones of the company, newest first."""
    who = await references.staff(request)
    found: list[tuple[Mapping[str, Any], Call]] = []
    after: int | None = None
    while True:
        asked = Scroll(
            where=(Where("escalated", value=True),), order=(("escalated_at", True),), after=after, limit=AT_ONCE
        )
        span = await references.casebook(request).read.scroll(who, asked, COLUMNS, (PART,))
        found += [entry for row in span.rows for entry in _active(row)]
        if not span.later:
            break
        after = span.rows[-1]["number"]
    shown = await _shown(request, who, found)
    return requests.answer({"status": 200, "count": len(shown), "data": shown})


def _calls(row: Mapping[str, Any]) -> list[Call]:
    return msgspec.json.decode(row[PART], type=list[Call])


def _active(row: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], Call]]:
    return [(row, call) for call in _calls(row) if call.ended_at is None]


async def _shown(request: Ask, who: Principal, calls: Iterable[tuple[Mapping[str, Any], Call]]) -> list[dict[str, Any]]:
    """Return escalations as this API shows them, with the names of their cases and targets."""
    listed = list(calls)
    book = references.casebook(request)
    teams = await book.identities.present(who.tenant_id, Team, [c.team for _, c in listed if c.team is not None])
    users = await book.people.users(who.tenant_id, [c.user for _, c in listed if c.user is not None])
    vocabulary = await book.catalogue.vocabulary(who.tenant_id)
    found = []
    for row, call in listed:
        helpers, helper = teams.get(call.team or 0), users.get(call.user or 0)
        named = helper.name if helper is not None else (helpers.name if helpers is not None else None)
        found.append(
            {
                "caseId": ids.spelt(ids.CASE, row["number"]),
                "caseName": translate.name(vocabulary, row),
                "escalatedTeamId": ids.spelt(ids.TEAM, call.team),
                "escalatedEmployeeId": ids.spelt(ids.EMPLOYEE, call.user),
                "escalationTargetName": named,
                "note": call.note or None,
                "isUrgent": call.urgent,
                "status": "active" if call.ended_at is None else "canceled",
                "escalatedAt": translate.moment_of(call.created_at),
                "canceledAt": translate.moment_of(call.ended_at),
            }
        )
    return found


HANDLERS = [escalate, list_escalations, active_escalation, company_escalations]
