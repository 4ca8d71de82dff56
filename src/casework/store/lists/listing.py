"""Pages of cases: ids first from an index, rows joined afterwards, the exact total beside them, in one statement."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from casework.domain.access import Principal, Reach
from casework.domain.case import Audience, Stage
from casework.store.access import readable
from casework.store.lists.filters import Condition, conditions, selective
from casework.store.lists.members import MEMBERS
from casework.store.lists.search import Terms, within_subject
from casework.store.nouns import listing
from casework.store.postgres.batch import Params

SORTS: Mapping[str, tuple[str, ...]] = {
    "number": ("c.number",),
    "subject": ('lower(left(c.subject, 200)) collate "C"', "c.number"),
    "rank": ("c.rank", "c.number"),
    "touched_at": ("c.touched_at", "c.number"),
    "created_at": ("c.created_at", "c.number"),
    "updated_at": ("c.updated_at", "c.number"),
    "created_at, uid": ("c.created_at", "c.uid"),
    "uid": ("c.uid",),
    **{
        f"by {member}": (f"lower({sql})" if kind == "text" else sql, "c.number")
        for member, (sql, kind) in MEMBERS.items()
    },
}
"""Sort keys; every order is total because it ends with the number or the uid. `by …` sorts by any member."""

_PARTS = {
    "comments": (("number", "text", "created_at", "created_by", "audience", "uid"), True),
    "files": (("uid", "name", "size", "created_at", "created_by"), True),
    "links": (("uid", "name", "url", "extra", "created_at"), False),
    "associations": (("uid", "object", "relation"), False),
    "escalations": (("number", "team", "user", "note", "urgent", "created_at", "created_by", "ended_at"), False),
}
"""What can be nested in a row: the members of each entry, in order, and whether they have an audience."""
_VIEWED = (
    "(select json_build_array(v.viewed_at, v.viewed_by)::text from views v"
    " where v.tenant_id = c.tenant_id and v.case_number = c.number) as viewed"
)
"""When and by whom the case was viewed last, which lies beside it; the part `viewed`."""


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases, in which order. Filters combine with "and", a filter's values with "or"; an empty one lets all pass.

    `search` is what somebody typed, `subjects` are parts of the subject; `workers` are owners and assignees;
    `categories` may be widened by `uncategorised_by`: any category that is none of these.
    `public_only` leaves internal comments and files out for staff too, in rows and in the search. Without `counted` the
    total is not found out: it is 0.
    """

    stages: tuple[Stage, ...] = ()
    search: str = ""
    subjects: tuple[str, ...] = ()
    ranks: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()
    uncategorised_by: tuple[str, ...] = ()
    workers: tuple[int, ...] = ()
    organizations: tuple[int, ...] = ()
    sort: str = "touched_at"
    descending: bool = True
    offset: int = 0
    limit: int = 10
    public_only: bool = False
    where: tuple[Condition, ...] = ()
    counted: bool = True


def select_list(audiences: Iterable[str], params: Params, columns: Iterable[str], parts: Iterable[str]) -> str:
    """Return columns of `cases c`, the number first, and each part as the text of a JSON array of arrays."""
    picked = [listing(tuple(dict.fromkeys(("number", *columns))), "c.")]
    for part in parts:
        if part == "viewed":
            picked.append(_VIEWED)
            continue
        members, with_audience = _PARTS[part]
        audience = f" and p.audience = any({params.add(list(audiences), 'text[]')})" if with_audience else ""
        picked.append(
            f"(select coalesce(json_agg(json_build_array({listing(members, 'p.')}) order by p.number), '[]')::text"
            f" from {part} p where p.tenant_id = c.tenant_id and p.case_number = c.number"
            f" and p.deleted_at is null{audience}) as {part}"
        )
    return ", ".join(picked)


def audiences(principal: Principal, *, public_only: bool) -> tuple[str, ...]:
    """Return the audiences of what is shown through a door that may show public things only."""
    return (Audience.PUBLIC,) if public_only else principal.audiences


