"""What the events of one subject say: whether their chain is whole, and which rows they make."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import msgspec

from casework.domain.case import Case, Child
from casework.domain.chain import GENESIS, text_digest
from casework.domain.events import PERSONAL, apply, apply_child, blank
from casework.store import events
from casework.store.upkeep.checks import LEAST, MOST, CheckedEvent

DAMAGE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, msgspec.MsgspecError)
"""What reading something that nobody of ours has written may raise."""

Children = Mapping[UUID, tuple[str, Child]]
"""Things on a case by uid, each with its noun."""


class Chain:
    """Follows the events of one subject and tells where its chain is broken (law 9)."""

    def __init__(self, uid: UUID) -> None:
        self._uid = uid
        self._head: bytes = GENESIS
        self._last = (0, MOST)
        self._seq = LEAST

    def follow(self, event: CheckedEvent) -> Iterator[tuple[str, str]]:
        """Yield (check, message) for what is wrong with the next event."""
        stored = event.stored
        version, n = self._last
        name = f"version {stored.version}.{stored.n} ({stored.kind})"
        if (stored.version, stored.n) not in {(version, n + 1), (version + 1, 0)}:
            yield "chain", f"an event is missing before {name}"
        elif stored.uid != self._uid or events.hash_of(stored, self._head) != stored.hash:
            yield "chain", f"the event of {name} was altered"
        if fault := _text_fault(event):
            yield "chain", f"the texts of {name} {fault}"
        if stored.seq <= self._seq:
            yield "feed", f"{name} does not stand behind the one before it"
        self._head, self._last, self._seq = stored.hash, (stored.version, stored.n), stored.seq

    def end(self, version: int, head: bytes | None) -> Iterator[str]:
        """Yield what is wrong with the end of the chain, given what the row says of it."""
        if self._last[0] != version:
            yield f"the row is at version {version}, the last event at {self._last[0]}"
        elif head is None:
            yield "the head of the chain is missing, or stands at another version"
        elif head != self._head:
            yield "the head of the chain is not the hash of the last event"

    def end_without_row(self) -> Iterator[str]:
        """Yield what is wrong with events that no row goes with."""
        yield f"there are events up to version {self._last[0]}, but no row"


def _text_fault(event: CheckedEvent) -> str:
    """Return what is wrong with an event's texts; "" for those that are whole, and for erased ones."""
    stored = event.stored
    if stored.text_digest is None:
        return "are not known to the event" if event.kept else ""
    if not event.kept:
        return "are missing"
    whole = (
        stored.salt is not None
        and stored.texts is not None
        and text_digest(stored.salt, stored.texts.encode()) == stored.text_digest
    )
    return "" if whole or event.erased else "were altered"


class Fold:
    """Folds the events of one case, and tells where its rows differ (law 1)."""

    def __init__(self, row: Case) -> None:
        self.children: dict[UUID, tuple[str, Child]] = {}
        self._case = blank(row.tenant_id, row.number, row.uid)
        self._erased: set[UUID | None] = set()
        self._fault = ""

    def apply(self, event: CheckedEvent) -> None:
        """Take the next event in."""
        stored = event.stored
        try:
            known, envelope = events.event_of(stored), stored.envelope
            self._case = apply(self._case, known, envelope)
            if known.noun is not None and known.child is not None:
                _, old = self.children.get(known.child, ("", None))
                child = apply_child(old, known, envelope, case=self._case, number=0)
                self.children[known.child] = (known.noun, child)
            if event.erased:
                self._erased.add(known.child)
        except DAMAGE as error:
            self._fault = self._fault or f"version {stored.version}.{stored.n} cannot be applied: {error!r}"

    def differences(self, row: Case, rows: Children) -> Iterator[str]:
        """Yield what differs; texts of which one was erased are not compared, nor numbers, which no event has."""
        if self._fault:
            yield self._fault
            return
        if names := _differing(self._case, row, {"hash"}, erased=None in self._erased):
            yield f"the row differs from its events in {names}"
        for uid in sorted(self.children.keys() | rows.keys()):
            (noun, child), (table, found) = self.children.get(uid, ("", None)), rows.get(uid, ("", None))
            if child is None or found is None or noun != table:
                yield f"the {noun or table} {uid} is {'not in the rows' if found is None else 'in no event'}"
            elif names := _differing(child, found, {"number"}, erased=uid in self._erased):
                yield f"the {noun} {found.number} differs from its events in {names}"


def _differing(folded: msgspec.Struct, row: msgspec.Struct, apart: Iterable[str], *, erased: bool) -> str:
    skipped = {*apart, *(PERSONAL if erased else ())}
    names = folded.__struct_fields__
    return ", ".join(n for n in names if n not in skipped and not _same(getattr(folded, n), getattr(row, n)))


def _same(one: Any, other: Any) -> bool:
    """Compare values as jsonb keeps them: a float so large that it has no fraction comes back as an integer."""
    if one == other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) and isinstance(other, int):
        return abs(other) < 2**1023 and one == float(other)
    return False
