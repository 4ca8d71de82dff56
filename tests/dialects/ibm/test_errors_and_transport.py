"""The error envelope on every path, and what bodies and headers are understood. facts.md §1, §3, §11.19."""

import gzip
import json

import httpx
import pytest

from dialects.ibm.client import API, OPERATIONS, UTILITIES, Part, multipart, spoken, unique
from dialects.ibm.shapes import assert_refused

JSON_WRITES = tuple(op for op in OPERATIONS if op[2] is not None)
WANTED = {"type": "sales", "subject": "A case", "description": "d"}


@pytest.fixture(scope="module")
def stranger(server):
    with httpx.Client(base_url=f"{server.url}{API}", timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def number(alice):
    return alice.open()["number"]


def send_raw(door, operation, number, body, kind="application/json", **headers):
    method, path, _ = operation
    return door.request(method, path.format(number=number), content=body, headers={"Content-Type": kind, **headers})


@pytest.mark.parametrize("operation", OPERATIONS, ids=spoken)
def test_every_operation_wants_a_token(stranger, number, operation):
    method, path, body = operation
    for path_number in (number, "fake-case-number"):
        answer = stranger.request(method, path.format(number=path_number), json=body)
        assert_refused(answer, 401, "invalid_token")


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"{not json", "application/json"), (b"x", "text/plain"), (b"", "multipart/form-data; boundary=x")],
)
def test_without_a_token_nothing_is_said_about_the_body(stranger, body, kind):
    assert_refused(stranger.post("/cases", content=body, headers={"Content-Type": kind}), 401, "invalid_token")


def test_refusing_a_large_body_without_a_token_keeps_the_shape(stranger):
    body, kind = multipart(Part(bytes(9_000_000), "a.dat"))
    answer = stranger.put("/cases/CS0000001/attachments", content=body, headers={"Content-Type": kind})
    assert_refused(answer, answer.status_code)
    assert answer.status_code in {401, 413}


@pytest.mark.parametrize(
    "path",
    [
        f"{API}/nothing",
        f"{API}/cases/CS0000001/nothing",
        f"{API}/cases/CS0000001/comments/1",
        f"{API}/cases/CS0000001/attachments/1/2",
        f"{API}",
        "/ibm/case-management/v2/cases",
        "/ibm/nothing",
        f"{UTILITIES}/nothing",
        f"{API}/%F0%9F%9A%80",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_path_is_404_in_the_envelope(server, alice, path, method):
    assert_refused(alice.http.request(method, f"{server.url}{path}"), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/cases", {"GET", "POST"}),
        ("PUT", "/cases", {"GET", "POST"}),
        ("PATCH", "/cases/{number}", {"GET"}),
        ("DELETE", "/cases/{number}", {"GET"}),
        ("POST", "/cases/{number}", {"GET"}),
        ("GET", "/cases/{number}/status", {"PUT"}),
        ("POST", "/cases/{number}/comments", {"GET", "PUT"}),
        ("GET", "/cases/{number}/watchlist", {"PUT", "DELETE"}),
        ("POST", "/cases/{number}/resources", {"PUT"}),
        ("GET", "/cases/{number}/attachments", {"PUT"}),
        ("POST", "/cases/{number}/attachments", {"PUT"}),
        ("PUT", "/cases/{number}/attachments/1", {"GET", "DELETE"}),
    ],
)
def test_a_wrong_method_is_405_in_the_envelope_and_names_the_right_ones(alice, number, method, path, allowed):
    answer = alice.request(method, path.format(number=number))
    assert_refused(answer, 405)
    named = {name.strip() for name in answer.headers["allow"].split(",")}
    assert allowed <= named
    assert named <= allowed | {"HEAD", "OPTIONS"}


@pytest.mark.parametrize("operation", JSON_WRITES, ids=spoken)
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"{not json}", b'{"a": }', b"\xff\xfe{}", b'{"a": "\xff"}', b"{} {}", b"'a'", b'{"a": NaN}', b"\x00"],
)
def test_malformed_json_is_400(alice, number, operation, body):
    assert_refused(send_raw(alice, operation, number, body), 400)


@pytest.mark.parametrize("operation", JSON_WRITES, ids=spoken)
@pytest.mark.parametrize("body", [b"null", b"5", b'"text"', b"true"])
def test_json_that_is_no_object_is_400(alice, number, operation, body):
    assert_refused(send_raw(alice, operation, number, body), 400)


@pytest.mark.parametrize("operation", JSON_WRITES, ids=spoken)
def test_deep_nesting_is_no_server_error(alice, number, operation):
    assert_refused(send_raw(alice, operation, number, b"[" * 100_000), 400)
    deep = b'{"x": ' + b'{"x": ' * 50_000 + b"1" + b"}" * 50_001
    assert_refused(send_raw(alice, operation, number, deep), 400)


