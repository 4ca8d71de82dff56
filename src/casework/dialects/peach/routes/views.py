"""Recording that somebody looked at a case (spec/peach §6): no change of it, and possible whatever its status."""

from litestar import Response, post

from casework.dialects.peach.routes import references, requests
from casework.dialects.peach.routes.cases import CASE
from casework.dialects.peach.routes.requests import Ask


@post(f"{CASE}/views", status_code=204)
async def mark_viewed(request: Ask, person: str, case: str) -> Response[None]:
    """`POST C/views`."""
    who = await references.staff(request)
    row = await references.case_row(request, who, person, case, columns=("number",))
    book = references.casebook(request)
    await book.read.mark_viewed(who, row["number"], book.clock())
    return requests.no_content()


HANDLERS = [mark_viewed]
