"""The bench's tenant: its people, departments and API keys."""

from typing import Any

import msgspec

from casework.auth import keys
from casework.casebook import now, tenancy
from casework.casebook.catalogue import read_vocabulary
from casework.casebook.registry import Registry
from casework.domain.case import Stage
from casework.domain.nouns import Department, Key, Person, User
from casework.store import nouns
from casework.store.postgres.database import Database

TENANT = "bench"
AGENTS = 40
CUSTOMERS = 400
DEPARTMENTS = 8
NAMED = {"admin": "admin", "many": "restricted", "few": "restricted", "home": "agent"}
"""Users that benchmarks sign in as, and their roles; `home` is an agent of the first department."""


def secret(name: str) -> str:
    """Return the API key of a user whom benchmarks sign in as."""
    return f"bench-{name}-secret-000000000001"


class Cast(msgspec.Struct, frozen=True):
    """Numbers of everybody and everything that generated cases name."""

    tenant: int
    tenant_uid: str
    admin: int
    agent_of_many: int
    agent_of_few: int
    agents: list[int]
    customers: list[int]
    persons: dict[int, int]
    departments: list[int]
    statuses: dict[str, int]
    priorities: dict[int, int]
    source: int
    type: int
    last_number: int
    last_event: int


async def found(dsn: str) -> Cast:
    """Make the tenant and its people in a migrated database."""
    database = await Database.open(dsn, size=2)
    async with database.system() as connection:
        tenant = await tenancy.found(connection, now, TENANT, "Bench", "UTC")
        registry = Registry(now, actor=1, via="bench")
        departments = [
            await registry.add(connection, Department, tenant.tenant_id, key=f"d{n}", name=f"Department {n}")
            for n in range(DEPARTMENTS)
        ]
        people = _People(connection, registry, tenant.tenant_id)
        named = {}
        for name, role in NAMED.items():
            home = departments[0].number if name == "home" else None
            named[name] = await people.add(name, "agent", role, home)
            digest = keys.digest(secret(name))
            await registry.add(connection, Key, tenant.tenant_id, prefix="bench", digest=digest, user=named[name])
        agents = [await people.add(f"agent{n}", "agent", "agent") for n in range(AGENTS)]
        customers = [await people.add(f"customer{n}", "customer", "customer") for n in range(CUSTOMERS)]
        words = await read_vocabulary(connection, tenant.tenant_id, tenant.catalogue_version)
        (last,) = await nouns.numbers(connection, tenant.tenant_id)
        last_event = await connection.fetchval("select max(seq) from events")
    await database.close()
    source, kind = words.source_for("API"), words.type_for("generic")
    return Cast(
        tenant=tenant.tenant_id,
        tenant_uid=str(tenant.uid),
        admin=named["admin"],
        agent_of_many=named["many"],
        agent_of_few=named["few"],
        agents=agents,
        customers=customers,
        persons=people.persons,
        departments=[department.number for department in departments],
        statuses={stage.value: words.status_for(stage).number for stage in Stage},
        priorities={rank: words.priority_for(rank).number for rank in (1, 2, 3, 4)},
        source=source.number if source else 0,
        type=kind.number if kind else 0,
        last_number=last,
        last_event=last_event,
    )


class _People:
    def __init__(self, connection: Any, registry: Registry, tenant: int) -> None:
        self._connection = connection
        self._registry = registry
        self._tenant = tenant
        self.persons: dict[int, int] = {}

    async def add(self, key: str, kind: str, role: str, home: int | None = None) -> int:
        person, user = await nouns.numbers(self._connection, self._tenant, 2)
        name, email = key.capitalize(), f"{key}@bench.example"
        await self._registry.add(
            self._connection,
            Person,
            self._tenant,
            number=person,
            name=name,
            email=email,
            user=user,
            external_id=key,
        )
        await self._registry.add(
            self._connection, User, self._tenant, number=user, key=key, name=name, email=email, kind=kind,
            roles=(role,), person=person, department=home,
        )  # fmt: skip
        self.persons[user] = person
        return user
