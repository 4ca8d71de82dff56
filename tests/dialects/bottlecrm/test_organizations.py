"""Bearer tokens and the organization header (spec/bottlecrm §1, §8.10-11)."""

import httpx
import pytest

from dialects.bottlecrm.client import MALFORMED, NOBODY, Door

CASE = "/api/cases/{case}/"
IN_AN_ORGANIZATION = [
    ("GET", "/api/cases/", None),
    ("POST", "/api/cases/", {"name": "x"}),
    ("GET", CASE, None),
    ("PUT", CASE, {"name": "x"}),
    ("PATCH", CASE, {"name": "x"}),
    ("DELETE", CASE, None),
    ("POST", CASE, {"comment": "x"}),
    ("GET", "/api/accounts/", None),
    ("GET", "/api/contacts/", None),
    ("GET", "/api/teams/", None),
    ("GET", "/api/users/", None),
]
BY_ITSELF = [
    ("PUT", "/api/cases/comment/{comment}/", {"comment": "x"}),
    ("PATCH", "/api/cases/comment/{comment}/", {"comment": "x"}),
    ("GET", "/api/cases/attachment/{file}/", None),
    ("DELETE", "/api/cases/comment/{comment}/", None),
    ("DELETE", "/api/cases/attachment/{file}/", None),
]
ALL = [*IN_AN_ORGANIZATION, *BY_ITSELF]


@pytest.fixture(scope="module")
def names(alice):
    case = alice.open()["id"]
    return {"case": case, "comment": alice.comment(case, "Hello")["id"], "file": alice.attach(case)["id"]}


def send(server, operation, names, **headers):
    method, path, body = operation
    return httpx.request(method, f"{server.url}/bottlecrm{path.format(**names)}", json=body, headers=headers)


@pytest.mark.parametrize("operation", ALL, ids=str)
@pytest.mark.parametrize("credential", [None, "", "Bearer", "Bearer x", "Bearer a.b.c", "Basic YTpi", "Token x"])
def test_without_a_valid_token_it_is_401(server, acme, names, operation, credential):
    headers = {"organization-id": acme} | ({} if credential is None else {"Authorization": credential})
    answer = send(server, operation, names, **headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    body = answer.json()
    assert body["error"] is True
    assert body["errors"] == body["detail"]


@pytest.fixture(scope="module")
def acme(server):
    return server.ids["tenants"]["acme"]["bottlecrm"]


@pytest.fixture(scope="module")
def bearer(server):
    return f"Bearer {server.secret('acme/alice')}"


@pytest.mark.parametrize("operation", IN_AN_ORGANIZATION, ids=str)
def test_without_the_header_it_is_403_even_with_one_membership(server, names, bearer, operation):
    answer = send(server, operation, names, Authorization=bearer)
    assert answer.status_code == 403
    assert "organization-id" in answer.json()["detail"]


@pytest.mark.parametrize("operation", IN_AN_ORGANIZATION, ids=str)
def test_a_malformed_header_is_400_and_named(server, names, bearer, operation):
    answer = send(server, operation, names, Authorization=bearer, **{"organization-id": MALFORMED})
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"organization-id"}


@pytest.mark.parametrize("operation", IN_AN_ORGANIZATION, ids=str)
def test_an_organization_one_is_no_member_of_is_403(server, names, bearer, operation):
    for org in (NOBODY, server.ids["tenants"]["globex"]["bottlecrm"]):
        answer = send(server, operation, names, Authorization=bearer, **{"organization-id": org})
        assert answer.status_code == 403


def test_org_is_a_second_spelling(server, bearer, acme):
    for headers in ({"org": acme}, {"Organization-Id": acme.upper()}, {"organization-id": acme, "org": NOBODY}):
        answer = httpx.get(f"{server.url}/bottlecrm/api/cases/", headers={"Authorization": bearer, **headers})
        assert answer.status_code == 200
    answer = httpx.get(f"{server.url}/bottlecrm/api/cases/", headers={"Authorization": bearer, "org": MALFORMED})
    assert set(answer.json()["errors"]) == {"org"}


def test_the_token_is_looked_at_before_the_organization(server):
    answer = httpx.get(f"{server.url}/bottlecrm/api/cases/", headers={"organization-id": MALFORMED})
    assert answer.status_code == 401


@pytest.mark.parametrize("operation", BY_ITSELF, ids=str)
def test_comments_and_files_need_no_organization(server, alice, bearer, operation):
    case = alice.open()["id"]
    names = {"comment": alice.comment(case, "Hello")["id"], "file": alice.attach(case)["id"]}
    assert send(server, operation, names, Authorization=bearer).status_code in {200, 204}


@pytest.mark.parametrize("operation", BY_ITSELF, ids=str)
@pytest.mark.parametrize("org", [NOBODY, MALFORMED])
def test_comments_and_files_of_another_organization_than_the_header_names_are_404(
    server, names, bearer, operation, org
):
    assert send(server, operation, names, Authorization=bearer, org=org).status_code == 404


@pytest.mark.parametrize("operation", BY_ITSELF, ids=str)
def test_comments_and_files_with_the_right_header(server, alice, operation):
    case = alice.open()["id"]
    names = {"comment": alice.comment(case, "Hello")["id"], "file": alice.attach(case)["id"]}
    method, path, body = operation
    assert alice.request(method, path.format(**names), json=body).status_code in {200, 204}


def test_comments_are_found_in_any_organization_of_the_login(server, double):
    email, password, ids, mark = double
    login = httpx.post(f"{server.url}/bottlecrm/api/auth/login/", json={"email": email, "password": password}).json()
    orgs = [ids["tenants"][f"{name}-{mark}"]["bottlecrm"] for name in ("east", "west")]
    for org, other in zip(orgs, reversed(orgs), strict=True):
        door = Door(server, login["access_token"], org)
        comment = door.comment(door.page()["results"][0]["id"], "Here")["id"]
        alone = Door(server, login["access_token"], None)
        assert alone.result("PUT", f"/api/cases/comment/{comment}/", json={"comment": "There"})["comment"] == "There"
        Door(server, login["access_token"], other).refused("DELETE", f"/api/cases/comment/{comment}/", 404)


@pytest.mark.parametrize("operation", ALL, ids=str)
def test_customers_are_refused(server, acme, names, operation):
    bearer = f"Bearer {server.secret('acme/carl')}"
    answer = send(server, operation, names, Authorization=bearer, **{"organization-id": acme})
    assert answer.status_code == 403


@pytest.mark.parametrize("operation", ALL, ids=str)
def test_operators_may_nothing(server, acme, names, operation):
    bearer = f"Bearer {server.secret('acme/otto')}"
    answer = send(server, operation, names, Authorization=bearer, **{"organization-id": acme})
    assert answer.status_code == 403


@pytest.mark.parametrize("operation", [op for op in ALL if "{" in op[1]], ids=str)
def test_what_is_in_another_organization_is_not_there(gina, names, operation):
    method, path, body = operation
    gina.refused(method, path.format(**names), 404, json=body)


def test_every_case_tells_its_organization(alice, gina, acme):
    assert {case["org"] for case in alice.page(limit=1000)["results"]} == {acme}
    assert acme not in {case["org"] for case in gina.page(limit=1000)["results"]}
