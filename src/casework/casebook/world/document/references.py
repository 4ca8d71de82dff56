"""Which member of an entry names which other entry, and turning those keys into numbers."""

from collections.abc import Iterator, Mapping
from typing import Any

from casework.casebook.world.document.entries import LABELS, Item
from casework.casebook.world.document.reading import refuse

_SERVICE = {
    "parent": "nodes",
    "sla": "slas",
    "status_set": "status_sets",
    "close_reason_group": "close_reason_groups",
    "default_priority": "priorities",
    "team": "teams",
    "assignee": "users",
    "teams": "teams",
}
REFERENCES: Mapping[str, Mapping[str, str]] = {
    "tenants": {"default_department": "departments"},
    "shares": {"from": "departments", "to": "departments"},
    "users": {
        "department": "departments",
        "foreign_departments": "departments",
        "pull_from": "users",
        "transfer_to": "users",
    },
    "persons": {"user": "users", "organization": "organizations"},
    "teams": {"members": "users", "default": "teams", "conditions.team": "teams", "conditions.assignee": "users"},
    "objects": {"person": "persons"},
    "statuses": {"status_set": "status_sets"},
    "close_reasons": {"close_reason_group": "close_reason_groups"},
    "slas": {"calendar": "calendars"},
    "sla_conditions": {"sla": "slas", "priorities": "priorities"},
    "case_types": {"derived_from": "case_types"},
    "keys": {"user": "users"},
    "cases": {
        "type": "case_types",
        "source": "sources",
        "status": "statuses",
        "priority": "priorities",
        "service": "services",
        "requester": "persons",
        "impacted": "persons",
        "borrowers": "persons",
        "contacts": "persons",
        "organization": "organizations",
        "assignees": "users",
        "teams": "teams",
        "department": "departments",
        "created_by": "users",
        "close_reason": "close_reasons",
        "comments.by": "users",
        "files.by": "users",
        "relations.to": "cases",
        "watchers": "users",
        "associations.object": "objects",
        "escalation.team": "teams",
        "escalation.user": "users",
        "acl.to": "subjects",
    },
    "catalogs": _SERVICE,
    "services": _SERVICE,
}
"""Kind of entry → member (a dot leads into parts) → kind of what it names.

`nodes` are catalogs and services, `subjects` are users and roles. A user's roles stay keys and are looked at apart.
"""

SPOKEN = {**LABELS, "nodes": "catalog or service", "subjects": "user or role"}

Numbers = dict[tuple[str, str], int]
"""(kind, key) → number. A person is also known by the key of the user that it is, a nested thing by its bare key where
only one has it."""


def named(kind: str, members: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (kind, key) of everything that these members name."""
    for member, target in REFERENCES.get(kind, {}).items():
        for holder, place, _ in places(members, member.split(".")):
            yield target, holder[place]
    if kind == "users":
        for role in members.get("roles") or ():
            yield "roles", role


def resolve(item: Item, numbers: Numbers) -> dict[str, Any]:
    """Return the members with numbers in place of keys.

    Raises:
        Invalid: Something is named that exists neither in the file nor in the tenant.
    """
    members: dict[str, Any] = _copy(item.members)
    for member, target in REFERENCES.get(item.kind, {}).items():
        for holder, place, path in places(members, member.split(".")):
            holder[place] = _number(target, holder[place], numbers, f"{item.path}.{path}")
    if item.kind == "users":
        for i, role in enumerate(members.get("roles") or ()):
            _number("roles", role, numbers, f"{item.path}.roles[{i}]")
    return members


def _number(target: str, key: str, numbers: Numbers, path: str) -> int:
    number = numbers.get((target, key))
    if number is None:
        raise refuse(path, f"there is no {SPOKEN[target]} '{key}'")
    return number


def places(members: Any, steps: list[str], path: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Yield (container, place in it, path) of every value that is not null at the end of the steps."""
    if isinstance(members, list):
        for i, part in enumerate(members):
            yield from places(part, steps, f"{path}[{i}]")
        return
    if not isinstance(members, dict) or members.get(steps[0]) is None:
        return
    here, value = f"{path}.{steps[0]}".lstrip("."), members[steps[0]]
    if len(steps) > 1:
        yield from places(value, steps[1:], here)
    elif isinstance(value, list):
        yield from ((value, i, f"{here}[{i}]") for i in range(len(value)))
    else:
        yield members, steps[0], here


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_copy(member) for member in value]
    return value
