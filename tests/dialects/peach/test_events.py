"""The names under which changes are announced, and what they say (spec/peach §12)."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from casework.auth.principals import Principals
from casework.dialects.peach.events import announcements, changes
from casework.store.events import StoredEvent

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


def event(kind, new=None, was=None, *, texts=None, subject="case"):
    return StoredEvent(
        tenant_id=3, seq=1, subject_kind=subject, subject=4711, uid=UUID(int=5), version=2, n=0, at=NOON, actor=7,
        on_behalf_of=None, via="peach", kind=kind, text_digest=None, hash=b"",
        data=msgspec.json.encode({"set": new or {}, "was": was or {}}).decode(),
        texts=msgspec.json.encode(texts).decode() if texts else None,
    )  # fmt: skip


def names(*args, **more):
    return [one.event_type for one in announcements(event(*args, **more))]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("opened", ["case.changed", "case.created"]),
        ("edited", ["case.changed", "case.updated"]),
        ("status_changed", ["case.changed", "case.updated"]),
        ("assigned", ["case.changed", "case.updated"]),
        ("snoozed", ["case.changed", "case.updated"]),
        ("woken", ["case.changed", "case.updated"]),
        ("deleted", ["case.changed", "case.deleted"]),
        ("restored", ["case.changed", "case.created"]),
        ("associated", ["case.association.added"]),
        ("related", ["case.association.added"]),
        ("dissociated", ["case.association.removed"]),
        ("unrelated", ["case.association.removed"]),
        ("escalation_recorded", ["case.escalation.changed", "case.escalation.created"]),
        ("escalation_changed", ["case.escalation.changed"]),
        ("escalation_ended", ["case.escalation.changed", "case.escalation.canceled"]),
        ("escalated", []),
        ("commented", []),
        ("watched", []),
    ],
)
def test_names(kind, expected):
    assert names(kind) == expected


def test_other_nouns_have_no_names_here():
    assert names("opened", subject="persons") == []


def test_an_announcement_says_which_case_and_what_differs():
    one, old = announcements(event("edited", {}, {}, texts={"set": {"subject": "New"}, "was": {"subject": "Old"}}))
    assert msgspec.to_builtins(one) == {
        "id": "00000000-0000-0000-0000-000000000005-2-0-case.changed", "eventType": "case.changed",
        "createdAt": "2024-03-01T12:00:00.000000+00:00", "companyId": "CP-0000-0003", "objectType": "case",
        "objectId": "CS-0000-04K7", "changes": [{"field": "name", "old": "Old", "new": "New"}],
    }  # fmt: skip
    assert (old.event_type, old.changes) == ("case.updated", one.changes)


def test_a_do_not_interact_has_names_of_its_own():
    some, other = {"peach": {"doNotInteract": {"channels": ["all"]}}}, {"peach": {"doNotInteract": {"channels": []}}}
    prefix = "case.donotinteract"
    assert names("edited", {"extra": some}, {"extra": {}}) == [f"{prefix}.changed", f"{prefix}.created"]
    assert names("edited", {"extra": other}, {"extra": some}) == [f"{prefix}.changed", f"{prefix}.updated"]
    assert names("edited", {"extra": {}}, {"extra": some}) == [f"{prefix}.changed", f"{prefix}.deleted"]
    assert names("silenced", {"extra": some}, {"extra": {}}) == [f"{prefix}.changed", f"{prefix}.created"]
    both = names("edited", {"extra": some, "outcome": "approved"}, {"extra": {}, "outcome": None})
    assert both == [f"{prefix}.changed", f"{prefix}.created", "case.changed", "case.updated"]


@pytest.mark.parametrize(
    ("new", "was", "expected"),
    [
        ({"stage": "open"}, {"stage": "new"}, ("status", "initiated", "processing")),
        ({"stage": "new", "type": 1}, {}, ("status", None, "initiated")),
        ({"stage": "open", "reopened": True}, {"stage": "closed", "reopened": False},
         ("status", "completed", "reopened")),
        ({"reopened": False}, {"reopened": True}, ("status", "reopened", None)),
        ({"owner": 9}, {"owner": None}, ("owningEmployeeId", None, "EM-0000-0009")),
        ({"borrowers": [1, 2]}, {"borrowers": [1]},
         ("borrowerIds", ["BO-0000-0001"], ["BO-0000-0001", "BO-0000-0002"])),
        ({"snoozed_until": "2024-03-02"}, {"snoozed_until": None}, ("snoozedUntil", None, "2024-03-02")),
        ({"opened_at": "2024-03-01T12:00:00Z"}, {"opened_at": None},
         ("openedAt", None, "2024-03-01T12:00:00.000000+00:00")),
        ({"subject": "xxxxxxxxxxTxxxxxxxxxx"}, {"subject": ""}, ("name", "", "xxxxxxxxxxTxxxxxxxxxx")),
        ({"extra": {"peach": {"lenderAck": True}}}, {"extra": {}}, ("lenderAck", None, True)),
    ],
)  # fmt: skip
def test_members_are_called_as_this_api_calls_them(new, was, expected):
    field, old, value = expected
    assert {"field": field, "old": old, "new": value} in changes(new, was)


def test_what_only_others_know_is_left_out():
    assert changes({"solution": "x", "extra": {"ibm": {"a": 1}}}, {"solution": "", "extra": {}}) == []


async def test_the_feed_of_a_real_case_translates(casebook, server):
    principal = await Principals(casebook.database).by_secret(server.secret("acme/alice"))
    found = [one for event in await casebook.feed.after(principal, 0, 1000) for one in announcements(event)]
    assert {"case.changed", "case.created"} <= {one.event_type for one in found}
