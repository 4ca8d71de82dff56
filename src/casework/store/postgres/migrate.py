"""Numbered SQL files, each applied once, under an advisory lock and with a lock timeout."""

import hashlib
from importlib.resources import files

import asyncpg

from casework.store.postgres.database import DatabaseError

LOCK = 0x43415345  # "CASE"
LOCK_TIMEOUT = "5s"


def scripts() -> list[tuple[int, str, str]]:
    """Return (number, name, SQL) of every migration, in order."""
    folder = files("casework.store.postgres") / "migrations"
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return sorted((int(entry.name[:4]), entry.name, entry.read_text(encoding="utf-8")) for entry in found)


async def migrate(dsn: str) -> list[str]:
    """Bring the database up to date and return the names of what was applied.

    Raises:
        DatabaseError: It cannot be reached, is older than 15, or was made by a newer Casework.
    """
    try:
        connection = await asyncpg.connect(dsn)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        msg = f"The database cannot be reached: {str(error).splitlines()[0]}"
        raise DatabaseError(msg) from error
    try:
        if connection.get_server_version().major < 15:
            msg = "PostgreSQL 15 or newer is needed."
            raise DatabaseError(msg)
        await connection.fetchval("select pg_advisory_lock($1)", LOCK)
        try:
            return await _apply(connection)
        finally:
            await connection.fetchval("select pg_advisory_unlock($1)", LOCK)
    finally:
        await connection.close()


async def _apply(connection: asyncpg.Connection) -> list[str]:
    await connection.execute(
        "create table if not exists migrations"
        " (number integer primary key, name text not null, digest text not null, at timestamptz default now())"
    )
    done = {row["number"] for row in await connection.fetch("select number from migrations")}
    known = scripts()
    if newer := done - {number for number, _, _ in known}:
        msg = f"The database has migration {max(newer)}, which this Casework does not know: use a newer one."
        raise DatabaseError(msg)
    applied = []
    for number, name, sql in known:
        if number in done:
            continue
        async with connection.transaction():
            await connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
            await connection.execute(sql)
            digest = hashlib.sha256(sql.encode()).hexdigest()
            await connection.execute(
                "insert into migrations (number, name, digest) values ($1, $2, $3)", number, name, digest
            )
        applied.append(name)
    return applied
