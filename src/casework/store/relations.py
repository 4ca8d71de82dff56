"""Relations as readers see them: from either side, and only to cases that they may read."""

from collections.abc import Iterable
from typing import Any

from casework.domain.access import Principal
from casework.store.access import readable
from casework.store.postgres.batch import Params


async def visible(connection: Any, principal: Principal, numbers: Iterable[int], kind: str) -> list[tuple[int, int]]:
    """Return (case, related case) of relations of one type, by the related case's number."""
    params = Params()
    readable_other = readable(principal, params)
    tenant, named = params.add(principal.tenant_id), params.add(list(numbers), "bigint[]")
    only = f"tenant_id = {tenant} and type = {params.add(kind)} and deleted_at is null"
    rows = await connection.fetch(
        f"select r.side, c.number from (select case_number as side, other as far from relations"
        f" where {only} and case_number = any({named}) union all select other, case_number from relations"
        f" where {only} and other = any({named})) r join cases c on c.number = r.far and {readable_other}"
        " order by c.number",
        *params.values,
    )
    return [(row[0], row[1]) for row in rows]


async def claimed(connection: Any, principal: Principal, number: int, kind: str) -> list[int]:
    """Return the readable cases that a case itself claims a relation of this type with, oldest relation first."""
    params = Params()
    readable_other = readable(principal, params)
    tenant, own = params.add(principal.tenant_id), params.add(number, "bigint")
    rows = await connection.fetch(
        f"select c.number from relations r join cases c on {readable_other}"
        f" and c.number = case when r.case_number = {own} then r.other else r.case_number end"
        f" where r.tenant_id = {tenant} and r.type = {params.add(kind)} and r.deleted_at is null"
        f" and ((r.case_number = {own} and r.forward) or (r.other = {own} and r.backward)) order by r.number",
        *params.values,
    )
    return [row[0] for row in rows]
