"""Listing, opening, reading and moving cases (spec/ibm §4, §6.1-4)."""

from urllib.parse import urlencode

from litestar import Response, get, post, put

from casework.casebook.reading import Query
from casework.dialects.dialect import services
from casework.dialects.ibm import rendering, translate, wire
from casework.dialects.ibm.identity import case_number, principal
from casework.dialects.ibm.routes import requests
from casework.dialects.ibm.routes.requests import PATH, Ask
from casework.domain.access import Principal, require
from casework.domain.commands import Open, SetStatus
from casework.domain.doors import IBM_DOOR
from casework.domain.refusals import Invalid

MOST = 100


@get(PATH)
async def list_cases(request: Ask) -> Response[bytes]:
    """`GET /cases`."""
    who = await principal(request)
    require(who, "case.read")
    query = _query(request)
    selected = requests.fields(request)
    page = await services(request).casebook.read.page(who, query, rendering.COLUMNS, rendering.parts(selected))
    body = _links(request, query, page.total)
    body["cases"] = await requests.render(request, who, page.rows, selected)
    return requests.answer(body)


def _query(request: Ask) -> Query:
    sort = request.query_params.get("sort", "").strip() or "~updated_at"
    name = sort.removeprefix("~")
    if name not in translate.SORTS:
        msg = f"'{sort[:80]}' is no valid value of 'sort'."
        raise Invalid(msg, member="sort")
    statuses = requests.several(request, "status", translate.STAGES)
    return Query(
        stages=tuple(stage for status in statuses for stage in translate.STAGES[status]),
        search=request.query_params.get("search", "")[:1000],
        sort=translate.SORTS[name],
        descending=sort.startswith("~"),
        offset=requests.whole_number(request, "offset", 0, 0),
        public_only=True,
        limit=min(requests.whole_number(request, "limit", 10, 1), MOST),
    )


def _links(request: Ask, query: Query, total: int) -> dict[str, object]:
    """Return the total and the links of a page; clients read only the offset of `next` (spec/ibm §4)."""
    base = requests.cases_url(request)
    given = request.query_params
    active = [
        (name, ",".join(texts))
        for name in ("search", "sort", "status", "fields")
        if (texts := [text for text in given.getall(name, []) if text])
    ]

    rest = "&" + urlencode(active) if active else ""

    def link(offset: int) -> dict[str, str]:
        return {"href": f"{base}?limit={query.limit}&offset={offset}{rest}"}

    body: dict[str, object] = {"total_count": total, "first": link(0)}
    if query.offset + query.limit < total:
        body["next"] = link(query.offset + query.limit)
    if query.offset > 0:
        body["previous"] = link(max(0, query.offset - query.limit))
    body["last"] = link(max(0, (total - 1) // query.limit * query.limit))
    return body


@post(PATH, status_code=200)
async def create_case(request: Ask) -> Response[bytes]:
    """`POST /cases`: answers 200, not 201."""
    who = await principal(request)
    require(who, "case.create")
    body: wire.CreateCase = await requests.parse(request, wire.CreateCase)
    casebook = services(request).casebook
    vocabulary = await casebook.catalogue.vocabulary(who.tenant_id)
    watchers = await _watchers(request, who, body.watchlist)
    members = translate.opening(body, watchers, vocabulary)
    links = tuple(translate.new_link(resource) for resource in body.resources or ())
    outcome = await casebook.execute(who, IBM_DOOR, Open(set=members, links=links))
    return await requests.whole_case(request, who, outcome.case.number, rendering.FIELDS)


async def _watchers(request: Ask, who: Principal, refs: list[wire.UserRef] | None) -> tuple[int, ...]:
    """Return the users of the account among `refs`; the others are left out quietly (spec/ibm §11, 15)."""
    if not refs:
        return ()
    return tuple(dict.fromkeys((await requests.known_users(request, who, refs)).values()))


@get(PATH + "/{number:str}")
async def get_case(request: Ask, number: str) -> Response[bytes]:
    """`GET /cases/{number}`."""
    who = await principal(request)
    require(who, "case.read")
    selected = requests.fields(request)
    return await requests.whole_case(request, who, case_number(number), selected)


@put(PATH + "/{number:str}/status")
async def set_status(request: Ask, number: str) -> Response[bytes]:
    """`PUT /cases/{number}/status`: resolve, unresolve, accept (spec/ibm §7.2)."""
    who = await principal(request)
    require(who, "case.read")
    require(who, "case.resolve")
    body: wire.StatusPayload = await requests.parse(request, wire.StatusPayload)
    outcome = await services(request).casebook.execute(who, IBM_DOOR, _move(body), case_number(number))
    return await requests.whole_case(request, who, outcome.case.number, rendering.FIELDS)


def _move(body: wire.StatusPayload) -> SetStatus:
    if isinstance(body, wire.Resolve):
        label = translate.RESOLUTIONS[translate.whole(body.resolution_code, "resolution_code")]
        note = body.comment or ""
        return SetStatus(
            action="resolve",
            set={"resolution": label, "close_note": note},
            comment=f"Close notes: {note}" if note else None,
        )
    if isinstance(body, wire.Unresolve):
        return SetStatus(action="unresolve", set={"resolution": "", "close_note": ""}, comment=body.comment)
    note = body.comment or ""
    return SetStatus(
        action="accept",
        set={"resolution": translate.RESOLUTIONS[8], "close_note": note},
        comment=f"Close notes: {note}" if note else None,
    )
