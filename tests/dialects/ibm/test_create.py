"""`POST /cases`. facts.md §5 "Request limits", §6.2, §10.5, §11."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from dialects.ibm.client import OFFERING, unique, user_ref
from dialects.ibm.shapes import assert_full_case, assert_recent, assert_refused

CRN = "crn:v1:bluemix:public:cloud-object-storage:global:a/0123:4567::"


@pytest.fixture
def wanted():
    return {"type": "sales", "subject": unique("Wanted"), "description": "Please look into it."}


def post(door, body):
    return door.request("POST", "/cases", json=body)


def test_it_answers_200_with_the_whole_case(server, alice):
    subject = unique("Bucket cannot be listed")
    case = alice.open(subject, type="technical", description="It fails.", severity=3, offering=OFFERING)
    assert_full_case(case, alice.base)
    assert case["short_description"] == subject
    assert case["description"] == "It fails."
    assert case["severity"] == 3
    assert case["status"] == "New"
    assert case["offering"] == OFFERING
    assert case["support_tier"] == "Premium"
    assert case["resolution"] == case["close_notes"] == case["invoice_number"] == ""
    assert case["agent_close_only"] is False
    assert case["watchlist"] == case["attachments"] == case["resources"] == case["comments"] == []
    for key in ("created_by", "updated_by"):
        assert case[key]["name"] == "Alice Admin"
        assert case[key]["realm"] == "IBMid"
        assert case[key]["user_id"] == server.ids["users"]["acme/alice"]["ibm"]
    assert_recent(case["created_at"])
    assert case["updated_at"] >= case["created_at"]


def test_it_can_be_read_back_unchanged(alice):
    case = alice.open(type="technical", offering=OFFERING, resources=[{"crn": CRN}], eu={"supported": True})
    assert alice.case(case["number"]) == case


def test_it_never_returns_request_only_members(alice):
    case = alice.open(type="billing_and_invoice", sla_credit_request=True, invoice_number="INV-1")
    assert {"type", "subject", "sla_credit_request"}.isdisjoint(case)
    assert case["invoice_number"] == "INV-1"


@pytest.mark.parametrize("kind", ["technical", "account_and_access", "billing_and_invoice", "sales"])
def test_it_opens_every_type(alice, kind):
    assert alice.open(type=kind, offering=OFFERING)["offering"] == OFFERING


@pytest.mark.parametrize("kind", ["account_and_access", "billing_and_invoice", "sales"])
def test_only_technical_cases_need_an_offering_and_none_is_left_out_of_the_answer(alice, kind):
    assert "offering" not in alice.open(type=kind)


@pytest.mark.parametrize("members", [{}, {"offering": None}])
def test_it_refuses_a_technical_case_without_an_offering(alice, wanted, members):
    assert_refused(post(alice, wanted | {"type": "technical"} | members), 400)
    assert alice.cases(search=wanted["subject"])["total_count"] == 0


@pytest.mark.parametrize("key", ["type", "subject", "description"])
def test_it_refuses_a_body_that_lacks_what_is_required(alice, wanted, key):
    assert_refused(post(alice, {k: v for k, v in wanted.items() if k != key}), 400)
    assert_refused(post(alice, wanted | {key: None}), 400)
    assert_refused(post(alice, wanted | {key: ""}), 400)


@pytest.mark.parametrize(
    "members",
    [
        {"type": "Technical"},
        {"type": "complaint"},
        {"type": 1},
        {"subject": 5},
        {"subject": ["a"]},
        {"description": {"text": "a"}},
        {"severity": 0},
        {"severity": 5},
        {"severity": -1},
        {"severity": "2"},
        {"severity": 1.5},
        {"severity": True},
        {"severity": []},
        {"eu": "yes"},
        {"eu": {"supported": "yes"}},
        {"eu": {"supported": 1}},
        {"eu": {"data_center": "two"}},
        {"eu": {"data_center": 1.5}},
        {"offering": "x"},
        {"offering": {}},
        {"offering": {"name": "x"}},
        {"offering": {"type": OFFERING["type"]}},
        {"offering": {"name": "x", "type": {}}},
        {"offering": {"name": "x", "type": {"group": "category"}}},
        {"offering": {"name": "x", "type": {"key": "x"}}},
        {"offering": {"name": "x", "type": {"group": "other", "key": "x"}}},
        {"offering": {"name": 5, "type": OFFERING["type"]}},
        {"offering": {"id": "x", "value": "y"}},
        {"resources": []},
        {"resources": {}},
        {"resources": [{}]},
        {"resources": [{"note": "neither crn nor type and id"}]},
        {"resources": [{"type": "server"}]},
        {"resources": [{"id": 5}]},
        {"resources": [{"crn": 5}]},
        {"resources": [{"type": "server", "id": "five"}]},
        {"resources": ["crn"]},
        {"watchlist": []},
        {"watchlist": {}},
        {"watchlist": [{}]},
        {"watchlist": [{"realm": "IBMid"}]},
        {"watchlist": [{"user_id": "x"}]},
        {"watchlist": [{"realm": "IBMid", "user_id": ""}]},
        {"watchlist": [{"realm": "Google", "user_id": "x"}]},
        {"watchlist": ["x"]},
        {"invoice_number": 5},
        {"sla_credit_request": "yes"},
        {"sla_credit_request": 1},
    ],
    ids=str,
)
def test_it_refuses_a_member_of_the_wrong_shape_and_opens_nothing(alice, wanted, members):
    assert_refused(post(alice, wanted | members), 400)
    assert alice.cases(search=wanted["subject"])["total_count"] == 0


def limits():
    """Each limited member at its limit and one past it, with the text in letters and in emoji."""
    for unit, kind in (("x", "letters"), ("🚀", "emoji")):
        sizes = {
            "subject": (160, lambda text: {"subject": text}),
            "description": (4000, lambda text: {"description": text}),
            "invoice_number": (200, lambda text: {"invoice_number": text}),
            "offering name": (100, lambda text: {"offering": {"name": text, "type": OFFERING["type"]}}),
            "offering key": (100, lambda text: {"offering": {"name": "x", "type": {"group": "category", "key": text}}}),
            "crn": (600, lambda text: {"resources": [{"crn": text}]}),
            "resource note": (100, lambda text: {"resources": [{"crn": CRN, "note": text}]}),
            "resource type": (100, lambda text: {"resources": [{"type": text, "id": 5}]}),
        }
        for name, (size, build) in sizes.items():
            yield pytest.param(build, unit, size, id=f"{name} in {kind}")


@pytest.mark.parametrize(("build", "unit", "size"), list(limits()))
def test_it_takes_as_many_characters_as_allowed_and_not_one_more(alice, wanted, build, unit, size):
    kept = alice.result("POST", "/cases", json=wanted | build(unit * size))
    assert unit * size in str(kept)
    assert_refused(post(alice, wanted | build(unit * (size + 1))), 400)


def test_it_takes_five_resources_and_not_six(alice, wanted):
    five = [{"crn": f"crn:v1:x:y:z:global:a/1:{n}::"} for n in range(5)]
    case = alice.result("POST", "/cases", json=wanted | {"resources": five})
    assert [resource["crn"] for resource in case["resources"]] == [resource["crn"] for resource in five]
    assert_refused(post(alice, wanted | {"resources": [*five, {"crn": CRN}]}), 400)


def test_it_takes_a_hundred_watchers_and_not_more(server, alice, wanted):
    strangers = [{"realm": "IBMid", "user_id": f"nobody{n}@x.example"} for n in range(99)]
    hundred = [user_ref(server, "acme/bob"), *strangers]
    case = alice.result("POST", "/cases", json=wanted | {"watchlist": hundred})
    assert [user["name"] for user in case["watchlist"]] == ["Bob Agent"]
    another = {"realm": "IBMid", "user_id": "nobody99@x.example"}
    assert_refused(post(alice, wanted | {"watchlist": [*hundred, another]}), 400)


@pytest.mark.parametrize("severity", [1, 2, 3, 4])
def test_it_keeps_the_severity_as_an_integer(alice, severity):
    case = alice.open(severity=severity)
    assert case["severity"] == severity
    assert type(case["severity"]) is int


def test_severity_is_four_unless_given(alice):
    assert alice.open()["severity"] == 4


def test_it_reads_null_as_absent_in_every_optional_member(alice, wanted):
    optional = (
        "severity",
        "eu",
        "offering",
        "resources",
        "watchlist",
        "invoice_number",
        "sla_credit_request",
    )
    case = alice.result("POST", "/cases", json=wanted | dict.fromkeys(optional))
    assert_full_case(case, alice.base)
    assert case["severity"] == 4
    assert case["invoice_number"] == ""
    assert "offering" not in case


def test_it_reads_null_as_absent_inside_members(alice):
    nothing = {"supported": None, "data_center": None}
    case = alice.open(eu=nothing, resources=[{"crn": CRN, "type": None, "id": None, "note": None}])
    assert case["eu"]["support"] is False
    assert case["resources"][0]["crn"] == CRN


def test_it_ignores_members_it_does_not_know(alice):
    case = alice.open(colour="red", priority={"x": 1}, number="CS9999999", status="Closed", created_at="2000-01-01")
    assert case["number"] != "CS9999999"
    assert case["status"] == "New"
    assert "colour" not in case
    assert_recent(case["created_at"])


@pytest.mark.parametrize(
    ("eu", "support", "data_center"),
    [
        ({"supported": True, "data_center": 5}, True, "5"),
        ({"supported": True}, True, ""),
        ({"supported": False}, False, ""),
        ({"data_center": 12}, None, "12"),
        ({}, False, ""),
    ],
    ids=str,
)
def test_it_accepts_either_eu_member_or_both_or_none(alice, eu, support, data_center):
    shown = alice.open(eu=eu)["eu"]
    assert shown["data_center"] == data_center
    assert support is None or shown["support"] is support


def test_eu_is_shown_as_off_when_it_was_not_asked_for(alice):
    assert alice.open()["eu"] == {"support": False, "data_center": ""}


def test_it_keeps_the_offering_word_for_word(alice):
    offering = {"name": "Ünï 🚀", "type": {"group": "category", "key": "a b/c", "kind": "service", "id": "abc-1"}}
    assert alice.open(type="technical", offering=offering)["offering"] == offering


def test_watchers_outside_the_account_are_left_out_quietly(server, alice):
    case = alice.open(
        watchlist=[
            user_ref(server, "acme/bob"),
            {"realm": "IBMid", "user_id": "nobody@nowhere.example"},
            user_ref(server, "globex/gina"),
            user_ref(server, "acme/carl") | {"name": "Someone Else", "type": "customer"},
            user_ref(server, "acme/bob"),
        ]
    )
    assert [user["name"] for user in case["watchlist"]] == ["Bob Agent", "Carl Customer"]


def test_it_accepts_json_sent_as_a_form_because_curl_does(alice, wanted):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    content = '{"type": "sales", "subject": "' + wanted["subject"] + '", "description": "d"}'
    case = alice.result("POST", "/cases", content=content, headers=headers)
    assert case["short_description"] == wanted["subject"]


def test_it_keeps_every_character_of_the_texts(alice):
    subject = unique("Ärger mit 🚀 \"quotes\" <b>&amp; 'ticks' \\ %s {0} العربية")
    text = "Line one\nLine two\r\n\tIndented  twice \u2028 𝔘"
    case = alice.open(subject, description=text)
    assert case["short_description"] == subject
    assert case["description"] == text


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "\udfff end"], ids=["nul", "high surrogate", "low surrogate"])
def test_text_that_no_database_can_keep_is_refused(alice, wanted, text):
    for key in ("subject", "description"):
        body = json.dumps(wanted | {key: text})  # escaped, as a surrogate cannot travel otherwise
        answer = alice.request("POST", "/cases", content=body, headers={"Content-Type": "application/json"})
        assert_refused(answer, 400)


def test_every_case_gets_a_number_of_its_own_also_under_load(alice):
    with ThreadPoolExecutor(8) as pool:
        numbers = [case["number"] for case in pool.map(lambda _: alice.open(), range(24))]
    assert len(set(numbers)) == 24


def test_a_customer_opens_a_case_and_is_its_contact(server, carl, alice):
    case = carl.open()
    assert_full_case(case, carl.base)
    for key in ("created_by", "updated_by", "contact"):
        assert case[key]["user_id"] == server.ids["users"]["acme/carl"]["ibm"]
    assert alice.case(case["number"]) == case


def test_the_support_tier_is_the_tenants(server, gina):
    assert gina.open()["support_tier"] in {"Free", "Basic", "Standard", "Premium"}
