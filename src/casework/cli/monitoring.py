"""`casework monitor`: comparing borrowers with watch lists."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import cyclopts
from cyclopts import Parameter

from casework import monitors
from casework.cli.session import opened


def register(app: cyclopts.App) -> None:
    """Add the verbs."""
    group = cyclopts.App(name="monitor", help="Compare borrowers with watch lists.")
    group.command(run)
    app.command(group)


def run(
    *,
    listed: Annotated[Path, Parameter(name="--list")],
    kind: str,
    tenant: str | None = None,
    user: str | None = None,
    monitor: str = "watchlist",
) -> None:
    """Open a case with a review task for each borrower who is on a list and has no case for it yet.

    A case that is refused is reported, the others are opened, and the exit status is 1.

    Args:
        listed: The list, as CSV with a header or JSON; or whatever the monitor takes.
        kind: militaryDuty, bankruptcy, deceased or oFACSanctionedIndividual.
        tenant: Key of the tenant, where there are several.
        user: Who opens the cases; the tenant's system user unless it is said.
        monitor: Name of the monitor.
    """
    if asyncio.run(_run(listed, kind, tenant, user, monitor)):
        sys.exit(1)


async def _run(listed: Path, kind: str, tenant: str | None, user: str | None, monitor: str) -> int:
    async with opened() as session:
        who = await session.principal(await session.tenant(tenant), user)
        made = await monitors.make(session.casebook, who, kind=kind, path=listed, monitor=monitor)
        report = await monitors.run(session.casebook, who, made)
    print(f"{report.borrowers} borrowers, {report.matches} matches, {len(report.cases)} new cases")
    for number in report.cases:
        print(f"case {number}")
    for one in report.refused:
        print(f"refused for borrower {one.borrower}: {one.why}", file=sys.stderr)
    return 1 if report.refused else 0
