"""Signed tokens: short-lived JWTs that any process of the installation can check.

They are signed with HMAC-SHA256 by a key that all processes share through the database. Keys rotate: the newest one
signs, older ones verify until their last token has expired.
"""

import base64
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from casework.domain.refusals import Unauthenticated
from casework.store.postgres.database import Database

LIFETIME = 3600
"""Seconds of an access token."""
REFRESH_LIFETIME = 14 * 24 * 3600
"""Seconds of a refresh token, which only buys new tokens."""
ACCESS = "access"
REFRESH = "refresh"
ROTATION = timedelta(days=30)
_REREAD = 30.0


class Claims(msgspec.Struct, frozen=True):
    """What a token says: the user, and the key it was issued for (so that revoking the key ends the token).

    `scopes` narrow what the user may do with it; none means no narrowing.
    """

    tenant_id: int
    user: int
    key: int | None
    issued_at: int
    expires_at: int
    scopes: tuple[str, ...] = ()


class Tokens:
    """Issues and verifies tokens."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys: dict[str, OctKey] = {}
        self._newest = ""
        self._read_at = 0.0

    async def _refresh(self) -> None:
        oldest = datetime.now(UTC) - timedelta(seconds=max(LIFETIME, REFRESH_LIFETIME))
        async with self._database.system() as connection:
            await connection.fetchval("select pg_advisory_xact_lock(7303)")
            newest = await connection.fetchval("select max(created_at) from signing_keys where retired_at is null")
            if newest is None or datetime.now(UTC) - newest > ROTATION:
                await connection.execute("update signing_keys set retired_at = now() where retired_at is null")
                await connection.execute(
                    "insert into signing_keys (kid, secret) values ($1, $2)",
                    secrets.token_hex(8),
                    secrets.token_bytes(32),
                )
            rows = await connection.fetch(
                "select kid, secret from signing_keys where retired_at is null or retired_at > $1 order by created_at",
                oldest,
            )
        self._keys = {row["kid"]: OctKey.import_key(row["secret"]) for row in rows}
        self._newest = rows[-1]["kid"]
        self._read_at = time.monotonic()

    async def issue(
        self,
        *,
        tenant: int,
        user: int,
        key: int | None,
        more: dict[str, Any],
        scopes: tuple[str, ...] = (),
        use: str = ACCESS,
    ) -> tuple[str, Claims]:
        """Return a token for a user and what it says; `more` are further claims for the client's eyes."""
        if not self._keys or time.monotonic() - self._read_at > _REREAD:
            await self._refresh()
        now = int(time.time())
        lifetime = LIFETIME if use == ACCESS else REFRESH_LIFETIME
        claims = Claims(tenant, user, key, now, now + lifetime, scopes)
        payload = {**more, "cw": [tenant, user, key], "use": use, "iat": now, "exp": claims.expires_at}
        if scopes:
            payload["cws"] = list(scopes)
        return jwt.encode({"alg": "HS256", "kid": self._newest}, payload, self._keys[self._newest]), claims

    async def verify(self, token: str, *, use: str = ACCESS) -> Claims:
        """Return what a token says.

        Raises:
            Unauthenticated: It is malformed, not signed by us, altered, expired, or made for another use.
        """
        try:
            kid = msgspec.json.decode(_unpadded(token.split(".", maxsplit=1)[0]), type=dict[str, Any])["kid"]
            if kid not in self._keys and time.monotonic() - self._read_at > 1.0:
                await self._refresh()
            payload = jwt.decode(token, self._keys[kid], algorithms=["HS256"]).claims
            tenant, user, key = payload["cw"]
            made_for = payload.get("use", ACCESS)
            claims = Claims(tenant, user, key, payload["iat"], payload["exp"], tuple(payload.get("cws", ())))
        except (JoseError, ValueError, KeyError, TypeError) as error:
            msg = "The token is not valid."
            raise Unauthenticated(msg) from error
        if made_for != use:
            msg = f"The token is no {use} token."
            raise Unauthenticated(msg)
        if claims.expires_at <= time.time():
            msg = "The token has expired."
            raise Unauthenticated(msg)
        return claims


def _unpadded(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
