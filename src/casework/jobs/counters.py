"""Rolling the totals up: the rows that writers add are folded into one a stage (docs/decisions/0006)."""

import asyncio

import asyncpg
import structlog

from casework.store.postgres.database import Database
from casework.store.upkeep import counters

PAUSE = 2.0
"""Seconds between roll-ups; a page's total adds what lies between."""

_log = structlog.get_logger("casework.jobs")


async def roll_up(database: Database) -> None:
    """Roll up until cancelled. Any number of processes may do so at once."""
    while True:
        try:
            async with database.system() as connection:
                full = await counters.roll_up(connection)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _log.warning("the totals could not be rolled up", error=str(error))
            full = False
        if not full:
            await asyncio.sleep(PAUSE)
