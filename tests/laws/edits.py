"""Every edit and every opening that the table of members knows, and a case on which everything is set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from casework.domain import commands as c
from casework.domain.case import CHILDREN, STAMPS, Audience, Case, Child
from laws import rows
from laws.columns import Api, Body, Scene, Site, Value
from laws.doors import Person
from laws.members import APIS, MemberDoor
from laws.rows import Stored
from laws.society import Society
from laws.town import Town

NOUNS = {kind: noun for noun, kind in CHILDREN.items()}
ONCE = frozenset({"relation", "association", "escalation"})
"""Things that are not made again where they are there already."""


@dataclass(frozen=True)
class Edit:
    """One value written to one member through one API."""

    api: Api
    member: str
    name: str
    value: Value
    moves: frozenset[str]
    touches: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.api.door}-{self.name}-{ascii(self.value.label)[1:-1]}"

    __repr__ = __str__

    @property
    def again(self) -> bool:
        """Whether doing it again is no echo: what it hangs on the case is hung there once more."""
        return any(noun not in ONCE for noun, _ in self.value.adds)

    async def make(self, town: Town, person: Person, site: Site) -> None:
        """Carry it out. Raises `Refused`."""
        await door_of(town, self.api).write(person, site.number, self.member, self.value.wire(site))

    async def open(self, town: Town, person: Person, site: Site) -> int:
        """Open a case with it and return its number. Raises `Refused`."""
        wire = self.value.wire(site)
        body = wire if isinstance(wire, Body) else {self.member: wire}
        return await door_of(town, self.api).create(person, dict(body), site.named("persons", "kit"))


EDITS = tuple(
    Edit(api, member.write, name, value, member.edits.moves, member.edits.touches)
    for api in APIS
    for name, member in api.members.items()
    if member.edits
    for value in member.edits.values
)
OPENINGS = tuple(
    Edit(api, member.opens, name, value, frozenset())
    for api in APIS
    for name, member in api.members.items()
    for value in member.openings
)


def door_of(town: Town, api: Api) -> MemberDoor:
    """Return the door of a column."""
    door = next(door for door in town.doors if door.name == api.door)
    assert isinstance(door, MemberDoor)
    return door


async def full(town: Town, society: Society, category: str = "technical") -> Site:
    """Open a case on which as much as possible is set, and return where it is."""
    desk, alice, names = town.desk(society), society["alice"], society.names
    kit = names["persons"]["kit"]
    case = await desk.open(
        alice, subject="Full", description="Text", solution="Solved", category=category, rank=2, requester=kit,
        contacts=(kit,), borrowers=(kit,), organization=names["organizations"]["corp"], owner=alice.number,
        assignees=(society["bob"].number,), team=names["teams"]["crew"], teams=(names["teams"]["desk"],),
        watchers=(society["carl"].number,), contact_info="Call", extra={"ibm": {"invoice_number": "I-1"}},
        fields={"shape": "round"},
    )  # fmt: skip
    things: dict[str, Child] = {}
    words = await town.casebook.catalogue.vocabulary(society.tenant_id)
    others = [(await desk.open(alice, subject=subject)).number for subject in ("Related", "Spare", "Behind")]
    related, spare, behind = others
    for name, command in {
        "comment": c.AddComment(text="Public", audience=Audience.PUBLIC),
        "internal": c.AddComment(text="Internal", audience=Audience.INTERNAL),
        "file": c.Attach(name="b.txt", size=2, digest="0" * 64, audience=Audience.PUBLIC),
    }.items():
        things[name] = (await desk.give(alice, command, case.number)).child()
    for command in (
        c.Attach(name="a.txt", size=1, digest="0" * 64),
        c.AddLink(link=c.NewLink("Link", "https://x.example/1", {})),
        c.Relate(other=related, type="blocks"),
        c.Relate(other=related),
        c.Associate(object=names["objects"]["loan"]),
    ):
        await desk.give(alice, command, case.number)
    await desk.give(alice, c.Relate(other=case.number), behind)
    return Site(society, words, case.number, related, spare, behind, things)


async def prepare(town: Town, edit: Edit, site: Site) -> None:
    """Lead the case where the edit begins."""
    if edit.value.before is not None:
        alice = site.society["alice"]
        await town.desk(site.society).give(alice, edit.value.before(site), site.number)


async def survey(town: Town, site: Site) -> list[Stored]:
    """Return what lies in the tables about the case, and about the others around it."""
    return [await town.stored(site.society, number) for number in (site.number, site.related, site.spare, site.behind)]


def check_unclobbered(edit: Edit, site: Site, before: list[Stored], after: list[Stored], *, done: bool = True) -> None:
    """Law 3: rows and things are as they were, but for what the edit names; a refused one changed nothing."""
    names = before[0].row.__struct_fields__
    moved = {name for name in names if getattr(before[0].row, name) != getattr(after[0].row, name)}
    assert moved <= (edit.moves | STAMPS if done else frozenset()), edit
    touches = edit.touches if done else frozenset()
    changed = {site.things[name].uid for name in edit.value.changes} if done else set()
    for uid, child in before[0].children.items():
        if uid not in changed and NOUNS[type(child)] not in touches:
            assert after[0].children[uid] == child, edit
    _check_added(edit, before[0], after[0], done=done)
    for then, now in zip(before[1:], after[1:], strict=True):
        assert then.row == now.row, edit
        assert then.children == now.children, edit


def _check_added(edit: Edit, before: Stored, after: Stored, *, done: bool) -> None:
    """Compare the new things with what the edit is to add, in any order."""
    added = [child for uid, child in after.children.items() if uid not in before.children]
    for noun, members in edit.value.adds if done else ():
        found = next((child for child in added if _is(child, noun, members)), None)
        assert found is not None or noun in ONCE, (edit, noun, added)
        added = [child for child in added if child is not found]
    assert not added, edit


def _is(child: Child, noun: str, members: Any) -> bool:
    return NOUNS[type(child)] == noun and all(getattr(child, name) == value for name, value in members.items())


async def scene(town: Town, society: Society, number: int) -> Scene:
    """Return the case as it lies in the tables."""
    stored = await town.stored(society, number)
    live = sorted((one for one in stored.children.values() if one.deleted_at is None), key=lambda one: one.number)
    related = await rows.relations(town.owner, society.tenant_id, number)
    words = await town.casebook.catalogue.vocabulary(society.tenant_id)
    return Scene(society, words, stored.row, tuple(live), related)


async def read_everywhere(town: Town, society: Society, number: int) -> None:
    """Compare a stored case with what every API shows of it."""
    seen = await scene(town, society, number)
    for api in APIS:
        shown = await door_of(town, api).members(society["alice"], number)
        for name, member in api.members.items():
            if member.shows and (expected := member.shows(seen)) is not ...:
                found = shown[name] if name in shown else shown.get(member.wire)
                assert found == expected, f"{api.door}: {name}"


def check_leaves(edit: Edit, stored: Stored, site: Site) -> None:
    """Compare a stored case with what the edit is to leave."""
    leaves = edit.value.leaves(site)
    assert {name: getattr(stored.row, name) for name in leaves} == leaves, edit
    for name, members in edit.value.changes.items():
        was = site.things[name]
        for member, wanted in members.items():
            found = getattr(stored.children[was.uid], member)
            assert found != getattr(was, member) if wanted is ... else found == wanted, (edit, name, member)


def check_opened(edit: Edit, stored: Stored, site: Site) -> None:
    """Compare a case that was opened with what the opening is to leave and to hang on it, which is nothing more."""
    check_leaves(edit, stored, site)
    found = list(stored.children.values())
    assert len(found) == len(edit.value.adds), edit
    for noun, members in edit.value.adds:
        assert any(_is(child, noun, members) for child in found), (edit, noun)


def unstamped(row: Case) -> dict[str, Any]:
    """Return a case's members but for what each edit stamps."""
    return {name: getattr(row, name) for name in row.__struct_fields__ if name not in STAMPS}


def check_echo(edit: Edit, before: list[Stored], after: list[Stored]) -> None:
    """Nothing has changed, but that an edit through eGain always leaves a trace (DOMAIN §4)."""
    if edit.api.door != "egain":
        assert before == after, edit
    for then, now in zip(before, after, strict=True):
        assert unstamped(then.row) == unstamped(now.row), edit
        assert then.children == now.children, edit
