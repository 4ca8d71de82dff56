"""UUIDs of version 7: they sort by the millisecond in which they were made."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def uuid7(at: datetime, randomness: bytes) -> UUID:
    """Return the UUIDv7 of a moment, made unique by 10 random bytes (RFC 9562 §5.7)."""
    # whole numbers throughout: a float loses milliseconds in some years
    value = bytearray(((at - _EPOCH) // timedelta(milliseconds=1)).to_bytes(6, "big") + randomness)
    value[6] = 0x70 | value[6] & 0x0F
    value[8] = 0x80 | value[8] & 0x3F
    return UUID(bytes=bytes(value))
