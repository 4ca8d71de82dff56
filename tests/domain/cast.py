"""The cast of the core's tests: people of every role, a tenant's words, and a desk with one case on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import settings

from casework.domain import commands as c
from casework.domain.access import ROLES, Principal, Reach
from casework.domain.case import (
    CHILDREN,
    Association,
    Case,
    Child,
    Comment,
    Escalation,
    File,
    Link,
    Relation,
    Stage,
)
from casework.domain.decide import Context, decide
from casework.domain.doors import IBM_DOOR, Door
from casework.domain.events import Envelope, Event, apply, apply_child, blank
from casework.domain.ids import uuid7
from casework.domain.nouns import CaseType, Noun, Priority, Service, Source, Status
from casework.domain.vocabulary import Vocabulary

BOUNDED = settings(max_examples=100, derandomize=True, deadline=None, database=None)

TENANT, ELSEWHERE = 1, 2
CASE, OTHER = 4711, 4712
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
TICK = timedelta(milliseconds=1)

# users, and the team and the role that some of them have
ALICE, BOB, RITA, VERA, OTTO, CARL, DORA, GRACE = range(101, 109)
STRANGER, TEAM, ROLE = 150, 201, 202
# departments: Dora's home, where she is foreign, which is shared with hers, and none of these
HOME, FOREIGN, SHARED, FAR = 301, 302, 303, 304


def person_of(user: int) -> int:
    """Return the number of a user's person."""
    return user + 1000


def principal(role: str, user: int, /, **members: Any) -> Principal:
    """Return a user with a built-in role; `members` replace members of the principal."""
    found = ROLES[role]
    given = {
        "tenant_id": TENANT,
        "user": user,
        "kind": "customer" if role == "customer" else "agent",
        "person": person_of(user),
        "permissions": found.permissions,
        "read": found.read,
        "write": found.write,
        "subjects": (user, TEAM, ROLE),
        "roles": (role,),
    }
    return Principal(**{**given, **members})


admin = principal("admin", ALICE)
agent = principal("agent", BOB)
restricted = principal("restricted", RITA)
viewer = principal("viewer", VERA)
operator = principal("operator", OTTO)
customer = principal("customer", CARL)
EVERYBODY = (admin, agent, restricted, viewer, operator, customer)


def departmental(role: str = "agent") -> Principal:
    """Return Dora: at home in one department, foreign in a second, and let in to a third by sharing."""
    return principal(
        role,
        DORA,
        read=Reach.DEPARTMENTS,
        write=Reach.DEPARTMENTS,
        home=HOME,
        departments=(HOME, FOREIGN),
        shared=(SHARED,),
    )


def granted(role: str = "admin") -> Principal:
    """Return Grace, who reaches only cases whose access list names her or her role."""
    return principal(role, GRACE, read=Reach.GRANTED, write=Reach.GRANTED)


# ---- the tenant's words

NEW, OPEN, OPEN_TOO, WAITING, PROPOSED, RESOLVED, CLOSED, CANCELED, RETIRED = range(401, 410)
FRESH, BUSY, DONE_FIRST, DONE_LAST = range(421, 425)
DEFAULT_SET, SHORT_SET, EMPTY_SET = 431, 432, 433
CRITICAL, HIGH, NORMAL, LOW, ALSO_HIGH, GONE_PRIORITY = range(441, 447)
BY_API, BY_HAND = 451, 452
GENERIC, BANKRUPTCY = 461, 462
CATALOG, SERVICE, PLAIN_SERVICE = 471, 472, 473


def uid(n: int) -> UUID:
    """Return a uid that is easily told apart."""
    return uuid7(NOON, n.to_bytes(10, "big"))


def noun(kind: type[Noun], number: int, /, **members: Any) -> Any:
    """Return a noun of the tenant."""
    return kind(tenant_id=TENANT, number=number, uid=uid(number), **members)


def status(number: int, stage: Stage, *, status_set: int = DEFAULT_SET, **members: Any) -> Status:
    """Return a label."""
    label: Status = noun(Status, number, stage=stage, status_set=status_set, **members)
    return label


