"""`GET /cases` without search: pages, links, order, status filter. facts.md §4."""

from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from dialects.ibm.client import API, found_tenant, place_cases, unique
from dialects.ibm.shapes import FIELDS, LABELS, assert_full_case, assert_refused

MANY = 103
STAGES = ("new", "open", "waiting", "proposed", "resolved", "closed", "canceled")
SORTS = ("number", "short_description", "severity", "updated_at", "created_at")


@pytest.fixture(scope="module")
def crowd(server, doors):
    """The only user of a tenant with more cases than the largest page."""
    tenant = found_tenant(server, cases=[{"subject": f"Crowd {n:03}"} for n in range(MANY)])
    return doors.by_key(tenant.secrets["ann"]), tenant.numbers()


@pytest.fixture(scope="module")
def staged(server, doors):
    """The only user of a tenant with one case in every stage; the numbers by stage."""
    tenant = found_tenant(server, cases=[{"stage": stage} for stage in STAGES])
    return doors.by_key(tenant.secrets["ann"]), dict(zip(STAGES, tenant.numbers(), strict=True))


@pytest.fixture(scope="module")
def mixed(server, doors):
    """The only user of a tenant whose cases tie on every sort key but the number."""
    cases = [
        {
            "subject": ["beta", "alpha", "gamma"][n % 3],
            "rank": [3, 1, 2, 4][n % 4],
            "created_at": f"2024-03-0{n % 3 + 1}T10:00:00Z",
            "updated_at": f"2024-04-0{n % 4 + 1}T10:00:00Z",
        }
        for n in range(12)
    ]
    return doors.by_key(found_tenant(server, cases=cases).secrets["ann"])


def query_of(link):
    """What a link's query says, read as strictly as Python's client reads it."""
    text = urlsplit(link["href"]).query
    return {key: value[0] for key, value in parse_qs(text, keep_blank_values=True, strict_parsing=True).items()}


def walk(door, **query):
    """Every page as the SDK pagers go: own parameters again, with the offset out of `next`."""
    pages, offset = [], None
    while True:
        page = door.cases(**query, **({} if offset is None else {"offset": offset}))
        pages.append(page["cases"])
        if "next" not in page:
            return pages
        following = int(query_of(page["next"])["offset"])
        assert following > (offset or 0)
        offset = following


def test_it_lists_ten_cases_by_default(crowd):
    page = crowd[0].cases()
    assert page["total_count"] == MANY
    assert len(page["cases"]) == 10
    assert set(page) == {"total_count", "first", "next", "last", "cases"}
    for case in page["cases"]:
        assert_full_case(case, crowd[0].base)


@pytest.mark.parametrize("limit", [1, 7, 10, 100])
def test_it_gives_as_many_as_asked(crowd, limit):
    assert len(crowd[0].cases(limit=limit)["cases"]) == limit


@pytest.mark.parametrize("limit", [101, 5000, 2**31])
def test_it_cuts_larger_pages_to_a_hundred_and_says_so_in_its_links(crowd, limit):
    page = crowd[0].cases(limit=limit)
    assert len(page["cases"]) == 100
    assert query_of(page["next"]) == {"limit": "100", "offset": "100"}
    assert query_of(page["last"])["limit"] == "100"


@pytest.mark.parametrize("limit", [10, 25, 100])
def test_a_pager_sees_every_case_exactly_once(crowd, limit):
    door, numbers = crowd
    pages = walk(door, limit=limit)
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    seen = [case["number"] for page in pages for case in page]
    assert sorted(seen) == sorted(numbers)
    assert len(seen) == MANY


def test_pages_that_divide_evenly_end_without_an_empty_one(mixed):
    pages = walk(mixed, limit=4)
    assert [len(page) for page in pages] == [4, 4, 4]


def test_next_is_absent_on_the_last_page_and_previous_on_the_first(crowd):
    first, middle, last = (crowd[0].cases(limit=50, offset=offset) for offset in (0, 50, 100))
    assert "previous" not in first
    assert query_of(first["next"])["offset"] == "50"
    assert query_of(middle["previous"])["offset"] == "0"
    assert query_of(middle["next"])["offset"] == "100"
    assert query_of(last["previous"])["offset"] == "50"
    assert "next" not in last


def test_an_offset_in_the_middle_of_a_page_works(crowd):
    whole = crowd[0].numbers(limit=20)
    assert crowd[0].numbers(limit=10, offset=3) == whole[3:13]
    assert query_of(crowd[0].cases(limit=10, offset=3)["next"])["offset"] == "13"
    assert query_of(crowd[0].cases(limit=10, offset=3)["previous"])["offset"] == "0"


