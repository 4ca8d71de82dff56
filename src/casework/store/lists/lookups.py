"""Pages of nouns beside the case: filters, a search on the name, an order and a window, in one statement each."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import asyncpg
import msgspec

from casework.domain.nouns import Noun, Person, Service, Sla, SlaCondition, User
from casework.domain.refusals import Invalid
from casework.store.nouns import columns, listing, value
from casework.store.postgres.batch import Params

N = TypeVar("N", bound=Noun)

_NAMED: Mapping[tuple[type[Noun], str], str] = {
    (Sla, "calendar"): "calendars",
    (Service, "sla"): "slas",
    (Service, "status_set"): "status_sets",
    (Service, "close_reason_group"): "close_reason_groups",
    (Service, "default_priority"): "priorities",
    (Service, "team"): "teams",
    (Service, "assignee"): "users",
    (SlaCondition, "sla"): "slas",
}
"""References that lists are sorted by the name of; the stamps `created_by` and `updated_by` are users everywhere."""
_CONDITIONS: Mapping[str, str] = {
    "catalogs": "parent is null",
    "services": "parent is not null",
    "not_in_sla": "not exists (select from sla_conditions c where c.tenant_id = n.tenant_id and c.deleted_at is null"
    " and c.sla = {0} and n.number = any(c.priorities))",
    "in_sla_condition": "(exists (select from sla_conditions c where c.tenant_id = n.tenant_id and c.deleted_at is null"
    " and c.number = {0} and n.number = any(c.priorities))"
    " or not exists (select from sla_conditions c join sla_conditions of on of.tenant_id = c.tenant_id"
    " and of.number = {0} and of.sla = c.sla"
    " where c.tenant_id = n.tenant_id and c.deleted_at is null and n.number = any(c.priorities)))",
    "with_priority": "n.priorities && {0}",
    "apart": "n.key is distinct from {0}",
    "user": 'n."user" is not null',
    "no_user": 'n."user" is null',
    "member": "exists (select from teams t where t.tenant_id = n.tenant_id and t.number = any({0}::bigint[])"
    ' and n."user" = any(t.members))',
    "no_member": "not exists (select from teams t where t.tenant_id = n.tenant_id and t.number = any({0}::bigint[])"
    ' and n."user" = any(t.members))',
    "enabled": "coalesce((n.extra #>> '{{webitel,enabled}}')::boolean, true) = {0}::boolean",
}
"""What else can be asked, by name; `{0}` stands for the value. `not_in_sla` and `in_sla_condition` are spec/webitel §9:
priorities that no condition of the SLA uses, and those of a condition with the ones its SLA has left."""


_SHOWN: Mapping[type[Noun], str] = {Person: "coalesce(nullif(n.name, ''), trim(n.first_name || ' ' || n.last_name))"}
"""How a kind is named where its column `name` alone does not say it."""
_SEARCHED: Mapping[tuple[type[Noun], str], str] = {
    (Person, "name"): _SHOWN[Person],
    (Person, "about"): "(n.extra #>> '{webitel,about}')",
    (Person, "labels"): "jsonb_path_query_array(n.extra, '$.webitel.labels[*].label')::text",
    (
        Person,
        "*",
    ): f"({_SHOWN[Person]} || ' ' || coalesce(n.email, '') || ' ' || coalesce(n.extra ->> 'phone', '') || ' '"
    " || jsonb_path_query_array(n.extra, '$.webitel.*[*].*')::text)",
}
"""What a search looks through, where that is not the name: a person's addresses, too."""


class Lookup(msgspec.Struct, frozen=True, kw_only=True):
    """Which nouns of a kind, in which order.

    Args:
        equal: Column → values, one of which it has; an empty tuple lets nothing pass.
        conditions: Name of a condition (`_CONDITIONS`) → its value.
        search: What the name contains, whatever its case; `/…/` is a regular expression.
        within: What the search looks through, a name of `_SEARCHED`; anything else means all of it.
        sort: A column; anything else leaves the order to the numbers.
        limit: None for all.
    """

    equal: Mapping[str, tuple[Any, ...]] = {}
    conditions: Mapping[str, Any] = {}
    search: str = ""
    within: str = "*"
    sort: str = "name"
    descending: bool = False
    offset: int = 0
    limit: int | None = None


async def page(connection: Any, tenant: int, kind: type[N], lookup: Lookup) -> list[N]:
    """Return the nouns that match.

    Raises:
        Invalid: The search is no regular expression, or one that takes too long.
    """
    params = Params(tenant)
    where = "n.tenant_id = $1 and n.deleted_at is null"
    for column, wanted in lookup.equal.items():
        if column not in columns(kind):
            raise KeyError(column)
        where += f' and n."{column}" = any({params.add(list(wanted))})'
    for name, asked in lookup.conditions.items():
        where += " and " + _CONDITIONS[name].format(params.add(asked) if "{0}" in _CONDITIONS[name] else "")
    if lookup.search:
        where += " and " + searched(_searched(kind, lookup), lookup.search, params)
    window = f" offset {params.add(lookup.offset, 'bigint')}" if lookup.offset else ""
    window += f" limit {lookup.limit:d}" if lookup.limit is not None else ""
    try:
        rows = await connection.fetch(
            f"select {listing(columns(kind), 'n.')} from {kind.table} n where {where}"
            f" order by {_order(kind, lookup)}{window}",
            *params.values,
        )
    except (asyncpg.InvalidRegularExpressionError, asyncpg.QueryCanceledError) as error:
        msg = "The search is no regular expression that can be looked for."
        raise Invalid(msg, member="q") from error
    return [value(row, kind) for row in rows]


def _searched(kind: type[Noun], lookup: Lookup) -> str:
    return _SEARCHED.get((kind, lookup.within)) or _SEARCHED.get((kind, "*")) or "n.name"


def pattern(text: str) -> str:
    """Return the pattern for `like` of texts that contain this one; stars around it do not count."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", text.strip().strip("*").replace("\x00", "")) + "%"


def searched(column: str, text: str, params: Params) -> str:
    """Return the condition under which a column matches what somebody typed (spec/webitel §2)."""
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        return f"{column} ~* {params.add(text[1:-1].replace(chr(0), ''), 'text')}"
    return f"{column} ilike {params.add(pattern(text), 'text')}"


def _order(kind: type[Noun], lookup: Lookup) -> str:
    direction = "desc" if lookup.descending else "asc"
    by = lookup.sort
    if by not in columns(kind):
        return f"n.number {direction}"
    stamp = by in {"created_by", "updated_by"}
    if table := User.table if stamp else _NAMED.get((kind, by)):
        key = f'(select lower(r.name) from {table} r where r.tenant_id = n.tenant_id and r.number = n."{by}")'
    elif by == "name" and kind in _SHOWN:
        key = f"lower({_SHOWN[kind]})"
    elif by in {"name", "description", "code", "prefix", "color", "type"}:
        key = f'lower(n."{by}")'
    else:
        key = f'n."{by}"'
    return f"{key} {direction}, n.number {direction}"
