"""Reading by ids, searching, attributes (spec/egain §1, §7)."""

import pytest

from dialects.egain.client import CASE, attributes, code, links


def test_a_case_has_the_members_of_the_facts_sheet(world, sam):
    number = world.case(subject="Broken", requester="kit", assignees=["sue"], due_at="2090-01-01T00:00:00Z", rank=1)
    case = sam.get(number, None)
    assert case == {
        "link": [{"rel": "self", "href": f"/core/casemgr/v3/case/{number}"}],
        "id": str(number),
        "activities": {"link": [{"rel": "activity", "href": f"/core/casemgr/v3/activity?case={number}"}]},
        "department": {"id": world.number("departments", "service"), "name": "Service"},
        "status": {"value": "open", "displayValue": "Open"},
        "lastModified": case["lastModified"],
        "lastModifiedBy": case["lastModifiedBy"],
        "dueDate": "2090-01-01T00:00:00.000Z",
        "owner": {"user": {"id": world.user("sue"), "firstName": "Sue", "lastName": "Tester"}},
        "customer": {
            "id": world.number("persons", "kit"),
            "customerName": "Kit Customer",
            "link": [{"rel": "customer", "href": f"/core/customermgr/v3/customer/{world.number('persons', 'kit')}"}],
        },
        "severity": {"value": "urgent", "displayValue": "Urgent"},
        "subject": "Broken",
    }


def test_additional_attributes(world, sam):
    number = world.case(description="d", stage="closed")
    case = sam.get(number)
    assert {"description", "solution", "relatedCases", "customAttributes", "originatingChannel", "created"} <= set(case)
    assert case["status"]["value"] == "closed"
    assert "lastClosed" in case
    assert "description" not in sam.get(number, None)
    assert set(sam.get(number, "description,solution")) - set(sam.get(number, None)) == {"description", "solution"}


def test_unknown_attributes_are_refused(world, sam):
    answer = sam.send("GET", f"{CASE}/{world.case()}", params={"$attribute": "description,nope"})
    assert code(answer) == "400-102"


def test_several_ids_keep_their_order(world, sam):
    one, two, three = world.cases({}, {}, {})
    answer = sam.send("GET", f"{CASE}/{three},{one},{two},{one}").json()
    assert [case["id"] for case in answer["case"]] == [str(three), str(one), str(two)]


@pytest.mark.parametrize(
    ("ids", "refused"),
    [("999999", "404-100"), ("abc", "400-108"), ("1,", "400-108"), ("-1", "400-108"), ("1.5", "400-108")],
)
def test_ids_that_name_nothing(sam, ids, refused):
    assert code(sam.send("GET", f"{CASE}/{ids}")) == refused


def test_at_most_75_ids(sam):
    assert code(sam.send("GET", f"{CASE}/{','.join(str(n) for n in range(1, 77))}")) == "400-10424"


def test_one_missing_id_is_a_404_for_all(world, sam):
    assert code(sam.send("GET", f"{CASE}/{world.case()},999999")) == "404-100"


def test_reading_reaches_departments_that_share_activities(world, sam, root):
    home, foreign, shared, hidden = world.cases(
        {}, {"department": "legal"}, {"department": "billing"}, {"department": "secret"}
    )
    for number in (home, foreign, shared):
        assert sam.get(number)["id"] == str(number)
    assert code(sam.send("GET", f"{CASE}/{hidden}")) == "404-100"
    assert root.get(hidden)["id"] == str(hidden)
    assert code(world.door("bill").send("GET", f"{CASE}/{home}")) == "404-100"  # shares are directed


def test_related_cases_out_of_reach_are_not_named(world, sam, root):
    number, hidden = world.cases({}, {"department": "secret"})
    assert root.edit(number, relatedCases={"link": links(hidden)}).status_code == 204
    assert root.get(number)["relatedCases"]["link"] == links(hidden)
    assert sam.get(number)["relatedCases"]["link"] == []


def find(door, **parameters):
    answer = door.send("GET", CASE, params={name.replace("__", "$"): value for name, value in parameters.items()})
    assert answer.status_code in {200, 204}, answer.text
    if answer.status_code == 204:
        assert not answer.content
        return []
    assert set(answer.json()["paginationInfo"]) == {"count", "pagenum", "pagesize"}
    return [case["id"] for case in answer.json()["case"]]


