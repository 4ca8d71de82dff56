"""What forbids contact with a borrower (spec/peach §10)."""

import pytest

FULL = {
    "channels": ["voice", "text"],
    "themes": ["opsCollDebt", "opsServicing"],
    "startDate": "2030-01-02",
    "endDate": "2030-02-03",
    "daysOfWeek": [1, 2, 5],
    "timezone": "Europe/Berlin",
    "timesOfDay": [{"fromHour": 9, "toHour": 12}],
    "contactLabels": ["personal"],
}
LEAST = {"channels": ["all"], "themes": ["all"], "startDate": "2030-01-02"}


@pytest.fixture
def case(alice):
    return alice.open(caseType="ceaseCommunication")


def forbid(case, **members):
    return case.door.data("POST", f"{case.path}/do-not-interacts", {**LEAST, **members})


def forbidden(case):
    return case.door.ok("GET", f"{case.path}/do-not-interacts")["data"]


def test_it_keeps_what_it_was_given(case):
    made = forbid(case, **FULL)
    assert {name: made[name] for name in FULL} == FULL
    assert made["object"] == "doNotInteract"
    assert (made["caseId"], made["personId"], made["source"]) == (case.id, case.person, "api")
    assert made["id"].startswith("DN-")
    assert forbidden(case) == [made]


def test_it_has_no_end_unless_given(case):
    assert forbid(case)["endDate"] is None


def test_a_case_without_one_lists_none(case):
    assert forbidden(case) == []


def test_there_is_one_for_a_case(case):
    made = forbid(case)
    case.door.refused(409, "POST", f"{case.path}/do-not-interacts", LEAST)
    assert forbidden(case) == [made]


def test_a_borrower_may_have_many(alice, case):
    other = alice.open(case.person, caseType="ceaseCommunication")
    one, two = forbid(case), forbid(other)
    assert one["id"] != two["id"]
    assert one["personId"] == two["personId"] == case.person


def test_it_is_a_change_below_the_case(alice, bob, case):
    bob.data("POST", f"{case.path}/do-not-interacts", LEAST)
    after = case.get()
    assert after["lastSubresourceUpdatedAt"] > (case.made["lastSubresourceUpdatedAt"] or "")
    assert after["lastSubresourceUpdatedBy"]["id"] == alice.ids["users"]["acme/bob"]["peach"]
    assert after["updatedAt"] == case.made["updatedAt"]


@pytest.mark.parametrize("channel", ["all", "voice", "email", "fax", "text", "chat", "mail"])
def test_every_channel_is_known(case, channel):
    assert forbid(case, channels=[channel])["channels"] == [channel]


def test_every_theme_is_known(case):
    themes = [
        "opsCollDebt", "opsCollLocateBorrower", "opsCollVerifyEmployment", "opsCollContactEmployerNotice",
        "opsServicingDebtValidation", "opsServicingNegativeCreditReportNotice", "opsServicingTimeBarredNotice",
        "opsServicing",
    ]  # fmt: skip
    assert sorted(forbid(case, themes=themes)["themes"]) == sorted(themes)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("channels", ["pigeon"]),
        ("channels", "voice"),
        ("themes", ["weather"]),
        ("startDate", "soon"),
        ("endDate", "2030-02-30"),
        ("daysOfWeek", ["monday"]),
        ("timesOfDay", [{"fromHour": "nine", "toHour": 12}]),
    ],
)
def test_a_member_out_of_its_range_is_refused(alice, case, member, value):
    alice.wrong(member, "POST", f"{case.path}/do-not-interacts", {**LEAST, member: value})
    assert forbidden(case) == []