def words(**members: Any) -> Vocabulary:
    """Return the tenant's vocabulary; `members` replace parts of it."""
    statuses = (
        status(NEW, Stage.NEW, initial=True, position=0),
        status(OPEN_TOO, Stage.OPEN, position=2),
        status(OPEN, Stage.OPEN, position=1),
        status(WAITING, Stage.WAITING, position=3),
        status(PROPOSED, Stage.PROPOSED, position=4),
        status(RESOLVED, Stage.RESOLVED, position=5),
        status(CLOSED, Stage.CLOSED, position=6),
        status(CANCELED, Stage.CANCELED, position=7),
        status(RETIRED, Stage.OPEN, position=-1, deleted_at=NOON),
        status(FRESH, Stage.NEW, status_set=SHORT_SET, initial=True, position=0),
        status(BUSY, Stage.OPEN, status_set=SHORT_SET, position=1),
        status(DONE_FIRST, Stage.RESOLVED, status_set=SHORT_SET, position=2),
        status(DONE_LAST, Stage.RESOLVED, status_set=SHORT_SET, position=3),
    )
    priorities = (
        noun(Priority, CRITICAL, rank=1),
        noun(Priority, HIGH, rank=2),
        noun(Priority, NORMAL, rank=3),
        noun(Priority, LOW, rank=4),
        noun(Priority, ALSO_HIGH, rank=2),
        noun(Priority, GONE_PRIORITY, rank=1, deleted_at=NOON),
    )
    services = (
        noun(Service, CATALOG, default_priority=ALSO_HIGH, status_set=SHORT_SET),
        noun(Service, SERVICE, parent=CATALOG, code="mail"),
        noun(Service, PLAIN_SERVICE, code="plain"),
    )
    whole = {
        "version": 1,
        "statuses": {s.number: s for s in statuses},
        "priorities": {p.number: p for p in priorities},
        "sources": {BY_API: noun(Source, BY_API, type="API"), BY_HAND: noun(Source, BY_HAND, type="MANUAL")},
        "types": {GENERIC: noun(CaseType, GENERIC), BANKRUPTCY: noun(CaseType, BANKRUPTCY, base="bankruptcy")},
        "services": {s.number: s for s in services},
        "default_set": DEFAULT_SET,
    }
    return Vocabulary(**{**whole, **members})


WORDS = words()
NATIVE = Door("native")
DOORS = (NATIVE, IBM_DOOR)


def a_case(number: int = CASE, **members: Any) -> Case:
    """Return a case as it may lie in the database, opened by a stranger."""
    stage = members.get("stage", Stage.OPEN)
    given = {
        "stage": stage,
        "status": WORDS.status_for(stage).number,
        "priority": NORMAL,
        "opened_at": NOON,
        "created_at": NOON,
        "created_by": STRANGER,
        "created_via": "native",
        "version": 1,
        "touched_at": NOON,
        "touched_by": STRANGER,
        "updated_at": NOON,
        "updated_by": STRANGER,
        "status_at": NOON,
        "status_by": STRANGER,
        "reacted_at": None if stage is Stage.NEW else NOON,
        "resolved_at": NOON if stage.done else None,
        "closed_on": NOON if stage.done else None,
        "last_closed_at": NOON if stage.done else None,
    }
    return msgspec.structs.replace(blank(TENANT, number, uid(number)), **{**given, **members})


def uids(start: int = 1) -> Iterator[UUID]:
    """Yield fresh uids."""
    n = start
    while True:
        yield uid(n)
        n += 1


def context(who: Principal = admin, *, door: Door = NATIVE, at: datetime = NOON + TICK, **members: Any) -> Context:
    """Return what `decide` may know."""
    fresh = uids(10_000)
    return Context(
        **{"principal": who, "at": at, "door": door, "vocabulary": WORDS, "uid": lambda: next(fresh), **members}
    )


class Desk:
    """One case and what hangs on it: commands are looked up, decided and applied, as the executor does it.

    `history` has every event with its envelope, `others` the cases that a relation may lead to.
    """

    def __init__(self, case: Case | None = None, **known: Any) -> None:
        self.case = case
        self.start = case
        self.known = known
        self.children: dict[UUID, Child] = {}
        self.others = {OTHER: a_case(OTHER)}
        self.history: list[tuple[Event, Envelope]] = []
        self.clock = NOON
        self._uids = uids()

    def do(self, command: c.Command, who: Principal = admin, door: Door = NATIVE) -> list[Event]:
        """Carry out a command, a tick after the one before, and return its events."""
        self.clock += TICK
        known = {**self._look_up(command), **self.known}
        asked = context(who, door=door, at=self.clock, uid=lambda: next(self._uids), **known)
        events = decide(self.case, command, asked)
        start = self.case or blank(who.tenant_id, CASE, uid(CASE))
        envelope = Envelope(at=self.clock, actor=who.user, via=door.name, version=start.version + 1)
        for event in events:
            start = apply(start, event, envelope)
            if event.child is not None:
                number = len(self.children) + 1
                old = self.children.get(event.child)
                self.children[event.child] = apply_child(old, event, envelope, case=start, number=number)
        if events:
            self.case = start
        self.history += [(event, envelope) for event in events]
        return events

    def _look_up(self, command: c.Command) -> dict[str, Any]:
        if isinstance(command, c.Relate):
            other = self.case if command.other == CASE else self.others.get(command.other)
            related = [r for r in self.of(Relation) if (r.other, r.type) == (command.other, command.type)]
            return {"other": other, "relation": related[0] if related else None}
        if isinstance(command, c.Associate):
            return {"child": next((a for a in self.of(Association) if a.object == command.object), None)}
        if isinstance(command, (c.Escalate, c.Deescalate)):
            return {"active": next((e for e in self.of(Escalation) if e.ended_at is None), None)}
        named = [getattr(command, name) for name in CHILDREN if isinstance(getattr(command, name, None), UUID)]
        return {"child": self.children.get(named[0])} if named else {}

    def of(self, kind: type[Child]) -> list[Any]:
        """Return the things of one kind that are on the case."""
        return [child for child in self.children.values() if isinstance(child, kind) and child.deleted_at is None]

    def only(self, kind: type[Child]) -> Any:
        """Return the one thing of this kind."""
        (child,) = self.of(kind)
        return child


