"""Pages of nouns beside the case, newest first, by cursor or offset, with the exact total."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from casework.domain.access import Principal
from casework.domain.nouns import Noun, Organization, Person, Task, Workflow
from casework.store import nouns
from casework.store.access import readable
from casework.store.nouns import columns, listing, value
from casework.store.postgres.batch import Params

N = TypeVar("N", bound=Noun)


class Window(msgspec.Struct, frozen=True):
    """Which part of a list: behind the noun `after`, or before the noun `before`, which counts more."""

    limit: int = 25
    after: int | None = None
    before: int | None = None
    offset: int = 0

    def sql(self, params: Params, column: str = "number") -> str:
        """Return the condition, order and limits as the end of a statement; a page before something is backwards."""
        if self.before is not None:
            cut, order = f"{column} > {params.add(self.before)}", "asc"
        elif self.after is not None:
            cut, order = f"{column} < {params.add(self.after)}", "desc"
        else:
            cut, order = "true", "desc"
        return f" and {cut} order by {column} {order} limit {self.limit:d} offset {params.add(self.offset, 'bigint')}"

    def in_order(self, rows: list[N]) -> list[N]:
        """Return rows as they are shown."""
        return rows[::-1] if self.before is not None else rows


class Slice(msgspec.Struct, frozen=True):
    """A page of nouns; `total` counts all that match, `earlier` and `later` tell whether there is more on each side."""

    rows: list[Any]
    total: int
    earlier: bool
    later: bool


def _conditions(kind: type[Noun], wanted: Mapping[str, Any], params: Params) -> str:
    """Return conditions on columns: equal to a value, or one of the values of a list."""
    found = "deleted_at is null"
    for name, asked in wanted.items():
        if name not in columns(kind):
            raise KeyError(name)
        one = f"any({params.add(asked)})" if isinstance(asked, list) else params.add(asked)
        found += f' and "{name}" = {one}'
    return found


async def page(connection: Any, tenant: int, kind: type[N], window: Window, wanted: Mapping[str, Any]) -> Slice:
    """Return a page of nouns of a kind whose columns are as wanted."""
    params = Params(tenant)
    shown = f"tenant_id = $1 and {_conditions(kind, wanted, params)}"
    return await _sliced(connection, kind, shown, params, window)


async def about_cases(
    connection: Any, principal: Principal, kind: type[Task] | type[Workflow], window: Window, wanted: Mapping[str, Any]
) -> Slice:
    """Return a page of tasks or workflows; those about a case that the principal may not read are left out."""
    params = Params(principal.tenant_id)
    readable_cases = readable(principal, params)
    shown = (
        f"tenant_id = $1 and {_conditions(kind, wanted, params)}"
        f' and ("case" is null or "case" in (select c.number from cases c where {readable_cases}))'
    )
    return await _sliced(connection, kind, shown, params, window)


async def _sliced(connection: Any, kind: type[N], shown: str, params: Params, window: Window) -> Slice:
    table = kind.table
    total: int = await connection.fetchval(f"select count(*) from {table} where {shown}", *params.values)
    paged = Params(*params.values)
    end = window.sql(paged)
    rows = await connection.fetch(f"select {listing(columns(kind))} from {table} where {shown}{end}", *paged.values)
    found = window.in_order([value(row, kind) for row in rows])
    return Slice(found, total, *await _around(connection, table, shown, params, [noun.number for noun in found]))


async def readable_numbers(connection: Any, principal: Principal, numbers: list[int]) -> set[int]:
    """Return which of these cases the principal may read."""
    params = Params()
    readable_cases = readable(principal, params)
    rows = await connection.fetch(
        f"select c.number from cases c where {readable_cases} and c.number = any({params.add(numbers)})",
        *params.values,
    )
    return {row[0] for row in rows}


async def _around(connection: Any, table: str, shown: str, params: Params, numbers: list[int]) -> tuple[bool, bool]:
    if not numbers:
        return False, False
    row = await connection.fetchrow(
        f"select exists (select from {table} where {shown} and number > ${len(params.values) + 1}),"
        f" exists (select from {table} where {shown} and number < ${len(params.values) + 2})",
        *params.values,
        numbers[0],
        numbers[-1],
    )
    return row[0], row[1]


_BORROWERS = """(
    select tenant_id, number, external_id, deleted_at, 'person' as kind from persons where borrower
    union all select tenant_id, number, external_id, deleted_at, 'business' from organizations
  ) borrowers"""
"""Persons who are borrowers, and organizations, which are the business borrowers (DOMAIN §1)."""


async def borrowers(connection: Any, tenant: int, window: Window, kind: str | None, external_id: str | None) -> Slice:
    """Return a page of borrowers, persons and organizations among each other."""
    params = Params(tenant)
    shown = "tenant_id = $1 and deleted_at is null"
    if kind is not None:
        shown += f" and kind = {params.add(kind)}"
    if external_id is not None:
        shown += f" and external_id = {params.add(external_id)}"
    total: int = await connection.fetchval(f"select count(*) from {_BORROWERS} where {shown}", *params.values)
    paged = Params(*params.values)
    end = window.sql(paged)
    rows = await connection.fetch(f"select number from {_BORROWERS} where {shown}{end}", *paged.values)
    numbers = [row[0] for row in rows]
    if window.before is not None:
        numbers.reverse()
    found = {noun.number: noun for noun in await borrowers_by_number(connection, tenant, numbers)}
    around = await _around(connection, _BORROWERS, shown, params, numbers)
    return Slice([found[number] for number in numbers if number in found], total, *around)


async def borrowers_by_number(connection: Any, tenant: int, numbers: list[int]) -> list[Person | Organization]:
    """Return persons and organizations by number, deleted ones left out."""
    persons = await nouns.find(connection, tenant, Person, "number", numbers)
    return [*persons, *await nouns.find(connection, tenant, Organization, "number", numbers)]


async def next_borrowers(connection: Any, tenant: int, above: int, most: int) -> list[Person | Organization]:
    """Return borrowers with numbers above one, in order: for whoever looks at all of them."""
    rows = await connection.fetch(
        f"select number from {_BORROWERS} where tenant_id = $1 and number > $2 and deleted_at is null"
        " order by number limit $3",
        tenant,
        above,
        most,
    )
    found = await borrowers_by_number(connection, tenant, [row[0] for row in rows])
    return sorted(found, key=lambda noun: noun.number)
