"""The policies and calendars that a history names, each in the version that it names."""

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from casework.domain.events import Envelope, Event
from casework.domain.nouns import Calendar, Noun, Sla, SlaCondition
from casework.domain.sla.calendar import ALWAYS, WorkingTime
from casework.domain.sla.policy import AGREED, Key, Policy, key_of, policy
from casework.domain.vocabulary import Vocabulary
from casework.store import events

N = TypeVar("N", bound=Noun)


class Agreements(msgspec.Struct, frozen=True):
    """A case's events that matter to its clocks, with the policies and calendars that they name."""

    history: tuple[tuple[Event, Envelope], ...] = ()
    policies: dict[Key, Policy] = {}
    calendars: dict[tuple[int, int], WorkingTime] = {}


async def agreements(connection: Any, tenant: int, number: int, words: Vocabulary) -> Agreements:
    """Read the agreements of a case; versions that count today come from the vocabulary."""
    stored = await events.history(connection, tenant, "case", number, own=True)
    history = tuple((events.event_of(event), event.envelope) for event in stored)
    found = Agreements(history)
    for key in _keys(history):
        sla, condition, *versions = key
        today = words.current(sla, condition or None)
        agreed = today if today is not None and today.key == key else await _policy(connection, tenant, words, key)
        found.policies[key] = agreed
        if agreed.calendar != ALWAYS.key:
            calendar = words.calendars.get(agreed.calendar[0])
            if calendar is None or calendar.key[1] != versions[2]:
                calendar = WorkingTime(await _version(connection, tenant, Calendar, *agreed.calendar))
            found.calendars[agreed.calendar] = calendar
    return found


def _keys(history: Iterable[tuple[Event, Envelope]]) -> set[Key]:
    agreed: dict[str, Any] = {}
    found = set()
    for event, _ in history:
        if any(name in event.set for name in AGREED):
            agreed |= event.set
            if (key := key_of(agreed)) is not None:
                found.add(key)
    return found


async def _policy(connection: Any, tenant: int, words: Vocabulary, key: Key) -> Policy:
    sla = words.slas.get(key[0])
    if sla is None or sla.version != key[2]:
        sla = await _version(connection, tenant, Sla, key[0], key[2])
    condition = words.conditions.get(key[1])
    if key[1] and (condition is None or condition.version != key[3]):
        condition = await _version(connection, tenant, SlaCondition, key[1], key[3])
    return policy(sla, condition, key[4])


async def _version(connection: Any, tenant: int, kind: type[N], number: int, version: int) -> N:
    """Return a noun as it was at a version: the fold of its events up to there."""
    members: dict[str, Any] = {}
    stored = [e for e in await events.history(connection, tenant, kind.table, number) if e.version <= version]
    for event in stored:
        for part in (event.data, event.texts):
            members |= msgspec.json.decode(part).get("set", {}) if part else {}
    identity = {"tenant_id": tenant, "number": number, "uid": stored[0].uid, "version": version}
    return msgspec.convert({**members, **identity}, kind, strict=False)