@pytest.mark.parametrize("operation", JSON_WRITES, ids=spoken)
@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense"])
def test_another_media_type_is_415(alice, number, operation, kind):
    assert_refused(send_raw(alice, operation, number, json.dumps(operation[2]), kind), 415)


@pytest.mark.parametrize("operation", JSON_WRITES, ids=spoken)
@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-8",
    ],
)
def test_json_is_read_with_a_charset_and_as_a_form(alice, operation, kind):
    fresh = alice.open()["number"]
    answer = send_raw(alice, operation, fresh, json.dumps(operation[2]), kind)
    assert answer.status_code == 200, answer.text


def test_a_real_form_is_malformed_json(alice):
    assert_refused(alice.request("POST", "/cases", data=WANTED), 400)


@pytest.mark.parametrize("operation", JSON_WRITES, ids=spoken)
def test_gzipped_json_is_read(alice, operation):
    fresh = alice.open()["number"]
    body = gzip.compress(json.dumps(operation[2]).encode())
    answer = send_raw(alice, operation, fresh, body, **{"Content-Encoding": "gzip"})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "body",
    [b"", b"not gzip", gzip.compress(json.dumps(WANTED).encode())[:-12], gzip.compress(b"{not json")],
    ids=["empty", "plain", "cut", "malformed"],
)
def test_a_broken_gzip_body_is_400(alice, body):
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert_refused(alice.request("POST", "/cases", content=body, headers=headers), 400)


def test_an_unknown_content_encoding_is_refused(alice):
    headers = {"Content-Type": "application/json", "Content-Encoding": "br"}
    answer = alice.request("POST", "/cases", content=json.dumps(WANTED), headers=headers)
    assert_refused(answer, answer.status_code)
    assert answer.status_code in {400, 415}


def test_an_oversized_json_body_is_refused(alice):
    answer = alice.request("POST", "/cases", json=WANTED | {"description": "d" * 20_000_000})
    assert_refused(answer, answer.status_code)
    assert answer.status_code in {400, 413}


def test_a_gzip_bomb_is_refused(alice):
    body = gzip.compress(b'{"description": "' + b"d" * 100_000_000)
    assert len(body) < 200_000
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = alice.request("POST", "/cases", content=body, headers=headers)
    assert_refused(answer, answer.status_code)
    assert answer.status_code in {400, 413}


def test_a_chunked_json_body_is_read(alice):
    subject = unique("Chunked")
    body = json.dumps(WANTED | {"subject": subject}).encode()
    pieces = (body[start : start + 10] for start in range(0, len(body), 10))
    case = alice.result("POST", "/cases", content=pieces, headers={"Content-Type": "application/json"})
    assert case["short_description"] == subject


def test_a_delete_with_content_length_zero_is_understood(alice):
    fresh = alice.open()["number"]
    file = alice.upload(fresh, b"x", "a.txt")
    answer = alice.request("DELETE", f"/cases/{fresh}/attachments/{file['id']}", headers={"Content-Length": "0"})
    assert answer.json() == {"attachments": []}


@pytest.mark.parametrize("accept", ["text/html", "application/octet-stream", "application/xml", "*/*", "image/png;q=0"])
def test_it_never_answers_406(alice, number, accept):
    headers = {"Accept": accept}
    answer = alice.request("GET", f"/cases/{number}", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    assert_refused(alice.request("GET", "/cases/fake-case-number", headers=headers), 404)
    assert_refused(alice.request("GET", "/cases?limit=0", headers=headers), 400)


@pytest.mark.parametrize("encoding", ["gzip", "gzip, deflate", "identity", "br;q=0", ""])
def test_every_accept_encoding_is_served(alice, number, encoding):
    answer = alice.request("GET", f"/cases/{number}", headers={"Accept-Encoding": encoding})
    assert answer.json()["number"] == number
    assert answer.headers.get("content-encoding", "gzip") == "gzip"


def test_every_refusal_has_a_trace_of_its_own(alice):
    traces = {assert_refused(alice.request("GET", "/cases?limit=0"), 400)["trace"] for _ in range(5)}
    assert len(traces) == 5


def test_a_refusal_names_the_member_at_fault(alice):
    for members, name in (({"severity": 9}, "severity"), ({"subject": ""}, "subject"), ({"type": "x"}, "type")):
        body = assert_refused(alice.request("POST", "/cases", json=WANTED | members), 400)
        assert name in str(body["errors"])


def test_reason_phrases_are_the_standard_ones(alice, stranger):
    assert alice.request("GET", "/cases/fake-case-number").reason_phrase == "Not Found"
    assert alice.request("GET", "/cases?limit=0").reason_phrase == "Bad Request"
    assert stranger.get("/cases").reason_phrase == "Unauthorized"


def test_success_is_json_with_at_most_a_charset(alice, number):
    for path in ("/cases", f"/cases/{number}", f"/cases/{number}/comments"):
        kind = alice.request("GET", path).headers["content-type"].replace(" ", "").lower()
        assert kind in {"application/json", "application/json;charset=utf-8"}
