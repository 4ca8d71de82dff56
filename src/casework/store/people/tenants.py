"""Tenants as rows."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec


class Tenant(msgspec.Struct, frozen=True):
    """A tenant; `settings` holds what WORLD.md says of it (`dialects`, `default_department`)."""

    tenant_id: int
    uid: UUID
    key: str
    name: str
    timezone: str
    settings: dict[str, Any]
    catalogue_version: int
    people_version: int

    @property
    def people(self) -> tuple[int, int]:
        """What tells readings of the tenant's users and persons apart."""
        return self.catalogue_version, self.people_version

    def dialect(self, name: str) -> dict[str, Any]:
        """Return the tenant's settings for one API."""
        found: dict[str, Any] = self.settings.get("dialects", {}).get(name, {})
        return found

    @property
    def default_department(self) -> int | None:
        """Return the department of cases whose creator has none."""
        return self.settings.get("default_department")


_SELECT = "select tenant_id, uid, key, name, timezone, settings, catalogue_version, people_version from tenants"


async def read(connection: Any, tenant: int) -> Tenant:
    """Return a tenant that exists."""
    return Tenant(*await connection.fetchrow(f"{_SELECT} where tenant_id = $1", tenant))


async def by_key(connection: Any, key: str) -> Tenant | None:
    """Return the tenant with this key, as the system role."""
    row = await connection.fetchrow(f"{_SELECT} where key = $1", key)
    return Tenant(*row) if row else None


async def every(connection: Any) -> list[Tenant]:
    """Return all tenants, as the system role."""
    return [Tenant(*row) for row in await connection.fetch(f"{_SELECT} order by tenant_id")]


async def insert(connection: Any, uid: UUID, key: str, name: str, timezone: str) -> int:
    """Make a tenant with its number sequences, as the system role, and return its id."""
    tenant: int = await connection.fetchval(
        "insert into tenants (uid, key, name, timezone) values ($1, $2, $3, $4) returning tenant_id",
        uid,
        key,
        name,
        timezone,
    )
    await connection.fetchval("select casework_open_tenant($1)", tenant)
    return tenant


async def update(connection: Any, tenant: int, members: Mapping[str, Any]) -> None:
    """Change members of a tenant."""
    for name, value in members.items():
        if name not in {"name", "timezone", "settings"}:
            raise KeyError(name)
        await connection.execute(
            f"update tenants set {name} = $2, catalogue_version = catalogue_version + 1 where tenant_id = $1",
            tenant,
            value,
        )
