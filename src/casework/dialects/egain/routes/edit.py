"""Changing a case: edit, close, change of customer (spec/egain §1, §4, §5)."""

from litestar import Response, patch, put

from casework.dialects.dialect import services
from casework.dialects.egain import translate, wire
from casework.dialects.egain.identity import number, path_number
from casework.dialects.egain.refusal import Fault
from casework.dialects.egain.routes import requests
from casework.dialects.egain.routes.requests import PATH, Ask
from casework.domain.case import Stage
from casework.domain.commands import Edit, SetStatus
from casework.domain.doors import EGAIN_DOOR
from casework.domain.refusals import NotFound


@patch(PATH, status_code=204)
async def edit_case(request: Ask) -> Response[None]:
    """`PATCH /case`: an unknown case is a 400, for this operation knows no 404."""
    asked = await requests.begin(request, "manage")
    body = await requests.parse(request, wire.EDIT, ("case",))
    case = number(body["id"].strip())
    if case is None:
        msg = "'id' must be the id of one case."
        raise Fault("400-152", msg, element="id")
    try:
        await services(request).casebook.execute(asked.principal, EGAIN_DOOR, translate.edit(body), case)
    except NotFound as refusal:
        raise Fault("400-160", refusal.message, element="id") from refusal
    return requests.no_content(asked)


@put(PATH + "/{case:str}/close", status_code=204)
async def close_case(request: Ask, case: str) -> Response[None]:
    """`PUT /case/{id}/close`: an open case; we know no activities, so none has to be completed."""
    asked = await requests.begin(request, "manage")
    command = SetStatus(stage=Stage.CLOSED)
    await services(request).casebook.execute(asked.principal, EGAIN_DOOR, command, path_number(case))
    return requests.no_content(asked)


@put(PATH + "/{case:str}/changecustomer", status_code=204)
async def change_customer(request: Ask, case: str) -> Response[None]:
    """`PUT /case/{id}/changecustomer`: another customer for an open case."""
    asked = await requests.begin(request, "manage")
    changed = path_number(case)
    body = await requests.parse(request, wire.CUSTOMER, ("case", "customer"))
    casebook, who = services(request).casebook, asked.principal
    customer = number(body["customer"]["id"].strip())
    row = await casebook.read.one(who, changed, ("requester", "requester_cleared", "borrowers", "contacts"))
    if customer is None or not await casebook.people.is_person(who.tenant_id, customer):
        msg = "There is no such customer."
        raise Fault("400-152", msg, element="customer.id")
    command = Edit(set={"requester": customer}, always=True)
    if translate.customer_of(row) == customer:
        msg = "The case belongs to this customer already."
        raise Fault("400-152", msg, element="customer.id")
    await casebook.execute(who, EGAIN_DOOR, command, changed)
    return requests.no_content(asked)
