"""Cases and nouns in spans of their numbers: chains, folds, what is derived from rows, and what rows name."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from casework.casebook.doctor.findings import Finding, Notes
from casework.casebook.doctor.histories import DAMAGE, Chain, Children, Fold
from casework.domain.case import CHILDREN, Case, Child, involved
from casework.store import cases
from casework.store.people.tenants import Tenant
from casework.store.upkeep import checks
from casework.store.upkeep.checks import Span

_NAMED = {
    "type": "case_types", "service": "services", "source": "sources", "priority": "priorities", "status": "statuses",
    "requester": "persons", "impacted": "persons", "organization": "organizations", "contacts": "persons",
    "borrowers": checks.BORROWERS, "owner": "users", "assignees": "users", "team": "teams", "teams": "teams",
    "department": "departments", "watchers": "users", "acl": checks.SUBJECTS,
    "close_reason_group": "close_reason_groups", "close_reason": "close_reasons", "sla": "slas",
    "sla_condition": "sla_conditions", "escalated_team": "teams", "escalated_user": "users", "merged_into": "cases",
    "created_by": "users", "touched_by": "users", "updated_by": "users", "status_by": "users", "outcome_by": "users",
}  # fmt: skip
"""Members of cases that name something, and the table it is in."""

_NAMED_BY_CHILDREN = {
    "relation": {"other": "cases"},
    "association": {"object": "objects"},
    "escalation": {"team": "teams", "user": "users"},
}


async def look_at_cases(place: Tenant, connection: Any, span: Span) -> tuple[int, dict[int, list[Finding]]]:
    """Look at everything about cases."""
    notes = Notes(place.key, "case")
    span, known, unreadable = await _read_cases(notes, connection, span)
    hanging = await _read_children(notes, connection, span)
    folds = {number: Fold(case) for number, case in known.items()}
    chains = {number: Chain(case.uid) for number, case in known.items()}
    async for event in checks.history(connection, "case", span):
        number = event.stored.subject
        for check, message in chains.setdefault(number, Chain(event.stored.uid)).follow(event):
            notes.add(number, check, message)
        if number in folds:
            folds[number].apply(event)
    for number in chains.keys() - unreadable:
        case, chain = known.get(number), chains[number]
        for message in chain.end(case.version, case.hash) if case else chain.end_without_row():
            notes.add(number, "chain", message)
    for number, fold in folds.items():
        for message in fold.differences(known[number], hanging.pop(number, {})):
            notes.add(number, "fold", message)
    for number in hanging.keys() - unreadable:
        notes.add(number, "fold", "things hang on it, but it has no row")
    await _check_derived(notes, connection, span, known, unreadable)
    await _check_names(notes, connection, known, {number: fold.children for number, fold in folds.items()})
    return span.high, notes.found


async def look_at_derived(place: Tenant, connection: Any, span: Span) -> tuple[int, dict[int, list[Finding]]]:
    """Look at what follows from rows, except from those that cannot be read."""
    notes = Notes(place.key, "case")
    span, known, unreadable = await _read_cases(Notes(place.key, "case"), connection, span)
    await _check_derived(notes, connection, span, known, unreadable)
    return span.high, notes.found


async def look_at_nouns(place: Tenant, table: str, connection: Any, span: Span) -> tuple[int, dict[int, list[Finding]]]:
    """Look at the chains of one kind of nouns."""
    notes = Notes(place.key, table)
    known = {anchor.number: anchor for anchor in await checks.anchors(connection, table, span)}
    span = _narrowed(span, list(known))
    chains = {number: Chain(anchor.uid) for number, anchor in known.items()}
    async for event in checks.history(connection, table, span):
        number = event.stored.subject
        for check, message in chains.setdefault(number, Chain(event.stored.uid)).follow(event):
            notes.add(number, check, message)
    for number, chain in chains.items():
        anchor = known.get(number)
        for message in chain.end(anchor.version, anchor.hash) if anchor else chain.end_without_row():
            notes.add(number, "chain", message)
    return span.high, notes.found


async def mend(connection: Any, tenant: int, number: int) -> None:
    """Write anew what follows from the row of a locked case; nothing is left where there is no row."""
    rows = await checks.case_rows(connection, Span(tenant, number - 1, number))
    case = cases.case_of(rows[0]) if rows else None
    await checks.mend_involvements(connection, tenant, number, case)
    if case:
        await cases.reindex(connection, case)
    else:
        await checks.drop_title(connection, tenant, number)


def _narrowed(span: Span, numbers: list[int]) -> Span:
    """Return the part of the span that has been read, given the numbers found in it, in order."""
    return Span(span.tenant, span.low, numbers[-1] if len(numbers) == span.limit else span.high)


async def _read_cases(notes: Notes, connection: Any, span: Span) -> tuple[Span, dict[int, Case], set[int]]:
    """Return the part of the span that was read, the cases in it, and the numbers of rows that make no case."""
    rows = await checks.case_rows(connection, span)
    known: dict[int, Case] = {}
    for row in rows:
        try:
            case = cases.case_of(row)
            involved(case)
        except DAMAGE as error:
            notes.add(row["number"], "fold", f"the row cannot be read: {error}")
        else:
            known[case.number] = case
    numbers = [row["number"] for row in rows]
    return _narrowed(span, numbers), known, set(numbers) - known.keys()


async def _read_children(notes: Notes, connection: Any, span: Span) -> dict[int, dict[UUID, tuple[str, Child]]]:
    hanging: dict[int, dict[UUID, tuple[str, Child]]] = defaultdict(dict)
    for noun, kind in CHILDREN.items():
        for row in await checks.child_rows(connection, noun, span):
            try:
                hanging[row["case_number"]][row["uid"]] = (noun, cases.child_of(row, kind))
            except DAMAGE as error:
                notes.add(row["case_number"], "fold", f"the {noun} {row['number']} cannot be read: {error}")
    return hanging


async def _check_derived(
    notes: Notes, connection: Any, span: Span, known: Mapping[int, Case], unreadable: set[int]
) -> None:
    """Compare whom cases concern and what they are found by with the rows."""
    concerned: dict[int, set[tuple[int, str]]] = defaultdict(set)
    for number, subject, how in await checks.involvements(connection, span):
        concerned[number].add((subject, how))
    titles = await checks.titles(connection, span)
    for number in sorted((known.keys() | concerned.keys() | titles.keys()) - unreadable):
        case = known.get(number)
        if concerned.get(number, set()) != (involved(case) if case else set()):
            notes.add(number, "involvements", "the rows of whom it concerns are not those that it names")
        wanted = checks.title(case) if case else None
        if titles.get(number) != wanted:
            notes.add(number, "search", "is not found by its title" if wanted else "can be found and should not be")


async def _check_names(
    notes: Notes, connection: Any, known: Mapping[int, Case], hanging: Mapping[int, Children]
) -> None:
    """Look whether everything that cases name is there."""
    named: dict[tuple[str, int], set[tuple[int, str]]] = defaultdict(set)
    for number, case in known.items():
        for member, table in _NAMED.items():
            for wanted in _numbers(getattr(case, member)):
                named[table, wanted].add((number, member))
        for noun, child in hanging.get(number, {}).values():
            members = {"created_by": "users", "updated_by": "users", **_NAMED_BY_CHILDREN.get(noun, {})}
            for member, table in members.items():
                for wanted in _numbers(getattr(child, member)):
                    named[table, wanted].add((number, f"{member} of a {noun}"))
    tables: dict[str, list[int]] = defaultdict(list)
    for table, wanted in named:
        tables[table].append(wanted)
    tenant = next((case.tenant_id for case in known.values()), 0)
    for table, wanted in sorted(await checks.unknown(connection, tenant, tables)):
        for number, member in sorted(named[table, wanted]):
            notes.add(number, "references", f"{member} names {wanted}, which is not in {table}")


def _numbers(value: Any) -> list[int]:
    if value is None:
        return []
    return [int(number) for number in value] if isinstance(value, (tuple, dict)) else [value]
