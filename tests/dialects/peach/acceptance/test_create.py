"""Operation 3: a case for a borrower (spec/peach §2, §4, §6)."""

import pytest

from dialects.peach.acceptance.client import BASES, TIME, word

MEMBERS = {
    "id", "object", "createdAt", "updatedAt", "deletedAt", "externalId", "people", "borrowerIds", "name", "companyId",
    "caseType", "typeId", "caseTypeMeta", "creationProcedure", "createdByUser", "owningEmployeeId", "owningEmployee",
    "autoCreated", "status", "statusUpdatedAt", "statusUpdatedBy", "outcome", "outcomeUpdatedAt", "outcomeUpdatedBy",
    "snoozedAt", "snoozedUntil", "matchToDataSource", "matchDetails", "lenderAck", "customFields", "metaData",
    "workflowId", "escalatedAt", "escalatedTeamId", "escalatedEmployeeId", "escalationIsUrgent", "associations",
    "creatingSupercaseId", "lastViewedAt", "lastViewedBy", "lastSubresourceUpdatedAt", "lastSubresourceUpdatedBy",
    "openedAt",
}  # fmt: skip


@pytest.fixture
def path(alice):
    return f"/people/{alice.person()['id']}/cases"


def test_creating_answers_200_and_the_whole_case(alice):
    person = alice.person()["id"]
    body = alice.ok("POST", f"/people/{person}/cases", {"caseType": "generic", "name": "Late fee"})
    assert body["status"] == 200
    assert isinstance(body["message"], str)
    case = body["data"]
    assert set(case) >= MEMBERS
    assert "createReviewTask" not in case
    assert case["object"] == "case"
    assert case["id"].startswith("CS-")
    assert (case["name"], case["caseType"], case["status"]) == ("Late fee", "generic", "initiated")
    assert case["companyId"] == alice.ids["tenants"]["acme"]["peach"]
    assert case["people"] == case["borrowerIds"] == [person]
    assert TIME.fullmatch(case["createdAt"])
    assert case["openedAt"] == case["createdAt"]
    assert case["creationProcedure"] == "api"
    assert (case["autoCreated"], case["lenderAck"], case["matchToDataSource"]) == (False, False, False)
    nothing = (
        "updatedAt", "deletedAt", "externalId", "outcome", "outcomeUpdatedAt", "outcomeUpdatedBy", "owningEmployeeId",
        "owningEmployee", "snoozedAt", "snoozedUntil", "escalatedAt", "escalatedTeamId", "escalatedEmployeeId",
        "creatingSupercaseId", "lastViewedAt", "lastViewedBy", "associations",
    )  # fmt: skip
    assert {name: case[name] for name in nothing} == dict.fromkeys(nothing)


def test_a_created_case_reads_back_as_it_was_answered(alice):
    case = alice.open(externalId=word(), metaData={"a": "b"}, owningEmployeeId=alice.employee("acme/bob"))
    assert case.get() == case.made


def test_the_creator_is_named(bob):
    creator = bob.open().made["createdByUser"]
    assert set(creator) >= {"id", "name", "userType", "descriptor", "employee"}
    assert creator["id"] == bob.ids["users"]["acme/bob"]["peach"]
    assert (creator["name"], creator["userType"]) == ("Bob Agent", "agent")
    assert creator["employee"]["id"] == bob.employee("acme/bob")


@pytest.mark.parametrize("base", BASES)
def test_a_case_of_each_base_type(alice, base):
    case = alice.open(caseType=base).made
    assert case["caseType"] == base
    meta = case["caseTypeMeta"]
    assert set(meta) >= {"base", "id", "name", "derivedFromTypeId", "version"}
    assert meta["base"] == base


@pytest.mark.parametrize("base", ["fraud", "creditReportingDispute", "Generic", "", None, 7])
def test_a_type_that_does_not_exist_is_refused(alice, path, base):
    alice.refused(400, "POST", path, {"caseType": base, "name": "n"})


def test_a_type_is_needed(alice, path):
    alice.wrong("caseType", "POST", path, {"name": "n"})


