"""Pages of the comments on a case, newest first, with what one API keeps beside them as filters (spec/peach §11)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from casework.domain.access import Principal
from casework.domain.case import Comment
from casework.store.access import readable
from casework.store.cases import child_of
from casework.store.nouns import listing
from casework.store.postgres.batch import Params

COLUMNS = Comment.__struct_fields__


class Notes(msgspec.Struct, frozen=True, kw_only=True):
    """Which comments: those whose extras for an API are as wanted, behind the comment `after` or before `before`.

    `wanted` maps a name among the extras to (the texts that it may have, the one that it has when it is absent).
    """

    api: str
    wanted: Mapping[str, tuple[list[str], str]] = {}
    after: int | None = None
    before: int | None = None
    offset: int = 0
    limit: int = 25


async def page(connection: Any, principal: Principal, case: int, asked: Notes) -> tuple[list[Mapping[str, Any]], int]:
    """Return the comments, one more than the limit where there is one, and how many match in all.

    A page before something comes backwards. Internal comments are left out where they are not for the principal's eyes.
    """
    params = Params()
    readable_cases = readable(principal, params)
    shown = (
        f"from comments p join cases c on c.tenant_id = p.tenant_id and c.number = p.case_number where {readable_cases}"
        f" and c.number = {params.add(case)} and p.deleted_at is null"
        f" and p.audience = any({params.add(list(principal.audiences), 'text[]')})"
    )
    for name, (texts, absent) in asked.wanted.items():
        path = params.add([asked.api, name], "text[]")
        shown += f" and coalesce(p.extra #>> {path}, {params.add(absent, 'text')}) = any({params.add(texts, 'text[]')})"
    total: int = await connection.fetchval(f"select count(*) {shown}", *params.values)
    cut, order = "", "desc"
    if asked.before is not None:
        cut, order = f" and p.number > {params.add(asked.before)}", "asc"
    elif asked.after is not None:
        cut = f" and p.number < {params.add(asked.after)}"
    window = f"limit {asked.limit + 1:d} offset {params.add(asked.offset, 'bigint')}"
    rows = await connection.fetch(
        f"select {listing(COLUMNS, 'p.')} {shown}{cut} order by p.number {order} {window}", *params.values
    )
    return list(rows), total


async def one(connection: Any, principal: Principal, case: int, number: int) -> Comment | None:
    """Return a comment on a case, by number, if the principal may see both."""
    params = Params()
    readable_cases = readable(principal, params)
    row = await connection.fetchrow(
        f"select {listing(COLUMNS, 'p.')} from comments p"
        f" join cases c on c.tenant_id = p.tenant_id and c.number = p.case_number where {readable_cases}"
        f" and c.number = {params.add(case)} and p.number = {params.add(number)} and p.deleted_at is null"
        f" and p.audience = any({params.add(list(principal.audiences), 'text[]')})",
        *params.values,
    )
    found = child_of(row, Comment) if row else None
    return found if isinstance(found, Comment) else None
