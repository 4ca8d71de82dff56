"""Dynamic teams: which static team and who of it a case goes to (DOMAIN §4, spec/webitel §10)."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from casework.domain.case import Case
from casework.domain.nouns import Team
from casework.domain.refusals import Invalid
from casework.domain.routing.expressions import Expression
from casework.domain.vocabulary import Vocabulary

__all__ = ["Choice", "Expression", "choose", "facts"]

_NAMED = {
    "service": "service",
    "assignee": "owner",
    "reporter": "requester",
    "impacted": "impacted",
    "created_by": "created_by",
    "updated_by": "updated_by",
    "group": "team",
    "sla": "sla",
    "sla_condition": "sla_condition",
    "close_reason": "close_reason",
    "close_reason_group": "close_reason_group",
}
"""Word of an expression → member of the case that holds the number of what it names."""


class Choice(msgspec.Struct, frozen=True):
    """Where a case goes; None leaves team or owner as they are."""

    team: int | None = None
    owner: int | None = None

    @property
    def members(self) -> dict[str, int]:
        """The members of the case that change."""
        return {name: value for name in ("team", "owner") if (value := getattr(self, name)) is not None}


def choose(team: Team, known: Mapping[str, Any]) -> Choice:
    """Return what a dynamic team decides: its first condition that holds, else its default team.

    Args:
        team: The team; a condition whose expression cannot be read never holds.
        known: What `facts` returns for the case.
    """
    for condition in team.conditions:
        try:
            matched = Expression(str(condition.get("expression", ""))).matches(known)
        except Invalid:
            continue
        if matched:
            return Choice(condition.get("team"), condition.get("assignee"))
    return Choice(team.default_team)


def facts(case: Case, words: Vocabulary, name: Callable[[int], str]) -> dict[str, Any]:
    """Return the case as expressions see it: `case.priority.name`, `case.subject`, `case.custom.region`.

    Args:
        case: The case.
        words: The tenant's words.
        name: The name of the person, user, team or other noun with this number.
    """
    found: dict[str, Any] = {
        "id": case.number,
        "subject": case.subject,
        "description": case.description,
        "contact_info": case.contact_info,
        "close_result": case.close_note,
        "rating": case.rating,
        "custom": case.fields,
    }
    for word, member in _NAMED.items():
        if (number := getattr(case, member)) is not None:
            found[word] = {"id": number, "name": name(number)}
    if priority := words.priorities.get(case.priority or 0):
        found["priority"] = {"id": priority.number, "name": priority.name, "color": priority.color}
    if source := words.sources.get(case.source or 0):
        found["source"] = {"id": source.number, "name": source.name, "type": source.type}
    if status := words.statuses.get(case.status or 0):
        condition = {"initial": status.initial, "final": status.stage.done}
        found["status_condition"] = {"id": status.number, "name": status.name, **condition}
        found["status"] = {"id": status.status_set, "name": name(status.status_set)}
    return {"case": found}
