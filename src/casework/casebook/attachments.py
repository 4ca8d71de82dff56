"""Files on cases: the bytes go into the blob store first, then the command is executed (ARCHITECTURE §4.7)."""

from collections.abc import AsyncIterator
from uuid import UUID

from casework.domain.access import Principal
from casework.domain.case import File
from casework.domain.refusals import NotFound, TooLarge
from casework.store import children
from casework.store.blobs import BlobMissing, Blobs, BlobTooLarge, StoredBlob
from casework.store.postgres.database import Database


class Attachments:
    """Stores and opens the bytes of files."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    async def store(self, chunks: AsyncIterator[bytes], *, limit: int) -> StoredBlob:
        """Store bytes as they come and return their digest and size.

        Raises:
            TooLarge: There are more than `limit` bytes; none are kept.
        """
        try:
            return await self._blobs.put(chunks, limit=limit)
        except BlobTooLarge as error:
            msg = f"A file may have at most {limit} bytes."
            raise TooLarge(msg, member="file", limit=limit) from error

    async def find(self, principal: Principal, case: int, uid: UUID, *, public_only: bool = False) -> File:
        """Return a file on a case that the principal may see.

        Raises:
            NotFound: There is none, or it is not for the principal's eyes.
        """
        async with self._database.tenant(principal.tenant_id) as connection:
            found = await children.file_on(connection, principal, case, uid, public_only=public_only)
        if not isinstance(found, File):
            msg = "There is no such file on this case."
            raise NotFound(msg)
        return found

    async def open(self, file: File) -> AsyncIterator[bytes]:
        """Return the bytes of a file, chunk by chunk.

        Raises:
            NotFound: The blob store has lost them; `casework doctor` lists such files.
        """
        return await self.content(file.digest)

    async def content(self, digest: str) -> AsyncIterator[bytes]:
        """Return the bytes that are stored under a digest, chunk by chunk.

        Raises:
            NotFound: The blob store has lost them.
        """
        chunks = self._blobs.open(digest)
        try:
            first = await anext(chunks, b"")
        except BlobMissing as error:
            msg = "The content of this file is missing."
            raise NotFound(msg) from error
        return _chain(first, chunks)


async def _chain(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk
