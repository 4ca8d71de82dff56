"""`/people`: borrowers (spec/peach §11)."""

from litestar import Response, delete, get, post, put

from casework.dialects.peach import ids
from casework.dialects.peach.routes import requests
from casework.dialects.peach.routes.requests import Ask
from casework.dialects.peach.support import asking, borrower
from casework.dialects.peach.support.asking import WRITE
from casework.domain.doors import PEACH_DOOR
from casework.domain.refusals import Invalid

ROOT = "/api/people"


@get(ROOT)
async def people(request: Ask) -> Response[bytes]:
    """`GET /people`: borrowers of both kinds, newest first."""
    who = await asking.staff(request)
    kinds = set(asking.chosen(request, "borrowerType", ("person", "business")))

    async def find(text: str) -> int:
        return await asking.borrower(request, who, text)

    window = await asking.window(request, find)
    business = None if len(kinds) != 1 else kinds == {"business"}
    outer = request.query_params.get("externalId")
    found, shown = await asking.casebook(request).servicing.borrowers.page(
        who.tenant_id, window, business=business, external_id=outer
    )
    return asking.many(request, found, [borrower.render(one) for one in shown])


@post(ROOT, status_code=200)
async def create(request: Ask) -> Response[bytes]:
    """`POST /people`."""
    who = await asking.staff(request, WRITE)
    values = await asking.given(request, borrower.BorrowerBody)
    business = values.get("borrowerType", "person") == "business"
    members = borrower.columns(values, business=business)
    with ids.naming(ids.BORROWER):
        made = await asking.casebook(request).servicing.borrowers.create(
            who, PEACH_DOOR, members, borrower.identity(values), business=business
        )
    return requests.one(borrower.render(made), "Created")


@get(ROOT + "/{person_id:str}")
async def person(request: Ask, person_id: str) -> Response[bytes]:
    """`GET /people/{personId}`."""
    who = await asking.staff(request)
    found = await asking.borrower(request, who, person_id)
    return requests.one(borrower.render(await asking.casebook(request).servicing.borrowers.one(who.tenant_id, found)))


@put(ROOT + "/{person_id:str}")
async def update(request: Ask, person_id: str) -> Response[bytes]:
    """`PUT /people/{personId}`: members that are left out stay."""
    who = await asking.staff(request, WRITE)
    found = await asking.borrower(request, who, person_id)
    borrowers = asking.casebook(request).servicing.borrowers
    before = await borrowers.one(who.tenant_id, found)
    values = await asking.given(request, borrower.BorrowerBody)
    business = before.business
    if values.get("borrowerType", "business" if business else "person") != ("business" if business else "person"):
        msg = "The type of a borrower does not change."
        raise Invalid(msg, member="borrowerType")
    members = borrower.columns(values, business=business)
    with ids.naming(ids.BORROWER):
        changed = await borrowers.update(who, PEACH_DOOR, found, members, borrower.identity(values))
    return requests.one(borrower.render(changed), "Updated")


@delete(ROOT + "/{person_id:str}", status_code=204)
async def remove(request: Ask, person_id: str) -> Response[None]:
    """`DELETE /people/{personId}`: out of sight; what it was stays in the history."""
    who = await asking.staff(request, WRITE)
    found = await asking.borrower(request, who, person_id)
    await asking.casebook(request).servicing.borrowers.remove(who, PEACH_DOOR, found)
    return requests.no_content()


HANDLERS = [people, create, person, update, remove]
