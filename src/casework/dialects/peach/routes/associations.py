"""What a case is associated with: loans, interactions, documents and other cases (spec/peach §7; DOMAIN §3)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, delete, post

from casework.dialects.peach import ids, wire
from casework.dialects.peach.routes import references, requests
from casework.dialects.peach.routes.requests import Ask
from casework.domain.access import Principal
from casework.domain.commands import Associate, Command, Dissociate, Relate, Separate
from casework.domain.doors import PEACH_DOOR
from casework.domain.nouns import Object
from casework.domain.refusals import Invalid, NotFound

RELATION = "relates_to"
ASSOCIATIONS = "/api/people/{person:str}/cases/{case:str}/associations"
ASKED: Mapping[str, tuple[str, ...]] = {
    "all": wire.ASSOCIATED,
    "documents": ("document",),
    "cases": ("case",),
    "interactions": ("interaction",),
    "loans": ("loan",),
}
"""What `associations` in a query may be, and the kinds that it shows."""
_PREFIXES = {**references.OBJECTS, "case": ids.CASE}


async def shown(request: Ask, who: Principal, row: Mapping[str, Any], kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the associations of a case of some kinds; `row` has the part of the same name."""
    entries = msgspec.json.decode(row["associations"])
    known = await references.casebook(request).identities.present(who.tenant_id, Object, [one[1] for one in entries])
    found = [
        {"objectType": thing.kind, "objectId": ids.spelt(references.OBJECTS[thing.kind], thing.number)}
        for _, number, _ in entries
        if (thing := known.get(number)) is not None and thing.kind in kinds and thing.kind in references.OBJECTS
    ]
    if "case" in kinds:
        others = await references.casebook(request).read.claimed(who, row["number"], RELATION)
        found += [{"objectType": "case", "objectId": ids.spelt(ids.CASE, number)} for number in others]
    return found


async def command(request: Ask, who: Principal, kind: str, text: str) -> Command:
    """Return the command that associates a case with something.

    Raises:
        NotFound: The company has no such thing.
    """
    if kind == "case":
        return Relate(other=await _other(request, who, text), one_way=True)
    return Associate(object=await references.thing(request, who, kind, text))


async def _other(request: Ask, who: Principal, text: str) -> int:
    number = await references.case_number(request, who, text)
    found: int = (await references.casebook(request).read.one(who, number, ("number",)))["number"]
    return found


@post(ASSOCIATIONS, status_code=204)
async def associate(request: Ask, person: str, case: str) -> Response[None]:
    """`POST C/associations`: again is no change."""
    who = await references.staff(request, "case.associate")
    row = await references.case_row(request, who, person, case, columns=("number",))
    values = requests.checked(wire.AssociationBody, await requests.body(request))
    wanted = await command(request, who, values["objectType"], values["objectId"])
    await references.casebook(request).execute(who, PEACH_DOOR, wanted, row["number"])
    return requests.no_content()


@delete(ASSOCIATIONS + "/{kind:str}/{thing:str}", status_code=204)
async def dissociate(request: Ask, person: str, case: str, kind: str, thing: str) -> Response[None]:
    """`DELETE C/associations/{objectType}/{objectId}`."""
    return await _dissociate(request, person, case, kind, thing)


@delete(ASSOCIATIONS + "/{thing:str}", status_code=204)
async def dissociate_by_id(request: Ask, person: str, case: str, thing: str) -> Response[None]:
    """`DELETE C/associations/{objectId}`: whatever the case is associated with that has the id."""
    return await _dissociate(request, person, case, None, thing)


@delete(ASSOCIATIONS, status_code=204)
async def dissociate_by_query(request: Ask, person: str, case: str) -> Response[None]:
    """`DELETE C/associations?objectType=&objectId=`."""
    kind, thing = request.query_params.get("objectType"), request.query_params.get("objectId")
    who = await references.staff(request, "case.associate")
    await references.case_row(request, who, person, case, columns=("number",))
    if not thing:
        msg = "'objectId' is required."
        raise Invalid(msg, member="objectId")
    return await _dissociate(request, person, case, kind or None, thing)


async def _dissociate(request: Ask, person: str, case: str, kind: str | None, text: str) -> Response[None]:
    who = await references.staff(request, "case.associate")
    row = await references.case_row(request, who, person, case, columns=("number",), parts=("associations",))
    if kind is not None and kind not in _PREFIXES:
        msg = f"Must be one of {', '.join(wire.ASSOCIATED)}."
        raise Invalid(msg, member="objectType")
    for one in (kind,) if kind is not None else wire.ASSOCIATED:
        if (wanted := await _removal(request, who, row, one, text)) is not None:
            await references.casebook(request).execute(who, PEACH_DOOR, wanted, row["number"])
            return requests.no_content()
    msg = "The case has no such association."
    raise NotFound(msg)


async def _removal(request: Ask, who: Principal, row: Mapping[str, Any], kind: str, text: str) -> Command | None:
    """Return the command that takes an association of a kind away, None when there is none."""
    try:
        if kind == "case":
            number = await _other(request, who, text)
            claimed = await references.casebook(request).read.claimed(who, row["number"], RELATION)
            return Separate(other=number) if number in claimed else None
        number = await references.thing(request, who, kind, text)
    except NotFound:
        return None
    entries = msgspec.json.decode(row["associations"])
    uid = next((entry[0] for entry in entries if entry[1] == number), None)
    return Dissociate(association=UUID(uid)) if uid is not None else None


HANDLERS = [associate, dissociate, dissociate_by_id, dissociate_by_query]
