"""An OAuth 2.0 authorization server: authorization code with PKCE, client credentials, refresh (spec/egain §3).

Authlib holds the protocol. Its grants are synchronous, so what they may ask for is read before and what they decided
is stored afterwards: one `_Protocol` serves one request.
"""

import base64
import binascii
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

import msgspec
from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError, OAuth2Error

from casework.auth import keys
from casework.auth.oauth_protocol import Client, Protocol
from casework.auth.passwords import sign_in
from casework.auth.principals import Principals
from casework.auth.tokens import LIFETIME
from casework.domain.nouns import Key
from casework.domain.refusals import Unauthenticated
from casework.store.people import sign_ins, tenants
from casework.store.people.sign_ins import Grant
from casework.store.postgres.database import Database

CODE_LIFETIME = timedelta(minutes=2)
REFRESH_LIFETIME = timedelta(days=30)


class Answer(msgspec.Struct, frozen=True):
    """What to answer: status, JSON body (empty for a redirect) and headers."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]


class Consent(msgspec.Struct, frozen=True):
    """What the sign-in page has to say: which program asks, and for what."""

    client: str
    scopes: Sequence[str]


class OAuth:
    """The endpoints of the server for one door.

    Args:
        database: Where grants are kept.
        principals: Signs access tokens and knows users.
        door: Name of the door; a tenant's settings for it may list `redirect_uris`.
        scopes: The door's scopes: short name to (name for users, name for client applications).
    """

    def __init__(
        self, database: Database, principals: Principals, door: str, scopes: Mapping[str, tuple[str, str]]
    ) -> None:
        self._database = database
        self._principals = principals
        self._door = door
        self._scopes = scopes

    async def token(self, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Answer the token endpoint."""
        if not form.get("grant_type"):
            return _refused(InvalidRequestError("Missing 'grant_type' in request."))
        secret = _client_secret(form, headers)
        kind = {"authorization_code": "code", "refresh_token": "refresh"}.get(form.get("grant_type", ""))
        shown = form.get({"code": "code", "refresh": "refresh_token"}.get(kind or "", ""), "")
        now = datetime.now(UTC)
        async with self._database.system() as connection:
            grant = await sign_ins.find(connection, keys.digest(shown), kind, now) if kind and shown else None
            if grant is not None:
                key = await sign_ins.client_of(connection, grant.tenant_id, grant.key)
            else:
                key = await sign_ins.client_with(connection, keys.digest(secret)) if secret else None
            client = await self._client(connection, key) if key is not None else None
        if kind is not None and client is None and not secret:
            return _refused(InvalidGrantError())
        protocol = Protocol(client, "POST", form, headers, grant)
        status, body, answered = protocol.create_token_response()
        if status == 200 and client is not None:
            try:
                return Answer(200, await self._issue(protocol, client, grant, body), dict(answered))
            except (InvalidGrantError, Unauthenticated):
                return _refused(InvalidGrantError())
        if body.get("error") == "invalid_client":
            return Answer(401, body, {**dict(answered), "WWW-Authenticate": "Basic"})
        return Answer(status, body, dict(answered))

    async def consent(self, query: Mapping[str, str]) -> Consent | Answer:
        """Check an authorization request: what the sign-in page shows, or the refusal."""
        refused: Answer | None = None
        async with self._database.system() as connection:
            for key in await sign_ins.clients(connection, query.get("client_id", "")):
                client = await self._client(connection, key)
                checked = self._check(Protocol(client, "GET", query, {}))
                if not isinstance(checked, Answer):
                    return Consent(key.name or key.key or str(key.number), checked)
                refused = refused or checked
        return refused or self._no_client(query)

    async def authorize(self, query: Mapping[str, str], email: str, password: str, *, remote: str) -> Answer:
        """Sign somebody in and redirect to the client with an authorization code.

        Raises:
            Unauthenticated, TooMany: The sign-in failed.
        """
        memberships = await sign_in(self._database, email, password, remote=remote)
        users = {m.tenant_id: m.user for m in reversed(memberships)}
        now = datetime.now(UTC)
        async with self._database.system() as connection:
            found = await sign_ins.clients(connection, query.get("client_id", ""))
            key = next((key for key in found if key.tenant_id in users), None)
            if key is None:
                return self._no_client(query)
            protocol = Protocol(await self._client(connection, key), "POST", query, {})
            status, body, headers = protocol.authorize(users[key.tenant_id])
            if protocol.code is not None:
                grant = Grant(
                    tenant_id=key.tenant_id,
                    digest=keys.digest(protocol.code),
                    kind="code",
                    user=users[key.tenant_id],
                    key=key.number,
                    scopes=protocol.granted,
                    redirect_uri=query.get("redirect_uri", ""),
                    challenge=query.get("code_challenge", ""),
                    expires_at=now + CODE_LIFETIME,
                )
                await sign_ins.keep(connection, grant, now)
        return Answer(status, body, dict(headers))

    async def _client(self, connection: Any, key: Key) -> Client:
        tenant = await tenants.read(connection, key.tenant_id)
        listed = tenant.dialect(self._door).get("redirect_uris", ())
        return Client(key, self._scopes, frozenset(map(str, listed)))

    def _check(self, protocol: Protocol) -> Sequence[str] | Answer:
        try:
            return protocol.check_consent()
        except OAuth2Error as error:
            status, body, headers = error()
            return Answer(status, body if isinstance(body, dict) else {}, dict(headers))

    @staticmethod
    def _no_client(query: Mapping[str, str]) -> Answer:
        body = {"error": "invalid_client", "error_description": "There is no such client."}
        if not query.get("client_id"):
            body["error_description"] = "Missing 'client_id'."
        return Answer(400, body, {"Content-Type": "application/json", "Cache-Control": "no-store"})

    async def _issue(
        self, protocol: Protocol, client: Client, grant: Grant | None, body: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the token answer: access token signed, refresh token stored, the used grant gone."""
        key, now = client.key, datetime.now(UTC)
        user = grant.user if grant is not None else key.user
        bound = key.number if user == key.user else None
        await self._principals.by_user(key.tenant_id, user, bound)
        if grant is not None:
            async with self._database.system() as connection:
                if not await sign_ins.use(connection, grant.digest):
                    raise InvalidGrantError
        access, _ = await self._principals.tokens.issue(
            tenant=key.tenant_id,
            user=user,
            key=bound,
            more={"sub": str(user), "client_id": key.key or str(key.number), "scope": " ".join(protocol.granted)},
            scopes=protocol.granted,
        )
        answer = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": LIFETIME,
            "scope": " ".join(protocol.granted),
        }
        if "refresh_token" in body:
            refresh = secrets.token_urlsafe(32)
            # narrowing is for the access token: the refresh token keeps what was granted (RFC 6749 §6)
            whole = grant.scopes if grant is not None else protocol.granted
            kept = Grant(
                key.tenant_id, keys.digest(refresh), "refresh", user, key.number, whole, "", "", now + REFRESH_LIFETIME
            )
            async with self._database.system() as connection:
                await sign_ins.keep(connection, kept, now)
            answer["refresh_token"] = refresh
        return answer


def _refused(error: OAuth2Error) -> Answer:
    status, body, headers = error()
    return Answer(status, body, dict(headers))


def _client_secret(form: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """Return the client's secret from HTTP Basic or from the form, "" without one."""
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            _, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return ""
        return unquote_plus(secret)
    return form.get("client_secret", "")
