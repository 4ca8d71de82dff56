"""Totals per stage and department, and the planner's statistics."""

from typing import Any

BATCH = 5_000


async def roll_up(connection: Any) -> bool:
    """Fold added rows into the totals, as the system role; tell whether there may be more."""
    folded: int = await connection.fetchval(
        """
        with taken as (
          delete from case_count_deltas where (tenant_id, id) in (
            select tenant_id, id from case_count_deltas order by tenant_id, id limit $1 for update skip locked)
          returning tenant_id, stage, department, delta),
        summed as (select tenant_id, stage, department, sum(delta) as n from taken group by 1, 2, 3),
        kept as (
          insert into case_counts (tenant_id, stage, department, n) select tenant_id, stage, department, n from summed
          on conflict (tenant_id, stage, department) do update set n = case_counts.n + excluded.n)
        select count(*) from taken
        """,
        BATCH,
    )
    return folded == BATCH


async def analyze(connection: Any) -> None:
    """Tell the planner what is in the tables, as the system role, after many rows have come at once."""
    await connection.fetchval("select casework_analyze()")
