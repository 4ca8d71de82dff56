"""`PUT` and `DELETE /cases/{number}/watchlist`. facts.md §6.7-8, §8, §10.12-13."""

import pytest

from dialects.ibm.client import place_case, user_ref
from dialects.ibm.shapes import assert_refused, assert_user

NOBODY = {"realm": "IBMid", "user_id": "nobody@nowhere.example"}


@pytest.fixture
def bob_ref(server):
    return user_ref(server, "acme/bob")


@pytest.fixture
def carl_ref(server):
    return user_ref(server, "acme/carl")


@pytest.fixture
def number(alice):
    return alice.open()["number"]


def send(door, method, number, body):
    return door.request(method, f"/cases/{number}/watchlist", json=body)


def names(users):
    return sorted(user["name"] for user in users)


def test_it_adds_users_of_the_account(alice, number, bob_ref, carl_ref):
    result = alice.watch(number, bob_ref, carl_ref)
    assert set(result) == {"added", "failed"}
    assert names(result["added"]) == ["Bob Agent", "Carl Customer"]
    assert result["failed"] == []
    for user in result["added"]:
        assert_user(user)
    assert names(alice.case(number)["watchlist"]) == ["Bob Agent", "Carl Customer"]


def test_it_reports_strangers_as_failed_with_200(server, alice, number, bob_ref):
    gina = user_ref(server, "globex/gina")
    result = alice.watch(number, bob_ref, NOBODY, gina)
    assert names(result["added"]) == ["Bob Agent"]
    assert [(user["realm"], user["user_id"]) for user in result["failed"]] == [
        (user["realm"], user["user_id"]) for user in (NOBODY, gina)
    ]
    assert names(alice.case(number)["watchlist"]) == ["Bob Agent"]


def test_failing_reveals_nothing_of_another_tenants_user(server, alice, number):
    [failed] = alice.watch(number, user_ref(server, "globex/gina"))["failed"]
    assert "Gina" not in str(failed)


@pytest.mark.parametrize("realm", ["SL", "BSS"])
def test_a_user_of_another_realm_is_another_user(server, alice, number, realm):
    result = alice.watch(number, user_ref(server, "acme/bob", realm))
    assert result["added"] == []
    assert len(result["failed"]) == 1


def test_adding_again_succeeds_and_changes_nothing(server, alice, bob_ref):
    number = place_case(server, watchers=["bob"], created_at="2024-01-01T00:00:00Z", updated_at="2024-01-02T00:00:00Z")
    before = alice.case(number)
    assert before["updated_at"].startswith("2024-")
    assert names(alice.watch(number, bob_ref)["added"]) == ["Bob Agent"]
    assert alice.case(number) == before


def test_it_adds_to_whoever_was_there(alice, number, bob_ref, carl_ref):
    alice.watch(number, bob_ref)
    alice.watch(number, carl_ref)
    assert names(alice.case(number)["watchlist"]) == ["Bob Agent", "Carl Customer"]


def test_doubles_are_dropped_quietly(alice, number, bob_ref):
    assert names(alice.watch(number, bob_ref, bob_ref)["added"]) == ["Bob Agent"]
    assert names(alice.case(number)["watchlist"]) == ["Bob Agent"]


def test_name_and_type_may_come_along_and_mean_nothing(alice, number, bob_ref):
    result = alice.watch(number, bob_ref | {"name": "Mallory", "type": "customer", "extra": 1})
    assert names(result["added"]) == ["Bob Agent"]


@pytest.mark.parametrize("body", [{}, {"watchlist": None}])
def test_a_caller_who_gave_no_list_adds_and_removes_nobody(alice, number, bob_ref, body):
    alice.watch(number, bob_ref)
    assert alice.result("PUT", f"/cases/{number}/watchlist", json=body) == {"added": [], "failed": []}
    assert names(alice.result("DELETE", f"/cases/{number}/watchlist", json=body)["watchlist"]) == ["Bob Agent"]


