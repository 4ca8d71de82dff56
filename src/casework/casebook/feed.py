"""The one ordered event feed: every committed event exactly once, in `seq` order (DOMAIN §7, law 8).

Places in the feed are taken before the transactions that hold them commit, so a smaller place may still be on its way
when a larger one is visible already. The feed is settled up to a place once every transaction that was running when
that place was the highest has ended (docs/decisions/0005).
"""

import asyncio
from collections import deque

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
        self._marks: deque[tuple[int, str]] = deque()

    async def settled(self) -> int:
        """Return a place up to which nothing can appear any more; waits for transactions that run right now."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        place = await self._mark()
        while self._settled < place and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.002)
            await self._settle()
        return self._settled

    async def _mark(self) -> int:
        """Return the highest place taken; a new one is noted together with who may still hold smaller ones."""
        async with self._database.system() as connection:
            place = await feed.place(connection)
            if place > (self._marks[-1][0] if self._marks else self._settled):
                self._marks.append(await feed.mark(connection))
        await self._settle()
        return place

    async def _settle(self) -> None:
        while self._marks:
            place, bound = self._marks[0]
            async with self._database.system() as connection:
                if not await feed.ended(connection, bound):
                    return
            self._settled = max(self._settled, place)
            if self._marks and self._marks[0] == (place, bound):
                self._marks.popleft()

    async def after(self, principal: Principal, cursor: int, limit: int = 100) -> list[StoredEvent]:
        """Return the next events behind `cursor` about cases that the principal may read.

        What is settled comes at once. An empty list means that nothing was settled behind the cursor after waiting for
        the transactions that ran when the question came. Customers get public events only.
        """
        place = await self._mark()
        horizon = self._settled
        found = await self._between(principal, cursor, horizon, limit)
        if not found and horizon < place:
            found = await self._between(principal, cursor, await self.settled(), limit)
        return found if principal.staff else [_without_staff_texts(event) for event in found]

    async def _between(self, principal: Principal, low: int, high: int, limit: int) -> list[StoredEvent]:
        if high <= low:
            return []
        async with self._database.tenant(principal.tenant_id) as connection:
            return await feed.between(connection, principal, low, high, limit)


def _without_staff_texts(event: StoredEvent) -> StoredEvent:
    """Leave out solutions, and what a text replaced: it may have been internal until then."""
    if event.texts is None:
        return event
    shown = {n: v for n, v in msgspec.json.decode(event.texts).get("set", {}).items() if n != "solution"}
    return msgspec.structs.replace(event, texts=msgspec.json.encode({"set": shown}).decode())
