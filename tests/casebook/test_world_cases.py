"""Applying cases: history as it was, everything on them, and later only what the file changed."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from casework.casebook.executing import Executor
from casework.domain.case import Stage
from casework.domain.events import blank, fold
from casework.domain.refusals import Invalid
from casework.store import events
from casework.store.events import event_of

from .conftest import Ground, at, case, number, on, somebody

HERE = Path(__file__).parent
RICH = HERE / "rich.yaml"
CAST = HERE.parent / "cast.yaml"
TICK = timedelta(milliseconds=1)


async def test_history_is_as_the_file_tells_it(ground: Ground) -> None:
    await ground.apply(RICH)
    first = await case(ground, "first")
    assert first.created_at == first.opened_at == at("2024-01-15T10:00:00")
    assert first.created_by == await number(ground, "users", "carol")
    assert first.updated_at == at("2024-01-17T09:00:00.500")
    assert first.revision == 1
    assert first.touched_at is not None
    assert first.touched_at >= at("2024-01-18T10:00:00")
    assert first.created_via == "world"
    comments = await on(ground, "comments", first)
    users = {key: await number(ground, "users", key) for key in ("alice", "bob", "carol", "system")}
    assert [(row["text"], row["created_by"], row["audience"], row["created_at"]) for row in comments] == [
        ("Hello", users["alice"], "public", at("2024-01-16T10:00:00")),
        ("Thank you", users["carol"], "public", at("2024-01-16T10:00:00") + TICK),
        ("Between us", users["bob"], "internal", at("2024-01-16T10:00:00") + 2 * TICK),
        ("From the system", users["system"], "internal", at("2024-01-18T10:00:00")),
    ]


async def test_everything_on_a_case_is_there(ground: Ground) -> None:
    done = await ground.apply(RICH)
    ids = {kind: {key.removeprefix("acme/"): i.number for key, i in rows.items()} for kind, rows in done.ids.items()}
    first = await case(ground, "first")
    people = ids["persons"]
    assert (first.owner, first.assignees) == (ids["users"]["alice"], (ids["users"]["bob"],))
    assert (first.team, first.teams) == (ids["teams"]["escalations"], (ids["teams"]["night"],))
    assert (first.requester, first.impacted, first.borrowers) == (
        people["b1"],
        people["carol-as-person"],
        (people["b1"],),
    )
    assert first.contacts == (people["b2"], people["alice"])
    assert (first.organization, first.department) == (ids["organizations"]["acme-corp"], ids["departments"]["billing"])
    assert (first.type, first.source) == (ids["case_types"]["complaint"], ids["sources"]["web"])
    assert (first.service, first.priority, first.rank) == (ids["services"]["lists"], ids["priorities"]["p1"], 1)
    assert (first.stage, first.status) == (Stage.OPEN, ids["statuses"]["it/open"])
    assert (first.external_id, first.category, first.solution) == (
        "kit-case-1",
        "technical",
        "Turn it off and on again",
    )
    assert first.description == "The page says: “no”.\r\n\tTwice."
    assert first.fields == {"region": "north", "tags": ["a", "b"], "since": "2024-01-01"}
    assert first.extra == {"peach": {"courtCaseChapter": "chapter13"}}
    assert first.watchers == (ids["users"]["bob"], ids["users"]["carol"])
    assert str(first.snoozed_until) == "2026-12-01"
    assert (first.rating, first.rating_comment) == (4, "Nearly")
    assert (first.escalated_team, first.escalation_urgent) == (ids["teams"]["escalations"], True)
    assert first.acl == {
        str(ids["users"]["bob"]): "r",
        str(ids["roles"]["triage"]): "rw",
        str(ids["roles"]["agent"]): "rr",
        str(ids["users"]["agent"]): "xrwd",
    }
    assert [(r["name"], r["url"]) for r in await on(ground, "links", first)] == [
        ("Runbook", "https://x.example"),
        ("", "https://y.example"),
    ]
    others = {(r["other"], r["type"]) for r in await on(ground, "relations", first)}
    assert others == {(ids["cases"]["second"], "relates_to"), (ids["cases"]["third"], "duplicates")}
    objects = {r["object"] for r in await on(ground, "associations", first)}
    assert objects == {ids["objects"]["loan1"], ids["objects"]["call1"]}
    (call,) = await on(ground, "escalations", first)
    assert (call["team"], call["note"], call["urgent"]) == (ids["teams"]["escalations"], "Please hurry", True)
    files = {r["name"]: r for r in await on(ground, "files", first)}
    assert (files["log.txt"]["content_type"], files["log.txt"]["audience"]) == ("text/plain", "internal")
    assert files["odd"]["created_by"] == ids["users"]["bob"]
    content = b"".join([chunk async for chunk in ground.blobs.open(files["beside.bin"]["digest"])])
    assert content == (HERE / "beside.bin").read_bytes()


async def test_a_done_case_was_done_when_it_was_last_updated(ground: Ground) -> None:
    await ground.apply(RICH)
    second, third = await case(ground, "second"), await case(ground, "third")
    assert second.closed_on == second.resolved_at == second.updated_at == at("2024-02-03T00:00:00")
    assert (second.close_note, second.resolution, second.outcome) == ("not our machine", "Told them", "denied")
    assert second.close_reason == await number(ground, "close_reasons", "std/not-ours")
    assert second.close_reason_group == await number(ground, "close_reason_groups", "std")
    assert second.department is None
    assert (third.stage, third.closed_on) == (Stage.CLOSED, at("2024-03-05T00:00:00"))


async def test_relations_leave_the_last_update_as_it_was(ground: Ground) -> None:
    edges = {"created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-02T00:00:00Z"}
    late = {"created_at": "2025-01-01T00:00:00Z", "relations": [{"to": "c", "type": "blocks"}]}
    first = {"key": "c", "relations": [{"to": "d"}, {"to": "e"}], **edges}
    await ground.tenant(cases=[first, {"key": "d", **edges}, {"key": "e", **late}])
    for key in ("c", "d"):
        one = await case(ground, key)
        assert one.updated_at == at("2024-01-02T00:00:00")
        assert one.revision == 1
    assert len(await on(ground, "relations", await case(ground))) == 2
    assert len(await on(ground, "relations", await case(ground, "e"))) == 1


async def test_a_customers_comment_does_not_move_the_stage_of_the_file(ground: Ground) -> None:
    await ground.apply(RICH)
    sixth = await case(ground, "sixth")
    assert sixth.stage is Stage.WAITING
    assert [row["audience"] for row in await on(ground, "comments", sixth)] == ["public"]


async def test_a_case_begins_before_the_first_thing_that_has_a_date(ground: Ground) -> None:
    await ground.apply(RICH)
    fifth = await case(ground, "fifth")
    (comment,) = await on(ground, "comments", fifth)
    assert comment["created_at"] == at("2020-05-05T05:05:05")
    assert fifth.created_at is not None
    assert timedelta() < comment["created_at"] - fifth.created_at < timedelta(seconds=1)
    fourth = await case(ground, "fourth")
    assert fourth.created_at is not None
    assert datetime.now(UTC) - fourth.created_at < timedelta(minutes=5)


async def test_folding_the_events_gives_the_rows(ground: Ground) -> None:
    await ground.apply(RICH)
    principal = await somebody(ground)
    for key in ("first", "second", "third", "fourth", "fifth", "sixth"):
        row = await case(ground, key)
        async with ground.database.tenant(1) as connection:
            history = await events.history(connection, 1, "case", row.number)
        folded = fold(blank(1, row.number, row.uid), [(event_of(e), e.envelope) for e in history])
        differing = [n for n in row.__struct_fields__ if n != "hash" and getattr(folded, n) != getattr(row, n)]
        assert differing == []
        assert history[-1].hash == row.hash
        assert principal.user in {e.actor for e in history} or key in {"fourth", "sixth"}


# ---- interruptions, company, speed


@pytest.mark.parametrize("fail_at", [1, 3, 14, 19, 28, 29])
async def test_an_interrupted_apply_can_be_repeated(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, fail_at: int
) -> None:
    within, count = Executor.within, 0

    async def sometimes(self: Executor, *given: Any, **more: Any) -> Any:
        nonlocal count
        count += 1
        if count == fail_at:
            raise asyncpg.ConnectionDoesNotExistError
        return await within(self, *given, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Executor, "within", sometimes)
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            await ground.apply(RICH)
    again = await ground.apply(RICH)
    assert set(again.secrets) == {"acme/app", "acme/made"}
    assert (await ground.apply(RICH)).changes == []
    assert await ground.value("select count(*) from cases where tenant_id = 1") == 6
    first, second = await case(ground, "first"), await case(ground, "second")
    assert len(await on(ground, "comments", first)) == 4
    assert len(await on(ground, "relations", first)) + len(await on(ground, "relations", second)) == 3
    assert first.updated_at == at("2024-01-17T09:00:00.500")


@pytest.mark.parametrize("exists", [True, False])
async def test_two_applies_at_once_make_everything_once(ground: Ground, exists: bool) -> None:
    if exists:
        await ground.tenant()
    document: dict[str, Any] = {
        "users": [{"key": f"u{i}"} for i in range(5)],
        "cases": [{"key": f"c{i}", "comments": [{"text": "x"}]} for i in range(5)],
    }
    other = Ground(ground.dsn, ground.database)
    results = await asyncio.gather(ground.tenant(**document), other.tenant(**document), return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    assert all(isinstance(failure, Invalid) and "just now" in str(failure) for failure in failures)
    await ground.tenant(**document)
    assert await ground.value("select count(*) from users") == 6
    assert await ground.value("select count(*) from cases") == 5
    assert await ground.value("select count(*) from comments") == 5


async def test_two_hundred_cases_take_a_few_seconds(ground: Ground) -> None:
    people = [{"key": f"u{i}", "roles": ["agent"]} for i in range(10)]
    many = [
        {
            "key": f"c{i}",
            "subject": f"Case {i}",
            "description": "words " * 50,
            "created_at": "2024-01-01T00:00:00Z",
            "updated_at": "2024-02-01T00:00:00Z",
            "assignees": [f"u{i % 10}"],
            "comments": [
                {"by": f"u{j}", "text": f"comment {j}", "at": f"2024-01-0{j + 2}T00:00:00Z"} for j in range(3)
            ],
            "relations": [{"to": f"c{(i + 7) % 200}"}],
        }
        for i in range(200)
    ]
    told: list[str] = []
    start = time.monotonic()
    document = {"tenants": [{"key": "acme", "users": people, "cases": many}]}
    done = await ground.apply(document, progress=told.append)
    assert time.monotonic() - start < 20
    assert [text for text in told if "cases" in text] == ["acme: 100 of 200 cases", "acme: 200 of 200 cases"]
    assert len(done.ids["cases"]) == 200
    start = time.monotonic()
    assert (await ground.apply(document)).changes == []
    assert time.monotonic() - start < 5
