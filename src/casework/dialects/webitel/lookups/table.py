"""What a lookup is to this API: its addresses, its fields, what may be written, and which rules hold."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Literal

import msgspec

from casework.casebook import Casebook
from casework.casebook.people import Face
from casework.casebook.reference import Change
from casework.dialects.webitel.conventions import Parameters, lookup, milliseconds
from casework.domain.access import Principal
from casework.domain.nouns import Noun
from casework.domain.refusals import Invalid
from casework.domain.vocabulary import Vocabulary

HttpMethodName = Literal["PUT", "PATCH"]
LATER = frozenset({"updated_at", "updated_by"})
"""Fields that an answer has only when they are asked for (spec/webitel §9)."""


class Frame(msgspec.Struct, frozen=True):
    """What the rows of an answer refer to; `mode` are the letters that the caller has on each of them."""

    words: Vocabulary
    names: Mapping[int, str]
    faces: Mapping[int, Face]
    teams: Mapping[int, str] = {}
    mode: str = ""

    def named(self, number: int | None) -> dict[str, Any] | None:
        """Return the link to a noun; None for none and for one that is gone."""
        return lookup(number, self.names[number]) if number is not None and number in self.names else None

    def user(self, number: int | None) -> dict[str, Any] | None:
        """Return the link to a user."""
        face = self.faces.get(number or 0)
        return lookup(number, face.name) if face else None

    def contact_of(self, user: int | None) -> dict[str, Any] | None:
        """Return the link to the contact that a user is."""
        face = self.faces.get(user or 0)
        return lookup(face.person, face.person_name) if face else None


class Input(msgspec.Struct, frozen=True):
    """A member that may be written.

    Args:
        member: The noun's member; None where `Table.settle` decides.
        read: From (value, name) to the member's value.
        required: It must be there, and not empty, in a new row; and not empty wherever it is there.
        names: The kind of noun whose number, or numbers, it holds; each must be there.
    """

    member: str
    read: Callable[[Any, str], Any]
    required: bool = False
    names: type[Noun] | None = None


Settle = Callable[[Change, Any, dict[str, Any], dict[str, Any]], Awaitable[dict[str, Any]]]


async def settled(_change: Change, _row: Any, members: dict[str, Any], _body: dict[str, Any]) -> dict[str, Any]:
    """Leave the members as they were read."""
    return members


class Parent(msgspec.Struct, frozen=True):
    """The row that all rows of a path lie in: the path's parameter, its kind, and the member that holds its number."""

    parameter: str
    kind: type[Noun]
    member: str


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A lookup.

    Args:
        kind: The noun.
        wrap: The member under which one row is answered.
        listing: The path of the list.
        adding: The path of a new row, where it is another one.
        render: All fields of a row.
        refers: The numbers that a row names, by kind.
        inputs: What may be written, by name.
        settle: The rules that look at more than one member: (change, row or None, members, body) → members.
        after: What is to be done after a row was written.
        parent: What the rows lie in.
        conditions: The filters of the list: the query → columns and conditions of `Lookup`.
        sorts: Fields to sort by whose columns have other names.
        always: Fields that are shown unasked although they are of `LATER`.
        verbs: The methods that change a row.
        replaced: Members that become empty when a change leaves them out.
        wrapped: Whether one row is answered under `wrap`.
        rows: The member of a list that holds its rows.
        group: The class of objects, whose letters are asked for.
        permission: What every change needs.
        keep: Fields that are shown even when they are empty.
        letters: The class letters that adding, changing and removing need.
    """

    kind: type[Noun]
    wrap: str
    listing: str
    adding: str = ""
    render: Callable[[Any, Frame], dict[str, Any]]
    refers: Callable[[Any], Mapping[type[Noun], Iterable[int | None]]] = lambda _row: {}
    inputs: Mapping[str, Input]
    settle: Settle = settled
    after: Callable[[Change, Any, dict[str, Any]], Awaitable[Any]] | None = None
    parent: Parent | None = None
    conditions: Callable[[Parameters], tuple[dict[str, tuple[Any, ...]], dict[str, Any]]] = lambda _asked: ({}, {})
    sorts: Mapping[str, str] = {}
    always: frozenset[str] = frozenset()
    verbs: tuple[HttpMethodName, ...] = ("PUT", "PATCH")
    replaced: frozenset[str] = frozenset()
    wrapped: bool = True
    rows: str = "items"
    group: str = "case_lookups"
    permission: str = "catalogue.edit"
    keep: frozenset[str] = frozenset()
    letters: tuple[str, str, str] = ("x", "w", "d")


async def frame(casebook: Casebook, who: Principal, table: Table, rows: Iterable[Any]) -> Frame:
    """Return what these rows refer to, read in a few statements."""
    asked: dict[type[Noun], set[int]] = {}
    users: set[int] = set()
    for row in rows:
        users |= {number for number in (row.created_by, row.updated_by, getattr(row, "assignee", None)) if number}
        for kind, numbers in table.refers(row).items():
            asked.setdefault(kind, set()).update(number for number in numbers if number is not None)
    return Frame(
        words=await casebook.catalogue.vocabulary(who.tenant_id),
        names=await casebook.identities.names(who.tenant_id, asked),
        faces=await casebook.people.faces(who.tenant_id, users),
    )


def audit(row: Noun, shared: Frame) -> dict[str, Any]:
    """Return who made and changed a row, and when."""
    return {
        "created_at": milliseconds(row.created_at),
        "created_by": shared.user(row.created_by),
        "updated_at": milliseconds(row.updated_at),
        "updated_by": shared.user(row.updated_by),
    }


def shown(table: Table, row: Any, shared: Frame, wanted: list[str]) -> dict[str, Any]:
    """Return the asked fields of a row, the id always; unknown names are ignored."""
    whole = {"id": str(row.number), **table.render(row, shared)}
    if not wanted:
        return {name: value for name, value in whole.items() if name not in LATER - table.always}
    return {name: value for name, value in whole.items() if name in wanted or name == "id"}


async def members(change: Change, table: Table, body: Mapping[str, Any], row: Noun | None) -> dict[str, Any]:
    """Return the members that a body writes: all of a new row, those that are there of one that is changed.

    Raises:
        Invalid: One is missing, malformed, or names what is not there.
    """
    found: dict[str, Any] = {}
    for name, given in table.inputs.items():
        if name not in body:
            if given.required and row is None:
                raise missing(name)
            continue
        value = given.read(body[name], name)
        if given.required and value in (None, "", 0, ()):
            raise missing(name)
        if given.names is not None and value is not None:
            await exist(change, given.names, value if isinstance(value, tuple) else (value,), name)
        found[given.member] = value
    return await table.settle(change, row, found, dict(body))


def missing(name: str) -> Invalid:
    """Return the refusal of what must be there and not be empty."""
    return Invalid(f"'{name}' is required.", member=name)


async def exist(change: Change, kind: type[Noun], numbers: Iterable[int], name: str) -> None:
    """Raise Invalid unless all of these nouns are there."""
    wanted = set(numbers)
    if len(await change.find(kind, "number", *wanted)) < len(wanted):
        msg = f"'{name}' names what is not there."
        raise Invalid(msg, member=name)
