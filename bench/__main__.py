"""`python -m bench`: measures the server beside its floor and pgbench. docs/performance.md explains the figures."""

import argparse
import asyncio
import json
import pickle
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import plans, processes, report, stores, wrk
from bench.floor import Plan
from bench.operations import Operation, chosen
from bench.people import secret
from bench.pgbench import Pgbench
from bench.recording import Recording, record
from bench.rounds import Contender, Result, Sample, Slicer, measure
from bench.stores import Store

GRANT = "urn:ibm:params:oauth:grant-type:apikey"
RESULTS = Path(__file__).parent / "results"


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--cases", type=int, nargs="+", default=[100_000], help="how many cases; two: compared as well")
    parser.add_argument("--connections", type=int, nargs="+", default=[8, 64])
    parser.add_argument("--seconds", type=int, default=10, help="of load for each contender and operation")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these operations")
    parser.add_argument("--quick", action="store_true", help="three seconds each, 8 connections, 20,000 cases")
    parser.add_argument("--fresh", action="store_true", help="generate the cases anew")
    parser.add_argument("--plans", action="store_true", help="explain the statements instead of measuring")
    parser.add_argument("--data", type=Path, default=stores.default_folder(), help="where generated cases are kept")
    asked = parser.parse_args()
    if asked.quick:
        asked.cases, asked.connections, asked.seconds = [20_000], [8], 3
    return asked


class Server:
    """The running product on one store."""

    def __init__(self, store: Store, url: str, app: int, database: int | None, *, load: set[int]) -> None:
        self.store = store
        self.url = url
        self.app = app
        self.database = database
        self._load = load

    def slicer(self, operation: Operation) -> Slicer:
        """Return how to run a slice of an operation on it."""
        load = wrk.Load(
            self.store,
            "casework",
            operation,
            url=self.url,
            path=operation.path,
            credential=credential(self.url, operation),
        )
        return pinned(Contender(load, self.app, self.database).slice, self._load)


def pinned(run: Slicer, chosen_cores: set[int]) -> Slicer:
    """Return a slicer whose load comes from these cores."""

    def slice_(connections: int, seconds: int) -> Sample:
        with processes.on(chosen_cores):
            return run(connections, seconds)

    return slice_


def credential(url: str, operation: Operation) -> str:
    """Return what the operation's requests carry; for IBM's door, sign in first as its clients do."""
    user = operation.user
    if not operation.door.signs_in:
        return secret(user)
    form = urllib.parse.urlencode({"grant_type": GRANT, "apikey": secret(user)}).encode()
    with urllib.request.urlopen(f"{url}/ibm/identity/token", form, timeout=30) as answer:
        return str(json.load(answer)["access_token"])


@contextmanager
def opened(cases: int, asked: argparse.Namespace) -> Iterator[Store]:
    """Yield a filled database whose server runs on the servers' cores."""
    server_cores, _ = processes.cores()
    folder = asked.data / str(cases)
    folder.mkdir(parents=True, exist_ok=True)
    for each in (asked.data, folder):
        each.chmod(0o711)
    with stores.server(folder) as url:
        store = asyncio.run(stores.ready(url, folder, cases, fresh=asked.fresh))
        processes.pin(processes.tree(asyncio.run(processes.postmaster(store.dsn))), server_cores)
        yield store


@contextmanager
def served(store: Store) -> Iterator[Server]:
    """Yield the product, serving the store."""
    server_cores, load_cores = processes.cores()
    port = processes.free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        "CASEWORK_PORT": str(port),
        "CASEWORK_DATA": str(store.folder),
        "CASEWORK_DATABASE_URL": store.dsn,
        "CASEWORK_LOG_LEVEL": "warning",
    }
    with processes.on(server_cores):
        run = processes.running(["casework", "run"], f"{url}/readyz", store.folder / "casework.log", environment)
        with run as pid, processes.on(load_cores | server_cores):
            yield Server(store, url, pid, asyncio.run(processes.postmaster(store.dsn)), load=load_cores)


@contextmanager
def floored(server: Server, recordings: list[Recording]) -> Iterator[tuple[str, int]]:
    """Yield the floor's address and process."""
    server_cores, load_cores = processes.cores()
    store = server.store
    port = processes.free_port()
    url = f"http://127.0.0.1:{port}"
    targets = [wrk.targets(store, recording.operation) for recording in recordings]
    plan = Plan(store.dsn, port, store.cast.tenant, (store.folder / "floor").as_uri(), recordings, targets, store.uids)
    file = store.folder / "floor.plan"
    file.write_bytes(pickle.dumps(plan))
    with processes.on(server_cores):
        environment = {"CASEWORK_BENCH_PLAN": str(file)}
        run = processes.running(["bench.floor"], url, store.folder / "floor.log", environment)
        with run as pid, processes.on(load_cores | server_cores):
            yield url, pid


def compare(server: Server, asked: argparse.Namespace, note: report.Report) -> None:
    """Measure each operation on the product, the floor and pgbench."""
    operations = chosen(asked.only)
    recordings = asyncio.run(record(server.store, operations))
    _, load_cores = processes.cores()
    with floored(server, recordings) as (url, pid):
        for recording in recordings:
            operation = recording.operation
            floor = wrk.Load(server.store, "floor", operation, url=url, path=f"/{operation.name}", credential="none")
            bench = Pgbench(server.store, recording)
            for connections in asked.connections:
                contenders: dict[str, Slicer] = {
                    "casework": server.slicer(operation),
                    "floor": pinned(Contender(floor, pid, server.database).slice, load_cores),
                    "pgbench": pinned(lambda c, s, b=bench: Sample(b.slice(c, s)), load_cores),
                }
                note.add(server.store.cases, operation, measure(contenders, connections, asked.seconds))


def scale(small: Server, large: Server, asked: argparse.Namespace) -> list[tuple[Operation, Result]]:
    """Measure each operation on two stores in turns."""
    found = []
    for operation in chosen(asked.only):
        contenders = {str(server.store.cases): server.slicer(operation) for server in (small, large)}
        found.append((operation, measure(contenders, asked.connections[0], asked.seconds)))
        report.print_scale(*found[-1])
    return found


def main() -> None:
    """Do what was asked for."""
    asked = arguments()
    note = report.Report()
    with ExitStack() as closing:
        opens = [closing.enter_context(opened(cases, asked)) for cases in asked.cases]
        if asked.plans:
            for store in opens:
                asyncio.run(plans.explain(store, "".join(asked.only)))
            return
        if not wrk.present():
            print(wrk.MISSING)
            return
        print(report.heading(asked.seconds), flush=True)
        for store in opens:
            with served(store) as server:
                time.sleep(3)
                note.memory[f"{store.cases} idle"] = processes.memory([server.app, server.database])
                compare(server, asked, note)
                time.sleep(3)
                note.memory[f"{store.cases} after load"] = processes.memory([server.app, server.database])
        if len(opens) == 2:
            servers = [closing.enter_context(served(store)) for store in opens]
            note.scale = scale(servers[0], servers[1], asked)
    print(note.write(RESULTS))


if __name__ == "__main__":
    main()
