"""The hash chain of one subject's events: any later change of a stored byte shows (DOMAIN §4, law 9).

Personal texts enter as a salted digest, so that erasing them leaves the chain whole.
"""

import hashlib
from datetime import UTC, datetime
from uuid import UUID

GENESIS = bytes(32)
MARK = b"casework/1"


def text_digest(salt: bytes, texts: bytes) -> bytes:
    """Return the digest that stands for an event's personal texts (their stored JSON bytes)."""
    return hashlib.sha256(salt + texts).digest()


def link(
    previous: bytes,
    *,
    tenant: int,
    subject: UUID,
    version: int,
    n: int,
    at: datetime,
    actor: int,
    on_behalf_of: int | None,
    via: str,
    kind: str,
    data: bytes,
    texts: bytes,
) -> bytes:
    """Return the hash of one stored event, given the previous one of its subject.

    Every field is length-prefixed, so that no two different events share a canonical form. `data` is the stored
    JSON, byte for byte; `texts` is the digest of the personal texts, or empty.
    """
    digest = hashlib.sha256(MARK)
    for part in (
        previous,
        str(tenant).encode(),
        subject.bytes,
        f"{version}.{n}".encode(),
        at.astimezone(UTC).isoformat(timespec="microseconds").encode(),
        str(actor).encode(),
        str(on_behalf_of).encode(),
        via.encode(),
        kind.encode(),
        data,
        texts,
    ):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()
