"""Which media type and language an answer has: the Accept and Accept-Language headers (spec/egain §2)."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec
from litestar import Request

from casework.dialects.egain import language
from casework.dialects.egain.refusal import Fault

Media = Literal["json", "xml"]
LONGEST = 4_000  # characters of a header that are looked at


class Manner(msgspec.Struct, frozen=True):
    """How to answer."""

    media: Media = "json"
    locale: str = language.DEFAULT


def _weighted(header: str) -> list[str]:
    """Return the members of a weighted list, best first; those with weight 0 are left out."""
    found: list[tuple[float, str]] = []
    for entry in header[:LONGEST].split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    weight = float(value)
                except ValueError:
                    weight = 0.0
        if name and weight > 0:
            found.append((weight, name))
    return [name for _, name in sorted(found, key=lambda pair: -pair[0])]


def _best(header: str | None, match: Callable[[str], str | None], default: str) -> str | None:
    if header is None or not header.strip():
        return default
    return next((found for name in _weighted(header) if (found := match(name))), None)


def _media(name: str) -> str | None:
    kinds = {"application/json": "json", "application/xml": "xml", "*/*": "json", "application/*": "json"}
    return kinds.get(name.lower())


def _locale(name: str) -> str | None:
    return language.DEFAULT if name == "*" else language.known(name)


def manner(request: Request[Any, Any, Any]) -> Manner:
    """Return how the client wants its answer.

    Raises:
        Fault: 406: no supported media type, or no supported language.
    """
    media = _best(request.headers.get("accept"), _media, "json")
    if media is None:
        msg = "'Accept' must allow application/json or application/xml."
        raise Fault("406-101", msg, element="Accept")
    locale = _best(request.headers.get("accept-language"), _locale, language.DEFAULT)
    if locale is None:
        msg = f"'Accept-Language' must name one of {', '.join(language.LOCALES)}."
        raise Fault("406-100", msg, element="Accept-Language")
    return Manner("xml" if media == "xml" else "json", locale)


def lenient(request: Request[Any, Any, Any]) -> Manner:
    """Return the manner in which an error is told: what cannot be had falls back to the defaults."""
    media = _best(request.headers.get("accept"), _media, "json")
    locale = _best(request.headers.get("accept-language"), _locale, language.DEFAULT)
    return Manner("xml" if media == "xml" else "json", locale or language.DEFAULT)
