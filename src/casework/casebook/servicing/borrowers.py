"""Borrowers: persons, and organizations as business borrowers, in one space of ids and external ids (DOMAIN §1)."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from casework.auth.sealing import Sealed, Seals, normal, same
from casework.casebook.reference import Change, Reference
from casework.domain.access import Principal
from casework.domain.doors import Door
from casework.domain.nouns import Identity, Organization, Person, User
from casework.domain.refusals import Duplicate, Invalid, NotFound
from casework.store import nouns
from casework.store.postgres.database import Database
from casework.store.servicing import listing
from casework.store.servicing.listing import Slice, Window

WRITE = "case.edit"
"""Who works on cases keeps the borrowers that they are about."""
_NINE = frozenset({"SSN", "ITIN", "EIN", "TIN"})
"""Kinds of identities that have nine digits."""


class GivenIdentity(msgspec.Struct, frozen=True):
    """An identity as somebody names it. Its representation hides the value."""

    kind: str
    value: str

    def __repr__(self) -> str:
        """Say nothing: values like this must not get into logs."""
        return f"GivenIdentity({self.kind!r}, …)"


class Borrower(msgspec.Struct, frozen=True):
    """A person or organization, and what is known of its identities."""

    noun: Person | Organization
    identities: Sequence[Identity] = ()

    @property
    def business(self) -> bool:
        """Whether it is an organization."""
        return isinstance(self.noun, Organization)


class Borrowers:
    """Makes, finds and changes borrowers."""

    def __init__(self, database: Database, reference: Reference, seals: Seals) -> None:
        self._database = database
        self._reference = reference
        self._seals = seals

    async def page(
        self, tenant: int, window: Window, *, business: bool | None = None, external_id: str | None = None
    ) -> tuple[Slice, list[Borrower]]:
        """Return a page of borrowers, newest first."""
        kind = None if business is None else ("business" if business else "person")
        async with self._database.tenant(tenant) as connection:
            found = await listing.borrowers(connection, tenant, window, kind, external_id)
            known = await nouns.find(connection, tenant, Identity, "person", [noun.number for noun in found.rows])
        return found, [Borrower(n, [i for i in known if i.person == n.number]) for n in found.rows]

    async def one(self, tenant: int, number: int) -> Borrower:
        """Return a borrower; persons that are somebody on the staff are none.

        Raises:
            NotFound: There is none.
        """
        async with self._database.tenant(tenant) as connection:
            return await _read(connection, tenant, number)

    async def find(self, tenant: int, external_id: str) -> int | None:
        """Return the number of the borrower with this external id."""
        async with self._database.tenant(tenant) as connection:
            found = await _named(connection, tenant, external_id)
        return found.number if found else None

    async def create(
        self,
        who: Principal,
        door: Door,
        members: Mapping[str, Any],
        identity: GivenIdentity | None = None,
        *,
        business: bool = False,
    ) -> Borrower:
        """Make a borrower.

        Args:
            who: Who asks.
            door: The way in.
            members: Columns of the noun.
            identity: What identifies it; only hashes are kept.
            business: An organization instead of a person.

        Raises:
            Duplicate: The external id is taken; `facts["existing"]` is the number of who has it.
            Invalid: The identity is none.
        """
        seals = await self._seals.ready()
        async with self._reference.changing(who, door, WRITE) as change:
            await _check_external_id(change, members.get("external_id"), None)
            noun: Person | Organization
            if business:
                noun = await change.add(Organization, **members)
            else:
                noun = await change.add(Person, borrower=True, **members)
            await _identify(change, seals, noun, [], identity)
            return await _read(change.connection, who.tenant_id, noun.number)

    async def update(
        self,
        who: Principal,
        door: Door,
        number: int,
        members: Mapping[str, Any],
        identity: GivenIdentity | None = None,
    ) -> Borrower:
        """Change members of a borrower; `extra` and `private` are merged by name.

        Raises:
            NotFound: There is none.
            Duplicate: As `create`.
        """
        seals = await self._seals.ready()
        async with self._reference.changing(who, door, WRITE) as change:
            before = await _read(change.connection, who.tenant_id, number)
            noun = await change.get(type(before.noun), number)
            new = dict(members)
            if new.get("external_id") not in {None, noun.external_id}:
                await _check_external_id(change, new["external_id"], number)
            if "extra" in new:
                own = {name: {**noun.extra.get(name, {}), **part} for name, part in new["extra"].items()}
                new["extra"] = {**noun.extra, **own}
            if isinstance(noun, Person):
                if "private" in new:
                    new["private"] = {**noun.private, **new["private"]}
                if "first_name" in new or "last_name" in new:
                    new["name"] = ""
                new["borrower"] = True
            await change.set(noun, **new)
            await _identify(change, seals, noun, before.identities, identity)
            return await _read(change.connection, who.tenant_id, number)

    async def remove(self, who: Principal, door: Door, number: int) -> None:
        """Take a borrower and its identities out of sight.

        Raises:
            NotFound: There is none.
        """
        async with self._reference.changing(who, door, WRITE) as change:
            found = await _read(change.connection, who.tenant_id, number)
            noun = await change.get(type(found.noun), number)
            for identity in found.identities:
                await change.remove(identity)
            await change.remove(noun)


async def _read(connection: Any, tenant: int, number: int) -> Borrower:
    for noun in await listing.borrowers_by_number(connection, tenant, [number]):
        if isinstance(noun, Person) and not noun.borrower and noun.user is not None:
            users = await nouns.find(connection, tenant, User, "number", [noun.user])
            if any(user.kind != "customer" for user in users):
                break
        return Borrower(noun, await nouns.find(connection, tenant, Identity, "person", [number]))
    msg = "There is no such person."
    raise NotFound(msg)


async def _named(connection: Any, tenant: int, external_id: str) -> Person | Organization | None:
    persons = await nouns.find(connection, tenant, Person, "external_id", [external_id])
    if persons:
        return persons[0]
    organizations = await nouns.find(connection, tenant, Organization, "external_id", [external_id])
    return organizations[0] if organizations else None


async def _check_external_id(change: Change, external_id: str | None, own: int | None) -> None:
    """Refuse an external id that a person or organization has; who checks the same one at the same time waits."""
    if external_id is None:
        return
    await change.connection.fetchval(
        "select pg_advisory_xact_lock(hashtextextended($1, 7309))", f"{change.tenant}/{external_id}"
    )
    taken = await _named(change.connection, change.tenant, external_id)
    if taken is not None and taken.number != own:
        msg = "Another person has this external id."
        raise Duplicate(msg, member="external_id", existing=taken.number)


async def _identify(
    change: Change,
    seals: Seals,
    noun: Person | Organization,
    known: Sequence[Identity],
    given: GivenIdentity | None,
) -> None:
    """Keep an identity instead of the one of its kind that is known; the same one again changes nothing."""
    if given is None:
        return
    sealed = _sealed(seals, change.tenant, given)
    for old in known:
        if old.kind.upper() != given.kind.upper():
            continue
        if same(old.digest, sealed.digest):
            return
        await change.remove(old)
    await change.add(Identity, person=noun.number, kind=given.kind, digest=sealed.digest, tail=sealed.tail)


def _sealed(seals: Seals, tenant: int, given: GivenIdentity) -> Sealed:
    plain = normal(given.value)
    if not plain or (given.kind.upper() in _NINE and not (plain.isdigit() and len(plain) == 9)):
        msg = "The identity does not have the form of its type."
        raise Invalid(msg, member="identity")
    return seals.seal(tenant, given.kind, given.value)
