"""`/case-types`: versioned types with custom-field schemas and smart reviews (spec/peach §11)."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post, put
from msgspec import UNSET, Meta, UnsetType

from casework.casebook.people import UserCard
from casework.dialects.peach import ids
from casework.dialects.peach.routes import requests
from casework.dialects.peach.routes.requests import Ask
from casework.dialects.peach.support import asking
from casework.dialects.peach.support.reviews import SmartReviews, check_reviews
from casework.dialects.peach.support.shapes import Id, Short, Text, company, own, stamps, told
from casework.dialects.spellings import peach
from casework.domain.access import Principal
from casework.domain.defaults import BASE_TYPES
from casework.domain.doors import PEACH_DOOR
from casework.domain.nouns import CaseType
from casework.domain.refusals import Invalid, NotFound
from casework.store.servicing.listing import Slice, Window

WRITE = "catalogue.edit"
ROOT = "/api/case-types"
ONE = ["/api/case-types/{type_id:str}", "/api/case-type/{type_id:str}"]
BASES = tuple(base for base, _ in BASE_TYPES)
STATUSES = ("draft", "active", "deprecated")
Number = Annotated[int, Meta(ge=-(2**53), le=2**53)] | float


class Validation(msgspec.Struct, frozen=True, omit_defaults=True):
    """What binds the values of a custom field."""

    enum: Annotated[list[str | int | float | bool], Meta(max_length=500)] | None = None
    length: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    minValue: Number | None = None  # noqa: N815 - the wire's name
    maxValue: Number | None = None  # noqa: N815 - the wire's name


class FieldSchema(msgspec.Struct, frozen=True, kw_only=True):
    """A custom field."""

    fieldName: Annotated[str, Meta(min_length=1, max_length=50)]  # noqa: N815 - the wire's name
    dataType: Annotated[str, Meta(min_length=1, max_length=50)]  # noqa: N815 - the wire's name
    name: Short = ""
    description: Text = ""
    required: bool = False
    displayOrder: Annotated[int, Meta(ge=-(2**31), le=2**31)] | None = None  # noqa: N815 - the wire's name
    default: Any = None
    validation: Validation | None = None
    displayPrefix: Short | None = None  # noqa: N815 - the wire's name
    displayPostfix: Short | None = None  # noqa: N815 - the wire's name


class TypeBody(msgspec.Struct, frozen=True, kw_only=True):
    """A case type to make or to change."""

    copyOf: Id | int | UnsetType | None = UNSET  # noqa: N815 - the wire's name
    caseType: Literal[BASES] | UnsetType = UNSET  # type: ignore[valid-type]  # noqa: N815 - a table is the source; the wire's name
    name: Annotated[str, Meta(max_length=50)] | UnsetType = UNSET
    description: Annotated[str, Meta(max_length=500)] | UnsetType = UNSET
    status: Literal[STATUSES] | UnsetType = UNSET  # type: ignore[valid-type]  # a table is the source
    loanTypeId: Id | UnsetType | None = UNSET  # noqa: N815 - the wire's name
    workflowTypeId: Id | UnsetType | None = UNSET  # noqa: N815 - the wire's name
    customFieldSchemas: Annotated[list[FieldSchema], Meta(max_length=100)] | UnsetType | None = UNSET  # noqa: N815 - the wire's name
    smartReviews: SmartReviews | UnsetType | None = UNSET  # noqa: N815 - the wire's name
    deprecationMessage: Text | UnsetType | None = UNSET  # noqa: N815 - the wire's name


def _stored(field: FieldSchema) -> dict[str, Any]:
    """Return a custom field as `nouns.CaseType.fields` keeps it (`domain/fields/schemas.py`)."""
    bound = field.validation or Validation()
    listed = [str(one).lower() if isinstance(one, bool) else str(one) for one in bound.enum or ()]
    more = {
        "enum": bound.enum,
        "length": bound.length,
        "default": field.default,
        "description": field.description,
        "order": field.displayOrder,
        "prefix": field.displayPrefix,
        "postfix": field.displayPostfix,
    }
    return {
        "name": field.fieldName,
        "title": field.name,
        "type": field.dataType,
        "required": field.required,
        "values": listed,
        "min": bound.minValue,
        "max": bound.maxValue,
        "extra": {name: value for name, value in more.items() if value is not None},
    }


def _shown(field: Mapping[str, Any]) -> dict[str, Any]:
    """Return a custom field as this API shows it, however it was made."""
    more = field.get("extra") or {}
    values = more.get("enum") or field.get("values") or None
    bound = {
        "enum": list(values) if values else None,
        "length": more.get("length"),
        "minValue": field.get("min"),
        "maxValue": field.get("max"),
    }
    placed = {"displayOrder": more["order"]} if more.get("order") is not None else {}
    return {
        "fieldName": field["name"],
        "name": field.get("title") or field["name"],
        "description": more.get("description") or "",
        "required": bool(field.get("required")),
        "dataType": field.get("type") or "string",
        **placed,
        "default": more.get("default"),
        "validation": {name: value for name, value in bound.items() if value is not None},
        "displayPrefix": more.get("prefix"),
        "displayPostfix": more.get("postfix"),
    }


def columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that a body asks for."""
    found = {name: values[name] for name in ("name", "description", "status") if name in values}
    if "caseType" in values:
        found["base"] = values["caseType"]
    if "customFieldSchemas" in values:
        found["fields"] = tuple(_stored(field) for field in values["customFieldSchemas"] or ())
    extra = own(values, "loanTypeId", "workflowTypeId", "smartReviews")
    if "deprecationMessage" in values:
        extra["deprecation_message"] = values["deprecationMessage"]
    return {**found, "extra": {"peach": extra}} if extra else found


