"""From a case in a world file to commands: what opens it, and what happens to it afterwards, in order of time. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from casework.casebook.world.document.entries import Item
from casework.casebook.world.document.references import Numbers
from casework.domain import commands as c
from casework.domain.access import PERMISSIONS, Principal, Reach
from casework.domain.case import Audience, Stage
from casework.domain.vocabulary import Vocabulary

TICK = timedelta(milliseconds=1)
SAME = (
    "subject", "description", "solution", "contact_info", "category", "outcome", "external_id", "close_note",
    "resolution", "due_at", "type", "source", "service", "requester", "impacted", "organization", "department",
    "close_reason", "closed_on",
)  # fmt: skip
"""Members of the file that are members of the case."""
LISTS = ("borrowers", "contacts")
RELATED = "relations"


class Content(NamedTuple):
    """The bytes of a file, as the blob store knows them."""

    digest: str
    size: int


class Act(NamedTuple):
    """A command and who gives it; None is the system."""

    command: c.Command
    author: int | None = None


class Scene(msgspec.Struct, frozen=True):
    """What cases of a tenant need to know: numbers of everything, the tenant's words, what users are.

    `groups` maps close reasons to their groups.
    """

    tenant_id: int
    system: int
    numbers: Numbers
    vocabulary: Vocabulary
    kinds: Mapping[int, str]
    groups: Mapping[int, int]

    def principal(self, author: int | None) -> Principal:
        """Return somebody who may do everything, under the author's name.

        He counts as staff whoever he is: the file says which audience a text has, and that a customer answers must not
        move a case whose stage the file gives.
        """
        return Principal(
            tenant_id=self.tenant_id,
            user=self.system if author is None else author,
            kind="service",
            person=0,
            permissions=PERMISSIONS,
            read=Reach.TENANT,
            write=Reach.TENANT,
        )

    def audience(self, part: Mapping[str, Any]) -> Audience | None:
        """Return the audience of a comment or file: a customer's is public unless the file says otherwise."""
        if part.get("audience") is not None:
            return Audience(part["audience"])
        return Audience.PUBLIC if self.kinds.get(part.get("by") or 0) == "customer" else None


class Opening(msgspec.Struct, frozen=True):
    """What makes a case; the relations at the places `waiting` need cases yet to come.

    Relations come last: they are later than the last touch of both cases, whatever the file says of the times of one.
    """

    opening: Act
    acts: list[Act]
    waiting: list[int]

    def afterwards(self, members: Mapping[str, Any]) -> list[Act]:
        """Return what was waiting, now that every relation has a number."""
        return [Act(_relate(members[RELATED][i], self.opening.command.at)) for i in self.waiting]


def plain(members: Mapping[str, Any], scene: Scene) -> dict[str, Any]:
    """Return the case's members for those of the file's that map to one each."""
    found = {name: members[name] for name in SAME if name in members}
    found |= {name: tuple(dict.fromkeys(members[name])) for name in LISTS if name in members}
    if found.get("close_reason") is not None:
        found["close_reason_group"] = scene.groups.get(found["close_reason"])
    return found


