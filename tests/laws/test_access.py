"""Law 5: what is in the list is what can be got, found, read in the feed, and counted; through every door alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.auth.cache import STALENESS
from casework.casebook import now
from casework.casebook.registry import Registry
from casework.domain import commands as c
from casework.domain.access import may_read
from casework.domain.case import Case
from casework.domain.nouns import Team
from casework.store import nouns
from laws.doors import Person
from laws.society import DIVIDED, PLAIN, Society, found, unique
from laws.steps import bounded
from laws.town import Desk, Town

FATES = ("stays", "stays", "deleted", "restored", "let go")


@dataclass(frozen=True)
class Ties:
    """What ties people to a case; names are keys, and None is nobody."""

    creator: str
    owner: str | None
    assignee: str | None
    team: str | None
    further: str | None
    department: str | None
    watcher: str | None
    listed: str | None
    letters: str
    fate: str


def ties(members: dict[str, Any]) -> st.SearchStrategy[Ties]:
    """Return the strategy of ties in a tenant of this kind."""
    users = [user["key"] for user in members["users"]]
    somebody = st.none() | st.sampled_from(users)
    teams = st.none() | st.sampled_from([team["key"] for team in members["teams"]])
    return st.builds(
        Ties,
        creator=st.sampled_from([key for key in users if key not in {"vera", "otto", "greta"}]),
        owner=somebody,
        assignee=somebody,
        team=teams,
        further=teams,
        department=st.none() | st.sampled_from([d["key"] for d in members.get("departments", ())] or [None]),
        watcher=somebody,
        listed=somebody | st.just("granted"),
        letters=st.sampled_from(["r", "rw", "w", "rrwwdd"]),
        fate=st.sampled_from(FATES),
    )


async def place(desk: Desk, wanted: Ties, subject: str) -> int:
    """Open a case with these ties and return its number."""
    society, names = desk.society, desk.society.names
    case = await desk.open(society[wanted.creator], subject=subject)

    def numbers(*keys: str | None) -> tuple[int, ...]:
        return tuple(society[key].number for key in keys if key)

    teams = names["teams"]
    alice = society["alice"]
    owner, team = numbers(wanted.owner), wanted.team and teams[wanted.team]
    further = (teams[wanted.further],) if wanted.further else ()
    assignment = {"owner": owner[0] if owner else None, "team": team, "assignees": numbers(wanted.assignee)}
    work: list[c.Command] = [
        c.Assign(set={**assignment, "teams": further}),
        c.Edit(set={"department": names["departments"][wanted.department] if wanted.department else None}),
        c.Watch(users=numbers(wanted.watcher)),
    ]
    if wanted.listed:
        number = names["roles"]["granted"] if wanted.listed == "granted" else society[wanted.listed].number
        work.append(c.Grant(acl={str(number): wanted.letters}))
    if wanted.fate == "let go":
        work += [c.Assign(set={"owner": None, "team": None, "assignees": (), "teams": ()}), c.Grant(acl={})]
        work.append(c.Unwatch(users=numbers(wanted.watcher)))
    if wanted.fate in {"deleted", "restored"}:
        work.append(c.Delete())
    if wanted.fate == "restored":
        work.append(c.Restore())
    for command in work:
        await desk.give(alice, command, case.number)
    return case.number


@dataclass
class Setting:
    """A tenant of a test's own and the doors to it."""

    society: Society
    town: Town

    async def agree(self, people: Iterable[Person], numbers: list[int], word: str, cursor: int) -> None:
        """Ask every door every question about these cases, which alone have `word` in their subjects."""
        rows = [(await self.town.stored(self.society, number)).row for number in numbers]
        await asyncio.gather(*(self._agree(person, rows, word, cursor) for person in people))

    async def _agree(self, person: Person, rows: list[Case], word: str, cursor: int) -> None:
        principal = await self.town.core.principal(person)
        numbers = [row.number for row in rows]
        expected = {row.number for row in rows if may_read(principal, row).allowed}
        fed = await self.town.core.feed(person, cursor)
        assert {event.subject for event in fed} == expected, f"{person}: feed"
        for door in self.town.doors:
            shown = expected if door.serves(person) else set()
            listed = await door.list(person)
            assert len(listed) == len(set(listed)), f"{person} at {door.name}: twice in the list"
            assert await door.count(person) == len(listed), f"{person} at {door.name}: counted"
            assert set(listed) & set(numbers) == shown, f"{person} at {door.name}: listed"
            hits = shown if door.can("search") else set()
            assert set(await door.search(person, word)) == hits, f"{person} at {door.name}: searched"
            got = {number for number in numbers if await door.get(person, number) is not None}
            assert got == shown, f"{person} at {door.name}: got"


@pytest.fixture(scope="module", params=["plain", "divided"])
async def setting(request: Any, server: Any, town: Town) -> AsyncIterator[Setting]:
    members = {"plain": PLAIN, "divided": DIVIDED}[request.param]
    yield Setting(found(server, members, unique(f"access-{request.param}")), town)


@bounded(6)
@given(data=st.data())
async def test_all_doors_agree_about_who_sees_what(data: Any, setting: Setting) -> None:
    members = DIVIDED if setting.society.names["departments"] else PLAIN
    wanted = data.draw(st.lists(ties(members), min_size=6, max_size=6))
    cursor = await setting.town.casebook.feed.settled()
    desk, word = setting.town.desk(setting.society), unique("word").replace("-", "")
    numbers = [await place(desk, tie, f"Case {word} {n}") for n, tie in enumerate(wanted)]
    await setting.agree(setting.society.people.values(), numbers, word, cursor)


async def test_access_follows_membership(setting: Setting) -> None:
    society, word = setting.society, unique("word").replace("-", "")
    cursor = await setting.town.casebook.feed.settled()
    desk = setting.town.desk(society)
    case = await desk.open(society["alice"], subject=word, team=society.names["teams"]["desk"])
    rita, ron = society["rita"], society["ron"]

    async def members(*people: Person) -> None:
        system = await setting.town.core.principal(society["alice"])
        registry = Registry(now, system.user, "law")
        async with setting.town.casebook.database.transaction(society.tenant_id) as connection:
            (team,) = await nouns.find(connection, society.tenant_id, Team, "number", [society.names["teams"]["desk"]])
            await registry.change(connection, team, members=tuple(person.number for person in people))
        await asyncio.sleep(STALENESS + 0.05)  # docs/decisions/0009

    for inside, outside in ((ron, rita), (rita, ron)):
        await members(inside)
        await setting.agree((inside, outside), [case.number], word, cursor)
        for door in setting.town.doors:
            assert await door.get(inside, case.number) or not door.serves(inside)
            assert await door.get(outside, case.number) is None
