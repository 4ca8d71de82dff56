"""Cases as entries of a world document, with everything on them."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from casework.casebook import Casebook
from casework.casebook.tenancy import SYSTEM_KEY
from casework.casebook.world.contents import guess
from casework.casebook.world.naming import FIT, Names
from casework.casebook.world.opening import TICK, status_set
from casework.domain.access import PERMISSIONS, Principal, Reach
from casework.domain.case import Association, Case, Child, Comment, Escalation, File, Link, Relation, Stage
from casework.domain.doors import WORLD
from casework.domain.refusals import NotFound
from casework.domain.vocabulary import Vocabulary
from casework.store.people import users
from casework.store.people.tenants import Tenant
from casework.store.postgres.database import Database
from casework.store.upkeep import worlds

PAGE = 200
NOUNS = ("comment", "file", "link", "relation", "association", "escalation")
TEXTS = (
    "subject", "description", "solution", "contact_info", "category", "external_id", "outcome", "close_note",
    "resolution", "due_at", "snoozed_until",
)  # fmt: skip
NAMED: Mapping[str, str] = {
    "service": "services",
    "requester": "persons",
    "impacted": "persons",
    "borrowers": "persons",
    "contacts": "persons",
    "organization": "organizations",
    "close_reason": "close_reasons",
    "watchers": "users",
}

Children = Mapping[str, Mapping[int, Sequence[Child]]]


class CaseExporter:
    """The cases of one tenant as entries."""

    def __init__(
        self, database: Database, casebook: Casebook, tenant: Tenant, names: Names, folder: Path | None
    ) -> None:
        self._database = database
        self._casebook = casebook
        self._tenant = tenant
        self._names = names
        self._folder = folder

    async def entries(self) -> list[dict[str, Any]]:
        """Return the entries by number."""
        number = self._tenant.tenant_id
        self._words: Vocabulary = await self._casebook.catalogue.vocabulary(number)
        async with self._database.tenant(number) as connection:
            system = await users.number_of(connection, number, SYSTEM_KEY) or 0
            principal = Principal(number, system, "service", 0, PERMISSIONS, Reach.TENANT, Reach.TENANT)
            keys = await worlds.case_keys(connection, number)
            cases: list[Case] = []
            while page := await worlds.cases_after(connection, principal, cases[-1].number if cases else 0, PAGE):
                cases += page
        self._keys = _keys(cases, keys)
        found = []
        for start in range(0, len(cases), PAGE):
            page = cases[start : start + PAGE]
            async with self._database.tenant(number) as connection:
                numbers = [case.number for case in page]
                children = {noun: await worlds.children(connection, number, noun, numbers) for noun in NOUNS}
            found += [await self._entry(case, children) for case in page]
        return found

    async def _entry(self, case: Case, children: Children) -> dict[str, Any]:
        on = {noun: children[noun].get(case.number, ()) for noun in NOUNS}
        times = _times(case, [*_of(on, "comment", Comment), *_of(on, "file", File)])
        said: dict[str, Any] = {"key": self._keys[case.number]}
        said |= {name: getattr(case, name) for name in TEXTS}
        said |= {name: self._refer(kind, getattr(case, name)) for name, kind in NAMED.items()}
        said |= {
            "assignees": self._refer("users", (*_one(case.owner), *case.assignees)),
            "teams": self._refer("teams", (*_one(case.team), *case.teams)),
            "created_by": self._names.of("users", case.created_by),
            "fields": case.fields,
            "extra": case.extra,
            "comments": [self._comment(comment, times) for comment in _of(on, "comment", Comment) if comment.text],
            "links": [_short(name=link.name, url=link.url) for link in _of(on, "link", Link) if link.name or link.url],
            "relations": self._relations(_of(on, "relation", Relation)),
            "associations": self._associations(_of(on, "association", Association)),
            "escalation": self._escalation(_of(on, "escalation", Escalation)),
            "rating": _rating(case),
            "files": [await self._file(file, times) for file in _of(on, "file", File)],
            "acl": self._acl(case),
        }
        entry = {name: value for name, value in said.items() if value not in (None, "", [], {})}
        return {**entry, **self._labels(case), **self._dates(case, times)}

    def _refer(self, kind: str, numbers: int | Iterable[int] | None) -> Any:
        if numbers is None or isinstance(numbers, int):
            return self._names.of(kind, numbers)
        return [key for key in (self._names.of(kind, number) for number in numbers) if key is not None]

    def _labels(self, case: Case) -> dict[str, Any]:
        """Return type, source, status or stage, priority and department, where they are not what opening fills in."""
        words, found = self._words, {}
        usual_type, usual_source = words.type_for("generic"), words.source_for(WORLD.source)
        for name, kind, usual in (("type", "case_types", usual_type), ("source", "sources", usual_source)):
            value = getattr(case, name)
            if value != (usual.number if usual else None) and (key := self._names.of(kind, value)):
                found[name] = key
        label = words.statuses.get(case.status or 0)
        plain = words.status_for(case.stage, status_set(case.service, words))
        key = self._names.of("statuses", case.status)
        if label is not None and key is not None and label.number != plain.number and label.stage is case.stage:
            found["status"] = key
        elif case.stage is not Stage.NEW:
            found["stage"] = case.stage.value
        priority = self._names.of("priorities", case.priority) and case.priority
        number = priority or words.priority_for(case.rank).number
        if case.service is not None or number != words.priority_for(WORLD.rank).number:
            found["priority"] = self._names.of("priorities", number) or ""
        department = self._names.of("departments", case.department)
        if department != self._names.of("departments", self._tenant.default_department):
            return {**found, "department": department}
        return found

    def _dates(self, case: Case, times: Mapping[int, datetime]) -> dict[str, Any]:
        found: dict[str, Any] = {"created_at": case.created_at}
        if 0 in times:
            found["updated_at"] = times[0]
        usual = case.updated_at if 0 in times else case.created_at
        if case.closed_on != (usual if case.stage.done else None):
            found["closed_on"] = case.closed_on
        return found

    def _comment(self, comment: Comment, times: Mapping[int, datetime]) -> dict[str, Any]:
        said = _short(by=self._names.of("users", comment.created_by), text=comment.text)
        return {**said, "audience": comment.audience, "at": times[comment.number]}

    async def _file(self, file: File, times: Mapping[int, datetime]) -> dict[str, Any]:
        usual = file.content_type == guess(file.name)
        said = _short(content_type=None if usual else file.content_type, by=self._names.of("users", file.created_by))
        content = await self._content(file)
        return {"name": file.name, **content, **said, "audience": file.audience, "at": times[file.number]}

    async def _content(self, file: File) -> dict[str, str]:
        try:
            chunks = await self._casebook.files.open(file)
            if self._folder is not None:
                target = self._folder / "files" / file.digest
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as out:
                    async for chunk in chunks:
                        out.write(chunk)
                return {"path": f"files/{file.digest}"}
            whole = b"".join([chunk async for chunk in chunks])
        except NotFound as error:
            key = self._keys[file.case_number]
            raise NotFound(f"The content of file '{file.name}' on case '{key}' is missing.") from error
        try:
            text = whole.decode()
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(whole).decode()}
        return {"base64": base64.b64encode(whole).decode()} if "\x00" in text else {"text": text}

    def _relations(self, relations: Iterable[Relation]) -> list[dict[str, Any]]:
        return [{"to": self._keys[r.other], "type": r.type} for r in relations if r.other in self._keys]

    def _associations(self, associations: Iterable[Association]) -> list[dict[str, Any]]:
        named = ((self._names.of("objects", a.object), a.relation) for a in associations)
        return [{"object": key, "relation": relation} for key, relation in named if key is not None]

    def _escalation(self, escalations: Iterable[Escalation]) -> dict[str, Any] | None:
        for call in escalations:
            team, user = self._names.of("teams", call.team), self._names.of("users", call.user)
            if call.ended_at is None and (team or user):
                return _short(team=team, user=user, note=call.note, urgent=call.urgent)
        return None

    def _acl(self, case: Case) -> list[dict[str, str]]:
        named = ((self._names.of("subjects", int(number)), letters) for number, letters in case.acl.items())
        return [{"to": key, "grants": letters} for key, letters in named if key is not None]


def _keys(cases: Iterable[Case], known: Mapping[int, str]) -> dict[int, str]:
    """Return the keys of cases: those they were applied under, or made of their numbers."""
    taken = set(known.values())
    found = {}
    for case in cases:
        key = known.get(case.number, "")
        if not FIT.fullmatch(key):
            key = base = f"case-{case.number}"
            while key in taken:
                key = f"{key}-{base}"
            taken.add(key)
        found[case.number] = key
    return found


def _of(on: Mapping[str, Sequence[Child]], noun: str, kind: type[Any]) -> list[Any]:
    return [child for child in on[noun] if isinstance(child, kind)]


def _one(number: int | None) -> tuple[int, ...]:
    return () if number is None else (number,)


def _short(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, "", False)}


def _rating(case: Case) -> dict[str, Any]:
    said = _short(value=case.rating if case.rating in range(1, 6) else None, comment=case.rating_comment)
    return said if case.rating is None or "value" in said else {}


def _times(case: Case, dated: Iterable[Child]) -> dict[int, datetime]:
    """Return when things were said (by their numbers) and the case was last edited (0), each at a moment of its own.

    Several things may share a moment when one command did them. Applied one by one they cannot: so the export already
    says what applying it will give.
    """
    stamps = [(child.created_at, child.number) for child in dated]
    if case.revision and case.updated_at is not None and case.updated_at != case.created_at:
        stamps.append((case.updated_at, 0))
    found: dict[int, datetime] = {}
    before = case.created_at
    for at, number in sorted(stamps):
        moment = at if before is None or at > before else before + TICK
        found[number] = before = moment
    return found
