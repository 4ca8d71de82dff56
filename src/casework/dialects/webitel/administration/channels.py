"""Kinds of communications that can be linked to a case (spec/webitel §11)."""

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Response, get

from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, identity
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.requests import API, Ask
from casework.store.people.tenants import Tenant

CHANNELS = ("Undefined", "Phone", "Email", "Messaging")
BUILT_IN: tuple[Mapping[str, Any], ...] = (
    {"id": 1, "name": "Phone", "code": "phone", "channel": "Phone", "default": True},
    {"id": 2, "name": "E-mail", "code": "email", "channel": "Email"},
    {"id": 3, "name": "Messaging", "code": "messaging", "channel": "Messaging"},
)
"""What a tenant has that does not list its own in `dialects.webitel.communication_types` of its world file."""


def kinds(tenant: Tenant) -> dict[int, Mapping[str, Any]]:
    """Return a tenant's kinds of communications by id."""
    own = tenant.settings.get("dialects", {}).get("webitel", {}).get("communication_types")
    listed: Iterable[Mapping[str, Any]] = own if isinstance(own, list) else BUILT_IN
    return {int(kind["id"]): kind for kind in listed if str(kind.get("id", "")).isdecimal()}


@get(API + "/call_center/communication_type")
async def communication_types(request: Ask) -> Response[bytes]:
    """`GET /call_center/communication_type`: by name."""
    who = await identity.entered(request, "case_lookups", "r")
    asked = requests.asked(request)
    window, wanted = conventions.window(asked), conventions.fields(asked)
    field, descending = conventions.order(asked)
    known = kinds(await services(request).casebook.catalogue.tenant(who.tenant_id))
    ids, channels = asked.numbers("ids") or asked.numbers("id"), {name.lower() for name in asked.many("channel")}
    sought = conventions.pattern(asked)
    rows = [
        {**kind, "id": str(ident), "channel": kind.get("channel", CHANNELS[0])}
        for ident, kind in known.items()
        if (not ids or ident in ids)
        and (not channels or str(kind.get("channel", CHANNELS[0])).lower() in channels)
        and (sought is None or sought.expression or sought.value.lower() in str(kind.get("name", "")).lower())
    ]
    rows.sort(key=lambda row: (str(row.get(field or "name", "")).lower(), int(row["id"])), reverse=descending)
    page, more = window.cut(rows[window.offset :][: window.limit])
    found = [{name: value for name, value in row.items() if not wanted or name in {"id", *wanted}} for row in page]
    return requests.answer(requests.listed(found, window, more=more))


HANDLERS = [communication_types]
