"""How lists are ordered and narrowed (spec/peach §6)."""

import pytest

from dialects.peach.acceptance.client import word


@pytest.fixture(scope="module")
def shelf(alice, bob):
    """Three cases of one borrower that differ in everything one can sort or filter by, in their order of creation."""
    person = alice.person()["id"]
    mark = word()
    one = alice.open(
        person, caseType="legalAction", name="Beta", externalId=f"{mark}-b", owningEmployeeId=alice.employee("acme/bob")
    )
    two = bob.open(person, caseType="bankruptcy", name="Gamma", externalId=f"{mark}-c")
    three = alice.open(
        person, caseType="deceased", name="Alpha", externalId=f"{mark}-a",
        owningEmployeeId=alice.employee("acme/alice"),
    )  # fmt: skip
    for case in (three, one, two):
        alice.done("POST", f"{case.path}/views")
    two.walk("processing")
    one.walk("processing", "completed")
    three.do("snooze", snoozeFor=5)
    two.escalate(escalatedTeamId=alice.team())
    return person, [one.id, two.id, three.id]


def order(door, shelf, *keys, **how):
    person, cases = shelf
    query = how or {"sortBy": list(keys)}
    return [cases.index(case) + 1 for case in door.listed(f"/people/{person}/cases", **query)]


@pytest.mark.parametrize(
    ("key", "ascending"),
    [
        ("createdAt", [1, 2, 3]),
        ("caseType", [2, 3, 1]),
        ("externalId", [3, 1, 2]),
        ("name", [3, 1, 2]),
        ("lastViewedAt", [3, 1, 2]),
        ("statusUpdatedAt", [3, 2, 1]),
        ("lastSubresourceUpdatedAt", [1, 3, 2]),
    ],
)
def test_a_list_is_sorted_by_a_member_and_back(alice, shelf, key, ascending):
    assert order(alice, shelf, key) == ascending
    assert order(alice, shelf, f"-{key}") == ascending[::-1]


def test_a_list_is_sorted_by_status(alice, shelf):
    upward, downward = order(alice, shelf, "status"), order(alice, shelf, "-status")
    assert sorted(upward) == sorted(downward) == [1, 2, 3]
    assert upward == downward[::-1]


@pytest.mark.parametrize("key", ["createdByUserFirstName", "createdByUserLastName"])
def test_a_list_is_sorted_by_its_creators(alice, shelf, key):
    first_name = key.endswith("FirstName")  # Alice Admin, Bob Agent
    assert order(alice, shelf, key, "createdAt") == [1, 3, 2], first_name
    assert order(alice, shelf, f"-{key}", "createdAt") == [2, 1, 3]


@pytest.mark.parametrize("key", ["owningEmployeeFirstName", "owningEmployeeLastName"])
def test_a_list_is_sorted_by_its_owners(alice, shelf, key):
    owned = [case for case in order(alice, shelf, key) if case != 2]
    assert owned == [3, 1]
    owned = [case for case in order(alice, shelf, f"-{key}") if case != 2]
    assert owned == [1, 3]


def test_a_list_is_sorted_by_outcome(alice, shelf):
    ends = {order(alice, shelf, key, "createdAt").index(1) for key in ("outcome", "-outcome")}
    assert ends == {0, 2}  # the only one with an outcome stands at one end


def test_several_sort_keys_are_written_in_any_form(alice, shelf):
    expected = [2, 1, 3]
    keys = ["-createdByUserFirstName", "createdAt"]
    assert order(alice, shelf, *keys) == expected
    assert order(alice, shelf, sortBy=",".join(keys)) == expected
    assert order(alice, shelf, **{"sortBy[]": keys}) == expected
    assert order(alice, shelf, sortBy=f"[{','.join(keys)}]") == expected


def test_a_sorted_list_is_paged_in_both_directions(alice, shelf):
    person, cases = shelf
    path, query = f"/people/{person}/cases", {"sortBy": "name", "limit": 1}
    by_name = [cases[2], cases[0], cases[1]]
    after = alice.ok("GET", path, params={**query, "startingAfter": by_name[0]})
    assert [case["id"] for case in after["data"]] == [by_name[1]]
    before = alice.ok("GET", path, params={**query, "endingBefore": by_name[2]})
    assert [case["id"] for case in before["data"]] == [by_name[1]]


