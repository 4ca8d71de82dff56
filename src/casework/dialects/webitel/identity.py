"""Access tokens, and the classes of objects that they open (spec/webitel §2, §13; DOMAIN §6)."""

from collections.abc import Mapping
from typing import Any

from litestar import Request

from casework.dialects.dialect import principal_of
from casework.domain.access import Principal, Reach, require
from casework.domain.refusals import Forbidden, Unauthenticated

HEADER = "x-webitel-access"
QUERIES = ("access_token", "accessToken")
CLASSES: Mapping[str, Mapping[str, str]] = {
    "cases": {"x": "case.create", "r": "case.read", "w": "case.edit", "d": "case.delete"},
    "case_comments": {"x": "case.comment", "r": "case.read", "w": "case.comment", "d": "case.delete"},
    "case_lookups": {"x": "catalogue.edit", "r": "case.read", "w": "catalogue.edit", "d": "catalogue.edit"},
    "calendars": {"x": "catalogue.edit", "r": "case.read", "w": "catalogue.edit", "d": "catalogue.edit"},
    "contacts": {"x": "people.edit", "r": "case.read", "w": "people.edit", "d": "people.edit"},
    "roles": {"x": "tenant.edit", "r": "case.read", "w": "tenant.edit", "d": "tenant.edit"},
}
"""Class of objects to access letter to the permission that stands for it."""


async def principal(request: Request[Any, Any, Any], *, query: bool = False) -> Principal:
    """Return who asks, as staff.

    Args:
        request: The request.
        query: Whether the token may stand in the query, as in links to files.

    Raises:
        Unauthenticated: No token, or none that is valid.
        Forbidden: It is a customer's: this door is for staff (DOMAIN §6).
        TooMany: It asks more often than the installation allows.
    """
    token = request.headers.get(HEADER, "").strip()
    if not token and query:
        found = (str(request.query_params.get(name, "")).strip() for name in QUERIES)
        token = next(filter(None, found), "")
    if not token:
        msg = "The request carries no access token."
        raise Unauthenticated(msg)
    who = await principal_of(request, token)
    if not who.staff:
        msg = "Customers cannot work here."
        raise Forbidden(msg, permission="case.read")
    return who


def gate(who: Principal, name: str, letter: str) -> None:
    """Let the principal pass with this access letter on a class.

    Raises:
        Forbidden: The letter is missing.
    """
    require(who, CLASSES[name][letter])


def letters(who: Principal, name: str) -> str:
    """Return the access letters that the principal has on a class."""
    return "".join(letter for letter, permission in CLASSES[name].items() if permission in who.permissions)


def administers(who: Principal) -> bool:
    """Whether the principal has the global permissions, which lead past the gates."""
    return who.read is Reach.TENANT and "people.edit" in who.permissions and "catalogue.edit" in who.permissions


async def entered(request: Request[Any, Any, Any], name: str, letter: str) -> Principal:
    """Return who asks, having passed the gate of a class."""
    who = await principal(request)
    gate(who, name, letter)
    return who