def test_searching_by_every_parameter(world, root):
    number, closed = world.cases(
        {"requester": "lou", "assignees": ["bill"], "department": "billing"}, {"requester": "lou", "stage": "closed"}
    )
    assert root.edit(number, customAttributes=attributes(region="north", tags=("x", "unheard"))).status_code == 204
    lou = world.number("persons", "lou")
    for parameters in (
        {"customer": lou},
        {"email": "LOU@egain.example"},
        {"status": "open"},
        {"owner": world.user("bill")},
        {"custom.region": "north"},
        {"custom.tags": "unheard"},
        {"customer": lou, "status": "open", "custom.tags": "unheard"},
    ):
        assert str(number) in find(root, **parameters, __sort="id", __order="desc", __pagesize="75"), parameters
    assert str(closed) in find(root, customer=lou, status="closed", __pagesize="75")
    assert str(closed) not in find(root, customer=lou, status="open", __pagesize="75")


@pytest.mark.parametrize(
    "parameters", [{"phone": "+49 30 1"}, {"email": "nobody@x.example"}, {"owner": "999999"}, {"customer": "999999"}]
)
def test_nothing_found_is_204(sam, parameters):
    assert find(sam, **parameters) == []


@pytest.mark.parametrize(
    ("parameters", "refused"),
    [
        ({"nope": "1"}, "400-101"),
        ({"custom.nope": "1"}, "400-101"),
        ({"department": "1"}, "400-101"),
        ({"status": "pending"}, "400-102"),
        ({"customer": "kit"}, "400-102"),
        ({"$pagesize": "0"}, "400-105"),
        ({"$pagesize": "x"}, "400-105"),
        ({"$pagesize": "76"}, "400-102"),
        ({"$pagenum": "-1"}, "400-105"),
        ({"$rangesize": "76"}, "400-102"),
        ({"$sort": "nope"}, "400-102"),
        ({"$order": "asc"}, "400-112"),
        ({"$sort": "id", "$order": "up"}, "400-102"),
    ],
)
def test_parameters_that_are_refused(sam, parameters, refused):
    assert code(sam.send("GET", CASE, params=parameters)) == refused


def test_pages_and_ranges(world, root):  # pat owns no case of another test
    numbers = [str(n) for n in world.cases(*({"assignees": ["pat"]} for _ in range(5)))]
    pat = world.user("pat")
    assert find(root, owner=pat, __sort="id", __pagesize="2", __pagenum="2") == numbers[2:4]
    assert find(root, owner=pat, __sort="id", __order="desc", __pagesize="2") == numbers[:2:-1]
    assert find(root, owner=pat, __rangestart="2", __rangesize="3") == numbers[1:4]
    assert find(root, owner=pat, __pagenum="9") == []


def test_client_applications_name_a_department(world):
    app = world.door("appread")
    assert code(app.send("GET", CASE)) == "400-112"
    world.case()
    assert find(app, department=world.number("departments", "service"))


def test_attributes_are_described(world, sam):
    answer = sam.send("GET", f"{CASE}/attributes", params={"$attribute": "custom"}).json()
    assert answer["resource"] == "case"
    assert {entry["name"]: entry for entry in answer["attribute"]}["region"] == {
        "name": "region",
        "displayName": "Region",
        "dataType": "enum",
        "multiValued": False,
        "enumeration": ["north", "south"],
    }
    everything = sam.send("GET", f"{CASE}/attributes", params={"$attribute": "all"}).json()
    assert {"subject", "region"} <= {entry["name"] for entry in everything["attribute"]}


def test_attributes_need_to_be_told_which(server, world, sam):
    assert code(sam.send("GET", f"{CASE}/attributes")) == "400-112"
    assert code(sam.send("GET", f"{CASE}/attributes", params={"$attribute": "x"})) == "400-102"
    bob = {"Authorization": f"Bearer {server.secret('acme/bob')}"}
    none = world.http.get(f"{world.base}{CASE}/attributes", params={"$attribute": "custom"}, headers=bob)
    assert none.status_code == 204