def test_a_blank_name_sorts_as_the_name_of_the_type(alice):
    person = alice.person()["id"]
    named = alice.type(name=f"M {word()}")
    low, high = alice.open(person, name="A"), alice.open(person, name="Z")
    blank = alice.data("POST", f"/people/{person}/cases", {"typeId": named["id"]})["id"]
    assert alice.listed(f"/people/{person}/cases", sortBy="name") == [low.id, blank, high.id]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"caseType": "bankruptcy"}, {2}),
        ({"caseType": "bankruptcy,deceased"}, {2, 3}),
        ({"caseType": ["legalAction", "deceased"]}, {1, 3}),
        ({"caseType": "generic"}, set()),
        ({"status": "completed"}, {1}),
        ({"status": "processing,initiated"}, {2, 3}),
        ({"status": ["completed", "initiated"]}, {1, 3}),
        ({"status": "reopened"}, set()),
        ({"outcome": "approved"}, {1}),
        ({"outcome": "denied"}, set()),
        ({"isSnoozed": "true"}, {3}),
        ({"isSnoozed": "false"}, {1, 2}),
        ({"isEscalated": "true"}, {2}),
        ({"isEscalated": "false"}, {1, 3}),
        ({"status": "processing", "caseType": "bankruptcy", "isEscalated": "true"}, {2}),
        ({"status": "completed", "caseType": "bankruptcy"}, set()),
    ],
    ids=str,
)
def test_a_list_is_filtered(alice, shelf, query, found):
    person, cases = shelf
    page = alice.ok("GET", f"/people/{person}/cases", params=query)
    assert {cases.index(case["id"]) + 1 for case in page["data"]} == found
    assert page["total"] == page["count"] == len(found)
    company = alice.listed("/cases", **query)
    assert {cases.index(case) + 1 for case in company if case in cases} == found


def test_a_list_is_filtered_by_owner(alice, shelf):
    owners = [alice.employee("acme/bob"), alice.employee("acme/alice")]
    assert order(alice, shelf, owningEmployeeId=owners[0]) == [1]
    assert order(alice, shelf, owningEmployeeId=",".join(owners)) == [3, 1]
    assert order(alice, shelf, owningEmployeeId=owners) == [3, 1]
    assert order(alice, shelf, owningEmployeeId=alice.employee("acme/vera")) == []


def test_a_list_is_filtered_by_external_id(alice, shelf):
    _, cases = shelf
    own = [alice.ok("GET", f"/people/{shelf[0]}/cases/{case}")["data"]["externalId"] for case in cases]
    assert alice.listed("/cases", externalId=own[1]) == [cases[1]]
    assert alice.listed("/cases", externalId=f"{own[0]},{own[2]}") == [cases[2], cases[0]]
    assert order(alice, shelf, externalId=own[0]) == [1]
    assert alice.listed("/cases", externalId=word()) == []


def test_a_list_is_filtered_by_type_id(alice):
    one, two = alice.type(), alice.type()
    person = alice.person()["id"]
    first, second = alice.open(person, typeId=one["id"]), alice.open(person, typeId=two["id"])
    for path in (f"/people/{person}/cases", "/cases"):
        assert alice.listed(path, typeId=one["id"]) == [first.id]
        assert alice.listed(path, typeId=f"{one['id']},{two['id']}") == [second.id, first.id]


def test_a_case_leaves_a_filtered_list_when_it_changes(alice):
    case = alice.open()
    path = f"/people/{case.person}/cases"
    assert alice.listed(path, status="initiated") == [case.id]
    case.walk("canceled", "reopened")
    assert alice.listed(path, status="initiated") == []
    assert alice.listed(path, status="reopened") == [case.id]
    case.walk("processing")
    assert alice.listed(path, status="reopened") == []
    assert alice.listed(path, status="processing") == [case.id]
