"""Blobs: uploaded bytes, kept once under the SHA-256 of their content.

Layout below the configured URL:

    incoming/<random>          what is being uploaded; leftovers of crashes are swept
    blobs/ab/cd/<abcd…>        whole blobs and nothing else, named by digest

A blob becomes visible under its digest in one step, so a crash leaves either nothing or all of it there. Local folders
are written by our own few lines: obstore's `LocalStore` never calls fsync (0.12.1, read with strace), and what we
acknowledge has to survive a power cut. Everything else goes through obstore's *blocking* calls in threads of our own:
its async calls finish on threads that Python does not know, and a process that ends soon after one (a command such as
`casework doctor`) is now and then aborted with status 134 (17 of 100 runs here; none of 400 with the blocking calls).
"""

import asyncio
import contextlib
import hashlib
import os
import re
import uuid
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

import msgspec
import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

T = TypeVar("T")

_CHUNK = 256 * 1024  # bytes: the largest piece that `open` yields
_PIECE = 1024 * 1024  # bytes: what is gathered before a write, and asked for in one read
_PART = 5 * 1024 * 1024  # bytes: the smallest part that S3 takes in a multipart upload
_PARTS_AT_ONCE = 2
_THREADS = 32
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BlobTooLarge(Exception):  # noqa: N818 - an answer to the uploader, not an error of ours
    """The stream holds more than `limit` bytes; nothing of it has been kept."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The content is larger than the limit of {limit} bytes.")
        self.limit = limit


class BlobMissing(Exception):  # noqa: N818 - as above
    """No blob is stored under `digest`."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"No blob is stored under {digest}.")
        self.digest = digest


class StoredBlob(msgspec.Struct, frozen=True):
    """What was stored: the SHA-256 in 64 lower-case hex digits, and the size in bytes."""

    digest: str
    size: int


