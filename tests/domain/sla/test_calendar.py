"""Working time: what the rules of a calendar say, and that it is what counting minutes gives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.domain.refusals import Invalid
from casework.domain.sla.calendar import ALWAYS, DAYS, WorkingTime, minute, moment
from domain.sla import counting as n

BOUNDED = settings(max_examples=60, derandomize=True, deadline=None, database=None)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(found: WorkingTime, start: str, minutes: int) -> str:
    return f"{moment(found.after(minute(utc(start)), minutes)):%Y-%m-%d %H:%M}"


def between(found: WorkingTime, start: str, end: str) -> int:
    return found.between(minute(utc(start)), minute(utc(end)))


@BOUNDED
@given(data=st.data(), week=st.sampled_from(n.WEEKS), begin=st.integers(-2880, 1440), length=st.integers(-5, 7200))
def test_working_time_is_what_counting_minutes_gives(data: st.DataObject, week: date, begin: int, length: int) -> None:
    source = data.draw(n.calendars(week))
    start, end = n.moment(week, begin), n.moment(week, begin + length)
    assert WorkingTime(source).between(minute(start), minute(end)) == n.counted(n.working(source), start, end)


@BOUNDED
@given(data=st.data(), week=st.sampled_from(n.WEEKS), begin=st.integers(-2880, 1440), target=st.integers(0, 2400))
def test_the_end_is_where_counting_minutes_ends(data: st.DataObject, week: date, begin: int, target: int) -> None:
    source = data.draw(n.calendars(week))
    start = n.moment(week, begin)
    give_up = start + timedelta(days=7)
    wanted = n.reached(n.working(source), start, target, give_up)
    try:
        found = moment(WorkingTime(source).after(minute(start), target))
    except Invalid:
        assert wanted is None
    else:
        assert (found if found <= give_up else None) == wanted


@BOUNDED
@given(data=st.data(), week=st.sampled_from(n.WEEKS), begins=st.lists(st.integers(-900_000, 900_000), min_size=2))
def test_the_order_of_questions_does_not_matter(data: st.DataObject, week: date, begins: list[int]) -> None:
    source = data.draw(n.calendars(week))
    asked, base = WorkingTime(source), minute(n.moment(week))
    for begin in begins:
        span = (base + begin, base + begin + 60_000)
        assert asked.between(*span) == WorkingTime(source).between(*span)


OFFICE = WorkingTime(n.calendar(timezone="Europe/Berlin", hours=n.office()))


@pytest.mark.parametrize(
    ("start", "minutes", "wanted"),
    [
        ("2024-01-15T08:00:59", 60, "2024-01-15 09:00"),  # seconds are dropped
        ("2024-01-15T15:00", 60, "2024-01-15 16:00"),  # what ends with the day is due then
        ("2024-01-15T15:00", 61, "2024-01-16 08:01"),
        ("2024-01-15T20:00", 0, "2024-01-15 20:00"),  # immediately, whatever the hour
        ("2024-01-15T20:00", 30, "2024-01-16 08:30"),
        ("2024-01-19T15:30", 60, "2024-01-22 08:30"),  # over the weekend
        ("2024-03-29T15:30", 60, "2024-04-01 07:30"),  # and over the change of clocks
        ("2024-01-15T08:00", 480 * 5, "2024-01-19 16:00"),
    ],
)
def test_working_minutes_pass_in_working_time_only(start: str, minutes: int, wanted: str) -> None:
    assert due(OFFICE, start, minutes) == wanted


def test_the_hour_that_is_repeated_counts_twice_and_the_one_left_out_not_at_all() -> None:
    night = WorkingTime(n.calendar(timezone="Europe/Berlin", hours=n.office("sun", opens="00:00", closes="06:00")))
    assert between(night, "2024-03-30T20:00", "2024-03-31T20:00") == 5 * 60
    assert between(night, "2024-10-26T20:00", "2024-10-27T20:00") == 7 * 60
    cut = WorkingTime(n.calendar(timezone="Europe/Berlin", hours=n.office("sun", opens="02:30", closes="04:00")))
    assert between(cut, "2024-03-30T20:00", "2024-03-31T20:00") == 60
    assert between(cut, "2024-10-26T20:00", "2024-10-27T20:00") == 30 + 90


def test_overlapping_and_empty_slots_count_once_and_never() -> None:
    hours = (*n.office("mon", closes="12:00"), *n.office("mon", opens="11:00"), *n.office("tue", opens="17:00"))
    found = WorkingTime(n.calendar(hours=hours))
    assert between(found, "2024-01-15T00:00", "2024-01-17T00:00") == 8 * 60


def test_slots_that_are_disabled_or_special_do_not_count() -> None:
    monday = n.office("mon")[0]
    hours = ({**monday, "disabled": True}, {**monday, "special": True}, *n.office("tue"))
    assert due(WorkingTime(n.calendar(hours=hours)), "2024-01-15T00:00", 1) == "2024-01-16 09:01"


SPECIAL = WorkingTime(
    n.calendar(
        hours=n.office(),
        exceptions=(
            {"date": "2024-05-01", "working": True, "from": "10:00", "to": "12:00", "name": "Stocktaking"},
            {"date": "2024-05-02", "working": True},
            {"date": "2024-05-03", "working": False},
            {"date": "2024-05-06", "working": True, "disabled": True},
            {"date": "2024-05-07", "working": True, "from": "20:00"},
            {"date": "2023-12-25", "repeat": "yearly", "working": False, "name": "Christmas"},
            {"date": "2023-12-26", "repeat": "yearly", "working": True, "from": "09:00", "to": "10:00"},
            {"date": "2023-12-27", "repeat": "yearly", "working": True},
            {"date": "2025-12-25", "working": True, "from": "09:00", "to": "10:00"},
        ),
        days=tuple({"date": f"2024-{day}", "name": "Rest"} for day in ("05-01", "05-02", "05-08", "12-26", "12-27")),
    )
)


@pytest.mark.parametrize(
    ("day", "slots", "why"),
    [
        ("2024-04-30", ((540, 1020),), ""),
        ("2024-05-01", ((600, 720),), "Stocktaking"),
        ("2024-05-02", ((540, 1020),), "hours of its own"),
        ("2024-05-03", (), "day off"),
        ("2024-05-06", (), "day off"),
        ("2024-05-07", ((1200, 1440),), "hours of its own"),
        ("2024-05-08", (), "holiday: Rest"),
        ("2022-12-26", ((540, 1020),), ""),  # before its first year
        ("2024-12-25", (), "Christmas"),
        ("2024-12-26", ((540, 600),), "hours of its own"),
        ("2024-12-27", ((540, 1020),), "hours of its own"),
        ("2025-12-25", ((540, 600),), "hours of its own"),
        ("2024-05-04", (), ""),
    ],
)
def test_a_date_stands_above_a_yearly_day_and_that_above_a_holiday(
    day: str, slots: tuple[tuple[int, int], ...], why: str
) -> None:
    assert SPECIAL.slots(date.fromisoformat(day)) == (slots, why)


def test_the_unusual_days_of_a_span_are_told() -> None:
    start, end = minute(utc("2024-05-01T12:00")), minute(utc("2024-05-03T00:30"))
    assert [f"{day:%d} {why}" for day, why in SPECIAL.unusual(start, end)] == [
        "01 Stocktaking", "02 hours of its own", "03 day off",
    ]  # fmt: skip


@pytest.mark.parametrize("hours", [(), n.office("mon", opens="00:00", closes="00:01")])
def test_a_calendar_without_enough_time_in_ten_years_is_given_up(hours: tuple[dict[str, str], ...]) -> None:
    found = WorkingTime(n.calendar(hours=hours))
    assert found.between(0, 60) == 0
    with pytest.raises(Invalid) as refused:
        found.after(minute(utc("2024-01-15T00:00")), 523)
    assert (refused.value.member, refused.value.facts) == ("calendar", {"calendar": 5})


def test_ten_years_are_counted_from_the_start_to_the_day() -> None:
    once = {"date": "2034-01-15", "working": True, "from": "00:00", "to": "24:00"}
    found = WorkingTime(n.calendar(exceptions=(once,)))
    assert due(found, "2024-01-16T00:00", 1) == "2034-01-15 00:01"
    with pytest.raises(Invalid):
        due(found, "2024-01-14T00:00", 1)


def test_without_a_calendar_work_never_ends() -> None:
    assert due(ALWAYS, "2024-12-31T23:59", 2 * 366 * 1440) == "2027-01-02 23:59"
    assert between(ALWAYS, "2024-12-01T00:00", "2024-12-02T00:00") == 1440


@pytest.mark.parametrize("year", ["0004", "9998"])
def test_the_ends_of_time_are_no_matter_of_exceptions(year: str) -> None:
    assert between(OFFICE, f"{year}-06-01T00:00", f"{year}-06-01T00:01") == 0


def test_a_calendar_is_called_by_its_name_key_or_number() -> None:
    names = [WorkingTime(n.calendar(**said)).name for said in ({}, {"name": "", "key": "k"}, {"name": ""})]
    assert names == ["Office", "k", "5"]
    assert set(DAYS[:5]) == {said["day"] for said in n.office()}
