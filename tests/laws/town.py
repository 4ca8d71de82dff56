"""The town in which the laws are tried, and desks at which steps become commands and are carried out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from casework.casebook import Casebook
from casework.casebook.doctor import Finding, examine
from casework.casebook.executing import Outcome
from casework.domain import commands as c
from casework.domain.case import Audience, Case, Stage
from casework.domain.commands import Command
from casework.domain.doors import COMMAND_LINE, IBM_DOOR, Door
from casework.domain.refusals import Refusal
from laws.doors import CasebookDoor, LawDoor, Person, Refused
from laws.rows import Stored, read
from laws.society import Society
from laws.steps import DOOR_ACTS, Step

CORE_DOORS = (COMMAND_LINE, IBM_DOOR, Door("native"))


@dataclass
class Town:
    """All doors of one installation. `core` is the one that can everything, `owner` a connection past all walls."""

    casebook: Casebook
    core: CasebookDoor
    doors: list[LawDoor]
    owner: asyncpg.Connection

    def desk(self, society: Society, *cases: int) -> Desk:
        """Return a place to work in a tenant."""
        return Desk(society, self.core, self.doors, list(cases))

    async def stored(self, society: Society, number: int) -> Stored:
        """Return what lies in the tables about a case."""
        return await read(self.owner, society.tenant_id, number)

    async def examine(self, society: Society) -> list[Finding]:
        """Return what the doctor says about a tenant, but for blobs, which tests only claim to have stored."""
        found = await examine(self.casebook.database, self.casebook.files._blobs, tenant=society.key)
        return [finding for finding in found if finding.check != "blobs"]


@dataclass
class Desk:
    """Carries steps out in one tenant and remembers what there is to work on."""

    society: Society
    core: CasebookDoor
    doors: list[LawDoor]
    cases: list[int] = field(default_factory=list)
    things: dict[tuple[int, str], list[UUID]] = field(default_factory=lambda: defaultdict(list))

    async def take(self, step: Step) -> Outcome | bool:
        """Carry a step out. Returns the outcome where the core tells it, else whether the door did it."""
        person = _pick(list(self.society.people.values()), step.who)
        if step.act in DOOR_ACTS or not self.cases:
            return await self._through_door(step, person)
        number = self.cases[-1] if step.act in {"delete", "restore"} else _pick(self.cases, step.where)
        try:
            outcome = await self.give(person, self.command(step, number), number, _pick(CORE_DOORS, step.what // 7))
        except Refusal:
            return False
        return outcome

    async def give(self, person: Person, command: Command, number: int | None, door: Door = COMMAND_LINE) -> Outcome:
        """Carry a command out and remember what it made."""
        outcome = await self.core.casebook.execute(await self.core.principal(person), door, command, number)
        for event in outcome.events:
            if event.noun and event.child and event.child not in self.things[outcome.case.number, event.noun]:
                self.things[outcome.case.number, event.noun].append(event.child)
        return outcome

    async def open(self, person: Person, **members: Any) -> Case:
        """Open a case with these members through the core."""
        case = (await self.give(person, c.Open(set=members), None)).case
        self.cases.append(case.number)
        return case

    async def _through_door(self, step: Step, person: Person) -> bool:
        act = step.act if self.cases and step.act in DOOR_ACTS else "open"
        able = [door for door in self.doors if door.can(act)]
        if not able:
            return False
        door, text = _pick(able, step.what), step.text
        try:
            if act == "open":
                self.cases.append(await door.open(person, text or "No subject", text or "No text"))
                return True
            number = _pick(self.cases, step.where)
            if act == "comment":
                await door.comment(person, number, text)
            elif act == "watch":
                await door.watch(person, number, _pick(list(self.society.people.values()), step.what))
            else:
                await (door.resolve if act == "resolve" else door.reopen)(person, number)
        except Refused:
            return False
        return True

    def command(self, step: Step, number: int) -> Command:
        """Return the command that a step is about."""
        made: Command = {**self._on_case(step), **self._on_things(step, number)}[step.act]()
        return made

    def _on_case(self, step: Step) -> dict[str, Callable[[], Command]]:
        what, flag, text = step.what, step.flag, step.text
        user = _pick(list(self.society.people.values()), what).number
        team = _pick(list(self.society.names["teams"].values()), what)
        closing = {"close_note": text, "outcome": "approved"} if flag else {}
        action = _pick(("resolve", "unresolve", "accept"), what)
        return {
            "edit": lambda: c.Edit(set=self._members(step), always=flag),
            "status": lambda: c.SetStatus(stage=_pick(list(Stage), what), set=closing, comment=text if flag else None),
            "action": lambda: c.SetStatus(action=action, set={"resolution": "Done"}, comment=text),
            "assign": lambda: c.Assign(set=self._assignment(step, user, team)),
            "unwatch": lambda: c.Unwatch(users=(user,)),
            "escalate": lambda: c.Escalate(team=team, user=user if flag else None, note=text, urgent=flag),
            "deescalate": c.Deescalate,
            "snooze": lambda: c.Snooze(until=date(2030, 1, 1) + timedelta(days=what)),
            "wake": c.Wake,
            "silence": lambda: c.Silence(set={"channels": [text], "timezone": None if flag else text}, new=flag),
            "unsilence": c.Unsilence,
            "rate": lambda: c.Rate(rating=what % 5 + 1 if flag else None, comment=text),
            "grant": lambda: c.Grant(acl={str(user): ("r", "rw", "")[what % 3]}),
            "delete": c.Delete,
            "restore": c.Restore,
        }

    def _on_things(self, step: Step, number: int) -> dict[str, Callable[[], Command]]:
        what, text = step.what, step.text
        audience = Audience.PUBLIC if step.flag else Audience.INTERNAL
        link = c.NewLink(text, f"https://x.example/{what}", {"ibm": {"j": step.json}})
        kind = "relates_to" if step.flag else "blocks"

        def thing(noun: str) -> UUID:
            there = self.things.get((number, noun))
            return _pick(there, what) if there else UUID(int=what)

        return {
            "say": lambda: c.AddComment(text=text, audience=audience),
            "edit_comment": lambda: c.EditComment(comment=thing("comment"), set={"text": text, "audience": audience}),
            "remove_comment": lambda: c.RemoveComment(comment=thing("comment")),
            "attach": lambda: c.Attach(name=text or "a", size=what, digest="0" * 64, audience=audience),
            "detach": lambda: c.Detach(file=thing("file")),
            "link": lambda: c.AddLink(link=link),
            "unlink": lambda: c.RemoveLink(link=thing("link")),
            "relate": lambda: c.Relate(other=_pick(self.cases, step.where + 1), type=kind),
            "unrelate": lambda: c.Unrelate(relation=thing("relation")),
            "associate": lambda: c.Associate(object=self.society.names["objects"]["loan"]),
            "dissociate": lambda: c.Dissociate(association=thing("association")),
        }

    def _members(self, step: Step) -> dict[str, Any]:
        persons = [self.society.names["persons"]["kit"]]
        choices: tuple[dict[str, Any], ...] = (
            {"subject": step.text},
            {"description": step.text, "solution": step.text},
            {"fields": {"a": step.json}, "extra": {"ibm": {"b": step.json}}},
            {"external_id": f"{step.what}-{step.text}" if step.flag else None},
            {"requester": persons[0] if step.flag else None, "contacts": tuple(persons[: step.what % 2])},
            {"category": step.text, "contact_info": step.text, "rank": step.what % 4 + 1},
        )  # fmt: skip
        return choices[step.what % len(choices)]

    @staticmethod
    def _assignment(step: Step, user: int, team: int) -> dict[str, Any]:
        if step.flag:
            return {"owner": user, "team": team}
        return ({"owner": None}, {"assignees": (user,)}, {"team": None, "teams": (team,)})[step.what % 3]


def _pick(choices: Any, number: int) -> Any:
    return choices[number % len(choices)]
