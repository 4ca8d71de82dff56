"""What a command needs to know beside its case: read and locked before it is decided."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from casework.casebook.sla.agreements import Agreements, agreements
from casework.domain import commands as c
from casework.domain.case import Case, Child, Relation
from casework.domain.commands import Command
from casework.domain.decide.naming import KINDS
from casework.domain.nouns import User
from casework.domain.vocabulary import Vocabulary
from casework.store import cases, nouns

_CHILD_OF: dict[type[Command], str] = {
    c.EditComment: "comment",
    c.RemoveComment: "comment",
    c.Detach: "file",
    c.EditLink: "link",
    c.RemoveLink: "link",
    c.EditRelation: "relation",
    c.Dissociate: "association",
}
"""Commands that name a thing on the case, by a member of the thing's name."""


class Surroundings(msgspec.Struct):
    """What was read for a command. The members are those of `domain.decide.Context`."""

    case: Case | None
    child: Child | None = None
    active: Child | None = None
    other: Case | None = None
    relation: Relation | None = None
    users: dict[int, User] = {}
    others: dict[int, Case] = {}
    relations: dict[int, Relation] = {}
    degrees: dict[int, int] = {}
    agreements: Agreements = Agreements()

    @property
    def locked(self) -> Iterable[Case]:
        """Every case that is locked for the command."""
        return [case for case in (self.case, self.other, *self.others.values()) if case is not None]

    @property
    def known(self) -> Iterable[Child]:
        """Every thing on a case that the command may change."""
        named = (*self.relations.values(), self.relation, self.child, self.active)
        return [child for child in named if child is not None]


async def agreed(connection: Any, tenant: int, case: Case | None, command: Command, words: Vocabulary) -> Agreements:
    """Return what the clocks of the case follow from, where the command may move them."""
    if case is None or not command.timed or not _may_be_planned(case, command):
        return Agreements()
    return await agreements(connection, tenant, case.number, words)


def _may_be_planned(case: Case, command: Command) -> bool:
    """Whether the case has an SLA or may get one, so that its clocks count."""
    return case.sla is not None or any(name in getattr(command, "set", {}) for name in ("service", "sla"))


async def look_up(connection: Any, tenant: int, number: int | None, command: Command) -> Surroundings:
    """Lock the cases that the command touches, in uid order, and read what it names."""
    if number is None:
        return Surroundings(None)
    if isinstance(command, c.EditWhole):
        return await _for_edit(connection, tenant, number, command)
    if isinstance(command, c.Unrelate):
        return await _for_unrelating(connection, tenant, number, command.relation)
    numbers = [number, command.other] if isinstance(command, (c.Relate, c.Separate)) else [number]
    locked = await cases.lock(connection, tenant, numbers)
    found = Surroundings(locked.get(number))
    if noun := _CHILD_OF.get(type(command)):
        named = await cases.children(connection, tenant, noun, number, getattr(command, noun))
        found.child = named[0] if named else None
    elif isinstance(command, (c.Relate, c.Separate)):
        found.other = locked.get(command.other)
        found.relation = await cases.relation(connection, tenant, number, command.other, command.type)
    elif isinstance(command, c.Associate):
        present = await cases.children(connection, tenant, "association", number)
        found.child = next((a for a in present if getattr(a, "object", None) == command.object), None)
    elif isinstance(command, (c.Escalate, c.Deescalate)):
        calls = await cases.children(connection, tenant, "escalation", number)
        found.active = next((e for e in calls if getattr(e, "ended_at", None) is None), None)
    return found


async def _for_unrelating(connection: Any, tenant: int, number: int, uid: UUID) -> Surroundings:
    """A relation ends from either side (DOMAIN §3); its event lies with its primary case."""
    between = await cases.relation_by_uid(connection, tenant, uid)
    sides = {between.case_number, between.other} if between is not None else set()
    locked = await cases.lock(connection, tenant, {number, *sides} if number in sides else {number})
    found = Surroundings(locked.pop(number, None))
    if between is not None and number in sides:
        found.child = await cases.relation_by_uid(connection, tenant, uid)  # as it is now that its cases are locked
        found.relations = {between.other if between.case_number == number else between.case_number: between}
        found.others = locked
    return found


async def absent(connection: Any, tenant: int, named: Mapping[str, frozenset[int]]) -> dict[str, frozenset[int]]:
    """Return the numbers that name nothing, by member."""
    if not named:
        return {}
    there = await nouns.present(connection, tenant, {m: (KINDS[m], numbers) for m, numbers in named.items()})
    return {member: numbers - there[member] for member, numbers in named.items()}


MOST_NAMED = 1_000
"""Related cases that one edit may name; a door's profile allows fewer."""


async def _for_edit(connection: Any, tenant: int, number: int, command: c.EditWhole) -> Surroundings:
    named = list(dict.fromkeys((*command.link, *command.unlink)))[:MOST_NAMED]
    locked = await cases.lock(connection, tenant, {number, *named})
    found = Surroundings(locked.pop(number, None))
    found.others = {other: case for other, case in locked.items() if case.deleted_at is None}
    if isinstance(command.owner, int):
        users = await nouns.find(connection, tenant, User, "number", [command.owner])
        found.users = {user.number: user for user in users}
    if named:
        between = await cases.relations(connection, tenant, number, named, command.type)
        found.relations = {r.other if r.case_number == number else r.case_number: r for r in between}
        found.degrees = await cases.degrees(connection, tenant, [number, *named], command.type)
    return found
