"""Reading and updating cases: partial updates, the five states, the echo rule (spec/peach §4, §5, §6; DOMAIN §2)."""

import httpx
import pytest

from dialects.peach.case_office import desks


@pytest.fixture(scope="module")
def both(server):
    with desks(server, "pc-update") as found:
        yield found


@pytest.fixture(scope="module")
def desk(both):
    return both[0]


def test_what_is_absent_stays(desk):
    path, case = desk.new("bankruptcy", name="Old", courtCaseChapter="chapter7", metaData={"a": "b"})
    after = desk.put(path, {"courtCaseNumber": "24-1"})
    assert (after["name"], after["courtCaseChapter"], after["courtCaseNumber"]) == ("Old", "chapter7", "24-1")
    assert after["updatedAt"] is not None
    assert after["lastSubresourceUpdatedAt"] > case["lastSubresourceUpdatedAt"]
    patched = desk.send("PATCH", path, json={"name": "New", "courtCaseChapter": None, "metaData": {"c": 1}}).json()
    assert set(patched) == {"status", "message", "data"}
    assert patched["data"]["name"] == "New"
    assert (patched["data"]["courtCaseChapter"], patched["data"]["metaData"]) == (None, {"c": 1})
    assert desk.put(path, {"metaData": None, "name": None})["name"] == "Bankruptcy"
    assert desk.data(path)["metaData"] is None


def test_an_update_that_says_what_is_shown_changes_nothing(desk):
    path, _ = desk.new("bankruptcy", courtCaseChapter="chapter7", matchDetails={"ssnMatch": "match"}, metaData={"a": 1})
    before = desk.data(path)
    assert desk.put(path, before) == before
    assert desk.put(path, {}) == before
    assert desk.put(path, {"name": "Bankruptcy", "status": "initiated"}) == before


def test_a_waiting_case_is_being_processed(desk):
    path, case = desk.new()
    number = desk.data(path)["id"]
    headers = {
        "Authorization": f"Bearer {desk.key}-ada-secret-000001",
        "organization-id": desk.ids["tenants"][desk.key]["bottlecrm"],
    }
    root = f"{desk.server.url}/bottlecrm/api/cases/"
    newest = httpx.get(root, headers=headers, params={"limit": 1}, timeout=30).json()["results"][0]["id"]
    assert httpx.patch(f"{root}{newest}/", headers=headers, json={"status": "On Hold"}, timeout=30).status_code == 200
    before = desk.data(path)
    assert before["status"] == "processing"
    assert desk.put(path, {"status": "processing"}) == before
    there = httpx.get(f"{root}{newest}/", headers=headers, timeout=30).json()["case_obj"]
    assert there["status"] == "On Hold"
    assert case["id"] == number


MOVES = {
    "initiated": {"processing", "canceled"},
    "processing": {"initiated", "completed", "canceled"},
    "completed": {"reopened"},
    "canceled": {"reopened"},
    "reopened": {"processing", "completed", "canceled"},
}
WAY = {
    "initiated": [], "processing": ["processing"], "completed": ["processing", "completed"], "canceled": ["canceled"],
    "reopened": ["canceled", "reopened"],
}  # fmt: skip


@pytest.mark.parametrize("state", MOVES)
@pytest.mark.parametrize("target", MOVES)
def test_the_state_machine(desk, state, target):
    path, _ = desk.new()
    for step in WAY[state]:
        desk.put(path, {"status": step, **({"outcome": "approved"} if step == "completed" else {})})
    before = desk.data(path)
    assert before["status"] == state
    body = {"status": target, **({"outcome": "approved"} if target == "completed" and state != "completed" else {})}
    if target == state or target in MOVES[state]:
        after = desk.put(path, body)
        assert after["status"] == target
        assert (after["statusUpdatedAt"] == before["statusUpdatedAt"]) is (target == state)
    else:
        assert desk.wrong("PUT", path, body) == {"status"}
        assert desk.data(path) == before


def test_completing_needs_an_outcome(desk):
    path, _ = desk.new(status="processing")
    assert desk.wrong("PUT", path, {"status": "completed"}) == {"outcome"}
    assert desk.wrong("PUT", path, {"status": "completed", "outcome": None}) == {"outcome"}
    assert desk.wrong("PUT", path, {"status": "completed", "outcome": "perhaps"}) == {"outcome"}
    assert desk.put(path, {"outcome": "denied"})["outcomeUpdatedBy"]["name"] == "Ada Tester"
    assert desk.put(path, {"status": "completed"})["outcome"] == "denied"
    reopened = desk.put(path, {"status": "reopened"})
    assert (reopened["status"], reopened["outcome"]) == ("reopened", None)
    assert desk.wrong("PUT", path, {"status": "completed"}) == {"outcome"}


