"""Examining an installation: rows follow from events, chains are whole, what is derived is right (DOMAIN §7).

Everything is read in spans of numbers, so that memory holds some hundred cases at a time, and without locks. What
looks wrong then is looked at once more with its subject locked: a change that came in between is no damage.
"""

from collections.abc import AsyncIterator, Callable
from functools import partial

from casework.casebook.doctor import installation, subjects
from casework.casebook.doctor.findings import Finding, Look
from casework.domain.nouns import NOUNS
from casework.domain.refusals import NotFound
from casework.store.blobs import Blobs
from casework.store.people import tenants
from casework.store.people.tenants import Tenant
from casework.store.postgres.database import Database
from casework.store.upkeep import checks
from casework.store.upkeep.checks import LEAST, MOST, Span

__all__ = ["Finding", "examine", "repair"]

ROWS_AT_ONCE = 100

Progress = Callable[[str], None]


async def examine(
    database: Database, blobs: Blobs, *, tenant: str | None = None, progress: Progress | None = None
) -> list[Finding]:
    """Examine everything, or one tenant; all that it changes is that leftovers of crashed uploads are swept.

    Args:
        database: The installation's, which may be in use.
        blobs: Where the files' bytes are.
        tenant: Key of the only tenant to look at; blobs that no file refers to have no tenant and are left out then.
        progress: Told a line of text now and then.

    Raises:
        NotFound: There is no such tenant.
    """
    tell = progress or _silent
    found: list[Finding] = []
    chosen = await _chosen(database, tenant)
    for place in chosen:
        found += [f async for f in _walk(database, place, "case", partial(subjects.look_at_cases, place), tell)]
        for table in NOUNS:
            look = partial(subjects.look_at_nouns, place, table)
            found += [f async for f in _walk(database, place, table, look, tell)]
        found += await installation.tenant(database, place)
        found += [f async for f in installation.missing_blobs(database, blobs, place)]
    found += await installation.feed(database, chosen)
    found += await installation.migrations(database)
    if tenant is None:
        found += [f async for f in installation.idle_blobs(database, blobs)]
    return found


async def repair(database: Database, *, tenant: str | None = None, progress: Progress | None = None) -> list[Finding]:
    """Mend what is derived from rows: totals, whom cases concern, and what they are found by; return what was wrong.

    Raises:
        NotFound: There is no such tenant.
    """
    mended: list[Finding] = []
    for place in await _chosen(database, tenant):
        async with database.system() as connection:
            mended += installation.about_totals(place, await checks.mend_totals(connection, place.tenant_id))
        look = partial(subjects.look_at_derived, place)
        mended += [f async for f in _walk(database, place, "case", look, progress or _silent, mend=True)]
    return mended


async def _chosen(database: Database, key: str | None) -> list[Tenant]:
    async with database.system() as connection:
        chosen = [place for place in await tenants.every(connection) if key in {None, place.key}]
    if key is not None and not chosen:
        msg = f"There is no tenant '{key}'."
        raise NotFound(msg, member="tenant")
    return chosen


async def _walk(
    database: Database, place: Tenant, kind: str, look: Look, tell: Progress, *, mend: bool = False
) -> AsyncIterator[Finding]:
    """Look at all subjects of a kind, twice where the first look is suspicious, and mend if that is asked."""
    low = LEAST
    while low < MOST:
        async with database.tenant(place.tenant_id) as connection:
            upto, suspects = await look(connection, Span(place.tenant_id, low, MOST, ROWS_AT_ONCE))
        for number in sorted(suspects):
            async with database.transaction(place.tenant_id) as connection:
                await checks.hold(connection, place.tenant_id, kind, number)
                _, sure = await look(connection, Span(place.tenant_id, number - 1, number))
                if mend and number in sure:
                    await subjects.mend(connection, place.tenant_id, number)
            for finding in sure.get(number, ()):
                yield finding
        low = upto
        if low < MOST:
            tell(f"{place.key}: {kind} {low}")


def _silent(_text: str) -> None:
    pass
