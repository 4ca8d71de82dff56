"""A small cache with bounded staleness."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

STALENESS = 0.8
"""Seconds: a revoked key or a changed role takes effect within one second on every process."""


class TimedCache(Generic[K, V]):
    """Remembers values for `ttl` seconds, at most `size` of them; what is older does not exist."""

    def __init__(self, ttl: float = STALENESS, size: int = 20_000) -> None:
        self._ttl = ttl
        self._size = size
        self._entries: dict[K, tuple[float, V]] = {}
        self._making: dict[K, asyncio.Future[V]] = {}

    def get(self, key: K) -> V | None:
        """Return what was remembered, unless it is too old."""
        entry = self._entries.get(key)
        if entry is None or entry[0] < time.monotonic():
            return None
        return entry[1]

    async def fetch(self, key: K, make: Callable[[], Awaitable[V]]) -> V:
        """Return what is remembered, or else make it, once for all who ask meanwhile; failures are not remembered."""
        if (found := self.get(key)) is not None:
            return found
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.ensure_future(self._make(key, make))
        return await asyncio.shield(making)  # whoever goes away leaves the others their answer

    async def _make(self, key: K, make: Callable[[], Awaitable[V]]) -> V:
        try:
            value = await make()
            self.put(key, value)
            return value
        finally:
            del self._making[key]

    def put(self, key: K, value: V) -> None:
        """Remember a value; the oldest half goes when there are too many."""
        if len(self._entries) >= self._size:
            for old in list(self._entries)[: self._size // 2]:
                del self._entries[old]
        self._entries.pop(key, None)
        self._entries[key] = (time.monotonic() + self._ttl, value)

    def forget(self, key: K) -> None:
        """Drop a value, if it is there."""
        self._entries.pop(key, None)