def one(
    principal: Principal, case: int | UUID, columns: Iterable[str], parts: Iterable[str], *, public_only: bool
) -> tuple[str, Params]:
    """Return the statement that reads one case, named by number or uid."""
    params = Params()
    readable_case = readable(principal, params)
    selected = select_list(audiences(principal, public_only=public_only), params, columns, parts)
    named = "c.uid" if isinstance(case, UUID) else "c.number"
    return f"select {selected} from cases c where {readable_case} and {named} = {params.add(case)}", params


def page(
    principal: Principal, query: Query, columns: Iterable[str], parts: Iterable[str], found: Terms | None, *, few: bool
) -> tuple[str, Params]:
    """Return the statement of a page. Its rows start with `total`; an empty page is one row without a number.

    The limit is written out, because a plan that fits any limit is a bad one, and one that is made each time is dear.

    Args:
        principal: Who looks.
        query: Which cases.
        columns: Members of the case to select.
        parts: What to nest.
        found: The search terms, if there is a search.
        few: The search is expected to have few hits: ask the index for all, instead of walking the list.
    """
    params = Params()
    readable_cases = readable(principal, params)
    selected = select_list(audiences(principal, public_only=query.public_only), params, columns, parts)
    stages = params.add([s.value for s in query.stages], "text[]") if query.stages else ""
    hits, matching = _search(params, found, few=few)
    narrowed = _narrowed(params, principal, query) + conditions(query.where, params)
    readable_rows = readable_cases + (f" and c.stage = any({stages})" if stages else "") + narrowed + matching
    reaches_all = principal.read is Reach.TENANT
    counted = principal.read in {Reach.TENANT, Reach.DEPARTMENTS}
    whole = ""
    if _is_small(principal, query):
        whole, inner, total = _gathered(query, readable_rows)
    elif found is None and counted and not narrowed:
        listed = _merged(params, query, readable_cases) if query.stages and query.sort == "touched_at" else ""
        inner = listed or f"select c.number from cases c where {readable_rows} order by {_order(query)}"
        total = _counted(params, principal, stages) if query.counted else ""
    else:
        inner = f"select c.number from cases c where {readable_rows} order by {_order(query)}"
        total = f"select count(*) from cases c where {readable_rows}"
        if found is not None and not few and reaches_all and not query.stages and not narrowed:
            total = f"select count(*) from casework_hits({_terms(params, found)}, null)"
    if not query.counted:
        total = "select 0"
    window = f"limit {query.limit:d}" + (f" offset {params.add(query.offset, 'bigint')}" if query.offset else "")
    sql = (
        f"with {hits}{whole}ids as (select number, row_number() over () as place from ({inner} {window}) w)"
        f" select t.total, page.* from (select ({total}) as total) t left join ("
        f"select {selected}, ids.place from ids join cases c on c.number = ids.number and {readable_cases}"
        f") page on true order by page.place"
    )
    return sql, params


def _is_small(principal: Principal, query: Query) -> bool:
    """Tell whether few cases are in question, so that all of them are gathered instead of the list being walked.

    The planner cannot tell: with a limit in sight it hopes to meet them soon, and walks a million rows for fifty.
    """
    named = principal.read in {Reach.OWN, Reach.GRANTED}
    return named or any(map(selective, query.where)) or bool(query.workers or query.organizations)


def _gathered(query: Query, readable_rows: str) -> tuple[str, str, str]:
    """Return (common table expression, statement of the numbers in order, total) for a set that is gathered once."""
    keys = SORTS[query.sort]
    columns = ", ".join(f"{key} as k{n}" for n, key in enumerate(keys))
    direction = "desc" if query.descending else "asc"
    order = ", ".join(f"k{n} {direction}" for n in range(len(keys)))
    whole = f"whole as materialized (select c.number, {columns} from cases c where {readable_rows}), "
    return whole, f"select number from whole order by {order}", "select count(*) from whole"


