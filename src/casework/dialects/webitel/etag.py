"""Etags: three protobuf varints (version, kind, row) in base32 over an alphabet without digits (spec/webitel §3)."""

import msgspec

from casework.dialects.spellings import ETAG_KINDS, WEBITEL, webitel_etag
from casework.domain.refusals import Invalid

HIGHEST = 2**63 - 1
LONGEST = 48
"""Characters of the longest etag: three varints of ten bytes."""
_VALUES = {letter: value for value, letter in enumerate(WEBITEL)}
_DIGITS = 19


class Etag(msgspec.Struct, frozen=True):
    """What an etag names: a row, and the version of it that the sender knows."""

    number: int
    version: int = 0


def encode(kind: str, number: int, version: int) -> str:
    """Return the etag of a `case`, `comment`, `link`, `relation` or `communication`.

    >>> encode("case", 1, 0)
    'QQQhS'
    >>> encode("comment", 123456, 7)
    'QwRdRjQY'
    """
    return webitel_etag(kind, number, version)


def decode(text: str, kind: str) -> Etag:
    """Return what an etag names; a bare decimal id names version 0 of its row.

    >>> decode("QdQkm", "case")
    Etag(number=42, version=3)
    >>> decode("42", "case")
    Etag(number=42, version=0)

    Raises:
        Invalid: The text is neither, or the etag of another kind of thing.
    """
    if text.isascii() and text.isdigit():
        number = int(text[: _DIGITS + 1])
        if not 1 <= number <= HIGHEST or len(text) > _DIGITS:
            raise _malformed(text)
        return Etag(number)
    version, found, number = _varints(_bytes(text), text)
    if found != ETAG_KINDS[kind]:
        msg = f"'{text}' is not the etag of a {kind}."
        raise Invalid(msg, member="etag")
    if not 1 <= number <= HIGHEST or version > HIGHEST:
        raise _malformed(text)
    return Etag(number, version)


def _bytes(text: str) -> bytes:
    """Return the bytes that base32 text without padding spells."""
    if not text or len(text) > LONGEST or any(letter not in _VALUES for letter in text):
        raise _malformed(text)
    whole = 0
    for letter in text:
        whole = whole << 5 | _VALUES[letter]
    size, spare = divmod(len(text) * 5, 8)
    if spare >= 5 or whole & ((1 << spare) - 1):  # letters that no encoder writes
        raise _malformed(text)
    return (whole >> spare).to_bytes(size, "big")


def _varints(raw: bytes, text: str) -> tuple[int, int, int]:
    """Return the three numbers; anything behind them is refused."""
    found: list[int] = []
    value = shift = 0
    for byte in raw:
        value |= (byte & 127) << shift
        if byte & 128:
            shift += 7
            continue
        found.append(value)
        value = shift = 0
    if len(found) != 3 or shift:
        raise _malformed(text)
    return found[0], found[1], found[2]


def _malformed(text: str) -> Invalid:
    return Invalid(f"'{text[:LONGEST]}' is neither an etag nor an id.", member="etag")
