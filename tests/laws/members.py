"""What each API reads and writes of a case, member by member: the source of laws 2 and 3 and of docs/members.md.

A further API writes a column (`laws.columns.<api>`, an `Api`), adds it to `APIS`, and gives its door the methods of
`MemberDoor`. In a column, `wire` names what an answer shows, `write` what a later request sets, `opens` what a request
for a new case sets; a member without `shows` is in the written matrix only.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from laws.columns.bottlecrm import BOTTLECRM
from laws.columns.egain import EGAIN
from laws.columns.ibm import IBM
from laws.columns.peach import PEACH
from laws.doors import Person

APIS = (IBM, PEACH, BOTTLECRM, EGAIN)
"""The columns, in the order of the written matrix. The casebook itself reads and writes all."""


@runtime_checkable
class MemberDoor(Protocol):
    """What a door with a column can besides `laws.doors.LawDoor`."""

    name: str

    async def members(self, person: Person, number: int) -> dict[str, Any]:
        """Return a case as the door answers it: by the case's own names where nested values had to be taken out."""

    async def write(self, person: Person, number: int, member: str, value: Any) -> None:
        """Write one member (`Member.write`); a `Body` is the whole body. Raises `Refused`."""

    async def create(self, person: Person, body: dict[str, Any], borrower: int) -> int:
        """Open a case with these members and what is required besides, and return its number. Raises `Refused`."""
