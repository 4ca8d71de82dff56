"""Founding a tenant: its sequences, the system user, and the words that every tenant starts with."""

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

from casework.casebook.registry import Registry
from casework.domain import defaults
from casework.domain.access import ROLES
from casework.domain.ids import uuid7
from casework.domain.nouns import CaseType, CustomRole, Person, Priority, Source, Status, StatusSet, User
from casework.store import nouns
from casework.store.people import tenants
from casework.store.people.tenants import Tenant

SYSTEM_KEY = "system"
"""Key of the user who acts where nobody else does: applying worlds, timers."""


async def found(connection: Any, clock: Callable[[], datetime], key: str, name: str, timezone: str) -> Tenant:
    """Make a tenant, as the system role, within a transaction that the caller holds."""
    at = clock()
    tenant = await tenants.insert(connection, uuid7(at, os.urandom(10)), key, name, timezone)
    person_number, user_number = await nouns.numbers(connection, tenant, 2)
    registry = Registry(clock, actor=user_number, via="founding")
    await registry.add(
        connection, Person, tenant, number=person_number, key=SYSTEM_KEY, name="System", user=user_number
    )
    await registry.add(
        connection,
        User,
        tenant,
        number=user_number,
        key=SYSTEM_KEY,
        name="System",
        kind="service",
        realm="BSS",
        roles=("admin",),
        person=person_number,
    )
    for role, built_in in ROLES.items():
        await registry.add(
            connection,
            CustomRole,
            tenant,
            key=role,
            name=role.capitalize(),
            permissions=tuple(sorted(built_in.permissions)),
            read=built_in.read.value,
            write=built_in.write.value,
            built_in=True,
        )
    await _catalogue(connection, registry, tenant)
    return await tenants.read(connection, tenant)


async def _catalogue(connection: Any, registry: Registry, tenant: int) -> None:
    labels = await registry.add(connection, StatusSet, tenant, key="default", name="Default")
    for position, (key, name, stage, initial) in enumerate(defaults.STATUSES):
        await registry.add(
            connection,
            Status,
            tenant,
            key=f"default/{key}",
            name=name,
            stage=stage,
            initial=initial,
            position=position,
            status_set=labels.number,
        )
    for key, name, rank, color in defaults.PRIORITIES:
        await registry.add(connection, Priority, tenant, key=key, name=name, rank=rank, color=color)
    for key, name, kind in defaults.SOURCES:
        await registry.add(connection, Source, tenant, key=key, name=name, type=kind)
    for base, name in defaults.BASE_TYPES:
        await registry.add(connection, CaseType, tenant, key=base, name=name, base=base)
