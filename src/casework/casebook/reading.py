"""Reading cases: one, or a page of them, with what hangs on them, in one statement behind the access predicate."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from casework.casebook.catalogue import Catalogue
from casework.domain.access import Principal
from casework.domain.case import Case, Child, Comment
from casework.domain.refusals import Invalid, NotFound, TooBroad
from casework.store import children, events, relations
from casework.store.cases import COLUMNS, case_of
from casework.store.lists import cursors, listing, notes, parts, search
from casework.store.lists.cursors import Scroll
from casework.store.lists.filters import MEMBERS, Condition, Group, Where
from casework.store.lists.listing import Query
from casework.store.lists.notes import Notes
from casework.store.lists.parts import Part
from casework.store.postgres.database import Database

__all__ = [
    "MEMBERS",
    "Condition",
    "Group",
    "Notes",
    "Page",
    "Part",
    "Query",
    "Reader",
    "Scroll",
    "Span",
    "Where",
]


class Page(msgspec.Struct, frozen=True):
    """Rows with the asked columns and parts, and how many cases match in all."""

    rows: list[Mapping[str, Any]]
    total: int


class Span(msgspec.Struct, frozen=True):
    """A page between cursors: its rows, how many match in all, and whether there is more on each side."""

    rows: list[Mapping[str, Any]]
    total: int
    earlier: bool
    later: bool


class Reader:
    """Answers questions about cases."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    async def one(
        self,
        principal: Principal,
        case: int | UUID,
        columns: Iterable[str] = COLUMNS,
        parts: Iterable[str] = (),
        *,
        public_only: bool = False,
    ) -> Mapping[str, Any]:
        """Return one case, named by number or uid, with these columns and parts (`store.lists.listing`).

        Raises:
            NotFound: There is none that the principal may read.
        """
        sql, params = listing.one(principal, case, columns, parts, public_only=public_only)
        async with self._database.tenant(principal.tenant_id) as connection:
            row: Mapping[str, Any] | None = await connection.fetchrow(sql, *params.values)
        if row is None:
            msg = "There is no such case."
            raise NotFound(msg)
        self._catalogue.notice(principal.tenant_id, [row])
        return row

    async def case(self, principal: Principal, number: int) -> Case:
        """Return one case whole."""
        row = await self.one(principal, number)
        return case_of(row[name] for name in COLUMNS)

    async def child(self, principal: Principal, noun: str, uid: UUID) -> tuple[UUID, Child]:
        """Return the uid of the case that a comment or file hangs on, and the thing itself.

        Raises:
            NotFound: There is none that the principal may see.
        """
        async with self._database.tenant(principal.tenant_id) as connection:
            found = await children.find(connection, principal, noun, uid)
        if found is None:
            msg = f"There is no such {noun}."
            raise NotFound(msg)
        return found

    async def page(
        self, principal: Principal, query: Query, columns: Iterable[str] = COLUMNS, parts: Iterable[str] = ()
    ) -> Page:
        """Return a page of cases and the exact number of all that match.

        Raises:
            TooBroad: The database gave up on it.
        """
        async with self._database.tenant(principal.tenant_id) as connection:
            try:
                found, few = None, False
                if query.search.strip():
                    found = search.terms(query.search, staff=principal.staff and not query.public_only)
                elif len(query.subjects) == 1:
                    found = search.within_subject(query.subjects[0])
                if found is not None:
                    few = await search.estimate(connection, found) <= search.FEW
                sql, params = listing.page(principal, query, columns, parts, found, few=few)
                rows = await connection.fetch(sql, *params.values)
            except asyncpg.QueryCanceledError as error:
                msg = "The search is too broad; add a word or a filter."
                raise TooBroad(msg, member="search") from error
            except asyncpg.InvalidRegularExpressionError as error:
                msg = "The regular expression cannot be read."
                raise Invalid(msg, member="q") from error
        self._catalogue.notice(principal.tenant_id, rows)
        return Page([row for row in rows if row["number"] is not None], rows[0]["total"])

    async def scroll(
        self, principal: Principal, asked: Scroll, columns: Iterable[str] = COLUMNS, parts: Iterable[str] = ()
    ) -> Span:
        """Return a page of cases by cursor and the exact number of all that match.

        Raises:
            NotFound: The cursor is no case that the principal may read.
        """
        sql, params = cursors.scroll(principal, asked, columns, parts)
        async with self._database.tenant(principal.tenant_id) as connection:
            found = await connection.fetch(sql, *params.values)
        if not found[0]["known"]:
            msg = "There is no such case to begin or end at."
            raise NotFound(msg)
        rows = [row for row in found if row["number"] is not None]
        self._catalogue.notice(principal.tenant_id, rows)
        more = len(rows) > asked.limit
        del rows[asked.limit :]
        if asked.before is not None:
            return Span(rows[::-1], found[0]["total"], earlier=more, later=True)
        return Span(rows, found[0]["total"], earlier=asked.after is not None or asked.offset > 0, later=more)

    async def named(self, principal: Principal, external_id: str) -> int | None:
        """Return the number of the readable case with this external id."""
        asked = Scroll(where=(Where("external_ids", [external_id]),), limit=1)
        found = await self.scroll(principal, asked, ("number",))
        return found.rows[0]["number"] if found.rows else None

    async def mark_viewed(self, principal: Principal, number: int, at: datetime) -> None:
        """Record beside the case that the principal looked at it.

        Raises:
            NotFound: There is no such case that the principal may read.
        """
        async with self._database.transaction(principal.tenant_id) as connection:
            if not await children.mark_viewed(connection, principal, number, at):
                msg = "There is no such case."
                raise NotFound(msg)

    async def notes(self, principal: Principal, case: int, asked: Notes) -> Span:
        """Return a page of the comments on a readable case."""
        async with self._database.tenant(principal.tenant_id) as connection:
            found, total = await notes.page(connection, principal, case, asked)
        more = len(found) > asked.limit
        del found[asked.limit :]
        if asked.before is not None:
            return Span(found[::-1], total, earlier=more, later=True)
        return Span(found, total, earlier=asked.after is not None or asked.offset > 0, later=more)

    async def note(self, principal: Principal, case: int, number: int) -> Comment:
        """Return a comment on a readable case.

        Raises:
            NotFound: There is none that the principal may see.
        """
        async with self._database.tenant(principal.tenant_id) as connection:
            found = await notes.one(connection, principal, case, number)
        if found is None:
            msg = "There is no such note."
            raise NotFound(msg)
        return found

    async def related(self, principal: Principal, numbers: Iterable[int], kind: str) -> dict[int, list[int]]:
        """Return the readable cases that these cases are related to, from either side, by type of relation."""
        found: dict[int, list[int]] = {}
        async with self._database.tenant(principal.tenant_id) as connection:
            for case, other in await relations.visible(connection, principal, numbers, kind):
                found.setdefault(case, []).append(other)
        return found

    async def claimed(self, principal: Principal, number: int, kind: str) -> list[int]:
        """Return the readable cases that a case claims a relation of this type with, from its own side."""
        async with self._database.tenant(principal.tenant_id) as connection:
            return await relations.claimed(connection, principal, number, kind)

    async def history(self, principal: Principal, number: int) -> list[events.StoredEvent]:
        """Return all events of a case, for staff.

        Raises:
            NotFound: There is no such case, or the principal is a customer.
        """
        await self.one(principal, number, ("number",))
        if not principal.staff:
            msg = "There is no history to show."
            raise NotFound(msg)
        async with self._database.tenant(principal.tenant_id) as connection:
            return await events.history(connection, principal.tenant_id, "case", number)

    async def hanging(self, principal: Principal, cases: Iterable[int], wanted: Part) -> dict[int, list[Any]]:
        """Return things of one kind on readable cases, by the case's number and in order."""
        async with self._database.tenant(principal.tenant_id) as connection:
            return await parts.of(connection, principal, cases, wanted)

    async def numbered(self, principal: Principal, noun: str, number: int) -> tuple[int, Child]:
        """Return the case that a comment, file, link or relation hangs on, and the thing itself, by its number.

        Raises:
            NotFound: There is none that the principal may see.
        """
        async with self._database.tenant(principal.tenant_id) as connection:
            found = await parts.by_number(connection, principal, noun, number)
        if found is None:
            msg = f"There is no such {noun}."
            raise NotFound(msg)
        return found
