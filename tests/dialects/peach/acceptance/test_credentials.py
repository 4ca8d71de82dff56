"""Who gets in, and what everybody else is told (spec/peach §1, §3)."""

import httpx
import pytest

from dialects.peach.acceptance.client import (
    API,
    ON_A_PERSON,
    ON_ONE_CASE,
    ON_THE_COMPANY,
    Door,
    spoken,
    word,
)

EVERYTHING = (
    *ON_THE_COMPANY,
    *((method, f"/people/ext-lou-1{rest}", body) for method, rest, body in ON_A_PERSON),
    *((method, f"/people/ext-lou-1/cases/CS-0000-0001{rest}", body) for method, rest, body in ON_ONE_CASE),
)


@pytest.fixture(scope="module")
def shared(alice):
    """A case that the tests of this file only fail to reach."""
    return alice.open(externalId=word(), name=word())


@pytest.fixture(scope="module")
def keyless(server):
    with httpx.Client(base_url=server.url + API, timeout=60) as client:
        yield client


@pytest.mark.parametrize("header", ["X-API-KEY", "X_API_KEY"])
def test_an_api_key_opens_the_door(server, header):
    door = Door(server, "acme/alice", **{header: server.secret("acme/alice")})
    assert door.ok("GET", "/cases", params={"limit": 1})["count"] == 1


def test_a_bearer_opens_the_door(server):
    door = Door(server, "acme/alice", Authorization=f"Bearer {server.secret('acme/alice')}")
    assert door.ok("GET", "/cases", params={"limit": 1})["count"] == 1


@pytest.mark.parametrize("operation", EVERYTHING, ids=spoken)
def test_without_a_credential_every_operation_is_401(keyless, operation):
    method, path, body = operation
    answer = keyless.request(method, path, json=body)
    assert answer.status_code == 401
    assert answer.json()["status"] == 401
    assert answer.json()["message"]
    assert isinstance(answer.json()["error"], str)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-KEY": "no-such-key-000000000001"},
        {"X-API-KEY": ""},
        {"Authorization": "Bearer no-such-key-000000000001"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer"},
    ],
    ids=str,
)
def test_a_wrong_credential_is_401(server, headers):
    Door(server, "acme/alice", **headers).refused(401, "GET", "/cases")


def test_a_version_header_is_accepted_and_ignored(alice, shared):
    for version in ("2023-11-29", "1999-01-01", "later"):
        assert alice.data("GET", shared.path, headers={"Peach-Version": version})["id"] == shared.id


@pytest.mark.parametrize("operation", [op for op in ON_ONE_CASE if op[0] != "GET" and op[1] != "/views"], ids=spoken)
def test_a_viewer_may_not_change_a_case(vera, shared, operation):
    method, rest, body = operation
    vera.refused(403, method, shared.path + rest, body)


def test_a_viewer_reads(vera, shared):
    assert vera.data("GET", shared.path)["name"] == shared.made["name"]
    vera.refused(403, "POST", f"/people/{shared.person}/cases", {"caseType": "generic", "name": "n"})


def test_an_operator_may_do_nothing_with_cases(otto, shared):
    otto.refused(403, "GET", "/cases")
    otto.refused(403, "GET", shared.path)
    otto.refused(403, "GET", f"/people/{shared.person}/cases")
    otto.refused(403, "POST", f"/people/{shared.person}/cases", {"caseType": "generic", "name": "n"})
    otto.refused(403, "PUT", shared.path, {"name": "n"})


def test_a_restricted_agent_sees_and_gets_only_their_own(alice, rita):
    hidden = alice.open()
    mine = alice.open(hidden.person, owningEmployeeId=alice.employee("acme/rita"))
    assert rita.listed(f"/people/{hidden.person}/cases") == [mine.id]
    assert rita.data("GET", mine.path)["id"] == mine.id
    rita.refused(404, "GET", hidden.path)
    rita.refused(404, "PUT", hidden.path, {"name": "n"})
    assert hidden.get()["name"] == hidden.made["name"]
    company = rita.listed("/cases", owningEmployeeId=alice.employee("acme/rita"))
    assert mine.id in company
    assert hidden.id not in rita.listed("/cases")


