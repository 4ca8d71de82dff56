"""Rows of cases and of what hangs on them: locking, and writing what a command's events made of them."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from casework.domain.case import CHILDREN, Audience, Case, Child, Comment, Relation, Stage, involved
from casework.store.nouns import listing
from casework.store.postgres.batch import Batch

COLUMNS = Case.__struct_fields__
_SELECT = listing(COLUMNS, "c.")
_STAGE = COLUMNS.index("stage")
LONGEST_TEXT = 100_000  # characters of one text that are searched


def case_of(row: Iterable[Any]) -> Case:
    """Return a full row as a value."""
    values: list[Any] = [tuple(v) if type(v) is list else v for v in row]
    values[_STAGE] = Stage(values[_STAGE])
    return Case(*values)


async def number_for(connection: Any, tenant: int) -> int:
    """Return the next case number of the tenant."""
    number: int = await connection.fetchval("select nextval($1::text::regclass)", f"case_numbers_{tenant}")
    return number


async def lock(connection: Any, tenant: int, numbers: Iterable[int]) -> dict[int, Case]:  # unguarded: decide() checks
    """Lock cases for change, in uid order, so that two commands never wait for each other; by number."""
    rows = await connection.fetch(
        f"select {_SELECT} from cases c where c.tenant_id = $1 and c.number = any($2) order by c.uid for update",
        tenant,
        list(numbers),
    )
    return {case.number: case for case in map(case_of, rows)}


async def children(connection: Any, tenant: int, noun: str, case: int, *uids: UUID) -> list[Child]:
    """Return what hangs on a case, by number: the named ones, deleted or not, or all that are there."""
    kind = CHILDREN[noun]
    only = "uid = any($3)" if uids else "deleted_at is null and $3::uuid[] is not null"
    rows = await connection.fetch(
        f"select {listing(kind.__struct_fields__)} from {noun}s where tenant_id = $1 and case_number = $2 and {only}"
        " order by number",
        tenant,
        case,
        list(uids),
    )
    return [child_of(row, kind) for row in rows]


async def relation(connection: Any, tenant: int, one: int, other: int, kind: str) -> Relation | None:
    """Return the relation of this type between two cases, whichever of them is the primary side."""
    row = await connection.fetchrow(
        f"select {listing(Relation.__struct_fields__)} from relations"
        " where tenant_id = $1 and least(case_number, other) = $2 and greatest(case_number, other) = $3"
        " and type = $4 and deleted_at is null",
        tenant,
        min(one, other),
        max(one, other),
        kind,
    )
    return msgspec.convert(dict(row), Relation, strict=False) if row else None


async def relation_by_uid(connection: Any, tenant: int, uid: UUID) -> Relation | None:
    """Return a relation, deleted or not."""
    row = await connection.fetchrow(
        f"select {listing(Relation.__struct_fields__)} from relations where tenant_id = $1 and uid = $2", tenant, uid
    )
    return msgspec.convert(dict(row), Relation, strict=False) if row else None


async def relations(connection: Any, tenant: int, one: int, others: Sequence[int], kind: str) -> list[Relation]:
    """Return the relations of this type between a case and others, whichever side is the primary one."""
    rows = await connection.fetch(
        f"select {listing(Relation.__struct_fields__)} from relations where tenant_id = $1 and type = $4"
        " and deleted_at is null and ((case_number = $2 and other = any($3)) or (other = $2 and case_number = any($3)))"
        " order by number",
        tenant,
        one,
        list(others),
        kind,
    )
    return [msgspec.convert(dict(row), Relation, strict=False) for row in rows]


async def degrees(connection: Any, tenant: int, numbers: Sequence[int], kind: str) -> dict[int, int]:
    """Return how many relations of this type each case has, on either side."""
    rows = await connection.fetch(
        "select side, count(*) from (select case_number as side from relations where tenant_id = $1 and type = $3"
        " and deleted_at is null and case_number = any($2) union all select other from relations where tenant_id = $1"
        " and type = $3 and deleted_at is null and other = any($2)) r group by side",
        tenant,
        list(numbers),
        kind,
    )
    return {row[0]: row[1] for row in rows}


def child_of(row: Iterable[Any], kind: type[Child]) -> Child:
    """Return a full row of a child's table as a value."""
    return msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind, strict=False)


