"""Fresh databases for tests of the casebook, cloned from one migrated template."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from casework.casebook import Casebook, world
from casework.domain.access import PERMISSIONS, Principal, Reach
from casework.domain.case import Case
from casework.store.blobs import Blobs
from casework.store.postgres.database import Database
from casting import clone, drop, template

HERE = Path(__file__).parent
_count = itertools.count()


class Ground:
    """An installation of its own."""

    def __init__(self, dsn: str, database: Database) -> None:
        self.dsn = dsn
        self.database = database
        self.blobs = Blobs("memory://")
        self.casebook = Casebook(database, self.blobs)

    async def apply(self, document: Any, **more: Any) -> world.Applied:
        """Apply a world file, or a document without its version."""
        if isinstance(document, Path):
            loaded, folder = world.load(document), document.parent
        else:
            loaded, folder = world.load_value({"version": 1, **document}), HERE
        return await world.apply(self.database, self.casebook, self.blobs, loaded, **{"folder": folder, **more})

    async def tenant(self, *, dry_run: bool = False, **members: Any) -> world.Applied:
        """Apply a document of the one tenant acme."""
        return await self.apply({"tenants": [{"key": "acme", **members}]}, dry_run=dry_run)

    async def export(self, tenant: str = "acme", folder: Path | None = None) -> dict[str, Any]:
        """Export a tenant."""
        return await world.export(self.database, self.casebook, tenant, folder)

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        """Return rows, whatever the tenant."""
        async with self.database.system() as connection:
            return list(await connection.fetch(sql, *values))

    async def value(self, sql: str, *values: Any) -> Any:
        """Return the first column of the only row."""
        (row,) = await self.fetch(sql, *values)
        return row[0]

    async def events(self) -> int:
        """Return how many events there are."""
        return int(await self.value("select count(*) from events"))


def at(text: str) -> datetime:
    """Return a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def somebody(ground: Ground) -> Principal:
    """Return the system user of acme, who may do everything."""
    user = await ground.value("select number from users where key = 'system' and tenant_id = 1")
    return Principal(1, user, "agent", 0, PERMISSIONS, Reach.TENANT, Reach.TENANT)


async def number(ground: Ground, table: str, key: str) -> int:
    """Return the number of a noun of acme."""
    return int(await ground.value(f"select number from {table} where key = $1 and tenant_id = 1", key))


async def case(ground: Ground, key: str = "c") -> Case:
    """Return a case of acme by its key in the world file."""
    found = await ground.value("select number from applied where kind = 'cases' and key = $1 and tenant_id = 1", key)
    return await ground.casebook.read.case(await somebody(ground), found)


async def on(ground: Ground, table: str, one: Case) -> list[Any]:
    """Return what hangs on a case."""
    sql = f"select * from {table} where tenant_id = 1 and case_number = $1 and deleted_at is null order by number"
    return await ground.fetch(sql, one.number)


class Template(NamedTuple):
    """A migrated database that nobody is connected to."""

    postgres: str
    name: str


@pytest.fixture(scope="session")
def migrated(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template of this run."""
    return Template(postgres, template(postgres, tmp_path_factory, cast=False))


@asynccontextmanager
async def installed(migrated: Template) -> AsyncIterator[Ground]:
    """An installation without any tenant, gone when the block ends."""
    url = await asyncio.to_thread(clone, migrated.postgres, migrated.name, f"world{next(_count)}")
    try:
        database = await Database.open(url, size=2)
        try:
            yield Ground(url, database)
        finally:
            await database.close()
    finally:
        await asyncio.to_thread(drop, migrated.postgres, url)


@pytest.fixture
async def grounds(migrated: Template) -> AsyncIterator[Callable[[], Awaitable[Ground]]]:
    """Make installations without any tenant."""
    async with AsyncExitStack() as stack:
        yield lambda: stack.enter_async_context(installed(migrated))


@pytest.fixture
async def ground(grounds: Callable[[], Awaitable[Ground]]) -> Ground:
    """An installation without any tenant."""
    return await grounds()
