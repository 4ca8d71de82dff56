"""How this API carries credentials, and ids as it spells them (spec/egain §2, §3)."""

import re
from typing import Any

from litestar import Request

from casework.dialects.dialect import principal_of, services
from casework.dialects.egain.refusal import Fault
from casework.domain.access import Principal

HOST = "https://api.egain.cloud/auth/"
SCOPES = {
    "read": (f"{HOST}core.casemgr.read", f"{HOST}app.core.casemgr.read"),
    "manage": (f"{HOST}core.casemgr.manage", f"{HOST}app.core.casemgr.manage"),
}
"""Short name to the scope of users and the scope of client applications; manage implies read."""
_KINDS = {name: short for short, names in SCOPES.items() for name in (short, f"app.{short}", *names)} | {
    name.removeprefix(HOST): short for short, names in SCOPES.items() for name in names
}
_NUMBER = re.compile(r"[0-9]{1,18}")


async def principal(request: Request[Any, Any, Any], scope: str) -> Principal:
    """Return who sends the request, by `Authorization: Bearer` or by the session id of the older generation.

    Raises:
        Unauthenticated: The credential is not valid.
        Fault: There is none, its scope does not reach, or it is a customer's.
    """
    header = request.headers.get("authorization", "").strip()
    session = request.headers.get("x-egain-session", "").strip()
    kind, _, token = header.partition(" ")
    if header and kind.lower() == "bearer" and token.strip():
        found = await principal_of(request, token.strip())
    elif session and not header:
        found = await services(request).principals.by_session(session)
        services(request).rate.take((found.tenant_id, found.user, found.key))
    else:
        msg = "The Authorization header must carry a Bearer token."
        raise Fault("401-104", msg, element="Authorization")
    check_scope(found, scope)
    if found.kind == "customer":
        msg = "Customers may not use this API."
        raise Fault("403-112", msg)
    return found


def check_scope(found: Principal, scope: str) -> None:
    """Raise Fault unless the credential's scopes reach; a credential without scopes is not narrowed."""
    kinds = {_KINDS[name] for name in found.scopes if name in _KINDS}
    if found.scopes and scope not in kinds and not (scope == "read" and "manage" in kinds):
        msg = f"The scope {SCOPES[scope][1 if found.client else 0]} is missing."
        raise Fault("403-197", msg)


def check_license(found: Principal) -> None:
    """Raise Fault for a user of a department who holds no license (spec/egain §3)."""
    if found.home is not None and not found.client and not found.licenses:
        msg = "The signed-in user holds no license."
        raise Fault("403-105", msg)


def number(text: str) -> int | None:
    """Return the number that an id spells, or None."""
    return int(text) if _NUMBER.fullmatch(text) else None


def path_number(text: str) -> int:
    """Return the number in a path.

    Raises:
        Fault: It is none.
    """
    found = number(text)
    if found is None:
        msg = f"'{text[:80]}' is no id."
        raise Fault("400-108", msg, element="id")
    return found
