"""Lists of cases: of the company and of a borrower (spec/peach §3, §6)."""

import itertools

import httpx
import pytest

from casework.dialects.peach.translate import SORTS
from casework.dialects.spellings import peach_number
from dialects.peach.case_office import desks


@pytest.fixture(scope="module")
def both(server):
    with desks(server, "pc-list") as found:
        yield found


@pytest.fixture(scope="module")
def desk(both):
    return both[0]


@pytest.fixture(scope="module")
def kept(desk):
    """Seven cases of one borrower, oldest first: (path of the borrower's cases, ids)."""
    person = desk.person()
    names = ["b", "A", "", "c", "a", "B", "d"]
    made = [
        desk.case(person, "bankruptcy" if n % 2 else "generic", name=name, externalId=f"pl-{n}")
        for n, name in enumerate(names)
    ]
    return f"/people/{person}/cases", [case["id"] for case in made]


def pages(desk, path, cursor, **params):
    """Return the pages by following `nextUrl` (or `previousUrl`), as lists of ids."""
    found, url = [], None
    while True:
        if url is None:
            body = desk.get(path, **params)
        else:
            body = desk.http.get(
                f"{desk.server.url}{url}", headers={"X-API-KEY": f"{desk.key}-ada-secret-000001"}
            ).json()
        found.append([one["id"] for one in body["data"]])
        url = body[cursor]
        if url is None:
            return found


def test_the_newest_come_first_in_the_envelope(desk, kept):
    path, ids = kept
    body = desk.get(path)
    assert set(body) == {"status", "total", "count", "nextUrl", "previousUrl", "data"}
    assert (body["status"], body["total"], body["count"]) == (200, 7, 7)
    assert (body["nextUrl"], body["previousUrl"]) == (None, None)
    assert [one["id"] for one in body["data"]] == ids[::-1]
    assert body["data"][0]["associations"] is None


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(
    "sort", [None, "name", "-name", "createdAt", "caseType,-name", "-status,externalId", "-caseType,createdAt"]
)
def test_following_the_links_shows_each_once_in_both_directions(desk, kept, limit, sort):
    path, _ = kept
    params = {"limit": limit, **({"sortBy": sort} if sort else {})}
    whole = desk.listed(path, **({"sortBy": sort} if sort else {}))
    there = list(itertools.chain(*pages(desk, path, "nextUrl", **params)))
    assert there == whole
    back = pages(desk, path, "previousUrl", endingBefore=whole[-1], **params)
    assert list(itertools.chain(*reversed(back))) == whole[:-1]


def test_cursors(desk, kept):
    path, ids = kept
    newest = ids[::-1]
    body = desk.get(path, startingAfter=newest[1], limit=2)
    assert [one["id"] for one in body["data"]] == newest[2:4]
    assert body["total"] == 7
    assert body["nextUrl"].startswith(f"/peach/api{path}?")
    assert dict(httpx.URL(body["nextUrl"]).params) == {"limit": "2", "startingAfter": newest[3]}
    assert dict(httpx.URL(body["previousUrl"]).params) == {"limit": "2", "endingBefore": newest[2]}
    assert desk.listed(path, endingBefore=newest[4], limit=2) == newest[2:4]
    assert desk.listed(path, endingBefore=newest[4], startingAfter=newest[5], limit=2) == newest[2:4]
    assert desk.get(path, endingBefore=newest[2], limit=2)["previousUrl"] is None
    assert desk.listed(path, startingAfter=newest[-1]) == []
    assert desk.listed(path, startingAfter="ext-pl-6", limit=1) == [newest[1]]
    assert desk.listed(path, offset=2, limit=2) == newest[2:4]
    assert desk.listed(path, startingAfter=newest[0], offset=2, limit=2) == newest[3:5]
    assert desk.get(path, offset=100)["count"] == 0


