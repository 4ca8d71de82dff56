"""Looking credentials up, across tenants; everything that a `Principal` is made of in one statement."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


class Grantee(msgspec.Struct, frozen=True):
    """A user with a credential and what decides about access, as stored."""

    tenant_id: int
    tenant_disabled: bool
    timezone: str
    user: int
    kind: str
    person: int
    roles: list[str]
    permissions: list[str]
    denied: list[str]
    department: int | None
    foreign_departments: list[int]
    licenses: list[str]
    pull_from: list[int]
    transfer_to: list[int]
    disabled: bool
    key: int | None
    scopes: list[str]
    client: bool
    expires_at: datetime | None
    revoked_at: datetime | None
    teams: list[int]
    custom_roles: list[list[Any]]
    departmental: bool
    shared: list[int]


_SELECT = """
select u.tenant_id, t.disabled, t.timezone, u.number, u.kind, u.person, u.roles, u.permissions, u.denied, u.department,
  u.foreign_departments, u.licenses, u.pull_from, u.transfer_to, u.disabled or u.deleted_at is not null,
  k.number, coalesce(k.scopes, '{}'), coalesce(k.client, false), k.expires_at, k.revoked_at,
  (select coalesce(array_agg(m.number), '{}') from teams m
    where m.tenant_id = u.tenant_id and u.number = any(m.members) and m.deleted_at is null),
  (select coalesce(jsonb_agg(jsonb_build_array(r.number, r.key, r.permissions, r.read, r.write, r.built_in)), '[]')
    from roles r where r.tenant_id = u.tenant_id and r.key = any(u.roles) and r.deleted_at is null),
  exists (select from departments d where d.tenant_id = u.tenant_id and d.deleted_at is null),
  (select coalesce(array_agg(d.number), '{}') from departments d
    where d.tenant_id = u.tenant_id and d.deleted_at is null and d.shared_with ->> u.department::text = 'true')
from users u join tenants t on t.tenant_id = u.tenant_id
"""


async def by_digest(connection: Any, digest: bytes) -> Grantee | None:
    """Return who holds the key with this digest, whatever the tenant."""
    row = await connection.fetchrow(
        f"{_SELECT} join keys k on k.tenant_id = u.tenant_id and k.user = u.number and k.deleted_at is null"
        " where k.digest = $1",
        digest,
    )
    return Grantee(*row) if row else None


async def by_user(connection: Any, tenant: int, user: int, key: int | None = None) -> Grantee | None:
    """Return a user, with the key that a token was issued for."""
    row = await connection.fetchrow(
        f"{_SELECT} left join keys k on k.tenant_id = u.tenant_id and k.number = $3 and k.user = u.number"
        " where u.tenant_id = $1 and u.number = $2",
        tenant,
        user,
        key,
    )
    return Grantee(*row) if row else None


class Membership(msgspec.Struct, frozen=True):
    """One of the users that hang on a login, and the tenant where it is one."""

    tenant_id: int
    tenant_uid: UUID
    tenant_name: str
    user: int
    user_uid: UUID
    name: str
    email: str | None
    kind: str
    roles: list[str]


async def memberships(connection: Any, tenant: int, user: int, *, alone: bool) -> list[Membership]:
    """Return the enabled users that share this user's login, by tenant; `alone` leaves it at the user himself."""
    rows = await connection.fetch(
        "select u.tenant_id, t.uid, t.name, u.number, u.uid, u.name, u.email, u.kind, u.roles"
        " from users me left join logins l on l.number = me.login and not l.disabled and not $3"
        " join users u on (u.tenant_id = me.tenant_id and u.number = me.number) or u.login = l.number"
        " join tenants t on t.tenant_id = u.tenant_id"
        " where me.tenant_id = $1 and me.number = $2 and not u.disabled and u.deleted_at is null and not t.disabled"
        " order by u.tenant_id, u.number",
        tenant,
        user,
        alone,
    )
    return [Membership(*row) for row in rows]


async def by_email(connection: Any, email: str) -> list[tuple[int, int, str | None]]:
    """Return (tenant, user, password hash) of everybody who signs in with this address."""
    rows = await connection.fetch(
        "select u.tenant_id, u.number, l.password_hash from logins l join users u on u.login = l.number"
        " where lower(l.email) = lower($1) and not l.disabled and not u.disabled and u.deleted_at is null"
        " order by u.tenant_id",
        email,
    )
    return [(row[0], row[1], row[2]) for row in rows]