def test_one_request_changes_and_completes_and_another_reopens_and_changes(desk):
    path, _ = desk.new("bankruptcy", status="processing")
    after = desk.put(path, {"name": "Done", "status": "completed", "outcome": "approved", "courtCaseNumber": "1"})
    assert (after["name"], after["status"], after["courtCaseNumber"]) == ("Done", "completed", "1")
    after = desk.put(path, {"status": "reopened", "name": "Again", "outcome": "denied"})
    assert (after["name"], after["status"], after["outcome"]) == ("Again", "reopened", "denied")


@pytest.mark.parametrize("state", ["completed", "canceled"])
def test_a_case_that_is_done_is_frozen(desk, state):
    path, _ = desk.new()
    ben, team = desk.id("users", "ben", "peach_employee"), desk.id("teams", "desk")
    desk.done("POST", f"{path}/associations", {"objectType": "loan", "objectId": "ext-L-1"})
    for step in WAY[state]:
        desk.put(path, {"status": step, **({"outcome": "approved"} if step == "completed" else {})})
    before = desk.data(path)
    for body in ({"name": "x"}, {"owningEmployeeId": ben}, {"metaData": {"a": 1}}, {"outcome": "denied"}):
        desk.refused("PUT", path, body)
    desk.refused("POST", f"{path}/escalations", {"escalatedTeamId": team})
    desk.refused("POST", f"{path}/escalations", {})
    for days in (1, None):
        desk.refused("POST", f"{path}/snooze", {"snoozeFor": days})
    desk.refused("POST", f"{path}/associations", {"objectType": "loan", "objectId": "ext-L-1"})
    desk.refused("DELETE", f"{path}/associations/loan/ext-L-1")
    desk.refused("POST", f"{path}/do-not-interacts", {"channels": ["voice"]})
    assert desk.data(path) == before
    assert desk.put(path, {"status": state}) == before
    desk.done("POST", f"{path}/views")
    desk.post(f"{path}/notes", {"content": "still"})
    desk.put(path, {"status": "reopened", "name": "x"})


def test_the_owner(desk):
    path, _ = desk.new()
    ben = desk.id("users", "ben", "peach_employee")
    after = desk.put(path, {"owningEmployeeId": ben})
    assert after["owningEmployee"] == {"id": ben, "displayName": "Ben Tester", "twilioWorkerSid": None}
    assert desk.wrong("PUT", path, {"owningEmployeeId": "EM-ZZZZ-ZZZZ"}) == {"owningEmployeeId"}
    assert desk.wrong("PUT", path, {"owningEmployeeId": desk.id("users", "cus", "peach_employee")}) == {
        "owningEmployeeId"
    }
    after = desk.put(path, {"owningEmployeeId": None})
    assert (after["owningEmployeeId"], after["owningEmployee"]) == (None, None)


def test_borrowers_keep_the_one_of_the_path(desk):
    path, _ = desk.new()
    person, other = path.split("/")[2], desk.person()
    assert desk.put(path, {"borrowerIds": [other]})["people"] == [person, other]
    assert desk.data(f"/people/{other}/cases/{path.split('/')[-1]}")["people"] == [person, other]
    assert desk.put(path, {"people": []})["borrowerIds"] == [person]
    desk.refused("GET", f"/people/{other}/cases/{path.split('/')[-1]}", status=404)
    assert desk.wrong("PUT", path, {"borrowerIds": ["BO-ZZZZ-ZZZZ"]}) == {"borrowerIds"}


def test_the_type_never_changes(desk):
    path, case = desk.new("deceased", deceasedNoticeReceivedDate="2024-05-01")
    assert desk.wrong("PUT", path, {"caseType": "generic"}) == {"caseType"}
    assert desk.wrong("PUT", path, {"typeId": desk.id("case_types", "complaint")}) == {"typeId"}
    assert desk.wrong("PUT", path, {"courtCaseChapter": "chapter7", "name": "x"}) == {"courtCaseChapter"}
    assert desk.put(path, {"caseType": "deceased", "typeId": case["typeId"]})["name"] == "Deceased"
    assert desk.data(path)["deceasedNoticeReceivedDate"] == "2024-05-01"


