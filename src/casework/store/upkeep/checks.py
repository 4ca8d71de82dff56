"""What `casework doctor` reads and mends: whole tenants in ranges of numbers, whatever stands in the rows."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from casework.domain.case import CHILDREN, Case, involved
from casework.store import cases, events
from casework.store.events import StoredEvent
from casework.store.nouns import listing
from casework.store.postgres.batch import Params

LEAST, MOST = -(2**63), 2**63 - 1
EVENTS_AT_ONCE = 2_000
PLACES_AT_ONCE = 100_000


class Span(msgspec.Struct, frozen=True):
    """Numbers of one tenant's subjects with `low < number <= high`, and how many to read at most."""

    tenant: int
    low: int = LEAST
    high: int = MOST
    limit: int = 1


class CheckedEvent(msgspec.Struct, frozen=True):
    """An event with what is known of its texts: whether their row is there, and whether they were erased."""

    stored: StoredEvent
    kept: bool
    erased: bool


class Anchor(msgspec.Struct, frozen=True):
    """What a subject's row says of its chain. A noun whose head is lost has `hash` None."""

    number: int
    uid: UUID
    version: int
    hash: bytes | None


async def case_rows(connection: Any, span: Span) -> list[Any]:  # unguarded: the doctor examines all, and shows none
    """Return rows of cases, deleted ones too, as they are; `cases.case_of` reads one."""
    found: list[Any] = await connection.fetch(
        f"select {listing(cases.COLUMNS, 'c.')} from cases c where c.tenant_id = $1 and c.number > $2"
        " and c.number <= $3 order by c.number limit $4",
        *msgspec.structs.astuple(span),
    )
    return found


async def anchors(connection: Any, table: str, span: Span) -> list[Anchor]:
    """Return nouns of one table with the heads of their chains."""
    rows = await connection.fetch(
        f"select t.number, t.uid, t.version, c.hash from {table} t left join chains c on c.tenant_id = t.tenant_id"
        f" and c.subject_kind = '{table}' and c.subject = t.number and c.version = t.version"
        " where t.tenant_id = $1 and t.number > $2 and t.number <= $3 order by t.number limit $4",
        *msgspec.structs.astuple(span),
    )
    return [Anchor(*row) for row in rows]


async def hold(connection: Any, tenant: int, kind: str, number: int) -> None:  # unguarded: locks, and reads nothing
    """Keep a subject from being changed until the transaction ends, so that several statements see it alike."""
    if kind == "case":
        sql = "select number from cases where tenant_id = $1 and number = $2 and $3 = 'case' for update"
    else:
        sql = "select subject from chains where tenant_id = $1 and subject = $2 and subject_kind = $3 for update"
    await connection.fetch(sql, tenant, number, kind)


async def strange_kinds(connection: Any, tenant: int, known: Iterable[str]) -> list[str]:
    """Return kinds of subjects among the events that there should not be; hops along the index."""
    found: list[str] = []
    kind = ""
    hop = "select min(subject_kind) from events where tenant_id = $1 and subject_kind > $2"
    while (kind := await connection.fetchval(hop, tenant, kind)) is not None:
        found.append(kind)
    return sorted(set(found) - set(known))


async def history(connection: Any, kind: str, span: Span) -> AsyncIterator[CheckedEvent]:
    """Yield all events of subjects of a kind, by subject, version and place within it; `limit` does not count."""
    after = (span.low, 2**31 - 1, 2**15 - 1)
    while True:
        rows = await connection.fetch(
            f"select {events.SELECT}, x.uid is not null, x.erased_at is not null from {events.SOURCE}"
            " where e.tenant_id = $1 and e.subject_kind = $2 and (e.subject, e.version, e.n) > ($3, $4, $5)"
            " and e.subject <= $6 order by e.subject, e.version, e.n limit $7",
            span.tenant, kind, *after, span.high, EVENTS_AT_ONCE,
        )  # fmt: skip
        for *stored, kept, erased in rows:
            event = StoredEvent(*stored)
            yield CheckedEvent(event, kept, erased)
            after = (event.subject, event.version, event.n)
        if len(rows) < EVENTS_AT_ONCE:
            return


async def child_rows(connection: Any, noun: str, span: Span) -> list[Any]:
    """Return what hangs on all cases of the span, removed things too; `cases.child_of` reads one."""
    found: list[Any] = await connection.fetch(
        f"select {listing(CHILDREN[noun].__struct_fields__)} from {noun}s where tenant_id = $1"
        " and case_number > $2 and case_number <= $3 order by case_number, number",
        span.tenant, span.low, span.high,
    )  # fmt: skip
    return found


async def involvements(connection: Any, span: Span) -> list[tuple[int, int, str]]:
    """Return (case, subject, how) of all cases of the span."""
    rows = await connection.fetch(
        "select case_number, subject, how from involvements where tenant_id = $1"
        " and case_number > $2 and case_number <= $3",
        span.tenant, span.low, span.high,
    )  # fmt: skip
    return [tuple(row) for row in rows]


async def titles(connection: Any, span: Span) -> dict[int, str]:
    """Return the searchable titles of all cases of the span."""
    rows = await connection.fetch(
        "select case_number, title from case_search where tenant_id = $1 and case_number > $2 and case_number <= $3",
        span.tenant, span.low, span.high,
    )  # fmt: skip
    return dict(rows)


def title(case: Case) -> str | None:
    """Return the title under which a case should be found; None when it should not be."""
    return None if case.deleted_at is not None else f"{cases.reference(case)} {case.subject.lower()}"


SUBJECTS = "users, roles or teams"
"""Stands for a table where a number may name any of these."""
BORROWERS = "persons or organizations"
"""The same for borrowers: businesses are organizations (DOMAIN §1)."""
_PLACES = {SUBJECTS: ("users", "roles", "teams"), BORROWERS: ("persons", "organizations")}