@pytest.mark.parametrize(("limit", "expected"), [(1, 102), (10, 100), (50, 100), (100, 100), (103, 100)])
def test_the_last_link_points_at_the_last_page(crowd, limit, expected):
    assert query_of(crowd[0].cases(limit=limit)["last"])["offset"] == str(expected)


def test_the_last_link_of_an_even_division_is_a_full_page(mixed):
    assert query_of(mixed.cases(limit=4)["last"])["offset"] == "8"
    assert query_of(mixed.cases(limit=12)["last"])["offset"] == "0"


def test_first_and_last_are_there_for_an_empty_result(alice):
    page = alice.cases(search=unique("nothing"))
    assert page["total_count"] == 0
    assert page["cases"] == []
    assert query_of(page["first"])["offset"] == "0"
    assert query_of(page["last"])["offset"] == "0"
    assert "next" not in page
    assert "previous" not in page


@pytest.mark.parametrize("offset", [MANY, MANY + 1, 10_000, 10**9])
def test_an_offset_past_the_end_gives_an_empty_page(crowd, offset):
    page = crowd[0].cases(offset=offset)
    assert page["cases"] == []
    assert page["total_count"] == MANY
    assert "next" not in page
    assert {"first", "last"} <= set(page)


def test_an_absurd_offset_is_no_server_error(crowd):
    answer = crowd[0].request("GET", "/cases", params={"offset": 10**30})
    if answer.status_code == 200:
        assert answer.json()["cases"] == []
    else:
        assert_refused(answer, 400)


def test_links_are_absolute_and_can_be_followed(crowd):
    door, _ = crowd
    page = door.cases(limit=40, sort="number")
    for name in ("first", "next", "last"):
        assert page[name]["href"].startswith(f"{door.base}/cases?")
    followed = door.http.get(page["next"]["href"]).json()
    assert followed == door.cases(limit=40, sort="number", offset=40)
    assert door.http.get(followed["previous"]["href"]).json() == page


def test_links_carry_the_active_filters_encoded(server, alice):
    subject = unique("a&b =c% ü+#")
    for _ in range(3):
        alice.open(subject)
    query = {"search": subject, "status": "new,in_progress", "sort": "~number", "fields": "number,status", "limit": 1}
    page = alice.cases(**query, offset=1)
    for name in ("first", "previous", "next", "last"):
        text = urlsplit(page[name]["href"]).query
        assert not text.startswith("&")
        assert not text.endswith("&")
        assert {key: value for key, value in parse_qsl(text, strict_parsing=True) if key != "offset"} == {
            key: str(value) for key, value in query.items()
        }
    followed = alice.http.get(page["next"]["href"]).json()
    assert followed["total_count"] == 3
    assert len(followed["cases"]) == 1


def test_links_are_built_from_the_address_the_client_used(server, crowd):
    headers = {"Authorization": f"Bearer {crowd[0].token}", "Host": "cases.example:8443"}
    page = httpx.get(f"{server.url}{API}/cases", headers=headers, timeout=30).json()
    assert page["next"]["href"].startswith(f"http://cases.example:8443{API}/cases?")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("offset", "-1"),
        ("offset", "x"),
        ("offset", "1.5"),
        ("offset", "0x10"),
        ("limit", "0"),
        ("limit", "-5"),
        ("limit", "ten"),
        ("limit", "1e1"),
        ("limit", "1.0"),
        ("sort", "owner"),
        ("sort", "-number"),
        ("sort", "~"),
        ("sort", "~~number"),
        ("sort", "number,severity"),
        ("sort", "number; DROP TABLE cases"),
        ("status", "open"),
        ("status", "In Progress"),
        ("status", "new,bogus"),
        ("fields", "subject"),
        ("fields", "number,bogus"),
    ],
)
def test_it_refuses_parameters_it_does_not_understand(alice, name, value):
    assert_refused(alice.request("GET", "/cases", params={name: value}), 400)


def test_it_ignores_parameters_it_does_not_know(crowd):
    assert crowd[0].cases(limit=1, colour="red")["total_count"] == MANY


def test_empty_parameters_count_as_not_supplied(crowd):
    assert crowd[0].cases(status="", fields="", search="") == crowd[0].cases()


