"""Comments and files on cases, by uid."""

from datetime import datetime
from typing import Any
from uuid import UUID

from casework.domain.access import Principal
from casework.domain.case import CHILDREN, Child, File
from casework.store.access import readable
from casework.store.cases import child_of
from casework.store.lists.listing import audiences
from casework.store.nouns import listing
from casework.store.postgres.batch import Params


async def find(connection: Any, principal: Principal, noun: str, uid: UUID) -> tuple[UUID, Child] | None:
    """Return a comment or file, wherever it hangs, and the uid of its case, if the principal may see both."""
    kind = CHILDREN[noun]
    params = Params()
    shown = params.add(list(audiences(principal, public_only=False)), "text[]")
    readable_cases = readable(principal, params)
    row = await connection.fetchrow(
        f"select c.uid, {listing(kind.__struct_fields__, 'p.')} from {noun}s p"
        f" join cases c on c.tenant_id = p.tenant_id and c.number = p.case_number"
        f" where {readable_cases} and p.uid = {params.add(uid)} and p.deleted_at is null and p.audience = any({shown})",
        *params.values,
    )
    return (row[0], child_of(tuple(row)[1:], kind)) if row else None


async def file_on(connection: Any, principal: Principal, case: int, uid: UUID, *, public_only: bool) -> Child | None:
    """Return a file on a case, if the principal may see both."""
    params = Params()
    shown = audiences(principal, public_only=public_only)
    readable_cases = readable(principal, params)
    number, file, seen = params.add(case), params.add(uid), params.add(list(shown), "text[]")
    row = await connection.fetchrow(
        f"select {listing(File.__struct_fields__, 'f.')} from files f"
        f" join cases c on c.tenant_id = f.tenant_id and c.number = f.case_number"
        f" where {readable_cases} and c.number = {number} and f.uid = {file} and f.deleted_at is null"
        f" and f.audience = any({seen})",
        *params.values,
    )
    return child_of(row, File) if row else None


async def mark_viewed(connection: Any, principal: Principal, case: int, at: datetime) -> bool:
    """Keep who looked at a readable case last and when; return whether there is such a case."""
    params = Params()
    readable_cases = readable(principal, params)
    number, moment, user = params.add(case), params.add(at, "timestamptz"), params.add(principal.user, "bigint")
    done = await connection.fetchval(
        "insert into views (tenant_id, case_number, viewed_at, viewed_by)"
        f" select c.tenant_id, c.number, {moment}, {user} from cases c where {readable_cases} and c.number = {number}"
        " on conflict (tenant_id, case_number) do update set viewed_at = excluded.viewed_at,"
        " viewed_by = excluded.viewed_by returning 1",
        *params.values,
    )
    return done is not None
