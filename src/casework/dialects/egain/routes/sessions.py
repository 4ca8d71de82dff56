"""Signing in as the older generation does, with a session id in a header (spec/egain §3)."""

from litestar import Response, post

from casework.auth.passwords import sign_in
from casework.dialects.dialect import services
from casework.dialects.egain import negotiation, wire
from casework.dialects.egain.refusal import Fault
from casework.dialects.egain.routes import requests
from casework.dialects.egain.routes.requests import Ask
from casework.domain.refusals import Unauthenticated

ROOT = "/ws/v12/authentication/user"


@post(ROOT + "/login", status_code=204)
async def log_in(request: Ask) -> Response[None]:
    """`POST …/user/login`: answers 204 with the session id in `X-egain-session`.

    `?forceLogin=yes` drops the oldest of five sessions. With several tenants behind the address, the first answers.
    """
    manner = negotiation.manner(request)
    for parameter in request.query_params:
        if parameter != "forceLogin":
            msg = f"The parameter '{parameter[:100]}' is not supported."
            raise Fault("400-101", msg, element=parameter)
    force = requests.one(request, "forceLogin")
    if force not in {None, "yes", "no"}:
        msg = "'forceLogin' is yes or no."
        raise Fault("400-102", msg, element="forceLogin")
    body = await requests.parse(request, wire.LOGIN, ("user", "login", "credentials"))
    name = body.get("userName", body.get("username"))
    if name is None:
        msg = "The element 'userName' is required."
        raise Fault("400-151", msg, element="userName")
    if "\x00" in name:
        msg = "User name and password do not match."
        raise Unauthenticated(msg)
    found = services(request)
    remote = request.client.host if request.client else ""
    memberships = await sign_in(found.casebook.database, name, body["password"], remote=remote)
    first = memberships[0]
    await found.principals.by_user(first.tenant_id, first.user)
    secret = await found.principals.sessions.open(first.tenant_id, first.user, force=force == "yes")
    return Response(None, status_code=204, headers={"X-egain-session": secret, "Content-Language": manner.locale})


@post(ROOT + "/logout", status_code=204)
async def log_out(request: Ask) -> Response[None]:
    """`POST …/user/logout`: the session of the header ends."""
    negotiation.manner(request)
    session = request.headers.get("x-egain-session", "").strip()
    if not session:
        msg = "The header X-egain-session is missing."
        raise Fault("401-104", msg, element="X-egain-session")
    sessions = services(request).principals.sessions
    await sessions.who(session)
    await sessions.close(session)
    return Response(None, status_code=204)
