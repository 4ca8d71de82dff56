"""The columns of the matrix of members, a module for each API, and what a column is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from casework.domain.case import Case, Child
from casework.domain.commands import Command
from casework.domain.vocabulary import Vocabulary
from laws.society import Society


@dataclass(frozen=True)
class Site:
    """Where a value is written: a case on which everything is set, and others around it.

    It is related to one, not to the spare one, and one behind claims a relation to it. `things` are the public comment
    and file and the internal comment on it, by name.
    """

    society: Society
    words: Vocabulary
    number: int = 0
    related: int = 0
    spare: int = 0
    behind: int = 0
    things: Mapping[str, Child] = field(default_factory=dict)

    def named(self, kind: str, key: str) -> int:
        """Return the number of a noun of the society."""
        return self.society.names[kind][key]

    def uid(self, kind: str, key: str) -> str:
        """Return the uid of a noun of the society."""
        return self.society.uids[self.named(kind, key)]

    def user(self, key: str) -> int:
        """Return the number of a user."""
        return self.society[key].number


@dataclass(frozen=True)
class Scene:
    """A case as it lies in the tables: its row, and what hangs on it and is not removed, oldest first."""

    society: Society
    words: Vocabulary
    row: Case
    children: tuple[Child, ...]
    relations: tuple[Any, ...]
    """Relations from either side."""

    def every(self, kind: type[Child]) -> list[Any]:
        """Return the things of a kind on the case."""
        return [child for child in self.children if isinstance(child, kind)]

    def uids(self, *numbers: int | None) -> list[str]:
        """Return the uids of nouns by their numbers."""
        return [self.society.uids[number] for number in numbers if number is not None]

    def address(self, number: int) -> str:
        """Return a user's address."""
        return next(person.address for person in self.society.people.values() if person.number == number)

    def email(self, number: int) -> str:
        """Return the address of a person who is no user."""
        return next(f"{key}@x.example" for key, person in self.society.names["persons"].items() if person == number)


Shows = Callable[[Scene], Any]
"""What an answer must have; an ellipsis where it cannot be told."""
Leaves = Mapping[str, Any]


class Body(dict[str, Any]):
    """A value on the wire that is the whole body, where others are one member of it."""


@dataclass(frozen=True)
class Value:
    """A value on the wire, the members of the case that it leaves, and the things that it hangs on the case.

    `before` is what the case must go through first.
    """

    label: str
    wire: Callable[[Site], Any]
    leaves: Callable[[Site], Leaves]
    adds: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    before: Callable[[Site], Command] | None = None
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What becomes of `Site.things`; an ellipsis stands for anything but what was."""


@dataclass(frozen=True)
class Edits:
    """How laws write a member: which members may move, the kinds of things that may change, and the values."""

    moves: frozenset[str]
    values: tuple[Value, ...]
    touches: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Member:
    """A member at an API: its name in answers, in later writes and on opening, and what the API cannot show of it.

    An empty name means none.
    """

    wire: str = ""
    write: str = ""
    loss: str = ""
    shows: Shows | None = None
    edits: Edits | None = None
    opens: str = ""
    openings: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Api:
    """One column of the matrix; `door` is the name of its `LawDoor`."""

    door: str
    title: str
    members: Mapping[str, Member] = field(default_factory=dict)


TEXTS = ("Printer on fire", "héllo 日本語 \U0001f600", "a' or 1=1 --")
DONE = frozenset({"resolved", "closed", "canceled"})
RANK_MOVES = ("priority", "planned_reaction_at", "planned_resolve_at")
CONSEQUENCES = frozenset(
    {
        "stage", "status", "reopened", "reopened_at", "outcome", "reacted_at", "resolved_at", "closed_on",
        "last_closed_at", "planned_reaction_at", "planned_resolve_at",
    }
)  # fmt: skip
"""What a change of stage may move besides (DOMAIN §2, §5)."""


def value(
    label: object,
    wire: Any,
    leaves: Any,
    *adds: tuple[str, Leaves],
    before: Any = None,
    changes: Mapping[str, Leaves] | None = None,
    removes: str = "",
) -> Value:
    """Return a value; `wire`, `leaves` and `before` are what they are, or functions of the site."""
    return Value(
        str(label),
        wire if callable(wire) else lambda _site: wire,
        leaves if callable(leaves) else lambda _site: leaves,
        adds,
        before if before is None or callable(before) else lambda _site: before,
        {removes: {"deleted_at": ...}} if removes else changes or {},
    )


def plain(member: str, values: Mapping[Any, Any]) -> tuple[Value, ...]:
    """Return values of one member: wire value to the core's."""
    return tuple(value(ascii(wire)[:20], wire, {member: core}) for wire, core in values.items())


def edits(moves: str | frozenset[str], *values: Value, touches: str = "") -> Edits:
    """Return edits that move these members, and change these kinds of things (names with spaces between)."""
    moved = frozenset(moves.split()) if isinstance(moves, str) else moves
    return Edits(moved, values, frozenset(touches.split()))


def texts(member: str) -> tuple[Value, ...]:
    """Return texts of several kinds."""
    return plain(member, {text: text for text in TEXTS})


def merged(api: str, **members: Any) -> Leaves:
    """Return the extras of a case on which everything is set, with further ones of an API."""
    extra: dict[str, dict[str, Any]] = {"ibm": {"invoice_number": "I-1"}}
    return {"extra": {**extra, api: {**extra.get(api, {}), **members}}}
