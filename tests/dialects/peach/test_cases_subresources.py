"""Associations, escalations, snooze, notes and do-not-interacts (spec/peach §7-§11)."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from dialects.peach.case_office import desks


@pytest.fixture(scope="module")
def both(server):
    with desks(server, "pc-sub") as found:
        yield found


@pytest.fixture(scope="module")
def desk(both):
    return both[0]


def links(desk, path, kind="all"):
    return desk.data(path, associations=kind)["associations"]


def test_associations_come_and_go(desk):
    path, case = desk.new()
    person = path.split("/")[2]
    loan = desk.post(f"/people/{person}/loans", {})["id"]
    talk = desk.post(f"/people/{person}/interactions", {"channel": "voice"})["id"]
    paper = desk.post(f"/people/{person}/documents", {"type": "evidence"})["id"]
    other_path, other = desk.new(externalId="ps-other")
    things = [("loan", loan), ("interaction", talk), ("document", paper), ("case", other["id"])]
    moved = case["lastSubresourceUpdatedAt"]
    for kind, thing in things:
        desk.done("POST", f"{path}/associations", {"objectType": kind, "objectId": thing, "relation": "related"})
        after = desk.data(path)
        assert after["lastSubresourceUpdatedAt"] > moved
        assert after["updatedAt"] is None
        moved = after["lastSubresourceUpdatedAt"]
    desk.done("POST", f"{path}/associations", {"objectType": "loan", "objectId": loan})
    assert desk.data(path)["lastSubresourceUpdatedAt"] == moved
    assert links(desk, path) == [{"objectType": kind, "objectId": thing} for kind, thing in things]
    for kind, thing in things:
        assert links(desk, path, f"{kind}s") == [{"objectType": kind, "objectId": thing}]
    assert links(desk, other_path) == []
    desk.done("DELETE", f"{path}/associations/loan/{loan}")
    desk.refused("DELETE", f"{path}/associations/loan/{loan}", status=404)
    desk.done("DELETE", f"{path}/associations/{talk}")
    desk.refused("DELETE", f"{path}/associations/{talk}", status=404)
    answer = desk.send("DELETE", f"{path}/associations", params={"objectType": "document", "objectId": paper})
    assert answer.status_code == 204
    desk.done("DELETE", f"{path}/associations/case/ext-ps-other")
    assert links(desk, path) == []


def test_a_link_between_cases_goes_one_way(desk):
    (one, first), (two, second) = desk.new(), desk.new()
    desk.done("POST", f"{one}/associations", {"objectType": "case", "objectId": second["id"]})
    desk.refused("DELETE", f"{two}/associations/case/{first['id']}", status=404)
    desk.done("POST", f"{two}/associations", {"objectType": "case", "objectId": first["id"]})
    assert links(desk, two) == [{"objectType": "case", "objectId": first["id"]}]
    desk.done("DELETE", f"{one}/associations/{second['id']}")
    assert links(desk, one) == []
    assert links(desk, two) == [{"objectType": "case", "objectId": first["id"]}]
    desk.done("DELETE", f"{two}/associations/{first['id']}")
    assert links(desk, two) == []


def test_what_cannot_be_associated(both, desk):
    path, case = desk.new()
    for body, fields in (
        ({}, {"objectType", "objectId"}),
        ({"objectType": "person", "objectId": "1"}, {"objectType"}),
        ({"objectType": "loan", "objectId": 5}, {"objectId"}),
        ({"objectType": "loan", "objectId": "ext-L-1", "relation": "owned"}, {"relation"}),
        ({"objectType": "case", "objectId": case["id"]}, {"objectId"}),
    ):
        assert desk.wrong("POST", f"{path}/associations", body) == fields
    theirs = both[1].new(externalId="ps-theirs")[1]
    assert theirs["externalId"] == "ps-theirs"
    for kind, thing in (
        ("loan", "LN-ZZZZ-ZZZZ"), ("loan", "ext-nothing"), ("document", "ext-L-1"), ("loan", "nonsense"),
        ("case", "CS-ZZZZ-ZZZZ"), ("case", "ext-ps-theirs"), ("interaction", desk.id("objects", "loan")),
    ):  # fmt: skip
        desk.refused("POST", f"{path}/associations", {"objectType": kind, "objectId": thing}, status=404)
    desk.refused("DELETE", f"{path}/associations/person/1")
    desk.refused("DELETE", f"{path}/associations")
    desk.refused("DELETE", f"{path}/associations/ext-nothing", status=404)
    good = {"objectType": "loan", "objectId": "ext-L-1"}
    for user, status in (("vic", 403), ("otto", 403), (None, 401), ("own", 404)):
        desk.refused("POST", f"{path}/associations", good, status=status, user=user)
    both[1].refused("POST", f"{path}x/associations", good, status=404)


def test_an_escalation_is_made_changed_and_taken_back(desk):
    path, case = desk.new(name="Help")
    team, ben = desk.id("teams", "desk"), desk.id("users", "ben", "peach_employee")
    desk.done("POST", f"{path}/escalations", {"escalatedTeamId": team, "note": "please"})
    shown = desk.data(path)
    assert (shown["escalatedTeamId"], shown["escalationIsUrgent"]) == (team, False)
    assert shown["updatedAt"] is None
    active = desk.get(f"{path}/escalations/active")
    assert active == desk.get(f"{path}/escalation")
    assert {name: active[name] for name in active if name not in {"escalatedAt", "canceledAt", "status"}} == {
        "caseId": case["id"], "caseName": "Help", "escalatedTeamId": team, "escalatedEmployeeId": None,
        "escalationTargetName": "Desk", "note": "please", "isUrgent": False,
    }  # fmt: skip
    desk.done(
        "POST",
        f"{path}/escalate",
        {"escalatedTeamId": None, "escalatedEmployeeId": ben, "isUrgent": True, "note": "now"},
    )
    active = desk.get(f"{path}/escalations/active")
    assert (active["escalationTargetName"], active["isUrgent"]) == ("Ben Tester", True)
    listed = desk.get(f"{path}/escalations")
    assert set(listed) == {"status", "count", "data"}
    assert listed["count"] == 1
    desk.done("POST", f"{path}/escalations", {"escalatedTeamId": None, "escalatedEmployeeId": None, "note": "solved"})
    assert desk.data(path)["escalatedAt"] is None
    desk.refused("GET", f"{path}/escalations/active", status=404)
    desk.done("POST", f"{path}/escalations", {"escalatedTeamId": None, "escalatedEmployeeId": None, "note": "again"})
    desk.done("POST", f"{path}/escalations", {"escalatedEmployeeId": ben})
    assert [one["status"] for one in desk.get(f"{path}/escalations")["data"]] == ["active", "canceled"]
    assert [(note["category"], note["content"]) for note in desk.data(f"{path}/notes")] == [
        ("escalationCancelReason", "solved"),
        ("escalationUpdateReason", "now"),
        ("escalationCreateReason", "please"),
    ]
    assert [task["taskType"] for task in desk.tasks(case["id"])][::-1] == [
        "reviewEscalatedCaseTeam",
        "reviewEscalatedCaseAgentUrgent",
        "reviewEscalatedCaseAgent",
    ]


def test_active_escalations_of_the_company(both, desk):
    path, case = desk.new()
    desk.done("POST", f"{path}/escalations", {"escalatedTeamId": desk.id("teams", "desk")})
    calm, _ = desk.new()
    assert calm
    body = desk.get("/case-escalations")
    assert set(body) == {"status", "count", "data"}
    assert body["count"] == len(body["data"])
    assert body["data"][0]["caseId"] == case["id"]
    assert desk.get("/cases/escalations") == body
    assert both[1].get("/case-escalations")["count"] == 0
    desk.done("POST", f"{path}/escalations", {})
    assert case["id"] not in [one["caseId"] for one in desk.get("/case-escalations")["data"]]
    desk.refused("GET", "/case-escalations", status=401, user=None)
    desk.refused("GET", "/case-escalations", status=403, user="otto")


def test_who_can_be_called_for_help(both, desk):
    path, _ = desk.new()
    team, ben = desk.id("teams", "desk"), desk.id("users", "ben", "peach_employee")
    ada = desk.id("users", "ada", "peach_employee")
    desk.done("POST", f"{path}/escalations", {"escalatedTeamId": team, "escalatedEmployeeId": ben})
    assert desk.get(f"{path}/escalation")["escalationTargetName"] == "Ben Tester"
    for body, fields in (
        ({"escalatedTeamId": team, "escalatedEmployeeId": ada}, {"escalatedEmployeeId"}),
        ({"escalatedTeamId": "TM-ZZZZ-ZZZZ"}, {"escalatedTeamId"}),
        ({"escalatedEmployeeId": "EM-ZZZZ-ZZZZ"}, {"escalatedEmployeeId"}),
        ({"escalatedTeamId": team, "isUrgent": "yes"}, {"isUrgent"}),
        ({"escalatedTeamId": 5, "note": 6}, {"escalatedTeamId", "note"}),
    ):
        assert desk.wrong("POST", f"{path}/escalations", body) == fields
    for user, status in (("vic", 403), (None, 401), ("own", 404), ("cus", 403)):
        desk.refused("POST", f"{path}/escalations", {"escalatedTeamId": team}, status=status, user=user)
    for end in ("escalations", "escalation", "escalations/active"):
        both[1].refused("GET", f"{path}/{end}", status=404)


def test_snooze_and_its_end(desk):
    path, case = desk.new()
    desk.done("POST", f"{path}/snooze", {"snoozeFor": 2})
    shown = desk.data(path)
    assert shown["snoozedUntil"] == (datetime.now(UTC).date() + timedelta(days=2)).isoformat()
    assert re.fullmatch(r"\d{4}-.*\+00:00", shown["snoozedAt"])
    assert shown["updatedAt"] is None
    desk.done("POST", f"{path}/snooze", {"snoozeFor": None})
    shown = desk.data(path)
    assert (shown["snoozedAt"], shown["snoozedUntil"]) == (None, None)
    desk.done("POST", f"{path}/snooze", {"snoozeFor": None})
    assert desk.tasks(case["id"]) == []
    desk.done("POST", f"{path}/snooze", {"snoozeFor": 3650})
    assert date.fromisoformat(desk.data(path)["snoozedUntil"]).year >= 2030


def test_a_snooze_whose_day_has_come_files_a_review(desk):
    ids = desk.server.apply({"tenants": [{"key": desk.key, "cases": [
        {"key": "asleep", "subject": "Asleep", "borrowers": ["kit"], "snoozed_until": date(2020, 1, 1).isoformat()},
    ]}]})  # fmt: skip
    case = ids["cases"][f"{desk.key}/asleep"]["peach"]
    path = f"/people/ext-kit-1/cases/{case}"
    assert desk.data(path)["snoozedUntil"] == "2020-01-01"
    desk.done("POST", f"{path}/snooze", {"snoozeFor": None})
    assert [task["taskType"] for task in desk.tasks(case)] == ["reviewSnoozedCase"]
    assert desk.data(path)["snoozedUntil"] is None


@pytest.mark.parametrize("body", [{}, {"snoozeFor": 0}, {"snoozeFor": -1}, {"snoozeFor": "1"}, {"snoozeFor": 3651},
                                  {"snoozeFor": True}, {"snoozeFor": 1.5}, {"snoozeFor": [1]}])  # fmt: skip
def test_no_snooze(desk, body):
    path, _ = desk.new()
    assert desk.wrong("POST", f"{path}/snooze", body) == {"snoozeFor"}


def test_who_may_snooze(both, desk):
    path, _ = desk.new()
    for user, status in (("vic", 403), (None, 401), ("own", 404), ("cus", 403)):
        desk.refused("POST", f"{path}/snooze", {"snoozeFor": 1}, status=status, user=user)
    both[1].refused("POST", f"{path}/snooze", {"snoozeFor": 1}, status=404)


def test_notes(desk):
    path, case = desk.new()
    note = desk.post(f"{path}/notes", {"content": "Hello", "important": True, "sensitiveData": True})
    assert re.fullmatch(r"NT-[0-9A-Z]{4}-[0-9A-Z]{4}", note["id"])
    shown = {name: note[name] for name in note if name not in {"id", "createdAt", "createdByUser", "companyId"}}
    assert shown == {
        "object": "note", "updatedAt": None, "deletedAt": None, "caseId": case["id"], "content": "Hello",
        "status": "active", "important": True, "category": "generic", "sensitiveData": True, "archived": False,
        "pinned": False, "taskableInstruction": False,
    }  # fmt: skip
    pinned = desk.post(f"{path}/notes", {"content": "Pin", "pinned": True}, user="ben")
    old = desk.post(f"{path}/notes", {"content": "Old", "archived": True, "category": "escalationCreateReason"})
    assert desk.tasks(case["id"]) == []
    do = desk.post(f"{path}/notes", {"content": "Do it", "taskableInstruction": True})
    assert [task["taskType"] for task in desk.tasks(case["id"])] == ["reviewCaseInstructions"]
    whole = [do["id"], pinned["id"], note["id"]]
    assert desk.listed(f"{path}/notes") == whole
    assert desk.listed(f"{path}/notes", includeArchived="true") == [do["id"], old["id"], pinned["id"], note["id"]]
    assert desk.listed(f"{path}/notes", pinned="true") == [pinned["id"]]
    assert desk.listed(f"{path}/notes", pinned="false") == [do["id"], note["id"]]
    assert desk.listed(f"{path}/notes", categories="escalationCreateReason", includeArchived="true") == [old["id"]]
    body = desk.get(f"{path}/notes", limit=1)
    assert (body["total"], body["count"]) == (3, 1)
    assert desk.listed(f"{path}/notes", startingAfter=do["id"], limit=1) == [pinned["id"]]
    assert desk.listed(f"{path}/notes", endingBefore=note["id"], limit=1) == [pinned["id"]]
    assert body["nextUrl"].endswith(f"startingAfter={do['id']}")
    assert desk.data(f"{path}/notes/{note['id']}") == note
    after = desk.put(f"{path}/notes/{note['id']}", {"archived": True, "content": "Bye"})
    assert (after["archived"], after["content"], after["important"]) == (True, "Bye", True)
    desk.refused("PUT", f"{path}/notes/{pinned['id']}", {"pinned": False}, status=403)


def test_wrong_notes(both, desk):
    path, _ = desk.new()
    for body, fields in (
        ({}, {"content"}), ({"content": " "}, {"content"}), ({"content": None}, {"content"}),
        ({"content": "x", "category": "y", "pinned": 1}, {"category", "pinned"}),
    ):  # fmt: skip
        assert desk.wrong("POST", f"{path}/notes", body) == fields
    assert desk.send("GET", f"{path}/notes", params={"categories": "x"}).status_code == 400
    assert desk.send("GET", f"{path}/notes", params={"startingAfter": "NT-ZZZZ-ZZZZ"}).status_code == 404
    desk.refused("GET", f"{path}/notes/NT-ZZZZ-ZZZZ", status=404)
    for user, status in (("vic", 403), (None, 401), ("own", 404), ("cus", 403)):
        desk.refused("POST", f"{path}/notes", {"content": "x"}, status=status, user=user)
    both[1].refused("POST", f"{path}/notes", {"content": "x"}, status=404)
    assert desk.send("GET", f"{path}/notes", "vic").status_code == 200


def test_do_not_interact(both, desk):
    path, case = desk.new("ceaseCommunication")
    listed = f"{path}/do-not-interacts"
    assert desk.get(listed)["data"] == []
    members = {
        "channels": ["voice", "text"], "themes": ["opsCollDebt"], "startDate": "2024-01-01", "endDate": "2025-01-01",
        "daysOfWeek": [1, 2], "timezone": "America/New_York", "timesOfDay": [{"fromHour": 8, "toHour": 12}],
        "contactLabels": ["personal"],
    }  # fmt: skip
    made = desk.post(listed, members)
    assert {name: made[name] for name in members} == members
    assert (made["object"], made["source"], made["caseId"]) == ("doNotInteract", "api", case["id"])
    assert made["personId"] == path.split("/")[2]
    assert desk.refused("POST", listed, members, status=409)["existingId"] == made["id"]
    assert desk.data(f"{listed}/{made['id']}") == made
    after = desk.put(f"{listed}/{made['id']}", {"channels": ["all"], "endDate": None})
    assert (after["channels"], after["endDate"], after["themes"]) == (["all"], None, ["opsCollDebt"])
    assert desk.wrong("PUT", f"{listed}/{made['id']}", {"endDate": "2023-01-01"}) == {"endDate"}
    assert desk.wrong("PUT", f"{listed}/{made['id']}", {"channels": ["x"], "themes": ["y"]}) == {"channels", "themes"}
    assert desk.data(path)["lastSubresourceUpdatedAt"] > case["lastSubresourceUpdatedAt"]
    assert desk.wrong("POST", listed, {}) == {"channels"}
    assert desk.wrong("PUT", f"{listed}/{made['id']}", {"timezone": "Mars/Olympus"}) == {"timezone"}
    desk.refused("GET", f"{listed}/DN-ZZZZ-ZZZZ", status=404)
    desk.refused("PUT", f"{listed}/{made['id']}", {}, status=403, user="vic")
    both[1].refused("GET", listed, status=404)
    desk.done("DELETE", f"{listed}/{made['id']}")
    desk.refused("DELETE", f"{listed}/{made['id']}", status=404)
    assert desk.get(listed)["count"] == 0
