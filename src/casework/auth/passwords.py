"""Passwords (argon2id) and the limit on guessing them."""

import asyncio
from datetime import UTC, datetime, timedelta

import argon2
import msgspec

from casework.domain.refusals import TooMany, Unauthenticated
from casework.store.people import principals
from casework.store.postgres.database import Database

_hasher = argon2.PasswordHasher()
_DUMMY = _hasher.hash("nobody has this password")

WINDOW = timedelta(minutes=15)
MOST_FAILURES = 10
"""For one address."""
MOST_FROM_HOST = 100
"""From one host, behind which a whole office may sit."""


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, with its parameters and salt inside."""
    return _hasher.hash(password)


def _verify(stored: str | None, password: str) -> bool:
    try:
        _hasher.verify(stored or _DUMMY, password)
    except argon2.exceptions.VerificationError:
        return False
    return stored is not None


class Membership(msgspec.Struct, frozen=True):
    """One of the users that hang on a login."""

    tenant_id: int
    user: int


async def sign_in(database: Database, email: str, password: str, *, remote: str) -> list[Membership]:
    """Return the memberships of whoever has this e-mail address and password.

    Failures are counted per address and per remote host over 15 minutes; an unknown address costs as much time and
    reads the same as a wrong password.

    Raises:
        Unauthenticated: They do not belong together.
        TooMany: Too many failures lie within the window; `retry_after` says when the oldest leaves it.
    """
    email = email.replace("\x00", "")
    subjects = [f"email:{email.lower()}", f"host:{remote}"]
    now = datetime.now(UTC)
    async with database.system() as connection:
        oldest = await connection.fetchval(
            "select min(at) from (select subject, at, row_number() over (partition by subject order by at desc) as nth"
            " from sign_in_failures where subject = any($1) and at > $2) f"
            " where nth = case when subject like 'host:%' then $4::int else $3::int end",
            subjects,
            now - WINDOW,
            MOST_FAILURES,
            MOST_FROM_HOST,
        )
        if oldest is not None:
            msg = "Too many failed attempts; try again later."
            raise TooMany(msg, retry_after=max(1, int((oldest + WINDOW - now).total_seconds())))
        found = await principals.by_email(connection, email)
    stored = found[0][2] if found else None
    if not await asyncio.to_thread(_verify, stored, password):
        async with database.system() as connection:
            await connection.fetchval("delete from sign_in_failures where at < $1", now - WINDOW)
            await connection.executemany("insert into sign_in_failures (subject) values ($1)", [(s,) for s in subjects])
        msg = "E-mail address and password do not match."
        raise Unauthenticated(msg)
    return [Membership(tenant, user) for tenant, user, _ in found]
