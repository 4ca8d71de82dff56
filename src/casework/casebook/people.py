"""Users, persons, teams and organizations as answers show them; what most answers name is cached for a moment."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from casework.auth.cache import TimedCache
from casework.domain.nouns import Noun, Person, Team
from casework.domain.refusals import NotFound
from casework.store import nouns
from casework.store.people import users
from casework.store.people.users import Face, PersonCard, UserCard
from casework.store.postgres.database import Database

__all__ = ["Face", "People", "PersonCard", "UserCard"]

N = TypeVar("N", bound=Noun)


class People:
    """Looks users up, by number from a short-lived cache, by address from the table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cards: TimedCache[tuple[int, int], UserCard] = TimedCache()
        self._persons: TimedCache[tuple[int, int], PersonCard] = TimedCache()
        self._members: TimedCache[int, list[UserCard]] = TimedCache()
        self._faces: TimedCache[tuple[int, int], Face] = TimedCache()

    async def users(self, tenant: int, numbers: Iterable[int]) -> dict[int, UserCard]:
        """Return users by number; at most one statement, whatever their count."""
        known = {number: self._cards.get((tenant, number)) for number in set(numbers)}
        found = {number: card for number, card in known.items() if card is not None}
        if len(found) < len(known):
            async with self._database.tenant(tenant) as connection:
                for card in await users.by_number(connection, tenant, known.keys() - found.keys()):
                    self._cards.put((tenant, card.number), card)
                    found[card.number] = card
        return found

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
        known = {number: self._persons.get((tenant, number)) for number in set(numbers)}
        found = {number: card for number, card in known.items() if card is not None}
        if len(found) < len(known):
            async with self._database.tenant(tenant) as connection:
                for card in await users.persons(connection, tenant, known.keys() - found.keys()):
                    self._persons.put((tenant, card.number), card)
                    found[card.number] = card
        return found

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
