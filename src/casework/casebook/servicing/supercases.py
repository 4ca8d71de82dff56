"""Supercases: one case for each of many borrowers, all or none of them in one transaction (spec/peach §11)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from casework.casebook.catalogue import Catalogue
from casework.casebook.executing import Executor
from casework.casebook.registry import Registry
from casework.domain.access import Principal, require
from casework.domain.commands import Open
from casework.domain.doors import Door
from casework.domain.nouns import Supercase
from casework.domain.refusals import Invalid, NotFound
from casework.store import nouns
from casework.store.postgres.database import Database
from casework.store.servicing import listing
from casework.store.servicing.listing import Slice, Window

WRITE = "case.create"
MOST = 500
"""Borrowers of one supercase."""


class Supercases:
    """Makes and finds supercases."""

    def __init__(
        self, database: Database, catalogue: Catalogue, executor: Executor, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._executor = executor
        self._clock = clock

    async def page(self, who: Principal, window: Window, **wanted: Any) -> Slice:
        """Return a page of supercases; of their cases those that may be read."""
        async with self._database.tenant(who.tenant_id) as connection:
            found = await listing.page(connection, who.tenant_id, Supercase, window, wanted)
            every = [number for supercase in found.rows for number in supercase.cases]
            shown = await listing.readable_numbers(connection, who, every)
        rows = [
            msgspec.structs.replace(supercase, cases=tuple(number for number in supercase.cases if number in shown))
            for supercase in found.rows
        ]
        return msgspec.structs.replace(found, rows=rows)

    async def one(self, who: Principal, number: int) -> Supercase:
        """Return a supercase, with those of its cases that may be read.

        Raises:
            NotFound: There is none.
        """
        found = await self.page(who, Window(limit=1), number=number)
        if not found.rows:
            msg = "There is no such supercase."
            raise NotFound(msg)
        supercase: Supercase = found.rows[0]
        return supercase

    async def create(
        self,
        who: Principal,
        door: Door,
        members: Mapping[str, Any],
        borrowers: Sequence[int],
        opening: Callable[[int, int], Mapping[str, Any]],
    ) -> Supercase:
        """Make a supercase and its cases.

        Args:
            who: Who asks.
            door: The way in.
            members: Columns of the supercase.
            borrowers: Numbers of those who get a case.
            opening: From the supercase's number and a borrower's to what `Open` sets on the borrower's case.

        Raises:
            Invalid: One of them is no borrower, or there are too many.
            Refusal: One of the cases is refused; none is made.
        """
        require(who, WRITE)
        tenant = who.tenant_id
        words = await self._catalogue.words(tenant)
        wanted = list(dict.fromkeys(borrowers))
        if not wanted or len(wanted) > MOST:
            msg = f"A supercase has 1 to {MOST} borrowers."
            raise Invalid(msg, member="borrowerIds")
        async with self._database.transaction(tenant) as connection:
            there = {noun.number for noun in await listing.borrowers_by_number(connection, tenant, wanted)}
            if set(wanted) - there:
                msg = "There is no such borrower."
                raise Invalid(msg, member="borrowerIds")
            registry = Registry(self._clock, who.user, door.name)
            (number,) = await nouns.numbers(connection, tenant)
            made: list[int] = []
            for borrower in wanted:
                command = Open(set=opening(number, borrower))
                outcome = await self._executor.within(connection, who, door, command, words=words)
                made.append(outcome.case.number)
            return await registry.add(connection, Supercase, tenant, number=number, cases=tuple(made), **members)
