"""Every edit that the table of members knows, and a case on which everything is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.domain import commands as c
from casework.domain.case import Audience, Case
from laws.doors import Person
from laws.members import APIS, Api
from laws.society import Society
from laws.town import Town
from laws.writing import members, write


@dataclass(frozen=True)
class Edit:
    """One value written to one member through one API."""

    api: Api
    member: str
    value: Any
    leaves: Mapping[str, Any]
    moves: frozenset[str]

    def __str__(self) -> str:
        return f"{self.api.door}-{self.member}-{ascii(self.value)[:30]}"

    async def make(self, town: Town, person: Person, number: int) -> None:
        """Carry it out. Raises `Refused`."""
        door = next(door for door in town.doors if door.name == self.api.door)
        await write(door, person, number, self.member, self.value)


EDITS = tuple(
    Edit(api, member.write, value, leaves, member.edits.moves)
    for api in APIS
    for member in api.members.values()
    if member.edits
    for value, leaves in member.edits.values
)


async def full(town: Town, society: Society, category: str = "technical") -> int:
    """Open a case on which as much as possible is set, and return its number."""
    desk, alice, names = town.desk(society), society["alice"], society.names
    kit = names["persons"]["kit"]
    case = await desk.open(
        alice, subject="Full", description="Text", solution="Solved", category=category, rank=2, requester=kit,
        contacts=(kit,), borrowers=(kit,), organization=names["organizations"]["corp"], owner=alice.number,
        assignees=(society["bob"].number,), team=names["teams"]["crew"], teams=(names["teams"]["desk"],),
        watchers=(society["carl"].number,), contact_info="Call", extra={"ibm": {"invoice_number": "I-1"}},
    )  # fmt: skip
    other = await desk.open(alice, subject="Other")
    for command in (
        c.AddComment(text="Public", audience=Audience.PUBLIC),
        c.AddComment(text="Internal", audience=Audience.INTERNAL),
        c.Attach(name="a.txt", size=1, digest="0" * 64),
        c.AddLink(link=c.NewLink("Link", "https://x.example/1", {})),
        c.Relate(other=other.number, type="blocks"),
        c.Associate(object=names["objects"]["loan"]),
    ):
        await desk.give(alice, command, case.number)
    return case.number


async def read_everywhere(town: Town, society: Society, row: Case) -> None:
    """Compare a stored case with what every API shows of it."""
    doors = {door.name: door for door in town.doors}
    for api in APIS:
        shown = await members(doors[api.door], society["alice"], row.number)
        for name, member in api.members.items():
            if member.shows and (expected := member.shows(row)) is not ...:
                assert shown.get(member.wire) == expected, f"{api.door}: {name}"
