"""The members that belong to one base type each, and the one active collection case (spec/peach §4, §5)."""

import pytest

BANKRUPTCY = {
    "courtCaseFiledDate": "2024-01-02",
    "courtCaseNumber": "24-12345",
    "courtCaseChapter": "chapter13",
    "courtCaseDebtorDisposition": "discharged",
    "courtCaseDebtorDispositionDate": "2024-02-03",
    "courtCaseLastStatus": "filed",
    "courtCaseLastStatusUpdatedDate": "2024-03-04",
    "courtCaseClosedDate": "2024-04-05",
    "creditorClaimDeadlineDate": "2024-05-06",
    "anticipatedCaseCompletionDate": "2024-06-07",
    "listedOutstandingDebt": True,
}
OTHERS = [
    ("creditBureauDispute", "responseDueDate", "2024-01-02"),
    ("debtValidation", "requestDate", "2024-01-02"),
    ("deceased", "deceasedNoticeReceivedDate", "2024-01-02"),
    ("disputeOfDebt", "noticeReceivedDate", "2024-01-02"),
    ("identityTheft", "reportReceivedDate", "2024-01-02"),
    ("legalAction", "legalActionIntiatedDate", "2024-01-02"),
    ("legalAction", "legalJudgementEffectiveDate", "2024-01-02"),
    ("militaryDuty", "dutyStartDate", "2024-01-02"),
    ("militaryDuty", "dutyEndDate", "2024-02-29"),
    ("federalEmergency", "femaDisasterNumber", 4711),
]


def test_a_bankruptcy_keeps_its_members(alice):
    case = alice.open(caseType="bankruptcy", **BANKRUPTCY)
    assert {name: case.made[name] for name in BANKRUPTCY} == BANKRUPTCY
    assert {name: case.get()[name] for name in BANKRUPTCY} == BANKRUPTCY


def test_all_members_of_a_bankruptcy_may_be_absent_or_null(alice):
    nothing = dict.fromkeys(BANKRUPTCY)
    case = alice.open(caseType="bankruptcy", **nothing)
    assert {name: case.get()[name] for name in BANKRUPTCY} == nothing
    case.put(**BANKRUPTCY)
    cleared = case.put(courtCaseNumber=None)
    assert {name: cleared[name] for name in BANKRUPTCY} == BANKRUPTCY | {"courtCaseNumber": None}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("courtCaseChapter", "chapter9"),
        ("courtCaseDebtorDisposition", "lost"),
        ("courtCaseLastStatus", "closed"),
        ("courtCaseFiledDate", "02.01.2024"),
        ("courtCaseFiledDate", "2024-02-30"),
        ("courtCaseFiledDate", "2024-01-02T00:00:00Z"),
        ("listedOutstandingDebt", "yes"),
        ("courtCaseNumber", 7),
    ],
)
def test_a_value_that_a_bankruptcy_does_not_know_is_refused(alice, member, value):
    case = alice.open(caseType="bankruptcy")
    alice.wrong(member, "PUT", case.path, {member: value})
    alice.wrong(member, "POST", f"/people/{case.person}/cases", {"caseType": "bankruptcy", member: value})


@pytest.mark.parametrize(
    ("member", "values"),
    [
        ("courtCaseChapter", ("chapter7", "chapter11", "chapter12", "chapter13", "unknown")),
        ("courtCaseDebtorDisposition", ("dismissed", "discharged", "reinstated")),
        (
            "courtCaseLastStatus",
            (
                "filed", "dismissed", "discharged", "conversion", "reinstated", "closedFiledInError",
                "closedTransferredOut", "closedDischargeNA", "closedUndeterminedReason",
            ),
        ),
    ],
)  # fmt: skip
def test_every_listed_value_of_a_bankruptcy_is_accepted(alice, member, values):
    case = alice.open(caseType="bankruptcy")
    assert [case.put(**{member: value})[member] for value in values] == list(values)


@pytest.mark.parametrize(("base", "member", "value"), OTHERS)
def test_a_type_keeps_its_key_dates(alice, base, member, value):
    case = alice.open(caseType=base, **{member: value})
    assert case.get()[member] == value
    assert case.put(**{member: None})[member] is None
    assert case.put(**{member: value})[member] == value


@pytest.mark.parametrize(("base", "member", "value"), [*OTHERS, ("bankruptcy", "courtCaseNumber", "24-1")])
def test_a_member_of_another_type_is_refused(alice, base, member, value):
    case = alice.open(caseType="generic")
    alice.wrong(member, "PUT", case.path, {member: value})
    alice.wrong(member, "POST", f"/people/{case.person}/cases", {"caseType": "oFACSanctionedIndividual", member: value})
    assert alice.listed(f"/people/{case.person}/cases") == [case.id]


@pytest.mark.parametrize(("base", "member"), [(base, member) for base, member, _ in OTHERS])
def test_a_key_date_of_a_wrong_form_is_refused(alice, base, member):
    case = alice.open(caseType=base)
    alice.wrong(member, "PUT", case.path, {member: "soon"})


def test_one_active_collection_case_per_borrower(alice):
    first = alice.open(caseType="collection")
    path = f"/people/{first.person}/cases"
    for status in ("initiated", "processing"):
        first.walk(status)
        alice.refused(409, "POST", path, {"caseType": "collection"})
    assert alice.listed(path) == [first.id]
    first.walk("completed")
    second = alice.open(first.person, caseType="collection")
    assert second.made["status"] == "initiated"


def test_a_reopened_collection_case_is_active_too(alice):
    case = alice.open(caseType="collection").walk("canceled", "reopened")
    alice.refused(409, "POST", f"/people/{case.person}/cases", {"caseType": "collection"})


def test_reopening_a_second_collection_case_is_refused(alice):
    first = alice.open(caseType="collection").walk("canceled")
    second = alice.open(first.person, caseType="collection")
    alice.refused(409, "PUT", first.path, {"status": "reopened"})
    assert first.get()["status"] == "canceled"
    second.walk("canceled")
    assert first.put(status="reopened")["status"] == "reopened"


def test_a_second_borrower_of_a_collection_case_counts(alice):
    held = alice.open(caseType="collection")
    other = alice.person()["id"]
    alice.refused(409, "POST", f"/people/{other}/cases", {"caseType": "collection", "people": [held.person]})
    assert alice.open(other, caseType="collection").made["people"] == [other]


def test_a_type_derived_from_collection_counts(alice):
    derived = alice.type(caseType="collection")
    case = alice.open(typeId=derived["id"])
    assert case.made["caseType"] == "collection"
    alice.refused(409, "POST", f"/people/{case.person}/cases", {"caseType": "collection"})


def test_other_types_may_be_many(alice):
    first = alice.open(caseType="deceased")
    second = alice.open(first.person, caseType="deceased")
    assert sorted(alice.listed(f"/people/{first.person}/cases")) == sorted([first.id, second.id])
