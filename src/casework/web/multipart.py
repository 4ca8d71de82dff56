"""Uploads: the parts of a multipart/form-data body, one after the other, as they arrive.

The `multipart` library finds boundaries and headers. Names are read here, because they have to stay as they were sent,
and the library guesses: it cuts Windows paths off, for instance.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from multipart import MultipartError, MultipartSegment, PushMultipartParser

from casework.web.bodies import BodyTooLarge

_MAX_BOUNDARY = 256  # characters; RFC 2046 allows 70
# Possessive, so that no header takes more than linear time.
_NAME = re.compile(r"[ \t]*+;[ \t]*+([^\s;=\"]++)[ \t]*+=[ \t]*+")
_CLOSING_QUOTE = re.compile(r"\"[ \t]*+(?=;[ \t]*+[^\s;=\"]++[ \t]*+=|;?+[ \t]*+\Z)")
_ESCAPED = re.compile(r"\\([\"\\])")
_PERCENT = re.compile(r"%(22|0D|0A)")
_EXTENDED = re.compile(r"(utf-8|iso-8859-1)'[^']*'(.*)", re.IGNORECASE | re.DOTALL)


class MalformedMultipart(Exception):  # noqa: N818 - an answer to the client, not an error of ours
    """The body is no multipart/form-data, or damaged; the message is for the client."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One part of a form.

    Attributes:
        name: The field's name.
        filename: The file's name exactly as the client has it, folders included: never use it as a path. None when none
            was sent, which says nothing about the content; "" when the field was left empty.
        content_type: The part's Content-Type as sent; None without one. Often wrong.
        headers: All headers of the part, names in lower case; of repeated ones the first.
        chunks: The content, to be read before the next part is asked for; afterwards it is empty. No chunk is empty.
            Raises what `parts` raises.
    """

    name: str
    filename: str | None
    content_type: str | None
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]


async def parts(
    stream: AsyncIterator[bytes],
    content_type: str,
    *,
    max_parts: int = 100,
    max_header: int = 16 * 1024,
    max_body: int | None = None,
) -> AsyncIterator[Part]:
    """Yield a form's parts in order. What is not read of a part is skipped when the next one is asked for.

    The stream is read to its end, so that the connection can be used again.

    Args:
        stream: The request body, decoded if it was compressed.
        content_type: The request's Content-Type header.
        max_parts: How many parts are accepted.
        max_header: The longest accepted header line of a part, in bytes.
        max_body: The largest accepted body in bytes, with all boundaries and headers; None for any.

    Raises:
        MalformedMultipart: Not multipart/form-data, no or another boundary, cut off, a part without a name, names that
            are not UTF-8, or too many or too long things. Parts yielded before may be complete.
        BodyTooLarge: As soon as the body has passed `max_body`.
    """
    parser = _parser(content_type, max_header)
    count = 0
    async with aclosing(_events(stream, parser, max_body)) as events:
        async for segment in events:
            count += 1
            if count > max_parts:
                raise MalformedMultipart(f"The form has more than {max_parts} parts.")
            chunks = _Chunks(events)
            yield _part(segment, chunks)
            async for _ in chunks:
                pass


class _Chunks(AsyncIterator[bytes]):
    """The content of the part that has just begun; a class, since a generator that was closed could not be skipped."""

    def __init__(self, events: AsyncIterator[Any]) -> None:
        self._events = events
        self._ended = False

    async def __anext__(self) -> bytes:
        event = None if self._ended else await anext(self._events)
        if isinstance(event, bytes):
            return event
        self._ended = True
        raise StopAsyncIteration


async def _events(
    stream: AsyncIterator[bytes], parser: PushMultipartParser, max_body: int | None
) -> AsyncGenerator[Any, None]:
    """For each part its MultipartSegment, its bytes, and None (the library has no types)."""
    size = 0
    begun = False
    try:
        async for chunk in stream:
            size += len(chunk)
            if max_body is not None and size > max_body:
                raise BodyTooLarge(max_body)
            if chunk:
                for event in parser.parse(chunk):
                    begun = True
                    yield event
    except MultipartError as error:
        raise MalformedMultipart(f"The body is not well-formed multipart/form-data: {error.args[0]}.") from None
    try:
        parser.close()
    except MultipartError:
        if begun:
            raise MalformedMultipart("The body ends in the middle of the form.") from None
        if size:
            raise MalformedMultipart("The body does not hold a form with the boundary in its Content-Type.") from None
        raise MalformedMultipart("The body is empty; it should hold a multipart/form-data form.") from None


def _parser(content_type: str, max_header: int) -> PushMultipartParser:
    kind, parameters = _parameters(content_type)
    if kind.lower() != "multipart/form-data":
        raise MalformedMultipart(f"The Content-Type is {kind[:100] or 'missing'}; it should be multipart/form-data.")
    boundary = parameters.get("boundary", "")
    if not boundary:
        raise MalformedMultipart("The Content-Type names no boundary.")
    if len(boundary) > _MAX_BOUNDARY or not boundary.isascii() or not boundary.isprintable():
        raise MalformedMultipart(f"The boundary is not up to {_MAX_BOUNDARY} printable ASCII characters.")
    return PushMultipartParser(boundary, max_header_size=max_header)


def _part(segment: MultipartSegment, chunks: AsyncIterator[bytes]) -> Part:
    headers: dict[str, str] = {}
    for name, value in segment.headerlist:
        headers.setdefault(name.lower(), value.strip(" \t"))
    _, parameters = _parameters(headers["content-disposition"])
    name, filename = _extended(parameters, "name"), _extended(parameters, "filename")
    if name is None:
        raise MalformedMultipart("A part of the form has no name.")
    if "\0" in name or "\0" in (filename or ""):
        raise MalformedMultipart("A name in the form holds a NUL character.")
    return Part(name, filename, headers.get("content-type") or None, headers, chunks)


def _parameters(header: str) -> tuple[str, dict[str, str]]:
    """Split `value; name="value"; …`; of repeated names the first counts.

    A quoted value ends with a quote that another parameter or the end follows: some clients do not escape the quotes
    inside, and a file's name may end with a backslash.
    """
    value = header.partition(";")[0]
    at = len(value)
    found: dict[str, str] = {}
    while match := _NAME.match(header, at):
        at = match.end()
        if header.startswith('"', at):
            closing = _CLOSING_QUOTE.search(header, at + 1)
            if closing is None:
                raise MalformedMultipart(f"The quotes around {match[1][:100]} in a header are not closed.")
            text = _unquoted(header[at + 1 : closing.start()])
            at = closing.end()
        else:
            end = header.find(";", at)
            text = header[at : None if end < 0 else end].rstrip(" \t")
            at += len(text)
        found.setdefault(match[1].lower(), text)
    if header[at:].strip(" \t;"):
        raise MalformedMultipart(f"A header has something unreadable in it: {header[at : at + 100]!r}.")
    return value.strip(" \t"), found


def _unquoted(text: str) -> str:
    r"""Browsers write `%22` for a quote (and `%0D`, `%0A`) and backslashes as they are; older clients write `\"`."""
    if '\\"' in text:
        return _ESCAPED.sub(r"\1", text)
    return _PERCENT.sub(lambda match: unquote(match[0]), text)


def _extended(parameters: Mapping[str, str], name: str) -> str | None:
    """A parameter's text; the form of RFC 5987 (`filename*=UTF-8''na%C3%AFve`) counts more than the plain one."""
    text = parameters.get(f"{name}*")
    if text is None:
        return parameters.get(name)
    match = _EXTENDED.fullmatch(text)
    try:
        return unquote(match[2], match[1], "strict") if match else parameters[name]
    except (UnicodeDecodeError, KeyError):
        raise MalformedMultipart(f"The {name}* of a part is not encoded as RFC 5987 says.") from None
