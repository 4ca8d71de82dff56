"""Law 8: a reader of the feed sees each event exactly once, in order, whatever is written at the same time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from casework.casebook.feed import Feed
from casework.domain import commands as c
from casework.domain.access import Principal
from casework.domain.doors import COMMAND_LINE
from casework.domain.refusals import Refusal
from casework.store.events import StoredEvent
from casework.store.postgres.database import Database
from laws.society import PLAIN, Society, found, unique
from laws.town import Town

WRITERS, TURNS, CASES = 8, 10, 12


class RolledBack(Exception):  # noqa: N818 - no error: a writer changes its mind
    """Ends a transaction that should leave nothing behind."""


@pytest.fixture(scope="module")
async def elsewhere(server: Any) -> AsyncIterator[Database]:
    """Another process's connections."""
    database = await Database.open(server.dsn, size=WRITERS + 2)
    yield database
    await database.close()


@pytest.fixture(scope="module")
def society(server: Any) -> Society:
    return found(server, PLAIN, unique("feed"))


async def follow(feed: Feed, who: Principal, done: asyncio.Event, limit: int) -> list[StoredEvent]:
    """Read the feed from its start until the writers are done and nothing more comes."""
    seen: list[StoredEvent] = []
    while True:
        ended = done.is_set()
        page = await feed.after(who, seen[-1].seq if seen else 0, limit)
        seen += page
        if ended and not page:
            return seen
        await asyncio.sleep(0)


async def write(turns: random.Random, database: Database, town: Town, who: Principal, cases: list[int]) -> None:
    """Write in transactions of one or several commands; hold some of them open, and roll some of them back."""
    words = await town.casebook.catalogue.words(who.tenant_id)
    for turn in range(TURNS):
        try:
            async with database.transaction(who.tenant_id) as connection:
                chosen = sorted(turns.sample(cases, turns.choice((1, 1, 2, 3))))  # in order, so that nobody deadlocks
                for case in chosen:
                    command, number = turns.choice(
                        (
                            (c.Open(set={"subject": f"Turn {turn}"}), None),
                            (c.AddComment(text=f"Turn {turn}"), case),
                            (c.Edit(set={"subject": f"Turn {turn} {turns.random()}"}), case),
                            (c.Relate(other=chosen[-1], type=f"type{turns.randrange(20)}"), case),
                        )
                    )
                    await town.casebook.executor.within(connection, who, COMMAND_LINE, command, number, words=words)
                    if turns.random() < 0.3:
                        await asyncio.sleep(turns.random() * 0.03)
                if turns.random() < 0.2:
                    raise RolledBack  # noqa: TRY301 - only an exception ends a transaction so
        except (RolledBack, asyncpg.DeadlockDetectedError, Refusal):
            pass


@pytest.mark.parametrize("seed", range(4))
async def test_every_reader_sees_every_event_once_and_in_order(
    seed: int, society: Society, town: Town, elsewhere: Database
) -> None:
    who = await town.core.principal(society["alice"])
    turns = random.Random(seed)
    cases = [
        (await town.casebook.execute(who, COMMAND_LINE, c.Open(set={"subject": f"Case {n}"}))).case.number
        for n in range(CASES)
    ]
    done = asyncio.Event()
    readers = [
        asyncio.create_task(follow(feed, who, done, limit))
        for feed, limit in ((town.casebook.feed, 7), (Feed(town.casebook.database), 1000), (Feed(elsewhere), 100))
    ]
    writing = [
        write(random.Random(turns.random()), database, town, who, cases)
        for database in (town.casebook.database, elsewhere)
        for _ in range(WRITERS // 2)
    ]
    try:
        await asyncio.gather(*writing)
    finally:
        done.set()
        seen_by = await asyncio.gather(*readers)
    committed = await town.owner.fetch(
        "select seq, subject, version, n from events where tenant_id = $1 and subject_kind = 'case' order by seq",
        society.tenant_id,
    )
    for events in seen_by:
        seen = [(event.seq, event.subject, event.version, event.n) for event in events]
        assert seen == [tuple(row) for row in committed]
        latest: dict[int, int] = {}
        for _, subject, version, _ in seen:
            assert version >= latest.get(subject, 0)
            latest[subject] = version


@pytest.mark.parametrize("limit", [1, 100])
async def test_an_event_that_is_late_is_not_passed_over(
    limit: int, society: Society, town: Town, elsewhere: Database
) -> None:
    """The earlier place commits after the later one, and the later one while the reader is looking."""
    who = await town.core.principal(society["alice"])
    feed = Feed(town.casebook.database)
    cursor = await feed.settled()
    places: dict[str, int] = {}
    words = await town.casebook.catalogue.words(who.tenant_id)

    async def hold(name: str, ready: asyncio.Event, go: asyncio.Event) -> None:
        async with elsewhere.transaction(who.tenant_id) as connection:
            command = c.Open(set={"subject": name})
            outcome = await town.casebook.executor.within(connection, who, COMMAND_LINE, command, words=words)
            places[name] = outcome.case.number
            ready.set()
            await go.wait()

    gates = {name: (asyncio.Event(), asyncio.Event()) for name in ("early", "late")}
    holding = []
    for name, (ready, go) in gates.items():
        holding.append(asyncio.create_task(hold(name, ready, go)))
        await ready.wait()
    reading = asyncio.create_task(feed.settled())
    await asyncio.sleep(0.1)
    gates["late"][1].set()
    await holding[1]
    await asyncio.sleep(0.1)
    between = await feed.after(who, cursor, limit) if reading.done() else []
    gates["early"][1].set()
    await holding[0]
    await reading
    seen = list(between)
    while page := await feed.after(who, seen[-1].seq if seen else cursor, limit):
        seen += page
    assert [event.subject for event in seen] == [places["early"], places["late"]]


async def test_what_was_rolled_back_never_appears_and_holds_nothing_up(society: Society, town: Town) -> None:
    who = await town.core.principal(society["alice"])
    cursor = await town.casebook.feed.settled()
    words = await town.casebook.catalogue.words(who.tenant_id)
    with pytest.raises(RolledBack):
        async with town.casebook.database.transaction(who.tenant_id) as connection:
            command = c.Open(set={"subject": "Never"})
            await town.casebook.executor.within(connection, who, COMMAND_LINE, command, words=words)
            raise RolledBack
    kept = await town.casebook.execute(who, COMMAND_LINE, c.Open(set={"subject": "Kept"}))
    assert [event.subject for event in await town.casebook.feed.after(who, cursor)] == [kept.case.number]
