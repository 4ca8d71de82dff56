"""The clocks of a case: a pure function over its history (DOMAIN §5).

Both run from the creation through the calendar of the policy that counts now; the stages in which they stood are judged
by the policy that counted then, so that no change of policy loses a pause, and before the first one by the first. The
reaction clock ends when the case is taken up, the resolution clock when it is resolved; what ends a clock stays within
it, so a case that is opened again goes on as if its clock had never ended.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from casework.domain.case import Stage
from casework.domain.events import OPENED, Envelope, Event
from casework.domain.sla.calendar import ALWAYS, WorkingTime, minute, moment
from casework.domain.sla.policy import Key, Policy, key_of

History = Iterable[tuple[Event, Envelope]]
"""The events of one case in order; those that set neither stage nor policy nor stamps may be missing."""


class State(StrEnum):
    """How a clock stands: it is `met` or `breached` once and for all, or `running` or `paused` until then."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"


class Interval(msgspec.Struct, frozen=True, gc=False):
    """A part of the history in which one rule held; `minutes` are the working minutes that counted in it."""

    start: datetime
    end: datetime
    minutes: int
    paused: bool
    stage: Stage
    rule: str


class Clock(msgspec.Struct, frozen=True, gc=False):
    """Target and elapsed in working minutes. `due` is None while the clock stands; `reached` when it has not ended."""

    target: int
    start: datetime
    due: datetime | None
    elapsed: int
    state: State
    reached: datetime | None
    intervals: tuple[Interval, ...]


class Clocks(msgspec.Struct, frozen=True, gc=False):
    """Both clocks; all three are None for a case without a policy."""

    policy: Policy | None = None
    reaction: Clock | None = None
    resolution: Clock | None = None


class _Story(msgspec.Struct, frozen=True, gc=False):
    """What of a history counts. Each turn: the minute, the stage and the policy from then on."""

    created: datetime | None
    turns: list[tuple[int, Stage, Key | None]]
    reacted: datetime | None
    resolved: datetime | None


class _Span(msgspec.Struct, frozen=True, gc=False):
    begin: int
    at: datetime
    paused: bool
    stage: Stage
    rule: str


def clocks(
    history: History,
    policies: Mapping[Key, Policy],
    calendars: Mapping[tuple[int, int], WorkingTime],
    until: datetime,
    *,
    instead: Policy | None = None,
) -> Clocks:
    """Return how the clocks of a case stood at a moment.

    Args:
        history: The events of the case.
        policies: Every policy that its events name.
        calendars: Every calendar that those name.
        until: The moment; what happened later does not count.
        instead: A policy to judge the whole history by, in place of its own.

    Raises:
        Invalid: The calendar has too little working time.
    """
    story = _read(history, until)
    last = story.turns[-1][2] if story.turns else None
    final = instead if instead is not None or last is None else policies[last]
    if final is None or story.created is None:
        return Clocks()
    spans = _judge(story, policies, final, always=instead is not None)
    calendar = ALWAYS if final.calendar == ALWAYS.key else calendars[final.calendar]
    return Clocks(
        final,
        _run(spans, calendar, final.reaction, story.reacted, until),
        _run(spans, calendar, final.resolution, story.resolved, until),
    )


def _read(history: History, until: datetime) -> _Story:
    created = reacted = resolved = None
    stage, key = Stage.NEW, None
    turns: list[tuple[int, Stage, Key | None]] = []
    agreed: dict[str, object] = {}
    for event, envelope in history:
        if event.noun is not None or envelope.at > until:
            continue
        told = event.set
        if "reacted_at" in told:
            reacted = told["reacted_at"]
        if "resolved_at" in told:
            resolved = told["resolved_at"]
        news = event.kind == OPENED
        if news:
            created = envelope.at
        if "stage" in told:
            stage, news = told["stage"], True
        if "sla" in told or "sla_versions" in told or "sla_condition" in told:
            agreed.update(told)
            key, news = key_of(agreed), True
        if not news:
            continue
        turns.append((minute(envelope.at), stage, key))
    return _Story(created, turns, reacted, resolved)


def _judge(story: _Story, policies: Mapping[Key, Policy], final: Policy, *, always: bool) -> list[_Span]:
    """Return the spans of the history, each with the rule that holds in it: by the last policy always, or in turn."""
    spans: list[_Span] = []
    judge, after = final, None
    for begin, stage, key in reversed(story.turns):
        if key is not None and not always:
            judge = policies[key]
        if begin == after:
            continue  # it did not last a minute
        after = begin
        paused = stage in judge.pauses
        rule = f"{'stands' if paused else 'runs'} while {stage} ({judge.name})"
        spans.append(_Span(begin, moment(begin), paused, stage, rule))
    spans.reverse()
    return spans


def _run(
    spans: list[_Span],
    calendar: WorkingTime,
    target: int,
    reached: datetime | None,
    until: datetime,
) -> Clock:
    """Run one clock over the spans, up to the moment it was reached or is looked at."""
    start = spans[0]
    end = until if reached is None else max(reached, start.at)
    limit = minute(end)
    due = None if target else start.begin
    used, standing = 0, False
    intervals: list[Interval] = []
    last = len(spans) - 1
    for index, span in enumerate(spans):
        if index and reached is not None and span.begin >= limit:
            break
        finish = limit if index == last or spans[index + 1].begin > limit else spans[index + 1].begin
        standing = span.paused
        minutes = 0 if standing else calendar.between(span.begin, finish)
        if due is None and not standing and used + minutes >= target:
            due = calendar.after(span.begin, target - used)
        used += minutes
        if finish > span.begin:
            intervals.append(Interval(span.at, moment(finish), minutes, standing, span.stage, span.rule))
    if due is None and (reached is not None or not standing):
        due = calendar.after(limit, target - used)
    planned = None if due is None else moment(due)
    if planned is not None and end > planned:
        state = State.BREACHED
    elif reached is not None:
        state = State.MET
    else:
        state = State.PAUSED if standing else State.RUNNING
    return Clock(target, start.at, planned, used, state, reached, tuple(intervals))
