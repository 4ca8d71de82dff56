"""`apply`: carry on what a world file says, and only what it says anew."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec

from casework.casebook import Casebook
from casework.casebook.tenancy import SYSTEM_KEY, found
from casework.casebook.world import contents
from casework.casebook.world.cases import Cases, scene
from casework.casebook.world.document.checks import check
from casework.casebook.world.document.entries import KINDS, LABELS, QUALIFIED, Item
from casework.casebook.world.document.reading import World, refuse
from casework.casebook.world.document.references import Numbers, resolve
from casework.casebook.world.known import Known, founded, read
from casework.casebook.world.planning import Planner, Step, changed
from casework.casebook.world.registering import check_addresses, passwords, register, set_logins, tenant_sentence
from casework.domain.nouns import Noun, Object, Person, Service, User
from casework.store.blobs import Blobs
from casework.store.people import tenants
from casework.store.people.tenants import Tenant
from casework.store.postgres.database import Database
from casework.store.upkeep import worlds

Progress = Callable[[str], None]


class Ids(msgspec.Struct, frozen=True):
    """What identifies a thing; the dialects spell it.

    `revision` is a case's, `address` a user's, `person` the number of the person that a user is, `kind` an object's.
    `secret` is a key's, where the file gives it or it was made just now.
    """

    uid: UUID
    number: int
    revision: int | None = None
    address: str | None = None
    person: int | None = None
    kind: str | None = None
    secret: str | None = None


class Applied(msgspec.Struct, frozen=True):
    """What an apply did.

    Attributes:
        changes: One line for each thing that was (or with dry_run: would be) made or changed.
        secrets: Those that were generated, by `<tenant>/<key>`: nobody can read them again.
        ids: Kind → `<tenant>/<key>` → ids: nouns that have a key, and the file's cases. Empty after a dry run.
    """

    changes: list[str]
    secrets: dict[str, str]
    ids: dict[str, dict[str, Ids]]


async def apply(
    database: Database,
    casebook: Casebook,
    blobs: Blobs,
    world: World,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> Applied:
    """Apply a world: write what the file changed since it was applied last, as recorded changes by the system user.

    What people changed meanwhile stays, nothing is deleted, and applying the same file again changes nothing. The nouns
    of a tenant are one transaction, each case with everything on it is one, and keys come last, so that a secret that
    was made is always told; an apply that was interrupted can be repeated.

    Args:
        database: The installation's.
        casebook: On the same database.
        blobs: Where the bytes of files go.
        world: The file, from `load`.
        dry_run: Tell what would change, write nothing.
        progress: Is told what is done, now and then.
        folder: Where the paths of files start; the current folder by default.

    Raises:
        Invalid: The file contradicts itself or what is stored; the message starts with the path of what is wrong.
            Everything that can be known beforehand is refused before anything is written.
    """
    parts = [_Part(database, casebook, blobs, items, folder or Path()) for items in check(world)]
    for part in parts:
        await part.look(dry_run=dry_run)
    applied = Applied([], {}, {kind: {} for kind in ("tenants", *KINDS, "cases")})
    if dry_run:
        for part in parts:
            applied.changes.extend(part.changes)
        return applied
    tell = progress or _silent
    for part in parts:
        await part.write_nouns(tell)
    for part in parts:
        await part.write_cases(tell)
    for part in parts:
        await part.write_keys(applied.secrets)
        applied.changes.extend(part.changes)
        await part.collect(applied)
    return applied


def _silent(_text: str) -> None:
    """Tell nobody."""


class _Part:
    """The part of a world that is one tenant."""

    def __init__(
        self, database: Database, casebook: Casebook, blobs: Blobs, items: Sequence[Item], folder: Path
    ) -> None:
        self._database = database
        self._casebook = casebook
        self._items = items
        self._cases = [item for item in items if item.kind == "cases"]
        self._tenant_item = items[0]
        self._key = items[0].key
        self._doer = Cases(database, casebook, blobs, folder, self._key)
        self._folder = folder
        self._numbers: Numbers = {}
        self.changes: list[str] = []

    async def _find(self) -> Tenant | None:
        async with self._database.system() as connection:
            return await tenants.by_key(connection, self._key)

    async def _known(self, tenant: Tenant | None) -> Known:
        if tenant is None:
            return founded()
        async with self._database.tenant(tenant.tenant_id) as connection:
            return await read(connection, tenant, self._items)

    async def look(self, *, dry_run: bool) -> None:
        """Refuse what cannot be done; in a dry run, find out what would be done."""
        known = await self._known(await self._find())
        check_addresses(known, self._items)
        given = await passwords(known, self._items, hashed=False) if dry_run else {}
        planner = Planner(known, self._items, self._key, given)
        plan = planner.plan([-1_000_000 - i for i in range(len(planner.missing()))])
        numbers = _with_cases(plan.numbers, known, self._cases)
        resolve(self._tenant_item, numbers)
        for item in self._cases:
            resolve(item, numbers)
            if "files" in changed(known, item):
                contents.check(item, self._folder)
        if dry_run:
            keys = [line for line in plan.changes if line.split()[1] == LABELS["keys"]]
            self.changes += tenant_sentence(known, self._tenant_item, numbers)
            self.changes += [line for line in plan.changes if line not in keys]
            self.changes += await self._doer.would_do(known, self._cases, numbers) + keys

    async def write_nouns(self, tell: Progress) -> None:
        """Make the tenant if need be, and write everything but cases and keys."""
        tenant = await self._find()
        fresh = tenant is None
        if tenant is None:
            self.changes += tenant_sentence(founded(), self._tenant_item, {})
            tenant = await self._found()
        nouns = [item for item in self._items if item.kind != "keys"]
        known = await self._known(tenant)
        given = await passwords(known, self._items, hashed=True)
        given = await set_logins(self._database, known, self._items, given)
        known, plan = await register(self._database, self._casebook, tenant, nouns, given)
        if not fresh:
            self.changes += tenant_sentence(known, self._tenant_item, plan.numbers)
        self.changes += plan.changes
        self._tenant, self._before, self._after = tenant, known, plan
        tell(f"{self._key}: {len(plan.changes)} changes to people and settings")

    async def _found(self) -> Tenant:
        said = self._tenant_item.members
        try:
            async with self._database.system() as connection:
                name, zone = said.get("name") or self._key, said.get("timezone") or "UTC"
                return await found(connection, self._casebook.clock, self._key, name, zone)
        except asyncpg.UniqueViolationError as error:
            raise refuse(self._tenant_item.path, "somebody else is making this tenant just now") from error

    async def write_cases(self, tell: Progress) -> None:
        """Make and change the cases."""
        self._numbers = _with_cases(self._after.numbers, self._before, self._cases)
        system = self._before.system
        setting = await scene(self._database, self._casebook, self._tenant, self._cases, self._numbers, system=system)
        self.changes += await self._doer.do(self._before, self._cases, setting, tell)

    async def write_keys(self, secrets: dict[str, str]) -> None:
        """Make and change the keys."""
        mine = [item for item in self._items if item.kind == "keys"]
        if mine:
            _, plan = await register(self._database, self._casebook, self._tenant, mine, {})
            self.changes += plan.changes
            secrets.update(_generated(self._key, plan.steps))

    async def collect(self, applied: Applied) -> None:
        """Add the ids of the tenant's things."""
        tenant, ids = self._tenant, applied.ids
        ids["tenants"][self._key] = Ids(tenant.uid, tenant.tenant_id)
        given = {item.key: item.members.get("secret") for item in self._items if item.kind == "keys"}
        async with self._database.tenant(tenant.tenant_id) as connection:
            for kind, of in KINDS.items():
                rows = [n for n in await worlds.keyed(connection, tenant.tenant_id, of.noun) if _belongs(kind, n)]
                for key, noun in _by_key(kind, rows):
                    name = f"{self._key}/{key}"
                    secret = applied.secrets.get(name) or given.get(key) if kind == "keys" else None
                    ids[kind][name] = _ids(noun, secret)
            users = {user: i.person for user, i in ids["users"].items() if user.startswith(f"{self._key}/")}
            people = await worlds.rows(connection, tenant.tenant_id, Person, (), [p for p in users.values() if p])
            by_number = {person.number: person for person in people}
            for user, number in users.items():
                if number in by_number and not user.endswith(f"/{SYSTEM_KEY}"):
                    ids["persons"].setdefault(user, _ids(by_number[number], None))
            wanted = {self._numbers["cases", item.key]: item.key for item in self._cases}
            principal = self._doer.reader(tenant.tenant_id, self._before.system)
            for number, (uid, revision) in (await worlds.case_ids(connection, principal, wanted)).items():
                ids["cases"][f"{self._key}/{wanted[number]}"] = Ids(uid, number, revision=revision)


