"""What a door is to the laws, and the use cases themselves as one; `laws.registered` lists all doors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from casework.auth.principals import Principals
from casework.casebook import Casebook
from casework.casebook.reading import Query
from casework.domain import commands as c
from casework.domain.access import Principal
from casework.domain.case import Stage
from casework.domain.commands import Command
from casework.domain.doors import COMMAND_LINE
from casework.domain.refusals import Refusal
from casework.store.events import StoredEvent
from casting import Cast

ALL = 1000
"""More cases than any tenant of the laws has."""


@dataclass(frozen=True)
class Person:
    """Somebody with a key: `key` is `<tenant>/<user>`, `number` the user's; `licensed` as spec/egain §3 asks for it."""

    key: str
    secret: str
    number: int
    address: str
    licensed: bool = True

    def __repr__(self) -> str:
        return self.key


@dataclass(frozen=True)
class Facts:
    """What a door shows of a case."""

    subject: str
    description: str
    done: bool
    comments: tuple[str, ...]
    files: tuple[str, ...]


class Refused(Exception):  # noqa: N818 - an answer, as in the core
    """The door said no; `status` is its own word for it (an HTTP status, or the core's code)."""

    def __init__(self, status: object) -> None:
        super().__init__(status)
        self.status = status


class LawDoor(Protocol):
    """One door. Writing raises `Refused`; reading answers with nothing where it is refused."""

    name: str

    def can(self, action: str) -> bool:
        """Tell whether the door has an action: the name of one of the methods below, or `internal`.

        A door that can `internal` shows internal comments and files to staff; customers never see them anywhere.
        """

    def serves(self, person: Person) -> bool:
        """Tell whether the door answers this kind of person at all; whom it does not serve it shows nothing."""

    async def open(self, person: Person, subject: str, description: str) -> int: ...

    async def comment(self, person: Person, number: int, text: str) -> None: ...

    async def resolve(self, person: Person, number: int) -> None: ...

    async def reopen(self, person: Person, number: int) -> None: ...

    async def watch(self, person: Person, number: int, watcher: Person) -> None: ...

    async def get(self, person: Person, number: int) -> Facts | None: ...

    async def list(self, person: Person, size: int = 100) -> list[int]:
        """Return the numbers of all cases, in the order of the door's own pages of this size."""

    async def search(self, person: Person, text: str) -> list[int]:
        """Return the numbers of the cases with a text; a door that cannot search finds none."""

    async def count(self, person: Person) -> int: ...

    async def says(self, person: Person, number: int, search: str) -> str:
        """Return everything that the door answers about a case that was touched last: got, listed, and searched for."""

    async def close(self) -> None: ...


DOOR_METHODS = frozenset({"open", "comment", "resolve", "reopen", "watch", "get", "list", "search", "count"})


class CasebookDoor:
    """The use cases themselves, in this process."""

    name = "casebook"

    def __init__(self, _server: Cast, casebook: Casebook) -> None:
        self.casebook = casebook
        self._principals = Principals(casebook.database)

    def can(self, action: str) -> bool:
        return action in {*DOOR_METHODS, "internal"}

    def serves(self, _person: Person) -> bool:
        return True

    async def principal(self, person: Person) -> Principal:
        return await self._principals.by_secret(person.secret)

    async def execute(self, person: Person, command: Command, number: int | None = None) -> Any:
        try:
            return await self.casebook.execute(await self.principal(person), COMMAND_LINE, command, number)
        except Refusal as refusal:
            raise Refused(refusal.code) from refusal

    async def open(self, person: Person, subject: str, description: str) -> int:
        members = {"subject": subject, "description": description}
        return int((await self.execute(person, c.Open(set=members))).case.number)

    async def comment(self, person: Person, number: int, text: str) -> None:
        await self.execute(person, c.AddComment(text=text), number)

    async def resolve(self, person: Person, number: int) -> None:
        await self.execute(person, c.SetStatus(stage=Stage.RESOLVED), number)

    async def reopen(self, person: Person, number: int) -> None:
        await self.execute(person, c.SetStatus(stage=Stage.OPEN), number)

    async def watch(self, person: Person, number: int, watcher: Person) -> None:
        await self.execute(person, c.Watch(users=(watcher.number,)), number)

    async def get(self, person: Person, number: int) -> Facts | None:
        try:
            row = await self._one(person, number)
        except Refusal:
            return None
        return Facts(
            subject=row["subject"],
            description=row["description"],
            done=Stage(row["stage"]).done,
            comments=tuple(entry[1] for entry in msgspec.json.decode(row["comments"])),
            files=tuple(entry[1] for entry in msgspec.json.decode(row["files"])),
        )

    async def list(self, person: Person, size: int = 100) -> list[int]:
        found: list[int] = []
        while rows := await self._page(person, Query(offset=len(found), limit=size)):
            found += [row["number"] for row in rows]
        return found

    async def search(self, person: Person, text: str) -> list[int]:
        return [row["number"] for row in await self._page(person, Query(search=text, limit=ALL))]

    async def count(self, person: Person) -> int:
        try:
            return (await self.casebook.read.page(await self.principal(person), Query(limit=1), ("number",))).total
        except Refusal:
            return 0

    async def feed(self, person: Person, cursor: int = 0) -> list[StoredEvent]:
        """Return the whole feed behind a cursor, which only this door has."""
        try:
            return await self.casebook.feed.after(await self.principal(person), cursor, 100 * ALL)
        except Refusal:
            return []

    async def says(self, person: Person, number: int, search: str) -> str:
        said: list[Any] = [[e.data, e.texts] for e in await self.feed(person) if e.subject == number]
        try:
            said.append(dict(await self._one(person, number)))
        except Refusal as refusal:
            said.append(refusal.message)
        said += [dict(row) for row in await self._page(person, Query(limit=10)) if row["number"] == number]
        said += [dict(row) for row in await self._page(person, Query(limit=10, search=search))]
        return str(said)

    async def close(self) -> None:
        pass

    async def _one(self, person: Person, number: int) -> Any:
        columns, parts = ("subject", "description", "stage"), ("comments", "files", "links")
        return await self.casebook.read.one(await self.principal(person), number, columns, parts)

    async def _page(self, person: Person, query: Query) -> Any:
        columns, parts = ("number", "subject", "description"), ("comments", "files", "links")
        try:
            return (await self.casebook.read.page(await self.principal(person), query, columns, parts)).rows
        except Refusal:
            return []
