"""`/case-types` (spec/peach §11): versions, schemas, smart reviews."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from dialects.peach.office import Office, Two, companies

BASES = {
    "generic", "bankruptcy", "ceaseCommunication", "collection", "deceased", "disputeOfDebt", "federalEmergency",
    "identityTheft", "legalAction", "militaryDuty", "debtValidation", "oFACSanctionedIndividual", "disputeOfPurchase",
    "creditBureauDispute",
}  # fmt: skip
FIELD = {"fieldName": "color", "dataType": "string", "validation": {"enum": ["red", "blue"]}, "required": True}


@pytest.fixture(scope="module")
def two(server) -> Iterator[Two]:
    with companies(server, "ptypes") as found:
        yield found


@pytest.fixture(scope="module")
def office(two) -> Office:
    return two.here


def test_the_base_types_are_built_in(office):
    listed = office.data("/case-types", limit=100, status="active")
    assert {one["caseType"] for one in listed} == BASES
    generic = next(one for one in listed if one["caseType"] == "generic" and one["name"] == "Case")
    assert office.wrong("PUT", f"/case-types/{generic['id']}", {"name": "Mine"}) == {"id"}


def test_it_makes_a_draft(office):
    made = office.post("/case-types", {"caseType": "bankruptcy", "name": "Ours", "description": "d"})
    assert made["id"].startswith("CT-")
    assert (made["object"], made["status"], made["version"]) == ("caseType", "draft", 1)
    assert (made["caseType"], made["name"], made["description"]) == ("bankruptcy", "Ours", "d")
    assert made["derivedFromTypeId"] is None
    assert made["smartReviews"] == {"enable": False, "config": {}}
    assert made["customFieldSchemas"] == []
    assert made["createdBy"]["id"] == office.id("users", "ada")
    assert made["publishedAt"] is None
    for path in (f"/case-types/{made['id']}", f"/case-type/{made['id']}"):
        assert office.data(path) == made


def test_each_update_is_a_version_and_one_is_active(office):
    first = office.post("/case-types", {"caseType": "generic", "name": "Fees"})
    second = office.put(f"/case-types/{first['id']}", {"status": "active"})
    assert (second["version"], second["status"], second["name"]) == (2, "active", "Fees")
    assert second["publishedAt"] is not None
    assert second["publishedBy"]["id"] == office.id("users", "ada")
    assert office.data(f"/case-types/{first['id']}")["status"] == "deprecated"
    draft = office.put(f"/case-types/{second['id']}", {"status": "draft", "name": "Charges"})
    assert (draft["version"], draft["status"]) == (3, "draft")
    assert office.data(f"/case-types/{second['id']}")["status"] == "active"
    third = office.put(f"/case-types/{draft['id']}", {"status": "active", "deprecationMessage": "use version 4"})
    assert (third["version"], third["name"]) == (4, "Charges")
    old = office.data(f"/case-types/{second['id']}")
    assert (old["status"], old["deprecationMessage"]) == ("deprecated", "use version 4")
    assert old["deprecatedAt"] is not None
    assert old["deprecatedBy"]["id"] == office.id("users", "ada")
    assert office.put(f"/case-type/{first['id']}", {})["version"] == 5
    family = [one for one in office.data("/case-types", limit=100) if one["name"] in {"Fees", "Charges"}]
    assert [one["status"] for one in family].count("active") == 1


def test_updates_at_once_make_one_version_each(office):
    first = office.post("/case-types", {"caseType": "generic", "name": "Race"})
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(office.put, f"/case-types/{first['id']}", {"status": "active"}) for _ in range(4)]
        made = [one.result() for one in asked]
    assert sorted(one["version"] for one in made) == [2, 3, 4, 5]
    now = [office.data(f"/case-types/{one['id']}")["status"] for one in made]
    assert sorted(now) == ["active", "deprecated", "deprecated", "deprecated"]


def test_a_type_of_the_world_goes_on_from_its_version(office):
    complaint = office.id("case_types", "complaint")
    shown = office.data(f"/case-types/{complaint}")
    assert (shown["version"], shown["status"], shown["caseType"]) == (2, "active", "generic")
    assert shown["customFieldSchemas"][0]["validation"] == {"minValue": 1, "maxValue": 5}
    assert office.put(f"/case-types/{complaint}", {"name": "Complaints"})["version"] == 3
    assert office.data(f"/case-types/{complaint}")["status"] == "deprecated"


def test_a_copy_starts_from_what_it_copies(office):
    model = office.post(
        "/case-types", {"caseType": "deceased", "name": "A", "status": "active", "customFieldSchemas": [FIELD]}
    )
    copy = office.post("/case-types", {"copyOf": model["id"], "name": "B"})
    assert (copy["caseType"], copy["name"], copy["version"]) == ("deceased", "B", 1)
    assert copy["derivedFromTypeId"] == model["id"]
    assert copy["customFieldSchemas"] == model["customFieldSchemas"]
    assert office.data(f"/case-types/{model['id']}")["status"] == "active"
    assert office.wrong("POST", "/case-types", {"copyOf": model["id"], "caseType": "generic"}) == {"caseType"}
    assert office.wrong("POST", "/case-types", {"copyOf": "CT-0000-ZZZZ"}) == {"copyOf"}
    number = office.ids["case_types"][f"{office.key}/bankruptcy"]["number"]
    assert office.post("/case-types", {"copyOf": number})["caseType"] == "bankruptcy"


def test_it_keeps_schemas_as_they_were_given(office):
    schema = {
        "fieldName": "amount",
        "name": "Amount",
        "description": "How much",
        "dataType": "number",
        "required": True,
        "displayOrder": 3,
        "default": 5,
        "validation": {"minValue": 1, "maxValue": 10.5},
        "displayPrefix": "$",
        "displayPostfix": "USD",
    }
    made = office.post("/case-types", {"caseType": "generic", "customFieldSchemas": [schema, FIELD]})
    assert made["customFieldSchemas"][0] == schema
    assert made["customFieldSchemas"][1]["validation"] == {"enum": ["red", "blue"]}


@pytest.mark.parametrize(
    ("schema", "member"),
    [
        ({"fieldName": "a"}, "customFieldSchemas"),
        ({"dataType": "string"}, "customFieldSchemas"),
        ({"fieldName": "1a", "dataType": "string"}, "fieldName"),
        ({"fieldName": "region", "dataType": "string"}, "fieldName"),
        ({"fieldName": "a", "dataType": "number", "validation": {"minValue": 2, "maxValue": 1}}, "validation"),
        ({"fieldName": "a", "dataType": "string", "validation": {"length": 0}}, "customFieldSchemas"),
        ({"fieldName": "a", "dataType": "string", "validation": {"length": 2}, "default": "xxx"}, "a"),
        ({"fieldName": "a", "dataType": "string", "validation": {"enum": ["x"]}, "default": "y"}, "a"),
        ({"fieldName": "a", "dataType": "integer", "default": "y"}, "a"),
        ({"fieldName": "a", "dataType": "boolean", "default": 1}, "a"),
        ({"fieldName": "a", "dataType": "date", "default": "soon"}, "a"),
        ({"fieldName": "a", "dataType": "number", "validation": {"maxValue": 1}, "default": 2}, "a"),
    ],
)
def test_it_refuses_schemas_that_are_wrong(office, schema, member):
    body = {"caseType": "generic", "customFieldSchemas": [schema]}
    assert office.wrong("POST", "/case-types", body) == {member}


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({}, "caseType"),
        ({"caseType": "fraud"}, "caseType"),
        ({"caseType": "generic", "name": "x" * 51}, "name"),
        ({"caseType": "generic", "description": "x" * 501}, "description"),
        ({"caseType": "generic", "status": "old"}, "status"),
        ({"caseType": "generic", "customFieldSchemas": [FIELD, FIELD]}, "fieldName"),
        ({"caseType": "generic", "smartReviews": {"enable": "yes"}}, "smartReviews"),
        ({"caseType": "deceased", "smartReviews": {"config": {"dutyStartDate": 1}}}, "smartReviews"),
        ({"caseType": "deceased", "smartReviews": {"config": {"deceasedNoticeReceivedDate": "x"}}}, "smartReviews"),
        (
            {"caseType": "collection", "smartReviews": {"config": {"objectsPreventingReminderTasks": ["x"]}}},
            "smartReviews",
        ),
    ],
)
def test_it_refuses_what_does_not_fit(office, body, member):
    assert office.wrong("POST", "/case-types", body) == {member}


def test_smart_reviews_are_kept(office):
    dates = {"enable": True, "config": {"dutyStartDate": 5, "dutyEndDate": [-10, 0, 30]}}
    made = office.post("/case-types", {"caseType": "militaryDuty", "smartReviews": dates})
    assert made["smartReviews"] == dates
    chase = {"objectsPreventingReminderTasks": ["dni", "snooze"], "lastOutboundInteractionThreshold": 7}
    made = office.post("/case-types", {"caseType": "collection", "smartReviews": {"enable": True, "config": chase}})
    assert made["smartReviews"]["config"] == chase
    assert office.put(f"/case-types/{made['id']}", {"name": "x"})["smartReviews"]["config"] == chase


def test_the_base_of_a_type_stays(office):
    made = office.post("/case-types", {"caseType": "generic"})
    assert office.wrong("PUT", f"/case-types/{made['id']}", {"caseType": "deceased"}) == {"caseType"}


def test_lists_narrow_and_page(office):
    for _ in range(2):
        office.post("/case-types", {"caseType": "identityTheft"})
    drafts = office.get("/case-types", caseType="identityTheft", status="draft", limit=1)
    assert (drafts["total"], drafts["count"]) == (2, 1)
    following = office.send("GET", drafts["nextUrl"].removeprefix("/peach/api")).json()
    assert following["count"] == 1
    assert following["nextUrl"] is None
    back = office.send("GET", following["previousUrl"].removeprefix("/peach/api")).json()
    assert back["data"] == drafts["data"]
    office.refused("GET", "/case-types?status=old")
    office.refused("GET", "/case-types?caseType=fraud")
    office.refused("GET", "/case-types?startingAfter=CT-0000-ZZZZ", status=404)


def test_a_type_that_is_not_there(two):
    two.here.refused("GET", "/case-types/CT-0000-ZZZZ", status=404)
    two.here.refused("GET", "/case-types/nothing", status=404)
    two.here.refused("PUT", "/case-types/CT-0000-ZZZZ", {}, status=404)
    theirs = two.there.post("/case-types", {"caseType": "generic", "name": "Theirs"})
    assert "Theirs" not in [one["name"] for one in two.here.data("/case-types", limit=100)]
    assert theirs["version"] == 1


def test_only_who_may_edit_the_catalogue_writes(office):
    made = office.post("/case-types", {"caseType": "generic"})
    for user in ("ben", "vic", "otto", "cus"):
        office.refused("POST", "/case-types", {}, status=403, user=user)
        office.refused("PUT", f"/case-types/{made['id']}", {}, status=403, user=user)
    assert office.data(f"/case-types/{made['id']}", "vic")
    for path in ("/case-types", f"/case-types/{made['id']}"):
        office.refused("GET", path, status=403, user="otto")
        office.refused("GET", path, status=401, user=None)
