"""Connections: two pools of unprivileged roles, one bound to a tenant at a time, one that may cross tenants.

Row-level security reads the tenant from a session setting. A connection keeps it and sets it again only when it
changes hands between tenants, which measured at most 50 µs a statement (ARCHITECTURE §4). Behind a pooler in
transaction mode sessions change hands at any time: there every use is a transaction with settings of its own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import msgspec

APP: Final = "casework_app"
SYSTEM: Final = "casework_system"


class DatabaseError(RuntimeError):
    """The database cannot be used; the message is one line for the operator."""


class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg ships no types
    """A connection that knows which tenant its session is bound to."""

    __slots__ = ("tenant",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant: int | None = None

    async def bind(self, tenant: int) -> None:
        """Bind the session to a tenant; nothing to do when it is bound already."""
        if self.tenant != tenant:
            self.tenant = None
            await self.fetchval("select set_config('casework.tenant', $1, false)", str(tenant))
            self.tenant = tenant


async def _prepare(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="text", encoder=_encode, decoder=msgspec.json.decode
    )


def _encode(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


async def _keep(_connection: asyncpg.Connection) -> None:
    """Instead of the pool's reset query: a session never changes but by `bind`."""


class Database:
    """The pools. Open with `await Database.open(...)`, close with `await close()`."""

    def __init__(self, app: asyncpg.Pool, system: asyncpg.Pool, *, pooled: bool) -> None:
        self._app = app
        self._system = system
        self._pooled = pooled

    @classmethod
    async def open(cls, dsn: str, *, size: int = 8, pooled: bool = False) -> "Database":
        """Connect.

        Args:
            dsn: `postgresql://…` of a database that is migrated.
            size: Connections for tenants; a few more serve the system role.
            pooled: A pooler in transaction mode stands between: no prepared statements, settings per transaction.

        Raises:
            DatabaseError: The server cannot be reached, or the roles may bypass row-level security.
        """
        try:
            app = await cls._pool(dsn, APP, size, pooled=pooled)
            system = await cls._pool(dsn, SYSTEM, min(4, size), pooled=pooled)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
            msg = f"The database cannot be used: {str(error).splitlines()[0]}"
            raise DatabaseError(msg) from error
        database = cls(app, system, pooled=pooled)
        await database._check_walls()
        return database

    @staticmethod
    async def _pool(dsn: str, role: str, size: int, *, pooled: bool) -> asyncpg.Pool:
        settings = {"application_name": "casework"}
        if not pooled:
            settings |= {
                "role": role,
                "jit": "off",
                "timezone": "UTC",
                "idle_in_transaction_session_timeout": "60s",
                "statement_timeout": "30s",
                "search_path": "public",
            }
        return await asyncpg.create_pool(
            dsn,
            min_size=1 if role == APP else 0,
            max_size=size,
            max_inactive_connection_lifetime=60,
            init=_prepare,
            reset=_keep,
            connection_class=Connection,
            statement_cache_size=0 if pooled else 500,
            server_settings=settings,
        )

    async def close(self) -> None:
        """Close the pools after their statements have ended."""
        await self._app.close()
        await self._system.close()

    @asynccontextmanager
    async def tenant(self, tenant: int) -> AsyncIterator[asyncpg.Connection]:
        """A connection that sees one tenant; statements commit by themselves."""
        async with self._app.acquire() as connection:
            if self._pooled:
                async with connection.transaction():
                    await self._localise(connection, APP, tenant)
                    yield connection
            else:
                await connection.bind(tenant)
                yield connection

    @asynccontextmanager
    async def transaction(self, tenant: int) -> AsyncIterator[asyncpg.Connection]:
        """The same within one transaction: it commits when the block ends and rolls back when it raises."""
        async with self.tenant(tenant) as connection:
            if self._pooled:
                yield connection
            else:
                async with connection.transaction():
                    yield connection

    @asynccontextmanager
    async def system(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection that crosses tenants, for sign-in, timers and counters, in one transaction."""
        async with self._system.acquire() as connection, connection.transaction():
            if self._pooled:
                await self._localise(connection, SYSTEM, None)
            yield connection

    @staticmethod
    async def _localise(connection: asyncpg.Connection, role: str, tenant: int | None) -> None:
        await connection.fetchrow(
            "select set_config('role', $1, true), set_config('casework.tenant', $2, true)",
            role,
            "" if tenant is None else str(tenant),
        )

    async def _check_walls(self) -> None:
        for pool in (self._app, self._system):
            async with pool.acquire() as connection, connection.transaction():
                if self._pooled:
                    await self._localise(connection, APP if pool is self._app else SYSTEM, None)
                privileged = await connection.fetchval(
                    "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
                )
            if privileged:
                msg = "The database role may bypass row-level security; the server refuses to run that way."
                raise DatabaseError(msg)
