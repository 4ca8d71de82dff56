"""Law 7: no internal comment or file is ever in what a customer is told, nor in what a public door tells anybody."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain import commands as c
from casework.domain.case import Audience
from casework.domain.doors import COMMAND_LINE, IBM_DOOR
from casework.domain.refusals import NotFound
from laws.doors import Person
from laws.society import PLAIN, Society, found, unique
from laws.steps import bounded
from laws.town import Desk, Town

PUBLIC, INTERNAL = Audience.PUBLIC, Audience.INTERNAL
WORDS = itertools.count()


@dataclass(frozen=True)
class Talk:
    """Something that is said, changed or taken away; `what` chooses what it is about."""

    act: str
    who: str
    audience: Audience
    what: int


TALKS = st.builds(
    Talk,
    act=st.sampled_from(
        ["comment", "comment", "attach", "reword", "audience", "remove", "detach", "solve", "customer"]
    ),
    who=st.sampled_from(["alice", "bob", "sid"]),
    audience=st.sampled_from([PUBLIC, INTERNAL, INTERNAL]),
    what=st.integers(0, 9),
)


@dataclass
class Conversation:
    """A case on which people talk in words that occur nowhere else; remembers which of them customers may hear."""

    desk: Desk
    number: int
    society: Society
    spoken: dict[UUID, tuple[str, Audience, str]] = field(default_factory=dict)
    files: dict[UUID, tuple[str, Audience]] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)

    async def take(self, talk: Talk) -> None:
        word, speaker = f"said{next(WORDS):06d}", self.society[talk.who]
        if talk.act == "comment":
            command: c.Command = c.AddComment(text=f"I say {word}", audience=talk.audience)
            await self._say(speaker, command, word, talk.audience)
        elif talk.act == "customer":
            await self._say(self.society["carl"], c.AddComment(text=f"I say {word}", audience=INTERNAL), word, PUBLIC)
        elif talk.act == "attach":
            command = c.Attach(name=f"{word}.txt", size=1, digest="0" * 64, audience=talk.audience)
            uid = (await self.desk.give(speaker, command, self.number)).child().uid
            self.files[uid] = (word, talk.audience)
        elif talk.act == "solve":
            await self.desk.give(speaker, c.Edit(set={"solution": f"Solve it by {word}"}), self.number)
            self.secrets.add(word)
        elif talk.act == "detach" and self.files:
            uid = sorted(self.files)[talk.what % len(self.files)]
            await self.desk.give(speaker, c.Detach(file=uid), self.number)
            word, audience = self.files.pop(uid)
            if audience is INTERNAL:
                self.secrets.add(word)
        elif talk.act in {"reword", "audience", "remove"} and self.spoken:
            await self._change(talk, sorted(self.spoken)[talk.what % len(self.spoken)], word)

    async def _say(self, speaker: Person, command: c.Command, word: str, audience: Audience) -> None:
        uid = (await self.desk.give(speaker, command, self.number)).child().uid
        self.spoken[uid] = (word, audience, speaker.key)

    async def _change(self, talk: Talk, uid: UUID, word: str) -> None:
        old, audience, key = self.spoken[uid]
        author = self.society[key.partition("/")[2]]
        if talk.act == "remove":
            await self.desk.give(author, c.RemoveComment(comment=uid), self.number)
            del self.spoken[uid]
            if audience is INTERNAL:
                self.secrets.add(old)
        elif talk.act == "reword":
            await self.desk.give(author, c.EditComment(comment=uid, set={"text": f"I mean {word}"}), self.number)
            if audience is INTERNAL:
                self.secrets.add(old)
            self.spoken[uid] = (word, audience, key)
        else:
            await self.desk.give(author, c.EditComment(comment=uid, set={"audience": talk.audience}), self.number)
            whom = PUBLIC if author.key.endswith("/carl") else talk.audience  # a customer's comment stays public
            self.spoken[uid] = (old, whom, key)

    def words(self, audience: Audience) -> set[str]:
        """Return what is said to this audience now."""
        said = {word for word, whom, _ in self.spoken.values() if whom is audience}
        return said | {word for word, whom in self.files.values() if whom is audience}


@pytest.fixture(scope="module")
async def society(server: Any) -> AsyncIterator[Society]:
    yield found(server, PLAIN, unique("audience"))


@bounded(12)
@given(talks=st.lists(TALKS, min_size=6, max_size=14))
async def test_customers_never_hear_what_is_internal(talks: list[Talk], society: Society, town: Town) -> None:
    desk = town.desk(society)
    customers = [society["carl"], society["cora"]]
    case = await desk.open(society["carl"], subject="Talk")
    await desk.give(society["alice"], c.Watch(users=(society["cora"].number,)), case.number)
    conversation = Conversation(desk, case.number, society)
    for talk in talks:
        await conversation.take(talk)
    hidden = conversation.words(INTERNAL) | conversation.secrets
    for door in town.doors:
        for customer in customers:
            said = await door.says(customer, case.number, "I say")
            assert [word for word in hidden if word in said] == [], f"{customer} at {door.name}"
            shown = conversation.words(PUBLIC) if door.serves(customer) else set()
            assert [word for word in shown if word not in said] == [], f"{customer} at {door.name}"
            for word in hidden:
                assert await door.search(customer, word) == [], f"{customer} finds {word} at {door.name}"


@bounded(6)
@given(talks=st.lists(TALKS, min_size=6, max_size=10))
async def test_a_public_door_tells_nobody_what_is_internal(talks: list[Talk], society: Society, town: Town) -> None:
    desk = town.desk(society)
    case = await desk.open(society["carl"], subject="Talk")
    conversation = Conversation(desk, case.number, society)
    for talk in talks:
        await conversation.take(talk)
    hidden = conversation.words(INTERNAL) | conversation.secrets
    for door in (door for door in town.doors if not door.can("internal")):
        for person in society.staff:
            said = await door.says(person, case.number, "I say")
            assert [word for word in hidden if word in said] == [], f"{person} at {door.name}"
            for word in hidden:
                assert await door.search(person, word) == [], f"{person} finds {word} at {door.name}"


async def test_staff_find_and_read_what_is_internal(society: Society, town: Town) -> None:
    desk = town.desk(society)
    case = await desk.open(society["alice"], subject="Talk")
    for audience in Audience:
        await desk.give(society["alice"], c.AddComment(text=f"{audience} words", audience=audience), case.number)
    facts = await town.core.get(society["bob"], case.number)
    assert facts is not None
    assert facts.comments == ("public words", "internal words")
    assert case.number in await town.core.search(society["bob"], "internal words")


@pytest.mark.parametrize("door", [COMMAND_LINE, IBM_DOOR], ids=lambda door: door.name)
async def test_customers_cannot_touch_what_they_do_not_hear(door: Any, society: Society, town: Town) -> None:
    desk = town.desk(society)
    case = await desk.open(society["carl"], subject="Talk")
    comment = c.AddComment(text="Not for customers", audience=INTERNAL)
    attach = c.Attach(name="internal.txt", size=1, digest="0" * 64, audience=INTERNAL)
    uid = (await desk.give(society["alice"], comment, case.number)).child().uid
    file = (await desk.give(society["alice"], attach, case.number)).child().uid
    carl = await town.core.principal(society["carl"])
    commands = (c.RemoveComment(comment=uid), c.EditComment(comment=uid, set={"text": "Mine"}), c.Detach(file=file))
    for command in commands:
        with pytest.raises(NotFound):
            await town.casebook.execute(carl, door, command, case.number)
    with pytest.raises(NotFound):
        await town.casebook.files.find(carl, case.number, file)
