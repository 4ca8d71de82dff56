"""API keys and tokens (spec/peach §1): `X-API-KEY`, its alias with underscores, and `Authorization: Bearer`."""

from typing import Any

from litestar import Request

from casework.dialects.dialect import principal_of
from casework.domain.access import Principal
from casework.domain.refusals import Forbidden, Unauthenticated

HEADERS = ("x-api-key", "x_api_key")


def credential(request: Request[Any, Any, Any]) -> str:
    """Return the key or token that the request shows.

    Raises:
        Unauthenticated: It shows none.
    """
    for name in HEADERS:
        if key := request.headers.get(name, "").strip():
            return key
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    msg = "An API key or a bearer token is needed."
    raise Unauthenticated(msg)


async def principal(request: Request[Any, Any, Any]) -> Principal:
    """Return who asks.

    Raises:
        Unauthenticated: No credential, or one that is not valid.
        Forbidden: It belongs to a customer: this door is for staff (DOMAIN §6).
        TooMany: It asks more often than the installation allows.
    """
    who = await principal_of(request, credential(request))
    if not who.staff:
        msg = "Borrowers cannot work here."
        raise Forbidden(msg)
    return who
