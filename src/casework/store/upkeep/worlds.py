"""What applying and exporting world files asks of the database beside the usual."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from casework.domain.access import Principal
from casework.domain.case import CHILDREN, Case, Child
from casework.domain.nouns import Noun
from casework.store.access import readable
from casework.store.cases import COLUMNS, case_of, child_of
from casework.store.nouns import columns, listing, value
from casework.store.postgres.batch import Params

N = TypeVar("N", bound=Noun)


async def lock(connection: Any, tenant: int) -> None:
    """Let one apply after another work on the tenant, until the transaction ends."""
    await connection.fetchval("select 1 from tenants where tenant_id = $1 for update", tenant)


async def applied(connection: Any, tenant: int, wanted: Iterable[tuple[str, str]]) -> list[tuple[str, str, int, Any]]:
    """Return (kind, key, number, members) of what was applied last, of the wanted (kind, key) pairs."""
    pairs = list(wanted)
    rows = await connection.fetch(
        "select kind, key, number, members from applied"
        " where tenant_id = $1 and (kind, key) in (select * from unnest($2::text[], $3::text[]))",
        tenant,
        [kind for kind, _ in pairs],
        [key for _, key in pairs],
    )
    return [tuple(row) for row in rows]


async def case_keys(connection: Any, tenant: int) -> dict[int, str]:
    """Return the keys of cases that came from world files, by number."""
    rows = await connection.fetch("select number, key from applied where tenant_id = $1 and kind = 'cases'", tenant)
    return {row[0]: row[1] for row in rows}


async def remember(connection: Any, tenant: int, rows: Sequence[tuple[str, str, int, Any]]) -> None:
    """Keep (kind, key, number, members) of what has been applied."""
    await connection.executemany(
        "insert into applied (tenant_id, kind, key, number, members) values ($1, $2, $3, $4, $5)"
        " on conflict (tenant_id, kind, key) do update set number = excluded.number, members = excluded.members",
        [(tenant, *row) for row in rows],
    )


async def remember_new(connection: Any, tenant: int, row: tuple[str, str, int, Any]) -> None:
    """Keep what is applied for the first time; fails on a second first time."""
    await connection.execute(
        "insert into applied (tenant_id, kind, key, number, members) values ($1, $2, $3, $4, $5)", tenant, *row
    )


async def rows(
    connection: Any, tenant: int, kind: type[N], keys: Iterable[str] = (), numbers: Iterable[int] = ()
) -> list[N]:
    """Return the rows with one of these keys or numbers, deleted ones too."""
    found = await connection.fetch(
        f"select {listing(columns(kind))} from {kind.table}"
        " where tenant_id = $1 and (key = any($2) or number = any($3)) order by number",
        tenant,
        list(keys),
        list(numbers),
    )
    return [value(row, kind) for row in found]


async def keyed(connection: Any, tenant: int, kind: type[N]) -> list[N]:
    """Return the rows that have a key, deleted ones left out."""
    found = await connection.fetch(
        f"select {listing(columns(kind))} from {kind.table}"
        " where tenant_id = $1 and key is not null and deleted_at is null order by number",
        tenant,
    )
    return [value(row, kind) for row in found]


async def set_login(connection: Any, email: str, password_hash: str) -> int:
    """Set the password of the login with this address, new or not, as the system role; return its number."""
    number: int = await connection.fetchval(
        "insert into logins (email, password_hash) values ($1, $2)"
        " on conflict (lower(email)) do update set password_hash = excluded.password_hash returning number",
        email,
        password_hash,
    )
    return number


async def user_kinds(connection: Any, tenant: int, numbers: Iterable[int]) -> dict[int, str]:
    """Return the kinds of users by number."""
    found = await connection.fetch(
        "select number, kind from users where tenant_id = $1 and number = any($2)", tenant, list(numbers)
    )
    return {row[0]: row[1] for row in found}


async def case_ids(connection: Any, principal: Principal, numbers: Iterable[int]) -> dict[int, tuple[UUID, int]]:
    """Return (uid, revision) of cases by number."""
    params = Params()
    readable_cases = readable(principal, params)
    found = await connection.fetch(
        f"select c.number, c.uid, c.revision from cases c"
        f" where {readable_cases} and c.number = any({params.add(list(numbers), 'bigint[]')})",
        *params.values,
    )
    return {row[0]: (row[1], row[2]) for row in found}


async def cases_after(connection: Any, principal: Principal, number: int, limit: int) -> list[Case]:
    """Return the next cases by number."""
    params = Params()
    readable_cases = readable(principal, params)
    found = await connection.fetch(
        f"select {listing(COLUMNS, 'c.')} from cases c where {readable_cases}"
        f" and c.number > {params.add(number, 'bigint')} order by c.number limit {params.add(limit, 'bigint')}",
        *params.values,
    )
    return [case_of(row) for row in found]


async def children(connection: Any, tenant: int, noun: str, cases: Iterable[int]) -> dict[int, list[Child]]:
    """Return what hangs on each of these cases, by number, deleted things left out."""
    kind = CHILDREN[noun]
    found = await connection.fetch(
        f"select {listing(kind.__struct_fields__)} from {noun}s"
        " where tenant_id = $1 and case_number = any($2) and deleted_at is null order by number",
        tenant,
        list(cases),
    )
    sorted_by_case: dict[int, list[Child]] = {}
    for row in found:
        child = child_of(row, kind)
        sorted_by_case.setdefault(child.case_number, []).append(child)
    return sorted_by_case
