"""Subscriptions to events (spec/peach §12): kept here; sending is the business of whoever reads the feed."""

from collections.abc import Mapping
from typing import Any

from casework.casebook.reference import Reference
from casework.domain.access import Principal, require
from casework.domain.doors import Door
from casework.domain.nouns import Webhook
from casework.domain.refusals import NotFound
from casework.store.postgres.database import Database
from casework.store.servicing import listing
from casework.store.servicing.listing import Slice, Window

PERMISSION = "tenant.edit"
"""Who subscribes sees every case of the tenant go by."""


class Webhooks:
    """Finds, makes and ends subscriptions."""

    def __init__(self, database: Database, reference: Reference) -> None:
        self._database = database
        self._reference = reference

    async def page(self, who: Principal, window: Window, **wanted: Any) -> Slice:
        """Return a page of subscriptions, newest first."""
        require(who, PERMISSION)
        async with self._database.tenant(who.tenant_id) as connection:
            return await listing.page(connection, who.tenant_id, Webhook, window, wanted)

    async def one(self, who: Principal, number: int) -> Webhook:
        """Return a subscription.

        Raises:
            NotFound: There is none.
        """
        found = await self.page(who, Window(limit=1), number=number)
        if not found.rows:
            msg = "There is no such webhook."
            raise NotFound(msg)
        webhook: Webhook = found.rows[0]
        return webhook

    async def add(self, who: Principal, door: Door, members: Mapping[str, Any]) -> Webhook:
        """Subscribe."""
        async with self._reference.changing(who, door, PERMISSION) as change:
            return await change.add(Webhook, **members)

    async def remove(self, who: Principal, door: Door, number: int) -> None:
        """End a subscription.

        Raises:
            NotFound: There is none.
        """
        async with self._reference.changing(who, door, PERMISSION) as change:
            webhook = await change.get(Webhook, number)
            if webhook.deleted_at is not None:
                msg = "There is no such webhook."
                raise NotFound(msg)
            await change.remove(webhook)
