"""What the routes beside the case share: who asks, what ids name, windows of lists (spec/peach §2, §3)."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec
from litestar import Response

from casework.casebook import Casebook
from casework.dialects.dialect import services
from casework.dialects.peach import ids, paging
from casework.dialects.peach.routes import requests
from casework.dialects.peach.routes.requests import Ask
from casework.domain.access import Principal, require
from casework.domain.refusals import Invalid, NotFound
from casework.store.servicing.listing import Slice, Window

Finder = Callable[[str], Awaitable[int]]
WRITE = "case.edit"
"""Who works on cases keeps what they are about."""


def casebook(request: Ask) -> Casebook:
    """Return the casebook."""
    return services(request).casebook


async def staff(request: Ask, permission: str = "case.read") -> Principal:
    """Return who asks.

    Raises:
        Forbidden: Somebody without the permission.
    """
    who = await requests.principal(request)
    require(who, "case.read")
    require(who, permission)
    return who


async def given(request: Ask, kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the members of the body that were given and fit.

    Raises:
        Invalid: With every wrong member named.
    """
    return requests.checked(kind, await requests.body(request))


async def window(request: Ask, find: Finder) -> Window:
    """Return which part of a list is asked for.

    Raises:
        Invalid: A number is none or out of range.
        NotFound: A cursor names nothing.
    """
    asked = paging.asked(request)
    before = await find(asked.ending_before) if asked.ending_before else None
    after = await find(asked.starting_after) if asked.starting_after else None
    return Window(limit=asked.limit, offset=asked.offset, before=before, after=after)


def many(request: Ask, found: Slice, shown: list[dict[str, Any]]) -> Response[bytes]:
    """Return a page in its envelope."""
    named = [one["id"] for one in shown]
    return requests.answer(
        paging.envelope(request, shown, named, found.total, earlier=found.earlier, later=found.later)
    )


def chosen(request: Ask, name: str, allowed: Iterable[str] | None = None) -> list[str]:
    """Return the values of a filter: repeated, or separated by commas.

    Raises:
        Invalid: One is not allowed.
    """
    found = paging.several(request, name)
    if allowed is not None and any(text not in allowed for text in found):
        msg = f"'{name}' is one of: {', '.join(allowed)}."
        raise Invalid(msg, member=name)
    return found


async def in_body(prefix: str, text: str, member: str, find: ids.Find | None = None) -> int:
    """Return the number that an id in a body names.

    Raises:
        Invalid: Nothing can have such an id.
    """
    number = await ids.resolve(prefix, text, find)
    if number is None:
        msg = f"'{member}' names nothing that is there."
        raise Invalid(msg, member=member)
    return number


async def borrower(request: Ask, who: Principal, text: str) -> int:
    """Return the number of the borrower that an id in a path names.

    Raises:
        NotFound: There is none.
    """
    borrowers = casebook(request).servicing.borrowers

    async def find(external: str) -> int | None:
        return await borrowers.find(who.tenant_id, external)

    number = await ids.in_path(ids.BORROWER, text, "person", find)
    return (await borrowers.one(who.tenant_id, number)).noun.number


async def borrower_in_body(request: Ask, who: Principal, text: str, member: str) -> int:
    """Return the number of the borrower that an id in a body names.

    Raises:
        Invalid: There is none.
    """
    try:
        return await borrower(request, who, text)
    except NotFound as error:
        raise Invalid(error.message, member=member) from error
