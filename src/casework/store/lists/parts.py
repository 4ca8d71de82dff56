"""What hangs on cases, read for many of them or for one: a page of each case's comments, files, links or relations."""

from collections.abc import Iterable
from typing import Any

import asyncpg
import msgspec

from casework.domain.access import Principal
from casework.domain.case import CHILDREN, Child
from casework.domain.refusals import Invalid
from casework.store.access import readable
from casework.store.cases import child_of
from casework.store.lists.listing import audiences
from casework.store.nouns import listing
from casework.store.postgres.batch import Params

AUDIENCED = frozenset({"comment", "file"})
SORTS = frozenset({"number", "created_at", "updated_at", "text", "name", "url", "type", "size"})
"""Columns that a list may be sorted by, where the kind has them."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Which things on the cases, and how many of each case's.

    `search` is an `ilike` pattern, or a regular expression, for `searched`, a column. `numbers` and `uids` narrow.
    """

    noun: str
    descending: bool = False
    sort: str = "number"
    offset: int = 0
    limit: int = 11
    numbers: tuple[int, ...] = ()
    search: str = ""
    expression: bool = False
    searched: str = ""
    both: bool = False


async def of(connection: Any, principal: Principal, cases: Iterable[int], wanted: Part) -> dict[int, list[Any]]:
    """Return things on readable cases by the case's number, in order.

    With `both` relations are found from either side, and where their other side is readable too; the case's number is
    the one that was asked for.

    Raises:
        Invalid: The regular expression cannot be read.
    """
    kind = CHILDREN[wanted.noun]
    names = kind.__struct_fields__
    params = Params()
    readable_case = readable(principal, params)
    asked = params.add(list(cases), "bigint[]")
    only = _only(wanted, principal, params)
    sort = wanted.sort if wanted.sort in SORTS and wanted.sort in names else "number"
    direction = "desc" if wanted.descending else "asc"
    order = f'p."{sort}" {direction}, p.number {direction}'
    joined = "p.case_number = m.number"
    if wanted.both:
        joined = "(p.case_number = m.number or p.other = m.number)"
        readable_other = readable(principal, params)
        far = "case when p.case_number = m.number then p.other else p.case_number end"
        only += f" and exists (select from cases c where c.number = {far} and {readable_other})"
    low, high = params.add(wanted.offset, "bigint"), params.add(wanted.limit, "bigint")
    sql = (
        f"with m as (select c.number from cases c where {readable_case} and c.number = any({asked}))"
        " select w.* from (select m.number as side,"
        f" row_number() over (partition by m.number order by {order}) as place, {listing(names, 'p.')}"
        f" from m join {wanted.noun}s p on {joined}"
        f" where p.tenant_id = {params.add(principal.tenant_id)} and p.deleted_at is null{only}) w"
        f" where w.place > {low} and w.place <= {low} + {high} order by w.side, w.place"
    )
    try:
        rows = await connection.fetch(sql, *params.values)
    except asyncpg.InvalidRegularExpressionError as error:
        msg = "The regular expression cannot be read."
        raise Invalid(msg, member="q") from error
    found: dict[int, list[Child]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(child_of(tuple(row)[2:], kind))
    return found


def _only(wanted: Part, principal: Principal, params: Params) -> str:
    only = ""
    if wanted.noun in AUDIENCED:
        only += f" and p.audience = any({params.add(list(audiences(principal, public_only=False)), 'text[]')})"
    if wanted.numbers:
        only += f" and p.number = any({params.add(list(wanted.numbers), 'bigint[]')})"
    if wanted.search and wanted.searched in {"text", "name"}:
        operator = "~*" if wanted.expression else "ilike"
        only += f' and p."{wanted.searched}" {operator} {params.add(wanted.search, "text")}'
    return only


async def by_number(connection: Any, principal: Principal, noun: str, number: int) -> tuple[int, Child] | None:
    """Return a thing on a readable case, wherever it hangs, and the case's number."""
    kind = CHILDREN[noun]
    params = Params()
    readable_case = readable(principal, params)
    audience = ""
    if noun in AUDIENCED:
        audience = f" and p.audience = any({params.add(list(audiences(principal, public_only=False)), 'text[]')})"
    row = await connection.fetchrow(
        f"select c.number, {listing(kind.__struct_fields__, 'p.')} from {noun}s p"
        f" join cases c on c.tenant_id = p.tenant_id and c.number = p.case_number"
        f" where {readable_case} and p.number = {params.add(number, 'bigint')} and p.deleted_at is null{audience}",
        *params.values,
    )
    return (row[0], child_of(tuple(row)[1:], kind)) if row else None