def _narrowed(params: Params, principal: Principal, query: Query) -> str:
    """Return the conditions of the filters on columns, each with its "and"."""
    conditions = ""
    if query.ranks:
        conditions += f" and c.rank = any({params.add(query.ranks, 'smallint[]')})"
    if query.categories or query.uncategorised_by:
        listed = f"c.category = any({params.add(query.categories, 'text[]')})"
        if query.uncategorised_by:
            listed = f"({listed} or c.category <> all({params.add(query.uncategorised_by, 'text[]')}))"
        conditions += f" and {listed}"
    if query.organizations:
        conditions += f" and c.organization = any({params.add(query.organizations, 'bigint[]')})"
    if query.subjects and (query.search.strip() or len(query.subjects) > 1):  # one alone is looked up as a search is
        patterns = params.add([within_subject(text).pattern for text in query.subjects], "text[]")
        conditions += (
            " and exists (select from case_search s where s.tenant_id = c.tenant_id and s.case_number = c.number"
            f" and s.title like any({patterns}))"
        )
    if query.workers:
        tenant, workers = params.add(principal.tenant_id), params.add(query.workers, "bigint[]")
        conditions += (
            f" and c.number in (select i.case_number from involvements i where i.tenant_id = {tenant}"
            f" and i.subject = any({workers}) and i.how = 'involved')"
            f" and (c.owner = any({workers}) or c.assignees && {workers})"
        )
    return conditions


def _order(query: Query) -> str:
    direction = "desc" if query.descending else "asc"
    return ", ".join(f"{key} {direction}" for key in SORTS[query.sort])


def _terms(params: Params, found: Terms) -> str:
    return f"{params.add(found.pattern, 'text')}, to_tsquery('simple', {params.add(found.query, 'text')})"


def _search(params: Params, found: Terms | None, *, few: bool) -> tuple[str, str]:
    """Return (common table expression, condition)."""
    if found is None:
        return "", ""
    if few:
        hits = f"hits as materialized (select case_number from casework_hits({_terms(params, found)}, null)), "
        return hits, " and c.number in (select case_number from hits)"
    pattern, query = params.add(found.pattern, "text"), params.add(found.query, "text")
    return "", (
        " and exists (select from case_search s where s.tenant_id = c.tenant_id and s.case_number = c.number"
        f" and (s.title like {pattern} or s.words @@ to_tsquery('simple', {query})))"
    )


def _merged(params: Params, query: Query, readable_cases: str) -> str:
    """Return the newest of each stage, merged: an index gives each in order, none is walked for another's sake."""
    most = params.add(query.offset + query.limit, "bigint") if query.offset else f"{query.limit:d}"
    branches = " union all ".join(
        f"(select c.number, c.touched_at from cases c where {readable_cases}"
        f" and c.stage = {params.add(stage.value, 'text')} order by {_order(query)} limit {most})"
        for stage in query.stages
    )
    return f"select c.number from ({branches}) c order by {_order(query)}"


def _counted(params: Params, principal: Principal, stages: str) -> str:  # unguarded: counts what the reach names
    """Return the statement of the exact total of a reach that the kept totals cover: the tenant, or departments.

    What is watched in other departments comes on top; those are few and counted themselves.
    """
    tenant = params.add(principal.tenant_id)
    only = f" and stage = any({stages})" if stages else ""
    outside = ""
    if principal.read is Reach.DEPARTMENTS:
        within = params.add(principal.departments + principal.shared, "bigint[]")
        only += f" and department = any({within} || 0::bigint)"
        outside = (
            " union all select count(*) from (select distinct i.case_number from involvements i"
            f" where i.tenant_id = {tenant} and i.subject = any({params.add(principal.subjects, 'bigint[]')})"
            " and i.how = 'watching') w join cases c on c.tenant_id = "
            f"{tenant} and c.number = w.case_number and c.deleted_at is null and c.department <> all({within})"
            + (f" and c.stage = any({stages})" if stages else "")
        )
    return (
        "select coalesce(sum(n), 0)::bigint from ("
        f"select n from case_counts where tenant_id = {tenant}{only}"
        f" union all select delta from case_count_deltas where tenant_id = {tenant}{only}{outside}) d"
    )