def write(batch: Batch, before: Case | None, after: Case) -> None:  # unguarded: the row is locked
    """Add the case's row, whom it concerns and its totals to the batch."""
    if before is None:
        batch.insert("cases", COLUMNS, [getattr(after, name) for name in COLUMNS])
    else:
        names = [name for name in COLUMNS if getattr(before, name) != getattr(after, name)]
        sets = ", ".join(f"{name} = {{}}" for name in names)
        batch.add(
            f"update cases set {sets} where tenant_id = {{}} and number = {{}}",
            *(getattr(after, name) for name in names),
            after.tenant_id,
            after.number,
        )
    _write_involvements(batch, before, after)
    _write_counts(batch, before, after)


def _write_involvements(batch: Batch, before: Case | None, after: Case) -> None:
    old = involved(before) if before else frozenset()
    new = involved(after)
    tenant, number = after.tenant_id, after.number
    if added := sorted(new - old):
        rows = [(tenant, subject, number, how) for subject, how in added]
        names = ("tenant_id", "subject", "case_number", "how")
        batch.insert("involvements", names, *rows, then="on conflict do nothing")
    if gone := sorted(old - new):
        batch.add(
            "delete from involvements where tenant_id = {} and case_number = {}"
            " and (subject, how) in (select * from unnest({}::bigint[], {}::text[]))",
            tenant,
            number,
            [subject for subject, _ in gone],
            [how for _, how in gone],
        )


def _write_counts(batch: Batch, before: Case | None, after: Case) -> None:
    old, new = (_counted_as(case) if case and case.deleted_at is None else None for case in (before, after))
    rows = [(after.tenant_id, *place, delta) for place, delta in ((old, -1), (new, 1)) if place]
    if old != new:
        batch.insert("case_count_deltas", ("tenant_id", "stage", "department", "delta"), *rows)


def _counted_as(case: Case) -> tuple[Stage, int]:
    return case.stage, case.department or 0


def write_child(batch: Batch, before: Child, after: Child, noun: str) -> None:
    """Add one changed thing on a case to the batch."""
    changed = [name for name in type(after).__struct_fields__ if getattr(before, name) != getattr(after, name)]
    sets = ", ".join(f'"{name}" = {{}}' for name in changed)
    batch.add(
        f"update {noun}s set {sets} where tenant_id = {{}} and number = {{}}",
        *(getattr(after, name) for name in changed),
        after.tenant_id,
        after.number,
    )


def add_children(batch: Batch, added: Sequence[Child], noun: str) -> None:
    """Add new things of one kind on a case to the batch, in one insert."""
    names = type(added[0]).__struct_fields__
    batch.insert(f"{noun}s", names, *([getattr(child, name) for name in names] for child in added))


def reference(case: Case) -> str:
    """Return the case's number as people search for it."""
    return f"cs{case.number:07d}"


_WEIGHTS = {Audience.PUBLIC: "B", Audience.INTERNAL: "C"}


def index_new(batch: Batch, case: Case, comments: Sequence[Comment]) -> None:
    """Add the search text of a new case to the batch."""
    texts = [("A", case.subject), ("B", case.description), ("C", case.solution)]
    texts += [(_WEIGHTS[comment.audience], comment.text) for comment in comments]
    words = "''::tsvector"
    for weight, _ in texts:
        words = f"casework_words({words}, {{}}, '{weight}')"
    batch.add(
        f"insert into case_search (tenant_id, case_number, title, words) values ({{}}, {{}}, {{}}, {words})",
        case.tenant_id,
        case.number,
        f"{reference(case)} {case.subject.lower()}",
        *(text[:LONGEST_TEXT] for _, text in texts),
    )


def index_comment(batch: Batch, case: Case, comment: Comment) -> None:
    """Add a new comment to the search text of its case."""
    batch.add(
        f"update case_search set words = casework_words(words, {{}}, '{_WEIGHTS[comment.audience]}')"
        " where tenant_id = {} and case_number = {}",
        comment.text[:LONGEST_TEXT],
        case.tenant_id,
        case.number,
    )


async def reindex(connection: Any, case: Case) -> None:
    """Make the search text anew from the rows, after an edit or removal; a deleted case is not found at all."""
    await connection.fetchval(
        "delete from case_search where tenant_id = $1 and case_number = $2", case.tenant_id, case.number
    )
    if case.deleted_at is None:
        batch = Batch()
        comments = await children(connection, case.tenant_id, "comment", case.number)
        index_new(batch, case, [c for c in comments if isinstance(c, Comment)][:200])
        await batch.run(connection)
