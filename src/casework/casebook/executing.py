"""The one way in: a command, one transaction, one version (ARCHITECTURE §3)."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from casework.casebook import routing
from casework.casebook.catalogue import Catalogue, Words
from casework.casebook.registry import Registry
from casework.casebook.surroundings import Surroundings, absent, agreed, look_up
from casework.domain.access import PERMISSIONS, Principal, Reach
from casework.domain.case import Case, Child, Comment
from casework.domain.chain import GENESIS
from casework.domain.commands import Assign, Command
from casework.domain.decide import Context, decide
from casework.domain.decide.filing import filed
from casework.domain.decide.naming import named
from casework.domain.doors import Door
from casework.domain.events import Envelope, Event, apply, apply_child, blank
from casework.domain.ids import uuid7
from casework.domain.nouns import Task
from casework.domain.refusals import Duplicate, Invalid, Stale
from casework.store import cases, events, nouns, references
from casework.store.postgres.batch import Batch
from casework.store.postgres.database import Database

TICK = timedelta(milliseconds=1)
SEARCHED = frozenset({"subject", "description", "solution", "deleted_at"})


class Outcome(msgspec.Struct, frozen=True):
    """What a command did: the case after it, the events, and the things on the case that they touched."""

    case: Case
    events: list[Event]
    children: dict[UUID, Child]

    def child(self) -> Child:
        """Return the thing that the command was about."""
        return next(iter(self.children.values()))


class Executor:
    """Executes commands."""

    def __init__(self, database: Database, catalogue: Catalogue, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._catalogue = catalogue
        self._clock = clock

    async def execute(self, principal: Principal, door: Door, command: Command, case: int | None = None) -> Outcome:
        """Carry out one command in one transaction of its own and answer when it is durable.

        Args:
            principal: Who asks.
            door: Through which door.
            command: What is asked.
            case: The case's number; None for `Open`.

        Raises:
            Refusal: Turned down; nothing has changed.
        """
        (outcome,) = await self.execute_all(principal, door, [command], case)
        return outcome

    async def execute_all(
        self, principal: Principal, door: Door, commands: Iterable[Command], case: int | None = None
    ) -> list[Outcome]:
        """Carry out several commands about one case in one transaction: all of them, or none.

        Where no case is named, the first command opens the one that the others are about.

        Raises:
            Refusal: One of them is turned down; nothing has changed.
        """
        asked = list(commands)
        try:
            return await self._together(principal, door, asked, case)
        except asyncpg.PostgresError as error:
            if references.gone(error) is None:
                raise
            self._catalogue.forget(principal.tenant_id)  # our reading was older than the removal: decide anew
        try:
            return await self._together(principal, door, asked, case)
        except asyncpg.PostgresError as error:
            if (member := references.gone(error)) is None:
                raise
            msg = f"The {member.replace('_', ' ')} is not there any more."
            raise Invalid(msg, member=member) from error

    async def _together(
        self, principal: Principal, door: Door, commands: Iterable[Command], case: int | None
    ) -> list[Outcome]:
        words = await self._catalogue.words(principal.tenant_id)
        try:
            async with self._database.transaction(principal.tenant_id) as connection:
                outcomes: list[Outcome] = []
                for command in commands:
                    outcomes.append(await self.within(connection, principal, door, command, case, words=words))
                    case = outcomes[0].case.number
                if outcomes and any(outcome.events for outcome in outcomes):
                    outcomes[-1] = await self._routed(connection, principal, door, outcomes[-1], words)
                return outcomes
        except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError) as error:
            msg = "The case is being changed by another request."
            raise Stale(msg) from error

    async def _routed(
        self, connection: Any, principal: Principal, door: Door, outcome: Outcome, words: Words
    ) -> Outcome:
        """Let a dynamic team choose the case's team and owner, by a command of its own (DOMAIN §4)."""
        team = words.vocabulary.teams.get(outcome.case.team or 0)
        if team is None or team.kind != "dynamic":
            return outcome
        choice = await routing.choice(connection, team, outcome.case, words.vocabulary)
        if not choice.members:
            return outcome
        anybody = msgspec.structs.replace(
            principal, permissions=PERMISSIONS, read=Reach.TENANT, write=Reach.TENANT, kind="service"
        )
        plain = Door(door.name, audience=door.audience)
        number = outcome.case.number
        routed = await self.within(connection, anybody, plain, Assign(set=choice.members), number, words=words)
        return Outcome(routed.case, [*outcome.events, *routed.events], outcome.children)

    async def within(
        self,
        connection: Any,
        principal: Principal,
        door: Door,
        command: Command,
        number: int | None = None,
        *,
        words: Words,
    ) -> Outcome:
        """Carry out a command in a transaction that the caller holds and commits; `words` as `Catalogue` has them.

        Raises:
            Refusal: It is turned down; the transaction cannot go on.
        """
        try:
            return await self._carry_out(connection, principal, door, command, number, words=words)
        except asyncpg.UniqueViolationError as error:
            raise _taken(error.constraint_name or "") from error

    async def _carry_out(
        self,
        connection: Any,
        principal: Principal,
        door: Door,
        command: Command,
        number: int | None,
        *,
        words: Words,
    ) -> Outcome:
        tenant = principal.tenant_id
        around = await look_up(connection, tenant, number, command)
        words = await self._catalogue.renewed(connection, tenant, words, *_wording(around.case, command))
        around.agreements = await agreed(connection, tenant, around.case, command, words.vocabulary)
        now = command.at or self._clock()
        for case in around.locked:
            if case.touched_at is not None and now <= case.touched_at:
                now = case.touched_at + TICK
        context = Context(
            principal=principal,
            at=now,
            door=door,
            vocabulary=words.vocabulary,
            uid=lambda: uuid7(now, os.urandom(10)),
            child=around.child,
            active=around.active,
            other=around.other,
            relation=around.relation,
            default_department=words.default_department,
            users=around.users,
            others=around.others,
            relations=around.relations,
            degrees=around.degrees,
            absent=await absent(connection, tenant, named(around.case, command)),
            history=around.agreements.history,
            policies=around.agreements.policies,
            calendars=around.agreements.calendars,
        )
        happened = decide(around.case, command, context)
        if not happened and around.case is not None:
            return Outcome(around.case, [], {})
        known = {child.uid: child for child in around.known}
        touched: dict[UUID, Child] = {}
        for case, theirs in _elsewhere(around, happened):
            touched |= (await self._record(connection, context, case, known, theirs)).children
        own = [event for event in happened if _home(event, around) is None]
        if around.case is not None and not own:
            return Outcome(around.case, happened, touched)
        outcome = await self._record(connection, context, around.case, known, own)
        registry = Registry(lambda: now, principal.user, door.name)
        for task in filed(around.case, outcome.case, command, happened, context):
            await registry.add(connection, Task, tenant, **msgspec.structs.asdict(task))
        return outcome

    async def _record(
        self,
        connection: Any,
        context: Context,
        before: Case | None,
        known: Mapping[UUID, Child],
        happened: list[Event],
    ) -> Outcome:
        tenant, at = context.principal.tenant_id, context.at
        if before is None:
            number = await cases.number_for(connection, tenant)
            start = blank(tenant, number, uuid7(at, os.urandom(10)))
        else:
            start = before
        envelope = Envelope(
            at=at,
            actor=context.principal.user,
            via=context.door.name,
            version=start.version + 1,
            on_behalf_of=context.principal.on_behalf_of,
        )
        after = start
        for event in happened:
            after = apply(after, event, envelope)
        batch = Batch()
        head = events.add(
            batch,
            happened,
            envelope,
            subject=("case", after.number, after.uid),
            tenant=tenant,
            head=start.hash or GENESIS,
            salt=os.urandom(16),
        )
        after = msgspec.structs.replace(after, hash=head)
        touched = await _children(connection, batch, known, after, [(event, envelope) for event in happened])
        cases.write(batch, before, after)
        stale = _index(batch, before, after, happened, touched)
        await batch.run(connection)
        if stale:
            await cases.reindex(connection, after)
        return Outcome(after, happened, touched)


