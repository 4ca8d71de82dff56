"""What all tests share: one PostgreSQL server, one template database with the cast, one server a process."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator

import pytest

from casework.casebook import Casebook
from casework.store.blobs import Blobs
from casework.store.postgres.database import Database
from casting import Cast, clone, drop, postgres_url, run_folder, started, template


def pytest_configure() -> None:
    """Make the folder of the run before any process of it starts."""
    run_folder()


def pytest_unconfigure() -> None:
    """Remove the folder when the process that made it ends."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(run_folder(), ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a PostgreSQL superuser: `CASEWORK_TEST_DATABASE_URL`, or an embedded server of this test run."""
    with postgres_url(tmp_path_factory) as url:
        yield url


@pytest.fixture(scope="session")
def database_url(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a migrated database without any tenant, one a process."""
    url = clone(postgres, template(postgres, tmp_path_factory, cast=False), "empty")
    yield url
    drop(postgres, url)


@pytest.fixture(scope="session")
def server(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """A running Casework with the cast of tests/cast.yaml."""
    with started(postgres, tmp_path_factory) as cast:
        yield cast


@pytest.fixture(scope="session")
async def casebook(server: Cast) -> AsyncIterator[Casebook]:
    """The casebook in this process, on the server's database."""
    database = await Database.open(server.dsn, size=6)
    yield Casebook(database, Blobs(server.blobs))
    await database.close()


os.environ.setdefault("CASEWORK_LOG_LEVEL", "warning")
