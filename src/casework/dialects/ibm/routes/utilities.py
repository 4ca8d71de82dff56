"""Look-ups that the first SDK of 2020 had (spec/ibm §6, "optional")."""

from litestar import Response, get

from casework.dialects.dialect import services
from casework.dialects.ibm import translate
from casework.dialects.ibm.identity import principal
from casework.dialects.ibm.routes import requests
from casework.dialects.ibm.routes.requests import Ask

ROOT = "/case-management/utilities/v1"


@get(ROOT + "/eu-support")
async def eu_support(request: Ask) -> Response[bytes]:
    """How EU support is asked for."""
    await principal(request)
    return requests.answer({"property": "supported", "values": [True, False]})


@get(ROOT + "/offerings/technical")
async def offerings(request: Ask) -> Response[bytes]:
    """The services of the catalogue that have a code."""
    who = await principal(request)
    vocabulary = await services(request).casebook.catalogue.vocabulary(who.tenant_id)
    found = [s for s in vocabulary.services.values() if s.code and s.state and s.deleted_at is None]
    listed = [{"name": s.name, "type": {"group": "category", "key": s.code}} for s in found]
    return requests.answer({"offerings": listed})


@get(ROOT + "/constants/resolution-codes")
async def resolution_codes(request: Ask) -> Response[bytes]:
    """Codes and labels of `resolve`."""
    await principal(request)
    codes = [{"id": code, "value": label} for code, label in translate.RESOLUTIONS.items()]
    return requests.answer({"resolution_codes": codes})


@get(ROOT + "/constants/statuses")
async def statuses(request: Ask) -> Response[bytes]:
    """Query values and labels of statuses."""
    await principal(request)
    listed = [{"id": key, "description": translate.LABELS[stages[0]]} for key, stages in translate.STAGES.items()]
    return requests.answer({"statuses": listed})