@pytest.mark.parametrize(
    "params", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"limit": "1.5"}, {"limit": ""}, {"limit": "-1"},
               {"offset": "-1"}, {"offset": "x"}, {"offset": "0" * 18 + "9" * 30},
               {"sortBy": "color"}, {"sortBy": "name,color"}, {"status": "open"},
               {"caseType": "fraud"}, {"outcome": "perhaps"}, {"isSnoozed": "perhaps"}, {"isEscalated": "2"}]
)  # fmt: skip
def test_what_no_parameter_can_be(desk, kept, params):
    for path in (kept[0], "/cases"):
        answer = desk.send("GET", path, params=params)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == next(iter(params))


def test_unknown_cursors(both, desk, kept):
    both[1].new(externalId="pl-theirs")
    for cursor in ("startingAfter", "endingBefore"):
        for text in ("CS-ZZZZ-ZZZZ", "ext-nothing", "nonsense", "ext-pl-theirs"):
            assert desk.send("GET", "/cases", params={cursor: text}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ([("sortBy", "name")], ["A", "a", "b", "B", "Bankruptcy", "c", "d"]),
        ([("sortBy", "-name")], ["d", "c", "Case", "B", "b", "a", "A"]),
    ],
)
def test_sorting_by_name_takes_the_types_name_for_a_blank_one(desk, kept, asked, expected):
    path, ids = kept
    names = [one["name"] for one in desk.data(path, **dict(asked))]
    assert names == sorted(names, key=str.lower, reverse=asked[0][1].startswith("-"))
    assert len(names) == len(expected)
    assert len(ids) == 7


def test_ways_to_say_sort_by(desk, kept):
    path, _ = kept
    wanted = desk.listed(path, sortBy="caseType,-externalId")

    def ask(query):
        return [one["id"] for one in desk.send("GET", f"{path}?{query}").json()["data"]]

    assert ask("sortBy=caseType&sortBy=-externalId") == wanted
    assert ask("sortBy=[caseType,-externalId]") == wanted
    assert ask("sortBy=%5B%22caseType%22%2C%22-externalId%22%5D") == wanted
    assert ask("sortBy[]=caseType&sortBy[]=-externalId") == wanted
    assert wanted != desk.listed(path, sortBy="caseType,externalId")


def test_every_sort_key_works(desk, kept):
    for key in SORTS:
        for sign in ("", "-"):
            found = pages(desk, kept[0], "nextUrl", sortBy=sign + key, limit=3)
            assert sorted(itertools.chain(*found)) == sorted(kept[1])


def test_sorting_by_people_and_views(desk):
    person = desk.person()
    path = f"/people/{person}/cases"
    first = desk.case(person, owningEmployeeId=desk.id("users", "own", "peach_employee"))["id"]
    second = desk.case(person, user="ben", owningEmployeeId=desk.id("users", "ben", "peach_employee"))["id"]
    third = desk.case(person)["id"]
    desk.done("POST", f"{path}/{second}/views")
    desk.done("POST", f"{path}/{first}/views")
    assert desk.listed(path, sortBy="createdByUserFirstName,createdAt") == [first, third, second]
    assert desk.listed(path, sortBy="-owningEmployeeFirstName") == [first, second, third]
    assert desk.listed(path, sortBy="-lastViewedAt") == [first, second, third]


