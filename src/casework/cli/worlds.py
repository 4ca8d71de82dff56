"""`casework apply` and `casework export`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import cyclopts
import msgspec

from casework.casebook import world
from casework.cli.session import opened
from casework.dialects.spellings import spell


def register(app: cyclopts.App) -> None:
    """Add the verbs of this group."""
    app.command(apply)
    app.command(export)


def apply(
    file: Path,
    /,
    *,
    json: Annotated[bool, cyclopts.Parameter(help="print ids and credentials as JSON")] = False,
    dry_run: Annotated[bool, cyclopts.Parameter(help="print what would change, change nothing")] = False,
) -> None:
    """Load a world file: tenants, people, catalogue, cases. Applying it again changes only what the file changed."""
    asyncio.run(_apply(file, json=json, dry_run=dry_run))


async def _apply(file: Path, *, json: bool, dry_run: bool) -> None:
    loaded = world.load(file)

    def tell(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    async with opened() as session:
        applied = await world.apply(
            session.database,
            session.casebook,
            session.blobs,
            loaded,
            dry_run=dry_run,
            progress=tell,
            folder=file.parent,
        )
    if json:
        print(msgspec.json.format(msgspec.json.encode(spell(applied)), indent=2).decode())
        return
    for change in applied.changes:
        print(change)
    for name, secret in applied.secrets.items():
        print(f"key {name}: {secret}   (shown only now)")
    if not applied.changes:
        print("Nothing to change.")


def export(
    tenant: str, /, *, output: Annotated[Path | None, cyclopts.Parameter(help="file to write; else printed")] = None
) -> None:
    """Write a tenant back as a world file."""
    document = asyncio.run(_export(tenant))
    text = world.dump(document)
    if output is None:
        print(text, end="")
    else:
        output.write_text(text, encoding="utf-8")


async def _export(tenant: str) -> dict[str, Any]:
    async with opened() as session:
        return await world.export(session.database, session.casebook, tenant)
