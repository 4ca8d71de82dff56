"""`/people/{personId}/loans`, `/interactions`, `/documents` (spec/peach §11); documents: descriptor, then content."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

import msgspec
from litestar import Response, delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream
from msgspec import UNSET, Meta, UnsetType

from casework.dialects.peach import ids
from casework.dialects.peach.routes import requests
from casework.dialects.peach.routes.requests import Ask
from casework.dialects.peach.support import asking
from casework.dialects.peach.support.asking import WRITE
from casework.dialects.peach.support.shapes import Given, Id, Long, Short, Text, company, own, stamps, told
from casework.dialects.spellings import peach
from casework.domain.access import Principal
from casework.domain.doors import PEACH_DOOR
from casework.domain.nouns import Object
from casework.domain.refusals import Invalid, TooLarge, Unsupported
from casework.web import bodies, multipart

PATH = "/api/people/{person_id:str}/"
LARGEST_CONTENT = 100 * 1024 * 1024
NAMELESS = "document"
LoanIds = Annotated[list[Id], Meta(max_length=100)]
Channel = Literal["voice", "email", "fax", "text", "chat", "mail"]


class LoanBody(Given, frozen=True, kw_only=True):
    """A loan, as far as cases need to know it."""

    name: Short | UnsetType | None = UNSET
    status: Short | UnsetType | None = UNSET
    loanTypeId: Id | UnsetType | None = UNSET  # noqa: N815 - the wire's name


class InteractionBody(Given, frozen=True, kw_only=True):
    """A contact with a borrower."""

    channel: Channel | UnsetType = UNSET
    subject: Text | UnsetType | None = UNSET
    direction: Literal["inbound", "outbound"] | UnsetType = UNSET
    status: Short | UnsetType | None = UNSET
    content: Long | UnsetType | None = UNSET
    loanIds: LoanIds | UnsetType | None = UNSET  # noqa: N815 - the wire's name


class NewInteraction(InteractionBody, frozen=True, kw_only=True):
    """A contact to record."""

    channel: Channel


class DocumentBody(Given, frozen=True, kw_only=True):
    """The descriptor of a document."""

    type: Annotated[str, Meta(min_length=1, max_length=100)] | UnsetType = UNSET
    name: Text | UnsetType | None = UNSET
    fileName: Text | UnsetType | None = UNSET  # noqa: N815 - the wire's name
    description: Long | UnsetType | None = UNSET
    status: Short | UnsetType | None = UNSET
    loanIds: LoanIds | UnsetType | None = UNSET  # noqa: N815 - the wire's name


class Sort(msgspec.Struct, frozen=True):
    """One kind of object: its prefix, bodies, and the members that only this API knows."""

    kind: str
    prefix: str
    created: type[msgspec.Struct]
    changed: type[msgspec.Struct]
    members: tuple[str, ...]


SORTS: Mapping[str, Sort] = {
    "loans": Sort("loan", ids.LOAN, LoanBody, LoanBody, ("status", "loanTypeId", "metaData")),
    "interactions": Sort(
        "interaction",
        ids.INTERACTION,
        NewInteraction,
        InteractionBody,
        ("channel", "subject", "direction", "status", "content", "metaData"),
    ),
    "documents": Sort(
        "document",
        ids.DOCUMENT,
        DocumentBody,
        DocumentBody,
        ("type", "fileName", "description", "status", "metaData"),
    ),
}
"""Path to what lies there."""
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "loan": {"status": "active"},
    "interaction": {"direction": "outbound"},
    "document": {"type": "other"},
}


def render(thing: Object) -> dict[str, Any]:
    """Return an object as this API shows it."""
    sort = next(sort for sort in SORTS.values() if sort.kind == thing.kind)
    said = told(thing)
    shown: dict[str, Any] = {
        "id": peach(sort.prefix, thing.number),
        "object": thing.kind,
        **stamps(thing),
        "companyId": company(thing.tenant_id),
        "personId": ids.spelt(ids.BORROWER, thing.person),
        "externalId": thing.external_id,
    }
    if thing.kind != "interaction":
        shown["name"] = thing.name or None
    shown |= {name: said.get(name, _DEFAULTS[thing.kind].get(name)) for name in sort.members}
    if thing.kind != "loan":
        shown["loanIds"] = ids.every(ids.LOAN, said.get("loans", ()))
    if thing.kind == "document":
        shown |= {
            "contentType": thing.content_type,
            "size": thing.size,
            "hasContent": thing.blob is not None,
        }
    return shown


async def _person_and_thing(request: Ask, who: Principal, sort: Sort, person: str, text: str) -> Object:
    objects = asking.casebook(request).servicing.objects
    owner = await asking.borrower(request, who, person)
    number = await ids.in_path(sort.prefix, text, sort.kind, _finder(request, who, sort))
    return await objects.one(who.tenant_id, sort.kind, owner, number)


def _finder(request: Ask, who: Principal, sort: Sort) -> ids.Find:
    async def find(external: str) -> int | None:
        return await asking.casebook(request).servicing.objects.named(who.tenant_id, sort.kind, external)

    return find


async def _columns(request: Ask, who: Principal, sort: Sort, values: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    """Return the columns that a body asks for, and the loans that it names."""
    found: dict[str, Any] = {}
    if "externalId" in values:
        found["external_id"] = values["externalId"]
    if "name" in values:
        found["name"] = values["name"] or ""
    extra = own(values, *sort.members)
    loans: list[int] = []
    if "loanIds" in values:
        find = _finder(request, who, SORTS["loans"])
        loans = [await asking.in_body(ids.LOAN, text, "loanIds", find) for text in values["loanIds"] or ()]
        extra["loans"] = loans
    return {**found, "extra": {"peach": extra}} if extra else found, loans


def _listing(path: str) -> HTTPRouteHandler:
    sort = SORTS[path]

    @get(PATH + path, name=f"peach {path}")
    async def listed(request: Ask, person_id: str) -> Response[bytes]:
        who = await asking.staff(request)
        owner = await asking.borrower(request, who, person_id)
        objects = asking.casebook(request).servicing.objects

        async def find(text: str) -> int:
            number = await ids.in_path(sort.prefix, text, sort.kind, _finder(request, who, sort))
            return (await objects.one(who.tenant_id, sort.kind, owner, number)).number

        outer = asking.chosen(request, "externalId")
        window = await asking.window(request, find)
        wanted = {"external_id": outer} if outer else {}
        found = await objects.page(who.tenant_id, sort.kind, owner, window, **wanted)
        return asking.many(request, found, [render(thing) for thing in found.rows])

    return listed


def _creating(path: str) -> HTTPRouteHandler:
    sort = SORTS[path]

    @post(PATH + path, status_code=200)
    async def created(request: Ask, person_id: str) -> Response[bytes]:
        who = await asking.staff(request, WRITE)
        owner = await asking.borrower(request, who, person_id)
        members, loans = await _columns(request, who, sort, await asking.given(request, sort.created))
        with ids.naming(sort.prefix):
            thing = await asking.casebook(request).servicing.objects.add(
                who, PEACH_DOOR, sort.kind, owner, members=members, loans=loans
            )
        return requests.one(render(thing), "Created")

    return created


def _single(path: str) -> HTTPRouteHandler:
    sort = SORTS[path]

    @get(PATH + path + "/{thing_id:str}")
    async def single(request: Ask, person_id: str, thing_id: str) -> Response[bytes]:
        who = await asking.staff(request)
        return requests.one(render(await _person_and_thing(request, who, sort, person_id, thing_id)))

    return single


def _changing(path: str) -> HTTPRouteHandler:
    sort = SORTS[path]

    @put(PATH + path + "/{thing_id:str}")
    async def changed(request: Ask, person_id: str, thing_id: str) -> Response[bytes]:
        who = await asking.staff(request, WRITE)
        thing = await _person_and_thing(request, who, sort, person_id, thing_id)
        members, loans = await _columns(request, who, sort, await asking.given(request, sort.changed))
        with ids.naming(sort.prefix):
            after = await asking.casebook(request).servicing.objects.set(who, PEACH_DOOR, thing, members, loans)
        return requests.one(render(after), "Updated")

    return changed


def _removing(path: str) -> HTTPRouteHandler:
    sort = SORTS[path]

    @delete(PATH + path + "/{thing_id:str}", status_code=204)
    async def removed(request: Ask, person_id: str, thing_id: str) -> Response[None]:
        who = await asking.staff(request, WRITE)
        thing = await _person_and_thing(request, who, sort, person_id, thing_id)
        await asking.casebook(request).servicing.objects.remove(who, PEACH_DOOR, thing)
        return requests.no_content()

    return removed


@put(PATH + "documents/{thing_id:str}/content")
async def replace_content(request: Ask, person_id: str, thing_id: str) -> Response[bytes]:
    """`PUT /people/{personId}/documents/{documentId}/content`: the bytes, as they are or as a form's only file."""
    return await _upload(request, person_id, thing_id)


