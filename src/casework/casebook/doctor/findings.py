"""What the doctor says."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from casework.store.upkeep.checks import Span

NOBODY = "-"
"""Stands for the tenant in what concerns the whole installation."""


class Finding(msgspec.Struct, frozen=True):
    """Something that is not as it should be. `tenant` is a key, `subject` reads like "case 12".

    `check` is one of fold, chain, counters, involvements, search, references, blobs, feed, migrations.
    """

    check: str
    tenant: str
    subject: str
    message: str


class Notes:
    """Findings about subjects of one kind, by number, as they come up."""

    def __init__(self, tenant: str, kind: str) -> None:
        self.found: dict[int, list[Finding]] = defaultdict(list)
        self._tenant = tenant
        self._kind = kind

    def add(self, number: int, check: str, message: str) -> None:
        """Write a finding down."""
        self.found[number].append(Finding(check, self._tenant, f"{self._kind} {number}", message))


Look = Callable[[Any, Span], Awaitable[tuple[int, dict[int, list[Finding]]]]]
"""(connection, span) → (up to which number it looked, what is wrong with which)."""
