"""Pages of cases by cursor, in any order: keyset over the ordering and the number, in one statement (DOMAIN §7, 12)."""

from collections.abc import Iterable, Mapping

import msgspec

from casework.domain.access import Principal
from casework.store.access import readable
from casework.store.lists.filters import Where, conditions
from casework.store.lists.listing import audiences, select_list
from casework.store.postgres.batch import Params

STATE = "state"
_SHOWN_STATE = (
    "({}::jsonb ->> (case when c.reopened and c.stage in ('new', 'open', 'waiting', 'proposed')"
    " then 'reopened' else c.stage end)) collate \"C\""
)
_JOINS = {
    "kind": "left join case_types kind on kind.tenant_id = c.tenant_id and kind.number = c.type",
    "seen": "left join views seen on seen.tenant_id = c.tenant_id and seen.case_number = c.number",
    "creator": "left join users creator on creator.tenant_id = c.tenant_id and creator.number = c.created_by",
    "keeper": "left join users keeper on keeper.tenant_id = c.tenant_id and keeper.number = c.owner",
}


def _first(user: str) -> str:
    said = f"nullif({user}.extra -> 'peach' ->> 'firstName', '')"
    return f"lower(coalesce({said}, split_part({user}.name, ' ', 1), '')) collate \"C\""


def _last(user: str) -> str:
    behind = f"substr({user}.name, length(split_part({user}.name, ' ', 1)) + 2)"
    said = f"nullif({user}.extra -> 'peach' ->> 'lastName', '')"
    return f"lower(coalesce({said}, {behind}, '')) collate \"C\""


_SUBJECT = 'lower(left(c.subject, 200)) collate "C"'
"""As the index `cases_subject` has it."""
_TYPE_NAME = "lower(left(coalesce(kind.name, ''), 200)) collate \"C\""
_KEYS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "number": ("c.number", ()),
    "created_at": ("c.created_at", ()),
    "touched_at": ("c.touched_at", ()),
    "status_at": ("c.status_at", ()),
    "escalated_at": ("coalesce(c.escalated_at, '-infinity')", ()),
    "viewed_at": ("coalesce(seen.viewed_at, '-infinity')", ("seen",)),
    "external_id": ("coalesce(c.external_id, '') collate \"C\"", ()),
    "outcome": ("coalesce(c.outcome, '') collate \"C\"", ()),
    "type": ("lower(coalesce(kind.name, '')) collate \"C\"", ("kind",)),
    "subject": ("lower(left(coalesce(nullif(c.subject, ''), kind.name, ''), 200)) collate \"C\"", ("kind",)),
    "creator_first": (_first("creator"), ("creator",)),
    "creator_last": (_last("creator"), ("creator",)),
    "owner_first": (_first("keeper"), ("keeper",)),
    "owner_last": (_last("keeper"), ("keeper",)),
}
"""What pages can be ordered by, none of it ever null, with the tables that it needs; `state` is another one."""


