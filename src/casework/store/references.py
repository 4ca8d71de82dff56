"""Who names a noun: what is asked before it goes. Callers hold the locks that keep the answer true."""

from collections.abc import Iterable
from typing import Any

import asyncpg

from casework.domain.nouns import Noun, Service

LOCK = 1_129_530_195
"""First half of the advisory lock that writers of cases share (migrations/0010_references.sql)."""
GONE = "CW001"
"""The error class of a case that would name what is gone; the message is the member."""


def gone(error: asyncpg.PostgresError) -> str | None:
    """Return the member of a case that names what is gone, or None when the error is another one."""
    return str(error) if error.sqlstate == GONE else None


async def keep_cases_out(connection: Any, tenant: int) -> None:
    """Wait for everybody who is giving a reference to a case, and keep others from it until the transaction ends."""
    await connection.fetchval("select pg_advisory_xact_lock($1, $2)", LOCK, tenant)


async def cases_name(  # unguarded: tells only whether anything uses a noun, and administrators may ask that
    connection: Any, tenant: int, members: Iterable[str], numbers: Iterable[int]
) -> bool:
    """Tell whether a case that is not deleted names one of these nouns in one of these members."""
    wanted = list(numbers)
    named = " or ".join(
        f"c.{member} && $2" if member in {"teams", "contacts", "borrowers"} else f"c.{member} = any($2)"
        for member in members
    )
    found: bool = await connection.fetchval(
        f"select exists(select from cases c where c.tenant_id = $1 and c.deleted_at is null and ({named}))",
        tenant,
        wanted,
    )
    return found


async def cases_naming(  # unguarded: each of them is locked and changed by a command of its own
    connection: Any, tenant: int, member: str, numbers: Iterable[int]
) -> list[int]:
    """Return the cases that name one of these nouns, in the order in which commands lock them."""
    rows = await connection.fetch(
        f"select c.number from cases c where c.tenant_id = $1 and c.deleted_at is null and c.{member} = any($2)"
        " order by c.uid",
        tenant,
        list(numbers),
    )
    return [row[0] for row in rows]


async def nouns_name(
    connection: Any, tenant: int, kind: type[Noun], member: str, numbers: Iterable[int], *, but: Iterable[int] = ()
) -> bool:
    """Tell whether a noun of this kind, other than `but`, names one of these in a member (a number or several)."""
    test = f'"{member}" && $2' if member in {"priorities", "teams", "members"} else f'"{member}" = any($2)'
    found: bool = await connection.fetchval(
        f"select exists(select from {kind.table} where tenant_id = $1 and deleted_at is null"
        f" and {test} and number <> all($3::bigint[]))",
        tenant,
        list(numbers),
        list(but),
    )
    return found


async def below(connection: Any, tenant: int, nodes: Iterable[int]) -> list[int]:
    """Return these nodes of the service catalogue and everything below them."""
    rows = await connection.fetch(
        f"with recursive tree as (select number from {Service.table}"
        " where tenant_id = $1 and number = any($2) and deleted_at is null"
        f" union select s.number from {Service.table} s join tree t on s.parent = t.number"
        " where s.tenant_id = $1 and s.deleted_at is null) select number from tree",
        tenant,
        list(nodes),
    )
    return [row[0] for row in rows]
