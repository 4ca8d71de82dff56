"""Users, persons, teams and organizations as answers show them; the names that most answers need stay in memory."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

import msgspec

from casework.auth.cache import TimedCache
from casework.casebook.catalogue import Catalogue
from casework.domain.nouns import Noun, Person, Team
from casework.domain.refusals import NotFound
from casework.store import nouns
from casework.store.people import users
from casework.store.people.users import Face, PersonCard, UserCard
from casework.store.postgres.database import Database

__all__ = ["Face", "People", "PersonCard", "UserCard"]

N = TypeVar("N", bound=Noun)
C = TypeVar("C", UserCard, PersonCard)


MOST = 20_000
"""Users and persons of a tenant whose names are kept; beyond, all are read anew."""


class Names(msgspec.Struct):
    """What is kept of one tenant's people, and the version of them that it shows."""

    version: tuple[int, int]
    users: dict[int, UserCard]
    persons: dict[int, PersonCard]


class People:
    """Looks users up, by number from memory where nothing has changed, by address from the table."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue
        self._names: dict[int, Names] = {}
        self._members: TimedCache[int, list[UserCard]] = TimedCache()
        self._faces: TimedCache[tuple[int, int], Face] = TimedCache()

    async def _known(self, tenant: int) -> Names:
        """Return the names that still hold: as the tenant's people were at most a second ago."""
        version = (await self._catalogue.tenant(tenant)).people
        known = self._names.get(tenant)
        if known is None or known.version != version or len(known.users) + len(known.persons) > MOST:
            known = self._names[tenant] = Names(version, {}, {})
        return known

    async def users(self, tenant: int, numbers: Iterable[int]) -> dict[int, UserCard]:
        """Return users by number; at most one statement, whatever their count."""
        wanted, known = set(numbers), (await self._known(tenant)).users
        if missing := [number for number in wanted if number not in known]:
            async with self._database.tenant(tenant) as connection:
                _remember(known, await users.by_number(connection, tenant, missing))
        return {number: known[number] for number in wanted if number in known}

    async def members(self, tenant: int) -> list[UserCard]:
        """Return the enabled staff who have an e-mail address, by number."""
        if (known := self._members.get(tenant)) is not None:
            return known
        async with self._database.tenant(tenant) as connection:
            found = await users.members(connection, tenant)
        self._members.put(tenant, found)
        return found

    async def persons(self, tenant: int, numbers: Iterable[int]) -> dict[int, PersonCard]:
        """Return persons by number; at most one statement, whatever their count."""
        wanted, known = set(numbers), (await self._known(tenant)).persons
        if missing := [number for number in wanted if number not in known]:
            async with self._database.tenant(tenant) as connection:
                _remember(known, await users.persons(connection, tenant, missing))
        return {number: known[number] for number in wanted if number in known}

    async def faces(self, tenant: int, numbers: Iterable[int]) -> dict[int, Face]:
        """Return users with the persons that they are, by the user's number; at most one statement."""
        known = {number: self._faces.get((tenant, number)) for number in set(numbers)}
        found = {number: face for number, face in known.items() if face is not None}
        if len(found) < len(known):
            async with self._database.tenant(tenant) as connection:
                for face in await users.faces(connection, tenant, known.keys() - found.keys()):
                    self._faces.put((tenant, face.number), face)
                    found[face.number] = face
        return found

    async def users_of(self, tenant: int, persons: Iterable[int]) -> dict[int, int | None]:
        """Return persons by number, with the enabled member of staff that each is, if any."""
        wanted = list(persons)
        if not wanted:
            return {}
        async with self._database.tenant(tenant) as connection:
            return await users.of_persons(connection, tenant, wanted)

    async def is_person(self, tenant: int, number: int) -> bool:
        """Tell whether there is a person with this number."""
        async with self._database.tenant(tenant) as connection:
            return bool(await nouns.find(connection, tenant, Person, "number", [number]))

    async def teams(self, tenant: int, numbers: Iterable[int]) -> dict[int, Team]:
        """Return teams by number, deleted ones left out."""
        wanted = set(numbers)
        if not wanted:
            return {}
        async with self._database.tenant(tenant) as connection:
            return {team.number: team for team in await nouns.find(connection, tenant, Team, "number", wanted)}

    async def listed(self, tenant: int, kind: type[N], offset: int, limit: int) -> tuple[int, list[N]]:
        """Return how many persons, organizations or teams there are, and a page of them."""
        async with self._database.tenant(tenant) as connection:
            return await nouns.page(connection, tenant, kind, offset, limit)

    async def numbered(self, tenant: int, kind: type[N], numbers: Iterable[int]) -> dict[int, N]:
        """Return nouns of a kind by number, deleted ones left out."""
        wanted = list(numbers)
        if not wanted:
            return {}
        async with self._database.tenant(tenant) as connection:
            return {noun.number: noun for noun in await nouns.find(connection, tenant, kind, "number", wanted)}

    async def everything(self, tenant: int, kind: type[N]) -> list[N]:
        """Return all nouns of a small kind, deleted ones left out."""
        async with self._database.tenant(tenant) as connection:
            return [noun for noun in await nouns.everything(connection, tenant, kind) if noun.deleted_at is None]

    async def by_uid(self, tenant: int, kind: type[N], uid: UUID) -> N:
        """Return a person, organization or team.

        Raises:
            NotFound: There is none.
        """
        async with self._database.tenant(tenant) as connection:
            found = await nouns.find(connection, tenant, kind, "uid", [uid])
        if not found:
            msg = f"There is no such {kind.__name__.lower()}."
            raise NotFound(msg)
        return found[0]

    async def by_address(self, tenant: int, addresses: Iterable[str]) -> dict[str, UserCard]:
        """Return enabled users by lower-cased e-mail address, or what stands in for it."""
        async with self._database.tenant(tenant) as connection:
            found = await users.by_address(
                connection, tenant, sorted({address.lower() for address in addresses if "\x00" not in address})
            )
        return {card.address.lower(): card for card in found}


def _remember(known: dict[int, C], cards: Iterable[C]) -> None:
    """Keep what was found as well."""
    known.update({card.number: card for card in cards})
