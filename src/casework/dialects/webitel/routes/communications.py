"""Communications of a case, and the timeline that they make (spec/webitel §11)."""

from typing import Any

from litestar import Response, delete, get, post, put

from casework.casebook.reading import Part
from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, etag, identity
from casework.dialects.webitel.administration.channels import kinds
from casework.dialects.webitel.cases import communications
from casework.dialects.webitel.cases.communications import KINDS, RELATION, SPEAKING, Linked
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.cases import CASE, number
from casework.dialects.webitel.routes.requests import API, Ask
from casework.domain.access import Principal, require
from casework.domain.case import Association
from casework.domain.commands import Associate, Dissociate
from casework.domain.doors import WEBITEL_DOOR
from casework.domain.nouns import Object
from casework.domain.refusals import Duplicate, Invalid, NotFound

COMMUNICATIONS = CASE + "/communication"
LONGEST_ID = 200


async def _linked(request: Ask, who: Principal, case: int) -> list[Linked]:
    """Return the communications of a case, oldest first.

    Raises:
        NotFound: There is no such case that the principal may read.
    """
    casebook = services(request).casebook
    await casebook.read.one(who, case, ("number",))
    part = Part(noun="association", limit=conventions.LARGEST_PAGE)
    found = (await casebook.read.hanging(who, [case], part)).get(case, [])
    mine = [one for one in found if isinstance(one, Association) and one.relation == RELATION]
    objects = await casebook.people.numbered(who.tenant_id, Object, {one.object for one in mine})
    return [Linked(one, objects[one.object]) for one in mine if one.object in objects]


@get(COMMUNICATIONS)
async def listed(request: Ask, etag: str) -> Response[bytes]:
    """`GET /cases/{case}/communication`."""
    who = await identity.entered(request, "cases", "r")
    asked = requests.asked(request)
    found, window = await _linked(request, who, number(etag)), conventions.window(asked)
    rows, more = window.cut(found[window.offset : window.offset + window.limit])
    names = conventions.fields(asked)
    return requests.answer(
        requests.listed([communications.shown(one, names) for one in rows], window, more=more, name="data")
    )


async def _kind(request: Ask, who: Principal, given: Any) -> tuple[int, str]:
    """Return a type of communication by number, and the kind of event that it is."""
    wanted = conventions.reference(given, "communication_type")
    known = kinds(await services(request).casebook.catalogue.tenant(who.tenant_id))
    kind = KINDS.get(str(known[wanted].get("channel"))) if wanted in known else None
    if wanted is None or kind is None:
        msg = "'communication_type' names none that there is."
        raise Invalid(msg, member="communication_type")
    return wanted, kind


def _ident(given: Any) -> str:
    ident = conventions.text(given, "communication_id", LONGEST_ID)
    if not ident.strip() or "\x00" in ident:
        msg = "'communication_id' is required."
        raise Invalid(msg, member="communication_id")
    return ident


@post(COMMUNICATIONS, status_code=200)
async def link(request: Ask, etag: str) -> Response[bytes]:
    """`POST /cases/{case}/communication`."""
    who = await identity.entered(request, "cases", "w")
    require(who, "case.associate")
    body, case = await requests.body(request), number(etag)
    wanted, kind = await _kind(request, who, body.get("communication_type"))
    ident, casebook = _ident(body.get("communication_id")), services(request).casebook
    await casebook.read.one(who, case, ("number",))
    async with casebook.reference.changing(who, WEBITEL_DOOR, "case.associate") as change:
        there = [one for one in await change.find(Object, "external_id", ident) if one.kind == kind]
        found = there[0] if there else None
        if found is None:
            own = {"communication_type": wanted}
            found = await change.add(Object, kind=kind, external_id=ident, extra={"webitel": own})
    command = Associate(object=found.number, relation=RELATION)
    outcome = await casebook.execute(who, WEBITEL_DOOR, command, case)
    if not outcome.events:
        msg = "The communication is linked to the case already."
        raise Duplicate(msg, member="communication_id")
    made = outcome.child()
    if not isinstance(made, Association):  # pragma: no cover - the command makes nothing else
        raise TypeError(made)
    names = conventions.fields(requests.asked(request))
    return requests.answer({"data": [communications.shown(Linked(made, found), names)]})


