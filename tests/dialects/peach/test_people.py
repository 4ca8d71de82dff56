"""`/people` (spec/peach §11): borrowers of both kinds."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import pytest

from dialects.peach.office import Office, Two, companies


@pytest.fixture(scope="module")
def two(server) -> Iterator[Two]:
    with companies(server, "ppeople") as found:
        yield found


@pytest.fixture(scope="module")
def office(two) -> Office:
    return two.here


def test_it_makes_and_shows_a_person(office):
    made = office.post(
        "/people",
        {
            "externalId": "new-1",
            "name": {"firstName": "Ann", "lastName": "Other"},
            "dateOfBirth": "1980-02-03",
            "status": "active",
            "collectionsIntensity": "light",
            "identity": {"identityType": "SSN", "value": "123-45-6789"},
            "commPreferences": {"email": True},
            "metaData": {"a": "b", "n": 1},
            "addresses": [{"addressLine1": "1 Main St", "city": "Reno", "state": "NV", "postalCode": "89501"}],
        },
    )
    assert made["id"].startswith("BO-")
    assert made["object"] == "person"
    assert made["borrowerType"] == "person"
    assert made["companyId"] == office.ids["tenants"][office.key]["peach"]
    assert made["name"] == {
        "id": made["id"].replace("BO", "BN"),
        "firstName": "Ann",
        "lastName": "Other",
        "middleName": None,
        "prefix": None,
        "suffix": None,
    }
    assert made["dateOfBirth"] == "1980-02-03"
    assert made["collectionsIntensity"] == "light"
    assert made["metaData"] == {"a": "b", "n": 1}
    assert [one["identityType"] for one in made["identities"]] == ["SSN"]
    assert made["updatedAt"] is None
    assert made["deletedAt"] is None
    assert made["createdAt"].endswith("+00:00")
    assert office.data(f"/people/{made['id']}") == made
    assert office.data("/people/ext-new-1") == made


def test_it_makes_and_shows_a_business(office):
    made = office.post(
        "/people",
        {"borrowerType": "business", "externalId": "biz-1", "businessDetails": {"businessLegalName": "Biz LLC"}},
    )
    assert made["borrowerType"] == "business"
    assert made["businessDetails"]["businessLegalName"] == "Biz LLC"
    assert office.data("/people/ext-biz-1") == made
    assert made["id"] in [one["id"] for one in office.data("/people", borrowerType="business")]
    assert made["id"] not in [one["id"] for one in office.data("/people", borrowerType="person", limit=100)]


def test_it_shows_what_the_world_made(office):
    shown = office.data(f"/people/{office.id('persons', 'kit')}")
    assert (shown["name"]["firstName"], shown["externalId"]) == ("Kit", "kit-1")
    assert office.data("/people/ext-kit-1") == shown
    assert office.data(f"/people/{office.id('organizations', 'corp')}")["borrowerType"] == "business"
    assert office.data(f"/people/{office.ids['persons'][f'{office.key}/kit']['number']}") == shown


def test_an_identity_is_never_shown_nor_kept(office):
    made = office.post("/people", {"identity": {"identityType": "SSN", "value": "987-65-4321"}})
    again = office.put(f"/people/{made['id']}", {"identity": {"identityType": "SSN", "value": "987654321"}})
    assert [one["id"] for one in again["identities"]] == [one["id"] for one in made["identities"]]
    other = office.put(f"/people/{made['id']}", {"identity": {"identityType": "SSN", "value": "987654329"}})
    assert len(other["identities"]) == 1
    assert other["identities"][0]["id"] != made["identities"][0]["id"]
    for text in (str(made), str(again), office.send("GET", f"/people/{made['id']}").text):
        assert "4321" not in text.replace(made["displayId"], "")


async def test_no_row_and_no_event_holds_the_number(office):
    office.post("/people", {"identity": {"identityType": "SSN", "value": "911-22-7357"}})
    connection = await asyncpg.connect(office.server.dsn)
    for table in ("identities", "events", "event_texts", "persons"):
        rows = await connection.fetch(f"select t::text as row from {table} t")
        assert not [row for row in rows if "911227357" in row["row"] or "911-22-7357" in row["row"]]
    await connection.close()


@pytest.mark.parametrize(
    ("body", "members"),
    [
        ({"externalId": ""}, {"externalId"}),
        ({"externalId": "x" * 51}, {"externalId"}),
        ({"externalId": 7}, {"externalId"}),
        ({"borrowerType": "robot"}, {"borrowerType"}),
        ({"status": "gone", "collectionsIntensity": "mad"}, {"status", "collectionsIntensity"}),
        ({"name": "Ann"}, {"name"}),
        ({"dateOfBirth": "3.2.1980"}, {"dateOfBirth"}),
        ({"identity": {"identityType": "SSN"}}, {"identity"}),
        ({"identity": {"identityType": "SSN", "value": "12-34"}}, {"identity"}),
        ({"metaData": {str(n): "x" for n in range(51)}}, {"metaData"}),
        ({"metaData": {"k" * 101: "x"}}, {"metaData"}),
        ({"metaData": {"k": "x" * 501}}, {"metaData"}),
        ({"metaData": {"k": {"deep": 1}}}, {"metaData"}),
        ({"businessDetails": {"name": "x"}}, {"businessDetails"}),
        ({"borrowerType": "business", "dateOfBirth": "1980-01-01"}, {"dateOfBirth"}),
    ],
)
def test_it_refuses_what_does_not_fit(office, body, members):
    assert office.wrong("POST", "/people", body) == members


def test_the_limits_themselves_pass(office):
    meta = {"k" * 100: "x" * 500, **{str(n): n for n in range(49)}}
    made = office.post("/people", {"externalId": "y" * 50, "metaData": meta})
    assert made["metaData"] == meta


def test_an_external_id_is_taken_once(office):
    first = office.person(externalId="twice")
    for body in ({"externalId": "twice"}, {"externalId": "twice", "borrowerType": "business"}):
        assert first in office.refused("POST", "/people", body, status=409)["message"]
    other = office.person()
    office.refused("PUT", f"/people/{other}", {"externalId": "kit-1"}, status=409)
    assert office.put(f"/people/{first}", {"externalId": "twice"})["externalId"] == "twice"


def test_of_creations_at_once_one_gets_the_external_id(office):
    bodies = [{"externalId": "race", "borrowerType": kind} for kind in ("person", "business") * 2]
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(office.send, "POST", "/people", json=body) for body in bodies]
        assert sorted(one.result().status_code for one in asked) == [200, 409, 409, 409]


def test_an_update_is_partial(office):
    made = office.post(
        "/people", {"name": {"firstName": "A", "lastName": "B"}, "dateOfBirth": "1990-01-01", "metaData": {"x": "y"}}
    )
    changed = office.put(f"/people/{made['id']}", {"status": "inactive"})
    assert changed["updatedAt"] is not None
    assert {**changed, "status": "active", "updatedAt": None} == made
    cleared = office.put(f"/people/{made['id']}", {"dateOfBirth": None, "metaData": None})
    assert (cleared["dateOfBirth"], cleared["metaData"]) == (None, None)
    assert (
        office.put(f"/people/{made['id']}", {"name": {"firstName": "C", "lastName": "D"}})["name"]["firstName"] == "C"
    )


def test_an_update_is_refused_like_a_creation(office):
    person = office.person()
    assert office.wrong("PUT", f"/people/{person}", {"status": "gone"}) == {"status"}
    assert office.wrong("PUT", f"/people/{person}", {"borrowerType": "business"}) == {"borrowerType"}
    office.refused("PUT", f"/people/{person}", [1])


def test_a_deleted_person_is_not_there(office):
    person = office.person(externalId="gone-1")
    assert office.send("DELETE", f"/people/{person}").status_code == 204
    for method in ("GET", "PUT", "DELETE"):
        office.refused(method, f"/people/{person}", {} if method == "PUT" else None, status=404)
    office.refused("GET", "/people/ext-gone-1", status=404)
    assert person not in [one["id"] for one in office.data("/people", limit=100)]
    assert office.person(externalId="gone-1") != person


@pytest.mark.parametrize("wrong", ["BO-0000-ZZZZ", "BO-1", "LN-0000-0001", "ext-nobody", "ext-", "bo", "999999999"])
def test_nobody_is_not_found(office, wrong):
    office.refused("GET", f"/people/{wrong}", status=404)
    office.refused("PUT", f"/people/{wrong}", {}, status=404)


def test_staff_are_no_borrowers(office):
    ben = office.ids["users"][f"{office.key}/ben"]["webitel_contact"]
    office.refused("GET", f"/people/{ben}", status=404)
    customer = office.ids["users"][f"{office.key}/cus"]["webitel_contact"]
    assert office.data(f"/people/{customer}")["object"] == "person"


def test_another_company_has_nothing(two):
    two.there.person(externalId="elsewhere")
    two.here.refused("GET", "/people/ext-elsewhere", status=404)
    assert two.here.data("/people", externalId="elsewhere") == []
    assert two.here.person(externalId="elsewhere")


@pytest.mark.parametrize("user", ["vic", "otto", "cus"])
def test_who_may_not_write_is_refused(office, user):
    person = office.person()
    for method, path in (("POST", "/people"), ("PUT", f"/people/{person}"), ("DELETE", f"/people/{person}")):
        office.refused(method, path, {}, status=403, user=user)


def test_who_may_not_read_is_refused(office):
    for path in ("/people", f"/people/{office.id('persons', 'kit')}"):
        for user in ("otto", "cus"):
            office.refused("GET", path, status=403, user=user)
        office.refused("GET", path, status=401, user=None)
    assert office.data("/people", "vic")


def test_pages_join_in_both_directions(office):
    people = [office.person() for _ in range(5)][::-1]
    first = office.get("/people", limit=2)
    assert [one["id"] for one in first["data"]] == people[:2]
    assert first["count"] == 2
    assert first["previousUrl"] is None
    second = office.send("GET", first["nextUrl"].removeprefix("/peach/api")).json()
    assert [one["id"] for one in second["data"]] == people[2:4]
    back = office.send("GET", second["previousUrl"].removeprefix("/peach/api")).json()
    assert back["data"] == first["data"]
    assert first["total"] == second["total"] >= 5
    skipped = office.get("/people", limit=1, offset=1)
    assert skipped["data"][0]["id"] == people[1]
    both = office.get("/people", limit=1, startingAfter=people[0], endingBefore=people[2])
    assert both["data"][0]["id"] == people[1]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "offset=-1", "borrowerType=robot"])
def test_a_wrong_window_is_refused(office, query):
    office.refused("GET", f"/people?{query}")


def test_an_unknown_cursor_is_not_found(office):
    office.refused("GET", "/people?startingAfter=BO-0000-ZZZZ", status=404)


def test_a_body_that_is_no_json_is_refused(office):
    assert office.send("POST", "/people", content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    assert office.send("POST", "/people", content=b'{"externalId": "typeless"}').status_code == 200
