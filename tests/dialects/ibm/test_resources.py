"""`PUT /cases/{number}/resources`. facts.md §5, §6.9, §11.17-18."""

import pytest

from dialects.ibm.shapes import assert_refused, assert_resource

CRN = "crn:v1:bluemix:public:cloud-object-storage:global:a/0123:4567::"


@pytest.fixture
def number(alice):
    return alice.open()["number"]


def put(door, number, body):
    return door.request("PUT", f"/cases/{number}/resources", json=body)


def test_it_echoes_the_crn_and_shows_the_resource_on_the_case(alice, number):
    resource = alice.add_resource(number, crn=CRN, note="The failing instance")
    assert_resource(resource)
    assert resource["crn"] == CRN
    assert resource["note"] == "The failing instance"
    assert alice.case(number)["resources"] == [resource]


@pytest.mark.parametrize(
    ("crn", "name"),
    [
        (CRN, "4567"),
        ("crn:v1:staging:public:is:us-south:a/1:r006-1:vpc:r006-2", "r006-2"),
        ("crn:v1:x:y:billing:global::::", "global"),
        ("anything at all 🚀", "anything at all 🚀"),
    ],
)
def test_foreign_crns_are_taken_and_named_by_their_last_part(alice, number, crn, name):
    resource = alice.add_resource(number, crn=crn)
    assert resource["crn"] == crn
    assert resource["name"] == name


def test_every_call_adds(alice, number):
    crns = [f"{CRN}{n}" for n in range(7)]
    for crn in crns:
        alice.add_resource(number, crn=crn)
    assert [resource["crn"] for resource in alice.case(number)["resources"]] == crns


@pytest.mark.parametrize(("given", "shown"), [(9999, "9999"), (9999.0, "9999"), (0, "0"), (2**40, str(2**40))])
def test_a_classic_device_answers_its_id_as_the_crn(alice, number, given, shown):
    resource = alice.add_resource(number, type="hardware_server", id=given, note="Rack 4")
    assert_resource(resource)
    assert resource["crn"] == shown
    assert resource["type"] == "hardware_server"
    assert resource["note"] == "Rack 4"
    assert alice.case(number)["resources"] == [resource]


def test_the_crn_wins_over_type_and_id(alice, number):
    assert alice.add_resource(number, crn=CRN, type="server", id=5)["crn"] == CRN


def test_null_means_absent(alice, number):
    resource = alice.add_resource(number, crn=CRN, type=None, id=None, note=None)
    assert resource["crn"] == CRN
    assert not resource.get("note")
    assert alice.add_resource(number, crn=None, type="server", id=5)["crn"] == "5"


def test_unknown_members_are_ignored(alice, number):
    assert alice.add_resource(number, crn=CRN, name="mine", url="https://x.example", colour=1)["crn"] == CRN


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"note": "alone"},
        {"type": "server"},
        {"id": 5},
        {"crn": None},
        {"crn": None, "type": "server"},
        {"type": None, "id": 5},
        {"type": "server", "id": None},
        {"crn": 5},
        {"crn": [CRN]},
        {"type": "server", "id": "5"},
        {"type": "server", "id": True},
        {"type": 5, "id": 5},
        {"crn": CRN, "note": 5},
        [],
        [{"crn": CRN}],
        CRN,
    ],
    ids=str,
)
def test_it_refuses_what_names_no_resource(alice, number, body):
    assert_refused(put(alice, number, body), 400)
    assert alice.case(number)["resources"] == []


@pytest.mark.parametrize("unit", ["x", "🚀"])
@pytest.mark.parametrize(
    ("key", "size", "rest"), [("crn", 600, {}), ("note", 100, {"crn": CRN}), ("type", 100, {"id": 5})]
)
def test_it_takes_as_many_characters_as_allowed_and_not_one_more(alice, key, size, rest, unit):
    number = alice.open()["number"]
    assert alice.add_resource(number, **rest, **{key: unit * size})[key] == unit * size
    assert_refused(put(alice, number, rest | {key: unit * (size + 1)}), 400)


def test_five_is_the_limit_of_one_request_not_of_a_case(alice):
    five = [{"crn": f"{CRN}{n}"} for n in range(5)]
    number = alice.open(resources=five)["number"]
    alice.add_resource(number, crn=f"{CRN}5")
    assert len(alice.case(number)["resources"]) == 6


def test_the_list_shows_resources_too(alice, number):
    alice.add_resource(number, crn=CRN)
    [case] = alice.cases(search=number, fields="resources")["cases"]
    assert [resource["crn"] for resource in case["resources"]] == [CRN]


def test_an_unknown_case_takes_none(alice):
    assert_refused(put(alice, "fake-case-number", {"crn": CRN}), 404)
