"""Users and persons as answers show them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec


class UserCard(msgspec.Struct, frozen=True):
    """How a user is named in answers. `key` stands in for an address where there is none."""

    number: int
    name: str
    email: str | None
    realm: str
    kind: str
    key: str | None
    disabled: bool
    uid: UUID
    roles: list[str]

    @property
    def address(self) -> str:
        """The e-mail address, or what identifies the user in its place."""
        return self.email or self.key or str(self.number)


class PersonCard(msgspec.Struct, frozen=True):
    """How a person is named in answers; `user` is the user that the person is, if any."""

    number: int
    name: str
    email: str | None
    user: int | None


class Face(msgspec.Struct, frozen=True):
    """A user and the person that the user is: to some APIs users act, and persons are assigned."""

    number: int
    name: str
    person: int
    person_name: str


_SELECT = "select number, name, email, realm, kind, key, disabled or deleted_at is not null, uid, roles from users"


async def by_number(connection: Any, tenant: int, numbers: Iterable[int]) -> list[UserCard]:
    """Return users, disabled and deleted ones too."""
    rows = await connection.fetch(f"{_SELECT} where tenant_id = $1 and number = any($2)", tenant, list(numbers))
    return [UserCard(*row) for row in rows]


async def by_address(connection: Any, tenant: int, addresses: Iterable[str]) -> list[UserCard]:
    """Return enabled users whose e-mail address, or what stands in for it, is one of `addresses` (lower case)."""
    rows = await connection.fetch(
        f"{_SELECT} where tenant_id = $1 and not disabled and deleted_at is null"
        " and (lower(email) = any($2) or (email is null and (lower(key) = any($2) or number::text = any($2))))",
        tenant,
        list(addresses),
    )
    return [UserCard(*row) for row in rows]


async def members(connection: Any, tenant: int) -> list[UserCard]:
    """Return the enabled staff who have an e-mail address, by number: whom work can be given to."""
    rows = await connection.fetch(
        f"{_SELECT} where tenant_id = $1 and not disabled and deleted_at is null and kind <> 'customer'"
        " and email is not null order by number",
        tenant,
    )
    return [UserCard(*row) for row in rows]


async def persons(connection: Any, tenant: int, numbers: Iterable[int]) -> list[PersonCard]:
    """Return persons, deleted ones too."""
    rows = await connection.fetch(
        "select number, coalesce(nullif(name, ''), trim(first_name || ' ' || last_name)), email, \"user\" from persons"
        " where tenant_id = $1 and number = any($2)",
        tenant,
        list(numbers),
    )
    return [PersonCard(*row) for row in rows]


async def faces(connection: Any, tenant: int, numbers: Iterable[int]) -> list[Face]:
    """Return users with their persons, disabled and deleted ones too."""
    rows = await connection.fetch(
        "select u.number, coalesce(nullif(u.name, ''), u.email, u.key, u.number::text), p.number,"
        " coalesce(nullif(p.name, ''), nullif(trim(p.first_name || ' ' || p.last_name), ''), u.name)"
        " from users u join persons p on p.tenant_id = u.tenant_id and p.number = u.person"
        " where u.tenant_id = $1 and u.number = any($2)",
        tenant,
        list(numbers),
    )
    return [Face(*row) for row in rows]


async def of_persons(connection: Any, tenant: int, persons: Iterable[int]) -> dict[int, int | None]:
    """Return persons that are there, with the enabled member of staff that each is, or None."""
    rows = await connection.fetch(
        "select p.number, u.number from persons p left join users u on u.tenant_id = p.tenant_id"
        " and u.person = p.number and not u.disabled and u.deleted_at is null and u.kind <> 'customer'"
        " where p.tenant_id = $1 and p.number = any($2) and p.deleted_at is null",
        tenant,
        list(persons),
    )
    return {row[0]: row[1] for row in rows}


async def number_of(connection: Any, tenant: int, user: str) -> int | None:
    """Return the number of the user with this e-mail address or key."""
    number: int | None = await connection.fetchval(
        "select number from users where tenant_id = $1 and deleted_at is null"
        " and (lower(email) = lower($2) or key = $2)",
        tenant,
        user,
    )
    return number
