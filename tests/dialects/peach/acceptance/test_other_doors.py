"""A case behind the Peach door and behind others: what each shows of what the other wrote (DOMAIN §1-3)."""

import httpx
import pytest

from dialects.peach.acceptance.client import OPENED, Door, unchanged, word

GRANT = "urn:ibm:params:oauth:grant-type:apikey"


class Ibm:
    def __init__(self, server, user):
        form = {"grant_type": GRANT, "apikey": server.secret(user)}
        token = httpx.post(f"{server.url}/ibm/identity/token", data=form, timeout=30).json()["access_token"]
        address = f"{server.url}/ibm/case-management/v1/cases"
        self.http = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        OPENED.append(self.http)

    def find(self, name):
        (case,) = self.http.get("", params={"search": name}).json()["cases"]
        return case

    def status(self, number, action, **more):
        answer = self.http.put(f"/{number}/status", json={"action": action, **more})
        assert answer.status_code == 200, answer.text


class Crm:
    def __init__(self, server, user):
        organization = server.ids["tenants"][user.partition("/")[0]]["bottlecrm"]
        headers = {"Authorization": f"Bearer {server.secret(user)}", "organization-id": organization}
        self.http = httpx.Client(base_url=f"{server.url}/bottlecrm", headers=headers, timeout=60)
        OPENED.append(self.http)

    def find(self, name):
        (case,) = self.http.get("/api/cases/", params={"name": name}).json()["results"]
        return case

    def patch(self, case, **members):
        answer = self.http.patch(f"/api/cases/{case['id']}/", json=members)
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def ibm(server, door_of):
    return Ibm(server, "acme/alice")


@pytest.fixture(scope="module")
def crm(server, door_of):
    return Crm(server, "acme/alice")


@pytest.mark.parametrize(
    ("way", "shown"),
    [
        ((), ("New", "New")),
        (("processing",), ("In Progress", "In Progress")),
        (("processing", "completed"), ("Resolved", "Closed")),
        (("canceled",), ("Closed", "Closed")),
        (("canceled", "reopened", "processing"), ("In Progress", "In Progress")),
    ],
)
def test_a_status_written_here_reads_there(alice, ibm, crm, way, shown):
    case = alice.open(name=word()).walk(*way)
    name = case.made["name"]
    assert (ibm.find(name)["status"], crm.find(name)["status"]) == shown


@pytest.mark.parametrize(
    ("label", "here"),
    [("New", "initiated"), ("In Progress", "processing"), ("On Hold", "processing"), ("Closed", "completed")],
)
def test_a_status_written_there_reads_here(alice, crm, label, here):
    case = alice.open(name=word())
    crm.patch(crm.find(case.made["name"]), status=label)
    assert case.get()["status"] == here
    assert alice.listed(f"/people/{case.person}/cases", status=here) == [case.id]


def test_processing_written_on_a_waiting_case_changes_nothing(alice, crm, ibm):
    case = alice.open(name=word())
    crm.patch(crm.find(case.made["name"]), status="On Hold")
    before = case.get()
    unchanged(before, case.put(status="processing"))
    assert ibm.find(case.made["name"])["status"] == "Waiting on Client"


def test_a_case_reopened_there_reads_reopened_here_in_every_active_stage(alice, crm):
    case = alice.open(name=word()).walk("processing", "completed")
    other = crm.find(case.made["name"])
    crm.patch(other, status="On Hold")
    shown = case.get()
    assert (shown["status"], shown["outcome"]) == ("reopened", None)
    assert case.put(name=word())["status"] == "reopened"
    assert case.put(status="processing")["status"] == "processing"


def test_a_later_status_there_ends_reopened_here(alice, crm):
    case = alice.open(name=word()).walk("canceled", "reopened")
    other = crm.find(case.made["name"])
    crm.patch(other, status="On Hold")
    assert case.get()["status"] == "processing"


def test_a_case_completed_there_without_an_outcome_is_frozen_here(alice, crm):
    case = alice.open(name=word())
    crm.patch(crm.find(case.made["name"]), status="Closed")
    shown = case.get()
    assert (shown["status"], shown["outcome"]) == ("completed", None)
    case.not_put(name="Another")
    assert case.put(status="reopened")["status"] == "reopened"


def test_a_completed_case_is_not_frozen_there(alice, crm):
    case = alice.open(name=word()).walk("processing", "completed")
    renamed = word()
    crm.patch(crm.find(case.made["name"]), name=renamed)
    assert case.get()["name"] == renamed
    assert case.get()["status"] == "completed"