def first_and_rest(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return owner and assignees, team and teams."""
    found: dict[str, Any] = {}
    for many, one in (("assignees", "owner"), ("teams", "team")):
        if many in members:
            listed = tuple(dict.fromkeys(members[many]))
            found |= {one: listed[0] if listed else None, many: listed[1:]}
    return found


def status(item: Item, members: Mapping[str, Any], scene: Scene) -> int:
    """Return the status that the file names: of the service's set, where that has one with this key."""
    vocabulary = scene.vocabulary
    labels = status_set(members.get("service"), vocabulary)
    key, named = item.members["status"], members["status"]
    mine = (s.number for s in vocabulary.statuses.values() if s.status_set == labels and _bare(s.key) == key)
    return next(mine, int(named))


def _bare(key: str | None) -> str:
    return (key or "").rpartition("/")[2]


def status_set(service: int | None, vocabulary: Vocabulary) -> int | None:
    """Return the status set of the nearest node of the catalogue that has one."""
    seen: set[int] = set()
    while service is not None and service not in seen and service in vocabulary.services:
        seen.add(service)
        node = vocabulary.services[service]
        if node.status_set is not None:
            return node.status_set
        service = node.parent
    return None


def opening(item: Item, members: Mapping[str, Any], contents: Sequence[Content], scene: Scene) -> Opening:
    """Return the commands that make a case.

    Args:
        item: The case.
        members: Its members with numbers in place of keys; relations to cases that have yet to come have a number of 0.
        contents: The bytes of its files.
        scene: What cases of the tenant need to know.
    """
    undated, dated = _acts(members, contents, scene)
    began = _began(members, undated, dated)
    if (updated := members.get("updated_at")) is not None and updated != began:
        dated.insert(0, (updated, Act(c.Edit(set={}, always=True, at=updated))))
    dated.sort(key=lambda pair: pair[0])
    undated = [Act(msgspec.structs.replace(act.command, at=began), act.author) for act in undated]
    in_time = [act for _, act in dated]
    room = not dated or began is None or dated[0][0] > began + TICK * len(undated)
    acts = undated + in_time if room else in_time + undated
    relations = members.get(RELATED, ())
    acts += [Act(_relate(relation, began)) for relation in relations if relation["to"]]
    waiting = [i for i, relation in enumerate(relations) if not relation["to"]]
    links = tuple(c.NewLink(name=link.get("name", ""), url=link.get("url")) for link in members.get("links", ()))
    wanted = _members(item, members, scene, began)
    author = members.get("created_by")
    return Opening(Act(c.Open(set=wanted, links=links, at=began), author), acts, waiting)


def _relate(relation: Mapping[str, Any], at: datetime | None) -> c.Relate:
    return c.Relate(other=relation["to"], type=relation.get("type", "relates_to"), at=at)


def _began(
    members: Mapping[str, Any], undated: Sequence[Act], dated: Sequence[tuple[datetime, Act]]
) -> datetime | None:
    """Return when the case was opened: as given, else just before the first thing that has a date."""
    if (given := members.get("created_at")) is not None:
        opened: datetime = given
        return opened
    dates = [at for at, _ in dated]
    if (updated := members.get("updated_at")) is not None:
        dates.append(updated)
    return min(dates) - TICK * (len(undated) + 1) if dates else None


def _acts(
    members: Mapping[str, Any], contents: Sequence[Content], scene: Scene
) -> tuple[list[Act], list[tuple[datetime, Act]]]:
    undated: list[Act] = []
    dated: list[tuple[datetime, Act]] = []
    before: datetime | None = None
    for comment in members.get("comments", ()):
        before = comment.get("at") or before
        act = Act(add_comment(comment, scene, before), comment.get("by"))
        if before is None:
            undated.append(act)
        else:
            dated.append((before, act))
    for file, content in zip(members.get("files", ()), contents, strict=True):
        act = Act(attach(file, content, scene, file.get("at")), file.get("by"))
        if file.get("at") is None:
            undated.append(act)
        else:
            dated.append((file["at"], act))
    undated += [Act(associate(said)) for said in members.get("associations", ())]
    if members.get("escalation") is not None:
        undated.append(Act(escalate(members["escalation"])))
    if members.get("snoozed_until") is not None:
        undated.append(Act(c.Snooze(until=members["snoozed_until"])))
    return undated, dated


def add_comment(comment: Mapping[str, Any], scene: Scene, at: datetime | None) -> c.AddComment:
    """Return the command for a comment of the file."""
    return c.AddComment(text=comment["text"], audience=scene.audience(comment), at=at)


def attach(file: Mapping[str, Any], content: Content, scene: Scene, at: datetime | None) -> c.Attach:
    """Return the command for a file of the file."""
    return c.Attach(
        name=file["name"],
        size=content.size,
        digest=content.digest,
        content_type=file.get("content_type"),
        audience=scene.audience(file),
        at=at,
    )


def associate(association: Mapping[str, Any]) -> c.Associate:
    """Return the command for an association of the file."""
    return c.Associate(object=association["object"], relation=association.get("relation", "related"))


def escalate(escalation: Mapping[str, Any]) -> c.Escalate:
    """Return the command for the escalation of the file."""
    return c.Escalate(
        team=escalation.get("team"),
        user=escalation.get("user"),
        note=escalation.get("note", ""),
        urgent=escalation.get("urgent", False),
    )


def _members(item: Item, members: Mapping[str, Any], scene: Scene, began: datetime | None) -> dict[str, Any]:
    wanted = {**plain(members, scene), **first_and_rest(members)}
    for name in ("type", "source"):
        if wanted.get(name, 0) is None:
            del wanted[name]
    wanted |= {name: members[name] for name in ("fields", "extra") if name in members}
    if members.get("status") is not None:
        wanted["status"] = status(item, members, scene)
    elif members.get("stage") is not None:
        wanted["stage"] = Stage(members["stage"])
    for name in ("priority", "rank"):
        if members.get(name) is not None:
            wanted[name] = members[name]
    if members.get("watchers"):
        wanted["watchers"] = tuple(dict.fromkeys(members["watchers"]))
    if members.get("acl"):
        wanted["acl"] = {str(grant["to"]): grant["grants"] for grant in members["acl"]}
    if members.get("rating") is not None:
        wanted |= {"rating": members["rating"].get("value"), "rating_comment": members["rating"].get("comment", "")}
    return wanted | _done(wanted, members.get("updated_at") or began, scene)


def _done(wanted: Mapping[str, Any], at: datetime | None, scene: Scene) -> dict[str, Any]:
    """A case that is done already was done when it was last updated."""
    label = scene.vocabulary.statuses.get(wanted.get("status") or 0)
    stage = label.stage if label else wanted.get("stage", Stage.NEW)
    at = wanted.get("closed_on", at)
    if not stage.done or at is None:
        return {}
    return {"resolved_at": at, "closed_on": at, "last_closed_at": at}
