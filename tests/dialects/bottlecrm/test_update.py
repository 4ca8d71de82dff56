"""Changing cases with PUT and PATCH, which are both partial (spec/bottlecrm §1)."""

import pytest

from dialects.bottlecrm.client import MALFORMED, NOBODY, unique
from dialects.bottlecrm.test_create import WRONG, people

VERBS = ["PUT", "PATCH"]
STATUSES = ["New", "In Progress", "On Hold", "Closed"]


@pytest.fixture(params=VERBS)
def update(request, alice):
    def change(case, **members):
        return alice.result(request.param, f"/api/cases/{case}/", json=members)

    return change


@pytest.fixture
def whole(alice):
    return alice.open(
        unique("Whole"), description="…", status="In Progress", priority="High", case_type="Billing", **people(alice)
    )


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("name", "Another"),
        ("description", "Other words"),
        ("description", None),
        ("status", "On Hold"),
        ("priority", "Low"),
        ("case_type", "Technical"),
        ("case_type", None),
        ("account", None),
        ("contacts", []),
        ("assigned_to", []),
        ("teams", []),
    ],
)
def test_what_is_absent_stays(alice, whole, update, member, value):
    after = update(whole["id"], **{member: value})
    assert after == {**whole, member: value}
    assert alice.case(whole["id"]) == after


def test_an_empty_body_changes_nothing(alice, whole, update):
    assert update(whole["id"]) == whole


def test_everything_at_once(alice, update):
    case = alice.open()
    wanted = {
        "name": unique("All"),
        "description": "d",
        "status": "Closed",
        "priority": "Critical",
        "case_type": "General",
        "closed_on": "2023-02-05T16:30:00Z",
        **people(alice),
    }
    after = update(case["id"], **wanted)
    assert {name: after[name] for name in wanted} == wanted


def test_what_was_got_can_be_put_back(alice, whole, update):
    assert update(whole["id"], **whole) == whole


def test_a_list_replaces_the_stored_one(alice, whole, update):
    bob, rita, vera = (alice.id("users", f"acme/{name}") for name in ("bob", "rita", "vera"))
    assert set(update(whole["id"], assigned_to=[vera, rita])["assigned_to"]) == {vera, rita}
    assert update(whole["id"], assigned_to=[bob])["assigned_to"] == [bob]
    lou = alice.id("persons", "acme/lou")
    assert update(whole["id"], contacts=[lou])["contacts"] == [lou]


def test_the_same_members_in_another_order_change_nothing(alice, whole, update):
    assert update(whole["id"], assigned_to=whole["assigned_to"][::-1], contacts=whole["contacts"][::-1]) == whole


@pytest.mark.parametrize(("member", "value"), WRONG, ids=str)
def test_a_wrong_member_is_named_and_nothing_changes(alice, whole, member, value):
    for verb in VERBS:
        body = {"name": "Changed", member: value}
        assert set(alice.wrong(verb, f"/api/cases/{whole['id']}/", json=body)) == {member}
    assert alice.case(whole["id"]) == whole


@pytest.mark.parametrize("name", ["", " ", None, 5, "x" * 256])
def test_a_wrong_name_is_refused(alice, whole, name):
    for verb in VERBS:
        assert set(alice.wrong(verb, f"/api/cases/{whole['id']}/", json={"name": name})) == {"name"}


def test_every_wrong_member_is_named_at_once(alice, whole):
    body = {"name": "", "status": "x", "account": NOBODY, "teams": [NOBODY], "closed_on": "x"}
    for verb in VERBS:
        assert set(alice.wrong(verb, f"/api/cases/{whole['id']}/", json=body)) == set(body)


def test_read_only_members_are_ignored(alice, whole, update):
    assert update(whole["id"], id=NOBODY, org=NOBODY, created_on="2000-01-01T00:00:00Z", created_by=NOBODY) == whole


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("case", [NOBODY, MALFORMED, "1", "%00"])
def test_an_unknown_case_is_404(alice, verb, case):
    alice.refused(verb, f"/api/cases/{case}/", 404, json={"name": "x"})


def test_what_is_unknown_comes_before_what_is_wrong(alice):
    alice.refused("PUT", f"/api/cases/{NOBODY}/", 404, json={"name": ""})


# ---- status and the time of closing


@pytest.mark.parametrize("before", STATUSES)
@pytest.mark.parametrize("after", STATUSES)
def test_any_status_from_any(alice, before, after):
    case = alice.open(status=before)
    assert alice.put(case["id"], status=after)["status"] == after


def test_closing_stamps_the_time(alice, update):
    case = alice.open()
    after = update(case["id"], status="Closed")
    assert after["closed_on"] > case["created_on"]


def test_closing_with_a_time_keeps_it(alice, update):
    case = alice.open()["id"]
    body = {"name": "Login Issues - RESOLVED", "status": "Closed", "closed_on": "2023-02-05T16:30:00Z"}
    after = update(case, **body)
    assert {name: after[name] for name in body} == body


def test_closing_with_null_stamps_the_time(alice, update):
    case = alice.open()
    assert update(case["id"], **{**case, "status": "Closed"})["closed_on"] is not None


@pytest.mark.parametrize("status", STATUSES[:3])
def test_reopening_clears_the_time(alice, update, status):
    case = alice.open(status="Closed")["id"]
    assert update(case, status=status)["closed_on"] is None


def test_reopening_clears_the_time_even_with_one(alice, update):
    case = alice.open(status="Closed")["id"]
    assert update(case, status="New", closed_on="2023-02-05T16:30:00Z")["closed_on"] is None


def test_the_time_of_an_open_case_is_not_kept(alice, update):
    case = alice.open()["id"]
    assert update(case, closed_on="2023-02-05T16:30:00Z")["closed_on"] is None
    assert update(case, status="Closed")["closed_on"] > "2024"


def test_the_time_of_a_closed_case_can_be_corrected(alice, update):
    case = alice.open(status="Closed")["id"]
    assert update(case, closed_on="2023-02-05")["closed_on"] == "2023-02-05T00:00:00Z"
    assert update(case, closed_on="2023-02-06T01:00:00Z", status="Closed")["closed_on"] == "2023-02-06T01:00:00Z"


def test_other_changes_leave_the_time(alice, update):
    case = alice.open(status="Closed", closed_on="2023-02-05")
    assert update(case["id"], name="Other", status="Closed") == {**case, "name": "Other"}


def test_closing_anew_stamps_anew(alice, update):
    case = alice.open(status="Closed", closed_on="2023-02-05")["id"]
    update(case, status="New")
    assert update(case, status="Closed")["closed_on"] > "2024"


# ---- files


@pytest.mark.parametrize("verb", VERBS)
def test_files_come_along(alice, verb):
    case = alice.open()["id"]
    files = {"attachment": ("a.txt", b"one")}
    after = alice.result(verb, f"/api/cases/{case}/", data={"status": "On Hold", "contacts": ""}, files=files)
    assert after["status"] == "On Hold"
    assert [file["file_name"] for file in alice.detail(case)["attachments"]] == ["a.txt"]


def test_an_empty_list_in_a_form_clears(alice, whole):
    after = alice.result("PUT", f"/api/cases/{whole['id']}/", data={"contacts": "", "account": "", "teams": "[]"})
    assert (after["contacts"], after["account"], after["teams"]) == ([], None, [])
    assert after["assigned_to"] == whole["assigned_to"]