def test_a_case_resolved_there_reads_completed_here(alice, ibm):
    case = alice.open(name=word())
    ibm.status(ibm.find(case.made["name"])["number"], "resolve", resolution_code=1, comment="Done")
    assert case.get()["status"] == "completed"


def test_a_case_opened_there_is_unbound_here(alice, ibm):
    name = word()
    answer = ibm.http.post("", json={"type": "sales", "subject": name, "description": "d"})
    assert answer.status_code == 200
    bound = [case["name"] for case in alice.ok("GET", "/cases", params={"limit": 100})["data"]]
    assert name not in bound
    rows = alice.ok("GET", "/cases", params={"limit": 100, "includeUnbound": "true"})["data"]
    (row,) = [row for row in rows if row["name"] == name]
    assert (row["people"], row["borrowerIds"], row["caseType"]) == ([], [], "generic")


def test_a_name_written_here_is_the_subject_there_and_back(alice, ibm, crm):
    case = alice.open(name=word())
    renamed = word()
    case.put(name=renamed)
    assert ibm.find(renamed)["short_description"] == renamed
    again = word()
    crm.patch(crm.find(renamed), name=again)
    assert case.get()["name"] == again


def test_notes_written_here_are_internal(alice, ibm, crm):
    case = alice.open(name=word())
    case.note("Not for the customer")
    assert ibm.find(case.made["name"])["comments"] == []
    body = crm.http.get(f"/api/cases/{crm.find(case.made['name'])['id']}/").json()
    (comment,) = body["comments"]
    assert comment["comment"] == "Not for the customer"
    assert comment["is_internal"] is True


def test_comments_written_there_are_notes_here(alice, ibm):
    case = alice.open(name=word())
    number = ibm.find(case.made["name"])["number"]
    assert ibm.http.put(f"/{number}/comments", json={"comment": "From the customer"}).status_code == 200
    (note,) = case.notes()
    assert (note["content"], note["category"]) == ("From the customer", "generic")


def test_a_change_there_leaves_what_only_this_door_knows(alice, crm):
    given = {
        "courtCaseNumber": "24-1", "lenderAck": True, "metaData": {"a": "b"}, "creationProcedure": "manual",
        "externalId": word(), "matchDetails": {"ssnMatch": "match"},
    }  # fmt: skip
    case = alice.open(caseType="bankruptcy", name=word(), **given)
    case.escalate(escalatedTeamId=alice.team())
    case.do("snooze", snoozeFor=9)
    before = case.get()
    crm.patch(crm.find(case.made["name"]), priority="High")
    after = case.get()
    moved = {"updatedAt", "lastSubresourceUpdatedAt", "lastSubresourceUpdatedBy"}
    assert {k: v for k, v in after.items() if k not in moved} == {k: v for k, v in before.items() if k not in moved}
    assert after["lastSubresourceUpdatedAt"] > before["lastSubresourceUpdatedAt"]


def test_a_comment_there_moves_only_the_stamp_of_what_is_below(alice, ibm):
    case = alice.open(name=word())
    number = ibm.find(case.made["name"])["number"]
    ibm.http.put(f"/{number}/comments", json={"comment": "News"})
    after = case.get()
    assert after["updatedAt"] is None
    assert after["lastSubresourceUpdatedAt"] > (case.made["lastSubresourceUpdatedAt"] or "")


def test_a_view_here_is_no_change_there(alice, ibm):
    case = alice.open(name=word())
    before = ibm.find(case.made["name"])
    alice.done("POST", f"{case.path}/views")
    assert ibm.find(case.made["name"]) == before


def test_the_owner_is_the_first_assignee_there(alice, crm):
    case = alice.open(name=word(), owningEmployeeId=alice.employee("acme/bob"))
    assert len(crm.find(case.made["name"])["assigned_to"]) == 1
    case.put(owningEmployeeId=None)
    assert crm.find(case.made["name"])["assigned_to"] == []


def test_clearing_the_owner_here_promotes_nobody(server, alice, crm):
    key = word()
    made = {"key": key, "subject": key, "borrowers": ["kit"], "assignees": ["bob", "alice"]}
    case = server.apply({"tenants": [{"key": "acme", "cases": [made]}]})["cases"][f"acme/{key}"]["peach"]
    path = f"/people/ext-kit-1/cases/{case}"
    assert alice.data("GET", path)["owningEmployeeId"] == alice.employee("acme/bob")
    assert alice.data("PUT", path, {"owningEmployeeId": None})["owningEmployeeId"] is None
    assert len(crm.find(key)["assigned_to"]) == 1