def test_the_borrower_may_be_named_by_external_id(alice):
    person = alice.person(externalId=word())
    case = alice.data("POST", f"/people/ext-{person['externalId']}/cases", {"caseType": "generic", "name": "n"})
    assert case["people"] == [person["id"]]


def test_more_borrowers_on_one_case(alice):
    first, second = alice.person()["id"], alice.person()["id"]
    for member in ("people", "borrowerIds"):
        case = alice.open(first, **{member: [second]})
        assert case.made["people"] == case.made["borrowerIds"]
        assert sorted(case.made["people"]) == sorted([first, second])
        assert alice.data("GET", f"/people/{second}/cases/{case.id}")["id"] == case.id
        assert case.id in alice.listed(f"/people/{second}/cases")
    both = alice.open(first, people=[first, second])
    assert sorted(both.made["people"]) == sorted([first, second])


def test_a_borrower_that_does_not_exist_is_refused(alice, path):
    for member in ("people", "borrowerIds"):
        answer = alice.send("POST", path, {"caseType": "generic", "name": "n", member: ["BO-ZZZZ-ZZZZ"]})
        assert answer.status_code in {400, 404}
    assert alice.listed(path) == []


def test_what_the_server_owns_is_ignored(alice):
    theirs = {
        "id": "CS-1111-1111", "createdAt": "2001-01-01T00:00:00Z", "updatedAt": "2001-01-01T00:00:00Z",
        "deletedAt": "2001-01-01T00:00:00Z", "object": "thing", "companyId": "CP-9999-9999",
        "createdByUser": {"id": "UR-1111-1111"}, "statusUpdatedAt": "2001-01-01T00:00:00Z",
        "lastViewedAt": "2001-01-01T00:00:00Z", "snoozedUntil": "2040-01-01", "creatingSupercaseId": "SC-1111-1111",
        "caseTypeMeta": {"base": "collection"}, "lastSubresourceUpdatedAt": "2001-01-01T00:00:00Z",
    }  # fmt: skip
    case = alice.open(**theirs).made
    assert [name for name in theirs if case[name] == theirs[name]] == []


def test_the_external_id_fetches_the_same_case(alice):
    person = alice.person(externalId=word())
    own = word()
    case = alice.open(person["id"], externalId=own)
    assert case.made["externalId"] == own
    for at in (person["id"], f"ext-{person['externalId']}"):
        for named in (case.id, f"ext-{own}"):
            assert alice.data("GET", f"/people/{at}/cases/{named}") == case.made


def test_an_external_id_is_given_once_in_a_company(alice, gina):
    own = word()
    first = alice.open(externalId=own)
    told = alice.refused(
        409, "POST", f"/people/{first.person}/cases", {"caseType": "generic", "name": "n", "externalId": own}
    )
    assert first.id in str(told)
    other = alice.person()["id"]
    alice.refused(409, "POST", f"/people/{other}/cases", {"caseType": "bankruptcy", "externalId": own})
    assert alice.listed(f"/people/{other}/cases") == []
    assert gina.open(externalId=own).made["externalId"] == own


@pytest.mark.parametrize("length", [1, 50])
def test_an_external_id_of_any_allowed_length(alice, length):
    own = "~" if length == 1 else (word() * 3)[:length]  # no other test uses the short one
    assert alice.open(externalId=own).made["externalId"] == own


