"""Reading requests the way BottleCRM's clients send them: JSON, forms, forms with files (spec/bottlecrm §8.9)."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request, Response

from casework.dialects.bottlecrm import translate, wire
from casework.dialects.bottlecrm.identity import path_uid
from casework.dialects.bottlecrm.translate import Frame
from casework.dialects.dialect import base_path, services
from casework.domain.access import Principal
from casework.domain.case import Audience
from casework.domain.commands import Attach
from casework.domain.refusals import Invalid, NotFound, TooLarge, Unsupported
from casework.web import bodies, members, multipart

Ask = Request[Any, Any, Any]
T = TypeVar("T", bound=msgspec.Struct)

LARGEST_BODY = 1024 * 1024
"""Bytes of a body without its files, after decompression."""
LARGEST_FILE = 10 * 1024 * 1024
LARGEST_UPLOAD = 10 * LARGEST_FILE + LARGEST_BODY
MOST_PARTS = 2000
NAMELESS = "attachment"
"""The name of a file that came without one."""
_BOOLEANS = {"true": True, "1": True, "on": True, "yes": True, "false": False, "0": False, "off": False, "no": False}


class Received(msgspec.Struct, frozen=True):
    """A body: its members as they came, and the files, whose bytes are in the blob store already."""

    fields: Mapping[str, Any]
    files: list[Attach] = []

    def check(self, kind: type[msgspec.Struct]) -> tuple[dict[str, Any], members.Errors]:
        """Return the members that fit the struct, and what is wrong with the others."""
        return members.check(kind, self.fields)

    def read(self, kind: type[T]) -> T:
        """Return the body as the struct.

        Raises:
            Invalid: With every wrong member named.
        """
        values, errors = self.check(kind)
        members.refuse(errors)
        return kind(**values)

    def attached(self, internal: Any) -> list[Attach]:
        """Return the files with the audience that the body asks for."""
        return [msgspec.structs.replace(file, audience=audience(internal)) for file in self.files]


def audience(internal: Any) -> Audience | None:
    """Return the audience for `is_internal`; absent, the door's default applies (DOMAIN §3)."""
    if not isinstance(internal, bool):
        return None
    return Audience.INTERNAL if internal else Audience.PUBLIC


def answer(body: Any, status: int = 200) -> Response[bytes]:
    """Return a JSON answer."""
    return Response(msgspec.json.encode(body), status_code=status, media_type="application/json")


async def receive(request: Ask, *, files: bool = False) -> Received:
    """Return the body, whatever its media type; files in it are stored, when the operation takes any.

    Raises:
        Unsupported: Another media type or compression.
        TooLarge: The body or a file is too long.
        Invalid: Malformed.
    """
    media = request.headers.get("content-type", "")
    kind = media.partition(";")[0].strip().lower()
    form = kind == "multipart/form-data"
    encoding = request.headers.get("content-encoding")
    try:
        body = bodies.decoded(request.stream(), encoding, limit=LARGEST_UPLOAD if form else LARGEST_BODY)
        if form:
            return await _multipart(request, multipart.parts(body, media, max_parts=MOST_PARTS), files=files)
        raw = b"".join([chunk async for chunk in body])
    except bodies.BodyTooLarge as error:
        msg = f"The body may have at most {error.limit} bytes."
        raise TooLarge(msg, limit=error.limit) from error
    except bodies.UnsupportedEncoding as error:
        raise Unsupported(str(error)) from error
    except (bodies.MalformedBody, multipart.MalformedMultipart) as error:
        raise Invalid(str(error)) from error
    if kind == "application/x-www-form-urlencoded":
        return Received(from_form(_pairs(raw)))
    if kind and kind != "application/json" and not kind.endswith("+json"):
        msg = f'Unsupported media type "{kind[:80]}" in request.'
        raise Unsupported(msg)
    return Received(_object(raw))


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(raw)
    except (ValueError, RecursionError) as error:
        msg = f"JSON parse error - {error}"
        raise Invalid(msg) from error
    if not isinstance(found, dict):
        msg = "Invalid data. Expected a JSON object."
        raise Invalid(msg)
    return found


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARTS)
    except ValueError as error:
        msg = "The form cannot be read."
        raise Invalid(msg) from error