def test_filters(desk):
    person = desk.person()
    path = f"/people/{person}/cases"
    ben = desk.id("users", "ben", "peach_employee")
    plain = desk.case(person)["id"]
    owned = desk.case(person, "bankruptcy", owningEmployeeId=ben, externalId="pl-filter")["id"]
    done = desk.case(person, status="completed", outcome="denied")["id"]
    work = desk.case(person, status="processing")["id"]
    kind = desk.case(person, typeId=desk.id("case_types", "complaint"))
    desk.done("POST", f"{path}/{plain}/snooze", {"snoozeFor": 3})
    desk.done("POST", f"{path}/{work}/escalations", {"escalatedTeamId": desk.id("teams", "desk")})
    desk.put(f"{path}/{done}", {"status": "reopened"})
    closed = desk.case(person, status="completed", outcome="approved")["id"]

    def ask(**params):
        return set(desk.listed(path, **params))

    assert ask(caseType="bankruptcy") == {owned}
    assert ask(caseType="bankruptcy,collection") == {owned}
    assert ask(typeId=kind["typeId"]) == {kind["id"]}
    assert ask(typeId="CT-ZZZZ-ZZZZ") == set()
    assert ask(status="initiated") == {plain, owned, kind["id"]}
    assert ask(status="processing") == {work}
    assert ask(status="reopened") == {done}
    assert ask(status=["completed", "processing"]) == {closed, work}
    assert ask(outcome="approved") == {closed}
    assert ask(owningEmployeeId=ben) == {owned}
    assert ask(owningEmployeeId="EM-ZZZZ-ZZZZ") == set()
    assert ask(isSnoozed="true") == {plain}
    assert ask(isSnoozed="false", status="processing") == {work}
    assert ask(isEscalated="true") == {work}
    assert ask(externalId="pl-filter") == {owned}
    assert ask(externalId="ext-pl-filter") == {owned}
    assert set(desk.listed("/cases", externalId="pl-filter")) == {owned}
    assert desk.get(path, status="processing")["total"] == 1


def test_the_company_sees_cases_with_a_borrower_unless_it_asks_for_all(desk):
    loose = desk.server.apply(
        {"tenants": [{"key": desk.key, "cases": [{"key": "loose", "subject": "Nobody's", "external_id": "pl-loose"}]}]}
    )["cases"][f"{desk.key}/loose"]["peach"]
    assert desk.listed("/cases", externalId="pl-loose") == []
    assert desk.listed("/cases", externalId="pl-loose", includeUnbound="true") == [loose]
    without, whole = desk.get("/cases")["total"], desk.get("/cases", includeUnbound="true")["total"]
    assert whole == without + 1
    assert desk.send("GET", "/cases", params={"includeUnbound": "maybe"}).status_code == 400
    bound = list(itertools.chain(*pages(desk, "/cases", "nextUrl", limit=50)))
    assert len(bound) == len(set(bound)) == without
    assert loose not in bound


def test_a_person_is_named_by_any_id(desk):
    path, case = desk.new()
    person = path.split("/")[2]
    desk.put(f"/people/{person}", {"externalId": "pl-person"})
    assert desk.listed("/people/ext-pl-person/cases") == [case["id"]]
    assert desk.listed(f"/people/{peach_number('BO', person)}/cases") == [case["id"]]
    for text in ("BO-ZZZZ-ZZZZ", "ext-nobody", "nonsense", "EM-0000-0001"):
        desk.refused("GET", f"/people/{text}/cases", status=404)


def test_who_may_list(both, desk):
    for path in ("/cases", f"/people/{desk.person()}/cases"):
        assert desk.send("GET", path, "vic").status_code == 200
        for user, status in (("otto", 403), ("cus", 403), (None, 401)):
            desk.refused("GET", path, status=status, user=user)
    path, case = desk.new()
    assert desk.get(path.rpartition("/")[0], "own")["total"] == 0
    desk.put(path, {"owningEmployeeId": desk.id("users", "own", "peach_employee")})
    assert desk.get(path.rpartition("/")[0], "own")["data"][0]["id"] == case["id"]
    both[1].refused("GET", f"/people/{desk.person()}/cases", status=404)


def test_credentials(desk):
    key = f"{desk.key}-ada-secret-000001"
    url = f"{desk.server.url}/peach/api/cases"
    for headers in ({"X-API-KEY": key}, {"x-api-key": key}, {"X_API_KEY": key}, {"Authorization": f"Bearer {key}"}):
        assert httpx.get(url, headers=headers, timeout=30).status_code == 200
    for headers in ({}, {"X-API-KEY": "wrong"}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}):
        answer = httpx.get(url, headers=headers, timeout=30)
        assert answer.status_code == 401
        assert answer.json()["status"] == 401
    assert httpx.get(url, headers={"X-API-KEY": key, "Peach-Version": "2023-11-29"}, timeout=30).status_code == 200
    assert desk.send("GET", "/nowhere").json()["status"] == 404
    assert desk.send("DELETE", "/cases").json()["status"] == 405
