"""Nouns beside the case as doors change them: one transaction, one permission, recorded like everything else."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

import asyncpg

from casework.casebook.catalogue import Catalogue
from casework.casebook.registry import Registry
from casework.domain.access import Principal, require
from casework.domain.doors import Door
from casework.domain.nouns import Noun
from casework.domain.refusals import Duplicate, NotFound
from casework.store import nouns
from casework.store.postgres.database import Database

N = TypeVar("N", bound=Noun)


class Change:
    """What may be done within one transaction; it is over when the block of `Reference.changing` ends."""

    def __init__(self, connection: Any, registry: Registry, tenant: int, clock: Callable[[], datetime]) -> None:
        self.connection = connection
        self.tenant = tenant
        self.at = clock()
        self._registry = registry

    async def get(self, kind: type[N], number: int) -> N:
        """Return a noun as it is, locked until the end.

        Raises:
            NotFound: There is none.
        """
        found = await nouns.lock(self.connection, self.tenant, kind, number)
        if found is None:
            msg = f"There is no such {kind.__name__.lower()}."
            raise NotFound(msg)
        return found

    async def find(self, kind: type[N], member: str, *wanted: Any) -> list[N]:
        """Return the nouns whose member is one of these, deleted ones left out."""
        return await nouns.find(self.connection, self.tenant, kind, member, wanted)

    async def add(self, kind: type[N], /, **members: Any) -> N:
        """Make a noun and return it."""
        return await self._registry.add(self.connection, kind, self.tenant, **members)

    async def set(self, noun: N, **members: Any) -> N:
        """Change members of a noun and return it; nothing happens when none differs."""
        return await self._registry.change(self.connection, noun, **members)

    async def remove(self, noun: N) -> N:
        """Take a noun out of sight; its number stays taken, its key does not."""
        return await self._registry.change(self.connection, noun, event="deleted", key=None, deleted_at=self.at)


class Reference:
    """Changes nouns."""

    def __init__(self, database: Database, catalogue: Catalogue, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._catalogue = catalogue
        self._clock = clock

    @asynccontextmanager
    async def changing(self, principal: Principal, door: Door, permission: str) -> AsyncIterator[Change]:
        """A transaction in which the principal changes nouns: all of it or nothing.

        Args:
            principal: Who asks.
            door: The way in.
            permission: What is needed: `catalogue.edit`, `people.edit` or `tenant.edit`.

        Raises:
            Forbidden: The principal lacks the permission.
            Duplicate: A key or external id is taken; the member is named.
        """
        require(principal, permission)
        tenant = principal.tenant_id
        try:
            async with self._database.transaction(tenant) as connection:
                registry = Registry(self._clock, principal.user, door.name)
                yield Change(connection, registry, tenant, self._clock)
        except asyncpg.UniqueViolationError as error:
            member = "external_id" if "external_id" in (error.constraint_name or "") else "key"
            msg = "Another one has this already."
            raise Duplicate(msg, member=member) from error
        self._catalogue.forget(tenant)
