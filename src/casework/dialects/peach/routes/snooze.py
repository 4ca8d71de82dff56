"""Putting a case aside for some days, and bringing it back (spec/peach §8)."""

from datetime import timedelta

from litestar import Response, post

from casework.dialects.peach import wire
from casework.dialects.peach.routes import references, requests
from casework.dialects.peach.routes.cases import CASE
from casework.dialects.peach.routes.requests import Ask
from casework.domain.commands import Command, Snooze, Wake
from casework.domain.doors import PEACH_DOOR


@post(f"{CASE}/snooze", status_code=204)
async def snooze(request: Ask, person: str, case: str) -> Response[None]:
    """`POST C/snooze`: null brings the case back, and from the snooze's date on files a review task as well."""
    who = await references.staff(request, "case.snooze")
    row = await references.case_row(request, who, person, case, columns=("number",))
    body = requests.read(wire.SnoozeBody, await requests.body(request))
    today = await references.today(request, who)
    command: Command = Wake(today=today)
    if body.snooze_for is not None:
        command = Snooze(until=today + timedelta(days=body.snooze_for))
    await references.casebook(request).execute(who, PEACH_DOOR, command, row["number"])
    return requests.no_content()


HANDLERS = [snooze]
