"""Numbers that commands name: there must be such a thing (docs/decisions/0004)."""

from collections.abc import Mapping
from typing import Any

from casework.domain import commands as c
from casework.domain.case import Case
from casework.domain.commands import Command
from casework.domain.nouns import (
    CaseType,
    CloseReason,
    CloseReasonGroup,
    CustomRole,
    Department,
    Noun,
    Object,
    Organization,
    Person,
    Service,
    Sla,
    SlaCondition,
    Source,
    Team,
    User,
)
from casework.domain.refusals import Invalid

KINDS: Mapping[str, tuple[type[Noun], ...]] = {
    "owner": (User,),
    "assignees": (User,),
    "watchers": (User,),
    "team": (Team,),
    "teams": (Team,),
    "requester": (Person,),
    "impacted": (Person,),
    "contacts": (Person,),
    "borrowers": (Person, Organization),
    "organization": (Organization,),
    "department": (Department,),
    "service": (Service,),
    "source": (Source,),
    "type": (CaseType,),
    "close_reason": (CloseReason,),
    "close_reason_group": (CloseReasonGroup,),
    "sla": (Sla,),
    "sla_condition": (SlaCondition,),
    "object": (Object,),
    "acl": (User, Team, CustomRole),
}
"""What the numbers in a member name."""


def named(case: Case | None, command: Command) -> dict[str, frozenset[int]]:
    """Return the numbers that a command would write, by member; what the case names already may stay, gone or not."""
    found: dict[str, frozenset[int]] = {}
    for member, value in _written(command).items():
        if member in KINDS and (numbers := _numbers(value) - _numbers(getattr(case, member, None))):
            found[member] = numbers
    return found


def check_named(absent: Mapping[str, frozenset[int]]) -> None:
    """Raise Invalid when a command names what is not there; `absent` are those numbers by member."""
    for member, numbers in absent.items():
        if numbers:
            msg = f"'{member}' names something that does not exist."
            raise Invalid(msg, member=member, rule="unknown", numbers=sorted(numbers))


def _written(command: Command) -> Mapping[str, Any]:
    if isinstance(command, (c.Open, c.Edit, c.EditWhole, c.Several, c.SetStatus, c.Assign)):
        return command.set
    if isinstance(command, c.Watch):
        return {"watchers": command.users}
    if isinstance(command, c.Escalate):
        return {"team": command.team, "owner": command.user}
    if isinstance(command, c.Associate):
        return {"object": command.object}
    if isinstance(command, c.Grant):
        return {"acl": command.acl}
    return {}


def _numbers(value: Any) -> frozenset[int]:
    if isinstance(value, Mapping):
        return frozenset(int(subject) for subject in value if str(subject).isdecimal())
    listed = value if isinstance(value, (tuple, list)) else (value,)
    return frozenset(number for number in listed if isinstance(number, int))
