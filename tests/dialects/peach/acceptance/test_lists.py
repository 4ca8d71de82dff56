"""Operations 1 and 4: lists, their envelope, pages and bounds (spec/peach §3, §6)."""

from urllib.parse import parse_qs, urlsplit

import pytest

from dialects.peach.acceptance.client import API, word


@pytest.fixture(scope="module")
def five(alice):
    """Five cases of one type of their own and one borrower, oldest first."""
    made = alice.type()
    person = alice.person()["id"]
    return [alice.open(person, typeId=made["id"]) for _ in range(5)]


def both(five):
    return [
        (f"/people/{five[0].person}/cases", {}),
        ("/cases", {"typeId": five[0].made["typeId"]}),
    ]


def follow(door, url):
    assert url.startswith(f"{API}/"), url
    answer = door.http.get(url.removeprefix(API))
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(page):
    return [case["id"] for case in page["data"]]


def test_a_list_has_its_envelope_and_is_newest_first(alice, five):
    for path, query in both(five):
        page = alice.ok("GET", path, params=query)
        assert set(page) >= {"status", "total", "count", "nextUrl", "previousUrl", "data"}
        assert (page["status"], page["total"], page["count"]) == (200, 5, 5)
        assert (page["nextUrl"], page["previousUrl"]) == (None, None)
        assert ids(page) == [case.id for case in reversed(five)]


def test_an_empty_list_has_its_envelope_too(alice):
    page = alice.ok("GET", f"/people/{alice.person()['id']}/cases")
    assert (page["total"], page["count"], page["data"]) == (0, 0, [])
    assert (page["nextUrl"], page["previousUrl"]) == (None, None)


def test_a_row_of_a_list_is_the_case_as_a_get_shows_it(alice, five):
    for path, query in both(five):
        rows = alice.ok("GET", path, params=query)["data"]
        assert rows[0] == five[-1].get()


def test_pages_are_followed_forward_and_back(alice, five):
    newest_first = [case.id for case in reversed(five)]
    for path, query in both(five):
        first = alice.ok("GET", path, params={**query, "limit": 2})
        assert (first["count"], first["total"], first["previousUrl"]) == (2, 5, None)
        second = follow(alice, first["nextUrl"])
        third = follow(alice, second["nextUrl"])
        assert [ids(first), ids(second), ids(third)] == [newest_first[:2], newest_first[2:4], newest_first[4:]]
        assert (second["total"], third["total"], third["count"], third["nextUrl"]) == (5, 5, 1, None)
        back = follow(alice, third["previousUrl"])
        assert ids(back) == ids(second)
        again = follow(alice, back["previousUrl"])
        assert ids(again) == ids(first)
        assert again["previousUrl"] is None
        assert ids(follow(alice, again["nextUrl"])) == ids(second)


def test_a_next_url_keeps_the_filters(alice, five):
    query = {"typeId": five[0].made["typeId"], "status": "initiated", "limit": 2, "sortBy": "createdAt"}
    page = alice.ok("GET", "/cases", params=query)
    told = parse_qs(urlsplit(page["nextUrl"]).query)
    assert told["typeId"] == [query["typeId"]]
    assert told["status"] == ["initiated"]
    assert "startingAfter" in told
    assert ids(page) == [case.id for case in five[:2]]
    assert ids(follow(alice, page["nextUrl"])) == [case.id for case in five[2:4]]


def test_cursors_are_ids_of_cases(alice, five):
    old, _, middle, _, new = [case.id for case in five]
    for path, query in both(five):
        after = alice.ok("GET", path, params={**query, "startingAfter": middle})
        assert ids(after) == [five[1].id, old]
        before = alice.ok("GET", path, params={**query, "endingBefore": middle})
        assert ids(before) == [new, five[3].id]
        nearest = alice.ok("GET", path, params={**query, "endingBefore": old, "limit": 1})
        assert ids(nearest) == [five[1].id]


def test_ending_before_wins_over_starting_after(alice, five):
    for path, query in both(five):
        cursors = {"startingAfter": five[4].id, "endingBefore": five[3].id}
        assert ids(alice.ok("GET", path, params={**query, **cursors})) == [five[4].id]


def test_a_cursor_may_be_an_external_id(alice):
    own = word()
    older = alice.open()
    newer = alice.open(older.person, externalId=own)
    page = alice.ok("GET", f"/people/{older.person}/cases", params={"startingAfter": f"ext-{own}"})
    assert ids(page) == [older.id]
    assert newer.id not in ids(page)


