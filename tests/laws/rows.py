"""What lies in the tables about a case, read past all walls, so that laws do not trust the code that they are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from casework.domain.case import CHILDREN, Case, Child
from casework.store.cases import COLUMNS, case_of, child_of
from casework.store.events import SELECT, SOURCE, StoredEvent
from casework.store.nouns import listing


@dataclass(frozen=True)
class Stored:
    """Everything about one case."""

    row: Case
    children: dict[UUID, Child]
    events: tuple[StoredEvent, ...]
    concerned: frozenset[tuple[int, str]]


async def read(owner: Any, tenant: int, number: int) -> Stored:
    """Return what lies in the tables about a case."""
    row = await owner.fetchrow(
        f"select {listing(COLUMNS)} from cases where tenant_id = $1 and number = $2", tenant, number
    )
    children: dict[UUID, Child] = {}
    for noun, kind in CHILDREN.items():
        sql = f"select {listing(kind.__struct_fields__)} from {noun}s where tenant_id = $1 and case_number = $2"
        children |= {found["uid"]: child_of(found, kind) for found in await owner.fetch(sql, tenant, number)}
    events = await owner.fetch(
        f"select {SELECT} from {SOURCE} where e.tenant_id = $1 and e.subject = $2 and e.subject_kind = 'case'"
        " order by seq",
        tenant,
        number,
    )
    concerned = await owner.fetch(
        "select subject, how from involvements where tenant_id = $1 and case_number = $2", tenant, number
    )
    return Stored(
        row=case_of(row),
        children=children,
        events=tuple(StoredEvent(*event) for event in events),
        concerned=frozenset(tuple(found) for found in concerned),
    )


async def relations(owner: Any, tenant: int, number: int) -> tuple[tuple[int, str, bool], ...]:
    """Return what a case is related to, from either side: the other case, the type, and whether this one claims it."""
    found = await owner.fetch(
        "select case when case_number = $2 then other else case_number end, type,"
        " case when case_number = $2 then forward else backward end"
        " from relations where tenant_id = $1 and $2 in (case_number, other) and deleted_at is null order by number",
        tenant,
        number,
    )
    return tuple(tuple(relation) for relation in found)
