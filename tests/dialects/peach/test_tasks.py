"""Tasks, workflows and supercases (spec/peach §11)."""

import asyncio
from collections.abc import Iterator

import pytest

from casework.auth.principals import Principals
from casework.casebook import Casebook
from casework.casebook.servicing.matching import NewCase
from casework.domain.doors import COMMAND_LINE
from casework.store.blobs import Blobs
from casework.store.postgres.database import Database
from dialects.peach.office import Office, Two, companies


@pytest.fixture(scope="module")
def two(server) -> Iterator[Two]:
    with companies(server, "ptasks") as found:
        yield found


@pytest.fixture(scope="module")
def office(two) -> Office:
    return two.here


async def _open(office: Office, mark: str) -> int:
    database = await Database.open(office.server.dsn, size=2)
    casebook = Casebook(database, Blobs(office.server.blobs))
    who = await Principals(database).by_credential(f"{office.key}-ada-secret-000001")
    kit = office.ids["persons"][f"{office.key}/kit"]["number"]
    asked = NewCase("deceased", kit, {"autoCreated": True}, "look at it")
    number = await casebook.servicing.matches.open(who, COMMAND_LINE, "test", mark.encode(), asked)
    await database.close()
    assert number is not None
    return number


@pytest.fixture
def task(office) -> dict:
    number = asyncio.run(_open(office, office.name()))
    (found,) = office.data("/tasks", caseId=str(number))
    return found


def test_a_task_is_shown(office, task):
    assert task["id"].startswith("TK-")
    assert (task["object"], task["taskType"], task["status"]) == ("task", "reviewAutoCreatedCase", "open")
    assert task["personId"] == office.id("persons", "kit")
    assert task["note"] == "look at it"
    assert task["completedAt"] is None
    assert office.data(f"/tasks/{task['id']}") == task


def test_a_task_is_completed_and_opened_again(office, task):
    path = f"/tasks/{task['id']}"
    done = office.put(path, {"status": "completed", "note": "fine"}, "ben")
    assert (done["status"], done["note"]) == ("completed", "fine")
    assert done["completedAt"] is not None
    assert done["completedByUserId"] == office.id("users", "ben")
    assert office.put(path, {"status": "completed"})["completedByUserId"] == office.id("users", "ben")
    again = office.put(path, {"status": "open"})
    assert (again["completedAt"], again["completedByUserId"]) == (None, None)


def test_a_task_is_given_to_an_employee(office, task):
    path, ben = f"/tasks/{task['id']}", office.id("users", "ben", "peach_employee")
    assert office.put(path, {"employeeId": ben})["employeeId"] == ben
    assert [one["id"] for one in office.data("/tasks", employeeId=ben)] == [task["id"]]
    assert office.put(path, {"employeeId": None})["employeeId"] is None
    for wrong in ("EM-0000-ZZZZ", "?", office.id("users", "cus", "peach_employee")):
        assert office.wrong("PUT", path, {"employeeId": wrong}) == {"employeeId"}
    assert office.wrong("PUT", path, {"status": "lost"}) == {"status"}


def test_tasks_narrow_and_page(office, task):
    office.put(f"/tasks/{task['id']}", {"status": "completed"})
    assert task["id"] in [one["id"] for one in office.data("/tasks", status="completed", limit=100)]
    assert task["id"] not in [one["id"] for one in office.data("/tasks", status="open", limit=100)]
    assert office.data("/tasks", taskType="reviewVoicemail") == []
    assert office.data("/tasks", teamId=office.id("teams", "desk")) == []
    first = office.get("/tasks", limit=1)
    assert first["data"][0]["id"] == task["id"]
    following = office.data("/tasks", startingAfter=task["id"], limit=100)
    assert task["id"] not in [one["id"] for one in following]
    office.refused("GET", "/tasks?status=lost")
    office.refused("GET", "/tasks?startingAfter=TK-0000-ZZZZ", status=404)


def test_tasks_of_cases_out_of_reach_are_not_there(two, office, task):
    path = f"/tasks/{task['id']}"
    assert task["id"] not in [one["id"] for one in office.data("/tasks", "own", limit=100)]
    office.refused("GET", path, status=404, user="own")
    office.refused("PUT", path, {"status": "completed"}, status=404, user="own")
    office.refused("PUT", path, {}, status=403, user="vic")
    office.refused("GET", path, status=403, user="otto")
    office.refused("GET", path, status=401, user=None)
    office.refused("GET", "/tasks/TK-0000-ZZZZ", status=404)
    assert two.there.data("/tasks") == []


