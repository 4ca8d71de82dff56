"""Exact conditions on cases, beside stages and search: what a list can be narrowed by."""

import re
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from casework.store.lists.members import HANGING, SHOWN_REQUESTER
from casework.store.lists.members import MEMBERS as OF_CASES
from casework.store.postgres.batch import Params

__all__ = ["MEMBERS", "SHOWN_REQUESTER", "Condition", "Group", "Where", "conditions", "selective"]

MEMBERS = {**OF_CASES, **HANGING}
_PERSONS = f"{SHOWN_REQUESTER} in (select p.number from persons p where p.tenant_id = c.tenant_id and "
_REACHED = """(p.email ilike {0} or p.extra ->> 'phone' ilike {0}
 or jsonb_path_query_array(p.extra, '$.webitel.**.*[*].*')::text ilike {0})"""
_HANGS = (
    "exists (select from {0} h where h.tenant_id = c.tenant_id and h.case_number = c.number and h.deleted_at is null)"
)
_TEMPLATES = {
    "numbers": "c.number = any({}::bigint[])",
    "owner": "c.owner = {}::bigint",
    "owners": "c.owner = any({}::bigint[])",
    "types": "c.type = any({}::bigint[])",
    "outcomes": "c.outcome = any({}::text[])",
    "external_ids": "c.external_id = any({}::text[])",
    "snoozed": "(c.snoozed_until is not null) = {}::boolean",
    "escalated": "(c.escalated_at is not null) = {}::boolean",
    "bound": "(c.borrowers <> '{{}}' and {}::boolean)",
    "borrower": "c.number in (select b.case_number from case_borrowers b"
    " where b.tenant_id = c.tenant_id and b.borrower = {}::bigint)",
    "states": "(case when c.reopened and c.stage in ('new', 'open', 'waiting', 'proposed')"
    " then 'reopened' else c.stage end) = any({}::text[])",
    "department": "c.department = {}::bigint",
    "requester": SHOWN_REQUESTER + " = {}::bigint",
    "requester_email": _PERSONS + "lower(p.email) = lower({}::text))",
    "requester_phone": _PERSONS + "p.extra ->> 'phone' = {}::text)",
    "about": f"({SHOWN_REQUESTER} = any({{0}}::bigint[]) or {MEMBERS['assignee.id'][0]} = any({{0}}::bigint[]))",
    "communication": "exists (select from associations h join objects o on o.tenant_id = h.tenant_id"
    " and o.number = h.object where h.tenant_id = c.tenant_id and h.case_number = c.number"
    " and h.deleted_at is null and h.relation = 'communication' and o.external_id = any({}::text[]))",
}
_FLAGS = {
    "attached": f"({_HANGS.format('files')} or {_HANGS.format('links')})",
    "everything": "true",
    "nothing": "false",
}
_OPERATORS = frozenset({"=", "<>", "<", "<=", ">", ">="})
WALKED = frozenset({"department", "created_at", "updated_at", "everything"})
"""Conditions that many cases meet: a list with them is walked in order instead of being gathered first."""


class Where(msgspec.Struct, frozen=True):
    """One condition, by its name, with its value.

    - a name of `_TEMPLATES` with its value, or of `_FLAGS` without;
    - `field`: the custom field's name and a text that is its value;
    - `compare`: a member (`store.lists.members`), an operator, and a value of the member's type;
    - `among`: a member, its possible values, and whether having none will do as well;
    - `absent`: a member that has no value;
    - `like`: a member and an `ilike` pattern; `match`: a member and a regular expression;
    - `reached`: an `ilike` pattern of an address of the requester;
    - `hangs`: a kind of thing, and the condition that one on the case meets;
    - `custom`: the custom field's name, an operator or `set`, and a text.

    The values of `states` are stages, and "reopened" for active cases with that flag; `bound` and true means cases that
    have a borrower.
    """

    name: str
    value: Any = None


class Group(msgspec.Struct, frozen=True):
    """Conditions of which all, or any, hold; `negated`: which do not."""

    parts: tuple["Condition", ...]
    how: Literal["and", "or"] = "and"
    negated: bool = False


