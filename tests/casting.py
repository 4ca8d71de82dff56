"""Starting what tests run against: databases cloned from one template, and the real server on a real port."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import yaml

from casework.casebook import Casebook, world
from casework.dialects.spellings import spell
from casework.store.blobs import Blobs
from casework.store.postgres.database import Database
from casework.store.postgres.embedded import EmbeddedPostgres
from casework.store.postgres.migrate import migrate

HERE = Path(__file__).parent
CAST = HERE / "cast.yaml"


RUN = "CASEWORK_TEST_RUN"


def run_folder() -> Path:
    """Return the folder that all processes of this test run share.

    Not one of pytest's: the database runs as another user than root, and every pytest that starts shuts its folder to
    others.
    """
    if RUN not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="casework-tests-"))
        folder.chmod(0o711)
        os.environ[RUN] = str(folder)
    return Path(os.environ[RUN])


@contextmanager
def postgres_url(factory: Any) -> Iterator[str]:
    """Yield the address of a superuser; the embedded server is shared by the processes of a run."""
    if url := os.environ.get("CASEWORK_TEST_DATABASE_URL"):
        yield url
        return
    with EmbeddedPostgres(run_folder() / "pg") as url:
        yield url


def with_database(url: str, name: str) -> str:
    """Return the address of another database of the same server."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


def sql(url: str, *statements: str) -> None:
    """Run statements, each by itself."""

    async def run() -> None:
        connection = await asyncpg.connect(url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    asyncio.run(run())


def template(postgres: str, factory: Any, *, cast: bool) -> str:
    """Return the name of the template database of this run; the first process to ask makes it."""
    folder = run_folder()
    name = f"cw_{'cast' if cast else 'blank'}_{re.sub(r'[^a-z0-9]', '', str(folder).lower())[-30:]}"
    done = folder / f"{name}.json"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            sql(postgres, f"drop database if exists {name}", f"create database {name}")
            url = with_database(postgres, name)
            done.write_text(json.dumps(asyncio.run(_fill(url, folder, cast=cast))))
    return name


async def _fill(url: str, folder: Path, *, cast: bool) -> dict[str, Any]:
    await migrate(url)
    return await _apply(url, (folder / "blobs").as_uri(), world.load(CAST)) if cast else {}


async def _apply(url: str, blob_url: str, loaded: world.World) -> dict[str, Any]:
    database = await Database.open(url, size=2)
    blobs = Blobs(blob_url)
    applied = await world.apply(database, Casebook(database, blobs), blobs, loaded, folder=HERE)
    await database.close()
    return spell(applied)


def clone(postgres: str, source: str, purpose: str) -> str:
    """Return the address of a fresh copy of a template."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"{source}_{purpose}_{worker}"
    sql(postgres, f"drop database if exists {name}", f"create database {name} template {source}")
    return with_database(postgres, name)


def drop(postgres: str, url: str) -> None:
    """Drop a database that `clone` made."""
    sql(postgres, f"drop database if exists {urlsplit(url).path[1:]} with (force)")


class Cast:
    """A running server with the cast, and what is known about it."""

    def __init__(self, url: str, dsn: str, blobs: str, ids: dict[str, Any]) -> None:
        self.url = url
        self.dsn = dsn
        self.blobs = blobs
        self.ids = ids

    def secret(self, key: str) -> str:
        """Return the secret of an API key such as `acme/alice`."""
        return str(self.ids["keys"][key]["secret"])

    def apply(self, document: dict[str, Any]) -> dict[str, Any]:
        """Apply a further world document and return its ids."""
        loaded = world.load_value({"version": 1, **document})
        with ThreadPoolExecutor(1) as outside:  # this thread may have a running loop
            return dict(outside.submit(asyncio.run, _apply(self.dsn, self.blobs, loaded)).result())


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(environment: dict[str, str], url: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `casework run` with this environment until the block ends; wait until it is ready."""
    command = [sys.executable, "-m", "casework", "run"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=out, stderr=out)
        try:
            wait_until_ready(url, process, log)
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait(30)


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    """Return when the server answers, fail when it ends or takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not come up:\n{log.read_text()}")


@contextmanager
def started(postgres: str, factory: Any, purpose: str = "server", **more: str) -> Iterator[Cast]:
    """Yield a running server of its own with the cast; `purpose` tells those that run at the same time apart."""
    folder = run_folder()
    source = template(postgres, factory, cast=True)
    ids = json.loads((folder / f"{source}.json").read_text())
    dsn = clone(postgres, source, purpose)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    blobs = (folder / "blobs").as_uri()
    data = Path(factory.mktemp("data"))
    environment = {
        "CASEWORK_PORT": str(port),
        "CASEWORK_DATA": str(data),
        "CASEWORK_DATABASE_URL": dsn,
        "CASEWORK_BLOB_URL": blobs,
        "CASEWORK_LOG_LEVEL": "warning",
        "CASEWORK_DATABASE_SIZE": "3",
        **more,
    }
    with serving(environment, url, data / "log"):
        yield Cast(url, dsn, blobs, ids)
    drop(postgres, dsn)


def read_cast() -> dict[str, Any]:
    """Return tests/cast.yaml as a value."""
    return dict(yaml.safe_load(CAST.read_text()))
