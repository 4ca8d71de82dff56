"""`GET` and `PUT /cases/{number}/comments`. facts.md §5, §6.5-6, §7.2, §10, §11.4-5."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dialects.ibm.client import place_case
from dialects.ibm.shapes import assert_comment, assert_recent, assert_refused


def put(door, number, body):
    return door.request("PUT", f"/cases/{number}/comments", json=body)


def test_it_answers_with_the_stored_comment(server, alice):
    number = alice.open()["number"]
    comment = alice.comment(number, "Logs are attached now")
    assert_comment(comment)
    assert comment["value"] == "Logs are attached now"
    assert comment["added_by"]["name"] == "Alice Admin"
    assert comment["added_by"]["user_id"] == server.ids["users"]["acme/alice"]["ibm"]
    assert_recent(comment["added_at"])


def test_every_call_adds_even_the_same_words(alice):
    number = alice.open()["number"]
    for _ in range(3):
        alice.comment(number, "Any news?")
    assert [comment["value"] for comment in alice.comments(number)] == ["Any news?"] * 3


def test_it_lists_oldest_first_with_the_total(alice, bob):
    number = alice.open()["number"]
    for n in range(12):
        (alice, bob)[n % 2].comment(number, f"Comment {n}")
    listed = alice.result("GET", f"/cases/{number}/comments")
    assert set(listed) == {"total_count", "comments"}
    assert listed["total_count"] == 12
    assert [comment["value"] for comment in listed["comments"]] == [f"Comment {n}" for n in range(12)]
    for comment in listed["comments"]:
        assert_comment(comment)
        assert comment["sys_created_by"].startswith("IBMid-")


def test_the_case_shows_the_same_comments_in_the_same_order(alice):
    number = alice.open()["number"]
    for n in range(3):
        alice.comment(number, f"Comment {n}")
    keys = ("value", "added_at", "added_by")
    listed = [{key: comment[key] for key in keys} for comment in alice.comments(number)]
    assert alice.case(number, fields="comments")["comments"] == listed


def test_it_orders_by_time_and_not_by_the_order_of_arrival(server, alice):
    texts = [("late", "2024-03-03T00:00:00Z"), ("early", "2024-03-01T00:00:00Z"), ("middle", "2024-03-02T00:00:00Z")]
    number = place_case(
        server,
        created_at="2024-02-01T00:00:00Z",
        comments=[{"by": "bob", "text": text, "audience": "public", "at": at} for text, at in texts],
    )
    assert [comment["value"] for comment in alice.comments(number)] == ["early", "middle", "late"]
    assert alice.comments(number)[0]["added_at"] == "2024-03-01 00:00:00"


def test_a_case_without_comments_lists_none(alice):
    assert alice.result("GET", f"/cases/{alice.open()['number']}/comments") == {"total_count": 0, "comments": []}


@pytest.mark.parametrize(("unit", "name"), [("x", "letters"), ("🚀", "emoji"), ("\n", "lines")])
def test_it_takes_8000_characters_and_not_one_more(alice, unit, name):
    number = alice.open()["number"]
    text = f"a{unit * 7998}z"
    assert alice.comment(number, text)["value"] == text
    assert_refused(put(alice, number, {"comment": text + "z"}), 400)
    assert len(alice.comments(number)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"comment": ""},
        {"comment": None},
        {"comment": 5},
        {"comment": ["text"]},
        {"comment": {"value": "text"}},
        {"value": "text"},
        [],
        ["text"],
        "text",
    ],
    ids=str,
)
def test_it_refuses_a_body_without_text(alice, body):
    number = alice.open()["number"]
    assert_refused(put(alice, number, body), 400)
    assert alice.comments(number) == []


def test_it_ignores_members_it_does_not_know(alice):
    number = alice.open()["number"]
    comment = alice.result(
        "PUT", f"/cases/{number}/comments", json={"comment": "Hi", "audience": "internal", "added_by": {"x": 1}}
    )
    assert comment["value"] == "Hi"
    assert comment["added_by"]["name"] == "Alice Admin"
    assert len(alice.comments(number)) == 1


def test_it_keeps_every_character(alice):
    number = alice.open()["number"]
    text = "Zeile 1\nZeile 2\r\n\t<b>&amp;</b> \"'\\ %s 🚀 العربية \u2028"
    assert alice.comment(number, text)["value"] == text
    assert alice.comments(number)[0]["value"] == text


def test_internal_notes_are_hidden_also_from_staff_and_from_the_total(server, alice, carl):
    number = place_case(
        server,
        watchers=["carl"],
        comments=[
            {"by": "bob", "text": "seen", "audience": "public", "at": "2024-03-01T00:00:00Z"},
            {"by": "bob", "text": "hidden", "audience": "internal", "at": "2024-03-02T00:00:00Z"},
        ],
    )
    for door in (alice, carl):
        listed = door.result("GET", f"/cases/{number}/comments")
        assert listed["total_count"] == 1
        assert [comment["value"] for comment in listed["comments"]] == ["seen"]


def test_what_is_written_here_is_public(server, alice, bob, carl):
    number = place_case(server, watchers=["carl"])
    for door in (alice, bob, carl):
        door.comment(number, "For everybody")
    assert [comment["value"] for comment in carl.comments(number)] == ["For everybody"] * 3


def test_a_clients_comment_brings_a_waiting_case_back(server, carl, alice):
    number = place_case(server, stage="waiting", watchers=["carl"])
    carl.comment(number, "Here is what you asked for")
    case = alice.case(number)
    assert case["status"] == "In Progress"
    assert case["updated_by"]["name"] == "Carl Customer"


@pytest.mark.parametrize(
    ("stage", "label"),
    [("new", "New"), ("open", "In Progress"), ("proposed", "Resolution Provided"), ("resolved", "Resolved")],
)
def test_a_clients_comment_moves_no_other_case(server, carl, stage, label):
    number = place_case(server, stage=stage, watchers=["carl"])
    carl.comment(number, "By the way")
    assert carl.case(number)["status"] == label


def test_none_of_many_at_once_is_lost(alice):
    number = alice.open()["number"]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: alice.comment(number, f"Comment {n}"), range(18)))
    assert sorted(comment["value"] for comment in alice.comments(number)) == sorted(f"Comment {n}" for n in range(18))


def test_an_unknown_case_has_no_comments(alice):
    assert_refused(alice.request("GET", "/cases/fake-case-number/comments"), 404)
    assert_refused(put(alice, "fake-case-number", {"comment": "x"}), 404)
