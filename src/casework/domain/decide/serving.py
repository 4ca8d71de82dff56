"""What a case takes from its service: SLA, people, priority, and the times that are planned (spec/webitel §5.2-5.4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework.domain.case import Case
from casework.domain.decide.context import Context
from casework.domain.decide.members import further
from casework.domain.nouns import Service, Sla, SlaCondition
from casework.domain.refusals import Invalid, NotFound
from casework.domain.vocabulary import Vocabulary


def nearest(words: Vocabulary, service: int | None, *members: str) -> Service | None:
    """Return the nearest node, from the service up to its catalog, that has one of these members."""
    return next((n for n in words.chain(service) if any(getattr(n, m) is not None for m in members)), None)


def default_priority(words: Vocabulary, service: int | None) -> int | None:
    """Return the priority of the nearest node that names one which is still there."""
    named = (words.priorities.get(node.default_priority or 0) for node in words.chain(service))
    return next((found.number for found in named if found is not None and found.deleted_at is None), None)


def policy(words: Vocabulary, service: int | None) -> Sla | None:
    """Return the SLA of the nearest node that has one which is still there."""
    named = (words.slas.get(node.sla or 0) for node in words.chain(service))
    return next((found for found in named if found is not None and found.deleted_at is None), None)


def condition(words: Vocabulary, sla: Sla, priority: int | None) -> SlaCondition | None:
    """Return the condition of an SLA that lists the priority."""
    return min(
        (
            found
            for found in words.sla_conditions.values()
            if found.sla == sla.number and priority in found.priorities and found.deleted_at is None
        ),
        key=lambda found: found.number,
        default=None,
    )


def planned(words: Vocabulary, sla: Sla | None, priority: int | None, start: datetime) -> dict[str, Any]:
    """Return SLA, condition and planned times of a case that began at `start`; all of them empty without an SLA.

    Raises:
        Invalid: The calendar has too little working time ahead.
    """
    if sla is None:
        return dict.fromkeys(("sla", "sla_condition", "planned_reaction_at", "planned_resolve_at"))
    special = condition(words, sla, priority)
    targets = special or sla
    return {
        "sla": sla.number,
        "sla_condition": special.number if special else None,
        "planned_reaction_at": due(words, sla, targets.reaction, start),
        "planned_resolve_at": due(words, sla, targets.resolution, start),
    }


def due(_words: Vocabulary, _sla: Sla, _seconds: int, _start: datetime) -> datetime | None:
    """Return when this much working time of the SLA's calendar has passed."""
    return None


def opened(members: dict[str, Any], given: Mapping[str, Any], context: Context) -> None:
    """Fill in what a new case takes from its service, unless it was said.

    Args:
        members: The members of the new case; priority and status are settled.
        given: What the sender said: of the priorities only that one, or the service's, chooses the condition.
        context: What was looked up.

    Raises:
        NotFound, Invalid: The door asks for a service with an SLA, statuses and close reasons, and it has none.
    """
    words, service = context.vocabulary, members.get("service")
    sla = policy(words, service)
    if context.door.profile.served:
        _check_served(words, sla, members, given)
    group = nearest(words, service, "close_reason_group")
    if group is not None:
        members.setdefault("close_reason_group", group.close_reason_group)
    workers = nearest(words, service, "assignee", "team")
    if workers is not None:
        for member, found in (("owner", workers.assignee), ("team", workers.team)):
            if members.get(member) is None:
                members[member] = found
    if sla is not None:
        said = given.get("priority") is not None or given.get("rank") is not None
        named = members["priority"] if said else default_priority(words, service)
        for member, value in planned(words, sla, named, context.at).items():
            members.setdefault(member, value)


def _check_served(words: Vocabulary, sla: Sla | None, members: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    service = members.get("service")
    if sla is None:
        msg = "Neither the service nor anything above it has an SLA."
        raise NotFound(msg, member="service")
    if given.get("status") is None and nearest(words, service, "status_set") is None:
        msg = "Neither the service nor anything above it has a status."
        raise Invalid(msg, member="service")
    if members.get("close_reason_group") is None and nearest(words, service, "close_reason_group") is None:
        msg = "Neither the service nor anything above it has a close reason group."
        raise Invalid(msg, member="service")


def changed_service(case: Case, wanted: dict[str, Any], context: Context) -> dict[str, Any]:
    """Add to an edit what follows from another service or priority, and return who is assigned by that.

    Planned times count from the opening. A service brings its own priority, unless one is named beside it.
    """
    words = context.vocabulary
    start = case.created_at or context.at
    if "service" in wanted:
        service = wanted["service"]
        if "priority" not in wanted and "rank" not in wanted and service != case.service:
            found = default_priority(words, service)
            if found is not None:
                wanted |= {"priority": found, "rank": words.priority(found).rank}
        wanted |= planned(words, policy(words, service), wanted.get("priority", case.priority), start)
        return _reassigned(case, service, context) if service != case.service else {}
    if wanted.get("priority", case.priority) != case.priority and case.sla is not None:
        wanted |= planned(words, words.slas.get(case.sla), wanted["priority"], start)
    return {}


def _reassigned(case: Case, service: int | None, context: Context) -> dict[str, Any]:
    """Return owner and team of the service's nearest node that has any, for a case that is not done."""
    workers = None if case.stage.done else nearest(context.vocabulary, service, "assignee", "team")
    if workers is None:
        return {}
    return {
        "owner": workers.assignee,
        "assignees": further(workers.assignee, case.assignees),
        "team": workers.team,
        "teams": further(workers.team, case.teams),
    }
