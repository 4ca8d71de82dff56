"""Creating cases (spec/peach §4, §6)."""

import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from dialects.peach.case_office import desks

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")


@pytest.fixture(scope="module")
def both(server):
    with desks(server, "pc-create") as found:
        yield found


@pytest.fixture(scope="module")
def desk(both):
    return both[0]


def test_a_new_case_is_shown_whole_with_its_defaults(desk):
    person = desk.person()
    answer = desk.send("POST", f"/people/{person}/cases", json={"caseType": "bankruptcy"})
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"status", "message", "data"}
    assert body["status"] == 200
    case = body["data"]
    assert re.fullmatch(r"CS-[0-9A-Z]{4}-[0-9A-Z]{4}", case["id"])
    assert MOMENT.fullmatch(case["createdAt"])
    assert case["openedAt"] == case["createdAt"]
    ada = {
        "id": desk.id("users", "ada"),
        "name": "Ada Tester",
        "userType": "admin",
        "descriptor": "admin ada@pc-create.example",
        "employee": {"id": desk.id("users", "ada", "peach_employee")},
    }
    shown = {name: case[name] for name in case if name not in {"id", "createdAt", "openedAt", "caseTypeMeta", "typeId"}}
    assert shown.pop("statusUpdatedAt") == shown.pop("lastSubresourceUpdatedAt") == case["createdAt"]
    assert shown == {
        "object": "case", "updatedAt": None, "deletedAt": None, "externalId": None,
        "companyId": case["companyId"],
        "people": [person], "borrowerIds": [person], "name": "Bankruptcy", "caseType": "bankruptcy",
        "createdByUser": ada, "creationProcedure": "api", "autoCreated": False, "matchToDataSource": False,
        "lenderAck": False, "matchDetails": None, "owningEmployeeId": None, "owningEmployee": None,
        "status": "initiated", "statusUpdatedBy": ada, "outcome": None, "outcomeUpdatedAt": None,
        "outcomeUpdatedBy": None, "snoozedAt": None, "snoozedUntil": None, "customFields": {}, "metaData": None,
        "workflowId": None, "escalatedAt": None, "escalatedTeamId": None, "escalatedEmployeeId": None,
        "escalationIsUrgent": None, "associations": None, "creatingSupercaseId": None, "lastViewedAt": None,
        "lastViewedBy": None, "lastSubresourceUpdatedBy": ada,
        "courtCaseFiledDate": None, "courtCaseNumber": None, "courtCaseChapter": None,
        "courtCaseDebtorDisposition": None, "courtCaseDebtorDispositionDate": None, "courtCaseLastStatus": None,
        "courtCaseLastStatusUpdatedDate": None, "courtCaseClosedDate": None, "creditorClaimDeadlineDate": None,
        "anticipatedCaseCompletionDate": None, "listedOutstandingDebt": None,
    }  # fmt: skip
    assert case["companyId"] == desk.ids["tenants"]["pc-create"]["peach"]
    assert case["caseTypeMeta"] == {
        "base": "bankruptcy", "id": case["typeId"], "name": "Bankruptcy", "derivedFromTypeId": None, "version": 1,
    }  # fmt: skip