def test_a_workflow_is_a_checklist(office, task):
    made = office.post(
        "/workflows", {"caseId": task["caseId"], "steps": [{"name": "Call"}, {"id": "x", "name": "Write"}]}
    )
    assert made["id"].startswith("WF-")
    assert made["caseId"] == task["caseId"]
    assert made["steps"] == [
        {"id": "1", "name": "Call", "status": "open"},
        {"id": "x", "name": "Write", "status": "open"},
    ]
    path = f"/workflows/{made['id']}"
    assert office.data(path) == made
    assert [one["id"] for one in office.data("/workflows", caseId=task["caseId"])] == [made["id"]]
    changed = office.put(path, {"steps": [{"id": "1", "name": "Call", "status": "completed"}]})
    assert changed["steps"][0]["status"] == "completed"
    assert changed["caseId"] == task["caseId"]
    office.refused("GET", path, status=404, user="own")
    office.refused("PUT", path, {}, status=404, user="own")


def test_a_workflow_is_refused_what_does_not_fit(office):
    assert office.wrong("POST", "/workflows", {"caseId": "CS-0000-ZZZZ"}) == {"caseId"}
    assert office.wrong("POST", "/workflows", {"steps": [{"name": ""}]}) == {"steps"}
    assert office.wrong("POST", "/workflows", {"steps": [{"name": "x", "status": "lost"}]}) == {"steps"}
    for method in ("GET", "PUT"):
        office.refused(method, "/workflows/WF-0000-ZZZZ", {} if method == "PUT" else None, status=404)
    for user in ("vic", "otto", "cus"):
        office.refused("POST", "/workflows", {}, status=403, user=user)
    office.refused("GET", "/workflows?startingAfter=WF-0000-ZZZZ", status=404)


def test_a_supercase_makes_a_case_for_each_borrower(office):
    people = [office.id("persons", "kit"), "ext-corp-1"]
    body = {"caseType": "federalEmergency", "name": "Flood", "femaDisasterNumber": 4711, "borrowerIds": people}
    made = office.post("/supercases", body)
    assert made["id"].startswith("SC-")
    assert (made["object"], made["caseType"], made["femaDisasterNumber"]) == ("supercase", "federalEmergency", 4711)
    assert len(made["caseIds"]) == 2
    assert office.data(f"/supercases/{made['id']}") == made
    assert made in office.data("/supercases")
    assert office.data(f"/supercases/{made['id']}", "own")["caseIds"] == []
    case = office.data(f"/people/{people[0]}/cases/{made['caseIds'][0]}")
    assert case["creatingSupercaseId"] == made["id"]
    assert (case["creationProcedure"], case["femaDisasterNumber"], case["name"]) == ("supercase", 4711, "Flood")


@pytest.mark.parametrize(
    ("body", "members"),
    [
        ({"borrowerIds": ["ext-kit-1"]}, {"name"}),
        ({"name": "x"}, {"borrowerIds"}),
        ({"name": "x" * 129, "borrowerIds": ["ext-kit-1"]}, {"name"}),
        ({"name": "x", "borrowerIds": ["ext-kit-1", "ext-nobody"]}, {"borrowerIds"}),
        ({"name": "x", "borrowerIds": ["BO-0000-ZZZZ"]}, {"borrowerIds"}),
        ({"name": "x", "caseType": "deceased", "borrowerIds": ["ext-kit-1"]}, {"caseType"}),
        ({"name": "x", "femaDisasterNumber": 1, "borrowerIds": ["ext-kit-1"]}, {"femaDisasterNumber"}),
    ],
)
def test_a_supercase_is_refused_what_does_not_fit(office, body, members):
    before = office.get("/supercases")["total"]
    assert office.wrong("POST", "/supercases", body) == members
    assert office.get("/supercases")["total"] == before


def test_supercases_are_walled(two, office):
    office.refused("GET", "/supercases/SC-0000-ZZZZ", status=404)
    office.refused("GET", "/supercases?endingBefore=SC-0000-ZZZZ", status=404)
    office.refused("POST", "/supercases", {}, status=403, user="vic")
    office.refused("GET", "/supercases", status=403, user="otto")
    assert two.there.data("/supercases") == []
