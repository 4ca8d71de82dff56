"""Rows of cases as an answer has them, with what is nested in them: a fixed few statements, however many rows."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from casework.casebook import Casebook
from casework.casebook.reading import Part, Query, Where
from casework.dialects.webitel.cases import fields, parts
from casework.dialects.webitel.cases.frame import Frame, frame
from casework.dialects.webitel.conventions import EVERYTHING, Window
from casework.domain.access import Principal
from casework.domain.case import Child, Comment, Relation

NESTED = 10
"""How many comments, links and files a case shows."""
_PARTS: Mapping[str, Part] = {
    "comments": Part(noun="comment", descending=True, limit=NESTED + 1),
    "links": Part(noun="link", limit=NESTED + 1),
    "files": Part(noun="file", limit=NESTED + 1),
    "related": Part(noun="relation", limit=EVERYTHING + 1),
}


async def cases(
    casebook: Casebook, who: Principal, rows: list[Mapping[str, Any]], shown: Iterable[str]
) -> list[dict[str, Any]]:
    """Return cases with these fields."""
    wanted = tuple(shown)
    numbers = [row["number"] for row in rows]
    hanging = {kind: await casebook.read.hanging(who, numbers, _PARTS[kind]) for kind in wanted if kind in _PARTS}
    children = [child for found in hanging.values() for listed in found.values() for child in listed]
    users = {user for child in children for user in (child.created_by, child.updated_by) if user is not None}
    shared = await frame(casebook, who, rows, users)
    shared = await with_others(casebook, shared, children)
    nested = {
        kind: {number: _nested(shared, kind, listed) for number, listed in found.items()}
        for kind, found in hanging.items()
    }
    shared = msgspec.structs.replace(shared, parts=nested)
    return [fields.case(shared, row, wanted) for row in rows]


async def with_others(casebook: Casebook, shared: Frame, children: Iterable[Child]) -> Frame:
    """Return the frame with the cases on both sides of relations, as far as they may be read."""
    relations = [child for child in children if isinstance(child, Relation)]
    numbers = {number for relation in relations for number in (relation.case_number, relation.other)}
    if not numbers:
        return shared
    query = Query(
        where=(Where("numbers", list(numbers)),), sort="number", descending=False, limit=len(numbers), counted=False
    )
    page = await casebook.read.page(shared.who, query, fields.SIDE)
    return msgspec.structs.replace(shared, others={row["number"]: row for row in page.rows})


def _nested(shared: Frame, kind: str, listed: list[Any]) -> dict[str, Any] | None:
    if kind == "related":
        listed = [relation for relation in listed if relation.other in shared.others]
    window = Window(1, EVERYTHING if kind == "related" else NESTED)
    rows, more = window.cut(listed)
    found = [parts.shown(shared, child, _names(child)) for child in rows]
    if not found:
        return None
    return {"page": "1", "next": more, "data" if kind == "related" else "items": found}


def _names(child: Child) -> tuple[str, ...]:
    return parts.NESTED_COMMENT if isinstance(child, Comment) else parts.chosen(type(child), ())
