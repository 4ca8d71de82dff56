"""Starting servers, on which cores, and what they cost: processor time and memory."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg

SERVER_CORES = 2
PROC = Path("/proc")


def cores() -> tuple[set[int], set[int]]:
    """Return the cores for servers with their database, and those for load; all for both when there are too few."""
    every = sorted(os.sched_getaffinity(0))
    if len(every) <= SERVER_CORES:
        return set(every), set(every)
    return set(every[-SERVER_CORES:]), {every[-SERVER_CORES - 1]}


@contextmanager
def on(chosen: set[int]) -> Iterator[None]:
    """Let what is started in the block run on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, chosen)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def pin(pids: set[int], chosen: set[int]) -> None:
    """Move running processes to these cores."""
    for pid in pids:
        for thread in _threads(pid):
            with suppress(OSError):
                os.sched_setaffinity(thread, chosen)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(arguments: list[str], url: str, log: Path, environment: dict[str, str]) -> Iterator[int]:
    """Run `python -m …` until the block ends; yield its process id once `url` answers with anything."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments], env={**os.environ, **environment}, stdout=out, stderr=out
        )
        try:
            _wait(process, url, log)
            yield process.pid
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait(30)


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{process.args} did not come up:\n{log.read_text()[-2000:]}")


async def postmaster(dsn: str) -> int | None:
    """Return the process id of the database server, if it runs on this machine."""
    connection = await asyncpg.connect(dsn)
    backend = await connection.fetchval("select pg_backend_pid()")
    parent = _parent(backend)
    await connection.close()
    return parent if parent and b"postgres" in (PROC / str(parent) / "cmdline").read_bytes() else None


def _parent(pid: int) -> int | None:
    with suppress(OSError):
        return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    return None


def tree(root: int | None) -> set[int]:
    """Return a process and all that descend from it."""
    if root is None:
        return set()
    parents = {int(entry.name): _parent(int(entry.name)) for entry in PROC.iterdir() if entry.name.isdigit()}
    found, new = set(), {root}
    while new:
        found |= new
        new = {pid for pid, parent in parents.items() if parent in found} - found
    return found


def _threads(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(entry.name) for entry in (PROC / str(pid) / "task").iterdir()]
    return []


def processor_time(root: int | None) -> dict[int, int]:
    """Return the nanoseconds on a processor of each thread below `root`."""
    found = {}
    for pid in tree(root):
        for thread in _threads(pid):
            with suppress(OSError):
                found[thread] = int((PROC / str(pid) / "task" / str(thread) / "schedstat").read_text().split()[0])
    return found


def spent(before: dict[int, int], after: dict[int, int]) -> float:
    """Return the microseconds between two readings; threads that ended in between are left out."""
    return sum(now - before.get(thread, 0) for thread, now in after.items()) / 1000


def memory(roots: list[int | None]) -> int:
    """Return the bytes of memory of these processes and all below, pages shared by several counted once."""
    total = 0
    for pid in set().union(*map(tree, roots)):
        with suppress(OSError):
            for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total
