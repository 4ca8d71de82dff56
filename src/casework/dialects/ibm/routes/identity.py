"""`POST /identity/token`: an API key becomes a token (spec/ibm §2.1)."""

from typing import Any
from urllib.parse import parse_qs

from litestar import Response, post

from casework.auth.passwords import sign_in
from casework.dialects.dialect import base_url, services
from casework.dialects.ibm.routes import requests
from casework.dialects.ibm.routes.requests import Ask
from casework.domain.access import Principal
from casework.domain.refusals import Invalid, Unauthenticated

GRANTS = {
    "urn:ibm:params:oauth:grant-type:apikey": ("apikey",),
    "password": ("username", "password"),
}
"""Grant types and the properties that each needs."""


@post("/identity/token", status_code=200)
async def issue_token(request: Ask) -> Response[bytes]:
    """Answer with a JWT that has `iat` and `exp`, and the same times beside it for clients that do not look inside."""
    form = parse_qs((await requests.read_body(request)).decode("utf-8", "replace"), max_num_fields=50)
    grant = form.get("grant_type", [""])[0].strip()
    if not grant:
        msg = "Property missing or empty: 'grant_type'."
        raise Invalid(msg, member="grant_type")
    if grant not in GRANTS:
        msg = "This grant type is not supported."
        raise Invalid(msg, member="grant_type")
    needed = GRANTS[grant]
    given = {name: form.get(name, [""])[0].strip() for name in needed}
    for name, value in given.items():
        if not value:
            msg = f"Property missing or empty: '{name}'."
            raise Invalid(msg, member=name)
    principals = services(request).principals
    principal = await (_by_key(request, **given) if "apikey" in needed else _by_password(request, **given))
    casebook = services(request).casebook
    tenant = await casebook.catalogue.tenant(principal.tenant_id)
    user = (await casebook.people.users(principal.tenant_id, [principal.user]))[principal.user]
    scope = form.get("scope", ["ibm openid"])[0]
    more: dict[str, Any] = {
        "iam_id": f"IBMid-{user.number}",
        "id": f"IBMid-{user.number}",
        "realmid": user.realm,
        "identifier": str(user.number),
        "name": user.name,
        "email": user.email or "",
        "sub": user.address,
        "account": {"valid": True, "bss": tenant.uid.hex},
        "iss": base_url(request, "ibm") + "/identity",
        "grant_type": grant,
        "scope": scope,
        "client_id": "default",
    }
    token, claims = await principals.tokens.issue(
        tenant=principal.tenant_id, user=principal.user, key=principal.key, more=more
    )
    return requests.answer(
        {
            "access_token": token,
            "refresh_token": "not_supported",
            "token_type": "Bearer",
            "expires_in": claims.expires_at - claims.issued_at,
            "expiration": claims.expires_at,
            "scope": scope,
        }
    )


async def _by_key(request: Ask, apikey: str) -> Principal:
    try:
        return await services(request).principals.by_secret(apikey)
    except Unauthenticated as error:
        msg = "Provided API key could not be found."
        raise Unauthenticated(msg) from error


async def _by_password(request: Ask, username: str, password: str) -> Principal:
    """Sign somebody in; with several tenants behind the address, the first one answers."""
    remote = request.client.host if request.client else ""
    found = await sign_in(services(request).casebook.database, username, password, remote=remote)
    return await services(request).principals.by_user(found[0].tenant_id, found[0].user)
