"""Windows of lists and the links to their neighbours (spec/peach §3)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request

from casework.dialects.dialect import base_path
from casework.domain.refusals import Invalid
from casework.web.members import Errors, refuse

DEFAULT, MOST = 25, 100
FURTHEST = 2**53
CURSORS = frozenset({"startingAfter", "endingBefore", "offset"})


class Asked(msgspec.Struct, frozen=True):
    """The window as it was asked for; cursors are ids as they came. Where both were given, `ending_before` counts."""

    limit: int = DEFAULT
    offset: int = 0
    starting_after: str | None = None
    ending_before: str | None = None


def asked(request: Request[Any, Any, Any]) -> Asked:
    """Return the window that the query asks for.

    Raises:
        Invalid: `limit` or `offset` is out of range or no integer; each is named.
    """
    errors: Errors = {}
    limit = _whole(request.query_params.get("limit"), DEFAULT, range(1, MOST + 1))
    offset = _whole(request.query_params.get("offset"), 0, range(FURTHEST))
    if limit is None:
        errors["limit"] = [f"Must be an integer from 1 to {MOST}."]
    if offset is None:
        errors["offset"] = ["Must be an integer from 0."]
    refuse(errors)
    before = request.query_params.get("endingBefore") or None
    after = None if before else request.query_params.get("startingAfter") or None
    return Asked(limit or DEFAULT, offset or 0, after, before)


def _whole(text: str | None, default: int, within: range) -> int | None:
    if text is None:
        return default
    return int(text) if len(text) < 18 and text.isascii() and text.isdigit() and int(text) in within else None


def boolean(request: Request[Any, Any, Any], name: str) -> bool | None:
    """Return a boolean of the query, None when it is absent.

    Raises:
        Invalid: It is neither true nor false.
    """
    text = request.query_params.get(name) or "null"
    known = {"true": True, "1": True, "false": False, "0": False, "null": None}
    if text.lower() not in known:
        msg = "Must be true or false."
        raise Invalid(msg, member=name)
    return known[text.lower()]


def several(request: Request[Any, Any, Any], name: str) -> list[str]:
    """Return the values of a parameter that may repeat, be a comma list, or a list in brackets (spec/peach §6)."""
    found: list[str] = []
    for key in (name, f"{name}[]"):
        for text in request.query_params.getall(key, []):
            found += [part.strip().strip("\"'") for part in text.strip().removeprefix("[").removesuffix("]").split(",")]
    return [part for part in found if part]


def envelope(
    request: Request[Any, Any, Any], rows: Sequence[Any], ids: Sequence[str], total: int, *, earlier: bool, later: bool
) -> dict[str, Any]:
    """Return a page as a list answers it.

    Args:
        request: The request, whose filters the links repeat.
        rows: What is shown.
        ids: The ids of the rows, in order.
        total: How many match in all.
        earlier: Whether there is something before the page.
        later: Whether there is something behind it.
    """
    return {
        "status": 200,
        "total": total,
        "count": len(rows),
        "nextUrl": _link(request, "startingAfter", ids[-1]) if later and ids else None,
        "previousUrl": _link(request, "endingBefore", ids[0]) if earlier and ids else None,
        "data": list(rows),
    }


def _link(request: Request[Any, Any, Any], cursor: str, wanted: str) -> str:
    kept = [(name, text) for name, text in request.query_params.multi_items() if name not in CURSORS]
    path = request.scope["path"].rstrip("/").removeprefix("/peach")
    return f"{base_path(request, 'peach')}{path}?{urlencode([*kept, (cursor, wanted)])}"
