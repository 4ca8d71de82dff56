"""Law 12: whoever turns the pages of a door sees every case exactly once, while no listed row changes its sort key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from casework.casebook.reading import Query
from casework.domain import commands as c
from casework.domain.case import Stage
from casework.store.lists.listing import SORTS
from laws.society import PLAIN, Society, found, unique
from laws.steps import bounded
from laws.town import Town

CASES = 23
SUBJECTS = ["Same", "same", "", "Zoë", "a" * 300, "a" * 300 + "b", "10", "9", "_", "%"]


@pytest.fixture(scope="module")
async def society(server: Any, town: Town) -> AsyncIterator[Society]:
    """A tenant with cases that share sort keys; rita watches every second of them."""
    society = found(server, PLAIN, unique("pages"))
    desk = town.desk(society)
    stages = list(Stage)
    for n in range(CASES):
        watchers = (society["rita"].number,) if n % 2 else ()
        members = {"subject": SUBJECTS[n % len(SUBJECTS)], "rank": n % 3 + 1, "stage": stages[n % len(stages)]}
        await desk.open(society["alice"], **members, watchers=watchers)
    await desk.give(society["alice"], c.Delete(), desk.cases[0])
    yield society


@bounded(12)
@given(size=st.integers(1, CASES + 2), name=st.sampled_from(["alice", "rita", "carl"]))
async def test_every_case_is_on_exactly_one_page(size: int, name: str, society: Society, town: Town) -> None:
    person = society[name]
    for door in town.doors:
        pages = await door.list(person, size)
        assert len(pages) == len(set(pages)) == await door.count(person), door.name
        assert pages == await door.list(person, 100), door.name


KEYS: dict[str, Callable[[Any], Any]] = {
    "number": lambda row: row["number"],
    "subject": lambda row: (row["subject"][:200].lower().encode(), row["number"]),
    "rank": lambda row: (row["rank"], row["number"]),
    "touched_at": lambda row: (row["touched_at"], row["number"]),
    "created_at": lambda row: (row["created_at"], row["number"]),
    "created_at, uid": lambda row: (row["created_at"], row["uid"].bytes),
    "uid": lambda row: row["uid"].bytes,
    "updated_at": lambda row: (row["updated_at"], row["number"]),
}
QUERIES = st.builds(
    Query,
    stages=st.sets(st.sampled_from(list(Stage)), max_size=3).map(lambda stages: tuple(sorted(stages))),
    search=st.sampled_from(["", "", "same", "cs0"]),
    sort=st.sampled_from([*KEYS, *sorted(SORTS)]),
    descending=st.booleans(),
    limit=st.integers(1, 7),
)


@bounded(40)
@given(query=QUERIES, name=st.sampled_from(["alice", "rita"]))
async def test_pages_of_every_order_and_filter_join_up(query: Query, name: str, society: Society, town: Town) -> None:
    who = await town.core.principal(society[name])
    whole = await town.casebook.read.page(who, replace(query, limit=100))
    numbers = [row["number"] for row in whole.rows]
    assert len(numbers) == len(set(numbers)) == whole.total
    if query.sort in KEYS:  # the others go by names of what is referred to
        assert list(whole.rows) == sorted(whole.rows, key=KEYS[query.sort], reverse=query.descending)
    assert {row["stage"] for row in whole.rows} <= set(query.stages or Stage)
    turned: list[int] = []
    for offset in range(0, len(numbers) + query.limit, query.limit):
        page = await town.casebook.read.page(who, replace(query, offset=offset))
        assert page.total == whole.total
        turned += [row["number"] for row in page.rows]
    assert turned == numbers


@pytest.mark.parametrize("size", [1, 4])
async def test_writers_elsewhere_disturb_no_reader(size: int, society: Society, town: Town) -> None:
    """Cases that the reader does not see are opened, changed and deleted while the pages are turned."""
    rita = society["rita"]
    desk = town.desk(society)
    expected = set(await town.core.list(rita))
    stop = asyncio.Event()

    async def write() -> None:
        while not stop.is_set():
            case = await desk.open(society["alice"], subject="Elsewhere")
            await desk.give(society["alice"], c.AddComment(text="More"), case.number)
            await desk.give(society["alice"], c.Delete(), case.number)

    writing = asyncio.create_task(write())
    for door in town.doors:
        pages = await door.list(rita, size)
        assert len(pages) == len(set(pages)), door.name
        assert set(pages) == expected, door.name
    stop.set()
    await writing


async def test_changes_that_touch_no_sort_key_disturb_no_reader(society: Society, town: Town) -> None:
    """Sorted by number, oldest first: comments come, and new cases stand behind all that are there."""
    desk = town.desk(society)
    alice = await town.core.principal(society["alice"])
    there = await town.core.list(society["alice"])
    stop = asyncio.Event()

    async def write() -> None:
        turn = 0
        while not stop.is_set():
            await desk.give(society["alice"], c.AddComment(text="More"), there[turn % len(there)])
            await desk.open(society["alice"], subject="New")
            turn += 1

    writing = asyncio.create_task(write())
    turned: list[int] = []
    while set(there) - set(turned) and len(turned) < 500:
        query = Query(sort="number", descending=False, offset=len(turned), limit=3)
        page = await town.casebook.read.page(alice, query, ("number",))
        turned += [row["number"] for row in page.rows]
    stop.set()
    await writing
    assert len(turned) == len(set(turned))
    assert set(there) <= set(turned)
    for number in desk.cases:
        await desk.give(society["alice"], c.Delete(), number)
