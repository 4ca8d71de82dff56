"""Nouns beside the case, table-driven: the columns are the members of the structs in `domain/nouns.py`."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from casework.domain.nouns import Noun, Person
from casework.store.postgres.batch import Batch, Params

N = TypeVar("N", bound=Noun)


def columns(kind: type[Noun]) -> tuple[str, ...]:
    """Return the column names of a noun's table, in the order of its members."""
    return kind.__struct_fields__


@lru_cache(maxsize=512)
def listing(names: tuple[str, ...], alias: str = "") -> str:
    """Return names as a quoted select list."""
    return ", ".join(f'{alias}"{name}"' for name in names)


def value(row: Iterable[Any], kind: type[N]) -> N:
    """Return a row, selected in the order of `columns`, as a value."""
    return msgspec.convert(
        {n: tuple(v) if type(v) is list else v for n, v in zip(columns(kind), row, strict=True)}, kind, strict=False
    )


async def numbers(connection: Any, tenant: int, count: int = 1) -> list[int]:
    """Return fresh numbers for anything but cases."""
    rows = await connection.fetch(
        "select nextval($1::text::regclass) from generate_series(1, $2)", f"numbers_{tenant}", count
    )
    return [row[0] for row in rows]


async def everything(connection: Any, tenant: int, kind: type[N]) -> list[N]:
    """Return all rows of a small noun, deleted ones too, by number."""
    names = listing(columns(kind))
    rows = await connection.fetch(f"select {names} from {kind.table} where tenant_id = $1 order by number", tenant)
    return [value(row, kind) for row in rows]


async def find(connection: Any, tenant: int, kind: type[N], member: str, wanted: Iterable[Any]) -> list[N]:
    """Return the rows whose `member` (a column of the noun) is one of `wanted`, deleted ones left out."""
    if member not in columns(kind):
        raise KeyError(member)
    names = listing(columns(kind))
    rows = await connection.fetch(
        f'select {names} from {kind.table} where tenant_id = $1 and "{member}" = any($2) and deleted_at is null'
        " order by number",
        tenant,
        list(wanted),
    )
    return [value(row, kind) for row in rows]


async def lock(connection: Any, tenant: int, kind: type[N], number: int) -> N | None:
    """Return a noun and keep others from changing it until the transaction ends; None when it is not there."""
    row = await connection.fetchrow(
        f"select {listing(columns(kind))} from {kind.table}"
        " where tenant_id = $1 and number = $2 and deleted_at is null for update",
        tenant,
        number,
    )
    return value(row, kind) if row is not None else None


async def uids(connection: Any, tenant: int, kinds: Iterable[type[Noun]], numbers: Iterable[int]) -> dict[int, UUID]:
    """Return the uids of nouns of these kinds by number, deleted ones too; kinds share one number space."""
    selects = [f"select number, uid from {kind.table} where tenant_id = $1 and number = any($2)" for kind in kinds]
    return dict(await connection.fetch(" union all ".join(selects), tenant, list(numbers)))


async def numbers_of(
    connection: Any, tenant: int, asked: Mapping[type[Noun], Iterable[UUID]]
) -> dict[type[Noun], dict[UUID, int]]:
    """Return the numbers of nouns by kind and uid, deleted ones left out, in one statement."""
    params = Params(tenant)
    selects = [
        f"select '{kind.table}', uid, number from {kind.table}"
        f" where tenant_id = $1 and uid = any({params.add(list(wanted), 'uuid[]')}) and deleted_at is null"
        for kind, wanted in asked.items()
    ]
    found: dict[type[Noun], dict[UUID, int]] = {kind: {} for kind in asked}
    by_table = {kind.table: kind for kind in asked}
    for table, uid, number in await connection.fetch(" union all ".join(selects), *params.values):
        found[by_table[table]][uid] = number
    return found


async def names(connection: Any, tenant: int, asked: Mapping[type[Noun], Iterable[int]]) -> dict[int, str]:
    """Return the names of nouns by number, deleted ones left out, in one statement; kinds share one number space."""
    params = Params(tenant)
    selects = [
        f"select number, {_NAMES.get(kind, 'name')} from {kind.table} where tenant_id = $1"
        f" and number = any({params.add(list(wanted), 'bigint[]')}) and deleted_at is null"
        for kind, wanted in asked.items()
    ]
    return dict(await connection.fetch(" union all ".join(selects), *params.values))


_NAMES: dict[type[Noun], str] = {Person: "coalesce(nullif(name, ''), trim(first_name || ' ' || last_name))"}
"""How a kind is named where its column `name` alone does not say it."""


async def present(
    connection: Any, tenant: int, asked: Mapping[str, tuple[Iterable[type[Noun]], Iterable[int]]]
) -> dict[str, frozenset[int]]:
    """Return the numbers that name something, deleted things left out: each asking has kinds and numbers of its own."""
    params = Params(tenant)
    selects = []
    for name, (kinds, wanted) in asked.items():
        numbered = params.add(list(wanted), "bigint[]")
        selects += [
            f"select '{name}', number from {kind.table}"
            f" where tenant_id = $1 and number = any({numbered}) and deleted_at is null"
            for kind in kinds
        ]
    found: dict[str, set[int]] = {name: set() for name in asked}
    for name, number in await connection.fetch(" union all ".join(selects), *params.values):
        found[name].add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


_LISTED: dict[type[Noun], str] = {
    Person: """ and not exists (select from users u
      where u.tenant_id = persons.tenant_id and u.number = persons."user" and u.kind <> 'customer')"""
}
"""What further narrows lists of a kind: staff have persons too, but cases are not about them."""


async def page(connection: Any, tenant: int, kind: type[N], offset: int, limit: int) -> tuple[int, list[N]]:
    """Return how many nouns of a kind there are and a page of them, by number; staff's persons are left out."""
    shown = f"tenant_id = $1 and deleted_at is null{_LISTED.get(kind, '')}"
    total: int = await connection.fetchval(f"select count(*) from {kind.table} where {shown}", tenant)
    rows = await connection.fetch(
        f"select {listing(columns(kind))} from {kind.table} where {shown} order by number offset $2 limit $3",
        tenant,
        offset,
        limit,
    )
    return total, [value(row, kind) for row in rows]


def insert(batch: Batch, noun: Noun) -> None:
    """Add a new noun to the batch."""
    names = columns(type(noun))
    batch.insert(noun.table, names, [getattr(noun, name) for name in names])


def update(batch: Batch, before: Noun, after: Noun) -> None:
    """Add the members that differ to the batch."""
    names = [name for name in columns(type(after)) if getattr(before, name) != getattr(after, name)]
    if names:
        sets = ", ".join(f'"{name}" = {{}}' for name in names)
        batch.add(
            f"update {after.table} set {sets} where tenant_id = {{}} and number = {{}}",
            *(getattr(after, name) for name in names),
            after.tenant_id,
            after.number,
        )


def touch_people(batch: Batch, tenant: int) -> None:
    """Tell every process that the names that it keeps may be out of date."""
    batch.add("update tenants set people_version = people_version + 1 where tenant_id = {}", tenant)


def touch_catalogue(batch: Batch, tenant: int) -> None:
    """Tell every process that its reading of the catalogue is out of date."""
    batch.add("update tenants set catalogue_version = catalogue_version + 1 where tenant_id = {}", tenant)