@post(PATH + "documents/{thing_id:str}/content", status_code=200)
async def upload_content(request: Ask, person_id: str, thing_id: str) -> Response[bytes]:
    """`POST /people/{personId}/documents/{documentId}/content`: as PUT."""
    return await _upload(request, person_id, thing_id)


async def _upload(request: Ask, person_id: str, thing_id: str) -> Response[bytes]:
    who = await asking.staff(request, WRITE)
    thing = await _person_and_thing(request, who, SORTS["documents"], person_id, thing_id)
    media = request.headers.get("content-type", "")
    kind = media.partition(";")[0].strip().lower()
    objects = asking.casebook(request).servicing.objects
    try:
        stream = bodies.decoded(
            request.stream(), request.headers.get("content-encoding"), limit=LARGEST_CONTENT + 64 * 1024
        )
        if kind != "multipart/form-data":
            after = await objects.upload(
                who, PEACH_DOOR, thing, stream, limit=LARGEST_CONTENT, kind=media[:200] or None
            )
            return requests.one(render(after), "Uploaded")
        async for part in multipart.parts(stream, media):
            if part.filename is None:
                continue
            after = await objects.upload(
                who, PEACH_DOOR, thing, part.chunks, limit=LARGEST_CONTENT, kind=part.content_type
            )
            if part.filename and not told(after).get("fileName"):
                named = {"extra": {"peach": {"fileName": part.filename[:500]}}}
                after = await objects.set(who, PEACH_DOOR, after, named)
            return requests.one(render(after), "Uploaded")
    except bodies.BodyTooLarge as error:
        msg = f"A document may have at most {LARGEST_CONTENT} bytes."
        raise TooLarge(msg, limit=LARGEST_CONTENT) from error
    except bodies.UnsupportedEncoding as error:
        raise Unsupported(str(error)) from error
    except (bodies.MalformedBody, multipart.MalformedMultipart) as error:
        raise Invalid(str(error)) from error
    msg = "There is no file in the form."
    raise Invalid(msg, member="file")


@get(PATH + "documents/{thing_id:str}/content")
async def download_content(request: Ask, person_id: str, thing_id: str) -> Stream:
    """`GET /people/{personId}/documents/{documentId}/content`: the bytes; browsers must not run them."""
    who = await asking.staff(request)
    thing = await _person_and_thing(request, who, SORTS["documents"], person_id, thing_id)
    chunks: AsyncIterator[bytes] = await asking.casebook(request).servicing.objects.content(thing)
    name = told(thing).get("fileName") or thing.name or NAMELESS
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Length": str(thing.size),
    }
    return Stream(chunks, media_type=thing.content_type or "application/octet-stream", headers=headers)


HANDLERS = [
    *(make(path) for path in SORTS for make in (_listing, _creating, _single, _changing, _removing)),
    replace_content,
    upload_content,
    download_content,
]
