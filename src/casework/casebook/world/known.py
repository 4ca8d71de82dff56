"""What a tenant has already, as far as a world file is about it."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from casework.casebook.tenancy import SYSTEM_KEY
from casework.casebook.world.document.entries import KINDS, QUALIFIED, Item
from casework.casebook.world.document.references import Numbers, named
from casework.domain import defaults
from casework.domain.access import ROLES
from casework.domain.nouns import (
    CaseType,
    CustomRole,
    Key,
    Noun,
    Object,
    Organization,
    Person,
    Priority,
    Service,
    Source,
    Status,
    StatusSet,
    User,
)
from casework.store import nouns
from casework.store.people.tenants import Tenant
from casework.store.upkeep import worlds

MANY: tuple[type[Noun], ...] = (User, Person, Organization, Object, Key)
"""Nouns of which a tenant may have too many to read them all."""


class Remembered(NamedTuple):
    """What was applied last of an entry, and to what."""

    number: int
    members: Mapping[str, Any]


class Known:
    """A tenant before an apply; `tenant` is None when it has yet to be made."""

    def __init__(
        self,
        tenant: Tenant | None,
        applied: Mapping[tuple[str, str], Remembered],
        rows: Mapping[str, Mapping[int, Noun]],
    ) -> None:
        self.tenant = tenant
        self.applied = applied
        self.rows = rows
        self._by_key = {
            (kind, noun.key): noun
            for kind, of in KINDS.items()
            for noun in rows[of.noun.table].values()
            if noun.key is not None and _is(kind, noun)
        }

    def row(self, kind: str, key: str) -> Noun | None:
        """Return the noun that this entry stands for: what it was applied to, else what has its key."""
        before = self.applied.get((kind, key))
        found = self.rows[KINDS[kind].noun.table].get(before.number) if before else None
        return found or self._by_key.get((kind, key))

    @property
    def system(self) -> int:
        """Number of the user who acts for the system."""
        return next((n.number for n in self.rows["users"].values() if n.key == SYSTEM_KEY), 0)

    def numbers(self) -> Numbers:
        """Return the numbers of everything that was read, by kind and key."""
        found = {known: noun.number for known, noun in self._by_key.items()}
        return found | {known: before.number for known, before in self.applied.items()}


def _is(kind: str, noun: Noun) -> bool:
    if isinstance(noun, Service):
        return (noun.parent is None) == (kind == "catalogs")
    return True


def with_aliases(numbers: Numbers, persons: Mapping[str, int]) -> Numbers:
    """Return numbers with the other names of things beside their own.

    Args:
        numbers: By kind and key.
        persons: Numbers of persons by the keys of the users that they are.
    """
    found: Numbers = {}
    for (kind, key), number in numbers.items():
        if kind in {"catalogs", "services"}:
            found["nodes", key] = number
        elif kind in {"users", "roles"}:
            found["subjects", f"{kind[:-1]}/{key}"] = number
            if kind == "users" or ("users", key) not in numbers:
                found["subjects", key] = number
        elif kind in QUALIFIED:
            outer, _, bare = key.rpartition("/")
            if outer == "default" or (kind, bare) not in found:
                found[kind, bare] = number
    found.update({("persons", key): number for key, number in persons.items()})
    return {**found, **numbers}


async def read(connection: Any, tenant: Tenant, items: Iterable[Item]) -> Known:
    """Read what the items are about, and what they name."""
    mine, number = list(items), tenant.tenant_id
    wanted = {(item.kind, item.key) for item in mine}
    wanted |= {pair for item in mine for pair in named(item.kind, item.members)}
    found = await worlds.applied(connection, number, wanted)
    applied = {(kind, key): Remembered(of, members) for kind, key, of, members in found}
    wanted |= {pair for (kind, _), before in applied.items() for pair in named(kind, before.members)}
    rows: dict[str, dict[int, Noun]] = {}
    for kind in KINDS.values():
        table = kind.noun.table
        if table not in rows:
            if kind.noun in MANY:
                keys = _keys(wanted, table)
                held = [before.number for (of, _), before in applied.items() if of == table]
                if kind.noun is Person:
                    held += [u.person for u in rows["users"].values() if isinstance(u, User) and u.person is not None]
                rows[table] = {n.number: n for n in await worlds.rows(connection, number, kind.noun, keys, held)}
            else:
                rows[table] = {n.number: n for n in await nouns.everything(connection, number, kind.noun)}
    return Known(tenant, applied, rows)


def _keys(wanted: Iterable[tuple[str, str]], table: str) -> set[str]:
    keys = {key for kind, key in wanted if kind == table}
    if table == "users":
        keys |= {key.removeprefix("user/") for kind, key in wanted if kind == "subjects"}
        keys |= {key for kind, key in wanted if kind == "persons"}
        keys.add(SYSTEM_KEY)
    return keys


def founded() -> Known:
    """Return a tenant as founding makes it, with numbers below zero: what is known before there is one."""
    rows: dict[str, dict[int, Noun]] = {table: {} for table in (kind.noun.table for kind in KINDS.values())}

    def add(noun: type[Noun], **members: Any) -> int:
        number = -1 - sum(map(len, rows.values()))
        rows[noun.table][number] = noun(tenant_id=0, number=number, uid=UUID(int=0), **members)
        return number

    person = add(Person, key=SYSTEM_KEY, name="System")
    add(User, key=SYSTEM_KEY, name="System", kind="service", realm="BSS", roles=("admin",), person=person)
    for role, of in ROLES.items():
        permissions = tuple(sorted(of.permissions))
        reach = {"read": of.read.value, "write": of.write.value}
        add(CustomRole, key=role, name=role.capitalize(), permissions=permissions, built_in=True, **reach)
    labels = add(StatusSet, key="default", name="Default")
    for position, (key, name, stage, initial) in enumerate(defaults.STATUSES):
        said = {"stage": stage, "initial": initial, "position": position, "status_set": labels}
        add(Status, key=f"default/{key}", name=name, **said)
    for key, name, rank, color in defaults.PRIORITIES:
        add(Priority, key=key, name=name, rank=rank, color=color)
    for key, name, channel in defaults.SOURCES:
        add(Source, key=key, name=name, type=channel)
    for base, name in defaults.BASE_TYPES:
        add(CaseType, key=base, name=name, base=base)
    return Known(None, {}, rows)
