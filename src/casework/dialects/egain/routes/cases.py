"""Reading cases: by ids, by search, and what attributes there are (spec/egain §1, §7)."""

from litestar import Response, get

from casework.casebook.reading import Query, Where
from casework.dialects.dialect import services
from casework.dialects.egain import translate
from casework.dialects.egain.identity import number
from casework.dialects.egain.refusal import Fault
from casework.dialects.egain.routes import requests
from casework.dialects.egain.routes.requests import MOST_IDS, PATH, Ask, Asked
from casework.domain.access import require
from casework.domain.refusals import NotFound

PAGING = ("$pagenum", "$pagesize", "$rangestart", "$rangesize", "$sort", "$order")
FILTERS = ("customer", "email", "phone", "status", "owner", "department", "custom.")
_NUMBERS = {"customer": "requester", "owner": "owner", "department": "department"}
_TEXTS = {"email": "requester_email", "phone": "requester_phone"}


@get(PATH + "/{ids:str}")
async def by_ids(request: Ask, ids: str) -> Response[bytes]:
    """`GET /case/{ids}`: all of them, in the order of the ids, or 404."""
    asked = await requests.begin(request, "read", parameters=("$attribute", "$lang"))
    more = requests.additional(request)
    wanted = requests.ids(ids)
    query = Query(where=(Where("numbers", wanted),), sort="number", descending=False, limit=MOST_IDS)
    page = await services(request).casebook.read.page(asked.principal, query, translate.COLUMNS)
    rows = {row["number"]: row for row in page.rows}
    if missing := [case for case in wanted if case not in rows]:
        msg = f"There are no cases with these ids: {', '.join(map(str, missing))}."
        raise NotFound(msg, member="ids")
    shared = await requests.frame(request, asked, page.rows, more)
    return requests.answer(asked, "cases", {"case": [translate.case(shared, rows[case], more) for case in wanted]})


@get(PATH)
async def search(request: Ask) -> Response[bytes] | Response[None]:
    """`GET /case`: cases that match every parameter exactly; 204 when none does."""
    asked = await requests.begin(request, "read", parameters=(*FILTERS, *PAGING, "$attribute", "$lang"))
    more = requests.additional(request)
    query = await _query(request, asked)
    page = await services(request).casebook.read.page(asked.principal, query, translate.COLUMNS)
    if not page.rows:
        return requests.no_content(asked)
    shared = await requests.frame(request, asked, page.rows, more)
    body = {
        "case": [translate.case(shared, row, more) for row in page.rows],
        "paginationInfo": {
            "count": page.total,
            "pagenum": query.offset // query.limit + 1,
            "pagesize": query.limit,
        },
    }
    return requests.answer(asked, "cases", body)


async def _query(request: Ask, asked: Asked) -> Query:
    where = await _where(request, asked)
    status = requests.one(request, "status")
    if status is not None and status not in translate.STAGES:
        raise _unsupported("status", status)
    if {"$rangestart", "$rangesize"} & set(request.query_params):
        limit = requests.positive(request, "$rangesize", 25, MOST_IDS)
        offset = requests.positive(request, "$rangestart", 1) - 1
    else:
        limit = requests.positive(request, "$pagesize", 25, MOST_IDS)
        offset = (requests.positive(request, "$pagenum", 1) - 1) * limit
    sort, order = requests.one(request, "$sort"), requests.one(request, "$order")
    if order is not None and sort is None:
        msg = "'$order' needs '$sort'."
        raise Fault("400-112", msg, element="$sort")
    if sort is not None and sort not in translate.SORTS:
        raise _unsupported("$sort", sort)
    if order not in {None, "asc", "desc"}:
        raise _unsupported("$order", order or "")
    return Query(
        stages=translate.STAGES[status] if status else (),
        where=where,
        sort=translate.SORTS[sort] if sort else "number",
        descending=order == "desc",
        offset=min(offset, 2**62),
        limit=limit,
    )


async def _where(request: Ask, asked: Asked) -> tuple[Where, ...]:
    """Return the conditions; a client application names a department, nobody else does."""
    if asked.principal.client and requests.one(request, "department") is None:
        msg = "A client application must give 'department'."
        raise Fault("400-112", msg, element="department")
    if not asked.principal.client and "department" in request.query_params:
        msg = "'department' is for client applications only."
        raise Fault("400-101", msg, element="department")
    known = (await services(request).casebook.catalogue.vocabulary(asked.principal.tenant_id)).fields
    names = {field.key or field.name for field in known.values() if field.deleted_at is None}
    found = []
    for name in dict.fromkeys(request.query_params):
        text = requests.one(request, name) or ""
        if "\x00" in text:
            raise _unsupported(name, text)
        if name in _NUMBERS:
            wanted = number(text)
            if wanted is None:
                raise _unsupported(name, text)
            found.append(Where(_NUMBERS[name], wanted))
        elif name in _TEXTS:
            if not text:
                raise _unsupported(name, text)
            found.append(Where(_TEXTS[name], text))
        elif name.startswith("custom."):
            attribute = name.removeprefix("custom.")
            if attribute not in names:
                msg = f"There is no custom attribute '{attribute[:80]}'."
                raise Fault("400-101", msg, element=name)
            found.append(Where("field", (attribute, text)))
    return tuple(found)


def _unsupported(name: str, value: str) -> Fault:
    msg = f"'{value[:80]}' is no value of '{name}'."
    return Fault("400-102", msg, element=name)


@get(PATH + "/attributes")
async def attributes(request: Ask) -> Response[bytes] | Response[None]:
    """`GET /case/attributes`: the configured custom attributes, with `all` the standard ones as well."""
    asked = await requests.begin(request, "read", parameters=("$attribute", "$lang"))
    require(asked.principal, "case.read")
    kind = requests.one(request, "$attribute")
    if kind is None:
        msg = "'$attribute' is required."
        raise Fault("400-112", msg, element="$attribute")
    if kind not in {"custom", "all"}:
        raise _unsupported("$attribute", kind)
    vocabulary = await services(request).casebook.catalogue.vocabulary(asked.principal.tenant_id)
    listed = [translate.attribute(field) for field in vocabulary.fields.values() if field.deleted_at is None]
    if kind == "all":
        listed = translate.standard_attributes() + listed
    if not listed:
        return requests.no_content(asked)
    return requests.answer(asked, "attributes", {"attribute": listed, "resource": "case"})
