"""Bearer tokens, the organization header, and ids as this API spells them (spec/bottlecrm §1, §3, §8.10-11)."""

import re
from typing import Any
from uuid import UUID

from litestar import Request

from casework.auth.principals import Holder, Membership
from casework.dialects.dialect import services
from casework.domain.access import Principal
from casework.domain.refusals import Forbidden, Invalid, NotFound, Unauthenticated

HEADERS = ("organization-id", "org")
"""The header that names the organization: the documentation's spelling, then the code's."""
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
CUSTOMER = "customer"


def uid(text: str) -> UUID | None:
    """Return the uid that a text spells, or None."""
    return UUID(text) if _UUID.fullmatch(text) else None


def path_uid(text: str, what: str) -> UUID:
    """Return the uid in a path.

    Raises:
        NotFound: The text is none: nothing has such an id.
    """
    found = uid(text)
    if found is None:
        msg = f"{what} not found"
        raise NotFound(msg)
    return found


async def holder(request: Request[Any, Any, Any]) -> Holder:
    """Return whom the bearer token speaks for, as staff.

    Raises:
        Unauthenticated: No token, or none that is valid.
        Forbidden: It belongs to a customer: this door is for staff (DOMAIN §6).
        TooMany: It asks more often than the installation allows.
    """
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        msg = "Authentication credentials were not provided."
        raise Unauthenticated(msg)
    found = services(request)
    speaks = await found.principals.holder(token.strip())
    first = speaks.memberships[0]
    found.rate.take((first.tenant_id, first.user, speaks.keyed.key if speaks.keyed else None))
    return Holder(staff(speaks.memberships), speaks.keyed)


def staff(memberships: list[Membership]) -> list[Membership]:
    """Return the memberships of staff.

    Raises:
        Forbidden: There are only customers.
    """
    found = [membership for membership in memberships if membership.kind != CUSTOMER]
    if not found:
        msg = "Customers cannot work here."
        raise Forbidden(msg)
    return found


async def principal(request: Request[Any, Any, Any]) -> Principal:
    """Return who asks, in the organization that the header names.

    Raises:
        Unauthenticated: No token, or none that is valid.
        Forbidden: No header, or an organization that the user is no active member of.
        Invalid: The header is no UUID.
    """
    speaks = await holder(request)
    name, text = _header(request)
    if text is None:
        msg = "The organization-id header is missing."
        raise Forbidden(msg)
    wanted = uid(text)
    if wanted is None:
        msg = "Must be a valid UUID."
        raise Invalid(msg, member=name)
    for membership in speaks.memberships:
        if membership.tenant_uid == wanted:
            return await of(request, speaks, membership)
    msg = "You are not an active member of this organization."
    raise Forbidden(msg)


async def principals(request: Request[Any, Any, Any]) -> list[Principal]:
    """Return who asks in each organization that may be meant where the header is optional.

    A header that names no organization of the user leaves none: whatever is looked for is then not found.
    """
    speaks = await holder(request)
    _, text = _header(request)
    meant = [m for m in speaks.memberships if text is None or m.tenant_uid == uid(text)]
    return [await of(request, speaks, membership) for membership in meant]


async def of(request: Request[Any, Any, Any], speaks: Holder, membership: Membership) -> Principal:
    """Return the principal of a membership; an API key's own limits go with it."""
    if speaks.keyed is not None:
        return speaks.keyed
    return await services(request).principals.by_user(membership.tenant_id, membership.user)


def _header(request: Request[Any, Any, Any]) -> tuple[str, str | None]:
    for name in HEADERS:
        if text := request.headers.get(name, "").strip():
            return name, text
    return HEADERS[0], None
