"""What a case takes from its service: people, priority, close reasons (spec/webitel §5.2, §5.4)."""

from collections.abc import Mapping
from typing import Any

from casework.domain.case import Case
from casework.domain.decide.context import Context
from casework.domain.decide.members import further
from casework.domain.nouns import Service
from casework.domain.refusals import Invalid, NotFound
from casework.domain.vocabulary import Vocabulary


def nearest(words: Vocabulary, service: int | None, *members: str) -> Service | None:
    """Return the nearest node, from the service up to its catalog, that has one of these members."""
    return next((n for n in words.chain(service) if any(getattr(n, m) is not None for m in members)), None)


def default_priority(words: Vocabulary, service: int | None) -> int | None:
    """Return the priority of the nearest node that names one which is still there."""
    named = (words.priorities.get(node.default_priority or 0) for node in words.chain(service))
    return next((found.number for found in named if found is not None and found.deleted_at is None), None)


def opened(members: dict[str, Any], given: Mapping[str, Any], context: Context) -> None:
    """Fill in what a new case takes from its service, unless it was said.

    Args:
        members: The members of the new case; priority and status are settled.
        given: What the sender said.
        context: What was looked up.

    Raises:
        NotFound, Invalid: The door asks for a service with an SLA, statuses and close reasons, and it has none.
    """
    words, service = context.vocabulary, members.get("service")
    if context.door.profile.served:
        _check_served(words, members, given)
    group = nearest(words, service, "close_reason_group")
    if group is not None:
        members.setdefault("close_reason_group", group.close_reason_group)
    workers = nearest(words, service, "assignee", "team")
    if workers is not None:
        for member, found in (("owner", workers.assignee), ("team", workers.team)):
            if members.get(member) is None:
                members[member] = found


def _check_served(words: Vocabulary, members: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    service = members.get("service")
    if words.sla_for(service) is None:
        msg = "Neither the service nor anything above it has an SLA."
        raise NotFound(msg, member="service")
    if given.get("status") is None and nearest(words, service, "status_set") is None:
        msg = "Neither the service nor anything above it has a status."
        raise Invalid(msg, member="service")
    if members.get("close_reason_group") is None and nearest(words, service, "close_reason_group") is None:
        msg = "Neither the service nor anything above it has a close reason group."
        raise Invalid(msg, member="service")


def changed_service(case: Case, wanted: dict[str, Any], context: Context) -> dict[str, Any]:
    """Add another service's priority to an edit, unless one is named beside it, and return who is assigned by it."""
    if wanted.get("service", case.service) == case.service:
        return {}
    words, service = context.vocabulary, wanted["service"]
    if "priority" not in wanted and "rank" not in wanted:
        found = default_priority(words, service)
        if found is not None:
            wanted |= {"priority": found, "rank": words.priority(found).rank}
    return _reassigned(case, service, context)


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
