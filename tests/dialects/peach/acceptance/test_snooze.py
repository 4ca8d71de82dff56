"""Operation 13: sleep and waking (spec/peach §8)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dialects.peach.acceptance.client import TIME, unchanged

HERE = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("days", [1, 30, 3650])
def test_a_case_sleeps_for_days_of_the_companys_zone(alice, days):
    case = alice.open()
    before = datetime.now(HERE).date()
    case.do("snooze", snoozeFor=days)
    after = datetime.now(HERE).date()
    shown = case.get()
    assert shown["snoozedUntil"] in {str(day + timedelta(days=days)) for day in (before, after)}
    assert TIME.fullmatch(shown["snoozedAt"])
    assert abs(datetime.fromisoformat(shown["snoozedAt"]) - datetime.now(UTC)) < timedelta(minutes=5)


def test_sleep_is_a_change_below_the_case(alice, bob):
    case = alice.open()
    bob.done("POST", f"{case.path}/snooze", {"snoozeFor": 1})
    after = case.get()
    assert after["lastSubresourceUpdatedAt"] > (case.made["lastSubresourceUpdatedAt"] or "")
    assert after["lastSubresourceUpdatedBy"]["id"] == alice.ids["users"]["acme/bob"]["peach"]
    assert (after["updatedAt"], after["status"]) == (case.made["updatedAt"], case.made["status"])


def test_null_wakes_the_case(alice):
    case = alice.open()
    case.do("snooze", snoozeFor=7)
    case.do("snooze", snoozeFor=None)
    after = case.get()
    assert (after["snoozedAt"], after["snoozedUntil"]) == (None, None)


def test_waking_a_case_that_is_awake_changes_nothing(alice):
    case = alice.open()
    case.do("snooze", snoozeFor=None)
    unchanged(case.made, case.get())


def test_a_second_snooze_replaces_the_first(alice):
    case = alice.open()
    case.do("snooze", snoozeFor=2)
    first = case.get()["snoozedUntil"]
    case.do("snooze", snoozeFor=20)
    assert case.get()["snoozedUntil"] > first


@pytest.mark.parametrize(
    "body",
    [{"snoozeFor": value} for value in (0, -1, 3651, "1", "", 1.5, True, [], {})] + [{}, {"snoozeUntil": "2040-01-01"}],
    ids=str,
)
def test_anything_but_a_number_of_days_or_null_is_refused(alice, body):
    case = alice.open()
    alice.wrong("snoozeFor", "POST", f"{case.path}/snooze", body)
    unchanged(case.made, case.get())


def test_a_sleeping_case_is_still_listed_and_edited(alice):
    case = alice.open()
    case.do("snooze", snoozeFor=7)
    until = case.get()["snoozedUntil"]
    assert alice.listed(f"/people/{case.person}/cases") == [case.id]
    after = case.put(name="While asleep")
    assert (after["name"], after["snoozedUntil"]) == ("While asleep", until)


def test_a_snooze_that_the_past_ended_is_cleared_by_null(server, alice):
    from dialects.peach.acceptance.client import word

    key = word()
    made = {"key": key, "subject": "Overslept", "borrowers": ["kit"], "snoozed_until": "2024-01-02"}
    number = server.apply({"tenants": [{"key": "acme", "cases": [made]}]})["cases"][f"acme/{key}"]["peach"]
    path = f"/people/ext-kit-1/cases/{number}"
    alice.done("POST", f"{path}/snooze", {"snoozeFor": None})
    after = alice.data("GET", path)
    assert (after["snoozedAt"], after["snoozedUntil"]) == (None, None)
