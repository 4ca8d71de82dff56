"""What events do to the service level: the policy that counts, and when the case is planned to be done (DOMAIN §5)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from casework.domain.case import Case
from casework.domain.decide.context import Context
from casework.domain.events import OPENED, Envelope, Event, changed
from casework.domain.sla.clocks import Clock, clocks
from casework.domain.sla.policy import AGREED, Key, Policy, key_of

MOVING = frozenset({"stage", "service", "priority", "sla", "sla_condition", "reacted_at", "resolved_at"})
"""Members on which service levels depend."""
CHOSEN = ("sla", "sla_condition")
"""What a command may choose itself: a condition of None on purpose is one that the priority does not choose."""
PLANNED = ("planned_reaction_at", "planned_resolve_at")


def planned(case: Case, events: list[Event], named: Mapping[str, Any], context: Context) -> list[Event]:
    """Return the events with what follows from them for the service level, within the event that causes it.

    A case gets the policy of its service when it is opened and when service or SLA change, and today's versions of it
    then and when the priority changes; a policy or condition that was named on purpose counts. Nothing changes for
    cases without a policy.

    Args:
        case: Before the events; for an opening, one of which nothing has been said.
        events: What the command has.
        named: The members that the command names.
        context: With the case's history, and the policies and calendars that it names.

    Raises:
        Invalid: The SLA or its calendar is not there, or has too little working time.
    """
    index = next((i for i, event in enumerate(events) if event.noun is None and MOVING & event.set.keys()), None)
    if index is None or (case.sla is None and not {"service", "sla"} & events[index].set.keys()):
        return events
    cause = events[index]
    wanted = _agreed(case, {**{n: named[n] for n in CHOSEN if n in named}, **cause.set}, cause, context)
    if wanted["sla"] is None and case.sla is None:
        return events
    wanted |= _times(case, cause, wanted, context)
    new, was = changed(case, **wanted)
    events[index] = msgspec.structs.replace(
        cause,
        set={**{name: value for name, value in cause.set.items() if name not in wanted}, **new},
        was={**cause.was, **({} if cause.kind == OPENED else was)},
    )
    return events


def _agreed(case: Case, told: Mapping[str, Any], cause: Event, context: Context) -> dict[str, Any]:
    """Return the members that name the policy, as they will be."""
    words = context.vocabulary
    if not cause.set.keys() & {"service", "priority", *CHOSEN}:
        return {name: getattr(case, name) for name in AGREED}
    sla = case.sla
    if "sla" in told:
        sla = told["sla"]
    elif "service" in told:
        sla = words.sla_for(told["service"])
    if sla is None:
        return {"sla": None, "sla_condition": None, "sla_versions": ()}
    if "sla_condition" in told:
        condition = told["sla_condition"]
    else:
        condition = words.condition_for(sla, told.get("priority", case.priority))
    found = words.policy(sla, condition)
    return {"sla": sla, "sla_condition": condition, "sla_versions": found.key[2:]}


def _times(case: Case, cause: Event, wanted: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Return the planned times: what the clocks say of the history with this event."""
    key = key_of(wanted)
    if key is None:
        return dict.fromkeys(PLANNED)
    policies: dict[Key, Policy] = dict(context.policies)
    calendars = dict(context.calendars)
    if key not in policies:
        found = context.vocabulary.policy(wanted["sla"], wanted["sla_condition"])
        policies[key] = found
        calendars |= {c.key: c for c in context.vocabulary.calendars.values() if c.key == found.calendar}
    event = msgspec.structs.replace(cause, set={**cause.set, **wanted})
    envelope = Envelope(at=context.at, actor=context.principal.user, via=context.door.name, version=case.version + 1)
    run = clocks((*context.history, (event, envelope)), policies, calendars, context.at)
    return dict(zip(PLANNED, map(_due, (run.reaction, run.resolution)), strict=True))


def _due(clock: Clock | None) -> Any:
    return clock.due if clock is not None else None
