"""Pages of what hangs on a case."""

from typing import Any

from casework.casebook.reading import Part
from casework.dialects.dialect import services
from casework.dialects.spellings import ETAG_KINDS
from casework.dialects.webitel import conventions, etag
from casework.dialects.webitel.cases import parts, showing
from casework.dialects.webitel.cases.frame import Frame, frame
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.requests import Ask
from casework.domain.access import Principal
from casework.domain.case import CHILDREN, Child

SEARCHED = {"comment": "text", "link": "name", "file": "name"}
"""The column that `q` looks at."""


async def page(
    request: Ask, who: Principal, case: int, noun: str, *, newest: bool = False, name: str = "items"
) -> dict[str, Any]:
    """Return the page that the query asks for, of things on a case that is known to be readable.

    Args:
        request: The request.
        who: Who asks.
        case: The case's number.
        noun: The kind of thing.
        newest: Whether the newest come first, when nothing else is asked for.
        name: The member of the answer that has the rows.
    """
    asked, casebook = requests.asked(request), services(request).casebook
    await casebook.read.one(who, case, ("number",))
    window, wanted = conventions.window(asked), conventions.pattern(asked)
    sort, descending = conventions.order(asked)
    searched = "" if wanted is None else (wanted.value if wanted.expression else wanted.like)
    part = Part(
        noun=noun,
        descending=descending if sort else newest,
        sort=sort or "number",
        offset=window.offset,
        limit=window.limit,
        numbers=tuple(_ids(asked.many("ids"), noun)),
        search=searched,
        expression=wanted is not None and wanted.expression,
        searched=SEARCHED.get(noun, ""),
        both=noun == "relation",
    )
    found = (await casebook.read.hanging(who, [case], part)).get(case, [])
    rows, more = window.cut(found)
    shared = await shared_by(request, who, rows)
    names = parts.chosen(CHILDREN[noun], conventions.fields(asked))
    shown = [parts.shown(shared, child, names) for child in rows]
    return requests.listed(shown, window, more=more, name=name, text=True)


def _ids(texts: list[str], noun: str) -> list[int]:
    if noun in ETAG_KINDS:
        return [etag.decode(text, noun).number for text in texts]
    return [conventions.number(text, "ids") for text in texts]


async def shared_by(request: Ask, who: Principal, children: list[Child]) -> Frame:
    """Return what the rendering of these things needs to know."""
    casebook = services(request).casebook
    users = {user for child in children for user in (child.created_by, child.updated_by) if user is not None}
    return await showing.with_others(casebook, await frame(casebook, who, [], users), children)


async def rendered(request: Ask, who: Principal, child: Child) -> dict[str, Any]:
    """Return one thing with the fields that the query asks for."""
    names = parts.chosen(type(child), conventions.fields(requests.asked(request)))
    return parts.shown(await shared_by(request, who, [child]), child, names)
