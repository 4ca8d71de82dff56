"""What borrowers have beside cases: loans, interactions, and documents with their content in the blob store."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from casework.casebook.attachments import Attachments
from casework.casebook.reference import Change, Reference
from casework.domain.access import Principal
from casework.domain.doors import Door
from casework.domain.nouns import Object
from casework.domain.refusals import Duplicate, Invalid, NotFound
from casework.store import nouns
from casework.store.postgres.database import Database
from casework.store.servicing import listing
from casework.store.servicing.listing import Slice, Window

WRITE = "case.edit"


class Objects:
    """Finds and changes loans, interactions and documents of a borrower."""

    def __init__(self, database: Database, reference: Reference, files: Attachments) -> None:
        self._database = database
        self._reference = reference
        self._files = files

    async def page(self, tenant: int, kind: str, person: int, window: Window, **wanted: Any) -> Slice:
        """Return a page of a borrower's objects of a kind."""
        async with self._database.tenant(tenant) as connection:
            return await listing.page(connection, tenant, Object, window, {"kind": kind, "person": person, **wanted})

    async def one(self, tenant: int, kind: str, person: int, number: int) -> Object:
        """Return an object.

        Raises:
            NotFound: There is none of this kind, or it is another borrower's.
        """
        async with self._database.tenant(tenant) as connection:
            found = await nouns.find(connection, tenant, Object, "number", [number])
        if not found or (found[0].kind, found[0].person) != (kind, person):
            msg = f"There is no such {kind}."
            raise NotFound(msg)
        return found[0]

    async def named(self, tenant: int, kind: str, external_id: str) -> int | None:
        """Return the number of the object of a kind with this external id."""
        async with self._database.tenant(tenant) as connection:
            found = await nouns.find(connection, tenant, Object, "external_id", [external_id])
        return next((thing.number for thing in found if thing.kind == kind), None)

    async def add(
        self, who: Principal, door: Door, kind: str, person: int, *, members: Mapping[str, Any], loans: Any = ()
    ) -> Object:
        """Make an object; `loans` are those that it is about, which must be there.

        Raises:
            Duplicate: The external id is taken.
            Invalid: There is no such loan.
        """
        async with self._reference.changing(who, door, WRITE) as change:
            await _check_free(change, kind, members.get("external_id"), None)
            await _check_loans(change, loans)
            return await change.add(Object, kind=kind, person=person, **members)

    async def set(
        self, who: Principal, door: Door, thing: Object, members: Mapping[str, Any], loans: Any = ()
    ) -> Object:
        """Change an object; `extra` is merged by name.

        Raises:
            NotFound: It has gone.
            Duplicate: The external id is taken.
            Invalid: There is no such loan.
        """
        async with self._reference.changing(who, door, WRITE) as change:
            before = await change.get(Object, thing.number)
            new = dict(members)
            await _check_free(change, thing.kind, new.get("external_id"), thing.number)
            await _check_loans(change, loans)
            if "extra" in new:
                own = {name: {**before.extra.get(name, {}), **part} for name, part in new["extra"].items()}
                new["extra"] = {**before.extra, **own}
            return await change.set(before, **new)

    async def remove(self, who: Principal, door: Door, thing: Object) -> None:
        """Take an object out of sight."""
        async with self._reference.changing(who, door, WRITE) as change:
            await change.remove(await change.get(Object, thing.number))

    async def upload(
        self,
        who: Principal,
        door: Door,
        thing: Object,
        chunks: AsyncIterator[bytes],
        *,
        limit: int,
        kind: str | None,
    ) -> Object:
        """Store the content of a document, instead of what it had; bytes come first, then the row (ARCHITECTURE §4).

        Raises:
            TooLarge: There are more than `limit` bytes.
        """
        blob = await self._files.store(chunks, limit=limit)
        return await self.set(
            who, door, thing, {"blob": blob.digest, "size": blob.size, "content_type": kind or thing.content_type}
        )

    async def content(self, thing: Object) -> AsyncIterator[bytes]:
        """Return the bytes of a document, chunk by chunk.

        Raises:
            NotFound: None were uploaded, or the blob store has lost them.
        """
        if thing.blob is None:
            msg = "The document has no content yet."
            raise NotFound(msg)
        return await self._files.content(thing.blob)


async def _check_free(change: Change, kind: str, external_id: str | None, own: int | None) -> None:
    if external_id is None:
        return
    for taken in await change.find(Object, "external_id", external_id):
        if taken.kind == kind and taken.number != own:
            msg = f"Another {kind} has this external id."
            raise Duplicate(msg, member="external_id", existing=taken.number)


async def _check_loans(change: Change, loans: Any) -> None:
    wanted = set(loans)
    known = {thing.number for thing in await change.find(Object, "number", *wanted) if thing.kind == "loan"}
    if wanted - known:
        msg = "There is no such loan."
        raise Invalid(msg, member="loanIds")
