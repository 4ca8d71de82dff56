"""Keyed hashes of numbers that identify people (spec/peach §11): enough to recognise one, too little to show it.

The key is made once by the installation and lies in its database, where only the system role reads it. It never
changes: a hash under another key would recognise nobody.
"""

import hashlib
import hmac
from typing import Final

import msgspec

from casework.store.postgres.database import Database
from casework.store.servicing import matches

TAIL: Final = 4
"""Characters of an identity that lists and people quote."""


class Sealed(msgspec.Struct, frozen=True):
    """What is kept of an identity: the hash of the whole, and of its last four characters where it has more."""

    digest: bytes
    tail: bytes | None

    def __repr__(self) -> str:
        """Say nothing: values like this must not get into logs."""
        return "Sealed(…)"


def normal(value: str) -> str:
    """Return the letters and digits of an identity, as they are compared."""
    return "".join(sign for sign in value.upper() if sign.isascii() and sign.isalnum())


def same(one: bytes | None, other: bytes | None) -> bool:
    """Tell in constant time whether two hashes are equal; nothing equals an absent one."""
    return one is not None and other is not None and hmac.compare_digest(one, other)


class Seals:
    """Makes keyed hashes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._key: bytes | None = None

    async def ready(self) -> "Seals":
        """Read the key, once."""
        if self._key is None:
            async with self._database.system() as connection:
                self._key = await matches.identity_key(connection)
        return self

    def seal(self, tenant: int, kind: str, value: str) -> Sealed:
        """Return the hashes of an identity; `ready` comes first."""
        plain = normal(value)
        tail = self._hash(tenant, kind, "tail", plain[-TAIL:]) if len(plain) > TAIL else None
        return Sealed(self._hash(tenant, kind, "whole", plain), tail)

    def tail(self, tenant: int, kind: str, last: str) -> bytes:
        """Return the hash of last four characters that somebody else names."""
        return self._hash(tenant, kind, "tail", normal(last)[-TAIL:])

    def fingerprint(self, tenant: int, *parts: str) -> bytes:
        """Return a keyed hash of several texts together."""
        return self._hash(tenant, "", "fingerprint", "\x1e".join(parts))

    def _hash(self, tenant: int, kind: str, part: str, plain: str) -> bytes:
        if self._key is None:
            msg = "the key has not been read"
            raise RuntimeError(msg)
        said = "\x1f".join((str(tenant), kind.upper(), part, plain))
        return hmac.new(self._key, said.encode(), hashlib.sha256).digest()