@pytest.mark.parametrize("operation", ON_ONE_CASE, ids=spoken)
def test_another_companys_case_is_absent(gina, shared, operation):
    method, rest, body = operation
    gina.refused(404, method, shared.path + rest, body)
    gina.refused(404, method, f"/people/ext-hank-1/cases/{shared.id}{rest}", body)


def test_another_companys_case_is_absent_by_external_id_too(gina, alice, shared):
    gina.refused(404, "GET", f"/people/ext-hank-1/cases/ext-{shared.made['externalId']}")
    gina.refused(404, "GET", f"/people/{shared.person}")
    assert gina.listed("/cases", externalId=shared.made["externalId"], includeUnbound=True) == []
    assert alice.listed("/cases", externalId=shared.made["externalId"]) == [shared.id]


@pytest.mark.parametrize("operation", ON_A_PERSON, ids=spoken)
def test_another_companys_person_is_absent(gina, shared, operation):
    method, rest, body = operation
    gina.refused(404, method, f"/people/{shared.person}{rest}", body)
    gina.refused(404, method, f"/people/ext-kit-1{rest}", body)


@pytest.mark.parametrize("operation", ON_ONE_CASE, ids=spoken)
def test_a_case_that_is_not_there_is_404(alice, shared, operation):
    method, rest, body = operation
    alice.refused(404, method, f"/people/{shared.person}/cases/CS-ZZZZ-ZZZZ{rest}", body)
    alice.refused(404, method, f"/people/{shared.person}/cases/ext-{word()}{rest}", body)


@pytest.mark.parametrize("operation", ON_ONE_CASE, ids=spoken)
def test_a_case_of_another_borrower_is_404(alice, shared, operation):
    method, rest, body = operation
    alice.refused(404, method, f"/people/ext-kit-1/cases/{shared.id}{rest}", body)
    alice.refused(404, method, f"/people/BO-ZZZZ-ZZZZ/cases/{shared.id}{rest}", body)


@pytest.mark.parametrize("operation", ON_A_PERSON, ids=spoken)
def test_a_person_that_is_not_there_is_404(alice, operation):
    method, rest, body = operation
    alice.refused(404, method, f"/people/BO-ZZZZ-ZZZZ{rest}", body)
    alice.refused(404, method, f"/people/ext-{word()}{rest}", body)


@pytest.mark.parametrize("kind", [None, "text/plain", "text/xml", "application/x-www-form-urlencoded"])
def test_json_with_another_content_type_is_read_all_the_same(alice, kind):
    path = f"/people/{alice.person()['id']}/cases"
    headers = {"Content-Type": kind} if kind else {}
    answer = alice.http.post(path, content=b'{"caseType": "generic", "name": "Typed"}', headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["name"] == "Typed"


@pytest.mark.parametrize("content", [b"{", b"", b"[]", b'"text"', b"null", b"7", b"\xff\xfe"])
@pytest.mark.parametrize("at", ["POST", "PUT", "PATCH", "snooze", "escalations", "escalate", "associations", "notes"])
def test_a_body_that_is_no_json_object_is_400(alice, shared, at, content):
    method, path = {
        "POST": ("POST", f"/people/{shared.person}/cases"),
        "PUT": ("PUT", shared.path),
        "PATCH": ("PATCH", shared.path),
    }.get(at, ("POST", f"{shared.path}/{at}"))
    alice.refused(400, method, path, content=content, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("path", ["/nothing", "/people/ext-lou-1/nothing", "/cases/x/y/z"])
def test_an_address_that_does_not_exist_answers_like_everything_else(alice, path):
    alice.refused(404, "GET", path)


@pytest.mark.parametrize("written", ["CS", "CS-", "no id", "cs-0000-0001", "CS-0000", "ext-"])
def test_an_id_of_another_form_finds_nothing(alice, shared, written):
    answer = alice.send("GET", f"/people/{shared.person}/cases/{written}")
    assert answer.status_code in {400, 404}
    assert answer.json()["status"] == answer.status_code
