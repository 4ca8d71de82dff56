"""Nouns beside the case as doors see and change them: one transaction, one permission, recorded like everything else.

How they are removed is in `removing.py`.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar

import asyncpg

from casework.casebook.catalogue import Catalogue
from casework.casebook.executing import Executor
from casework.casebook.reference.changing import Change, called
from casework.domain.access import Principal, require
from casework.domain.doors import Door
from casework.domain.nouns import Noun
from casework.domain.refusals import Duplicate, NotFound, Stale
from casework.store import nouns
from casework.store.lists import lookups
from casework.store.lists.lookups import Lookup
from casework.store.postgres.database import Database

__all__ = ["Change", "Lookup", "Reference"]

N = TypeVar("N", bound=Noun)


class Reference:
    """Reads and changes nouns."""

    def __init__(
        self, database: Database, catalogue: Catalogue, executor: Executor, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._executor = executor
        self._clock = clock

    @asynccontextmanager
    async def changing(self, principal: Principal, door: Door, permission: str) -> AsyncIterator[Change]:
        """A transaction in which the principal changes nouns: all of it or nothing.

        Whoever changes the catalogue does so alone: what is checked holds until the end.

        Args:
            principal: Who asks.
            door: The way in.
            permission: What is needed: `catalogue.edit`, `people.edit` or `tenant.edit`.

        Raises:
            Forbidden: The principal lacks the permission.
            Duplicate: A key or external id is taken; the member is named.
            Stale: A case that has to be changed too is being changed by somebody else.
        """
        require(principal, permission)
        tenant = principal.tenant_id
        words = await self._catalogue.words(tenant)
        try:
            async with self._database.transaction(tenant) as connection:
                change = Change(connection, principal, door, self._clock, executor=self._executor, words=words)
                if permission == "catalogue.edit":
                    await change.alone()
                yield change
        except asyncpg.UniqueViolationError as error:
            member = "external_id" if "external_id" in (error.constraint_name or "") else "key"
            msg = "Another one has this already."
            raise Duplicate(msg, member=member) from error
        except asyncpg.DeadlockDetectedError as error:
            msg = "It is being changed by another request."
            raise Stale(msg) from error
        self._catalogue.forget(tenant)

    async def page(self, principal: Principal, kind: type[N], lookup: Lookup) -> list[N]:
        """Return nouns of a kind."""
        async with self._database.tenant(principal.tenant_id) as connection:
            return await lookups.page(connection, principal.tenant_id, kind, lookup)

    async def one(self, principal: Principal, kind: type[N], number: int) -> N:
        """Return a noun.

        Raises:
            NotFound: There is none.
        """
        async with self._database.tenant(principal.tenant_id) as connection:
            found = await nouns.find(connection, principal.tenant_id, kind, "number", [number])
        if not found:
            msg = f"There is no such {called(kind)}."
            raise NotFound(msg)
        return found[0]

    async def some(self, principal: Principal, kind: type[N], numbers: Iterable[int]) -> dict[int, N]:
        """Return nouns of a kind by number, deleted ones left out."""
        wanted = set(numbers)
        if not wanted:
            return {}
        async with self._database.tenant(principal.tenant_id) as connection:
            found = await nouns.find(connection, principal.tenant_id, kind, "number", wanted)
        return {noun.number: noun for noun in found}
