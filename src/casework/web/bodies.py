"""Request bodies as they were before the client compressed them, within a limit on their real size."""

import zlib
from collections.abc import AsyncIterator

_STEP = 64 * 1024  # bytes: decoded at a time, so that a small chunk that unfolds to gigabytes never stands in memory
_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's names for the three wrappings


class BodyTooLarge(Exception):  # noqa: N818 - an answer to the client, not an error of ours
    """The body is larger than `limit` bytes, counted after decoding."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request body is larger than the limit of {limit} bytes.")
        self.limit = limit


class MalformedBody(Exception):  # noqa: N818 - as above
    """The body is not what its Content-Encoding says; the message is for the client."""


class UnsupportedEncoding(Exception):  # noqa: N818 - as above
    """The Content-Encoding `encoding` is not one of gzip, deflate and identity; the message is for the client."""

    def __init__(self, encoding: str) -> None:
        super().__init__(f"The content encoding {encoding[:100]!r} is not supported; use gzip, deflate or none.")
        self.encoding = encoding


async def read(stream: AsyncIterator[bytes], encoding: str | None, *, limit: int) -> bytes:
    """The whole decoded body. Arguments and errors are those of `decoded`."""
    body = bytearray()
    async for chunk in decoded(stream, encoding, limit=limit):
        body += chunk
    return bytes(body)


def decoded(stream: AsyncIterator[bytes], encoding: str | None, *, limit: int) -> AsyncIterator[bytes]:
    """Undo a Content-Encoding chunk by chunk; no chunk is empty.

    An empty body is an empty body under any encoding: clients that compress everything send the header without one.

    Args:
        stream: The body as it arrives.
        encoding: The value of the Content-Encoding header; None when there is none.
        limit: The largest decoded size in bytes. An encoded body of much more than that is refused as well.

    Raises:
        UnsupportedEncoding: At once.
        BodyTooLarge: While iterating, before a byte past the limit is yielded; nothing more is read from `stream`.
        MalformedBody: While iterating: not in that encoding, damaged, or cut off.
    """
    codings = [name for name in (part.strip().lower() for part in (encoding or "").split(",")) if name]
    match [name for name in codings if name != "identity"]:
        case []:
            return _limited(stream, limit)
        case ["gzip" | "x-gzip"]:
            return _limited(_inflated(stream, _GZIP, limit), limit)
        case ["deflate"]:
            return _limited(_inflated(stream, None, limit), limit)
        case _:
            raise UnsupportedEncoding(encoding or "")


async def _limited(stream: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge(limit)
        if chunk:
            yield chunk


async def _inflated(stream: AsyncIterator[bytes], wrapping: int | None, limit: int) -> AsyncIterator[bytes]:
    """Decompress; None as `wrapping` is HTTP's "deflate", which some send with zlib's wrapping and some without."""
    arrived = 0
    inflater = None
    ended = full = False
    held = b""
    async for chunk in stream:
        arrived += len(chunk)
        if arrived > 2 * limit + _STEP:  # input without output would go on for ever
            raise BodyTooLarge(limit)
        held += chunk
        if wrapping is None and len(held) > 1:
            wrapping = _ZLIB if held[0] & 0x0F == zlib.DEFLATED and int.from_bytes(held[:2]) % 31 == 0 else _RAW
        while wrapping is not None and (held or full):
            if inflater is None:
                if ended and wrapping != _GZIP:  # only gzip may be followed by more of its kind
                    raise MalformedBody("There is something after the end of the compressed request body.")
                inflater = zlib.decompressobj(wrapping)
            try:
                step = inflater.decompress(held, _STEP)
            except zlib.error:
                raise MalformedBody("The request body is not compressed as its Content-Encoding says.") from None
            yield step
            ended = inflater.eof
            held = inflater.unused_data if ended else inflater.unconsumed_tail
            full = not ended and len(step) == _STEP  # zlib may hold more output without any input left
            inflater = None if ended else inflater
    if held or inflater is not None:
        raise MalformedBody("The compressed request body ends too early.")
