"""Notes of a case (spec/peach §11)."""

import pytest

from dialects.peach.acceptance.client import TIME


def test_a_note_is_answered_with_its_defaults(alice):
    case = alice.open()
    body = alice.ok("POST", f"{case.path}/notes", {"content": "Called back"})
    assert body["status"] == 200
    note = body["data"]
    assert note["content"] == "Called back"
    assert (note["status"], note["category"]) == ("active", "generic")
    flags = ("important", "sensitiveData", "archived", "pinned", "taskableInstruction")
    assert {name: note[name] for name in flags} == dict.fromkeys(flags, False)
    assert note["id"]
    assert TIME.fullmatch(note["createdAt"])
    assert note["updatedAt"] is None
    assert case.notes() == [note]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("important", True),
        ("sensitiveData", True),
        ("taskableInstruction", True),
        ("pinned", True),
        ("status", "inactive"),
        ("category", "escalationCreateReason"),
        ("category", "escalationUpdateReason"),
        ("category", "escalationCancelReason"),
        ("category", "generic"),
    ],
)
def test_a_member_of_a_note_is_kept(alice, member, value):
    case = alice.open()
    assert case.note(**{member: value})[member] == value
    assert [note[member] for note in case.notes(includeArchived="true")] == [value]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("content", None),
        ("content", 7),
        ("important", "very"),
        ("category", "gossip"),
        ("status", "gone"),
        ("pinned", "yes"),
        ("archived", 1.5),
        ("sensitiveData", "no"),
        ("taskableInstruction", []),
    ],
)
def test_a_member_of_a_note_out_of_its_range_is_refused(alice, member, value):
    case = alice.open()
    alice.wrong(member, "POST", f"{case.path}/notes", {"content": "A note", member: value})
    assert case.notes() == []


def test_a_note_needs_content(alice):
    case = alice.open()
    alice.wrong("content", "POST", f"{case.path}/notes", {"important": True})
    assert case.notes() == []


def test_archived_notes_are_shown_only_when_asked_for(alice):
    case = alice.open()
    kept, archived = case.note("Kept"), case.note("Archived", archived=True)
    assert archived["archived"] is True
    assert [note["id"] for note in case.notes()] == [kept["id"]]
    assert [note["id"] for note in case.notes(includeArchived="false")] == [kept["id"]]
    assert [note["id"] for note in case.notes(includeArchived="true")] == [archived["id"], kept["id"]]


def test_notes_are_filtered_by_pin_and_category(alice):
    case = alice.open()
    plain, pinned = case.note("Plain"), case.note("Pinned", pinned=True)
    case.escalate(escalatedTeamId=alice.team(), note="Up")
    assert [note["id"] for note in case.notes(pinned="true")] == [pinned["id"]]
    assert pinned["id"] not in [note["id"] for note in case.notes(pinned="false")]
    assert [note["content"] for note in case.notes(categories="escalationCreateReason")] == ["Up"]
    assert [note["id"] for note in case.notes(categories="generic")] == [pinned["id"], plain["id"]]
    assert len(case.notes(categories="generic,escalationCreateReason")) == 3
    assert len(case.notes(categories=["generic", "escalationCreateReason"])) == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [("categories", "gossip"), ("includeArchived", "perhaps"), ("pinned", "perhaps"), ("limit", "0"), ("limit", "101")],
)
def test_a_parameter_out_of_its_range_is_400(alice, name, value):
    case = alice.open()
    alice.wrong(name, "GET", f"{case.path}/notes", params={name: value})


def test_notes_are_paged_in_both_directions(alice):
    case = alice.open()
    made = [case.note(f"Note {n}")["id"] for n in range(5)][::-1]
    page = alice.ok("GET", f"{case.path}/notes", params={"limit": 2})
    assert set(page) >= {"status", "total", "count", "nextUrl", "previousUrl", "data"}
    assert (page["total"], page["count"], page["previousUrl"]) == (5, 2, None)
    assert [note["id"] for note in page["data"]] == made[:2]
    assert page["nextUrl"]
    assert [note["id"] for note in case.notes(startingAfter=made[1], limit=2)] == made[2:4]
    assert [note["id"] for note in case.notes(endingBefore=made[3], limit=2)] == made[1:3]
    assert [note["id"] for note in case.notes(endingBefore=made[2], startingAfter=made[3])] == made[:2]
    alice.refused(404, "GET", f"{case.path}/notes", params={"startingAfter": "NT-ZZZZ-ZZZZ"})


def test_notes_belong_to_their_case(alice):
    case, other = alice.open(), alice.open()
    note = case.note()
    assert other.notes() == []
    alice.refused(404, "GET", f"{other.path}/notes", params={"startingAfter": note["id"]})


def test_a_note_is_no_change_of_the_case_itself(alice):
    case = alice.open()
    case.note()
    after = case.get()
    assert after["updatedAt"] == case.made["updatedAt"] is None
    assert after["name"] == case.made["name"]
