"""Leaving a borrower alone: a case has at most one such request, kept with what only its API knows (spec/peach §10)."""

from typing import Any

from casework.domain.case import Case
from casework.domain.commands import Silence, Unsilence
from casework.domain.decide.context import Context
from casework.domain.decide.members import overlaid
from casework.domain.events import Event, changed
from casework.domain.refusals import Duplicate, Invalid, NotFound

MEMBER = "doNotInteract"
"""Where the request lies among the case's extras for the door's API."""


def silence(case: Case, command: Silence, context: Context) -> list[Event]:
    """Return `silenced` with the request as it will be.

    Raises:
        Duplicate: It was to be a new one, and the case has one: of several made at once, one wins.
        NotFound: It was to be changed, and there is none.
        Invalid: It would end before it starts.
    """
    present = case.extra.get(context.door.name, {}).get(MEMBER)
    if command.new and present is not None:
        msg = "The case has a do-not-interact already."
        raise Duplicate(msg, member=MEMBER, existing=case.number)
    if not command.new and present is None:
        raise _none()
    wanted = overlaid(present or {}, command.set)
    start, end = wanted.get("startDate"), wanted.get("endDate")
    if start is not None and end is not None and end < start:
        msg = "The end lies before the start."
        raise Invalid(msg, member="endDate")
    if wanted == present:
        return []
    stamp = "createdAt" if command.new else "updatedAt"
    return _written(case, {**wanted, stamp: context.at.isoformat(timespec="microseconds")}, context)


def unsilence(case: Case, _command: Unsilence, context: Context) -> list[Event]:
    """Return `silenced` without the request.

    Raises:
        NotFound: There is none.
    """
    if case.extra.get(context.door.name, {}).get(MEMBER) is None:
        raise _none()
    return _written(case, None, context)


def _none() -> NotFound:
    return NotFound("There is no such do-not-interact.")


def _written(case: Case, value: dict[str, Any] | None, context: Context) -> list[Event]:
    api = context.door.name
    own = overlaid(case.extra.get(api, {}), {MEMBER: value})
    extra = {name: known for name, known in {**case.extra, api: own}.items() if known}
    return [Event("silenced", *changed(case, extra=extra))]
