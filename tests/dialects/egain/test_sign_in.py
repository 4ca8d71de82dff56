"""Credentials: keys, OAuth 2.0, sessions of the older generation, scopes (spec/egain §3)."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest

from dialects.egain.client import CASE, Door, code

TOKEN, AUTHORIZE = "/oauth2/v2.0/token", "/oauth2/v2.0/authorize"
LOGIN, LOGOUT = "/ws/v12/authentication/user/login", "/ws/v12/authentication/user/logout"
HOST = "https://api.egain.cloud/auth/"
VERIFIER = "a-verifier-that-is-long-enough-for-the-rules-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
BACK = "https://app.example/callback"


def bearer(world, token):
    return Door(world, token)


@pytest.mark.parametrize("header", [None, "", "Basic YTpi", "Bearer", "Token x"])
def test_a_missing_credential(world, header):
    headers = {} if header is None else {"Authorization": header}
    answer = world.http.get(f"{world.base}{CASE}", headers=headers)
    assert code(answer) == "401-104"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["unknown", "a.b.c", "x" * 5000])
def test_an_invalid_credential(world, token):
    assert code(bearer(world, token).send("GET", CASE)) == "401-101"


def test_a_disabled_user_is_nobody(world):
    assert code(world.door("gone").send("GET", CASE)) == "401-101"


def test_customers_are_not_served(world):
    assert code(world.door("cass").send("GET", CASE)) == "403-112"


def test_a_reading_scope_reads_and_does_not_write(world):
    reader, number = world.door("reader"), world.case()
    assert reader.get(number)["id"] == str(number)
    assert code(reader.edit(number, subject="x")) == "403-197"
    assert code(reader.send("PUT", f"{CASE}/{number}/close")) == "403-197"
    assert code(reader.send("POST", f"{CASE}/{number}/note", json={"content": "x"})) == "403-197"


def test_scope_comes_before_headers_and_these_before_licenses(world):
    headers = {"Accept": "text/html"}
    assert code(world.door("reader").send("PATCH", CASE, json={}, headers=headers)) == "403-197"
    assert code(world.door("nolic").send("PATCH", CASE, json={}, headers=headers)) == "406-101"
    assert code(world.door("nolic").send("PATCH", CASE, params={"x": "1"}, json={})) == "403-105"


def token(world, **form):
    return world.http.post(f"{world.base}{TOKEN}", data=form)


def test_client_credentials(world):
    answer = token(world, grant_type="client_credentials", client_id="app", client_secret="egain-app-secret-0001")
    body = answer.json()
    assert body["token_type"] == "Bearer"
    assert body["scope"] == f"{HOST}app.core.casemgr.manage {HOST}app.core.casemgr.read"
    assert answer.headers["cache-control"] == "no-store"
    assert "refresh_token" not in body
    assert bearer(world, body["access_token"]).edit(world.case(), subject="x").status_code == 204


def test_client_credentials_by_basic_and_narrowed(world):
    number = world.number("keys", "app")
    answer = world.http.post(
        f"{world.base}{TOKEN}",
        data={"grant_type": "client_credentials", "scope": f"{HOST}app.core.casemgr.read"},
        auth=(number, "egain-app-secret-0001"),
    )
    narrowed = bearer(world, answer.json()["access_token"])
    case = world.case()
    assert narrowed.get(case)["id"] == str(case)
    assert code(narrowed.edit(case, subject="x")) == "403-197"


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong-secret-0001"}, 401, "invalid_client"),
        ({"client_id": "other"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"scope": f"{HOST}core.casemgr.manage"}, 400, "invalid_scope"),
        ({"scope": "nonsense"}, 400, "invalid_scope"),
    ],
)
def test_token_requests_that_are_refused(world, change, status, error):
    form = {"grant_type": "client_credentials", "client_id": "app", "client_secret": "egain-app-secret-0001", **change}
    answer = token(world, **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_reading_client_gets_no_more(world):
    form = {"grant_type": "client_credentials", "client_id": "appread", "client_secret": "egain-appread-secret-0001"}
    assert token(world, **form).json()["scope"] == f"{HOST}app.core.casemgr.read"
    assert token(world, **form, scope=f"{HOST}app.core.casemgr.manage").json()["error"] == "invalid_scope"


def asking(**change):
    query = {
        "response_type": "code", "client_id": "app", "redirect_uri": BACK, "scope": f"{HOST}core.casemgr.manage",
        "state": "xyz", "code_challenge": CHALLENGE, "code_challenge_method": "S256", **change,
    }  # fmt: skip
    return {name: value for name, value in query.items() if value is not None}


def signed_in(world, password="sam-pass-word-1", **change):
    form = {"email": "sam@egain.example", "password": password}
    return world.http.post(f"{world.base}{AUTHORIZE}", params=asking(**change), data=form)


def new_code(world):
    answer = signed_in(world)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    found = parse_qs(back.query)
    assert found["state"] == ["xyz"]
    return found["code"][0]


def exchange(world, value, **change):
    form = {"grant_type": "authorization_code", "code": value, "redirect_uri": BACK, "client_id": "app",
            "code_verifier": VERIFIER, **change}  # fmt: skip
    return token(world, **{name: text for name, text in form.items() if text is not None})


def test_authorization_code_with_pkce_and_refresh(world):
    page = world.http.get(f"{world.base}{AUTHORIZE}", params=asking())
    assert page.status_code == 200
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    value = new_code(world)
    body = exchange(world, value).json()
    assert body["scope"] == f"{HOST}core.casemgr.manage"
    number = world.case()
    assert bearer(world, body["access_token"]).edit(number, subject="x").status_code == 204
    assert world.door("sam").get(number)["lastModifiedBy"]["user"]["id"] == world.user("sam")
    assert exchange(world, value).json()["error"] == "invalid_grant"  # a code is used once
    again = token(world, grant_type="refresh_token", refresh_token=body["refresh_token"], client_id="app").json()
    assert bearer(world, again["access_token"]).get(number)["subject"] == "x"
    used = token(world, grant_type="refresh_token", refresh_token=body["refresh_token"], client_id="app")
    assert used.json()["error"] == "invalid_grant"  # so is a refresh token


@pytest.mark.parametrize(
    "change",
    [{"code_verifier": "w" * 50}, {"code_verifier": None}, {"redirect_uri": "https://app.example/other"}, {"code": "x"},
     {"client_id": "appread"}],
)  # fmt: skip
def test_codes_are_bound_to_their_request(world, change):
    answer = exchange(world, new_code(world), **change)
    assert answer.status_code in {400, 401}
    assert "access_token" not in answer.json()


@pytest.mark.parametrize(
    "change",
    [{"redirect_uri": "https://evil.example/"}, {"redirect_uri": None}, {"client_id": "unheard"}, {"client_id": None},
     {"code_challenge": None}, {"code_challenge_method": "plain"}],
)  # fmt: skip
def test_authorization_requests_that_go_nowhere(world, change):
    for answer in (world.http.get(f"{world.base}{AUTHORIZE}", params=asking(**change)), signed_in(world, **change)):
        assert answer.status_code == 400
        assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("change", "error"), [({"scope": "x"}, "invalid_scope"), ({"response_type": "token"}, "unsupp")]
)
def test_other_refusals_are_told_to_the_client(world, change, error):
    answer = world.http.get(f"{world.base}{AUTHORIZE}", params=asking(**change))
    assert answer.headers["location"].startswith(f"{BACK}?error={error}")


def test_a_wrong_password_shows_the_page_again(world):
    answer = signed_in(world, password="wrong")
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text


def test_loopback_addresses_need_no_listing(world):
    answer = signed_in(world, redirect_uri="http://127.0.0.1:51234/cb")
    assert answer.headers["location"].startswith("http://127.0.0.1:51234/cb?code=")


def log_in(world, user, **parameters):
    body = {"userName": f"{user}@egain.example", "password": f"{user}-pass-word-1"}
    return world.http.post(f"{world.base}{LOGIN}", json=body, params=parameters)


def with_session(world, session):
    return Door(world, None, **{"X-egain-session": session})


def test_five_sessions_and_no_more(world):
    sessions = [log_in(world, "lex").headers["x-egain-session"] for _ in range(5)]
    assert code(log_in(world, "lex")) == "400-10424"
    assert code(log_in(world, "lex", forceLogin="no")) == "400-10424"
    forced = log_in(world, "lex", forceLogin="yes")
    assert forced.status_code == 204
    assert not forced.content
    assert code(with_session(world, sessions[0]).send("GET", CASE)) == "401-101"
    case = world.case(department="legal")
    for session in (*sessions[1:], forced.headers["x-egain-session"]):
        assert with_session(world, session).edit(case, subject=session[:5]).status_code == 204
    assert with_session(world, sessions[1]).send("POST", LOGOUT).status_code == 204
    assert code(with_session(world, sessions[1]).send("GET", CASE)) == "401-101"
    assert log_in(world, "lex").status_code == 204


def test_log_ins_that_are_refused(world):
    url = f"{world.base}{LOGIN}"
    assert code(world.http.post(url, json={"userName": "bill@egain.example", "password": "wrong"})) == "401-101"
    assert code(world.http.post(url, json={"userName": "bill@egain.example"})) == "400-151"
    assert code(world.http.post(url, json={"password": "x"})) == "400-151"
    assert code(world.http.post(url, params={"x": "1"}, json={})) == "400-101"
    assert code(world.http.post(url, params={"forceLogin": "maybe"}, json={})) == "400-102"
    assert code(world.http.post(f"{world.base}{LOGOUT}")) == "401-104"


def test_a_log_in_as_xml(world):
    body = b"<user><userName>bill@egain.example</userName><password>bill-pass-word-1</password></user>"
    answer = world.http.post(f"{world.base}{LOGIN}", content=body, headers={"Content-Type": "application/xml"})
    assert answer.status_code == 204
    assert answer.headers["x-egain-session"]


@pytest.mark.parametrize(("method", "path", "refused"), [("GET", "/nothing", "404-100"), ("POST", CASE, "405-100")])
def test_addresses_that_are_not_there(sam, method, path, refused):
    assert code(sam.send(method, path)) == refused