def test_everything_that_is_written_is_shown(desk):
    other = desk.person()
    members = {
        "externalId": "pc-ext-1",
        "borrowerIds": [other],
        "name": "Chapter 13 of Kit",
        "creationProcedure": "manual",
        "owningEmployeeId": desk.id("users", "ben", "peach_employee"),
        "autoCreated": True,
        "createReviewTask": False,
        "status": "completed",
        "outcome": "approved",
        "matchToDataSource": True,
        "matchDetails": {"ssnMatch": "match", "last4SSNMatch": "notAvailable", "matchDoneBy": "dataVendor"},
        "lenderAck": True,
        "metaData": {"a": "b", "n": 1},
        "openedAt": "2024-12-03T19:16:08.286549+01:00",
        "courtCaseFiledDate": "2024-11-30",
        "courtCaseChapter": "chapter13",
        "listedOutstandingDebt": True,
    }
    person = desk.person()
    case = desk.case(person, "bankruptcy", **members)
    expected = {**members, "borrowerIds": [person, other], "openedAt": "2024-12-03T18:16:08.286549+00:00"}
    del expected["createReviewTask"]
    assert {name: case[name] for name in expected} == expected
    assert case["owningEmployee"] == {
        "id": members["owningEmployeeId"], "displayName": "Ben Tester", "twilioWorkerSid": None,
    }  # fmt: skip
    assert case["outcomeUpdatedBy"]["name"] == "Ada Tester"
    assert "createReviewTask" not in case
    assert desk.data(f"/people/{other}/cases/{case['id']}") == desk.data("/people/" + person + "/cases/ext-pc-ext-1")


