"""Signing in with e-mail and password, and who one is (spec/bottlecrm §4)."""

from typing import Any

from litestar import Response, get, post

from casework.auth.passwords import sign_in
from casework.auth.principals import Membership
from casework.auth.tokens import REFRESH
from casework.dialects.bottlecrm import identity, translate, wire
from casework.dialects.bottlecrm.routes import requests
from casework.dialects.bottlecrm.routes.requests import Ask
from casework.dialects.dialect import services
from casework.domain.refusals import Forbidden


@post("/api/auth/login", status_code=200)
async def login(request: Ask) -> Response[bytes]:
    """`POST /api/auth/login/`: a token for all organizations of the user; `org_id` is told in it."""
    body = (await requests.receive(request)).read(wire.Login)
    found = services(request)
    remote = request.client.host if request.client else ""
    users = await sign_in(found.casebook.database, body.email, body.password, remote=remote)
    members = identity.staff(await found.principals.memberships(users[0].tenant_id, users[0].user))
    chosen = next((m for m in members if m.tenant_uid == body.org_id), None)
    if body.org_id is not None and chosen is None:
        msg = "You are not an active member of this organization."
        raise Forbidden(msg)
    holder = chosen or members[0]
    more = {"org_id": str(chosen.tenant_uid)} if chosen else {}
    answer: dict[str, Any] = {**await _tokens(request, holder, more), "user": _me(holder, members)}
    if chosen is not None:
        answer["current_org"] = {"id": chosen.tenant_uid, "name": chosen.tenant_name}
    return requests.answer(answer)


async def _tokens(request: Ask, holder: Membership, more: dict[str, Any]) -> dict[str, str]:
    """Return a pair of tokens with these claims; both end when the user is disabled."""
    tokens = services(request).principals.tokens
    claims = {"sub": str(holder.user_uid), **more}
    access, _ = await tokens.issue(tenant=holder.tenant_id, user=holder.user, key=None, more=claims)
    refresh, _ = await tokens.issue(tenant=holder.tenant_id, user=holder.user, key=None, more=claims, use=REFRESH)
    return {"access_token": access, "refresh_token": refresh}


@post("/api/auth/refresh-token", status_code=200)
async def refresh(request: Ask) -> Response[bytes]:
    """`POST /api/auth/refresh-token/`: a new access token, and a new refresh token in place of the one sent."""
    body = (await requests.receive(request)).read(wire.Refresh)
    principals = services(request).principals
    claims = await principals.tokens.verify(body.refresh, use=REFRESH)
    members = identity.staff(await principals.memberships(claims.tenant_id, claims.user))
    pair = await _tokens(request, members[0], {})
    return requests.answer({"access": pair["access_token"], "refresh": pair["refresh_token"]})


@get("/api/auth/me")
async def me(request: Ask) -> Response[bytes]:
    """`GET /api/auth/me/`: the user and the organizations; no organization-id is needed."""
    members = (await identity.holder(request)).memberships
    return requests.answer(_me(members[0], members))


def _me(holder: Membership, members: list[Membership]) -> dict[str, Any]:
    return {
        "id": holder.user_uid,
        "email": holder.email,
        "name": holder.name,
        "profile_pic": None,
        "is_active": True,
        "organizations": [
            {"id": m.tenant_uid, "name": m.tenant_name, **_role(m), "user_id": m.user_uid} for m in members
        ],
    }


def _role(membership: Membership) -> dict[str, Any]:
    role = translate.role(membership.roles)
    return {"role": role, "is_organization_admin": role == "ADMIN"}


@get("/api/org")
async def organizations(request: Ask) -> Response[bytes]:
    """`GET /api/org/`: the same memberships, as BottleCRM itself lists them."""
    members = (await identity.holder(request)).memberships
    listed = [{**_role(m), "org": {"id": m.tenant_uid, "name": m.tenant_name}} for m in members]
    return requests.answer({"error": False, "status": 200, "profile_org_list": listed})
