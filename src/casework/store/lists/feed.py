"""The feed as rows: how far it is settled, and what lies behind a cursor."""

from typing import Any

from casework.domain.access import Principal
from casework.store import events
from casework.store.access import readable
from casework.store.events import StoredEvent
from casework.store.postgres.batch import Params

_FOR_CUSTOMERS = """e.kind in ('opened', 'status_changed', 'commented', 'comment_edited', 'comment_removed', 'attached',
    'detached', 'watched', 'unwatched')
  and not exists (select from comments m where m.tenant_id = e.tenant_id and m.audience = 'internal'
    and e.data ->> 'noun' = 'comment' and m.uid::text = e.data ->> 'child')
  and not exists (select from files f where f.tenant_id = e.tenant_id and f.audience = 'internal'
    and e.data ->> 'noun' = 'file' and f.uid::text = e.data ->> 'child')
  and not exists (select from events p where p.tenant_id = e.tenant_id and p.subject_kind = e.subject_kind
    and p.subject = e.subject and p.seq > e.seq and p.data ->> 'child' = e.data ->> 'child'
    and p.data -> 'was' ->> 'audience' = 'internal')"""
"""The last condition hides what was said about a comment while it was internal, once it has become public."""


async def place(connection: Any) -> int:
    """Return the highest place taken."""
    found: int = await connection.fetchval("select case when is_called then last_value else 0 end from feed")
    return found


async def mark(connection: Any) -> tuple[int, str]:
    """Return the highest place taken, and the transaction id below which every holder of a smaller place lies."""
    row = await connection.fetchrow("select place, bound::text from casework_feed_mark()")
    return row[0], row[1]


async def ended(connection: Any, bound: str) -> bool:
    """Tell whether every transaction below `bound` has ended."""
    done: bool = await connection.fetchval("select pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8", bound)
    return done


async def between(connection: Any, principal: Principal, low: int, high: int, limit: int) -> list[StoredEvent]:
    """Return events of readable cases with `low < seq <= high`, in order; customers never get internal ones."""
    params = Params()
    readable_cases = readable(principal, params)
    tenant, above, upto = params.add(principal.tenant_id), params.add(low), params.add(high)
    shown = "true" if principal.staff else _FOR_CUSTOMERS
    rows = await connection.fetch(
        f"select {events.SELECT} from {events.SOURCE}"
        f" join cases c on c.tenant_id = e.tenant_id and c.number = e.subject and {readable_cases}"
        f" where e.tenant_id = {tenant} and e.subject_kind = 'case' and e.seq > {above} and e.seq <= {upto} and {shown}"
        f" order by e.seq limit {params.add(limit)}",
        *params.values,
    )
    return [StoredEvent(*row) for row in rows]
