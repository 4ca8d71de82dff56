"""Law 4: a command with events is one version, its counters and stamps move as DOMAIN §4 says; others move nothing."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain import commands as c
from casework.domain.case import Audience, Stage
from casework.domain.commands import Expectation
from casework.domain.doors import COMMAND_LINE
from casework.domain.refusals import Refusal, Stale
from laws.doors import Person
from laws.rows import Stored
from laws.society import Society
from laws.steps import CORE_ACTS, DOOR_ACTS, Step, bounded, steps
from laws.town import Town

REVISING = {"edited", "status_changed", "assigned", "rated"}
WRITERS = 8


def check_change(before: Stored, after: Stored) -> int:
    """Compare a case before and after, and return how many commands have changed it: one version each."""
    new = after.events[len(before.events) :]
    assert after.events[: len(before.events)] == before.events
    if not new:
        assert after == before
        return 0
    old, row = before.row, after.row
    commands = [list(events) for _, events in itertools.groupby(new, key=lambda event: event.version)]
    assert [events[0].version for events in commands] == list(range(old.version + 1, row.version + 1))
    revision, stamps = old.revision, [(old.touched_at, old.touched_by)]
    updated, moved = (old.updated_at, old.updated_by), (old.status_at, old.status_by)
    for events in commands:
        assert [event.n for event in events] == list(range(len(events)))
        ((at, actor),) = {(event.at, event.actor) for event in events}
        assert at > stamps[-1][0]
        assert at.microsecond % 1000 == 0
        stamps.append((at, actor))
        if REVISING & {event.kind for event in events}:
            revision, updated = revision + 1, (at, actor)
        if {"stage", "status"} & {name for event in events for name in msgspec.json.decode(event.data).get("set", ())}:
            moved = (at, actor)
    assert (row.touched_at, row.touched_by) == stamps[-1]
    assert (row.revision, (row.updated_at, row.updated_by)) == (revision, updated)
    assert (row.status_at, row.status_by) == moved
    check_things(before, after, [msgspec.json.decode(event.data).get("child") for event in new])
    return len(commands)


def check_things(before: Stored, after: Stored, touched: list[str | None]) -> None:
    """Compare what hangs on a case before and after events about these things."""
    for uid, child in after.children.items():
        was = before.children.get(uid)
        if str(uid) not in touched:
            assert child == was
            continue
        assert child.revision == (was.revision if was else -1) + touched.count(str(uid))
        event = next(event for event in reversed(after.events) if str(uid) in event.data)
        stamps = (child.updated_at, child.updated_by) if child.revision else (child.created_at, child.created_by)
        assert stamps == (event.at, event.actor)


@bounded(10)
@given(work=st.lists(steps(*DOOR_ACTS[1:], *CORE_ACTS), min_size=15, max_size=25))
async def test_a_command_moves_one_case_by_one_version_or_nothing_at_all(
    work: list[Step], plain: Society, town: Town
) -> None:
    desk = town.desk(plain)
    for subject in ("One", "Two"):
        await desk.open(plain["alice"], subject=subject)
    before = [await town.stored(plain, number) for number in desk.cases]
    for step in work:
        done = await desk.take(step)
        after = [await town.stored(plain, number) for number in desk.cases]
        changed = [number for number, was, now in zip(desk.cases, before, after, strict=True) if was != now]
        assert len(changed) <= 1
        if done is False or (done is not True and not done.events):
            assert changed == []
        commands = sum(check_change(was, now) for was, now in zip(before, after, strict=True))
        assert commands <= 1 or done is True, "a door may carry out several at once, the core does not"
        before = after


ECHOES = ("edit", "status", "assign", "watch", "unwatch", "rate", "grant", "wake", "relate", "associate")


@bounded(20)
@given(work=st.lists(steps(*ECHOES), min_size=8, max_size=12))
async def test_asking_for_what_is_so_already_changes_nothing(work: list[Step], plain: Society, town: Town) -> None:
    desk = town.desk(plain)
    for subject in ("One", "Two"):
        await desk.open(plain["alice"], subject=subject)
    for step in work:
        if step.act == "watch":
            command: c.Command = c.Watch(users=(plain["bob"].number,))
        else:
            command = desk.command(step, desk.cases[0])
        if isinstance(command, c.Edit):
            command = msgspec.structs.replace(command, always=False)
        if isinstance(command, c.SetStatus):
            command = msgspec.structs.replace(command, comment=None)
        try:
            first = await desk.give(plain["alice"], command, desk.cases[0])
        except Refusal:
            continue
        if first.case.reopened:  # writing an active stage ends that, by DOMAIN §2
            continue
        again = await desk.give(plain["alice"], command, desk.cases[0])
        assert again.events == []
        assert again.case == first.case


async def race(town: Town, person: Person, number: int, commands: list[c.Command]) -> list[Any]:
    """Carry commands out at once; return an outcome or `Stale` for each."""
    who = await town.core.principal(person)
    execute = town.casebook.execute
    return await asyncio.gather(
        *(execute(who, COMMAND_LINE, command, number) for command in commands), return_exceptions=True
    )


@pytest.mark.parametrize("counter", ["version", "revision", "updated_at"])
@pytest.mark.parametrize("kind", ["edit", "status", "assign"])
async def test_of_writers_with_the_same_expectation_exactly_one_wins(
    counter: str, kind: str, plain: Society, town: Town
) -> None:
    case = await town.desk(plain).open(plain["alice"], subject="Race")
    users = [person.number for person in plain.people.values()]
    stages = [stage for stage in Stage if stage is not Stage.NEW]
    expect = Expectation(counter, getattr(case, counter))
    commands: dict[str, list[c.Command]] = {
        "edit": [c.Edit(set={"subject": f"Writer {n}"}, expect=expect) for n in range(WRITERS)],
        "status": [c.SetStatus(stage=stages[n % 6], expect=expect) for n in range(WRITERS)],
        "assign": [c.Assign(set={"owner": users[n % len(users)]}, expect=expect) for n in range(WRITERS)],
    }
    ends = await race(town, plain["alice"], case.number, commands[kind])
    winners = [end for end in ends if not isinstance(end, BaseException)]
    assert len(winners) == 1
    assert [type(end) for end in ends if isinstance(end, BaseException)] == [Stale] * (WRITERS - 1)
    stored = await town.stored(plain, case.number)
    assert stored.row == winners[0].case
    assert stored.row.version == case.version + 1


async def test_of_writers_who_expect_the_same_comment_exactly_one_wins(plain: Society, town: Town) -> None:
    desk = town.desk(plain)
    case = await desk.open(plain["alice"], subject="Race")
    comment = (await desk.give(plain["alice"], c.AddComment(text="First"), case.number)).child()
    commands: list[c.Command] = [
        c.EditComment(comment=comment.uid, set={"text": f"Writer {n}"}, expect=Expectation("revision", 0, "thing"))
        for n in range(WRITERS)
    ]
    ends = await race(town, plain["alice"], case.number, commands)
    assert sum(not isinstance(end, BaseException) for end in ends) == 1
    stored = await town.stored(plain, case.number)
    assert stored.children[comment.uid].revision == 1
    assert stored.row.version == 3


async def test_writers_without_expectations_all_win_one_after_the_other(plain: Society, town: Town) -> None:
    case = await town.desk(plain).open(plain["alice"], subject="Race")
    ends = await race(town, plain["alice"], case.number, [c.AddComment(text=f"{n}") for n in range(WRITERS)])
    assert sorted(end.case.version for end in ends) == list(range(2, WRITERS + 2))
    stored = await town.stored(plain, case.number)
    stamps = [event.at for event in stored.events]
    assert stamps == sorted(set(stamps)), "stamps move strictly forward"
    assert all(later - earlier >= timedelta(milliseconds=1) for earlier, later in itertools.pairwise(stamps))


@pytest.mark.parametrize("act", ["edit_comment", "associate"])
async def test_an_expectation_on_the_case_holds_for_commands_about_what_hangs_on_it(
    act: str, plain: Society, town: Town
) -> None:
    desk = town.desk(plain)
    case = await desk.open(plain["alice"], subject="Expectations")
    comment = (await desk.give(plain["alice"], c.AddComment(text="First"), case.number)).child()
    loan = plain.names["objects"]["loan"]
    await desk.give(plain["alice"], c.Associate(object=loan), case.number)
    commands: dict[str, c.Command] = {
        "edit_comment": c.EditComment(comment=comment.uid, set={"audience": Audience.PUBLIC}),
        "associate": c.Associate(object=loan),
    }
    for version in (2, 3):
        command = msgspec.structs.replace(commands[act], expect=Expectation("version", version))
        if version == 3:
            await desk.give(plain["alice"], command, case.number)
        else:
            with pytest.raises(Stale):
                await desk.give(plain["alice"], command, case.number)
