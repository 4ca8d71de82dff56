"""Sessions, authorization codes and refresh tokens as rows; all statements run as the system role."""

from datetime import datetime
from typing import Any

import msgspec

from casework.domain.nouns import Key
from casework.store.nouns import columns, listing, value


class Grant(msgspec.Struct, frozen=True):
    """An authorization code (`code`) or refresh token (`refresh`) that the client with `key` got for a user."""

    tenant_id: int
    digest: bytes
    kind: str
    user: int
    key: int
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    expires_at: datetime


async def open_session(
    connection: Any, tenant: int, user: int, digest: bytes, *, at: datetime, until: datetime, most: int, force: bool
) -> bool:
    """Add a session unless the user has `most` of them; with `force` the oldest ones go. Tell whether it was added."""
    await connection.fetchval("select pg_advisory_xact_lock(7304, hashtext($1))", f"{tenant}/{user}")
    await connection.execute(
        'delete from sessions where tenant_id = $1 and "user" = $2 and expires_at <= $3', tenant, user, at
    )
    held = await connection.fetchval('select count(*) from sessions where tenant_id = $1 and "user" = $2', tenant, user)
    if held >= most:
        if not force:
            return False
        await connection.execute(
            "delete from sessions where digest in (select digest from sessions"
            ' where tenant_id = $1 and "user" = $2 order by created_at, digest limit $3)',
            tenant,
            user,
            held - most + 1,
        )
    await connection.execute(
        'insert into sessions (tenant_id, digest, "user", created_at, expires_at) values ($1, $2, $3, $4, $5)',
        tenant,
        digest,
        user,
        at,
        until,
    )
    return True


async def session(connection: Any, digest: bytes, at: datetime) -> tuple[int, int] | None:
    """Return (tenant, user) of a session that has not ended."""
    row = await connection.fetchrow(
        'select tenant_id, "user" from sessions where digest = $1 and expires_at > $2', digest, at
    )
    return (row[0], row[1]) if row else None


async def close_session(connection: Any, digest: bytes) -> None:
    """End a session."""
    await connection.execute("delete from sessions where digest = $1", digest)


async def keep(connection: Any, grant: Grant, at: datetime) -> None:
    """Store a grant, and forget those that have expired."""
    await connection.execute("delete from oauth_grants where expires_at <= $1", at)
    names = listing(Grant.__struct_fields__)
    places = ", ".join(f"${i + 1}" for i in range(len(Grant.__struct_fields__)))
    await connection.execute(
        f"insert into oauth_grants ({names}) values ({places})", *(getattr(grant, n) for n in Grant.__struct_fields__)
    )


async def find(connection: Any, digest: bytes, kind: str, at: datetime) -> Grant | None:
    """Return a grant that has not expired."""
    row = await connection.fetchrow(
        f"select {listing(Grant.__struct_fields__)} from oauth_grants"
        " where digest = $1 and kind = $2 and expires_at > $3",
        digest,
        kind,
        at,
    )
    return msgspec.convert(dict(row), Grant, strict=False) if row else None


async def use(connection: Any, digest: bytes) -> bool:
    """Use a grant up; tell whether it was still there, so that of two users exactly one succeeds."""
    return bool(await connection.fetchval("delete from oauth_grants where digest = $1 returning 1", digest))


async def clients(connection: Any, name: str) -> list[Key]:
    """Return the usable keys, in any tenant, whose key or number this is."""
    rows = await connection.fetch(
        f"select {listing(columns(Key))} from keys where (key = $1 or number::text = $1) and deleted_at is null"
        " and revoked_at is null and (expires_at is null or expires_at > now()) order by tenant_id",
        name,
    )
    return [value(row, Key) for row in rows]


async def client_of(connection: Any, tenant: int, number: int) -> Key | None:
    """Return a usable key by number."""
    row = await connection.fetchrow(
        f"select {listing(columns(Key))} from keys where tenant_id = $1 and number = $2 and deleted_at is null"
        " and revoked_at is null and (expires_at is null or expires_at > now())",
        tenant,
        number,
    )
    return value(row, Key) if row else None


async def client_with(connection: Any, digest: bytes) -> Key | None:
    """Return a usable key by the digest of its secret."""
    row = await connection.fetchrow(
        f"select {listing(columns(Key))} from keys where digest = $1 and deleted_at is null"
        " and revoked_at is null and (expires_at is null or expires_at > now())",
        digest,
    )
    return value(row, Key) if row else None
