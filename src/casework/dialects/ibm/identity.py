"""How this API carries credentials, and ids as it spells them (spec/ibm §2)."""

import re
from typing import Any
from uuid import UUID

from litestar import Request

from casework.dialects.dialect import principal_of, sent
from casework.domain.access import Principal
from casework.domain.refusals import NotFound, Unauthenticated

_NUMBER = re.compile(r"CS(\d{7,15})")
_FILE = re.compile(r"[0-9a-f]{32}")


async def principal(request: Request[Any, Any, Any]) -> Principal:
    """Return who sends the request: `Authorization: Bearer <token>`, or the bare token as IBM's recipes have it.

    Raises:
        Unauthenticated: No token, or none that is valid.
    """
    header = sent(request, b"authorization").strip()
    scheme, _, rest = header.partition(" ")
    token = rest.strip() if scheme.lower() == "bearer" else header
    if not token:
        msg = "The Authorization header with an access token is missing."
        raise Unauthenticated(msg)
    return await principal_of(request, token)


def case_number(text: str) -> int:
    """Return the number in `CS0004711`; whatever else is written there names no case.

    Raises:
        NotFound: The text is no case number.
    """
    match = _NUMBER.fullmatch(text)
    if match is None or spell_case(int(match[1])) != text:
        msg = f"There is no case '{text[:80]}'."
        raise NotFound(msg)
    return int(match[1])


def spell_case(number: int) -> str:
    """Return a case's number as IBM writes it, with at least seven digits."""
    return f"CS{number:07d}"


def file_uid(text: str) -> UUID:
    """Return the uid behind an attachment id of 32 hex digits.

    Raises:
        NotFound: The text is no such id.
    """
    if not _FILE.fullmatch(text):
        msg = f"There is no attachment '{text[:80]}'."
        raise NotFound(msg)
    return UUID(text)
