"""The clocks of a case: what the rules say, and that it is what counting minutes gives (law 10)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.domain.case import Stage
from casework.domain.refusals import Invalid
from casework.domain.sla.calendar import ALWAYS, WorkingTime
from casework.domain.sla.clocks import Clock, Clocks, State, clocks
from casework.domain.sla.explain import what_if
from casework.domain.sla.policy import Policy, policy
from domain.sla import counting as n
from domain.sla.counting import Tale

BOUNDED = settings(max_examples=100, derandomize=True, deadline=None, database=None)
HOUR = timedelta(hours=1)
MONDAY = datetime(2024, 1, 15, 9, tzinfo=UTC)
OFFICE = WorkingTime(n.calendar(hours=n.office()))
GOLD = n.a_policy(reaction=30 * 60, resolution=8 * 3600)
STRICT = n.a_policy(9, reaction=3600, resolution=4 * 3600, pauses=())


def run(tale: Tale, until: datetime, *policies: Policy, calendar: WorkingTime = OFFICE) -> Clocks:
    return clocks(tale.history, {p.key: p for p in policies or (GOLD,)}, {calendar.key: calendar}, until)


def both(found: Clocks) -> tuple[Clock, Clock]:
    assert found.reaction is not None
    assert found.resolution is not None
    return found.reaction, found.resolution


def test_a_case_without_a_policy_has_no_clocks() -> None:
    assert run(Tale(MONDAY).open(), MONDAY + HOUR) == Clocks()
    assert run(Tale(MONDAY).open(sla=7), MONDAY + HOUR) == Clocks()  # named before versions were kept
    assert run(Tale(MONDAY), MONDAY) == Clocks()
    assert run(Tale(MONDAY).open(GOLD).switch(None), MONDAY + HOUR) == Clocks()


def test_both_clocks_run_from_the_creation() -> None:
    reaction, resolution = both(run(Tale(MONDAY).open(GOLD), MONDAY + timedelta(minutes=30)))
    assert (reaction.due, reaction.elapsed, reaction.state) == (MONDAY + HOUR / 2, 30, State.RUNNING)
    assert (resolution.target, resolution.due, resolution.elapsed) == (480, MONDAY + 8 * HOUR, 30)
    late, _ = both(run(Tale(MONDAY).open(GOLD), MONDAY + timedelta(minutes=30, seconds=1)))
    assert late.state is State.BREACHED


def test_a_pause_moves_the_end_and_while_it_lasts_there_is_none() -> None:
    tale = Tale(MONDAY).open(GOLD).move(Stage.WAITING, 2 * HOUR, reacted_at=MONDAY + 2 * HOUR)
    reaction, resolution = both(run(tale, MONDAY + 5 * HOUR))
    assert (reaction.state, reaction.due, reaction.elapsed) == (State.BREACHED, MONDAY + HOUR / 2, 120)
    assert (resolution.state, resolution.due, resolution.elapsed) == (State.PAUSED, None, 120)
    tale.move(Stage.OPEN, 3 * HOUR)
    _, resolution = both(run(tale, MONDAY + 6 * HOUR))
    assert (resolution.state, resolution.due) == (State.RUNNING, MONDAY + timedelta(days=1, hours=3))
    assert [(i.paused, i.minutes, i.stage) for i in resolution.intervals] == [
        (False, 120, Stage.NEW), (True, 0, Stage.WAITING), (False, 60, Stage.OPEN),
    ]  # fmt: skip
    assert resolution.intervals[1].rule == "stands while waiting (Gold, version 1)"


def test_a_breach_stays_one_whatever_comes_later() -> None:
    tale = Tale(MONDAY).open(STRICT).move(Stage.WAITING, 30 * HOUR).switch(GOLD).switch(STRICT)
    _, resolution = both(run(tale, MONDAY + 40 * HOUR, GOLD, STRICT))
    assert (resolution.state, resolution.due) == (State.BREACHED, MONDAY + 4 * HOUR)


def test_what_is_reached_in_time_is_met_and_later_breached() -> None:
    for late in (0, 1):
        at = MONDAY + 8 * HOUR + timedelta(milliseconds=late)
        tale = Tale(MONDAY).open(GOLD).move(Stage.RESOLVED, at - MONDAY, reacted_at=at, resolved_at=at)
        _, resolution = both(run(tale, MONDAY + timedelta(days=9)))
        assert resolution.state is (State.BREACHED if late else State.MET)
        assert (resolution.elapsed, resolution.reached, resolution.due) == (480, at, MONDAY + 8 * HOUR)


def test_a_clock_that_has_ended_in_a_pause_keeps_the_time_it_was_planned_for() -> None:
    tale = Tale(MONDAY).open(GOLD).move(Stage.WAITING, HOUR / 4, reacted_at=MONDAY + HOUR / 4)
    reaction, resolution = both(run(tale, MONDAY + 2 * HOUR))
    assert (reaction.state, reaction.due) == (State.MET, MONDAY + HOUR / 2)
    assert (resolution.state, resolution.due) == (State.PAUSED, None)


def test_a_case_that_is_opened_again_goes_on_as_if_it_had_never_been_done() -> None:
    done = MONDAY + HOUR
    tale = Tale(MONDAY).open(GOLD).move(Stage.RESOLVED, HOUR, reacted_at=done, resolved_at=done)
    tale.move(Stage.OPEN, 2 * HOUR, resolved_at=None)
    _, resolution = both(run(tale, MONDAY + 4 * HOUR))
    assert (resolution.state, resolution.due, resolution.elapsed) == (State.RUNNING, MONDAY + 8 * HOUR, 240)


def test_a_policy_that_pauses_in_done_stages_forgives_the_time_a_case_was_done() -> None:
    kind = n.a_policy(reaction=60, resolution=8 * 3600, pauses=("resolved",))
    done = MONDAY + HOUR
    tale = Tale(MONDAY).open(kind).move(Stage.RESOLVED, HOUR, reacted_at=done, resolved_at=done)
    assert both(run(tale, MONDAY + 2 * HOUR, kind))[1].due == MONDAY + 8 * HOUR
    tale.move(Stage.OPEN, 2 * HOUR, resolved_at=None)
    _, resolution = both(run(tale, MONDAY + 4 * HOUR, kind))
    assert (resolution.due, resolution.elapsed) == (MONDAY + timedelta(days=1, hours=2), 120)


def test_another_policy_loses_no_pause_and_pauses_nothing_that_ran() -> None:
    tale = Tale(MONDAY).open(GOLD).move(Stage.WAITING, HOUR).move(Stage.OPEN, HOUR).switch(STRICT, HOUR)
    tale.move(Stage.WAITING, HOUR)
    _, resolution = both(run(tale, MONDAY + 5 * HOUR, GOLD, STRICT))
    assert (resolution.elapsed, resolution.due) == (4 * 60, MONDAY + 5 * HOUR)
    _, resolution = both(run(tale.switch(GOLD, HOUR), MONDAY + 6 * HOUR, GOLD, STRICT))
    assert (resolution.state, resolution.elapsed) == (State.PAUSED, 4 * 60)


def test_before_its_first_policy_a_case_is_judged_by_that_one() -> None:
    tale = Tale(MONDAY).open(stage=Stage.WAITING).move(Stage.OPEN, HOUR).switch(GOLD, HOUR)
    _, resolution = both(run(tale, MONDAY + 3 * HOUR))
    assert (resolution.elapsed, resolution.start) == (120, MONDAY)


def test_a_target_of_nothing_is_due_at_once_even_in_a_pause_and_at_night() -> None:
    now = n.a_policy(reaction=59, resolution=0)
    at = MONDAY.replace(hour=22, second=30)
    reaction, resolution = both(run(Tale(at).open(now, Stage.WAITING), at, now))
    assert (reaction.due, resolution.due) == (at.replace(second=0), at.replace(second=0))
    assert (reaction.state, reaction.elapsed, reaction.intervals) == (State.BREACHED, 0, ())


def test_what_happens_later_or_on_the_case_does_not_count() -> None:
    tale = Tale(MONDAY).open(GOLD).tell("edited").tell("edited", subject="x").move(Stage.WAITING, 3 * HOUR)
    comment, envelope = tale.history[1]
    tale.history[1] = (type(comment)("commented", {"stage": "x"}, noun="comment"), envelope)
    assert both(run(tale, MONDAY + 2 * HOUR))[1].state is State.RUNNING


def test_moves_within_a_minute_leave_the_last() -> None:
    tick = timedelta(seconds=1)
    tale = Tale(MONDAY).open(GOLD).move(Stage.OPEN, HOUR).move(Stage.WAITING, tick).move(Stage.PROPOSED, tick)
    intervals = both(run(tale, MONDAY + 2 * HOUR))[1].intervals
    assert [(i.stage, i.minutes) for i in intervals] == [(Stage.NEW, 60), (Stage.PROPOSED, 60)]


def test_a_stamp_from_before_the_creation_ends_the_clock_at_once() -> None:
    tale = Tale(MONDAY).open(GOLD, resolved_at=MONDAY - HOUR)
    _, resolution = both(run(tale, MONDAY + HOUR))
    assert (resolution.elapsed, resolution.state, resolution.intervals) == (0, State.MET, ())


def test_a_policy_without_calendar_runs_around_the_clock() -> None:
    always = policy(n.sla(calendar=None, resolution=86400), None, 0)
    assert always.calendar == ALWAYS.key
    _, resolution = both(clocks(Tale(MONDAY).open(always).history, {always.key: always}, {}, MONDAY))
    assert resolution.due == MONDAY + timedelta(days=1)


def test_the_times_of_a_condition_replace_both_of_the_policy() -> None:
    found = policy(n.sla(reaction=60, resolution=600), n.condition(version=3, reaction=0, resolution=119), 2)
    assert (found.key, found.reaction, found.resolution) == ((7, 8, 1, 3, 2), 0, 1)
    assert found.name == "Gold, version 1, condition urgent"
    nameless = policy(n.sla(name=""), n.condition(name="", key="k"), 2)
    assert nameless.name == "7, version 1, condition k"


def test_another_policy_can_be_tried_on_an_old_case() -> None:
    tale = Tale(MONDAY).open(GOLD).move(Stage.WAITING, HOUR).move(Stage.OPEN, 4 * HOUR)
    found = what_if(tale.history, STRICT, {OFFICE.key: OFFICE}, MONDAY + 6 * HOUR)
    assert found.policy is STRICT
    assert both(found)[1].due == MONDAY + 4 * HOUR
    assert both(what_if(Tale(MONDAY).open().history, GOLD, {OFFICE.key: OFFICE}, MONDAY))[1].due == MONDAY + 8 * HOUR
    assert what_if([], GOLD, {}, MONDAY) == Clocks()


# ---- against counting


@st.composite
def tales(draw: st.DrawFn, week: date) -> tuple[Tale, list[Policy]]:
    policies = [
        n.a_policy(
            number,
            reaction=draw(st.integers(0, 900)) * 60 + draw(st.integers(0, 59)),
            resolution=draw(st.integers(0, 3000)) * 60,
            pauses=tuple(draw(st.sets(st.sampled_from(Stage), max_size=3))),
        )
        for number in (7, 9)
    ]
    tale = Tale(n.moment(week, draw(st.integers(-1440, 1440))) + timedelta(seconds=draw(st.integers(0, 59))))
    tale.open(draw(st.sampled_from([None, *policies])), draw(st.sampled_from(Stage)))
    gap = st.one_of(st.integers(1, 90), st.integers(60, 100_000)).map(lambda seconds: timedelta(seconds=seconds))
    for stage, found, after, stamp in draw(
        st.lists(
            st.tuples(st.sampled_from(Stage), st.none() | st.sampled_from(policies), gap, st.sampled_from("     rRxX")),
            max_size=6,
        )
    ):
        if found is not None:
            tale.switch(found, after)
            continue
        at = tale.at + after
        stamps: dict[str, Any] = {"r": {"reacted_at": at}, "R": {"resolved_at": at}, "X": {"resolved_at": None}}
        tale.move(stage, after, **stamps.get(stamp, {}))
    return tale.switch(policies[0]), policies


def told(tale: Tale) -> list[tuple[datetime, Stage, Any]]:
    found, stage, key = [], Stage.NEW, None
    for event, envelope in tale.history:
        stage = event.set.get("stage", stage)
        if "sla" in event.set:
            key = (event.set["sla"], 0, *event.set["sla_versions"])
        found.append((n.whole(envelope.at), stage, key))
    return found


@BOUNDED
@given(data=st.data(), week=st.sampled_from(n.WEEKS), after=st.integers(0, 3000))
def test_clocks_are_what_counting_minutes_gives(data: st.DataObject, week: date, after: int) -> None:
    source = data.draw(n.calendars(week))
    tale, policies = data.draw(tales(week))
    until = tale.at + timedelta(minutes=after)
    turns, by_key = told(tale), {p.key: p for p in policies}
    works = n.working(source)

    def stands(at: datetime) -> bool:
        index = max(i for i, turn in enumerate(turns) if turn[0] <= at)
        judge = next(by_key[key] for _, _, key in turns[index:] if key is not None)
        return turns[index][1] in judge.pauses

    last: dict[str, Any] = {}
    for event, _ in tale.history:
        last |= event.set
    try:
        found = clocks(tale.history, by_key, {(5, 2): WorkingTime(source)}, until)
    except Invalid:
        return  # too little working time: tests of the calendar
    for clock, reached in zip(both(found), (last.get("reacted_at"), last.get("resolved_at")), strict=True):
        end = until if reached is None else reached
        assert clock.elapsed == n.counted(lambda at: works(at) and not stands(at), turns[0][0], end)
        assert clock.elapsed == sum(interval.minutes for interval in clock.intervals)
        horizon = n.whole(end) + timedelta(days=4)

        def counts(at: datetime, end: datetime = end) -> bool:
            """After its end a clock that runs goes on."""
            return works(at) and (at >= n.whole(end) or not stands(at))

        wanted = n.reached(counts, turns[0][0], clock.target, horizon)
        if reached is None and stands(n.whole(until)) and (wanted is None or wanted > n.whole(until)):
            wanted = None
        assert (clock.due if clock.due is None or clock.due <= horizon else None) == wanted
        late = clock.due is not None and end > clock.due
        assert (clock.state is State.BREACHED) == late
        assert (clock.state is State.PAUSED) == (reached is None and not late and stands(n.whole(until)))
        assert (clock.state is State.MET) == (reached is not None and not late)
