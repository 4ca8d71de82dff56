"""Status conditions: exactly one initial and at least one final in each status (spec/webitel §9, DOMAIN §2)."""

from typing import Any

from casework.casebook.reference import Change
from casework.dialects.webitel.conventions import flag
from casework.dialects.webitel.lookups.simple import DESCRIPTION, NAME, named
from casework.dialects.webitel.lookups.table import Frame, Input, Parent, Table
from casework.domain.case import Stage
from casework.domain.nouns import Status, StatusSet
from casework.domain.refusals import Invalid, NotFound


def _condition(row: Status, shared: Frame) -> dict[str, Any]:
    return {
        **named(row, shared),
        "initial": row.initial,
        "final": row.stage.done,
        "status_id": str(row.status_set),
    }


def _plain(initial: bool) -> Stage:
    """Return the stage of a condition that is not final."""
    return Stage.NEW if initial else Stage.OPEN


async def _settle(change: Change, row: Status | None, members: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Return flags as stage and `initial`: the first condition of a status has both, later ones get none on creation.

    Raises:
        Invalid: The only initial condition would lose the flag.
        NotFound: The last final condition would lose the flag.
    """
    number = row.status_set if row is not None else body["status_set"]
    others = [s for s in await change.find(Status, "status_set", number) if row is None or s.number != row.number]
    initial, final = members.pop("initial", None), members.pop("final", None)
    if row is None:
        behind = max((other.position + 1 for other in others), default=0)
        stage = Stage.OPEN if others else Stage.RESOLVED
        return {**members, "initial": not others, "stage": stage, "position": min(behind, 32767)}
    if initial is False:
        msg = "A status always has one initial condition: make another one initial instead."
        raise Invalid(msg, member="initial")
    if final is False and row.stage.done and not any(other.stage.done for other in others):
        msg = "A status always has a final condition."
        raise NotFound(msg, member="final")
    initially = row.initial or bool(initial)
    stays_final = final if final is not None else row.stage.done
    stage = row.stage if stays_final and row.stage.done else Stage.RESOLVED if stays_final else row.stage
    if not stays_final and (row.stage.done or initially != row.initial):
        stage = _plain(initially)
    if initial and not row.initial:
        for other in others:
            if other.initial:
                await change.set(other, initial=False, stage=Stage.OPEN if other.stage is Stage.NEW else other.stage)
    return {**members, "initial": initially, "stage": stage}


STATUS_CONDITIONS = Table(
    kind=Status,
    wrap="status",
    listing="/statuses/{status_id:str}/status",
    render=_condition,
    inputs={**NAME, **DESCRIPTION, "initial": Input("initial", flag), "final": Input("final", flag)},
    settle=_settle,
    parent=Parent("status_id", StatusSet, "status_set"),
    sorts={"final": "stage"},
    letters=("w", "w", "w"),
)