class Scroll(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases, in which order, and which part of them.

    `order` names keys and whether they descend; the number follows in the direction of the last one. The page is behind
    the case `after`, or before the case `before`, which counts more. `labels` are the names of the stages, and of
    "reopened", that the key `state` orders by.
    """

    where: tuple[Where, ...] = ()
    order: tuple[tuple[str, bool], ...] = (("created_at", True),)
    after: int | None = None
    before: int | None = None
    offset: int = 0
    limit: int = 25
    labels: Mapping[str, str] = {}

    @property
    def selective(self) -> bool:
        """Whether few cases are in question, so that they are gathered instead of the list being walked."""
        return any(entry.name in {"borrower", "external_ids", "owners", "snoozed"} for entry in self.where)


def scroll(principal: Principal, asked: Scroll, columns: Iterable[str], parts: Iterable[str]) -> tuple[str, Params]:
    """Return the statement of a page, with one row more than its limit where there is one.

    Its rows start with `total` and `known`: how many cases match in all, and whether the cursor is a readable case. An
    empty page is one row without a number; a page before something comes backwards.
    """
    params = Params()
    readable_cases = readable(principal, params)
    selected = select_list(audiences(principal, public_only=False), params, columns, parts)
    order = (*asked.order, ("number", asked.order[-1][1]))
    keys = [_key(name, asked, params) for name, _ in order]
    joins = " ".join(_JOINS[name] for name in dict.fromkeys(n for key, _ in order for n in _KEYS.get(key, ("", ()))[1]))
    listed = ", ".join(f"{key} as k{n}" for n, key in enumerate(keys))
    readable_rows = readable_cases + conditions(asked.where, params)
    places = [f"k{n}" for n in range(len(keys))] if asked.selective else keys
    source, total = f"cases c {joins} where {readable_rows}", f"select count(*) from cases c where {readable_rows}"
    tables = ""
    if asked.selective:
        tables = f"whole as materialized (select c.number, {listed} from {source}), "
        source, total = "whole c where true", "select count(*) from whole"
    backwards = asked.before is not None
    cursor = asked.before if backwards else asked.after
    cut, known = "", "true"
    if cursor is not None:
        number = params.add(cursor)
        tables += f"cursor as (select {listed} from cases c {joins} where {readable_cases} and c.number = {number}), "
        cut, known = f" and {_behind(places, order, backwards=backwards)}", "exists (select from cursor)"
    ordered = ", ".join(
        f"{place} {'desc' if descending != backwards else 'asc'}"
        for place, (_, descending) in zip(places, order, strict=True)
    )
    window = f"limit {asked.limit + 1:d}" + (f" offset {params.add(asked.offset, 'bigint')}" if asked.offset else "")
    inner = f"select c.number from {source}{cut} order by {ordered} {window}"
    if not asked.selective and [name for name, _ in asked.order] == ["subject"]:
        inner = _by_name(readable_rows, order, asked, cut=cursor is not None, backwards=backwards) + f" {window}"
    sql = (
        f"with {tables}ids as (select number, row_number() over () as place from"
        f" ({inner}) w)"
        f" select t.total, t.known, page.* from (select ({total}) as total, {known} as known) t left join ("
        f"select {selected}, ids.place from ids join cases c on c.number = ids.number and {readable_cases}"
        f") page on true order by page.place"
    )
    return sql, params


def _key(name: str, asked: Scroll, params: Params) -> str:
    if name == STATE:
        return _SHOWN_STATE.format(params.add(dict(asked.labels)))
    return _KEYS[name][0]


def _by_name(
    readable_rows: str, order: Iterable[tuple[str, bool]], asked: Scroll, *, cut: bool, backwards: bool
) -> str:
    """Return the numbers of a list by name: those with a subject from its index, merged with those without one.

    No plan walks an index over a name that another table may give; so each kind of name is asked for by itself.
    """
    direction = "desc" if asked.order[-1][1] != backwards else "asc"
    most = asked.limit + 1 + asked.offset
    branches = []
    for key, join, named in ((_SUBJECT, "", f"{_SUBJECT} > ''"), (_TYPE_NAME, _JOINS["kind"], f"{_SUBJECT} = ''")):
        behind = f" and {_behind([key, 'c.number'], order, backwards=backwards)}" if cut else ""
        branches.append(
            f"(select c.number, {key} as k0 from cases c {join} where {readable_rows} and {named}{behind}"
            f" order by {key} {direction}, c.number {direction} limit {most:d})"
        )
    return f"select number from ({' union all '.join(branches)}) b order by k0 {direction}, number {direction}"


def _behind(places: list[str], order: Iterable[tuple[str, bool]], *, backwards: bool) -> str:
    """Return the condition that a row comes behind the cursor, or before it when the list is read backwards."""
    falling = [descending != backwards for _, descending in order]
    if len(set(falling)) == 1:
        sign = "<" if falling[0] else ">"
        return f"({', '.join(places)}) {sign} (select {', '.join(f'k{n}' for n in range(len(places)))} from cursor)"
    found = []
    for n, place in enumerate(places):
        same = "".join(f"{places[m]} = (select k{m} from cursor) and " for m in range(n))
        found.append(f"({same}{place} {'<' if falling[n] else '>'} (select k{n} from cursor))")
    return f"({' or '.join(found)})"
