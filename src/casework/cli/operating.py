"""Verbs for whoever operates the installation: settings, migrate, doctor, keys, feed."""

import asyncio
import sys
from typing import Annotated

import cyclopts
import msgspec
from rich.console import Console
from rich.table import Table

from casework import settings as settings_module
from casework.auth import keys as secrets
from casework.casebook.doctor import examine, repair
from casework.casebook.registry import Registry
from casework.cli.session import UserError, database_url, opened
from casework.domain.nouns import Key
from casework.settings import Settings
from casework.store import nouns
from casework.store.postgres.migrate import migrate as bring_up_to_date

Tenant = Annotated[str | None, cyclopts.Parameter(help="tenant key, where there is more than one")]


def register(app: cyclopts.App) -> None:
    """Add the verbs of this group."""
    app.command(settings)
    app.command(migrate)
    app.command(doctor)
    app.command(feed)
    key = cyclopts.App(name="key", help="API keys.")
    key.command(add_key, name="add")
    key.command(list_keys, name="list")
    key.command(revoke_key, name="revoke")
    app.command(key)


def settings() -> None:
    """Print every setting with its meaning and the value in force."""
    chosen = settings_module.load()
    table = Table("variable", "value", "meaning", box=None)
    for field in msgspec.inspect.type_info(Settings).fields:  # type: ignore[attr-defined]  # a struct's info has fields
        meta = getattr(field.type, "extra_json_schema", None) or {}
        value = getattr(chosen, field.name)
        table.add_row(f"CASEWORK_{field.name.upper()}", str(value), str(meta.get("description", "")))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def migrate() -> None:
    """Bring the database up to date; `casework run` does so by itself."""
    with database_url(settings_module.load()) as url:
        applied = asyncio.run(bring_up_to_date(url))
    print("\n".join(applied) or "The database is up to date.")


def doctor(
    *,
    tenant: Tenant = None,
    repair_derived: Annotated[bool, cyclopts.Parameter(name="--repair", help="mend what is derived")] = False,
) -> None:
    """Check that rows follow from events, chains are whole, totals are right, and blobs are where they belong."""
    if asyncio.run(_doctor(tenant, repair_derived=repair_derived)):
        sys.exit(1)


async def _doctor(tenant: str | None, *, repair_derived: bool) -> int:
    async with opened() as session:
        if repair_derived:
            await repair(session.database, tenant=tenant)
        findings = await examine(session.database, session.blobs, tenant=tenant)
    for finding in findings:
        print(f"{finding.check}: {finding.tenant} {finding.subject}: {finding.message}")
    print(f"{len(findings)} findings." if findings else "Everything is as it should be.")
    return len(findings)


def feed(*, tenant: Tenant = None, after: int = 0, limit: int = 100, user: str | None = None) -> None:
    """Print the event feed behind a cursor, one JSON object a line."""
    asyncio.run(_feed(tenant, after, limit, user))


async def _feed(tenant: str | None, after: int, limit: int, user: str | None) -> None:
    async with opened() as session:
        who = await session.principal(await session.tenant(tenant), user)
        for event in await session.casebook.feed.after(who, after, limit):
            shown = {name: getattr(event, name) for name in ("seq", "subject", "version", "at", "actor", "via", "kind")}
            shown["data"] = msgspec.Raw(event.data.encode())
            shown["texts"] = msgspec.Raw((event.texts or "{}").encode())
            print(msgspec.json.encode(shown).decode())


def add_key(user: str, /, *, name: str = "key", tenant: Tenant = None, days: int | None = None) -> None:
    """Make an API key for a user (e-mail address or key); its secret is printed once."""
    asyncio.run(_add_key(user, name, tenant, days))


async def _add_key(user: str, name: str, tenant: str | None, days: int | None) -> None:
    from datetime import timedelta

    async with opened() as session:
        place = await session.tenant(tenant)
        holder = await session.principal(place, user)
        system = await session.principal(place, None)
        secret = secrets.generate()
        registry = Registry(session.casebook.clock, system.user, "cli")
        async with session.database.transaction(place.tenant_id) as connection:
            key = await registry.add(
                connection,
                Key,
                place.tenant_id,
                name=name,
                prefix=secrets.prefix(secret),
                digest=secrets.digest(secret),
                user=holder.user,
                expires_at=session.casebook.clock() + timedelta(days=days) if days else None,
            )
    print(f"key {key.number}: {secret}   (shown only now)")


def list_keys(*, tenant: Tenant = None) -> None:
    """List API keys by number and prefix; secrets are not kept."""
    asyncio.run(_list_keys(tenant))


async def _list_keys(tenant: str | None) -> None:
    async with opened() as session:
        place = await session.tenant(tenant)
        async with session.database.tenant(place.tenant_id) as connection:
            found = await nouns.everything(connection, place.tenant_id, Key)
    table = Table("number", "name", "prefix", "user", "expires", "revoked", box=None)
    for key in found:
        table.add_row(
            str(key.number),
            key.name or key.key,
            f"{key.prefix}…",
            str(key.user),
            str(key.expires_at or ""),
            str(key.revoked_at or ""),
        )
    Console().print(table)


def revoke_key(number: int, /, *, tenant: Tenant = None) -> None:
    """Revoke an API key; within a second no process accepts it, nor any token issued for it."""
    asyncio.run(_revoke_key(number, tenant))


async def _revoke_key(number: int, tenant: str | None) -> None:
    async with opened() as session:
        place = await session.tenant(tenant)
        system = await session.principal(place, None)
        registry = Registry(session.casebook.clock, system.user, "cli")
        async with session.database.transaction(place.tenant_id) as connection:
            found = await nouns.find(connection, place.tenant_id, Key, "number", [number])
            if not found:
                raise UserError(f"there is no key {number}")
            await registry.change(connection, found[0], event="revoked", revoked_at=session.casebook.clock())
    print(f"key {number} is revoked")
