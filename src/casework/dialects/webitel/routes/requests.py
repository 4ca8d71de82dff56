"""What every operation does with a request and for its answer."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response

from casework.dialects.dialect import services
from casework.dialects.webitel import conventions
from casework.dialects.webitel.conventions import Parameters, Window
from casework.domain.access import Principal
from casework.domain.refusals import Invalid, TooLarge, Unsupported
from casework.web import bodies

Ask = Request[Any, Any, Any]
API = "/api"
LARGEST_BODY = 2 * 1024 * 1024
"""Bytes of a body, after decompression."""


def asked(request: Ask) -> Parameters:
    """Return the query with its names in snake_case."""
    return conventions.parameters(request.query_params.multi_items())


async def body(request: Ask) -> dict[str, Any]:
    """Return the body with its names in snake_case; an absent one is an empty object.

    Raises:
        Invalid: It is no JSON object.
        TooLarge, Unsupported: It is too long, or compressed in a way that we do not read.
    """
    found = await anything(request)
    if not isinstance(found, dict):
        msg = "The body must be a JSON object."
        raise Invalid(msg)
    return found


async def anything(request: Ask) -> Any:
    """Return the body, whatever JSON it is, with its names in snake_case."""
    try:
        raw = await bodies.read(request.stream(), request.headers.get("content-encoding"), limit=LARGEST_BODY)
    except bodies.BodyTooLarge as error:
        raise TooLarge(str(error), limit=error.limit) from error
    except bodies.UnsupportedEncoding as error:
        raise Unsupported(str(error)) from error
    except bodies.MalformedBody as error:
        raise Invalid(str(error)) from error
    if not raw.strip():
        return {}
    try:
        return conventions.recased(msgspec.json.decode(raw))
    except (ValueError, RecursionError) as error:
        msg = f"The body is no JSON: {error}"
        raise Invalid(msg) from error


def answer(found: Any, *, keep: frozenset[str] = frozenset()) -> Response[bytes]:
    """Return an answer without what is zero, but for the members in `keep`."""
    return Response(msgspec.json.encode(conventions.thinned(found, keep)), media_type="application/json")


def listed(
    rows: list[Any], shown: Window, *, more: bool, name: str = "items", text: bool = False, **others: Any
) -> dict[str, Any]:
    """Return a page.

    Args:
        rows: Its rows as they are shown.
        shown: Which page it is.
        more: Whether there is a next one.
        name: `items`, or `data` in lists of relations and communications.
        text: Whether the page's number is text: in lists of cases, comments, links, files and relations.
        others: What else is in the answer.
    """
    return {"page": str(shown.page) if text else shown.page, "next": more, name: rows, **others}


async def actor(request: Ask, who: Principal, given: Mapping[str, Any]) -> Principal:
    """Return who is to appear as the author: the user that `userID` names, else who asks (spec/webitel §5.2).

    Permissions and reach stay those of who asks, and the event says on whose behalf it was.

    Raises:
        Invalid: There is no such user, or it is a customer.
    """
    number = conventions.reference(given.get("user_id"), "userID")
    if number is None or number == who.user:
        return who
    found = (await services(request).casebook.people.users(who.tenant_id, [number])).get(number)
    if found is None or found.disabled or found.kind == "customer":
        msg = "'userID' names no user."
        raise Invalid(msg, member="userID")
    faces = await services(request).casebook.people.faces(who.tenant_id, [number])
    person = faces[number].person if number in faces else who.person
    return msgspec.structs.replace(who, user=number, person=person, on_behalf_of=who.user)
