"""The tenant's words, read once and kept until somebody changes them."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from casework.auth.cache import TimedCache
from casework.domain.nouns import (
    Calendar,
    CaseType,
    Department,
    Field,
    Priority,
    Service,
    Sla,
    SlaCondition,
    Source,
    Status,
    StatusSet,
    Team,
)
from casework.domain.sla.calendar import WorkingTime
from casework.domain.vocabulary import Vocabulary
from casework.store import nouns
from casework.store.people import tenants
from casework.store.people.tenants import Tenant
from casework.store.postgres.database import Database

_NAMED = {
    "type": "types",
    "status": "statuses",
    "service": "services",
    "priority": "priorities",
    "source": "sources",
    "department": "departments",
}
"""Members of cases and commands that name words, and where a vocabulary has those."""


class Words(msgspec.Struct, frozen=True):
    """What the core needs to know of a tenant to decide."""

    vocabulary: Vocabulary
    default_department: int | None


class Catalogue:
    """Readings of tenants and vocabularies, at most a second old."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tenants: TimedCache[int, Tenant] = TimedCache()
        self._vocabularies: dict[int, Vocabulary] = {}

    async def tenant(self, tenant_id: int) -> Tenant:
        """Return the tenant."""
        return self._tenants.get(tenant_id) or await self._tenants.fetch(tenant_id, lambda: self._read(tenant_id))

    async def _read(self, tenant_id: int) -> Tenant:
        async with self._database.tenant(tenant_id) as connection:
            return await tenants.read(connection, tenant_id)

    async def vocabulary(self, tenant_id: int) -> Vocabulary:
        """Return statuses, priorities, sources and types as they were at most a second ago."""
        tenant = await self.tenant(tenant_id)
        known = self._vocabularies.get(tenant_id)
        if known is None or known.version != tenant.catalogue_version:
            async with self._database.tenant(tenant_id) as connection:
                known = await read_vocabulary(connection, tenant_id, tenant.catalogue_version, known)
            self._vocabularies[tenant_id] = known
        return known

    async def words(self, tenant_id: int) -> Words:
        """Return what deciding needs. Ask before a connection is taken: whoever holds one must not wait for another."""
        tenant = await self.tenant(tenant_id)
        return Words(await self.vocabulary(tenant_id), tenant.default_department)

    def notice(self, tenant_id: int, rows: Iterable[Mapping[str, Any]]) -> None:
        """Look at what cases name: what the kept words do not know was made by another process, so read anew next time.

        It asks nothing of the database, so that every reading of cases can pass by here.
        """
        known = self._vocabularies.get(tenant_id)
        if known is not None and any(_strange(known, row) for row in rows):
            self._tenants.forget(tenant_id)

    async def knowing(self, tenant_id: int, **named: int | None) -> Vocabulary:
        """Return the vocabulary, read anew when it does not know one of these words."""
        await self.vocabulary(tenant_id)
        self.notice(tenant_id, [named])
        return await self.vocabulary(tenant_id)

    async def renewed(self, connection: Any, tenant_id: int, words: Words, *named: Mapping[str, Any]) -> Words:
        """Return the words, read anew on a connection that the caller holds when they do not know what is named."""
        if not any(_strange(words.vocabulary, one) for one in named):
            return words
        tenant = await tenants.read(connection, tenant_id)
        if tenant.catalogue_version == words.vocabulary.version:
            return words
        self.forget(tenant_id)
        vocabulary = await read_vocabulary(connection, tenant_id, tenant.catalogue_version)
        return Words(vocabulary, tenant.default_department)

    def forget(self, tenant_id: int) -> None:
        """Read the tenant anew next time: for whoever has just changed it."""
        self._tenants.forget(tenant_id)
        self._vocabularies.pop(tenant_id, None)


def _strange(known: Vocabulary, named: Mapping[str, Any]) -> bool:
    """Tell whether a word is named that the vocabulary does not know."""
    found = ((getattr(known, words), named.get(member)) for member, words in _NAMED.items())
    return any(isinstance(number, int) and number not in words for words, number in found)


async def read_vocabulary(
    connection: Any, tenant_id: int, version: int, before: Vocabulary | None = None
) -> Vocabulary:
    """Read a vocabulary from the tables.

    Calendars that are as they were `before` are kept, since they know their years by now; nothing else may be taken
    from a reading that was not committed.
    """
    worked = {calendar.key: calendar for calendar in before.calendars.values()} if before else {}
    calendars = await nouns.everything(connection, tenant_id, Calendar)
    sets = await nouns.everything(connection, tenant_id, StatusSet)
    first = min(sets, key=lambda s: (s.deleted_at is not None, s.key != "default", s.number))
    return Vocabulary(
        version=version,
        statuses={s.number: s for s in await nouns.everything(connection, tenant_id, Status)},
        priorities={p.number: p for p in await nouns.everything(connection, tenant_id, Priority)},
        sources={s.number: s for s in await nouns.everything(connection, tenant_id, Source)},
        types={t.number: t for t in await nouns.everything(connection, tenant_id, CaseType)},
        services={s.number: s for s in await nouns.everything(connection, tenant_id, Service)},
        default_set=first.number,
        departments={d.number: d for d in await nouns.everything(connection, tenant_id, Department)},
        slas={s.number: s for s in await nouns.everything(connection, tenant_id, Sla)},
        conditions={c.number: c for c in await nouns.everything(connection, tenant_id, SlaCondition)},
        calendars={c.number: worked.get((c.number, c.version)) or WorkingTime(c) for c in calendars},
        fields={f.number: f for f in await nouns.everything(connection, tenant_id, Field)},
        teams={t.number: t for t in await nouns.everything(connection, tenant_id, Team)},
    )
