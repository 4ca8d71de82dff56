"""Writing what a plan says about a tenant and its nouns: normal, recorded changes by the system user."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import argon2
import asyncpg

from casework.auth.passwords import hash_password
from casework.casebook import Casebook
from casework.casebook.registry import Registry
from casework.casebook.world.document.entries import Item
from casework.casebook.world.document.reading import refuse
from casework.casebook.world.document.references import Numbers, resolve
from casework.casebook.world.known import Known, read
from casework.casebook.world.planning import Password, Plan, Planner, Step, changed, sentence
from casework.domain.doors import WORLD
from casework.domain.nouns import Department, User
from casework.store import nouns
from casework.store.people import tenants
from casework.store.people.tenants import Tenant
from casework.store.postgres.database import Database
from casework.store.upkeep import worlds

_hasher = argon2.PasswordHasher()


# ---- passwords


def check_addresses(known: Known, items: Sequence[Item]) -> None:
    """Raise Invalid where a user gets a password without an address to sign in with."""
    for item in items:
        if item.kind == "users" and item.members.get("password") is not None and address(known, item) is None:
            raise refuse(f"{item.path}.password", "a password needs an email")


async def passwords(known: Known, items: Sequence[Item], *, hashed: bool) -> dict[str, Password]:
    """Return the passwords that the file gives by user; with `hashed`, the changed ones with a fresh hash.

    What was applied last is remembered as its hash, so that finding out whether the file has changed costs as much
    as guessing does.
    """
    mine = [item for item in items if item.kind == "users" and item.members.get("password") is not None]
    found = await asyncio.gather(*(asyncio.to_thread(_password, known, item, hashed=hashed) for item in mine))
    return {item.key: password for item, password in zip(mine, found, strict=True) if password is not None}


def _password(known: Known, item: Item, *, hashed: bool) -> Password | None:
    before, row = known.applied.get(("users", item.key)), known.row("users", item.key)
    if row is not None and row.deleted_at is not None:
        return None
    held = before.members.get("password") if before else None
    moved = before is not None and item.members.get("email", before.members.get("email")) != before.members.get("email")
    if held is not None and not moved and _verify(held, item.members["password"]):
        return Password(held, changed=False)
    return Password(hash_password(item.members["password"]) if hashed else "", changed=True)


def address(known: Known, item: Item) -> str | None:
    """Return the address with which a user of the file will sign in."""
    row = known.row("users", item.key)
    said: str | None = item.members.get("email")
    return said or (row.email if isinstance(row, User) and "email" not in item.members else None)


def _verify(held: str, password: str) -> bool:
    try:
        return _hasher.verify(held, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


async def set_logins(
    database: Database, known: Known, items: Sequence[Item], given: Mapping[str, Password]
) -> dict[str, Password]:
    """Set the changed passwords, and return all of them with the logins that have them."""
    users = {item.key: item for item in items if item.kind == "users"}
    found = dict(given)
    async with database.system() as connection:
        for key, password in given.items():
            if password.changed and (email := address(known, users[key])) is not None:
                login = await worlds.set_login(connection, email, password.hash)
                found[key] = Password(password.hash, changed=True, login=login)
    return found


# ---- nouns


async def register(
    database: Database, casebook: Casebook, tenant: Tenant, items: Sequence[Item], given: Mapping[str, Password]
) -> tuple[Known, Plan]:
    """Make and change a tenant's nouns, in one transaction; return what was there before, and what was done."""
    number = tenant.tenant_id
    async with database.transaction(number) as connection:
        await worlds.lock(connection, number)
        known = await read(connection, await tenants.read(connection, number), items)
        planner = Planner(known, items, tenant.key, given)
        plan = planner.plan(await nouns.numbers(connection, number, len(planner.missing())))
        registry = Registry(casebook.clock, known.system, WORLD.name)
        departments = dict(known.rows["departments"])
        for step in plan.steps:
            try:
                await _write(connection, number, registry, step, departments)
            except asyncpg.UniqueViolationError as error:
                raise refuse(step.item.path, _taken(error.constraint_name or "")) from error
        for item in items:
            if item.kind == "tenants":
                wanted, _ = tenant_changes(known, item, plan.numbers)
                await tenants.update(connection, number, wanted)
                now = {**_before(known, item), **item.members}
                plan.remember.append(("tenants", item.key, number, now))
        await worlds.remember(connection, number, plan.remember)
    casebook.catalogue.forget(number)
    return known, plan


async def _write(connection: Any, tenant: int, registry: Registry, step: Step, departments: dict[int, Any]) -> None:
    if step.item.kind == "shares":
        row = departments[step.number]
        departments[step.number] = await registry.change(
            connection, row, shared_with={**row.shared_with, **step.columns}
        )
        return
    if step.row is None:
        noun = await registry.add(connection, step.noun, tenant, number=step.number, **step.columns)
    else:
        noun = await registry.change(connection, step.row, **step.columns)
    if isinstance(noun, Department):
        departments[noun.number] = noun


def _taken(constraint: str) -> str:
    if "external_id" in constraint:
        return "another one has this external_id"
    if "digest" in constraint:
        return "this secret is in use already"
    return "another one has this key"


# ---- the tenant itself


def tenant_changes(known: Known, item: Item, numbers: Numbers) -> tuple[dict[str, Any], list[str]]:
    """Return (columns of the tenant that differ, the members of the file that say so)."""
    tenant = known.tenant
    resolved = resolve(item, numbers)
    wanted: dict[str, Any] = {}
    settings = dict(tenant.settings) if tenant else {}
    told = []
    for name in changed(known, item):
        was = dict(settings)
        if name == "dialects":
            before = _before(known, item).get("dialects", {})
            new = {of: said for of, said in resolved[name].items() if of not in before or before[of] != said}
            settings["dialects"] = {**settings.get("dialects", {}), **new}
        elif name == "default_department":
            settings[name] = resolved[name]
        elif tenant is None or (resolved[name] is not None and getattr(tenant, name) != resolved[name]):
            wanted[name] = resolved[name]
            told.append(name)
        if was != settings:
            told.append(name)
    if tenant is None or settings != tenant.settings:
        wanted["settings"] = settings
    return wanted, told


def tenant_sentence(known: Known, item: Item, numbers: Numbers) -> list[str]:
    """Return what will be done to the tenant itself, as lines."""
    if known.tenant is None:
        return [sentence("create", "tenants", item.key)]
    _, told = tenant_changes(known, item, numbers)
    return [sentence("change", "tenants", item.key, {name: item.members[name] for name in told})] if told else []


def _before(known: Known, item: Item) -> Mapping[str, Any]:
    before = known.applied.get((item.kind, item.key))
    return before.members if before else {}
