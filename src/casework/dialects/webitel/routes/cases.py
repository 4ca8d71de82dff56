"""Finding and reading cases (spec/webitel §5.1, §5.6)."""

from litestar import Response, get

from casework.casebook.reading import Query
from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, etag, identity
from casework.dialects.webitel.cases import fields, filters, showing
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.requests import API, Ask
from casework.domain.access import Principal

CASES = API + "/cases"
CASE = CASES + "/{etag:str}"


@get(CASES)
async def search(request: Ask) -> Response[bytes]:
    """`GET /cases`: a page of cases, newest first."""
    return await _search(request, await identity.entered(request, "cases", "r"))


@get(API + "/contacts/{contact:str}/cases")
async def of_contact(request: Ask, contact: str) -> Response[bytes]:
    """`GET /contacts/{contact_id}/cases`: those that a contact reported or is assigned to."""
    who = await identity.entered(request, "cases", "r")
    return await _search(request, who, conventions.number(contact, "contact_id"))


async def _search(request: Ask, who: Principal, contact: int | None = None) -> Response[bytes]:
    asked = requests.asked(request)
    casebook, window = services(request).casebook, conventions.window(asked)
    query = await question(request, who, contact, offset=window.offset, limit=window.limit)
    page = await casebook.read.page(who, query, fields.COLUMNS)
    rows, more = window.cut(page.rows)
    shown = fields.chosen(conventions.fields(asked), reads_all=identity.administers(who))
    found = await showing.cases(casebook, who, rows, shown)
    return requests.answer(requests.listed(found, window, more=more, text=True))


async def question(request: Ask, who: Principal, contact: int | None, *, offset: int, limit: int) -> Query:
    """Return what the parameters of a search ask for."""
    asked = requests.asked(request)
    words = await services(request).casebook.catalogue.vocabulary(who.tenant_id)
    sort, descending = filters.sort(asked)
    return Query(
        where=filters.condition(words, asked, contact),
        sort=sort,
        descending=descending,
        offset=offset,
        limit=limit,
        counted=False,
    )


@get(CASE)
async def locate(request: Ask, etag: str) -> Response[bytes]:
    """`GET /cases/{etag}`: one case; its custom fields always come along."""
    who = await identity.entered(request, "cases", "r")
    shown = fields.chosen(conventions.fields(requests.asked(request)), reads_all=identity.administers(who))
    return requests.answer(await one(request, who, number(etag), (*shown, "custom")))


def number(text: str) -> int:
    """Return the number of the case in a path; its version is not looked at."""
    return etag.decode(text, "case").number


async def one(request: Ask, who: Principal, case: int, shown: tuple[str, ...]) -> dict[str, object]:
    """Return one case with these fields.

    Raises:
        NotFound: There is none that the principal may read.
    """
    casebook = services(request).casebook
    row = await casebook.read.one(who, case, fields.COLUMNS)
    (found,) = await showing.cases(casebook, who, [row], dict.fromkeys(shown))
    return found


HANDLERS = [search, of_contact, locate]
