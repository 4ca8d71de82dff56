"""`PUT /cases/{number}/status`: the moves of facts.md §7 over the stages of DOMAIN §2."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dialects.ibm.client import place_case, place_cases
from dialects.ibm.shapes import RESOLUTIONS, assert_full_case, assert_refused

STAGES = ("new", "open", "waiting", "proposed", "resolved", "closed", "canceled")
BODIES = {
    "resolve": {"action": "resolve", "resolution_code": 1, "comment": "Wrong setting"},
    "unresolve": {"action": "unresolve", "comment": "It is back"},
    "accept": {"action": "accept"},
}
ALLOWED = {
    ("new", "resolve"): "Resolved",
    ("open", "resolve"): "Resolved",
    ("waiting", "resolve"): "Resolved",
    ("proposed", "resolve"): "Resolved",
    ("proposed", "unresolve"): "In Progress",
    ("resolved", "unresolve"): "In Progress",
    ("proposed", "accept"): "Resolved",
}
REFUSED = [(stage, action) for stage in STAGES for action in BODIES if (stage, action) not in ALLOWED]


def put(door, number, body):
    return door.request("PUT", f"/cases/{number}/status", json=body)


@pytest.fixture(scope="module")
def placed(server):
    """A case of its own for every stage and action."""
    pairs = [(stage, action) for stage in STAGES for action in BODIES]
    return dict(zip(pairs, place_cases(server, [{"stage": stage} for stage, _ in pairs]), strict=True))


@pytest.mark.parametrize(("stage", "action"), ALLOWED)
def test_it_makes_the_moves_that_fit(alice, placed, stage, action):
    number = placed[stage, action]
    case = alice.result("PUT", f"/cases/{number}/status", json=BODIES[action])
    assert_full_case(case, alice.base)
    assert case["number"] == number
    assert case["status"] == ALLOWED[stage, action]
    assert case["updated_by"]["name"] == "Alice Admin"
    assert alice.case(number) == case


@pytest.mark.parametrize(("stage", "action"), REFUSED)
def test_it_answers_409_to_a_move_that_does_not_fit_and_changes_nothing(alice, placed, stage, action):
    number = placed[stage, action]
    before = alice.case(number)
    assert_refused(put(alice, number, BODIES[action]), 409)
    assert alice.case(number) == before


@pytest.mark.parametrize(("code", "label"), RESOLUTIONS.items())
def test_resolving_shows_the_label_of_the_code_and_the_comment_as_close_notes(alice, code, label):
    number = alice.open()["number"]
    case = alice.set_status(number, "resolve", resolution_code=code, comment="Wrong setting on our side")
    assert case["status"] == "Resolved"
    assert case["resolution"] == label
    assert case["close_notes"] == "Wrong setting on our side"
    assert "Close notes: Wrong setting on our side" in [comment["value"] for comment in case["comments"]]


@pytest.mark.parametrize("members", [{}, {"comment": None}])
def test_resolving_needs_no_comment(alice, members):
    case = alice.set_status(alice.open()["number"], "resolve", resolution_code=6, **members)
    assert case["resolution"] == RESOLUTIONS[6]
    assert case["close_notes"] == ""


def test_resolving_twice_is_a_conflict(alice):
    number = alice.open()["number"]
    alice.set_status(number, "resolve", resolution_code=1)
    assert_refused(put(alice, number, BODIES["resolve"]), 409)


def test_unresolving_adds_the_comment_and_takes_resolution_and_notes_back(alice):
    number = alice.open()["number"]
    alice.set_status(number, "resolve", resolution_code=2, comment="Fixed")
    case = alice.set_status(number, "unresolve", comment="It is back")
    assert case["status"] == "In Progress"
    assert case["resolution"] == ""
    assert case["close_notes"] == ""
    assert "It is back" in [comment["value"] for comment in case["comments"]]
    assert "It is back" in [comment["value"] for comment in alice.comments(number)]


def test_a_case_can_go_round_more_than_once(alice):
    number = alice.open()["number"]
    for code in (1, 2, 3):
        assert alice.set_status(number, "resolve", resolution_code=code)["resolution"] == RESOLUTIONS[code]
        assert alice.set_status(number, "unresolve", comment="No")["status"] == "In Progress"
    assert alice.set_status(number, "resolve", resolution_code=8)["resolution"] == RESOLUTIONS[8]


@pytest.mark.parametrize("members", [{}, {"comment": None}, {"comment": "Works, thank you"}])
def test_accepting_resolves_with_the_engineers_label(server, alice, members):
    number = place_case(server, stage="proposed")
    case = alice.set_status(number, "accept", **members)
    assert case["status"] == "Resolved"
    assert case["resolution"] == RESOLUTIONS[8]
    assert (members.get("comment") or "") in str([case["close_notes"], case["comments"]])


def test_an_accepted_case_can_be_unresolved(server, alice):
    number = place_case(server, stage="proposed")
    alice.set_status(number, "accept")
    assert alice.set_status(number, "unresolve", comment="No")["status"] == "In Progress"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": None},
        {"action": ""},
        {"action": "close"},
        {"action": "Resolve", "resolution_code": 1},
        {"action": 1},
        {"action": ["resolve"], "resolution_code": 1},
        {"resolution_code": 1},
        {"action": "resolve"},
        {"action": "resolve", "resolution_code": None},
        {"action": "resolve", "resolution_code": 0},
        {"action": "resolve", "resolution_code": 9},
        {"action": "resolve", "resolution_code": -1},
        {"action": "resolve", "resolution_code": "1"},
        {"action": "resolve", "resolution_code": 1.5},
        {"action": "resolve", "resolution_code": True},
        {"action": "resolve", "resolution_code": 1, "comment": 5},
        [],
        [{"action": "resolve", "resolution_code": 1}],
        "resolve",
    ],
    ids=str,
)
def test_it_refuses_a_payload_that_says_nothing_clear(alice, body):
    number = alice.open()["number"]
    assert_refused(put(alice, number, body), 400)
    assert alice.case(number)["status"] == "New"


@pytest.mark.parametrize("members", [{}, {"comment": None}, {"comment": ""}, {"comment": 5}], ids=str)
def test_unresolving_needs_a_comment(server, alice, members):
    number = alice.open()["number"]
    alice.set_status(number, "resolve", resolution_code=1)
    assert_refused(put(alice, number, {"action": "unresolve"} | members), 400)
    assert alice.case(number)["status"] == "Resolved"


def test_it_ignores_members_that_belong_to_other_actions(server, alice):
    number = place_case(server, stage="proposed")
    assert alice.set_status(number, "accept", resolution_code=99, colour="red")["resolution"] == RESOLUTIONS[8]


def test_it_accepts_json_sent_as_a_form_because_curl_does(alice):
    number = alice.open()["number"]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    content = '{"action": "resolve", "resolution_code": 1}'
    case = alice.result("PUT", f"/cases/{number}/status", content=content, headers=headers)
    assert case["status"] == "Resolved"


def test_of_several_at_once_exactly_one_resolves(alice):
    number = alice.open()["number"]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: put(alice, number, BODIES["resolve"]), range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    for answer in answers:
        if answer.status_code == 409:
            assert_refused(answer, 409)


def locked(server, stage):
    """A case that only staff may bring to an end, watched by the customer."""
    return place_case(server, stage=stage, watchers=["carl"], extra={"ibm": {"agent_close_only": True}})


def test_agent_close_only_is_shown(server, alice, carl):
    number = locked(server, "open")
    assert alice.case(number)["agent_close_only"] is True
    assert carl.case(number)["agent_close_only"] is True


@pytest.mark.parametrize(("stage", "action"), [("open", "resolve"), ("new", "resolve"), ("proposed", "accept")])
def test_a_client_cannot_end_a_case_that_only_agents_may_close(server, carl, stage, action):
    number = locked(server, stage)
    before = carl.case(number)
    assert_refused(put(carl, number, BODIES[action]), 403)
    assert carl.case(number) == before


def test_a_client_may_still_unresolve_and_comment_there(server, carl):
    number = locked(server, "proposed")
    carl.comment(number, "Not yet")
    assert carl.set_status(number, "unresolve", comment="No")["status"] == "In Progress"


def test_a_customer_moves_a_case_of_their_own(carl):
    number = carl.open()["number"]
    assert carl.set_status(number, "resolve", resolution_code=1)["status"] == "Resolved"
    assert carl.set_status(number, "unresolve", comment="No")["status"] == "In Progress"


def test_a_customer_accepts_what_was_proposed(server, carl):
    number = place_case(server, stage="proposed", watchers=["carl"])
    assert carl.set_status(number, "accept")["resolution"] == RESOLUTIONS[8]


def test_resolution_and_notes_are_shown_only_while_the_case_is_done(server, alice):
    for stage in ("new", "open", "waiting", "proposed"):
        case = alice.case(place_case(server, stage=stage))
        assert case["resolution"] == case["close_notes"] == ""


@pytest.mark.parametrize("stage", ["closed", "canceled"])
def test_a_closed_case_takes_no_comments_files_or_resources(server, alice, stage):
    number = place_case(server, stage=stage, files=[{"name": "a.txt", "text": "a", "audience": "public"}])
    before = alice.case(number)
    [file] = before["attachments"]
    assert_refused(alice.request("PUT", f"/cases/{number}/comments", json={"comment": "x"}), 409)
    assert_refused(alice.request("PUT", f"/cases/{number}/resources", json={"crn": "crn:v1:x:y:z::a/1:2::"}), 409)
    refused = alice.request("PUT", f"/cases/{number}/attachments", files={"file": ("b.txt", b"b", "text/plain")})
    assert_refused(refused, 409)
    assert_refused(alice.request("DELETE", f"/cases/{number}/attachments/{file['id']}"), 409)
    assert alice.case(number) == before


def test_a_closed_case_can_still_be_read(server, alice):
    number = place_case(server, stage="closed", files=[{"name": "a.txt", "text": "a", "audience": "public"}])
    assert alice.comments(number) == []
    [file] = alice.attachments(number)
    assert alice.download(number, file["id"]).content == b"a"


def test_a_resolved_case_still_takes_comments_files_and_resources(alice):
    number = alice.open()["number"]
    alice.set_status(number, "resolve", resolution_code=1)
    alice.comment(number, "One more thing")
    alice.add_resource(number, crn="crn:v1:x:y:z:global:a/1:2::")
    file = alice.upload(number, b"late")
    assert alice.request("DELETE", f"/cases/{number}/attachments/{file['id']}").status_code == 200
    assert alice.case(number)["status"] == "Resolved"
