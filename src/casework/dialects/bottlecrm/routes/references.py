"""Bodies about cases: every member checked, every id looked up, before anything is refused or done."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from casework.dialects.bottlecrm import identity, translate, wire
from casework.dialects.bottlecrm.routes.requests import Ask, Received
from casework.dialects.dialect import services
from casework.domain.access import Principal
from casework.domain.nouns import Noun, Organization, Person, Team, User
from casework.web import members

KINDS: Mapping[str, type[Noun]] = {"account": Organization, "contacts": Person, "assigned_to": User, "teams": Team}
"""What the ids in a member name."""


async def wanted(request: Ask, who: Principal, received: Received, kind: type[wire.CasePatch]) -> dict[str, Any]:
    """Return the members of a body about a case, with ids as numbers and `closed_on` as a time.

    Raises:
        Invalid: With every wrong member named: what is malformed, and ids of nothing in the organization.
    """
    values, errors = received.check(kind)
    if values.get("closed_on") is not None:
        try:
            values["closed_on"] = translate.closing(values["closed_on"])
        except ValueError as error:
            errors["closed_on"] = [str(error)]
    await _resolve(request, who, values, errors)
    members.refuse(errors)
    return values


async def _resolve(request: Ask, who: Principal, values: dict[str, Any], errors: members.Errors) -> None:
    asked: dict[str, list[UUID]] = {}
    for member in KINDS:
        if values.get(member) is not None:
            found = values[member]
            asked[member] = found if isinstance(found, list) else [found]
    if not any(asked.values()):
        return
    casebook = services(request).casebook
    numbers = await casebook.identities.numbers(who.tenant_id, {KINDS[member]: ids for member, ids in asked.items()})
    users = numbers.get(User, {})
    cards = await casebook.people.users(who.tenant_id, users.values())
    numbers[User] = {uid: n for uid, n in users.items() if not cards[n].disabled and cards[n].kind != identity.CUSTOMER}
    for member, ids in asked.items():
        known = numbers[KINDS[member]]
        unknown = [uid for uid in dict.fromkeys(ids) if uid not in known]
        if unknown:
            errors[member] = [f'Invalid pk "{uid}" - object does not exist.' for uid in unknown[:10]]
        elif isinstance(values[member], list):
            values[member] = tuple(dict.fromkeys(known[uid] for uid in ids))
        else:
            values[member] = known[ids[0]]
