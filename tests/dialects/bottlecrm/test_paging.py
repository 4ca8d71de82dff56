"""Limit, offset and the links between pages (spec/bottlecrm §1, §8.2)."""

import itertools
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from dialects.bottlecrm.client import word


@pytest.fixture(scope="module")
def mark():
    return word()


@pytest.fixture(scope="module")
def twelve(alice, mark):
    """Twelve cases, newest first."""
    return [alice.open(f"{mark} {n}", priority="High")["id"] for n in range(12)][::-1]


def ids(page):
    return [case["id"] for case in page["results"]]


def test_a_page_has_ten(alice, twelve, mark):
    page = alice.page(name=mark)
    assert (page["count"], ids(page), page["previous"]) == (12, twelve[:10], None)
    assert page["next"] is not None


def test_limit_and_offset(alice, twelve, mark):
    assert ids(alice.page(name=mark, limit=5, offset=3)) == twelve[3:8]
    assert alice.page(name=mark, limit=5, offset=3)["count"] == 12


@pytest.mark.parametrize("limit", ["0", "-1", "x", "", "1.5", "٣", "1e3"])
def test_a_limit_that_is_none_falls_back_to_ten(alice, twelve, mark, limit):
    assert ids(alice.page(name=mark, limit=limit)) == twelve[:10]


@pytest.mark.parametrize("limit", ["1000", "1001", "99999999999999999999999"])
def test_a_large_limit_is_cut(alice, twelve, mark, limit):
    page = alice.page(name=mark, limit=limit)
    assert ids(page) == twelve
    assert page["next"] is None
    following = alice.page(limit=limit, offset=1)["previous"]
    assert parse_qs(urlsplit(following).query)["limit"] == ["1000"]


@pytest.mark.parametrize("offset", ["-1", "x", "", "0"])
def test_an_offset_that_is_none_falls_back_to_zero(alice, twelve, mark, offset):
    page = alice.page(name=mark, offset=offset)
    assert ids(page) == twelve[:10]
    assert page["previous"] is None


@pytest.mark.parametrize("offset", ["12", "1000", "99999999999999999999999"])
def test_past_the_end_the_page_is_empty(alice, twelve, mark, offset):
    page = alice.page(name=mark, offset=offset)
    assert (page["count"], page["results"], page["next"]) == (12, [], None)
    assert page["previous"] is not None


def test_links_are_relative_to_the_host_and_keep_every_filter(alice, twelve, mark):
    page = alice.page(name=mark, limit=5, offset=5, status=["New", "Closed"], ordering="-created_at", priority="hi")
    for link, offset in ((page["next"], "10"), (page["previous"], "0")):
        parts = urlsplit(link)
        assert (parts.scheme, parts.netloc, parts.path) == ("", "", "/bottlecrm/api/cases/")
        assert parse_qs(parts.query) == {
            "limit": ["5"],
            "offset": [offset],
            "name": [mark],
            "status": ["New", "Closed"],
            "ordering": ["-created_at"],
            "priority": ["hi"],
        }


def test_links_encode_what_they_keep(alice):
    token = f"{word()} & 50% #1 +ü"
    for _ in range(2):
        alice.open(token)
    page = alice.page(name=token, limit=1)
    assert parse_qs(urlsplit(page["next"]).query)["name"] == [token]


@pytest.mark.parametrize("limit", [1, 5, 7, 12])
def test_following_next_shows_each_case_once_and_previous_leads_back(server, alice, twelve, mark, limit):
    def fetch(link):
        answer = httpx.get(server.url + link, headers=alice.http.headers)
        assert answer.status_code == 200
        return answer.json()

    pages = [alice.page(name=mark, limit=limit)]
    while pages[-1]["next"]:
        pages.append(fetch(pages[-1]["next"]))
    assert [case for page in pages for case in ids(page)] == twelve
    for before, page in itertools.pairwise(pages):
        assert fetch(page["previous"]) == before


def test_the_last_page_has_no_next(alice, twelve, mark):
    assert alice.page(name=mark, limit=6, offset=6)["next"] is None
    assert alice.page(name=mark, limit=5, offset=6)["next"] is not None


def test_the_count_follows_changes(alice):
    token = word()
    cases = [alice.open(token)["id"] for _ in range(3)]
    assert alice.page(name=token)["count"] == 3
    alice.result("DELETE", f"/api/cases/{cases[0]}/", 204)
    assert alice.page(name=token)["count"] == 2
    alice.put(cases[1], status="Closed")
    assert alice.page(name=token, resolution_status="open")["count"] == 1


def test_counts_of_open_and_closed_add_up(alice):
    whole = alice.page(limit=1)["count"]
    parts = [alice.page(limit=1, resolution_status=word)["count"] for word in ("open", "closed")]
    assert sum(parts) == whole


def test_a_host_of_its_own_has_the_vendors_paths(postgres, tmp_path_factory):
    from casting import started

    with started(postgres, tmp_path_factory, "own_host", CASEWORK_DOORS="bottlecrm=crm.example") as cast:
        headers = {
            "Host": "crm.example",
            "Authorization": f"Bearer {cast.secret('acme/alice')}",
            "organization-id": cast.ids["tenants"]["acme"]["bottlecrm"],
        }
        page = httpx.get(f"{cast.url}/api/cases/?limit=1", headers=headers).json()
        assert page["next"] == "/api/cases/?limit=1&offset=1"
        first = cast.ids["cases"]["acme/first"]["bottlecrm"]
        files = httpx.get(f"{cast.url}/api/cases/{first}/", headers=headers).json()["attachments"]
        assert files
        assert all(file["attachment"] == f"/api/cases/attachment/{file['id']}/" for file in files)