@pytest.mark.parametrize("key", SORTS)
def test_it_sorts_up_and_down_with_ties_in_a_fixed_order(mixed, key):
    up, down = (mixed.cases(sort=sort, limit=100)["cases"] for sort in (key, f"~{key}"))
    assert [case[key] for case in up] == sorted(case[key] for case in up)
    assert [case[key] for case in down] == sorted((case[key] for case in down), reverse=True)
    for rows in (up, down):
        for value in {case[key] for case in rows}:
            ties = [case["number"] for case in rows if case[key] == value]
            assert ties in (sorted(ties), sorted(ties, reverse=True))


@pytest.mark.parametrize("key", SORTS)
@pytest.mark.parametrize("direction", ["", "~"])
def test_pages_of_one_agree_with_the_whole_list_under_every_sort(mixed, key, direction):
    whole = mixed.numbers(sort=f"{direction}{key}", limit=100)
    assert [page[0]["number"] for page in walk(mixed, sort=f"{direction}{key}", limit=1)] == whole
    assert len(set(whole)) == 12


def test_it_shows_the_latest_change_first_by_default(mixed):
    assert mixed.numbers(limit=100) == mixed.numbers(limit=100, sort="~updated_at")
    stamps = [case["updated_at"] for case in mixed.cases(limit=100)["cases"]]
    assert stamps == sorted(stamps, reverse=True)


def test_a_change_moves_a_case_to_the_front(server, doors):
    ages = [{"created_at": f"2024-01-0{n}T00:00:00Z", "updated_at": f"2024-01-0{n}T00:00:00Z"} for n in (3, 2, 1)]
    tenant = found_tenant(server, cases=ages)
    door, numbers = doors.by_key(tenant.secrets["ann"]), tenant.numbers()
    assert door.numbers() == numbers
    door.comment(numbers[2], "News")
    assert door.numbers() == [numbers[2], numbers[0], numbers[1]]


def test_it_lists_every_status_closed_ones_too_when_none_is_asked_for(staged):
    door, by_stage = staged
    assert sorted(door.numbers()) == sorted(by_stage.values())


@pytest.mark.parametrize(
    ("status", "stages"),
    [
        ("new", {"new"}),
        ("in_progress", {"open"}),
        ("waiting_on_client", {"waiting"}),
        ("resolution_provided", {"proposed"}),
        ("resolved", {"resolved"}),
        ("closed", {"closed", "canceled"}),
        ("new,resolved", {"new", "resolved"}),
        ("resolved,new,new", {"new", "resolved"}),
        (",".join(LABELS), set(STAGES)),
    ],
)
def test_it_filters_by_status(staged, status, stages):
    door, by_stage = staged
    page = door.cases(status=status)
    assert {case["number"] for case in page["cases"]} == {by_stage[stage] for stage in stages}
    assert page["total_count"] == len(stages)
    assert {case["status"] for case in page["cases"]} == {LABELS[key] for key in status.split(",")}


def test_it_accepts_repeated_parameters_as_well_as_commas(staged):
    door, by_stage = staged
    page = door.cases(status=["new", "resolved,closed"], fields=["number", "status"])
    assert {case["number"] for case in page["cases"]} == {
        by_stage[stage] for stage in ("new", "resolved", "closed", "canceled")
    }
    assert all(set(case) == {"number", "status"} for case in page["cases"])


def test_it_reads_a_tilde_raw_and_encoded_and_a_comma_raw_and_encoded(mixed):
    expected = mixed.numbers(sort="~severity")
    for query in ("sort=~severity", "sort=%7Eseverity"):
        assert [case["number"] for case in mixed.result("GET", f"/cases?{query}")["cases"]] == expected
    for query in ("status=new,closed", "status=new%2Cclosed"):
        assert mixed.result("GET", f"/cases?{query}")["total_count"] == 12


@pytest.mark.parametrize("field", FIELDS)
def test_it_lists_only_the_field_asked_for(alice, field):
    alice.open(subject := unique("Fields"), offering={"name": "x", "type": {"group": "category", "key": "x"}})
    assert [set(case) for case in alice.cases(search=subject, fields=field)["cases"]] == [{field}]


def test_the_list_shows_what_reading_one_case_shows(server, alice):
    subject = unique("Same")
    [number] = place_cases(
        server,
        [
            {
                "subject": subject,
                "watchers": ["bob"],
                "comments": [{"by": "bob", "text": "Hello", "audience": "public", "at": "2024-05-01T00:00:00Z"}],
                "links": [{"name": "Runbook", "url": "https://x.example"}],
                "files": [{"name": "a.txt", "text": "a", "audience": "public"}],
            }
        ],
    )
    assert alice.cases(search=subject)["cases"] == [alice.case(number)]