def _wording(case: Case | None, command: Command) -> Iterator[Mapping[str, Any]]:
    """Yield what names words: the members of the case, and those that the command sets."""
    if case is not None:
        yield {name: getattr(case, name) for name in ("type", "status", "service", "priority")}
    yield {**getattr(command, "set", {}), "status": getattr(command, "status", None)}


def _taken(constraint: str) -> Duplicate:
    """Return the refusal for what the database holds to be unique."""
    if constraint == "case_borrowers_collecting":
        msg = "The borrower has an active collection case already."
        return Duplicate(msg, member="type", rule="collection")
    member = "external_id" if "external_id" in constraint else "other"
    msg = f"Another case has this {member} already."
    return Duplicate(msg, member=member)


def _home(event: Event, around: Surroundings) -> int | None:
    """Return the case whose event this is, when it is not the one that the command is about.

    A relation's events lie with its primary case (DOMAIN §4), which may be the other one.
    """
    if around.case is None or event.noun != "relation":
        return None
    known = [*around.relations.values(), *([around.relation] if around.relation is not None else [])]
    primary = next((r.case_number for r in known if r.uid == event.child), around.case.number)
    return None if primary == around.case.number else primary


def _elsewhere(around: Surroundings, happened: list[Event]) -> Iterator[tuple[Case, list[Event]]]:
    """Yield the other cases that have events of this command, with those events."""
    others = {**around.others, **({around.other.number: around.other} if around.other is not None else {})}
    for number, case in others.items():
        if events := [event for event in happened if _home(event, around) == number]:
            yield case, events


async def _children(
    connection: Any, batch: Batch, known: Mapping[UUID, Child], case: Case, history: list[tuple[Event, Envelope]]
) -> dict[UUID, Child]:
    """Add what the events did to things on the case to the batch, and return those things after it."""
    new = [event for event, _ in history if event.child is not None and event.child not in known]
    fresh = iter(await nouns.numbers(connection, case.tenant_id, len(new)) if new else ())
    touched: dict[UUID, Child] = {}
    added: dict[str, list[Child]] = {}
    for event, envelope in history:
        if event.noun is None or event.child is None:
            continue
        old = touched.get(event.child) or known.get(event.child)
        child = apply_child(old, event, envelope, case=case, number=0 if old else next(fresh))
        if old is None:
            added.setdefault(event.noun, []).append(child)
        else:
            cases.write_child(batch, old, child, event.noun)
        touched[event.child] = child
    for noun, children in added.items():
        cases.add_children(batch, children, noun)
    return touched


def _index(batch: Batch, before: Case | None, after: Case, happened: list[Event], touched: dict[UUID, Child]) -> bool:
    """Add the search text to the batch where that is possible; return whether it has to be made anew instead."""
    if before is None:
        cases.index_new(batch, after, [])
        return False
    if any(
        SEARCHED & set(e.set) for e in happened if e.noun is None or (e.noun == "comment" and e.kind != "commented")
    ):
        return True
    if any(event.kind == "comment_edited" for event in happened):
        return True
    for event in happened:
        if event.kind == "commented" and event.child is not None:
            comment = touched[event.child]
            if isinstance(comment, Comment):
                cases.index_comment(batch, after, comment)
    return False
