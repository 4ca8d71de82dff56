"""Pages stay whole under every order, and while others write (spec/peach §3, §6, DOMAIN §7.12)."""

import pytest

from dialects.peach.acceptance.client import API, word

KEYS = (
    "caseType",
    "createdAt",
    "createdByUserFirstName",
    "createdByUserLastName",
    "externalId",
    "lastViewedAt",
    "lastSubresourceUpdatedAt",
    "name",
    "outcome",
    "status",
    "statusUpdatedAt",
    "owningEmployeeFirstName",
    "owningEmployeeLastName",
)


@pytest.fixture(scope="module")
def uneven(alice, bob):
    """Seven cases of one borrower, half of which have no owner, outcome, external id, view; some names are equal."""
    person = alice.person()["id"]
    for number in range(7):
        door, odd = (alice, bob)[number % 2], number % 2 == 1
        own = {"externalId": word(), "owningEmployeeId": alice.employee("acme/bob")} if odd else {}
        case = door.open(
            person, name=("Same", "Same", "Other")[number % 3], caseType=("generic", "deceased")[odd], **own
        )
        if number % 3 == 0:
            door.done("POST", f"{case.path}/views")
            case.put(outcome="approved")
        if number > 4:
            case.walk("processing")
    return f"/people/{person}/cases"


def pages(door, path, way, **query):
    """The pages from the first (or of a URL) on, each as ids."""
    page = door.ok("GET", path, params=query or None)  # httpx: {} would empty the query of a URL
    found = []
    while True:
        found.append([case["id"] for case in page["data"]])
        if page[way] is None:
            return found, page
        assert len(found) < 20
        page = door.ok("GET", page[way].removeprefix(API))


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("key", KEYS)
def test_every_order_is_paged_forward_and_back_without_a_gap(alice, uneven, key, sign):
    whole = alice.listed(uneven, sortBy=sign + key)
    assert len(set(whole)) == len(whole) == 7
    forward, last = pages(alice, uneven, "nextUrl", sortBy=sign + key, limit=2)
    assert [case for page in forward for case in page] == whole
    back, first = pages(alice, last["previousUrl"].removeprefix(API), "previousUrl")
    assert back == forward[-2::-1]
    assert first["nextUrl"] is not None


@pytest.mark.parametrize("key", ["name", "outcome"])
def test_a_second_key_breaks_ties_and_is_paged(alice, uneven, key):
    keys = f"{key},-createdAt"
    whole = alice.listed(uneven, sortBy=keys)
    found, _ = pages(alice, uneven, "nextUrl", sortBy=keys, limit=3)
    assert [case for page in found for case in page] == whole
    assert whole != alice.listed(uneven, sortBy=f"{key},createdAt")


def test_a_page_goes_on_after_a_case_that_left_the_filter(alice):
    person = alice.person()["id"]
    path = f"/people/{person}/cases"
    cases = [alice.open(person) for _ in range(4)][::-1]
    first = alice.ok("GET", path, params={"status": "initiated", "limit": 2})
    assert [case["id"] for case in first["data"]] == [cases[0].id, cases[1].id]
    cases[1].walk("processing")
    rest = alice.ok("GET", first["nextUrl"].removeprefix(API))
    assert [case["id"] for case in rest["data"]] == [cases[2].id, cases[3].id]


def test_a_page_back_goes_on_before_a_case_that_left_the_filter(alice):
    person = alice.person()["id"]
    path = f"/people/{person}/cases"
    cases = [alice.open(person) for _ in range(4)][::-1]
    cursor = {"status": "initiated", "limit": 2, "endingBefore": cases[3].id}
    cases[3].walk("canceled")
    page = alice.ok("GET", path, params=cursor)
    assert [case["id"] for case in page["data"]] == [cases[1].id, cases[2].id]
    before = alice.ok("GET", page["previousUrl"].removeprefix(API))
    assert [case["id"] for case in before["data"]] == [cases[0].id]


def test_a_case_out_of_reach_is_no_cursor(alice, rita):
    person = alice.person()["id"]
    mine = alice.open(person, owningEmployeeId=alice.employee("acme/rita"))
    hidden = alice.open(person)
    path = f"/people/{person}/cases"
    assert rita.listed(path) == [mine.id]
    assert rita.ok("GET", path)["total"] == 1
    rita.refused(404, "GET", path, params={"startingAfter": hidden.id})
    rita.refused(404, "GET", "/cases", params={"endingBefore": hidden.id})


def test_totals_of_a_restricted_agent_count_their_own(alice, rita):
    made = alice.type()
    alice.open(typeId=made["id"])
    alice.open(typeId=made["id"], owningEmployeeId=alice.employee("acme/rita"))
    assert alice.ok("GET", "/cases", params={"typeId": made["id"]})["total"] == 2
    assert rita.ok("GET", "/cases", params={"typeId": made["id"]})["total"] == 1