def user_ref(number: int | None, users: Mapping[int, UserCard]) -> dict[str, Any] | None:
    """Return a user as objects name who did something."""
    card = users.get(number) if number is not None else None
    if card is None:
        return None
    kind = {"service": "system", "customer": "borrower"}.get(card.kind, "admin" if "admin" in card.roles else "agent")
    return {
        "id": peach(ids.USER, card.number),
        "name": card.name,
        "userType": kind,
        "descriptor": f"{kind} {card.address}",
        "employee": {"id": peach(ids.EMPLOYEE, card.number)} if card.kind == "agent" else None,
    }


def render(kind: CaseType, users: Mapping[int, UserCard]) -> dict[str, Any]:
    """Return a version of a type as this API shows it."""
    said = told(kind)
    reviews = said.get("smartReviews") or {}
    first = stamps(kind)["createdAt"] if kind.status == "active" else None
    return {
        "id": peach(ids.CASE_TYPE, kind.number),
        "object": "caseType",
        **stamps(kind),
        "companyId": company(kind.tenant_id),
        "caseType": kind.base,
        "name": kind.name,
        "description": kind.description,
        "status": kind.status,
        "version": kind.type_version,
        "derivedFromTypeId": ids.spelt(ids.CASE_TYPE, kind.derived_from),
        "loanTypeId": said.get("loanTypeId"),
        "workflowTypeId": said.get("workflowTypeId"),
        "customFieldSchemas": [_shown(field) for field in kind.fields],
        "smartReviews": {"enable": bool(reviews.get("enable")), "config": reviews.get("config") or {}},
        "createdBy": user_ref(kind.created_by, users),
        "publishedAt": said.get("published_at", first),
        "publishedBy": user_ref(said.get("published_by", kind.created_by if first else None), users),
        "deprecatedAt": said.get("deprecated_at"),
        "deprecatedBy": user_ref(said.get("deprecated_by"), users),
        "deprecationMessage": said.get("deprecation_message"),
    }


