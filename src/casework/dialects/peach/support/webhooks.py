"""`/webhooks`: who is told of events, and where (spec/peach §12)."""

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from litestar import Response, delete, get, post
from msgspec import Meta

from casework.dialects.peach import events, ids
from casework.dialects.peach.routes import requests
from casework.dialects.peach.routes.requests import Ask
from casework.dialects.peach.support import asking
from casework.dialects.peach.support.shapes import company, stamps
from casework.dialects.spellings import peach
from casework.domain.doors import PEACH_DOOR
from casework.domain.nouns import Webhook
from casework.domain.refusals import Invalid

WEBHOOKS = "/api/webhooks"
PERMISSION = "tenant.edit"


class WebhookBody(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A subscription to make."""

    webhook_type: Literal["direct", "proxyGalileo"]
    url: Annotated[str, Meta(max_length=2000)] | None = None
    event_types: Annotated[list[Literal[events.EVERY_NAME]], Meta(max_length=100)] | None = None  # type: ignore[valid-type]  # the list of events.py


def webhook_of(webhook: Webhook) -> dict[str, Any]:
    """Return a subscription as this API shows it."""
    return {
        "id": peach(ids.WEBHOOK, webhook.number),
        "object": "webhook",
        **stamps(webhook),
        "companyId": company(webhook.tenant_id),
        "webhookType": webhook.kind,
        "url": webhook.url,
        "eventTypes": list(webhook.events),
    }


@get(WEBHOOKS)
async def webhooks(request: Ask) -> Response[bytes]:
    """`GET /webhooks`, newest first."""
    who = await asking.staff(request, PERMISSION)
    subscriptions = asking.casebook(request).servicing.webhooks

    async def find(text: str) -> int:
        return (await subscriptions.one(who, await ids.in_path(ids.WEBHOOK, text, "webhook"))).number

    found = await subscriptions.page(who, await asking.window(request, find))
    return asking.many(request, found, [webhook_of(one) for one in found.rows])


@post(WEBHOOKS, status_code=200)
async def create_webhook(request: Ask) -> Response[bytes]:
    """`POST /webhooks`: the vendor's names only, and none for a proxy."""
    who = await asking.staff(request, PERMISSION)
    body = requests.read(WebhookBody, await requests.body(request))
    if body.url is not None and not _is_address(body.url):
        msg = "Must be an address that begins with http:// or https://."
        raise Invalid(msg, member="url")
    if body.event_types and body.webhook_type != "direct":
        msg = "A proxy takes no names of events."
        raise Invalid(msg, member="eventTypes")
    members = {
        "kind": body.webhook_type,
        "url": body.url,
        "events": tuple(dict.fromkeys(body.event_types or ())),
    }
    made = await asking.casebook(request).servicing.webhooks.add(who, PEACH_DOOR, members)
    return requests.one(webhook_of(made), "Created")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - reading it looks at it
        plain = text.isascii() and text.isprintable() and " " not in text
        return plain and parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


@get(WEBHOOKS + "/{webhook_id:str}")
async def one_webhook(request: Ask, webhook_id: str) -> Response[bytes]:
    """`GET /webhooks/{webhookId}`."""
    who = await asking.staff(request, PERMISSION)
    number = await ids.in_path(ids.WEBHOOK, webhook_id, "webhook")
    return requests.one(webhook_of(await asking.casebook(request).servicing.webhooks.one(who, number)))


@delete(WEBHOOKS + "/{webhook_id:str}", status_code=204)
async def remove_webhook(request: Ask, webhook_id: str) -> Response[None]:
    """`DELETE /webhooks/{webhookId}`: nothing is sent any more."""
    who = await asking.staff(request, PERMISSION)
    number = await ids.in_path(ids.WEBHOOK, webhook_id, "webhook")
    await asking.casebook(request).servicing.webhooks.remove(who, PEACH_DOOR, number)
    return requests.no_content()


HANDLERS = [webhooks, create_webhook, one_webhook, remove_webhook]
