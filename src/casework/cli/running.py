"""`casework run`: everything that is needed, in one command."""

import asyncio
import contextlib
import os
import signal
import socket
import threading
from pathlib import Path
from typing import Annotated

import cyclopts
import msgspec

from casework import settings
from casework.cli import first_start
from casework.cli.session import UserError, database_url, opened
from casework.settings import Settings


def register(app: cyclopts.App) -> None:
    """Add the verbs of this group."""
    app.command(run)


def run(
    *,
    host: Annotated[str | None, cyclopts.Parameter(help="address to listen on (CASEWORK_HOST)")] = None,
    port: Annotated[int | None, cyclopts.Parameter(help="port to listen on (CASEWORK_PORT)")] = None,
    data: Annotated[Path | None, cyclopts.Parameter(help="data folder (CASEWORK_DATA)")] = None,
    workers: Annotated[int | None, cyclopts.Parameter(help="web processes (CASEWORK_WORKERS)")] = None,
) -> None:
    """Start the database if it is the embedded one, bring it up to date, load the first world, and serve."""
    given = {"HOST": host, "PORT": port, "DATA": data, "WORKERS": workers}
    os.environ.update({f"CASEWORK_{name}": str(value) for name, value in given.items() if value is not None})
    chosen = settings.load()
    port_free(chosen.host, chosen.port)
    chosen.data.mkdir(parents=True, exist_ok=True)
    print("Starting the database …" if not chosen.database_url else "Connecting to the database …", flush=True)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: _interrupt(stop))
    with contextlib.suppress(KeyboardInterrupt), database_url(chosen) as url:
        chosen = msgspec.structs.replace(chosen, database_url=url)
        os.environ["CASEWORK_DATABASE_URL"] = url
        asyncio.run(_prepare(chosen))
        if chosen.workers > 1:
            _serve_processes(chosen)
        else:
            asyncio.run(_serve(chosen))
        print("Stopped.", flush=True)


def _interrupt(stop: threading.Event) -> None:
    if not stop.is_set():
        stop.set()
        raise KeyboardInterrupt


def port_free(host: str, port: int) -> None:
    """Raise UserError when somebody listens on the port already."""
    if port == 0:
        raise UserError("choose a port: CASEWORK_PORT=8080")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UserError(
                f"cannot listen on {host}:{port}: {error.strerror}; choose another CASEWORK_PORT"
            ) from error


async def _prepare(chosen: Settings) -> None:
    async with opened(chosen) as session:
        await first_start.load_world(session)
    print(first_start.banner(chosen), flush=True)


async def _serve(chosen: Settings) -> None:
    """Serve from this process until a signal comes."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server.embed import Server

    from casework.server import application

    server = Server(
        application(chosen),
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.ASGI,
        log_level=LogLevels.error,
        websockets=False,
        backlog=1024,
    )
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, server.stop)
    await server.serve()


def _serve_processes(chosen: Settings) -> None:
    os.environ["CASEWORK_PARENT_PID"] = str(os.getpid())
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "casework.server:create_app",
        factory=True,
        address=chosen.host,
        port=chosen.port,
        workers=chosen.workers,
        interface=Interfaces.ASGI,
        log_level=LogLevels.error,
        websockets=False,
        workers_kill_timeout=15,
        respawn_failed_workers=True,
    ).serve()
