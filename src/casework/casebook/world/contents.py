"""The bytes of files in a world file: beside it, or in it."""

import asyncio
import base64
import binascii
import hashlib
import mimetypes
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from casework.casebook.world.document.entries import Item
from casework.casebook.world.document.reading import refuse
from casework.casebook.world.opening import Content
from casework.store.blobs import Blobs

PIECE = 1024 * 1024


def check(item: Item, folder: Path) -> None:
    """Raise Invalid where the content of a case's file is missing or no Base64."""
    for i, file in enumerate(item.members.get("files", ())):
        if file.get("path") is not None and not (folder / file["path"]).is_file():
            raise refuse(f"{item.path}.files[{i}].path", f"there is no file {folder / file['path']}")
        if file.get("base64") is not None:
            try:
                base64.b64decode(file["base64"], validate=True)
            except (ValueError, binascii.Error) as error:
                raise refuse(f"{item.path}.files[{i}].base64", "is no Base64") from error


def guess(name: str) -> str | None:
    """Return the content type that a file's name suggests."""
    return mimetypes.guess_type(name)[0]


def typed(files: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the files with the content types that they have when the world file gives none."""
    return [{**file, "content_type": file.get("content_type") or guess(file["name"])} for file in files]


async def store(files: Sequence[Mapping[str, Any]], folder: Path, blobs: Blobs) -> list[Content]:
    """Store the bytes of files."""
    found = []
    for file in files:
        blob = await blobs.put(_chunks(file, folder))
        found.append(Content(blob.digest, blob.size))
    return found


async def look(files: Sequence[Mapping[str, Any]], folder: Path) -> list[Content]:
    """Return what `store` would, and store nothing."""
    found = []
    for file in files:
        digest, size = hashlib.sha256(), 0
        async for chunk in _chunks(file, folder):
            digest.update(chunk)
            size += len(chunk)
        found.append(Content(digest.hexdigest(), size))
    return found


async def _chunks(file: Mapping[str, Any], folder: Path) -> AsyncIterator[bytes]:
    if file.get("text") is not None:
        yield file["text"].encode()
    elif file.get("base64") is not None:
        yield base64.b64decode(file["base64"])
    else:
        opened = await asyncio.to_thread((folder / file["path"]).open, "rb")
        with opened:
            while chunk := await asyncio.to_thread(opened.read, PIECE):
                yield chunk
