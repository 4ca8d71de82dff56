"""`GET /cases/{number}` and the meaning of every key in the answer. facts.md §4 `fields`, §5; DOMAIN §1-3."""

import pytest

from dialects.ibm.client import OFFERING, found_tenant, place_case, place_cases, unique, user_ref
from dialects.ibm.shapes import FIELDS, LABELS, assert_full_case, assert_refused, moment

STAGE_LABELS = {
    "new": "New",
    "open": "In Progress",
    "waiting": "Waiting on Client",
    "proposed": "Resolution Provided",
    "resolved": "Resolved",
    "closed": "Closed",
    "canceled": "Closed",
}


@pytest.fixture(scope="module")
def rich(server, alice):
    """A case on which every field has something to say."""
    case = alice.open(
        type="technical",
        offering=OFFERING,
        resources=[{"crn": "crn:v1:x:y:z:global:a/1:2::", "note": "this one"}],
        watchlist=[user_ref(server, "acme/bob")],
    )
    alice.comment(case["number"], "A comment")
    alice.upload(case["number"], b"data")
    return case["number"]


def test_without_fields_it_shows_every_key(alice, rich):
    case = alice.case(rich)
    assert set(case) == set(FIELDS)
    assert_full_case(case, alice.base)


@pytest.mark.parametrize("field", FIELDS)
def test_it_shows_only_the_field_asked_for(alice, rich, field):
    whole = alice.case(rich)
    assert alice.case(rich, fields=field) == {field: whole[field]}


def test_it_shows_several_fields_in_any_order_once_each(alice, rich):
    whole = alice.case(rich)
    assert alice.case(rich, fields="status,number,status") == {key: whole[key] for key in ("number", "status")}
    assert alice.case(rich, fields=["status", "eu,offering"]) == {
        key: whole[key] for key in ("status", "eu", "offering")
    }
    assert alice.case(rich, fields=",".join(FIELDS)) == whole


def test_an_empty_field_list_means_all_fields(alice, rich):
    assert alice.case(rich, fields="") == alice.case(rich)


@pytest.mark.parametrize("fields", ["bogus", "number,bogus", "type", "subject", "Number", "created_by.name", "*"])
def test_it_refuses_unknown_fields(alice, rich, fields):
    assert_refused(alice.request("GET", f"/cases/{rich}", params={"fields": fields}), 400)


def test_a_field_without_content_is_absent_only_for_offering(alice):
    number = alice.open()["number"]
    assert alice.case(number, fields="offering") == {}
    assert alice.case(number, fields="resources,attachments") == {"resources": [], "attachments": []}


@pytest.mark.parametrize(
    "number",
    [
        "fake-case-number",
        "invalid-case-num",
        "CS0000000",
        "CS9999999",
        "CS" + "9" * 40,
        "CS-1",
        "1",
        "%20",
        "CS%201%2F2",
        "..%2F..%2Fetc",
        "%00",
        "%F0%9F%9A%80",
        "'%20OR%201=1",
        "x" * 500,
    ],
)
def test_an_unknown_or_malformed_number_is_404_and_never_400(alice, number):
    assert_refused(alice.request("GET", f"/cases/{number}"), 404)
    assert_refused(alice.request("GET", f"/cases/{number}?fields=number"), 404)
    assert_refused(alice.request("PUT", f"/cases/{number}/comments", json={"comment": "x"}), 404)


@pytest.fixture(scope="module")
def staged(server):
    return dict(zip(STAGE_LABELS, place_cases(server, [{"stage": stage} for stage in STAGE_LABELS]), strict=True))


@pytest.mark.parametrize("stage", STAGE_LABELS)
def test_it_labels_every_stage(alice, staged, stage):
    assert alice.case(staged[stage])["status"] == STAGE_LABELS[stage]
    assert STAGE_LABELS[stage] in LABELS.values()


@pytest.mark.parametrize("rank", [1, 2, 3, 4])
def test_severity_is_the_rank_of_the_priority(server, alice, rank):
    assert alice.case(place_case(server, rank=rank))["severity"] == rank


