"""Nouns beside the case: made and changed with an event each, so that their history is as whole as a case's."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from casework.casebook.sla import holidays
from casework.domain.chain import GENESIS
from casework.domain.events import Envelope, Event
from casework.domain.ids import uuid7
from casework.domain.nouns import Calendar, Identity, Key, Noun, Object, Person, Supercase, Task, Webhook, Workflow
from casework.store import events, nouns
from casework.store.postgres.batch import Batch

N = TypeVar("N", bound=Noun)

UNRECORDED = frozenset({"digest", "tail"})
"""Members that no event repeats."""
OFF_CATALOGUE = (Key, Object, Person, Identity, Task, Workflow, Supercase, Webhook)
"""Nouns that no process keeps in memory."""


class Registry:
    """Makes and changes nouns within a transaction that the caller holds.

    Args:
        clock: The time.
        actor: Number of the user who does it.
        via: Door or job.
    """

    def __init__(self, clock: Callable[[], datetime], actor: int, via: str) -> None:
        self._clock = clock
        self.actor = actor
        self._via = via

    async def add(
        self, connection: Any, kind: type[N], tenant: int, /, *, number: int | None = None, **members: Any
    ) -> N:
        """Make a noun and return it; `number` is one that was taken from the sequence before."""
        at = self._clock()
        if number is None:
            (number,) = await nouns.numbers(connection, tenant)
        members |= _copied(kind, members, at)
        uid: UUID = uuid7(at, os.urandom(10))
        stamps: dict[str, Any] = {
            "created_at": at,
            "created_by": self.actor,
            "updated_at": at,
            "updated_by": self.actor,
        }
        noun = kind(tenant_id=tenant, number=number, uid=uid, **stamps, **members)
        batch = Batch()
        nouns.insert(batch, noun)
        await self._record(connection, batch, noun, Event("created", _recorded(members)), at)
        return noun

    async def change(self, connection: Any, before: N, /, *, event: str = "changed", **members: Any) -> N:
        """Change members of a noun; nothing happens when none differs."""
        new = {name: value for name, value in members.items() if getattr(before, name) != value}
        if not new:
            return before
        at = self._clock()
        new |= _copied(type(before), new, at)
        was = {name: getattr(before, name) for name in new}
        after = msgspec.structs.replace(before, **new, version=before.version + 1, updated_at=at, updated_by=self.actor)
        batch = Batch()
        nouns.update(batch, before, after)
        await self._record(connection, batch, after, Event(event, _recorded(new), _recorded(was)), at)
        return after

    async def _record(self, connection: Any, batch: Batch, noun: Noun, event: Event, at: datetime) -> None:
        tenant, table = noun.tenant_id, noun.table
        head = await events.head(connection, tenant, table, noun.number) if noun.version > 1 else GENESIS
        envelope = Envelope(at=at, actor=self.actor, via=self._via, version=noun.version)
        head = events.add(
            batch,
            [event],
            envelope,
            subject=(table, noun.number, noun.uid),
            tenant=tenant,
            head=head,
            salt=os.urandom(16),
        )
        events.keep_head(batch, tenant, (table, noun.number), noun.version, head)
        if not isinstance(noun, OFF_CATALOGUE):
            nouns.touch_catalogue(batch, tenant)
        elif isinstance(noun, Person) and noun.version > 1:
            nouns.touch_people(batch, tenant)
        await batch.run(connection)


def _recorded(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name not in UNRECORDED}


def _copied(kind: type[Noun], members: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Return the holidays that go with naming a country in a calendar."""
    if not issubclass(kind, Calendar) or "holidays" not in members:
        return {}
    return {"days": holidays.copied(members["holidays"], at.year)}
