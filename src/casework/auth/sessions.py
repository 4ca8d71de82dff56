"""Sessions: a random secret that stands for somebody who signed in with a password."""

import secrets
from datetime import UTC, datetime, timedelta

from casework.auth import keys
from casework.auth.cache import TimedCache
from casework.domain.refusals import Invalid, Unauthenticated
from casework.store.people import sign_ins
from casework.store.postgres.database import Database

LIFETIME = timedelta(hours=8)
MOST = 5
"""Sessions of one user at a time (spec/egain §3)."""


class Sessions:
    """Opens, knows and closes sessions, with at most a second of staleness."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cache: TimedCache[bytes, tuple[int, int]] = TimedCache()

    async def open(self, tenant: int, user: int, *, force: bool) -> str:
        """Return the secret of a new session.

        Raises:
            Invalid: The user has five; `force` drops the oldest instead.
        """
        secret = secrets.token_urlsafe(32)
        now = datetime.now(UTC)
        async with self._database.system() as connection:
            added = await sign_ins.open_session(
                connection,
                tenant,
                user,
                keys.digest(secret),
                at=now,
                until=now + LIFETIME,
                most=MOST,
                force=force,
            )
        if not added:
            msg = f"There are {MOST} sessions already."
            raise Invalid(msg, rule="limit", limit=MOST)
        return secret

    async def who(self, secret: str) -> tuple[int, int]:
        """Return (tenant, user) of a session.

        Raises:
            Unauthenticated: It is unknown or has ended.
        """
        digest = keys.digest(secret)
        if cached := self._cache.get(digest):
            return cached
        async with self._database.system() as connection:
            found = await sign_ins.session(connection, digest, datetime.now(UTC))
        if found is None:
            msg = "The session is not known, or has ended."
            raise Unauthenticated(msg)
        self._cache.put(digest, found)
        return found

    async def close(self, secret: str) -> None:
        """End a session; one that has ended already is no mistake."""
        digest = keys.digest(secret)
        self._cache.forget(digest)
        async with self._database.system() as connection:
            await sign_ins.close_session(connection, digest)
