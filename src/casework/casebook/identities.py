"""Numbers and uids of the nouns beside the case, for doors that spell ids as uids."""

from collections.abc import Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from casework.domain.nouns import Noun, Organization, Person, Team, User
from casework.store import nouns
from casework.store.postgres.database import Database

N = TypeVar("N", bound=Noun)
KINDS = (User, Team, Person, Organization)
MOST = 200_000
"""Numbers whose uid is kept in memory; a number never gets another uid, so nothing becomes stale."""


class Identities:
    """Looks uids up by number, from memory or the tables, and numbers by uid, from the tables."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._uids: dict[tuple[int, int], UUID] = {}

    async def uids(self, tenant: int, numbers: Iterable[int]) -> dict[int, UUID]:
        """Return the uids of users, teams, persons and organizations; at most one statement, whatever their count."""
        wanted = set(numbers)
        found = {number: uid for number in wanted if (uid := self._uids.get((tenant, number)))}
        if missing := wanted - found.keys():
            async with self._database.tenant(tenant) as connection:
                read = await nouns.uids(connection, tenant, KINDS, missing)
            if len(self._uids) + len(read) > MOST:
                self._uids.clear()
            self._uids.update({(tenant, number): uid for number, uid in read.items()})
            found |= read
        return found

    async def numbers(
        self, tenant: int, asked: Mapping[type[Noun], Iterable[UUID]]
    ) -> dict[type[Noun], dict[UUID, int]]:
        """Return the numbers of what is there of each kind, by uid, in one statement."""
        async with self._database.tenant(tenant) as connection:
            return await nouns.numbers_of(connection, tenant, asked)

    async def names(self, tenant: int, asked: Mapping[type[Noun], Iterable[int]]) -> dict[int, str]:
        """Return the names of nouns of these kinds by number, deleted ones left out; at most one statement."""
        wanted = {kind: numbers for kind, numbers in asked.items() if numbers}
        if not wanted:
            return {}
        async with self._database.tenant(tenant) as connection:
            return await nouns.names(connection, tenant, wanted)

    async def external(self, tenant: int, kind: type[N], external_id: str) -> list[N]:
        """Return the nouns of a kind that have this external id."""
        async with self._database.tenant(tenant) as connection:
            return await nouns.find(connection, tenant, kind, "external_id", [external_id])

    async def present(self, tenant: int, kind: type[N], numbers: Iterable[int]) -> dict[int, N]:
        """Return the nouns of a kind by number, deleted ones left out."""
        wanted = set(numbers)
        if not wanted:
            return {}
        async with self._database.tenant(tenant) as connection:
            return {noun.number: noun for noun in await nouns.find(connection, tenant, kind, "number", wanted)}
