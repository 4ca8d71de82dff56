"""The floor: the same framework, server, driver, pool and statements, and nothing of the product.

Every handler sends what the product sends for the same request and encodes the answer that the product gave: no
identity, no access check, no validation, no translation. Uploads store their bytes as the product does, form and all.
"""

import asyncio
import os
import pickle
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from litestar import Litestar, Request, Response, get, post, put

from bench.recording import Recording
from bench.replay import Replay
from casework.settings import Settings
from casework.store.blobs import Blobs
from casework.store.postgres.database import Database


class Plan(msgspec.Struct):
    """What the floor is told when it starts."""

    dsn: str
    port: int
    tenant: int
    blobs: str
    recordings: list[Recording]
    targets: list[list[int]]
    uids: dict[int, UUID]


def application(plan: Plan) -> Litestar:
    """Return the application: one address for each operation."""
    size = Settings().database_size

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        app.state.database = await Database.open(plan.dsn, size=size)
        app.state.blobs = Blobs(plan.blobs)
        yield
        await app.state.database.close()

    return Litestar(
        route_handlers=[_handler(*pair, plan) for pair in zip(plan.recordings, plan.targets, strict=True)],
        lifespan=[lifespan],
        openapi_config=None,
        request_max_body_size=None,
    )


def _handler(recording: Recording, targets: list[int], plan: Plan) -> Any:
    operation = recording.operation
    replay = Replay(recording, targets or [0], plan.uids)
    stores = operation.body == "file"

    async def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
        state = request.app.state
        if stores:
            await state.blobs.put(request.stream())
        elif operation.writes:
            await request.body()
        async with state.database.tenant(plan.tenant) as connection:
            await replay.run(connection)
        return Response(msgspec.json.encode(replay.answer), media_type="application/json", status_code=200)

    decorate = {"GET": get, "POST": post, "PUT": put}[operation.method]
    return decorate(f"/{operation.name}", name=operation.name, status_code=200)(handle)


async def _serve(plan: Plan) -> None:
    server = Server(
        application(plan),
        address="127.0.0.1",
        port=plan.port,
        interface=Interfaces.ASGI,
        log_level=LogLevels.warning,
        websockets=False,
        backlog=1024,
    )
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, server.stop)
    await server.serve()


if __name__ == "__main__":
    asyncio.run(_serve(pickle.loads(Path(os.environ["CASEWORK_BENCH_PLAN"]).read_bytes())))