class Blobs:
    """The object store behind a URL.

    Args:
        url: `file:///folder` (absolute, created when missing), `memory://`, `s3://bucket/prefix`,
            `gs://bucket/prefix` or `az://container/prefix`. Credentials, regions and endpoints come from the usual
            environment variables of the provider (`AWS_…`, `GOOGLE_…`, `AZURE_STORAGE_…`).

    Buckets want a lifecycle rule that ends unfinished multipart uploads after a day: a killed process leaves them, and
    no listing shows them. S3 copies objects of up to 5 GB, which bounds a blob there.

    Raises:
        ValueError: The URL is of no such form.
        OSError: The folder cannot be made.
        obstore.exceptions.BaseError: From here and from every method: the store refuses, or cannot be reached.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._folder: Path | None = None
        if parts.scheme == "file":
            self._folder = _folder_of(url)
            for name in ("incoming", "blobs"):
                _make_folder(self._folder / name)
            self._store: ObjectStore = LocalStore(self._folder)
        elif parts.scheme in {"memory", "s3", "gs", "az"}:
            self._store = from_url(url)
        else:
            raise ValueError(f"Not a blob store: {url!r}. Use file:///folder, memory://, s3://, gs:// or az://.")
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="blobs")

    async def put(self, chunks: AsyncIterator[bytes], *, limit: int | None = None) -> StoredBlob:
        """Store a stream and answer when it is durable.

        Bytes that are stored already are stored anew in the same place: that costs little, and it renews the time that
        `digests` tells, so that a sweep of unreferenced blobs with a period of grace never takes one that was just put.

        Args:
            chunks: The content, in chunks of any size; held in memory a megabyte (remote stores: 15) at a time.
            limit: The largest size in bytes that is accepted; None for any.

        Raises:
            BlobTooLarge: As soon as `limit` is passed; the rest of the stream is not read.
        """
        upload = _FolderUpload(self._folder) if self._folder else _RemoteUpload(self._store)
        try:
            async for piece in _pieces(chunks, limit):
                await self._run(partial(upload.write, piece))
            return await self._run(upload.land)
        except BaseException:
            await self._run(upload.abandon)
            raise

    async def open(self, digest: str, *, start: int = 0) -> AsyncIterator[bytes]:
        """Yield a blob's bytes in chunks of at most 256 KiB.

        Args:
            digest: The blob's name.
            start: Offset of the first byte, not negative; at or past the end, nothing is yielded.

        Raises:
            BlobMissing: With the first chunk; also later, when the blob is deleted meanwhile.
            ValueError: `digest` is no SHA-256 in lower-case hex.
        """
        path = _path(digest)
        size = None
        while size is None or start < size:
            try:
                piece, size = await self._run(partial(self._read, path, start))
            except FileNotFoundError:
                raise BlobMissing(digest) from None
            view = memoryview(piece)
            for at in range(0, len(view), _CHUNK):
                yield bytes(view[at : at + _CHUNK])
            start += len(view)

    async def exists(self, digest: str) -> bool:
        """Tell whether the blob is stored. Raises ValueError as `open` does."""
        try:
            await self._run(partial(self._store.head, _path(digest)))
        except FileNotFoundError:
            return False
        return True

    async def delete(self, digest: str) -> None:
        """Delete the blob; one that is not there is fine. Raises ValueError as `open` does."""
        await self._run(partial(self._delete, _path(digest)))

    async def digests(self) -> AsyncIterator[tuple[str, datetime]]:
        """Yield every stored digest with the time it was last put (UTC), in no order. Strange files are passed over."""
        async for path, modified in self._list("blobs"):
            digest = path.rpartition("/")[2]
            if _DIGEST.fullmatch(digest) and path == _path(digest):
                yield digest, modified

    async def sweep_incoming(self, older_than: timedelta) -> int:
        """Delete what crashed uploads have left and nobody has written to for `older_than`; return how many there were.

        An upload in progress counts as written to whenever a megabyte arrives.
        """
        before = datetime.now(UTC) - older_than
        leftovers = [path async for path, modified in self._list("incoming") if modified < before]
        for path in leftovers:
            await self._run(partial(self._delete, path))
        return len(leftovers)

    def _read(self, path: str, start: int) -> tuple[obstore.Bytes, int]:
        """One piece and the size of the whole blob."""
        try:
            found = self._store.get(path, options={"range": (start, start + _PIECE)})
        except BaseError:  # stores refuse a range that starts at or after the end, each in words of its own
            size = self._store.head(path)["size"]
            if start < size:
                raise
            return obstore.Bytes(), size
        return found.bytes(), found.meta["size"]

    def _delete(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._store.delete(path)

    async def _list(self, prefix: str) -> AsyncIterator[tuple[str, datetime]]:
        batches = self._store.list(prefix, chunk_size=1000)
        while (batch := await self._run(partial(next, batches, None))) is not None:
            for meta in batch:
                yield meta["path"], meta["last_modified"]

    async def _run(self, work: Callable[[], T]) -> T:
        """Do blocking work in a thread.

        When cancelled, wait until the thread has finished all the same: it cannot be stopped, and whoever cleans up
        must not race with it.
        """
        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        cancelled: asyncio.CancelledError | None = None
        while not future.done():
            try:
                await asyncio.wait({future})
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled:
            future.exception()  # nobody will ask for it any more
            raise cancelled
        return future.result()


class _Upload(ABC):
    """One blob on its way in. Blocking; each method is called after the one before has returned."""

    def __init__(self) -> None:
        self._name = uuid.uuid4().hex
        self._sha = hashlib.sha256()
        self._size = 0

    def write(self, piece: bytearray) -> None:
        self._sha.update(piece)
        self._size += len(piece)
        self._append(piece)

    def land(self) -> StoredBlob:
        """Make the blob durable under its digest."""
        digest = self._sha.hexdigest()
        self._move(_path(digest))
        return StoredBlob(digest, self._size)

    def abandon(self) -> None:
        """Leave nothing behind, as far as possible: a sweep takes the rest, and only the first error counts."""
        with contextlib.suppress(OSError, BaseError):
            self._clean()

    @abstractmethod
    def _append(self, piece: bytearray) -> None: ...

    @abstractmethod
    def _move(self, path: str) -> None: ...

    @abstractmethod
    def _clean(self) -> None: ...


class _FolderUpload(_Upload):
    """Into a local folder: file to disk, then its name, then the folders that hold the name."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._incoming = folder / "incoming" / self._name

    def _append(self, piece: bytearray) -> None:
        with os.fdopen(os.open(self._incoming, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as file:
            file.write(piece)

    def _move(self, path: str) -> None:
        if not self._size:
            self._append(bytearray())
        _sync(self._incoming)
        final = self._folder / path
        _make_folder(final.parent)
        self._incoming.replace(final)
        for folder in final.parents[:3]:  # also those that exist: who made them may not have synced them yet
            _sync(folder)

    def _clean(self) -> None:
        self._incoming.unlink(missing_ok=True)


class _RemoteUpload(_Upload):
    """Into an object store: what fits one piece goes straight to its digest, the rest takes a copy within the store."""

    def __init__(self, store: ObjectStore) -> None:
        super().__init__()
        self._store = store
        self._incoming = f"incoming/{self._name}"
        self._first: bytearray | None = None
        self._writer: obstore.WritableFile | None = None

    def _append(self, piece: bytearray) -> None:
        if self._first is None:
            self._first = piece
            return
        if self._writer is None:
            self._writer = obstore.open_writer(
                self._store, self._incoming, buffer_size=_PART, max_concurrency=_PARTS_AT_ONCE
            )
            self._writer.write(self._first)
        self._writer.write(piece)

    def _move(self, path: str) -> None:
        if self._writer is None:
            self._store.put(path, self._first or b"", use_multipart=False)
        else:
            self._writer.close()
            self._store.rename(self._incoming, path)

    def _clean(self) -> None:
        if self._writer is None:
            return
        with contextlib.suppress(OSError, BaseError):  # closed already, or the store is out of reach
            self._writer.__exit__(RuntimeError, RuntimeError("abandoned"), None)  # the only way to abort an upload
        self._store.delete(self._incoming)


async def _pieces(chunks: AsyncIterator[bytes], limit: int | None) -> AsyncIterator[bytearray]:
    """Gather chunks into pieces of a megabyte or a little more; the last may be smaller, none is empty."""
    piece = bytearray()
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if limit is not None and size > limit:
            raise BlobTooLarge(limit)
        piece += chunk
        if len(piece) >= _PIECE:
            yield piece
            piece = bytearray()
    if piece:
        yield piece


def _path(digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"Not a SHA-256 digest in lower-case hex: {digest!r}")
    return f"blobs/{digest[:2]}/{digest[2:4]}/{digest}"


def _folder_of(url: str) -> Path:
    parts = urlsplit(url)
    folder = Path(unquote(parts.path))
    if parts.netloc not in {"", "localhost"} or not folder.is_absolute() or parts.query or parts.fragment:
        raise ValueError(f"Not the URL of a folder: {url!r}. Use file:///absolute/folder.")
    return folder


def _make_folder(folder: Path) -> None:
    """Create a folder and those above it, durably and for our own eyes only."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync(folder.parent)


def _sync(path: Path) -> None:
    """Bring a file's content, or a folder's list of names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
