"""From what a world file changed about a case that exists to commands. Pure.

Lists that grow (comments, files, links, relations, associations) get what is new in the file; what the file lost stays.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from casework.casebook.world import opening
from casework.casebook.world.document.entries import Item
from casework.casebook.world.document.reading import refuse
from casework.casebook.world.opening import Act, Content, Scene
from casework.domain import commands as c
from casework.domain.case import Association, Case, Child, Comment, Escalation, File, Link, Relation, Stage

GROWING = {
    "comments": "comment",
    "files": "file",
    "links": "link",
    "relations": "relation",
    "associations": "association",
}
"""Member of the file → what it is on the case."""


class Amended(NamedTuple):
    """A case as it is, and what the file says of it now and said before."""

    case: Case
    children: Mapping[str, Sequence[Child]]
    item: Item
    members: Mapping[str, Any]
    names: Sequence[str]
    before: Mapping[str, Any]
    now: Mapping[str, Any]
    contents: Sequence[Content]
    scene: Scene

    def given(self, name: str) -> bool:
        """Whether the file has changed this member."""
        return name in self.names


Told = Iterator[tuple[tuple[str, ...], Act]]
"""Members of the file that differ, and the command that carries them on."""


def amendments(told: Amended) -> list[tuple[tuple[str, ...], Act]]:
    """Return the commands for what differs, each with the members that it is about.

    Raises:
        Invalid: The file changes how the case began.
    """
    _beginning(told)
    found: list[tuple[tuple[str, ...], Act]] = []
    for part in (_touch, _status, _edit, _assign, _watch, _share, _rate, _escalate, _snooze, _grow):
        found += part(told)
    return found


def _beginning(told: Amended) -> None:
    is_so = {"created_at": told.case.created_at, "created_by": told.case.created_by}
    for name, value in is_so.items():
        if told.given(name) and told.members[name] is not None and told.members[name] != value:
            raise refuse(f"{told.item.path}.{name}", "the case exists already; how it began cannot change")


def _touch(told: Amended) -> Told:
    at = told.members["updated_at"] if told.given("updated_at") else None
    if at is not None and told.case.touched_at is not None and at > told.case.touched_at:
        yield ("updated_at",), Act(c.Edit(set={}, always=True, at=at))


def _status(told: Amended) -> Told:
    if told.given("status") and told.members["status"] is not None:
        number = opening.status(told.item, told.members, told.scene)
        if number != told.case.status:
            yield ("status",), Act(c.SetStatus(status=number))
    elif told.given("stage") and told.members["stage"] not in {None, told.case.stage}:
        yield ("stage",), Act(c.SetStatus(stage=Stage(told.members["stage"])))


def _edit(told: Amended) -> Told:
    wanted = opening.plain({name: told.members[name] for name in told.names}, told.scene)
    for name in ("fields", "extra"):
        if told.given(name):
            wanted[name] = _merged(name, told)
    wanted |= _priority(told)
    new = {name: value for name, value in wanted.items() if getattr(told.case, name) != value}
    if new:
        names = tuple(name for name in told.names if name in new or (name == "rank" and "priority" in new))
        yield names, Act(c.Edit(set=new))


def _priority(told: Amended) -> dict[str, Any]:
    if told.given("priority") and told.members["priority"] is not None:
        return {"priority": told.members["priority"]}
    rank = told.members["rank"] if told.given("rank") else None
    if rank is None or rank == told.case.rank:
        return {}
    return {"priority": told.scene.vocabulary.priority_for(rank).number, "rank": rank}


def _merged(name: str, told: Amended) -> dict[str, Any]:
    """Return fields, or extra of each dialect, with what the file changed of them."""
    held = getattr(told.case, name)
    if name == "fields":
        return {**held, **_news(told.before.get(name), told.now[name])}
    before = told.before.get(name) or {}
    return {
        **held,
        **{of: {**held.get(of, {}), **_news(before.get(of), said)} for of, said in told.now[name].items()},
    }


def _news(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> dict[str, Any]:
    was = before or {}
    return {name: value for name, value in now.items() if name not in was or was[name] != value}


def _assign(told: Amended) -> Told:
    for many, one in (("assignees", "owner"), ("teams", "team")):
        if told.given(many):
            wanted = opening.first_and_rest({many: told.members[many]})
            if (wanted[one], wanted[many]) != (getattr(told.case, one), getattr(told.case, many)):
                yield (many,), Act(c.Assign(set=wanted))


def _watch(told: Amended) -> Told:
    if not told.given("watchers"):
        return
    now = told.members["watchers"]
    if new := tuple(n for n in now if n not in told.case.watchers):
        yield ("watchers",), Act(c.Watch(users=new))
    lost = {told.scene.numbers.get(("users", key)) for key in told.before.get("watchers", ())} - set(now)
    if gone := tuple(n for n in told.case.watchers if n in lost):
        yield ("watchers",), Act(c.Unwatch(users=gone))


def _share(told: Amended) -> Told:
    if not told.given("acl"):
        return
    now = {str(grant["to"]): grant["grants"] for grant in told.members["acl"]}
    named = (told.scene.numbers.get(("subjects", grant["to"])) for grant in told.before.get("acl", ()))
    lost = {str(number) for number in named} - now.keys()
    wanted = {number: letters for number, letters in {**told.case.acl, **now}.items() if number not in lost}
    if wanted != told.case.acl:
        yield ("acl",), Act(c.Grant(acl=wanted))


def _rate(told: Amended) -> Told:
    if told.given("rating"):
        said = told.members["rating"] or {}
        value, comment = said.get("value"), said.get("comment", "")
        if (value, comment) != (told.case.rating, told.case.rating_comment):
            yield ("rating",), Act(c.Rate(rating=value, comment=comment))


def _escalate(told: Amended) -> Told:
    if not told.given("escalation"):
        return
    active = next((e for e in told.children["escalation"] if isinstance(e, Escalation) and e.ended_at is None), None)
    if told.members["escalation"] is None:
        if active is not None:
            yield ("escalation",), Act(c.Deescalate())
        return
    command = opening.escalate(told.members["escalation"])
    same = ("team", "user", "note", "urgent")
    if active is None or any(getattr(active, name) != getattr(command, name) for name in same):
        yield ("escalation",), Act(command)


def _snooze(told: Amended) -> Told:
    if told.given("snoozed_until") and (until := told.members["snoozed_until"]) != told.case.snoozed_until:
        yield ("snoozed_until",), Act(c.Wake() if until is None else c.Snooze(until=until))


def _grow(told: Amended) -> Told:
    for name, noun in GROWING.items():
        if not told.given(name):
            continue
        held = Counter(_form(entry) for entry in told.before.get(name, ()))
        for i, entry in enumerate(told.now[name]):
            form = _form(entry)
            if held[form]:
                held[form] -= 1
                continue
            part = told.members[name][i]
            if not any(_IS[name](child, part, told, i) for child in told.children[noun]):
                yield (name,), _addition(name, part, told, i)


def _form(entry: Any) -> bytes:
    return msgspec.json.encode(entry, order="deterministic")


def _addition(name: str, part: Mapping[str, Any], told: Amended, i: int) -> Act:
    if name == "comments":
        return Act(opening.add_comment(part, told.scene, part.get("at")), part.get("by"))
    if name == "files":
        return Act(opening.attach(part, told.contents[i], told.scene, part.get("at")), part.get("by"))
    if name == "links":
        return Act(c.AddLink(link=c.NewLink(name=part.get("name", ""), url=part.get("url"))))
    if name == "relations":
        return Act(c.Relate(other=part["to"], type=part.get("type", "relates_to")))
    return Act(opening.associate(part))


# ---- whether a thing on the case is the one that an entry tells of


def _said(child: Comment | File, part: Mapping[str, Any], told: Amended) -> bool:
    author = part.get("by") or told.scene.system
    return child.created_by == author and part.get("at") in {None, child.created_at}


def _comment_is(child: Any, part: Mapping[str, Any], told: Amended, _: int) -> bool:
    return isinstance(child, Comment) and child.text == part["text"] and _said(child, part, told)


def _file_is(child: Any, part: Mapping[str, Any], told: Amended, i: int) -> bool:
    same = isinstance(child, File) and (child.name, child.digest) == (part["name"], told.contents[i].digest)
    return same and _said(child, part, told)


def _link_is(child: Any, part: Mapping[str, Any], _told: Amended, _: int) -> bool:
    return isinstance(child, Link) and (child.name, child.url) == (part.get("name", ""), part.get("url"))


def _relation_is(child: Any, part: Mapping[str, Any], _told: Amended, _: int) -> bool:
    return isinstance(child, Relation) and (child.other, child.type) == (part["to"], part.get("type", "relates_to"))


def _association_is(child: Any, part: Mapping[str, Any], _told: Amended, _: int) -> bool:
    return isinstance(child, Association) and child.object == part["object"]


_IS: dict[str, Callable[[Any, Mapping[str, Any], Amended, int], bool]] = {
    "comments": _comment_is,
    "files": _file_is,
    "links": _link_is,
    "relations": _relation_is,
    "associations": _association_is,
}
