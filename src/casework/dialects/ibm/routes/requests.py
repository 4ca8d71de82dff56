"""Reading requests the way IBM's clients send them, and the frame that answers share."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from litestar import Request, Response

from casework.dialects.dialect import base_url, services
from casework.dialects.ibm import rendering, wire
from casework.dialects.ibm.rendering import Frame, Row
from casework.domain.access import Principal
from casework.domain.refusals import Invalid, TooLarge, Unsupported
from casework.web import bodies

Ask = Request[Any, Any, Any]

PATH = "/case-management/v1/cases"
LARGEST_BODY = 1024 * 1024
"""Bytes of a JSON body, after decompression."""
_JSON_TYPES = ("application/json", "application/x-www-form-urlencoded", "text/json")


def answer(body: Any, status: int = 200) -> Response[bytes]:
    """Return a JSON answer."""
    return Response(msgspec.json.encode(body), status_code=status, media_type="application/json")


async def read_body(request: Ask, limit: int = LARGEST_BODY) -> bytes:
    """Return the request's body, decompressed.

    Raises:
        TooLarge, Unsupported, Invalid: It is too long, in an unknown encoding, or damaged.
    """
    try:
        return await bodies.read(request.stream(), request.headers.get("content-encoding"), limit=limit)
    except bodies.BodyTooLarge as error:
        msg = f"The body may have at most {limit} bytes."
        raise TooLarge(msg, limit=limit) from error
    except bodies.UnsupportedEncoding as error:
        raise Unsupported(str(error)) from error
    except bodies.MalformedBody as error:
        raise Invalid(str(error)) from error


async def parse(request: Ask, kind: Any) -> Any:
    """Return the JSON body as a struct of `wire`.

    JSON that calls itself a form is taken too, because the reference's curl lines send it so (spec/ibm §11, 19).

    Raises:
        Unsupported: Another media type.
        Invalid: Malformed, or a member is missing or out of range.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media and media not in _JSON_TYPES and not media.endswith("+json"):
        msg = f"The body must be JSON, not '{media[:80]}'."
        raise Unsupported(msg)
    raw = await read_body(request)
    try:
        raw.decode()  # members that nobody asked for are skipped unread
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        text = str(error)
        _, _, path = text.partition(" - at `$.")
        msg = text.replace(" - at `$", " - at `").replace("`.", "`")
        raise Invalid(msg, member=path.rstrip("`") or None) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        msg = f"The body is not valid JSON: {error}"
        raise Invalid(msg) from error


def several(request: Ask, name: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """Return the values of a list parameter, comma-joined or repeated, each once; empty means not given.

    Raises:
        Invalid: A value is not allowed.
    """
    texts = request.query_params.getall(name, [])
    values = dict.fromkeys(value.strip() for text in texts for value in text.split(",") if value.strip())
    known = set(allowed)
    for value in values:
        if value not in known:
            msg = f"'{value[:80]}' is no valid value of '{name}'."
            raise Invalid(msg, member=name)
    return tuple(values)


def fields(request: Ask) -> tuple[str, ...]:
    """Return the fields that are asked for; all of them when none is named."""
    return several(request, "fields", rendering.FIELDS) or rendering.FIELDS


def whole_number(request: Ask, name: str, default: int, least: int) -> int:
    """Return an integer parameter.

    Raises:
        Invalid: It is no integer, or too small.
    """
    text = request.query_params.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or int(text[:30]) < least:
        msg = f"'{name}' must be an integer of at least {least}."
        raise Invalid(msg, member=name)
    return min(int(text[:30]), 2**62)


async def frame(request: Ask, principal: Principal, rows: Sequence[Row] = ()) -> Frame:
    """Return what the rendering of these rows needs to know."""
    casebook = services(request).casebook
    tenant = principal.tenant_id
    numbers = {principal.user} | rendering.named_users(rows)
    persons = {}
    if asked := {requester for row in rows if (requester := row.get("requester")) is not None}:
        persons = await casebook.people.persons(tenant, asked)
        numbers |= {person.user for person in persons.values() if person.user is not None}
    return Frame(
        users={n: rendering.user(card) for n, card in (await casebook.people.users(tenant, numbers)).items()},
        persons=persons,
        vocabulary=await casebook.catalogue.vocabulary(tenant),
        support_tier=(await casebook.catalogue.tenant(tenant)).dialect("ibm").get("support_tier", "Basic"),
        cases_url=cases_url(request),
    )


def cases_url(request: Ask) -> str:
    """Return the address of the list of cases, as this client reaches it."""
    return base_url(request, "ibm") + PATH


async def render(
    request: Ask, principal: Principal, found: Sequence[Mapping[str, Any]], selected: tuple[str, ...]
) -> list[Any]:
    """Return cases as answers have them.

    Whole ones are kept in memory: as long as neither the case nor anything that its tenant shows on all cases has a
    new version, a list that is asked for again need not be rendered again.
    """
    if selected != rendering.FIELDS:
        rows = [rendering.opened(row) for row in found]
        shared = await frame(request, principal, rows)
        return [rendering.case(shared, row, selected) for row in rows]
    kept, url = services(request).rendered, cases_url(request)
    versions = (await services(request).casebook.catalogue.tenant(principal.tenant_id)).people
    keys = [("ibm", principal.tenant_id, versions, url, row["number"], row["version"]) for row in found]
    answers = [kept.get(key) for key in keys]
    missing = [place for place, case in enumerate(answers) if case is None]
    if missing:
        rows = [rendering.opened(found[place]) for place in missing]
        shared = await frame(request, principal, rows)
        for place, row in zip(missing, rows, strict=True):
            answers[place] = case = msgspec.Raw(msgspec.json.encode(rendering.case(shared, row, selected)))
            kept.put(keys[place], case)
    return answers


async def whole_case(request: Ask, principal: Principal, number: int, selected: tuple[str, ...]) -> Response[bytes]:
    """Return one case as an answer."""
    read = services(request).casebook.read
    found = await read.one(principal, number, rendering.COLUMNS, rendering.parts(selected), public_only=True)
    row = rendering.opened(found)
    return answer(rendering.case(await frame(request, principal, [row]), row, selected))


async def known_users(request: Ask, who: Principal, refs: list[wire.UserRef]) -> dict[wire.UserRef, int]:
    """Return the users of the account among `refs`."""
    if not refs:
        return {}
    found = await services(request).casebook.people.by_address(who.tenant_id, {ref.user_id for ref in refs})
    pairs = ((ref, found.get(ref.user_id.lower())) for ref in refs)
    return {ref: card.number for ref, card in pairs if card is not None and card.realm == ref.realm}