async def _multipart(request: Ask, parts: AsyncIterator[multipart.Part], *, files: bool) -> Received:
    pairs: list[tuple[str, str]] = []
    stored: list[Attach] = []
    size = 0
    async for part in parts:
        if part.name in wire.FILE_PARTS:
            if files and (file := await _store(request, part)):
                stored.append(file)
        elif not part.filename:  # any other file is dropped, as BottleCRM does (spec/bottlecrm §1)
            text = b""
            async for chunk in part.chunks:
                size += len(chunk)
                if size > LARGEST_BODY:
                    raise bodies.BodyTooLarge(LARGEST_BODY)
                text += chunk
            pairs.append((part.name, _text(part.name, text)))
    return Received(from_form(pairs), stored)


def _text(name: str, raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        msg = "Not a valid string."
        raise Invalid(msg, member=name[:80]) from error


async def _store(request: Ask, part: multipart.Part) -> Attach | None:
    """Store the bytes of a part and return the command for it; a form's empty file field is none."""
    blob = await services(request).casebook.files.store(part.chunks, limit=LARGEST_FILE)
    if not part.filename and not blob.size:
        return None
    return Attach(name=part.filename or NAMELESS, size=blob.size, digest=blob.digest, content_type=part.content_type)


def from_form(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return a form's fields as a JSON body has them: lists, nulls and booleans instead of texts.

    A list is repeated fields or one field with a JSON list; an empty field clears it.
    """
    fields: dict[str, list[str]] = {}
    for name, text in pairs:
        fields.setdefault(name, []).append(text)
    return {name: _field(name, texts) for name, texts in fields.items()}


def _field(name: str, texts: list[str]) -> Any:
    text = texts[-1]
    if name in wire.LISTS:
        if len(texts) == 1 and text.lstrip().startswith("["):
            try:
                return msgspec.json.decode(text)
            except (ValueError, RecursionError):
                return text
        return [entry for entry in texts if entry]
    if name in wire.NULLABLE and not text:
        return None
    if name == "is_internal":
        return _BOOLEANS.get(text.strip().lower(), text)
    return text


async def frame(request: Ask, who: Principal, rows: Iterable[Mapping[str, Any]], *others: int) -> Frame:
    """Return what the rendering of these rows, and of what else has these numbers, needs to know."""
    casebook = services(request).casebook
    numbers = {number for row in rows for number in translate.named(row)} | set(others)
    return Frame(
        uids=await casebook.identities.uids(who.tenant_id, numbers),
        vocabulary=await casebook.catalogue.vocabulary(who.tenant_id),
        org=(await casebook.catalogue.tenant(who.tenant_id)).uid,
        path=base_path(request, "bottlecrm"),
    )


async def case_row(
    request: Ask, who: Principal, pk: str, columns: Iterable[str], parts: Iterable[str] = ()
) -> Mapping[str, Any]:
    """Return the row of the case with this id in a path.

    Raises:
        NotFound: There is none, in another organization at most, or it may not be read.
    """
    try:
        return await services(request).casebook.read.one(who, path_uid(pk, "Case"), columns, parts)
    except NotFound as error:
        msg = "Case not found"
        raise NotFound(msg) from error


def whole_number(request: Ask, name: str, default: int, least: int, most: int) -> int:
    """Return a number from the query; anything else falls back to the default, as the code's paginator does."""
    text = request.query_params.get(name, "").strip()
    if not (text.isascii() and text.isdigit()) or int(text[:18]) < least:
        return default
    return min(int(text[:18]), most)


def link(request: Ask, limit: int, offset: int) -> str:
    """Return the address of another page, relative to the host, with every filter kept (spec/bottlecrm §8.2)."""
    kept = [(name, text) for name, text in request.query_params.multi_items() if name not in {"limit", "offset"}]
    path = request.scope["path"].rstrip("/").removeprefix("/bottlecrm")
    query = urlencode([("limit", limit), ("offset", offset), *kept])
    return f"{base_path(request, 'bottlecrm')}{path}/?{query}"


def page(request: Ask, results: list[Any], total: int, limit: int, offset: int) -> Response[bytes]:
    """Return a page with links to its neighbours."""
    following = link(request, limit, offset + limit) if offset + limit < total else None
    previous = link(request, limit, max(0, offset - limit)) if offset else None
    return answer(wire.Page(total, following, previous, results))