def test_members_that_the_server_owns_and_unknown_ones_are_ignored(desk):
    _, case = desk.new(id="CS-ZZZZ-ZZZ0", createdAt="x", updatedAt=3, companyId=1, escalatedAt=[], unheard={"a": 1})
    assert case["id"] != "CS-ZZZZ-ZZZ0"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"caseType"}),
        ({"caseType": "fraud"}, {"caseType"}),
        ({"caseType": 5}, {"caseType"}),
        ({"typeId": "CT-ZZZZ-ZZZZ"}, {"typeId"}),
        ({"caseType": "generic", "typeId": 5}, {"typeId"}),
        ({"caseType": "generic", "courtCaseChapter": "chapter7"}, {"courtCaseChapter"}),
        ({"caseType": "bankruptcy", "dutyStartDate": "2024-01-01", "requestDate": "2024-01-01"},
         {"dutyStartDate", "requestDate"}),
        ({"caseType": "bankruptcy", "courtCaseChapter": "chapter9", "courtCaseFiledDate": "yesterday"},
         {"courtCaseChapter", "courtCaseFiledDate"}),
        ({"caseType": "bankruptcy", "listedOutstandingDebt": "yes"}, {"listedOutstandingDebt"}),
        ({"caseType": "generic", "name": "x" * 129}, {"name"}),
        ({"caseType": "generic", "externalId": ""}, {"externalId"}),
        ({"caseType": "generic", "externalId": "x" * 51}, {"externalId"}),
        ({"caseType": "generic", "status": "open"}, {"status"}),
        ({"caseType": "generic", "status": "reopened"}, {"status"}),
        ({"caseType": "generic", "status": "completed"}, {"outcome"}),
        ({"caseType": "generic", "outcome": "perhaps"}, {"outcome"}),
        ({"caseType": "generic", "owningEmployeeId": "EM-ZZZZ-ZZZZ"}, {"owningEmployeeId"}),
        ({"caseType": "generic", "borrowerIds": ["BO-ZZZZ-ZZZZ"]}, {"borrowerIds"}),
        ({"caseType": "generic", "people": ["x"]}, {"people"}),
        ({"caseType": "generic", "workflowId": "WF-ZZZZ-ZZZZ"}, {"workflowId"}),
        ({"caseType": "generic", "creationProcedure": "magic"}, {"creationProcedure"}),
        ({"caseType": "generic", "matchDetails": {"ssnMatch": "yes"}}, {"matchDetails"}),
        ({"caseType": "generic", "metaData": {str(n): "x" for n in range(51)}}, {"metaData"}),
        ({"caseType": "generic", "metaData": {"k" * 101: "x"}}, {"metaData"}),
        ({"caseType": "generic", "metaData": {"k": "x" * 501}}, {"metaData"}),
        ({"caseType": "generic", "customFields": {"unheard": 1}}, {"unheard"}),
        ({"caseType": "generic", "openedAt": "soon"}, {"openedAt"}),
        ({"caseType": "generic", "associations": [{"objectType": "person", "objectId": "1"}]}, {"associations"}),
        ({"caseType": "generic", "escalatedTeamId": "TM-ZZZZ-ZZZZ"}, {"escalatedTeamId"}),
        ({"caseType": "generic", "name": 1, "lenderAck": "x", "status": None}, {"name", "lenderAck", "status"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_created(desk, body, fields):
    person = desk.person()
    assert desk.wrong("POST", f"/people/{person}/cases", body) == fields
    assert desk.get(f"/people/{person}/cases")["total"] == 0


def test_an_association_with_nothing_is_404_and_nothing_is_created(desk):
    person = desk.person()
    body = {"caseType": "generic", "associations": [{"objectType": "loan", "objectId": "LN-ZZZZ-ZZZZ"}]}
    desk.refused("POST", f"/people/{person}/cases", body, status=404)
    assert desk.get(f"/people/{person}/cases")["total"] == 0


def test_first_associations_and_the_first_escalation_come_with_the_case(desk):
    other = desk.new()[1]["id"]
    loan = desk.id("objects", "loan")
    team = desk.id("teams", "desk")
    links = [{"objectType": "loan", "objectId": "ext-L-1"}, {"objectType": "case", "objectId": other}]
    path, case = desk.new(associations=links, escalatedTeamId=team, escalationIsUrgent=True)
    assert (case["escalatedTeamId"], case["escalatedEmployeeId"], case["escalationIsUrgent"]) == (team, None, True)
    assert MOMENT.fullmatch(case["escalatedAt"])
    assert desk.data(path, associations="all")["associations"] == [
        {"objectType": "loan", "objectId": loan},
        {"objectType": "case", "objectId": other},
    ]
    assert [task["taskType"] for task in desk.tasks(case["id"])] == ["reviewEscalatedCaseTeamUrgent"]


@pytest.mark.parametrize(
    ("asked", "filed"), [({}, 1), ({"createReviewTask": True}, 1), ({"createReviewTask": False}, 0)]
)
def test_a_case_that_nobody_human_made_is_reviewed(desk, asked, filed):
    _, case = desk.new(autoCreated=True, **asked)
    assert [task["taskType"] for task in desk.tasks(case["id"])] == ["reviewAutoCreatedCase"] * filed
    assert not desk.tasks(desk.new(**asked)[1]["id"])


def test_an_external_id_is_unique_and_the_refusal_names_who_has_it(desk):
    _, case = desk.new(externalId="pc-twice")
    person = desk.person()
    body = desk.refused(
        "POST", f"/people/{person}/cases", {"caseType": "generic", "externalId": "pc-twice"}, status=409
    )
    assert case["id"] in body["message"]
    assert body["existingId"] == case["id"]
    assert body["errors"][0]["field"] == "externalId"


def test_one_active_collection_case_for_each_borrower(desk):
    path, case = desk.new("collection")
    person = path.split("/")[2]
    desk.refused("POST", f"/people/{person}/cases", {"caseType": "collection"}, status=409)
    other = desk.person()
    desk.refused("POST", f"/people/{other}/cases", {"caseType": "collection", "borrowerIds": [person]}, status=409)
    desk.put(path, {"status": "canceled"})
    second = desk.case(person, "collection")
    desk.refused("PUT", path, {"status": "reopened"}, status=409)
    desk.put(f"/people/{person}/cases/{second['id']}", {"status": "canceled"})
    assert desk.put(path, {"status": "reopened"})["status"] == "reopened"
    assert desk.get(f"/people/{person}/cases")["total"] == 2
    assert case["status"] == "initiated"


def test_of_many_at_once_one_collection_case_is_made(desk):
    person = desk.person()

    def create(_):
        return desk.send("POST", f"/people/{person}/cases", json={"caseType": "collection"}).status_code

    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(create, range(4)))
    assert codes == [200, 409, 409, 409]


def test_the_rule_holds_for_a_case_that_is_reopened_through_another_door(desk):
    path, case = desk.new("collection")
    desk.put(path, {"status": "canceled"})
    desk.case(path.split("/")[2], "collection")
    headers = {
        "Authorization": "Bearer pc-create-ada-secret-000001",
        "organization-id": desk.ids["tenants"][desk.key]["bottlecrm"],
    }
    root = f"{desk.server.url}/bottlecrm/api/cases/"
    found = httpx.get(root, headers=headers, params={"limit": 1000}, timeout=30).json()["results"]
    closed = [one["id"] for one in found if one["status"] == "Closed" and one["name"] == "Collection"]
    answers = [httpx.patch(root + one + "/", headers=headers, json={"status": "New"}, timeout=30) for one in closed]
    assert 400 in {answer.status_code for answer in answers}
    assert desk.data(path)["status"] == "canceled"
    assert case["status"] == "initiated"


def test_types_of_the_company(desk):
    complaint = desk.id("case_types", "complaint")
    path, case = desk.new(typeId=complaint, customFields={"severity": 3, "region": "north"})
    assert (case["typeId"], case["caseTypeMeta"]["version"]) == (complaint, 2)
    assert desk.data(path)["customFields"] == {"severity": 3, "region": "north"}
    for fields in ({"severity": 6}, {"severity": "x"}):
        wrong = desk.wrong("POST", f"/people/{desk.person()}/cases", {"typeId": complaint, "customFields": fields})
        assert wrong == {"severity"}
    draft = desk.post("/case-types", {"caseType": "generic", "name": "Draft"})["id"]
    assert desk.wrong("POST", f"/people/{desk.person()}/cases", {"typeId": draft}) == {"typeId"}
    body = {"typeId": complaint, "caseType": "bankruptcy"}
    assert desk.wrong("POST", f"/people/{desk.person()}/cases", body) == {"caseType"}


def test_required_fields_and_defaults(desk):
    fields = [
        {"fieldName": "why", "dataType": "string", "required": True},
        {"fieldName": "level", "dataType": "integer", "default": 2},
    ]
    kind = desk.post(
        "/case-types", {"caseType": "generic", "name": "Strict", "status": "active", "customFieldSchemas": fields}
    )["id"]
    assert desk.wrong("POST", f"/people/{desk.person()}/cases", {"typeId": kind}) == {"why"}
    path, case = desk.new(typeId=kind, customFields={"why": "x"})
    assert case["customFields"] == {"why": "x", "level": 2}
    assert desk.wrong("PUT", path, {"customFields": {"why": None}}) == {"why"}
    assert desk.put(path, {"customFields": {"level": None}})["customFields"] == {"why": "x"}


def test_who_may_create(both, desk):
    person = desk.person()
    body = {"caseType": "generic"}
    assert desk.send("POST", f"/people/{person}/cases", "ben", json=body).status_code == 200
    for user, status in (("vic", 403), ("otto", 403), ("cus", 403), (None, 401)):
        desk.refused("POST", f"/people/{person}/cases", body, status=status, user=user)
    both[1].refused("POST", f"/people/{person}/cases", body, status=404)
    desk.refused("POST", "/people/BO-ZZZZ-ZZZZ/cases", body, status=404)
    desk.refused("POST", "/people/ext-nobody/cases", body, status=404)
    desk.refused("POST", "/people/nonsense/cases", body, status=404)


@pytest.mark.parametrize("content", [b"", b"[]", b"nonsense", b'"x"', b"\xff"])
def test_a_body_that_is_no_object(desk, content):
    answer = desk.send("POST", f"/people/{desk.person()}/cases", content=content)
    assert answer.status_code == 400
    assert answer.json()["status"] == 400


def test_json_without_its_content_type_is_parsed(desk):
    answer = desk.send(
        "POST", f"/people/{desk.person()}/cases", content=b'{"caseType": "generic"}',
        headers={"Content-Type": "text/plain"},
    )  # fmt: skip
    assert answer.status_code == 200