def test_one_active_collection_case_holds_for_every_door(alice, crm):
    first = alice.open(caseType="collection", name=word()).walk("canceled")
    alice.open(first.person, caseType="collection")
    other = crm.find(first.made["name"])
    answer = crm.http.patch(f"/api/cases/{other['id']}/", json={"status": "New"})
    assert 400 <= answer.status_code < 500
    assert first.get()["status"] == "canceled"


@pytest.mark.parametrize(
    ("stage", "here"),
    [
        ("new", "initiated"),
        ("open", "processing"),
        ("waiting", "processing"),
        ("proposed", "processing"),
        ("resolved", "completed"),
        ("closed", "completed"),
        ("canceled", "canceled"),
    ],
)
def test_every_stage_has_a_status_here(server, alice, stage, here):
    key = word()
    made = {"key": key, "subject": key, "borrowers": ["kit"], "stage": stage, "external_id": key}
    server.apply({"tenants": [{"key": "acme", "cases": [made]}]})
    shown = alice.data("GET", f"/people/ext-kit-1/cases/ext-{key}")
    assert (shown["status"], shown["name"], shown["externalId"]) == (here, key, key)
    assert alice.listed("/cases", externalId=key, status=here) == [shown["id"]]


def test_members_of_the_world_file_read_here(server, alice):
    key = word()
    made = {
        "key": key, "subject": key, "borrowers": ["kit", "lou"], "assignees": ["bob"], "external_id": key,
        "snoozed_until": "2040-12-01", "escalation": {"team": "escalations", "note": "Up", "urgent": True},
        "comments": [{"by": "bob", "text": "Hello", "audience": "public", "at": "2024-01-16T10:00:00Z"}],
        "created_at": "2024-01-15T10:00:00Z",
    }  # fmt: skip
    server.apply({"tenants": [{"key": "acme", "cases": [made]}]})
    path = f"/people/ext-kit-1/cases/ext-{key}"
    shown = alice.data("GET", path)
    people = [alice.ids["persons"][f"acme/{name}"]["peach"] for name in ("kit", "lou")]
    assert shown["people"] == shown["borrowerIds"]
    assert sorted(shown["people"]) == sorted(people)
    assert shown["owningEmployeeId"] == alice.employee("acme/bob")
    assert shown["snoozedUntil"] == "2040-12-01"
    assert (shown["escalatedTeamId"], shown["escalationIsUrgent"]) == (alice.team(), True)
    assert shown["createdAt"] == "2024-01-15T10:00:00.000000+00:00"
    assert "Hello" in [note["content"] for note in alice.ok("GET", f"{path}/notes")["data"]]


def test_a_customer_sees_only_their_own_case_and_no_internal_note(server, alice):
    carl = Door(server, "acme/carl")
    key = word()
    made = {"key": key, "subject": key, "borrowers": ["kit"], "watchers": ["carl"]}
    case = server.apply({"tenants": [{"key": "acme", "cases": [made]}]})["cases"][f"acme/{key}"]["peach"]
    alice.data("POST", f"/people/ext-kit-1/cases/{case}/notes", {"content": "Inside only"})
    answer = carl.send("GET", f"/people/ext-kit-1/cases/{case}/notes")
    assert "Inside only" not in answer.text
    hidden = alice.open()
    assert carl.send("GET", hidden.path).status_code in {403, 404}


def test_what_the_world_file_says_only_to_this_door_reads_here(server, alice):
    key = word()
    kind = {"key": key, "base": "bankruptcy", "name": key, "status": "active"}
    case = {
        "key": key, "subject": key, "borrowers": ["kit"], "type": key, "external_id": key,
        "extra": {"peach": {"courtCaseChapter": "chapter13", "courtCaseNumber": "24-1"}},
    }  # fmt: skip
    server.apply({"tenants": [{"key": "acme", "case_types": [kind], "cases": [case]}]})
    path = f"/people/ext-kit-1/cases/ext-{key}"
    shown = alice.data("GET", path)
    assert (shown["caseType"], shown["caseTypeMeta"]["name"]) == ("bankruptcy", key)
    assert (shown["courtCaseChapter"], shown["courtCaseNumber"]) == ("chapter13", "24-1")
    after = alice.data("PUT", path, {"courtCaseNumber": "24-2"})
    assert (after["courtCaseChapter"], after["courtCaseNumber"]) == ("chapter13", "24-2")
