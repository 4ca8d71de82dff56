"""What monitors need: borrowers to compare, and one case for each new match, never two (spec/peach §4)."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from casework.auth.sealing import Seals, same
from casework.casebook.catalogue import Catalogue
from casework.casebook.executing import Executor
from casework.casebook.registry import Registry
from casework.domain.access import Principal, require
from casework.domain.commands import Open
from casework.domain.doors import Door
from casework.domain.nouns import Identity, Organization, Person, Task
from casework.store import nouns
from casework.store.postgres.database import Database
from casework.store.servicing import listing, matches

AT_ONCE = 1_000
REVIEW = "reviewAutoCreatedCase"
SOCIAL_SECURITY = "SSN"


class Candidate(msgspec.Struct, frozen=True):
    """A borrower as monitors see it: names, birth date, addresses, and a way to compare its social security number."""

    number: int
    first_name: str
    last_name: str
    name: str
    birth_date: str | None
    addresses: tuple[Mapping[str, Any], ...]
    identities: tuple[Identity, ...]

    @property
    def known_ssn(self) -> bool:
        """Whether a social security number is known."""
        return bool(self._social())

    def has_ssn(self, digest: bytes | None) -> bool:
        """Tell in constant time whether the whole number has this keyed hash."""
        return any(same(identity.digest, digest) for identity in self._social())

    def has_tail(self, tail: bytes | None) -> bool:
        """Tell in constant time whether the last four digits have this keyed hash."""
        return any(same(identity.tail, tail) for identity in self._social())

    def _social(self) -> list[Identity]:
        return [identity for identity in self.identities if identity.kind.upper() == SOCIAL_SECURITY]


class NewCase(msgspec.Struct, frozen=True):
    """The case that a match asks for: base type, borrower, and what only servicers know, under their names."""

    base: str
    borrower: int
    members: Mapping[str, Any]
    note: str


class Matches:
    """Hands out candidates and opens cases."""

    def __init__(
        self,
        database: Database,
        catalogue: Catalogue,
        executor: Executor,
        clock: Callable[[], datetime],
        seals: Seals,
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._executor = executor
        self._clock = clock
        self.seals = seals

    async def candidates(self, who: Principal) -> AsyncIterator[Candidate]:
        """Yield every borrower of the tenant."""
        require(who, "case.create")
        above, tenant = 0, who.tenant_id
        while True:
            async with self._database.tenant(tenant) as connection:
                found = await listing.next_borrowers(connection, tenant, above, AT_ONCE)
                numbers = [noun.number for noun in found]
                known: dict[int, list[Identity]] = {}
                for identity in await nouns.find(connection, tenant, Identity, "person", numbers):
                    known.setdefault(identity.person, []).append(identity)
            for noun in found:
                yield _candidate(noun, known.get(noun.number, []))
            if len(found) < AT_ONCE:
                return
            above = numbers[-1]

    async def taken(self, who: Principal, monitor: str) -> set[bytes]:
        """Return the fingerprints of matches that have a case: a short cut, `open` looks again."""
        async with self._database.tenant(who.tenant_id) as connection:
            return await matches.taken(connection, who.tenant_id, monitor)

    async def open(self, who: Principal, door: Door, monitor: str, fingerprint: bytes, asked: NewCase) -> int | None:
        """Open the case of a match with its review task, and return its number; None when the match has one already.

        Of several runs at once, one opens it: the others wait for its transaction and find the match taken.

        Raises:
            Refusal: The case is refused; the match stays new.
        """
        tenant = who.tenant_id
        words = await self._catalogue.words(tenant)
        kind = words.vocabulary.type_for(asked.base)
        async with self._database.transaction(tenant) as connection:
            if not await matches.claim(connection, tenant, monitor, fingerprint):
                return None
            command = Open(
                set={
                    "type": kind.number if kind else None,
                    "borrowers": (asked.borrower,),
                    "extra": {"peach": dict(asked.members)},
                }
            )
            outcome = await self._executor.within(connection, who, door, command, words=words)
            number = outcome.case.number
            registry = Registry(self._clock, who.user, door.name)
            await registry.add(
                connection, Task, tenant, kind=REVIEW, case=number, person=asked.borrower, note=asked.note
            )
            await matches.settle(connection, tenant, monitor, fingerprint, number)
        return number


def _candidate(noun: Person | Organization, identities: list[Identity]) -> Candidate:
    private = noun.private if isinstance(noun, Person) else noun.extra.get("peach", {})
    told = noun.extra.get("peach", {})
    return Candidate(
        number=noun.number,
        first_name=noun.first_name if isinstance(noun, Person) else "",
        last_name=noun.last_name if isinstance(noun, Person) else "",
        name=noun.name,
        birth_date=private.get("dateOfBirth") or told.get("dateOfBirth"),
        addresses=tuple(private.get("addresses") or told.get("addresses") or ()),
        identities=tuple(identities),
    )