async def _rendered(request: Ask, who: Principal, kinds: list[CaseType]) -> list[dict[str, Any]]:
    wanted = {kind.created_by for kind in kinds}
    wanted |= {told(kind).get(name) for kind in kinds for name in ("published_by", "deprecated_by")}
    users = await asking.casebook(request).people.users(who.tenant_id, {number for number in wanted if number})
    return [render(kind, users) for kind in kinds]


def sliced(rows: list[CaseType], window: Window) -> Slice:
    """Return a window of rows that are all at hand, newest first."""
    numbers = [row.number for row in rows]
    if window.before is not None:
        end = len([n for n in numbers if n > window.before]) - window.offset
        start = max(0, end - window.limit)
    else:
        start = len([n for n in numbers if window.after is not None and n >= window.after]) + window.offset
        end = start + window.limit
    found = rows[start : max(end, start)] if start < len(rows) and end > 0 else []
    return Slice(found, len(rows), bool(found) and start > 0, bool(found) and end < len(rows))


async def _number(request: Ask, who: Principal, text: str) -> int:
    number = await ids.in_path(ids.CASE_TYPE, text, "case type")
    return (await asking.casebook(request).servicing.types.one(who.tenant_id, number)).number


@get(ROOT)
async def types(request: Ask) -> Response[bytes]:
    """`GET /case-types`: every version of every type, newest first; `status` and `caseType` narrow it."""
    who = await asking.staff(request)
    statuses, bases = asking.chosen(request, "status", STATUSES), asking.chosen(request, "caseType", BASES)

    async def find(text: str) -> int:
        return await _number(request, who, text)

    window = await asking.window(request, find)
    rows = [
        kind
        for kind in await asking.casebook(request).servicing.types.every(who.tenant_id)
        if (not statuses or kind.status in statuses) and (not bases or kind.base in bases)
    ]
    found = sliced(rows, window)
    return asking.many(request, found, await _rendered(request, who, found.rows))


@post(ROOT, status_code=200)
async def create(request: Ask) -> Response[bytes]:
    """`POST /case-types`: a new type, or with `copyOf` a copy of one."""
    who = await asking.staff(request, WRITE)
    values = await asking.given(request, TypeBody)
    copied = values.get("copyOf")
    if copied is None and "caseType" not in values:
        msg = "'caseType' or 'copyOf' is needed."
        raise Invalid(msg, member="caseType")
    model = await asking.in_body(ids.CASE_TYPE, str(copied), "copyOf") if copied is not None else None
    base = values.get("caseType")
    if model is not None:
        try:
            base = base or (await asking.casebook(request).servicing.types.one(who.tenant_id, model)).base
        except NotFound as error:
            raise Invalid(error.message, member="copyOf") from error
    members = columns(values)
    check_reviews(str(base), values.get("smartReviews"), members.get("fields", ()))
    made = await asking.casebook(request).servicing.types.create(who, PEACH_DOOR, members, model)
    return requests.one((await _rendered(request, who, [made]))[0], "Created")


@get(ONE)
async def one(request: Ask, type_id: str) -> Response[bytes]:
    """`GET /case-types/{typeId}`, also `/case-type/{typeId}`."""
    who = await asking.staff(request)
    found = await asking.casebook(request).servicing.types.one(who.tenant_id, await _number(request, who, type_id))
    return requests.one((await _rendered(request, who, [found]))[0])


@put(ONE)
async def update(request: Ask, type_id: str) -> Response[bytes]:
    """`PUT /case-types/{typeId}`: makes the next version, with an id of its own."""
    who = await asking.staff(request, WRITE)
    number = await _number(request, who, type_id)
    before = await asking.casebook(request).servicing.types.one(who.tenant_id, number)
    values = await asking.given(request, TypeBody)
    members = columns(values)
    check_reviews(before.base, values.get("smartReviews"), members.get("fields", before.fields))
    made = await asking.casebook(request).servicing.types.update(who, PEACH_DOOR, number, members)
    return requests.one((await _rendered(request, who, [made]))[0], "Updated")


HANDLERS = [types, create, one, update]
