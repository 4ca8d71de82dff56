"""Rules that need the store: what commands name, relations from both sides, very long search texts, the feed."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from casework.casebook.reading import Query
from casework.domain import commands as c
from casework.domain.access import Reach
from casework.domain.case import Audience, Stage
from casework.domain.doors import COMMAND_LINE
from casework.domain.refusals import Invalid, NotFound
from casework.store.upkeep.counters import roll_up

from .conftest import Ground, number, somebody


async def do(ground: Ground, command: c.Command, case: int | None = None) -> Any:
    return await ground.casebook.execute(await somebody(ground), COMMAND_LINE, command, case)


async def opened(ground: Ground, **members: Any) -> int:
    outcome = await do(ground, c.Open(set={"subject": "x", **members}))
    return int(outcome.case.number)


async def test_a_command_names_only_what_exists(ground: Ground) -> None:
    await ground.tenant(users=[{"key": "bob"}], teams=[{"key": "t"}], persons=[{"key": "p"}])
    bob, team, person = [await number(ground, *named) for named in (("users", "bob"), ("teams", "t"), ("persons", "p"))]
    case = await opened(ground, owner=bob, team=team, requester=person)
    before = await ground.events()
    for command in (
        c.Open(set={"owner": team}),
        c.Open(set={"requester": 99_999}),
        c.Assign(set={"owner": person}),
        c.Assign(set={"teams": (team, bob)}),
        c.Edit(set={"organization": person}),
        c.Watch(users=(bob, 99_999)),
        c.Escalate(user=team),
        c.Associate(object=bob),
        c.Grant(acl={str(person): "r"}),
    ):
        with pytest.raises(Invalid):
            await do(ground, command, None if isinstance(command, c.Open) else case)
    assert await ground.events() == before
    await do(ground, c.Grant(acl={str(bob): "r", str(team): "rw"}), case)


async def test_what_has_gone_may_stay_named(ground: Ground) -> None:
    await ground.tenant(users=[{"key": "bob"}])
    bob = await number(ground, "users", "bob")
    case = await opened(ground, owner=bob)
    await ground.fetch("update users set deleted_at = now() where number = $1 returning 1", bob)
    await do(ground, c.Assign(set={"owner": bob}), case)
    await do(ground, c.Edit(set={"subject": "y"}), case)
    with pytest.raises(Invalid):
        await opened(ground, owner=bob)


async def test_a_relation_ends_from_either_side(ground: Ground) -> None:
    await ground.tenant()
    one, other, third = [await opened(ground) for _ in range(3)]
    relation = (await do(ground, c.Relate(other=other), one)).child()
    with pytest.raises(NotFound):
        await do(ground, c.Unrelate(relation=relation.uid), third)
    outcome = await do(ground, c.Unrelate(relation=relation.uid), other)
    assert (outcome.case.number, outcome.case.version) == (other, 1)
    assert outcome.child().deleted_at is not None
    kinds = await ground.fetch(
        "select kind from events where subject_kind = 'case' and subject = $1 order by version", one
    )
    assert [row[0] for row in kinds] == ["opened", "related", "unrelated"]
    with pytest.raises(NotFound):
        await do(ground, c.Unrelate(relation=relation.uid), one)
    await do(ground, c.Unrelate(relation=(await do(ground, c.Relate(other=one), other)).child().uid), other)


async def test_very_long_texts_stop_nobody_from_writing(ground: Ground) -> None:
    await ground.tenant()
    case = await opened(ground)
    for turn in range(14):
        text = " ".join(f"w{turn}x{n:05}" for n in range(10_000))
        await do(ground, c.AddComment(text=text, audience=Audience.PUBLIC), case)
    await do(ground, c.Edit(set={"subject": "still here"}), case)  # makes the search text anew
    assert await ground.value("select length(words) > 10000 from case_search where case_number = $1", case)
    page = await ground.casebook.read.page(await somebody(ground), Query(search="w0x00007"))
    assert [row["number"] for row in page.rows] == [case]


async def test_the_feed_shows_what_is_settled_without_waiting_for_writers(ground: Ground) -> None:
    await ground.tenant()
    who = await somebody(ground)
    await opened(ground)
    feed = ground.casebook.feed
    first = await feed.after(who, 0)
    assert first
    async with ground.database.system() as connection:  # a writer who takes its time
        await connection.fetchval("select casework_next_seq()")
        await opened(ground)
        assert await asyncio.wait_for(feed.after(who, 0, limit=1), 2) == first[:1]
    behind = await feed.after(who, first[-1].seq)
    assert [event.kind for event in behind] == ["opened"]


async def test_totals_of_departments_are_exact(ground: Ground) -> None:
    await ground.tenant(departments=[{"key": "a"}, {"key": "b"}], users=[{"key": "ann", "department": "a"}])
    a, b = [await number(ground, "departments", key) for key in ("a", "b")]
    ann = await number(ground, "users", "ann")
    who = msgspec.structs.replace(
        await somebody(ground), user=ann, subjects=(ann,), read=Reach.DEPARTMENTS, departments=(a,), home=a
    )

    async def total(**query: Any) -> int:
        page = await ground.casebook.read.page(who, Query(**query))
        assert len(page.rows) == page.total
        return page.total

    near, far, free = await opened(ground, department=a), await opened(ground, department=b), await opened(ground)
    assert await total() == 2
    await do(ground, c.Watch(users=(ann,)), far)
    await do(ground, c.Watch(users=(ann,)), near)
    assert await total() == 3
    await do(ground, c.SetStatus(stage=Stage.CLOSED), far)
    assert (await total(stages=(Stage.NEW,)), await total(stages=(Stage.CLOSED,))) == (2, 1)
    await do(ground, c.Edit(set={"department": b}), free)
    assert await total() == 2
    await do(ground, c.Delete(), near)
    assert await total() == 1
    async with ground.database.system() as connection:
        await roll_up(connection)
    assert await total() == 1