async def unknown(  # unguarded: tells whether numbers exist, for the doctor alone
    connection: Any, tenant: int, named: Mapping[str, Iterable[int]]
) -> set[tuple[str, int]]:
    """Return those (table, number) out of `named` that name nothing; soft-deleted rows count as there."""
    params = Params(tenant)
    parts = []
    for table, numbers in named.items():
        places = _PLACES.get(table, (table,))
        absent = " and ".join(
            f"not exists (select from {place} x where x.tenant_id = $1 and x.number = w)" for place in places
        )
        parts.append(f"select '{table}', w from unnest({params.add(list(numbers), 'bigint[]')}) w where {absent}")
    rows = await connection.fetch(" union all ".join(parts), *params.values) if parts else []
    return {(row[0], row[1]) for row in rows}


def _counted() -> str:  # unguarded: counts cases by stage and department, for the doctor alone
    return """
      select stage, department, sum(counted)::bigint as counted, sum(kept)::bigint as kept from (
        select stage, coalesce(department, 0) as department, count(*) as counted, 0 as kept
        from cases where tenant_id = $1 and deleted_at is null group by 1, 2
        union all select stage, department, 0, n from case_counts where tenant_id = $1
        union all select stage, department, 0, delta from case_count_deltas where tenant_id = $1) t
      group by 1, 2 having sum(counted) <> sum(kept)"""


async def wrong_totals(connection: Any, tenant: int) -> list[tuple[str, int, int, int]]:
    """Return (stage, department, rows, total kept) where the two differ; one statement: no change comes between."""
    return [tuple(row) for row in await connection.fetch(_counted(), tenant)]


async def mend_totals(connection: Any, tenant: int) -> list[tuple[str, int, int, int]]:
    """Add what the totals lack, as the system role; return what `wrong_totals` would have.

    Adding a difference is right whatever writers and the roll-up do at the same time.
    """
    rows = await connection.fetch(
        f"with wrong as ({_counted()}), mended as (insert into case_counts (tenant_id, stage, department, n)"
        " select $1, stage, department, counted - kept from wrong"
        " on conflict (tenant_id, stage, department) do update set n = case_counts.n + excluded.n) select * from wrong",
        tenant,
    )
    return [tuple(row) for row in rows]


async def mend_involvements(connection: Any, tenant: int, number: int, case: Case | None) -> None:
    """Write whom a locked case concerns anew; nobody when there is no such case."""
    await connection.execute("delete from involvements where tenant_id = $1 and case_number = $2", tenant, number)
    await connection.executemany(
        "insert into involvements (tenant_id, subject, case_number, how) values ($1, $2, $3, $4)",
        [(tenant, subject, number, how) for subject, how in sorted(involved(case) if case else ())],
    )


async def drop_title(connection: Any, tenant: int, number: int) -> None:
    """Remove the search text of a case that does not exist."""
    await connection.execute("delete from case_search where tenant_id = $1 and case_number = $2", tenant, number)


async def file_rows(connection: Any, tenant: int, above: int, limit: int) -> list[tuple[int, str, str]]:
    """Return (number, whose, digest) of files and documents behind a number; removed ones need no bytes any more."""
    rows = await connection.fetch(
        "(select number, 'case ' || case_number, digest from files"
        "  where tenant_id = $1 and number > $2 and deleted_at is null order by number limit $3)"
        " union all"
        " (select number, 'document ' || number, blob from objects"
        "  where tenant_id = $1 and number > $2 and blob is not null and deleted_at is null order by number limit $3)"
        " order by 1 limit $3",
        tenant, above, limit,
    )  # fmt: skip
    return [tuple(row) for row in rows]


async def referred(connection: Any, digests: Iterable[str]) -> set[str]:
    """Return those digests that files or documents of any tenant have, removed ones too, as the system role."""
    rows = await connection.fetch(
        "select digest from files where digest = any($1) union select blob from objects where blob = any($1)",
        list(digests),
    )
    return {row[0] for row in rows}


async def doubled_places(connection: Any, tenant_ids: Iterable[int]) -> list[tuple[int, list[int]]]:
    """Return (place, tenants) where tenants share a place in the feed, as the system role; goes window by window."""
    tenants = list(tenant_ids)
    found: list[tuple[int, list[int]]] = []
    last: int = LEAST
    hop = (
        "select min(first) from unnest($1::integer[]) t,"
        " lateral (select min(seq) as first from events where tenant_id = t and seq > $2) e"
    )
    while (first := await connection.fetchval(hop, tenants, last)) is not None:
        last = min(MOST, first + PLACES_AT_ONCE)
        rows = await connection.fetch(
            "select seq, array_agg(tenant_id) from events where tenant_id = any($1) and seq >= $2 and seq <= $3"
            " group by seq having count(*) > 1",
            tenants, first, last,
        )  # fmt: skip
        found += [(row[0], row[1]) for row in rows]
    return found


async def beyond_feed(connection: Any, tenant: int) -> tuple[int, int] | None:
    """Return (highest place, end of the feed) when an event stands behind the end: new ones would stand before it."""
    highest = await connection.fetchval("select max(seq) from events where tenant_id = $1", tenant)
    end = await connection.fetchval("select case when is_called then last_value else 0 end from feed")
    return (highest, end) if highest is not None and highest > end else None


async def applied_migrations(connection: Any) -> dict[int, tuple[str, str]]:
    """Return name and digest of every applied migration, by number.

    The table belongs to whoever migrates, who signed in: the transaction leaves the system role for it.
    """
    await connection.execute("set local role none")
    rows = await connection.fetch("select number, name, digest from migrations")
    return {row[0]: (row[1], row[2]) for row in rows}
