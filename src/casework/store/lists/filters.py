"""Exact conditions on cases, beside stages and search: what a list can be narrowed by."""

from collections.abc import Iterable
from typing import Any

import msgspec

from casework.store.postgres.batch import Params

SHOWN_REQUESTER = "coalesce(c.requester, c.borrowers[1], c.contacts[1])"
"""Whom reading shows as requester: without one the first borrower, then the first contact (DOMAIN §3)."""
_PERSONS = f"{SHOWN_REQUESTER} in (select p.number from persons p where p.tenant_id = c.tenant_id and "
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
}


class Where(msgspec.Struct, frozen=True):
    """One condition: a name of `_TEMPLATES` with its value, or `field` with the custom field's name and text.

    The values of `states` are stages, and "reopened" for active cases with that flag; `bound` and true means cases that
    have a borrower.
    """

    name: str
    value: Any


def conditions(where: Iterable[Where], params: Params) -> str:
    """Return the conditions as ` and …` on `cases c`."""
    return "".join(f" and {_condition(entry, params)}" for entry in where)


def _condition(entry: Where, params: Params) -> str:
    if entry.name == "field":
        name, text = params.add(entry.value[0], "text"), params.add(entry.value[1], "text")
        return f"(c.fields ->> {name} = {text} or c.fields -> {name} ? {text})"
    return _TEMPLATES[entry.name].format(params.add(entry.value))
