"""The session of a token: who it is, and what the classes of objects open to it (spec/webitel §13)."""

from litestar import Response, get

from casework.dialects.dialect import services
from casework.dialects.webitel import identity
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.requests import API, Ask
from casework.domain.access import Reach
from casework.domain.nouns import CustomRole

EXPORT = "export_data_grid"
ROW_CLASSES = frozenset({"cases", "case_comments"})
"""Classes whose rows have access lists."""


@get(API + "/userinfo")
async def userinfo(request: Ask) -> Response[bytes]:
    """`GET /userinfo`: the session of a token, which may stand in the query."""
    who = await identity.principal(request, query=True)
    casebook = services(request).casebook
    tenant = await casebook.catalogue.tenant(who.tenant_id)
    card = (await casebook.people.users(who.tenant_id, [who.user]))[who.user]
    roles = await casebook.people.everything(who.tenant_id, CustomRole)
    permissions = [*(("add", "read", "write", "delete") if identity.administers(who) else ())]
    if "case.export" in who.permissions:
        permissions.append(EXPORT)
    scope = [
        {
            "id": str(place),
            "name": name,
            "class": name,
            "access": identity.letters(who, name),
            "obac": True,
            "rbac": name in ROW_CLASSES and who.read is not Reach.TENANT,
        }
        for place, name in enumerate(identity.CLASSES, 1)
    ]
    return requests.answer(
        {
            "user_id": str(who.user),
            "dc": str(who.tenant_id),
            "domain": tenant.key,
            "name": card.name or card.address,
            "username": card.address,
            "preferred_username": card.address,
            "roles": [{"id": str(role.number), "name": role.name} for role in roles if role.key in who.roles],
            "permissions": [{"id": name, "name": name} for name in permissions],
            "scope": scope,
        }
    )


HANDLERS = [userinfo]
