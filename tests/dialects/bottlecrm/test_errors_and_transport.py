"""Refusals that all operations share, and how requests may be sent (spec/bottlecrm §1)."""

import gzip
import json

import httpx
import pytest

from dialects.bottlecrm.client import unique


@pytest.mark.parametrize(
    "path", ["/api/nothing/", "/api/", "/", "/api/cases/x/y/", "/api/cases/comment/x/y/", "/api/auth/"]
)
def test_unknown_paths_are_404_in_json(alice, path):
    alice.refused("GET", path, 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/api/cases/"),
        ("PUT", "/api/cases/"),
        ("GET", "/api/auth/login/"),
        ("POST", "/api/auth/me/"),
        ("POST", "/api/users/"),
        ("GET", "/api/cases/comment/00000000-0000-4000-8000-000000000000/"),
    ],
)
def test_other_methods_are_405_with_allow(alice, method, path):
    answer = alice.refused(method, path, 405)
    assert answer.headers["allow"]


def test_options_names_the_methods(alice):
    answer = alice.request("OPTIONS", "/api/cases/")
    assert answer.status_code == 204
    assert {"GET", "POST"} <= {name.strip() for name in answer.headers["allow"].split(",")}


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_slash_at_the_end_changes_nothing(alice, slash):
    case = alice.result("POST", f"/api/cases{slash}", 201, json={"name": "x"})["id"]
    assert alice.result("GET", f"/api/cases{slash}")["results"]
    assert alice.result("GET", f"/api/cases/{case}{slash}")["case_obj"]["id"] == case
    assert alice.result("PUT", f"/api/cases/{case}{slash}", json={"name": "y"})["name"] == "y"
    assert alice.result("PATCH", f"/api/cases/{case}{slash}", json={"name": "z"})["name"] == "z"
    comment = alice.result("POST", f"/api/cases/{case}{slash}", json={"comment": "x"})["comments"][0]["id"]
    assert alice.result("PUT", f"/api/cases/comment/{comment}{slash}", json={"comment": "y"})["comment"] == "y"
    alice.result("DELETE", f"/api/cases/comment/{comment}{slash}", 204)
    alice.result("DELETE", f"/api/cases/{case}{slash}", 204)


BROKEN = [
    b"",
    b"{",
    b"nonsense",
    b'{"name": "x",}',
    b"\xff\xfe",
    b'{"name": "\xff"}',
    b"[" * 50_000,
    b'{"a":' * 50_000,
    b"NaN",
]


@pytest.mark.parametrize("content", BROKEN, ids=lambda raw: raw[:12].decode("latin-1"))
def test_malformed_json_is_400(alice, content):
    headers = {"Content-Type": "application/json"}
    assert set(alice.wrong("POST", "/api/cases/", content=content, headers=headers)) == {"non_field_errors"}


@pytest.mark.parametrize("body", [[], "x", 5, None, True])
def test_json_that_is_no_object_is_400(alice, body):
    assert set(alice.wrong("POST", "/api/cases/", content=json.dumps(body))) == {"non_field_errors"}


@pytest.mark.parametrize("kind", ["text/csv", "application/xml", "image/png", "text/plain"])
def test_other_media_types_are_415(alice, kind):
    alice.refused("POST", "/api/cases/", 415, content=b'{"name": "x"}', headers={"Content-Type": kind})


@pytest.mark.parametrize("kind", [None, "application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_called_so(alice, kind):
    headers = {"Content-Type": kind} if kind else {}
    answer = alice.request("POST", "/api/cases/", content=b'{"name": "x"}', headers=headers)
    assert answer.status_code == 201


def test_compressed_bodies_are_read(alice):
    body = gzip.compress(json.dumps({"name": "Squeezed"}).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert alice.result("POST", "/api/cases/", 201, content=body, headers=headers)["name"] == "Squeezed"


def test_unknown_compression_is_415_and_bombs_are_413(alice):
    headers = {"Content-Type": "application/json"}
    alice.refused("POST", "/api/cases/", 415, content=b"x", headers={**headers, "Content-Encoding": "br"})
    bomb = gzip.compress(b" " * 50_000_000)
    alice.refused("POST", "/api/cases/", 413, content=bomb, headers={**headers, "Content-Encoding": "gzip"})
    answer = alice.request("POST", "/api/cases/", content=b"x", headers={**headers, "Content-Encoding": "gzip"})
    assert answer.status_code == 400


def test_lone_surrogates_are_400(alice):
    headers = {"Content-Type": "application/json"}
    alice.wrong("POST", "/api/cases/", content=b'{"name": "\\ud800"}', headers=headers)


def test_answers_are_json_with_a_request_id(alice):
    answer = alice.request("GET", "/api/cases/")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-request-id"]


def test_a_refused_request_changes_nothing(alice):
    case = alice.open(unique("Kept"))
    alice.wrong("PUT", f"/api/cases/{case['id']}/", json={"name": "Lost", "status": "x"})
    assert alice.case(case["id"]) == case


def test_requests_above_the_limit_are_429(postgres, tmp_path_factory):
    from casting import started

    with started(postgres, tmp_path_factory, "limited", CASEWORK_RATE_LIMIT="3") as cast:
        headers = {
            "Authorization": f"Bearer {cast.secret('acme/alice')}",
            "organization-id": cast.ids["tenants"]["acme"]["bottlecrm"],
        }
        answers = [httpx.get(f"{cast.url}/bottlecrm/api/cases/", headers=headers) for _ in range(8)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert all(answer.headers["retry-after"] and answer.json()["error"] is True for answer in refused)


def test_the_document_is_served(server):
    document = httpx.get(f"{server.url}/openapi/bottlecrm.json").json()
    assert document["servers"] == [{"url": f"{server.url}/bottlecrm"}]
    assert "/api/cases/{pk}/" in document["paths"]
    assert httpx.get(f"{server.url}/openapi/bottlecrm").status_code == 200
