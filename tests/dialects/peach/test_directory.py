"""`/employees` and `/teams` (spec/peach §11)."""

from collections.abc import Iterator

import pytest

from dialects.peach.office import Office, Two, companies


@pytest.fixture(scope="module")
def two(server) -> Iterator[Two]:
    with companies(server, "pdirectory") as found:
        yield found


@pytest.fixture(scope="module")
def office(two) -> Office:
    return two.here


def employee(office: Office, key: str) -> str:
    return office.id("users", key, "peach_employee")


def test_every_user_on_the_staff_is_an_employee(office):
    shown = office.data(f"/employees/{employee(office, 'ben')}")
    assert shown["userId"] == office.id("users", "ben")
    assert (shown["firstName"], shown["lastName"]) == ("Ben", "Tester")
    assert [team["name"] for team in shown["teams"]] == ["Desk"]
    listed = [one["id"] for one in office.data("/employees", limit=100)]
    assert employee(office, "ben") in listed
    assert employee(office, "cus") not in listed
    office.refused("GET", f"/employees/{employee(office, 'cus')}", status=404)


def test_it_makes_an_employee_of_a_user(office):
    body = {
        "userId": office.id("users", "vic"),
        "firstName": "Victor",
        "lastName": "View",
        "jobName": "Looker",
        "email": "vic@work.example",
        "phone": "+1555",
        "externalId": "emp-1",
        "managerEmployeeId": employee(office, "ada"),
        "availableAndPermittedTasktypes": ["reviewSnoozedCase"],
        "teams": [{"id": office.id("teams", "desk")}],
        "metaData": {"a": "b"},
    }
    answer = office.send("POST", "/employees", json=body)
    assert answer.status_code == 200, answer.text
    made = answer.json()["data"]
    assert made["id"] == answer.json()["id"] == employee(office, "vic")
    assert {name: made[name] for name in body if name != "teams"} == {n: v for n, v in body.items() if n != "teams"}
    assert made["teams"] == [{"id": office.id("teams", "desk"), "name": "Desk"}]
    assert made["displayName"] == "Victor View"
    company = office.ids["tenants"][office.key]["peach"]
    for path in ("/employees/ext-emp-1", f"/companies/{company}/employees/ext-emp-1"):
        assert office.data(path) == made
    left = office.put("/employees/ext-emp-1", {"teams": [], "jobName": None})
    assert (left["teams"], left["jobName"], left["firstName"]) == ([], None, "Victor")
    office.refused("PUT", f"/employees/{employee(office, 'ben')}", {"externalId": "emp-1"}, status=409)


def test_the_company_in_the_path_must_be_ones_own(office):
    company = office.ids["tenants"][office.key]["peach"]
    body = {"userId": office.id("users", "own")}
    assert office.post(f"/companies/{company}/employees", body)["id"] == employee(office, "own")
    assert office.data(f"/companies/{company}/employees", limit=100) == office.data("/employees", limit=100)
    for method in ("GET", "POST"):
        office.refused(method, "/companies/CP-0000-ZZZZ/employees", body if method == "POST" else None, status=404)


@pytest.mark.parametrize(
    ("body", "members"),
    [
        ({}, {"userId"}),
        ({"userId": "UR-0000-ZZZZ"}, {"userId"}),
        ({"userId": "nobody"}, {"userId"}),
        ({"firstName": ""}, {"userId", "firstName"}),
    ],
)
def test_an_employee_needs_a_user(office, body, members):
    assert office.wrong("POST", "/employees", body) == members


@pytest.mark.parametrize(
    ("body", "members"),
    [
        ({"firstName": "", "lastName": "x" * 51}, {"firstName", "lastName"}),
        ({"jobName": "x" * 101, "email": "x" * 101, "phone": "1" * 17}, {"jobName", "email", "phone"}),
        ({"managerEmployeeId": "EM-0000-ZZZZ"}, {"managerEmployeeId"}),
        ({"availableAndPermittedTasktypes": ["dance"]}, {"availableAndPermittedTasktypes"}),
        ({"teams": ["TM-0000-ZZZZ"]}, {"teams"}),
    ],
)
def test_an_employee_is_refused_what_does_not_fit(office, body, members):
    assert office.wrong("PUT", f"/employees/{employee(office, 'ben')}", body) == members


def test_a_team_is_made_shown_changed_and_taken_away(office):
    ben, ada = employee(office, "ben"), employee(office, "ada")
    made = office.post("/teams", {"name": "Night", "email": "n@x.example", "externalId": "t-1", "employees": [ben]})
    assert made["id"].startswith("TM-")
    assert made["object"] == "team"
    assert [one["id"] for one in made["employees"]] == [ben]
    assert office.data("/teams/ext-t-1") == office.data(f"/teams/{made['id']}") == made
    changed = office.put(f"/teams/{made['id']}", {"name": "Late", "employees": [{"id": ada}, ben]})
    assert (changed["name"], changed["email"]) == ("Late", "n@x.example")
    assert [one["id"] for one in changed["employees"]] == [ada, ben]
    assert made["id"] in [one["id"] for one in office.data("/teams")]
    assert [one["id"] for one in office.data("/teams", externalId="t-1")] == [made["id"]]
    assert made["id"] in office.refused("POST", "/teams", {"name": "x", "externalId": "t-1"}, status=409)["message"]
    assert office.send("DELETE", f"/teams/{made['id']}").status_code == 204
    for method in ("GET", "PUT", "DELETE"):
        office.refused(method, f"/teams/{made['id']}", {} if method == "PUT" else None, status=404)


@pytest.mark.parametrize(
    ("body", "members"),
    [
        ({}, {"name"}),
        ({"name": ""}, {"name"}),
        ({"name": "x", "employees": ["EM-0000-ZZZZ"]}, {"employees"}),
        ({"name": "x", "employees": ["?"]}, {"employees"}),
        ({"name": "x", "externalId": ""}, {"externalId"}),
    ],
)
def test_a_team_is_refused_what_does_not_fit(office, body, members):
    assert office.wrong("POST", "/teams", body) == members


@pytest.mark.parametrize("path", ["/teams", "/employees"])
def test_pages_and_cursors(office, path):
    first = office.get(path, limit=1)
    if first["nextUrl"]:
        second = office.send("GET", first["nextUrl"].removeprefix("/peach/api")).json()
        assert second["data"][0]["id"] != first["data"][0]["id"]
    office.refused("GET", f"{path}?limit=0")
    office.refused("GET", f"{path}?startingAfter=ext-nobody", status=404)


def test_only_who_may_edit_people_writes(office):
    desk, ben = office.id("teams", "desk"), employee(office, "ben")
    asked = [
        ("POST", "/teams"), ("PUT", f"/teams/{desk}"), ("DELETE", f"/teams/{desk}"), ("POST", "/employees"),
        ("PUT", f"/employees/{ben}"),
    ]  # fmt: skip
    for method, path in asked:
        for user in ("ben", "vic", "otto", "cus"):
            office.refused(method, path, {}, status=403, user=user)
        office.refused(method, path, {}, status=401, user=None)
    for path in ("/teams", f"/teams/{desk}", "/employees", f"/employees/{ben}"):
        assert office.data(path, "vic")
        office.refused("GET", path, status=403, user="otto")


def test_another_company_has_nothing(two):
    two.there.post("/teams", {"name": "Theirs", "externalId": "theirs"})
    two.here.refused("GET", "/teams/ext-theirs", status=404)
    assert "Theirs" not in [one["name"] for one in two.here.data("/teams", limit=100)]
