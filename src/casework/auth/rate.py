"""How often a credential may ask, in each process."""

import time
from collections.abc import Hashable

from casework.domain.refusals import TooMany

WINDOW = 60.0
"""Seconds."""


class RateLimit:
    """Counts requests of a credential in windows of a minute; 0 means no limit."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._window = 0
        self._counts: dict[Hashable, int] = {}

    def take(self, who: Hashable) -> None:
        """Count one request.

        Raises:
            TooMany: There were enough in this minute; `retry_after` says when the next one begins.
        """
        if not self._most:
            return
        now = time.time()
        window = int(now // WINDOW)
        if window != self._window:
            self._window, self._counts = window, {}
        count = self._counts[who] = self._counts.get(who, 0) + 1
        if count > self._most:
            msg = "Too many requests; try again in a moment."
            raise TooMany(msg, retry_after=max(1, int((window + 1) * WINDOW - now)))
