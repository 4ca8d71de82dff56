"""Databases to measure on: made once for a number of cases and kept, until what they are made from changes."""

import hashlib
import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import msgspec

from bench import generate, people, texts
from bench.people import Cast
from casework.store.postgres.embedded import EmbeddedPostgres
from casework.store.postgres.migrate import migrate, scripts

OPEN_CASES = 20_000
"""So many cases at most are written to."""
READ = 50_000
"""So many cases at most are read one by one."""
URL = "CASEWORK_BENCH_DATABASE_URL"
"""Names a superuser of a PostgreSQL server to use instead of the embedded one; databases of our own are made there."""


class Store(msgspec.Struct, frozen=True):
    """A filled database, and the folder for what is beside it (blobs, logs)."""

    cases: int
    dsn: str
    folder: Path
    cast: Cast
    open_cases: list[int]
    """Numbers of cases that take changes."""
    uids: dict[int, UUID]
    """The uids of those, and of any others that are read."""

    @property
    def embedded(self) -> bool:
        """Whether we run the server ourselves, on the cores that we chose."""
        return URL not in os.environ


def default_folder() -> Path:
    """Return where generated data is kept between runs."""
    return Path(tempfile.gettempdir()) / "casework-bench"


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Yield the address of a superuser."""
    if url := os.environ.get(URL):
        yield url
        return
    with EmbeddedPostgres(folder / "postgres") as url:
        yield url


async def ready(url: str, folder: Path, cases: int, *, fresh: bool) -> Store:
    """Return the database with this many cases; make it when it is not there, or made from other sources."""
    name = f"casework_bench_{cases}"
    dsn = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    owner = await asyncpg.connect(url)
    exists = await owner.fetchval("select 1 from pg_database where datname = $1", name)
    cast = await _marked(dsn) if exists and not fresh else None
    if cast is None:
        print(f"Filling {cases:,} cases:", flush=True)
        await owner.execute(f"drop database if exists {name} with (force)")
        await owner.execute(f"create database {name}")
        await migrate(dsn)
        cast = await people.found(dsn)
        await generate.fill(dsn, cast, cases)
        await _mark(dsn, cast)
    await owner.close()
    open_cases = await _open_cases(dsn, cast)
    numbers = {*open_cases, *random.Random(5).sample(range(1, cases + 1), min(cases, READ))}
    return Store(cases, dsn, folder, cast, open_cases, await _uids(dsn, cast, numbers))


async def _uids(dsn: str, cast: Cast, numbers: set[int]) -> dict[int, UUID]:
    connection = await asyncpg.connect(dsn)
    sql = "select number, uid from cases where tenant_id = $1 and number = any($2)"
    rows = await connection.fetch(sql, cast.tenant, list(numbers))
    await connection.close()
    return {row["number"]: row["uid"] for row in rows}


async def _open_cases(dsn: str, cast: Cast) -> list[int]:
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch(
        "select number from cases where tenant_id = $1 and stage = 'open'"
        " order by number * 7919 % 100003, number limit $2",
        cast.tenant,
        OPEN_CASES,
    )
    await connection.close()
    return [row["number"] for row in rows]


def _sources() -> str:
    digest = hashlib.sha256()
    for module in (generate, people, texts):
        digest.update(Path(module.__file__).read_bytes())
    for _, _, sql in scripts():
        digest.update(sql.encode())
    return digest.hexdigest()


async def _marked(dsn: str) -> Cast | None:
    connection = await asyncpg.connect(dsn)
    try:
        text = await connection.fetchval("select made from bench.marker where sources = $1", _sources())
    except asyncpg.UndefinedTableError:
        text = None
    finally:
        await connection.close()
    return msgspec.json.decode(text, type=Cast) if text else None


async def _mark(dsn: str, cast: Cast) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("create schema bench; create table bench.marker (sources text, made text)")
    await connection.execute("insert into bench.marker values ($1, $2)", _sources(), msgspec.json.encode(cast).decode())
    await connection.close()