def _with_cases(numbers: Numbers, known: Known, cases: Iterable[Item]) -> Numbers:
    """Return numbers with those of the cases; 0 for cases that have yet to come."""
    mine = {("cases", item.key): 0 for item in cases}
    held = {of: before.number for of, before in known.applied.items() if of[0] == "cases"}
    return {**numbers, **mine, **held}


def _generated(tenant: str, steps: Iterable[Step]) -> dict[str, str]:
    return {f"{tenant}/{step.item.key}": step.secret for step in steps if step.secret is not None}


def _belongs(kind: str, noun: Noun) -> bool:
    return not isinstance(noun, Service) or (noun.parent is None) == (kind == "catalogs")


def _by_key(kind: str, rows: Sequence[Noun]) -> list[tuple[str, Noun]]:
    """Return rows by key; nested ones also by their bare key where only one has it."""
    found = [(noun.key or "", noun) for noun in rows]
    if kind in QUALIFIED:
        bare = [key.rpartition("/")[2] for key, _ in found]
        found += [(of, noun) for of, (_, noun) in zip(bare, found, strict=True) if bare.count(of) == 1]
    return found


def _ids(noun: Noun, secret: str | None) -> Ids:
    return Ids(
        noun.uid,
        noun.number,
        address=(noun.email or noun.key) if isinstance(noun, User) else None,
        person=noun.person if isinstance(noun, User) else None,
        kind=noun.kind if isinstance(noun, Object) else None,
        secret=secret,
    )