@pytest.mark.parametrize("own", ["", "x" * 51, 7, ["a"]])
def test_an_external_id_that_is_too_short_too_long_or_no_text(alice, path, own):
    alice.wrong("externalId", "POST", path, {"caseType": "generic", "name": "n", "externalId": own})


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("name", "n" * 129),
        ("name", 7),
        ("creationProcedure", "magic"),
        ("owningEmployeeId", "EM-ZZZZ-ZZZZ"),
        ("outcome", "perhaps"),
        ("status", "open"),
        ("matchDetails", {"ssnMatch": "maybe"}),
        ("matchDetails", {"matchDoneBy": "nobody"}),
        ("matchDetails", "match"),
        ("matchToDataSource", "yes"),
        ("lenderAck", "no"),
        ("autoCreated", 3),
        ("customFields", []),
        ("openedAt", "yesterday"),
        ("openedAt", "2024-13-01T00:00:00Z"),
        ("people", "BO-0000-0001"),
        ("associations", {}),
    ],
)
def test_a_member_out_of_its_range_is_refused(alice, path, member, value):
    alice.wrong(member, "POST", path, {"caseType": "generic", "name": "n", member: value})
    assert alice.listed(path) == []


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("name", "n" * 128),
        ("creationProcedure", "automatedCollectionsDetection"),
        ("creationProcedure", "manual"),
        ("creationProcedure", "automatedOFACDetection"),
        ("autoCreated", True),
        ("matchToDataSource", True),
        ("lenderAck", True),
        ("metaData", None),
        ("metaData", {"a": "b", "n": 1, "t": True, "z": None}),
        ("metaData", {f"k{i}": "v" * 500 for i in range(50)}),
        ("metaData", {"k" * 100: ""}),
    ],
)
def test_a_member_is_kept(alice, member, value):
    case = alice.open(**{member: value})
    assert case.made[member] == value
    assert case.get()[member] == value


@pytest.mark.parametrize(
    "meta",
    [{f"k{i}": "v" for i in range(51)}, {"k" * 101: "v"}, {"k": "v" * 501}, [], "text"],
    ids=lambda m: str(m)[:9],
)
def test_metadata_beyond_its_limits_is_refused(alice, path, meta):
    alice.wrong("metaData", "POST", path, {"caseType": "generic", "name": "n", "metaData": meta})


def test_match_details_are_kept(alice):
    details = {
        "ssnMatch": "match", "last4SSNMatch": "noMatch", "nameMatch": "match", "addressMatch": "notAvailable",
        "dateOfBirthMatch": "match", "matchDoneBy": "dataVendor", "externalMatchCode": "M-7",
    }  # fmt: skip
    assert alice.open(matchDetails=details).get()["matchDetails"] == details


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2024-12-03T18:16:08.286549+00:00", "2024-12-03T18:16:08.286549+00:00"),
        ("2024-12-03T18:16:08Z", "2024-12-03T18:16:08.000000+00:00"),
        ("2024-12-03T18:16:08.5+02:00", "2024-12-03T16:16:08.500000+00:00"),
    ],
)
def test_any_rfc_3339_time_is_read_and_one_form_written(alice, written, shown):
    assert alice.open(openedAt=written).made["openedAt"] == shown


def test_an_owner_is_shown_as_id_and_object(alice):
    bob = alice.employee("acme/bob")
    case = alice.open(owningEmployeeId=bob).made
    assert case["owningEmployeeId"] == bob
    assert set(case["owningEmployee"]) >= {"id", "displayName", "twilioWorkerSid"}
    assert (case["owningEmployee"]["id"], case["owningEmployee"]["displayName"]) == (bob, "Bob Agent")


def test_escalation_members_on_create_are_a_first_escalation(alice):
    case = alice.open(escalatedTeamId=alice.team(), escalationIsUrgent=True)
    assert case.made["escalatedTeamId"] == alice.team()
    assert case.made["escalationIsUrgent"] is True
    assert TIME.fullmatch(case.made["escalatedAt"])
    assert [record["escalatedTeamId"] for record in case.escalations()] == [alice.team()]


def test_links_on_create_are_the_first_links(alice):
    other = alice.open()
    case = alice.open(associations=[{"objectType": "case", "objectId": other.id}])
    assert case.links() == [("case", other.id)]


def test_a_link_to_nothing_on_create_makes_no_case(alice, path):
    answer = alice.send(
        "POST",
        path,
        {"caseType": "generic", "name": "n", "associations": [{"objectType": "case", "objectId": "CS-ZZZZ-ZZZZ"}]},
    )
    assert answer.status_code in {400, 404}
    assert alice.listed(path) == []


def test_a_case_without_a_name_reads_as_its_types_name(alice):
    person = alice.person()["id"]
    case = alice.data("POST", f"/people/{person}/cases", {"caseType": "bankruptcy"})
    assert case["name"] == case["caseTypeMeta"]["name"]
    assert case["name"]
