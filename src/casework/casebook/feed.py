"""The one ordered event feed: every committed event exactly once, in `seq` order (DOMAIN §7, law 8).

Places in the feed are taken before the transactions that hold them commit, so a smaller place may still be on its way
when a larger one is visible already. The feed is settled up to a place once every transaction that was running when
that place was the highest has ended (docs/decisions/0005).
"""

import asyncio

import msgspec

from casework.domain.access import Principal
from casework.store.events import StoredEvent
from casework.store.lists import feed
from casework.store.postgres.database import Database

PATIENCE = 5.0
"""Seconds to wait for running transactions before answering with what is settled for sure."""


class Feed:
    """Reads the feed of a tenant as one principal may see it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._settled = 0

    async def settled(self) -> int:
        """Return a place up to which nothing can appear any more; waits for transactions that run right now."""
        async with self._database.system() as connection:
            place, bound = await feed.mark(connection)
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while self._settled < place and asyncio.get_running_loop().time() < deadline:
            async with self._database.system() as connection:
                ended = await feed.ended(connection, bound)
            if ended:
                self._settled = max(self._settled, place)
            else:
                await asyncio.sleep(0.002)
        return self._settled

    async def after(self, principal: Principal, cursor: int, limit: int = 100) -> list[StoredEvent]:
        """Return the next events behind `cursor` about cases that the principal may read.

        An empty list means that nothing is settled behind the cursor yet. Customers get public events only.
        """
        horizon = await self.settled()
        async with self._database.tenant(principal.tenant_id) as connection:
            found = await feed.between(connection, principal, cursor, horizon, limit)
        return found if principal.staff else [_without_staff_texts(event) for event in found]


def _without_staff_texts(event: StoredEvent) -> StoredEvent:
    """Leave out solutions, and what a text replaced: it may have been internal until then."""
    if event.texts is None:
        return event
    shown = {n: v for n, v in msgspec.json.decode(event.texts).get("set", {}).items() if n != "solution"}
    return msgspec.structs.replace(event, texts=msgspec.json.encode({"set": shown}).decode())