Condition = Where | Group


def conditions(where: Iterable[Condition], params: Params) -> str:
    """Return the conditions as ` and …` on `cases c`."""
    return "".join(f" and {_condition(entry, params)}" for entry in where)


def selective(entry: Condition) -> bool:
    """Tell whether few cases are expected to meet a condition."""
    if isinstance(entry, Group):
        return any(selective(part) for part in entry.parts)
    member = entry.value[0] if isinstance(entry.value, tuple) else entry.name
    return entry.name not in WALKED and member not in WALKED


def _condition(entry: Condition, params: Params) -> str:
    if isinstance(entry, Group):
        joined = f" {entry.how} ".join(_condition(part, params) for part in entry.parts)
        inner = f"({joined})" if joined else ("true" if entry.how == "and" else "false")
        return f"({inner} is not true)" if entry.negated else inner
    if entry.name in _FLAGS:
        return _FLAGS[entry.name]
    if entry.name in _KINDS:
        return _KINDS[entry.name](entry.value, params)
    return _TEMPLATES[entry.name].format(params.add(entry.value))


def _field(value: Any, params: Params) -> str:
    name, text = params.add(value[0], "text"), params.add(value[1], "text")
    return f"(c.fields ->> {name} = {text} or c.fields -> {name} ? {text})"


def _compare(value: Any, params: Params) -> str:
    member, operator, wanted = value
    if operator not in _OPERATORS:
        raise KeyError(operator)
    sql, kind = MEMBERS[member]
    if operator == "<>":
        return f"({sql} is distinct from {params.add(wanted, kind)})"
    return f"({sql} {operator} {params.add(wanted, kind)})"


def _among(value: Any, params: Params) -> str:
    member, wanted, empty = value
    sql, kind = MEMBERS[member]
    found = f"{sql} = any({params.add(list(wanted), f'{kind}[]')})"
    return f"({found} or {sql} is null)" if empty else f"({found})"


def _absent(value: Any, _params: Params) -> str:
    sql, kind = MEMBERS[value]
    return f"(coalesce({sql}, '') = '')" if kind == "text" else f"({sql} is null)"


def _like(value: Any, params: Params) -> str:
    return f"({MEMBERS[value[0]][0]} ilike {params.add(value[1], 'text')})"


def _match(value: Any, params: Params) -> str:
    return f"({MEMBERS[value[0]][0]} ~* {params.add(value[1], 'text')})"


def _reached(value: Any, params: Params) -> str:
    return _PERSONS + _REACHED.format(params.add(value, "text")) + ")"


def _hangs(value: Any, params: Params) -> str:
    noun, inner = value
    if noun not in {"comment", "link", "file", "relation"}:
        raise KeyError(noun)
    return (
        f"exists (select from {noun}s p where p.tenant_id = c.tenant_id and p.case_number = c.number"
        f" and p.deleted_at is null and {_condition(inner, params)})"
    )


_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", re.ASCII)


def _custom(value: Any, params: Params) -> str:
    name, operator, text = value
    if operator in {"=", "<>"}:
        sign = "is true" if operator == "=" else "is not true"
        return f"({_field((name, text), params)} {sign})"
    inner = f"c.fields ->> {params.add(name, 'text')}"
    if operator == "set":
        return f"({inner} is not null)"
    if operator not in _OPERATORS:
        raise KeyError(operator)
    if _NUMBER.fullmatch(text):
        number = f"case when {inner} ~ '^-?[0-9]{{1,15}}(\\.[0-9]+)?$' then ({inner})::numeric end"
        return f"({number} {operator} {params.add(text, 'text')}::numeric)"
    return f"({inner} {operator} {params.add(text, 'text')})"


_KINDS = {
    "field": _field,
    "compare": _compare,
    "among": _among,
    "absent": _absent,
    "like": _like,
    "match": _match,
    "reached": _reached,
    "hangs": _hangs,
    "custom": _custom,
}