@pytest.mark.parametrize(
    ("base", "member", "value"),
    [
        ("creditBureauDispute", "responseDueDate", "2024-01-01"), ("debtValidation", "requestDate", "2024-01-01"),
        ("deceased", "deceasedNoticeReceivedDate", "2024-01-01"), ("disputeOfDebt", "noticeReceivedDate", "2024-01-01"),
        ("identityTheft", "reportReceivedDate", "2024-01-01"), ("legalAction", "legalActionIntiatedDate", "2024-01-01"),
        ("legalAction", "legalJudgementEffectiveDate", "2024-01-01"), ("militaryDuty", "dutyStartDate", "2024-01-01"),
        ("militaryDuty", "dutyEndDate", "2024-01-01"), ("federalEmergency", "femaDisasterNumber", 4711),
        ("bankruptcy", "courtCaseLastStatus", "closedDischargeNA"),
        ("bankruptcy", "courtCaseDebtorDisposition", "discharged"),
    ],
)  # fmt: skip
def test_members_of_each_type(desk, base, member, value):
    path, case = desk.new(base)
    assert case[member] is None
    assert desk.put(path, {member: value})[member] == value
    assert desk.wrong("PUT", path, {member: "nonsense"}) == {member}
    other = desk.new("generic" if base != "generic" else "bankruptcy")[0]
    assert desk.wrong("PUT", other, {member: value}) == {member}
    assert desk.put(other, {member: None})["object"] == "case"


def test_the_escalation_is_no_part_of_an_update(desk):
    path, _ = desk.new()
    body = {"escalatedTeamId": desk.id("teams", "desk"), "escalationIsUrgent": True, "escalatedAt": "2024-01-01"}
    assert desk.put(path, body)["escalatedTeamId"] is None


def test_external_ids(both, desk):
    path, case = desk.new(externalId="pu-1")
    person = path.split("/")[2]
    other, _ = desk.new()
    body = desk.refused("PUT", other, {"externalId": "pu-1"}, status=409)
    assert body["existingId"] == case["id"]
    assert desk.data(f"/people/{person}/cases/ext-pu-1")["id"] == case["id"]
    assert desk.put(path, {"externalId": None})["externalId"] is None
    desk.refused("GET", f"/people/{person}/cases/ext-pu-1", status=404)
    assert desk.put(other, {"externalId": "pu-1"})["externalId"] == "pu-1"
    assert both[1].new(externalId="pu-1")[1]["externalId"] == "pu-1"


def test_reading(both, desk):
    path, case = desk.new()
    person = path.split("/")[2]
    assert desk.data(path, include="notes,whatever")["id"] == case["id"]
    assert desk.data(path, user="vic")["id"] == case["id"]
    assert desk.data(path)["associations"] is None
    assert desk.data(path, associations="all")["associations"] == []
    assert desk.send("GET", path, params={"associations": "people"}).status_code == 400
    other = desk.person()
    for wrong in (f"/people/{other}/cases/{case['id']}", f"/people/{person}/cases/CS-ZZZZ-ZZZZ",
                  f"/people/{person}/cases/nonsense", f"/people/nobody/cases/{case['id']}"):  # fmt: skip
        for method in ("GET", "PUT", "PATCH"):
            desk.refused(method, wrong, {} if method != "GET" else None, status=404)
    both[1].refused("GET", path, status=404)
    for user, status in (("otto", 403), ("cus", 403), (None, 401), ("own", 404)):
        desk.refused("GET", path, status=status, user=user)
    for user, status in (("vic", 403), ("otto", 403), ("cus", 403), (None, 401), ("own", 404)):
        desk.refused("PUT", path, {"name": "x"}, status=status, user=user)


def test_views(desk):
    path, _ = desk.new()
    before = desk.data(path)
    desk.done("POST", f"{path}/views", user="vic")
    after = desk.data(path)
    assert after["lastViewedBy"]["name"] == "Vic Tester"
    assert after["lastViewedAt"] is not None
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"lastViewedAt", "lastViewedBy"}
    desk.done("POST", f"{path}/views", {"anything": 1})
    assert desk.data(path)["lastViewedBy"]["name"] == "Ada Tester"
    desk.refused("POST", f"{path}x/views", status=404)
    desk.refused("POST", f"{path}/views", status=401, user=None)


@pytest.mark.parametrize("outcomes", [["settled", "waived"]])
def test_outcomes_of_the_company(server, outcomes):
    with desks(server, "pc-outcomes") as (own, _):
        server.apply({"tenants": [{"key": own.key, "dialects": {"peach": {"outcomes": outcomes}}}]})
        path, _ = own.new(status="processing")
        person = path.split("/")[2]
        made = {"caseType": "generic", "status": "completed"}
        answers = [own.send("POST", f"/people/{person}/cases", json={**made, "outcome": o}) for o in ("settled", "x")]
        assert [answer.status_code for answer in answers] == [200, 400]