def test_a_case_of_another_door_has_the_whole_shape(server, alice):
    number = place_case(
        server,
        requester="kit",
        contacts=["mona"],
        organization="acme-corp",
        assignees=["bob"],
        teams=["escalations"],
        watchers=["bob", "carl"],
        links=[{"name": "Runbook", "url": "https://x.example/runbook"}],
        comments=[{"by": "bob", "text": "Public words", "audience": "public"}],
        files=[{"name": "a b.txt", "text": "héllo", "audience": "public"}],
    )
    case = alice.case(number)
    assert_full_case(case, alice.base)
    assert "offering" not in case
    assert {user["name"] for user in case["watchlist"]} == {"Bob Agent", "Carl Customer"}
    assert [comment["value"] for comment in case["comments"]] == ["Public words"]
    assert case["comments"][0]["added_by"]["name"] == "Bob Agent"
    assert [(file["filename"], file["size_in_bytes"]) for file in case["attachments"]] == [("a b.txt", 6)]
    assert alice.download(number, case["attachments"][0]["id"]).content == "héllo".encode()
    [link] = case["resources"]
    assert link["name"] == "Runbook"
    assert link["url"] == "https://x.example/runbook"


def test_internal_comments_and_files_are_never_in_an_answer(server, alice, bob, carl):
    number = place_case(
        server,
        watchers=["carl"],
        comments=[
            {"by": "alice", "text": "for staff", "audience": "internal"},
            {"by": "alice", "text": "for all", "audience": "public"},
        ],
        files=[
            {"name": "staff.txt", "text": "staff", "audience": "internal"},
            {"name": "all.txt", "text": "all", "audience": "public"},
        ],
    )
    for door in (alice, bob, carl):
        case = door.case(number)
        assert [comment["value"] for comment in case["comments"]] == ["for all"]
        assert [comment["value"] for comment in door.comments(number)] == ["for all"]
        assert [file["filename"] for file in case["attachments"]] == ["all.txt"]
        assert "staff" not in str(door.cases(search=case["short_description"]))


def test_texts_beyond_this_apis_limits_are_returned_whole(server, alice):
    subject, description, comment = unique("long " * 100), "d" * 9000, "c" * 12000
    number = place_case(
        server,
        subject=subject,
        description=description,
        comments=[{"by": "bob", "text": comment, "audience": "public"}],
    )
    case = alice.case(number)
    assert case["short_description"] == subject
    assert case["description"] == description
    assert case["comments"][0]["value"] == comment


def test_a_case_without_a_subject_reads_as_its_type(server, doors):
    tenant = found_tenant(
        server,
        case_types=[{"key": "complaint", "base": "generic", "name": "Complaint", "version": 1, "status": "active"}],
        cases=[{"subject": None, "type": "complaint"}],
    )
    assert doors.by_key(tenant.secrets["ann"]).cases()["cases"][0]["short_description"] == "Complaint"


def test_numbers_are_cs_and_at_least_seven_digits_of_the_cases_own_number(server, alice):
    row = server.ids["cases"]["acme/first"]
    assert row["ibm"] == f"CS{row['number']:07}"
    assert alice.case(row["ibm"], fields="number,short_description") == {
        "number": row["ibm"],
        "short_description": "Cannot sign in",
    }


def test_times_are_utc_whatever_the_tenants_zone(server, alice):
    number = place_case(server, created_at="2024-07-15T10:00:00+02:00", updated_at="2024-07-15T23:30:00Z")
    case = alice.case(number)
    assert case["created_at"] == "2024-07-15 08:00:00"
    assert case["updated_at"] == "2024-07-15 23:30:00"


CHANGES = {
    "comment": lambda door, number, _: door.comment(number, "News"),
    "status": lambda door, number, _: door.set_status(number, "resolve", resolution_code=1),
    "resource": lambda door, number, _: door.add_resource(number, crn="crn:v1:x:y:z:global:a/1:2::"),
    "upload": lambda door, number, _: door.upload(number, b"data"),
    "watch": lambda door, number, carl: door.watch(number, carl),
    "unwatch": lambda door, number, carl: (door.watch(number, carl), door.unwatch(number, carl)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_sets_who_and_when(server, bob, change):
    number = place_case(server, created_at="2024-01-01T00:00:00Z", updated_at="2024-01-02T00:00:00Z")
    before = bob.case(number)
    assert before["updated_at"] == "2024-01-02 00:00:00"
    CHANGES[change](bob, number, user_ref(server, "acme/carl"))
    after = bob.case(number)
    assert moment(after["updated_at"]).year > 2024
    assert after["updated_by"]["name"] == "Bob Agent"
    assert after["created_at"] == before["created_at"]
    assert after["created_by"] == before["created_by"]


def test_reading_changes_nothing(server, alice):
    number = place_case(server, created_at="2024-01-01T00:00:00Z", updated_at="2024-01-02T00:00:00Z")
    first = alice.case(number)
    alice.comments(number)
    alice.cases(search=number)
    assert alice.case(number) == first