@pytest.mark.parametrize("name", ["startingAfter", "endingBefore"])
def test_a_cursor_that_does_not_exist_is_404(alice, five, name):
    for path, query in both(five):
        for cursor in ("CS-ZZZZ-ZZZZ", f"ext-{word()}"):
            alice.refused(404, "GET", path, params={**query, name: cursor})


def test_an_offset_skips_rows(alice, five):
    newest_first = [case.id for case in reversed(five)]
    for path, query in both(five):
        page = alice.ok("GET", path, params={**query, "offset": 3})
        assert ids(page) == newest_first[3:]
        assert page["total"] == 5
        assert ids(alice.ok("GET", path, params={**query, "offset": 1, "limit": 2})) == newest_first[1:3]
        assert ids(alice.ok("GET", path, params={**query, "offset": 99})) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "-1"),
        ("limit", "many"),
        ("limit", "1.5"),
        ("limit", ""),
        ("offset", "-1"),
        ("offset", "x"),
        ("sortBy", "nope"),
        ("sortBy", "-nope"),
        ("sortBy", "createdAt,nope"),
        ("status", "open"),
        ("status", "initiated,open"),
        ("caseType", "fraud"),
        ("outcome", "perhaps"),
        ("isSnoozed", "perhaps"),
        ("isEscalated", "perhaps"),
    ],
)
def test_a_parameter_out_of_its_range_is_400(alice, five, name, value):
    for path, _ in both(five):
        alice.wrong(name, "GET", path, params={name: value})


@pytest.mark.parametrize("name", ["expand", "includeUnbound"])
def test_a_flag_that_is_no_boolean_is_400(alice, name):
    alice.wrong(name, "GET", "/cases", params={name: "perhaps"})


def test_a_limit_has_a_default_and_a_greatest_value(alice):
    made = alice.type()
    person = alice.person()["id"]
    cases = [alice.open(person, typeId=made["id"]).id for _ in range(26)]
    for path, query in ((f"/people/{person}/cases", {}), ("/cases", {"typeId": made["id"]})):
        page = alice.ok("GET", path, params=query)
        assert (page["count"], page["total"]) == (25, 26)
        assert ids(page) == cases[:0:-1]
        assert alice.ok("GET", path, params={**query, "limit": 100})["count"] == 26
        assert alice.ok("GET", path, params={**query, "limit": 1})["count"] == 1


def test_expand_is_accepted_and_the_owner_is_always_shown(alice):
    made = alice.type()
    case = alice.open(typeId=made["id"], owningEmployeeId=alice.employee("acme/bob"))
    for expand in ("true", "false"):
        (row,) = alice.ok("GET", "/cases", params={"typeId": made["id"], "expand": expand})["data"]
        assert row["owningEmployee"]["displayName"] == "Bob Agent"
        assert row["id"] == case.id


def test_cases_without_a_borrower_are_shown_only_when_asked_for(server, alice):
    own = word()
    case = {"key": own, "subject": own, "external_id": own}
    listed = server.apply({"tenants": [{"key": "acme", "cases": [case]}]})["cases"][f"acme/{own}"]["peach"]
    assert alice.listed("/cases", externalId=own) == []
    (row,) = alice.ok("GET", "/cases", params={"externalId": own, "includeUnbound": "true"})["data"]
    assert row["id"] == listed
    assert row["people"] == row["borrowerIds"] == []
    assert alice.listed("/cases", externalId=own, includeUnbound="false") == []


def test_including_unbound_cases_keeps_the_bound_ones(alice, five):
    query = {"typeId": five[0].made["typeId"], "includeUnbound": "true"}
    assert alice.ok("GET", "/cases", params=query)["total"] == 5


def test_the_list_of_a_borrower_is_addressed_by_external_id_too(alice):
    person = alice.person(externalId=word())
    case = alice.open(person["id"])
    assert alice.listed(f"/people/ext-{person['externalId']}/cases") == [case.id]


def test_while_pages_are_turned_new_cases_shift_nothing(alice):
    person = alice.person()["id"]
    cases = [alice.open(person).id for _ in range(4)]
    first = alice.ok("GET", f"/people/{person}/cases", params={"limit": 2})
    alice.open(person)
    assert ids(first) + ids(follow(alice, first["nextUrl"])) == cases[::-1]