@pytest.mark.parametrize(
    "watchlist",
    [
        [],
        {},
        "bob",
        ["bob"],
        [{}],
        [None],
        [{"realm": "IBMid"}],
        [{"user_id": "bob"}],
        [{"realm": "IBMid", "user_id": ""}],
        [{"realm": "IBMid", "user_id": None}],
        [{"realm": "IBMid", "user_id": 5}],
        [{"realm": "ibmid", "user_id": "bob"}],
        [{"realm": "", "user_id": "bob"}],
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_it_refuses_a_list_of_the_wrong_shape(alice, number, method, watchlist):
    assert_refused(send(alice, method, number, {"watchlist": watchlist}), 400)
    assert alice.case(number)["watchlist"] == []


@pytest.mark.parametrize("body", ["bob", 5, True], ids=str)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_it_refuses_a_body_that_is_neither_object_nor_list(alice, number, method, body):
    assert_refused(send(alice, method, number, body), 400)


def test_one_bad_entry_refuses_the_whole_list(alice, number, bob_ref):
    assert_refused(send(alice, "PUT", number, {"watchlist": [bob_ref, {"realm": "IBMid"}]}), 400)
    assert alice.case(number)["watchlist"] == []


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_it_takes_a_hundred_users_and_not_more(alice, number, method):
    users = [{"realm": "IBMid", "user_id": f"nobody{n}@x.example"} for n in range(101)]
    assert send(alice, method, number, {"watchlist": users[:100]}).status_code == 200
    assert_refused(send(alice, method, number, {"watchlist": users}), 400)


def test_it_removes_and_answers_with_who_remains(alice, number, bob_ref, carl_ref):
    alice.watch(number, bob_ref, carl_ref)
    answer = alice.result("DELETE", f"/cases/{number}/watchlist", json={"watchlist": [bob_ref]})
    assert set(answer) == {"watchlist"}
    assert names(answer["watchlist"]) == ["Carl Customer"]
    for user in answer["watchlist"]:
        assert_user(user)
    assert names(alice.case(number)["watchlist"]) == ["Carl Customer"]


def test_removing_the_last_leaves_an_empty_list(alice, number, bob_ref):
    alice.watch(number, bob_ref)
    assert alice.unwatch(number, bob_ref) == []
    assert alice.case(number)["watchlist"] == []


def test_removing_somebody_who_does_not_watch_succeeds_and_changes_nothing(server, alice, carl_ref):
    number = place_case(server, watchers=["bob"], created_at="2024-01-01T00:00:00Z", updated_at="2024-01-02T00:00:00Z")
    before = alice.case(number)
    assert before["updated_at"].startswith("2024-")
    assert names(alice.unwatch(number, carl_ref, NOBODY)) == ["Bob Agent"]
    assert alice.case(number) == before


def test_removing_accepts_the_bare_list_of_the_curl_sample_and_answers_an_object(alice, number, bob_ref, carl_ref):
    alice.watch(number, bob_ref, carl_ref)
    answer = alice.result("DELETE", f"/cases/{number}/watchlist", json=[bob_ref])
    assert names(answer["watchlist"]) == ["Carl Customer"]


@pytest.mark.parametrize("body", [[], ["bob"], [{"realm": "IBMid"}]], ids=str)
def test_removing_refuses_a_bare_list_of_the_wrong_shape(alice, number, body):
    assert_refused(send(alice, "DELETE", number, body), 400)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_unknown_case_is_404_although_the_document_forgot_it(alice, bob_ref, method):
    assert_refused(send(alice, method, "fake-case-number", {"watchlist": [bob_ref]}), 404)


def test_a_watcher_can_work_on_that_one_case_until_removed(server, alice, rita):
    number, other = alice.open()["number"], alice.open()["number"]
    assert_refused(rita.request("GET", f"/cases/{number}"), 404)
    alice.watch(number, user_ref(server, "acme/rita"))
    assert rita.case(number)["number"] == number
    assert rita.comment(number, "I can write")["value"] == "I can write"
    assert rita.upload(number, b"and attach")["size_in_bytes"] == 10
    assert rita.set_status(number, "resolve", resolution_code=1)["status"] == "Resolved"
    assert number in rita.numbers(search=number)
    assert_refused(rita.request("GET", f"/cases/{other}"), 404)
    alice.unwatch(number, user_ref(server, "acme/rita"))
    assert_refused(rita.request("GET", f"/cases/{number}"), 404)
    assert_refused(rita.request("PUT", f"/cases/{number}/comments", json={"comment": "x"}), 404)


def test_a_watching_customer_can_read_and_write(server, alice, carl, carl_ref):
    number = alice.open()["number"]
    assert_refused(carl.request("GET", f"/cases/{number}"), 404)
    alice.watch(number, carl_ref)
    carl.comment(number, "Thank you")
    assert carl.case(number)["comments"][0]["value"] == "Thank you"
