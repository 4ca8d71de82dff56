"""What every operation does first, in the order of spec/egain §5, and the frame that answers share."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from litestar import Request, Response

from casework.dialects.dialect import services
from casework.dialects.egain import identity, language, markup, negotiation, translate, wire
from casework.dialects.egain.negotiation import Manner
from casework.dialects.egain.refusal import Fault
from casework.dialects.egain.translate import Frame
from casework.domain.access import Principal
from casework.domain.refusals import Invalid, TooLarge, Unsupported
from casework.web import bodies

Ask = Request[Any, Any, Any]

PATH = "/core/casemgr/v3/case"
LARGEST_BODY = 512 * 1024
"""Bytes of a body, after decompression: an edit at its limits has some 20 kB."""
MOST_IDS = 75


class Asked(msgspec.Struct, frozen=True):
    """Who asks, and how the answer is to be given."""

    principal: Principal
    manner: Manner


async def begin(request: Ask, scope: str, *, parameters: Iterable[str] = ()) -> Asked:
    """Check credential, scope, headers, license and the names of parameters, in this order.

    Args:
        request: The request.
        scope: `read` or `manage`.
        parameters: The query parameters that the operation knows; `custom.` stands for all with that beginning.
    """
    who = await identity.principal(request, scope)
    manner = negotiation.manner(request)
    identity.check_license(who)
    known = set(parameters)
    for name in request.query_params:
        if name not in known and not ("custom." in known and name.startswith("custom.") and name != "custom."):
            msg = f"The parameter '{name[:100]}' is not supported."
            raise Fault("400-101", msg, element=name)
    if "$lang" in request.query_params:
        manner = Manner(manner.media, _language(one(request, "$lang") or ""))
    return Asked(who, manner)


def _language(name: str) -> str:
    found = language.known(name)
    if found is None:
        msg = f"The language '{name[:40]}' is not available."
        raise Fault("400-1132", msg, element="$lang")
    return found


def one(request: Ask, name: str) -> str | None:
    """Return a parameter that may stand once."""
    values = request.query_params.getall(name, [])
    if len(values) > 1:
        msg = f"'{name}' may stand once only."
        raise Fault("400-102", msg, element=name)
    return str(values[0]) if values else None


def positive(request: Ask, name: str, default: int, most: int | None = None) -> int:
    """Return a parameter that is a positive integer."""
    text = one(request, name)
    if text is None:
        return default
    found = identity.number(text)
    if not found:
        msg = f"'{name}' must be a positive integer."
        raise Fault("400-105", msg, element=name)
    if most is not None and found > most:
        msg = f"'{name}' may be at most {most}."
        raise Fault("400-102", msg, element=name)
    return found


def no_content(asked: Asked) -> Response[None]:
    """Return the answer of a change, or of a search that found nothing."""
    return Response(None, status_code=204, headers={"Content-Language": asked.manner.locale})


def answer(asked: Asked, root: str, body: Mapping[str, Any]) -> Response[bytes]:
    """Return an answer with a body."""
    return markup.response(asked.manner.media, root, body, 200, {"Content-Language": asked.manner.locale})


async def read_body(request: Ask) -> bytes:
    """Return the request's body, decompressed."""
    try:
        return await bodies.read(request.stream(), request.headers.get("content-encoding"), limit=LARGEST_BODY)
    except bodies.BodyTooLarge as error:
        msg = f"The body may have at most {LARGEST_BODY} bytes."
        raise TooLarge(msg, limit=LARGEST_BODY) from error
    except bodies.UnsupportedEncoding as error:
        raise Unsupported(str(error)) from error
    except bodies.MalformedBody as error:
        raise Fault("400-103", str(error)) from error


async def parse(request: Ask, element: wire.Element, roots: Iterable[str]) -> dict[str, Any]:
    """Return the body, JSON or XML by its content type, with its form checked.

    Raises:
        Fault: Another content type, malformed, or an element is missing, unknown or of the wrong form.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    raw = await read_body(request)
    if media in {"application/xml", "text/xml"} or (not media and raw.lstrip()[:1] == b"<"):
        root = markup.read_xml(raw)
        if root.name not in roots:
            msg = f"The root element must be '{next(iter(roots))}'."
            raise Fault("400-103", msg)
        tree = wire.from_xml(root, element)
        return wire.checked(tree if isinstance(tree, dict) else {}, element)
    if media in {"application/json", "text/json", ""}:
        return wire.checked(markup.read_json(raw), element)
    msg = f"The body must be application/json or application/xml, not '{media[:80]}'."
    raise Fault("400-103", msg, element="Content-Type")


async def frame(
    request: Ask, asked: Asked, rows: Iterable[Mapping[str, Any]], more: frozenset[str], users: Iterable[int] = ()
) -> Frame:
    """Return what the rendering of these rows needs to know; `users` are named beside the rows."""
    casebook, who = services(request).casebook, asked.principal
    rows = list(rows)
    named = {row[name] for row in rows for name in ("updated_by", "owner") if row[name] is not None}
    shown = {found for row in rows if (found := translate.customer_of(row)) is not None}
    related: dict[int, list[int]] = {}
    if "relatedCases" in more and rows:
        related = await casebook.read.related(who, [row["number"] for row in rows], "relates_to")
    return Frame(
        users=await casebook.people.users(who.tenant_id, named | set(users)),
        persons=await casebook.people.persons(who.tenant_id, shown),
        vocabulary=await casebook.catalogue.vocabulary(who.tenant_id),
        related=related,
        locale=asked.manner.locale,
    )


def additional(request: Ask) -> frozenset[str]:
    """Return the attributes that `$attribute` asks for beyond those that always come."""
    text = one(request, "$attribute")
    if text is None:
        return frozenset()
    names = [name.strip() for name in text.split(",")]
    if "all" in names:
        return frozenset(translate.ADDITIONAL)
    for name in names:
        if name not in translate.ADDITIONAL and name not in translate.ALWAYS:
            msg = f"'{name[:80]}' is no attribute of a case."
            raise Fault("400-102", msg, element="$attribute")
    return frozenset(names) & frozenset(translate.ADDITIONAL)


def ids(text: str) -> list[int]:
    """Return the ids of a comma list in a path, each once."""
    found = list(dict.fromkeys(identity.path_number(part) for part in text.split(",")))
    if len(text.split(",")) > MOST_IDS:
        msg = f"At most {MOST_IDS} ids may be given."
        raise Invalid(msg, member="ids", rule="limit", limit=MOST_IDS)
    return found
