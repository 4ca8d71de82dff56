"""What concerns a tenant or the installation as a whole: totals, the feed, blobs, migrations."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from casework.casebook.doctor.findings import NOBODY, Finding
from casework.domain.nouns import NOUNS
from casework.store.blobs import Blobs
from casework.store.people.tenants import Tenant
from casework.store.postgres.database import Database
from casework.store.postgres.migrate import scripts
from casework.store.upkeep import checks
from casework.store.upkeep.checks import LEAST

FILES_AT_ONCE = 500
GRACE = timedelta(hours=1)
"""For how long a blob may lie there without a file, and an upload without a byte."""


async def tenant(database: Database, place: Tenant) -> list[Finding]:
    """Look at a tenant's totals, at events about nothing that we know, and at the end of the feed."""
    async with database.tenant(place.tenant_id) as connection:
        found = [*about_totals(place, await checks.wrong_totals(connection, place.tenant_id))]
        strange = await checks.strange_kinds(connection, place.tenant_id, ["case", *NOUNS])
        beyond = await checks.beyond_feed(connection, place.tenant_id)
    found += [Finding("chain", place.key, f"kind {kind}", "there are events of this unknown kind") for kind in strange]
    if beyond:
        message = f"lies behind the end of the feed, {beyond[1]}: coming events would get smaller places"
        found.append(Finding("feed", place.key, f"place {beyond[0]}", message))
    return found


def about_totals(place: Tenant, wrong: Iterable[tuple[str, int, int, int]]) -> Iterator[Finding]:
    """Return findings for (stage, department, cases, total kept); department 0 is none."""
    for stage, department, counted, kept in wrong:
        where = f"stage {stage}" + (f", department {department}" if department else "")
        yield Finding("counters", place.key, where, f"there are {counted} cases, the total says {kept}")


async def feed(database: Database, chosen: Iterable[Tenant]) -> list[Finding]:
    """Look for places that several events share; within a tenant the database refuses that."""
    keys = {place.tenant_id: place.key for place in chosen}
    async with database.system() as connection:
        doubled = await checks.doubled_places(connection, keys)
    return [
        Finding("feed", keys[number], f"place {place}", "several events stand there")
        for place, sharing in doubled
        for number in sorted(sharing)
    ]


async def migrations(database: Database) -> list[Finding]:
    """Compare the migrations that were applied with our scripts."""
    async with database.system() as connection:
        applied = await checks.applied_migrations(connection)
    known = {number: (name, sha256(sql.encode()).hexdigest()) for number, name, sql in scripts()}
    found = []
    for number in sorted(known.keys() | applied.keys()):
        if number not in applied:
            found.append(Finding("migrations", NOBODY, known[number][0], "was not applied"))
        elif known.get(number) != applied[number]:
            found.append(Finding("migrations", NOBODY, applied[number][0], "is not the script that was applied"))
    return found


async def missing_blobs(database: Database, blobs: Blobs, place: Tenant) -> AsyncIterator[Finding]:
    """Yield a finding for each file of a tenant whose bytes are not there."""
    above = LEAST
    while True:
        async with database.tenant(place.tenant_id) as connection:
            rows = await checks.file_rows(connection, place.tenant_id, above, FILES_AT_ONCE)
        digests = sorted({digest for _, _, digest in rows})
        there = dict(zip(digests, await asyncio.gather(*(_exists(blobs, d) for d in digests)), strict=True))
        for number, whose, digest in rows:
            if not there[digest]:
                message = f"the bytes of its file {number} are missing: {digest}"
                yield Finding("blobs", place.key, whose, message)
        if len(rows) < FILES_AT_ONCE:
            return
        above = rows[-1][0]


async def _exists(blobs: Blobs, digest: str) -> bool:
    try:
        return await blobs.exists(digest)
    except ValueError:  # not a digest at all
        return False


async def idle_blobs(database: Database, blobs: Blobs) -> AsyncIterator[Finding]:
    """Yield blobs that no file refers to; sweep what crashed uploads have left, and tell how much it was."""
    before = datetime.now(UTC) - GRACE
    batch: list[str] = []
    async for digest, at in blobs.digests():
        if at < before:
            batch.append(digest)
        if len(batch) == FILES_AT_ONCE:
            for finding in await _unreferred(database, batch):
                yield finding
            batch.clear()
    for finding in await _unreferred(database, batch):
        yield finding
    if swept := await blobs.sweep_incoming(GRACE):
        yield Finding("blobs", NOBODY, "uploads", f"{swept} leftovers of crashed uploads were swept")


async def _unreferred(database: Database, batch: list[str]) -> list[Finding]:
    async with database.system() as connection:
        referred = await checks.referred(connection, batch)
    return [Finding("blobs", NOBODY, f"blob {d}", "no file refers to it") for d in batch if d not in referred]
