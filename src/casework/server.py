"""The composition root: from settings to an ASGI application. The only module that knows every part."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import structlog
from litestar import Litestar, Request, Response, Router
from litestar.types import ASGIApp

from casework import logs, settings
from casework.auth.cache import TimedCache
from casework.auth.principals import Principals
from casework.auth.rate import RateLimit
from casework.casebook import Casebook
from casework.dialects.bottlecrm import BOTTLECRM
from casework.dialects.dialect import Dialect, Services, base_url
from casework.dialects.egain import EGAIN
from casework.dialects.ibm import IBM
from casework.dialects.peach import PEACH
from casework.dialects.webitel import WEBITEL
from casework.domain.refusals import Invalid, Unavailable
from casework.jobs.counters import roll_up
from casework.settings import Settings
from casework.store.blobs import Blobs
from casework.store.postgres.database import Database
from casework.web.frontage import Frontage
from casework.web.operations import handlers, with_options

UNREACHABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
)
"""Failures of the database or the disk that pass: a lost connection, a restart, a full disk."""

PARENT = "CASEWORK_PARENT_PID"
"""Set by the process that starts workers: one that comes up late must notice that it is an orphan already."""

KEPT = 600
"""Seconds that a rendered case is kept at most."""
MOST_KEPT = 2_000
"""Rendered cases that a process keeps, of a few kilobytes each."""
GARBAGE = 50_000
"""Containers made, beyond those let go, before the collector looks at the young ones."""

UNSTORABLE = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)

_log = structlog.get_logger("casework.server")

DIALECTS: tuple[Dialect, ...] = (IBM, BOTTLECRM, EGAIN, PEACH, WEBITEL)
DOORS = {dialect.name: dialect for dialect in DIALECTS}


def create_app() -> ASGIApp:
    """Return the application for the settings in the environment; web servers call this in each process."""
    return application(settings.load())


def _fault(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer a request that failed, in the shape of the door that it came to."""
    if isinstance(error, UNREACHABLE):
        trace = request.scope["state"]["trace"]
        _log.error("the store cannot answer", trace=trace, error=str(error).splitlines()[:1])
        error = Unavailable("The store cannot answer right now; try again soon.", retry_after=2)
    elif isinstance(error, UNSTORABLE):
        error = Invalid("The request contains a character that cannot be stored.")
    dialect = DOORS.get(request.scope["state"]["door"])
    if dialect is None:
        status = getattr(error, "status_code", 500)
        if status >= 500:
            _log.error("unexpected failure", path=request.scope["path"], exc_info=error)
        text = "There is nothing at this address.\n" if status == 404 else "The request could not be answered.\n"
        return Response(text, status_code=status, media_type="text/plain")
    return dialect.fault(request, error)


def _settle_garbage() -> None:
    """Keep what lives as long as the process out of garbage collections, and make those rarer.

    An answer makes thousands of containers and no cycles: at the usual threshold every list would be interrupted.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, 50)


async def _follow(parent: int) -> None:
    """End this worker when the process that started it is gone: orphans would keep the port and answer from it."""
    while os.getppid() == parent:  # noqa: ASYNC110 - nobody tells a process that its parent died
        await asyncio.sleep(0.5)
    os._exit(1)


def application(chosen: Settings) -> ASGIApp:
    """Return the application. It connects when it starts and lets go when it stops (ASGI lifespan)."""
    logs.configure(chosen.log_level, chosen.log_format)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        database = await Database.open(chosen.database_url, size=chosen.database_size, pooled=chosen.database_pooled)
        casebook = Casebook(database, Blobs(chosen.blobs))
        app.state.services = Services(
            casebook, Principals(database), RateLimit(chosen.rate_limit), chosen, TimedCache(KEPT, MOST_KEPT)
        )
        _settle_garbage()
        jobs = [asyncio.create_task(roll_up(database))]
        if chosen.workers > 1:
            jobs.append(asyncio.create_task(_follow(int(os.environ.get(PARENT, os.getppid())))))
        try:
            yield
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            await database.close()

    async def ready() -> str:
        try:
            async with app.state.services.casebook.database.system() as connection:
                await connection.fetchval("select 1")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            return f"database: {error}"
        return ""

    def address(request: Request[Any, Any, Any], name: str) -> str:
        return base_url(request, name) + DOORS[name].root

    documents = {dialect.name: (dialect.title, dialect.openapi) for dialect in DIALECTS}
    routers = [Router(dialect.prefix, route_handlers=with_options(dialect.routes)) for dialect in DIALECTS]
    app = Litestar(
        route_handlers=[*routers, *handlers(ready, documents, address)],
        lifespan=[lifespan],
        exception_handlers={Exception: _fault},
        openapi_config=None,
        request_max_body_size=None,
    )
    return Frontage(
        app,
        doors=frozenset(DOORS),
        hosts=chosen.door_hosts,
        trust_forwarded=chosen.trust_forwarded,
        access_log=chosen.access_log,
    )
