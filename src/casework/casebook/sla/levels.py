"""How a case stands with its service level, and how it would stand with another."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from casework.casebook.catalogue import Catalogue
from casework.casebook.reading import Reader
from casework.casebook.sla.agreements import Agreements, agreements
from casework.domain.access import Principal
from casework.domain.refusals import NotFound
from casework.domain.sla.calendar import WorkingTime
from casework.domain.sla.clocks import Clocks, clocks
from casework.domain.sla.explain import explain, what_if
from casework.store.postgres.database import Database


class Standing(msgspec.Struct, frozen=True):
    """Both clocks of a case, with the lines that say why they stand so."""

    clocks: Clocks
    lines: list[str]


class Levels:
    """Answers questions about service levels, for staff."""

    def __init__(self, database: Database, catalogue: Catalogue, read: Reader, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._catalogue = catalogue
        self._read = read
        self._clock = clock

    async def standing(self, principal: Principal, number: int) -> Standing:
        """Return how a case stands now.

        Raises:
            NotFound: There is no such case, or the principal is a customer.
        """
        _, found = await self._agreements(principal, number)
        now = self._clock()
        run = clocks(found.history, found.policies, found.calendars, now)
        return Standing(run, explain(run, found.calendars, now))

    async def what_if(self, principal: Principal, number: int, sla: int) -> Standing:
        """Return how a case would stand if this SLA had counted from the beginning, as it is today.

        The condition is the one for the case's present priority.

        Raises:
            NotFound: There is no such case or SLA, or the principal is a customer.
            Invalid: The calendar of the SLA has too little working time.
        """
        row, found = await self._agreements(principal, number)
        words = await self._catalogue.vocabulary(principal.tenant_id)
        policy = words.current(sla, words.condition_for(sla, row["priority"]))
        if policy is None:
            msg = "There is no such SLA."
            raise NotFound(msg)
        calendars: dict[tuple[int, int], WorkingTime] = {c.key: c for c in words.calendars.values()}
        now = self._clock()
        run = what_if(found.history, policy, calendars, now)
        return Standing(run, explain(run, calendars, now))

    async def _agreements(self, principal: Principal, number: int) -> tuple[Any, Agreements]:
        row = await self._read.one(principal, number, ("number", "priority"))
        if not principal.staff:
            msg = "There are no service levels to show."
            raise NotFound(msg)
        words = await self._catalogue.vocabulary(principal.tenant_id)
        async with self._database.tenant(principal.tenant_id) as connection:
            return row, await agreements(connection, principal.tenant_id, number, words)
