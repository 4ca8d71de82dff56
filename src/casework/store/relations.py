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