@delete(COMMUNICATIONS + "/{communication:str}", status_code=200)
async def unlink(request: Ask, etag: str, communication: str) -> Response[bytes]:
    """`DELETE /cases/{case}/communication/{id}`."""
    who = await identity.entered(request, "cases", "w")
    case, wanted = number(etag), _named(communication)
    found = next((one for one in await _linked(request, who, case) if one.association.number == wanted), None)
    if found is None:
        msg = "The case has no such communication."
        raise NotFound(msg)
    command = Dissociate(association=found.association.uid)
    await services(request).casebook.execute(who, WEBITEL_DOOR, command, case)
    return requests.answer({"affected": "1"})


def _named(communication: str) -> int:
    return etag.decode(communication, "communication").number


@put(API + "/communications/{kind:str}/{ident:str}", status_code=200)
async def record(request: Ask, kind: str, ident: str) -> Response[bytes]:
    """`PUT /communications/{chat|call|email}/{id}`, ours: what a telephone system or importer tells of one."""
    who = await identity.entered(request, "cases", "w")
    require(who, "case.associate")
    if kind not in communications.CHANNELS:
        msg = "Communications are chats, calls and e-mails."
        raise NotFound(msg)
    body = await requests.body(request)
    at = conventions.instant(body.pop("created_at", None), "created_at")
    casebook, wanted = services(request).casebook, _ident(ident)
    async with casebook.reference.changing(who, WEBITEL_DOOR, "case.associate") as change:
        there = [one for one in await change.find(Object, "external_id", wanted) if one.kind == kind]
        found = there[0] if there else await change.add(Object, kind=kind, external_id=wanted)
        own = {**found.extra.get("webitel", {}), "event": body, **({"at": at.isoformat()} if at else {})}
        await change.set(found, extra={**found.extra, "webitel": own})
    return requests.answer({"id": ident})


async def _period(request: Ask, etag: str) -> list[Linked]:
    who = await identity.entered(request, "cases", "r")
    asked = requests.asked(request)
    low = conventions.instant(asked.one("date_from"), "date_from")
    high = conventions.instant(asked.one("date_to"), "date_to")
    types = [name.lower() for name in asked.many("type")]
    if unknown := set(types) - set(communications.TYPES):
        msg = f"'{min(unknown)[:40]}' is no kind of communication."
        raise Invalid(msg, member="type")
    return [
        one
        for one in await _linked(request, who, number(etag))
        if (low is None or one.at >= low) and (high is None or one.at <= high)
        if not types or one.object.kind in types
    ]


@get(CASE + "/timeline")
async def timeline(request: Ask, etag: str) -> Response[bytes]:
    """`GET /cases/{case}/timeline`: by day, newest first; page and size count days."""
    found = communications.days(await _period(request, etag))
    window = conventions.window(requests.asked(request))
    rows, more = window.cut(found[window.offset : window.offset + window.limit])
    return requests.answer(requests.listed(rows, window, more=more, name="days"), keep=SPEAKING)


@get(CASE + "/timeline/counter")
async def counter(request: Ask, etag: str) -> Response[bytes]:
    """`GET /cases/{case}/timeline/counter`: totals, and when the first and the last were."""
    found = await _period(request, etag)
    times = [one.at for one in found]
    span = {
        "date_from": conventions.milliseconds(min(times, default=None)),
        "date_to": conventions.milliseconds(max(times, default=None)),
    }
    return requests.answer({**span, **communications.counts(found)})


HANDLERS = [listed, link, unlink, record, timeline, counter]
