"""Writing the cases of a tenant: each with everything on it in one transaction."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from casework.casebook import Casebook
from casework.casebook.catalogue import Words
from casework.casebook.executing import Outcome
from casework.casebook.world import contents
from casework.casebook.world.amending import GROWING, Amended, amendments
from casework.casebook.world.document.entries import Item
from casework.casebook.world.document.reading import refuse
from casework.casebook.world.document.references import Numbers, resolve
from casework.casebook.world.known import Known, Remembered
from casework.casebook.world.opening import RELATED, Act, Content, Opening, Scene, opening
from casework.casebook.world.planning import changed, sentence, stored
from casework.domain.access import PERMISSIONS, Principal, Reach
from casework.domain.case import Case
from casework.domain.doors import WORLD
from casework.domain.nouns import CloseReason
from casework.domain.refusals import Duplicate, Refusal
from casework.store import cases, nouns
from casework.store.blobs import Blobs
from casework.store.people.tenants import Tenant
from casework.store.postgres.database import Database
from casework.store.upkeep import worlds

EVERY = 100
"""Cases after which progress is told."""


async def scene(
    database: Database, casebook: Casebook, tenant: Tenant, items: Sequence[Item], numbers: Numbers, *, system: int
) -> Scene:
    """Read what cases of a tenant need to know."""
    said = [part for item in items for name in ("comments", "files") for part in item.members.get(name, ())]
    users = {numbers["users", part["by"]] for part in said if part.get("by") is not None}
    async with database.tenant(tenant.tenant_id) as connection:
        kinds = await worlds.user_kinds(connection, tenant.tenant_id, users)
        reasons = await nouns.everything(connection, tenant.tenant_id, CloseReason)
    vocabulary = await casebook.catalogue.vocabulary(tenant.tenant_id)
    groups = {reason.number: reason.close_reason_group for reason in reasons}
    return Scene(tenant.tenant_id, system, numbers, vocabulary, kinds, groups)


class Cases:
    """Makes and changes the cases of one tenant."""

    def __init__(self, database: Database, casebook: Casebook, blobs: Blobs, folder: Path, tenant: str) -> None:
        self._database = database
        self._casebook = casebook
        self._blobs = blobs
        self._folder = folder
        self._tenant = tenant

    def reader(self, tenant: int, system: int) -> Principal:
        """Return the system user as a principal who sees everything."""
        return Principal(tenant, system, "service", 0, PERMISSIONS, Reach.TENANT, Reach.TENANT)

    async def would_do(self, known: Known, items: Sequence[Item], numbers: Numbers) -> list[str]:
        """Return what `do` would say, and write nothing."""
        found = []
        setting = None
        for item in items:
            name = f"{self._tenant}/{item.key}"
            before = known.applied.get(("cases", item.key))
            if before is None:
                found.append(sentence("create", "cases", name))
            elif known.tenant is not None and (names := changed(known, item)):
                setting = setting or await self._setting(known, items, numbers)
                blobs = await self._look(item, names)
                async with self._database.tenant(known.tenant.tenant_id) as connection:
                    told = await self._amended(connection, item, before, names, setting, blobs=blobs)
                said = amendments(told) if told else []
                found += self._line(item, [member for members, _ in said for member in members])
        return found

    async def _setting(self, known: Known, items: Sequence[Item], numbers: Numbers) -> Scene:
        assert known.tenant is not None  # noqa: S101 - only asked about cases that exist
        return await scene(self._database, self._casebook, known.tenant, items, numbers, system=known.system)

    async def _look(self, item: Item, names: Sequence[str]) -> list[Content]:
        return await contents.look(item.members["files"], self._folder) if "files" in names else []

    def _line(self, item: Item, members: Sequence[str]) -> list[str]:
        if not members:
            return []
        said = {name: item.members[name] for name in members}
        return [sentence("change", "cases", f"{self._tenant}/{item.key}", said)]

    async def do(self, known: Known, items: Sequence[Item], setting: Scene, tell: Callable[[str], None]) -> list[str]:
        """Make cases in the order of the file, then change those that exist; `setting.numbers` learns the new ones."""
        found: dict[str, list[str]] = {item.key: [] for item in items}
        waiting: list[tuple[Item, int, Opening]] = []
        new = [item for item in items if ("cases", item.key) not in known.applied]
        old = [item for item in items if ("cases", item.key) in known.applied]
        for done, item in enumerate((*new, *old), start=1):
            before = known.applied.get(("cases", item.key))
            try:
                if before is None:
                    number, made = await self._make(item, setting)
                    setting.numbers["cases", item.key] = number
                    found[item.key] = [sentence("create", "cases", f"{self._tenant}/{item.key}")]
                    if made.waiting:
                        waiting.append((item, number, made))
                elif names := changed(known, item):
                    found[item.key] = self._line(item, await self._change(item, before, names, setting))
            except asyncpg.UniqueViolationError as error:
                raise refuse(item.path, _taken(error.constraint_name or "")) from error
            if done % EVERY == 0 or done == len(items):
                tell(f"{self._tenant}: {done} of {len(items)} cases")
        for item, number, made in waiting:
            await self._finish(item, number, made, setting)
        return [line for lines in found.values() for line in lines]

    async def _make(self, item: Item, setting: Scene) -> tuple[int, Opening]:
        members = self._members(item, setting.numbers)
        blobs = await contents.store(members.get("files", ()), self._folder, self._blobs)
        made = opening(item, members, blobs, setting)
        words = await self._casebook.catalogue.words(setting.tenant_id)
        async with self._database.transaction(setting.tenant_id) as connection:
            number = (await self._execute(connection, item, made.opening, setting, None, words=words)).case.number
            for act in made.acts:
                await self._execute(connection, item, act, setting, number, words=words)
            now = stored(item)
            if made.waiting:
                del now[RELATED]
            await worlds.remember_new(connection, setting.tenant_id, ("cases", item.key, number, now))
        return number, made

    async def _finish(self, item: Item, number: int, made: Opening, setting: Scene) -> None:
        """Relate a case to those that came after it."""
        members = self._members(item, setting.numbers)
        words = await self._casebook.catalogue.words(setting.tenant_id)
        async with self._database.transaction(setting.tenant_id) as connection:
            for act in made.afterwards(members):
                await self._execute(connection, item, act, setting, number, words=words)
            await worlds.remember(connection, setting.tenant_id, [("cases", item.key, number, stored(item))])

    async def _change(self, item: Item, before: Remembered, names: Sequence[str], setting: Scene) -> list[str]:
        """Carry on what the file changed, and return the members that made a difference."""
        files = item.members["files"] if "files" in names else []
        blobs = await contents.store(files, self._folder, self._blobs)
        made: list[str] = []
        words = await self._casebook.catalogue.words(setting.tenant_id)
        async with self._database.transaction(setting.tenant_id) as connection:
            told = await self._amended(connection, item, before, names, setting, blobs=blobs)
            for members, act in amendments(told) if told else []:
                if (await self._execute(connection, item, act, setting, before.number, words=words)).events:
                    made += members
            now = {**before.members, **stored(item)}
            await worlds.remember(connection, setting.tenant_id, [("cases", item.key, before.number, now)])
        return list(dict.fromkeys(made))

    async def _amended(
        self,
        connection: Any,
        item: Item,
        before: Remembered,
        names: Sequence[str],
        setting: Scene,
        *,
        blobs: Sequence[Content],
    ) -> Amended | None:
        """Return what there is to compare; None when people have deleted the case."""
        number, tenant = before.number, setting.tenant_id
        case: Case | None = (await cases.lock(connection, tenant, [number])).get(number)
        if case is None or case.deleted_at is not None:
            return None
        members = self._members(item, setting.numbers)
        wanted = [*(noun for name, noun in GROWING.items() if name in names), "escalation"]
        children = {noun: await cases.children(connection, tenant, noun, number) for noun in wanted}
        now = msgspec.to_builtins(stored(item))
        return Amended(case, children, item, members, names, before.members, now, blobs, setting)

    def _members(self, item: Item, numbers: Numbers) -> dict[str, Any]:
        members = resolve(item, numbers)
        if "files" in members:
            members["files"] = contents.typed(members["files"])
        return members

    async def _execute(
        self, connection: Any, item: Item, act: Act, setting: Scene, number: int | None, *, words: Words
    ) -> Outcome:
        principal = setting.principal(act.author)
        try:
            within = self._casebook.executor.within
            return await within(connection, principal, WORLD, act.command, number, words=words)
        except Duplicate as error:
            told = "another case has this external_id" if error.member == "external_id" else error.message
            raise refuse(item.path, told) from error
        except Refusal as error:
            raise refuse(f"{item.path}.{error.member}" if error.member else item.path, error.message) from error


def _taken(constraint: str) -> str:
    if "applied" in constraint:
        return "somebody else is applying this file just now"
    return "collides with something that exists"
