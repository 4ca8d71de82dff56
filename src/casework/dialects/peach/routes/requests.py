"""What every operation begins and ends with: who asks, the body, the envelope (spec/peach §1, §3)."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response

from casework.dialects.peach import identity
from casework.domain.refusals import Invalid, TooLarge, Unsupported
from casework.web import bodies, members

Ask = Request[Any, Any, Any]
T = TypeVar("T", bound=msgspec.Struct)

LARGEST_BODY = 1024 * 1024
"""Bytes of a JSON body after decompression."""

principal = identity.principal


async def body(request: Ask) -> dict[str, Any]:
    """Return the JSON object in the body, whatever the content type says (spec/peach §1).

    Raises:
        Invalid: It is none.
        TooLarge: It is too long.
    """
    try:
        raw = await bodies.read(request.stream(), request.headers.get("content-encoding"), limit=LARGEST_BODY)
        found = msgspec.json.decode(raw)
    except bodies.BodyTooLarge as error:
        msg = f"The body may have at most {LARGEST_BODY} bytes."
        raise TooLarge(msg, limit=LARGEST_BODY) from error
    except bodies.UnsupportedEncoding as error:
        raise Unsupported(str(error)) from error
    except bodies.MalformedBody as error:
        raise Invalid(str(error)) from error
    except (ValueError, RecursionError) as error:
        msg = f"The body is no JSON: {error}"
        raise Invalid(msg) from error
    if not isinstance(found, dict):
        msg = "The body must be a JSON object."
        raise Invalid(msg)
    return found


def checked(
    kind: type[msgspec.Struct], given: Mapping[str, Any], errors: members.Errors | None = None
) -> dict[str, Any]:
    """Return the members of a body that the struct has, converted; unknown ones are ignored, absent ones absent.

    Args:
        kind: The struct; its field names are the wire's.
        given: The body.
        errors: What else was found to be wrong with it.

    Raises:
        Invalid: With every wrong member named.
    """
    values, wrong = members.check(kind, given)
    members.refuse({**(errors or {}), **wrong})
    return values


def read(kind: type[T], given: Mapping[str, Any]) -> T:
    """Return a body as the struct.

    Raises:
        Invalid: With every wrong member named.
    """
    return msgspec.convert(checked(kind, given), kind)


def answer(value: Any, status: int = 200) -> Response[bytes]:
    """Return a JSON answer without an envelope."""
    return Response(msgspec.json.encode(value), status_code=status, media_type="application/json")


def one(data: Any, message: str = "OK") -> Response[bytes]:
    """Return one object in its envelope."""
    return answer({"status": 200, "message": message, "data": data})


def no_content() -> Response[None]:
    """Return the answer of a change that has nothing to show."""
    return Response(None, status_code=204)


def require_any(given: Mapping[str, Any], *names: str) -> None:
    """Raise Invalid unless the body has one of these members."""
    if not any(name in given for name in names):
        msg = f"One of {', '.join(names)} is required."
        raise Invalid(msg, member=names[0])
