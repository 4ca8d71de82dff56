"""Finding and reading cases (spec/webitel §5.1, §5.6)."""

from litestar import Response, get

from casework.casebook.reading import Query
from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, identity
from casework.dialects.webitel.cases import fields
from casework.dialects.webitel.cases.frame import frame
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.requests import API, Ask

CASES = API + "/cases"


@get(CASES)
async def search(request: Ask) -> Response[bytes]:
    """`GET /cases`: a page of cases, newest first."""
    who = await identity.entered(request, "cases", "r")
    asked = requests.asked(request)
    window, casebook = conventions.window(asked), services(request).casebook
    query = Query(sort="created_at", offset=window.offset, limit=window.limit)
    page = await casebook.read.page(who, query, fields.COLUMNS)
    rows, more = window.cut(page.rows)
    shared = await frame(casebook, who, rows)
    shown = fields.chosen(conventions.fields(asked), reads_all=identity.administers(who))
    found = [fields.case(shared, row, shown) for row in rows]
    return requests.answer(requests.listed(found, window, more=more, text=True))


HANDLERS = [search]