def moved(case: Case, command: c.SetStatus, who: Principal = admin, door: Door = NATIVE) -> Case:
    """Return the case after a move."""
    desk = Desk(case)
    desk.do(command, who, door)
    assert desk.case is not None
    return desk.case


def kinds(events: list[Event]) -> list[str]:
    """Return what happened, by name."""
    return [event.kind for event in events]


# ---- one command of every kind, and what each of them finds on the case


def child(kind: type[Child], number: int, by: int = STRANGER, **members: Any) -> Any:
    """Return a thing on the case."""
    envelope = {"tenant_id": TENANT, "uid": uid(number), "case_number": CASE, "created_at": NOON, "created_by": by}
    return kind(number=number, **{**envelope, **members})


CHILDREN_OF: dict[type[c.Command], type[Child]] = {
    c.EditComment: Comment,
    c.RemoveComment: Comment,
    c.Detach: File,
    c.EditLink: Link,
    c.RemoveLink: Link,
    c.EditRelation: Relation,
    c.Unrelate: Relation,
    c.Dissociate: Association,
}

SAMPLES: tuple[c.Command, ...] = (
    c.Open(set={"subject": "New"}),
    c.Edit(set={"subject": "Other"}),
    c.EditWhole(set={"subject": "Other"}),
    c.Forget(member="close_reason"),
    c.Several(parts=(c.Edit(set={"subject": "Other"}),)),
    c.SetStatus(stage=Stage.WAITING),
    c.Assign(set={"owner": STRANGER}),
    c.AddComment(text="Hello"),
    c.EditComment(comment=uid(501), set={"text": "Better"}),
    c.RemoveComment(comment=uid(501)),
    c.Attach(name="a.txt", size=1, digest="0" * 64),
    c.Detach(file=uid(501)),
    c.AddLink(link=c.NewLink("Runbook", "https://x.example")),
    c.EditLink(link=uid(501), set={"name": "Better"}),
    c.RemoveLink(link=uid(501)),
    c.Relate(other=OTHER),
    c.EditRelation(relation=uid(501), type="blocks"),
    c.Unrelate(relation=uid(501)),
    c.Separate(other=OTHER),
    c.Associate(object=601),
    c.Dissociate(association=uid(501)),
    c.Watch(users=(STRANGER + 1,)),
    c.Unwatch(users=(STRANGER + 1,)),
    c.Escalate(team=TEAM + 10),
    c.Deescalate(),
    c.Snooze(until=date(2024, 3, 9)),
    c.Wake(),
    c.Silence(set={"channels": ["voice"]}, new=True),
    c.Unsilence(),
    c.Rate(rating=4),
    c.Grant(acl={str(STRANGER): "r"}),
    c.Delete(),
    c.Restore(),
)


READY: dict[type[c.Command], dict[str, Any]] = {
    c.Forget: {"close_reason": 77},
    c.Deescalate: {"escalated_at": NOON, "escalated_team": TEAM},
    c.Unwatch: {"watchers": (STRANGER + 1,)},
    c.Wake: {"snoozed_at": NOON, "snoozed_until": NOON.date()},
    c.Restore: {"deleted_at": NOON},
    c.Unsilence: {"extra": {"native": {"doNotInteract": {"channels": ["voice"]}}}},
}


def case_for(command: c.Command, **members: Any) -> Case:
    """Return a case on which a sample has something to do."""
    return a_case(**{**READY.get(type(command), {}), **members})


def finding(command: c.Command, who: Principal, **members: Any) -> Context:
    """Return the context of a sample, with what it names on the case: written by the one who asks."""
    known: dict[str, Any] = {}
    if kind := CHILDREN_OF.get(type(command)):
        known["child"] = child(kind, 501, by=who.user, audience="public") if _heard(kind) else child(kind, 501)
    if isinstance(command, c.Relate):
        known["other"] = a_case(OTHER, watchers=(who.user,))
    if isinstance(command, c.Separate):
        known["relation"] = child(Relation, 503, other=OTHER)
    if isinstance(command, c.Deescalate):
        known["active"] = child(Escalation, 502, team=TEAM)
    return context(who, **{**known, **members})


def _heard(kind: type[Child]) -> bool:
    return "audience" in kind.__struct_fields__
