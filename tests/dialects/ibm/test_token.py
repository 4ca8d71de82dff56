"""`POST /ibm/identity/token`, and how the API reads what it handed out. facts.md §2."""

import base64
import hashlib
import hmac
import json
import time
import uuid

import httpx
import pytest

from dialects.ibm.client import API, GRANT, IAM, found_tenant
from dialects.ibm.shapes import assert_iam_refused, assert_refused


@pytest.fixture(scope="module")
def iam(server):
    with httpx.Client(base_url=server.url, timeout=30) as client:
        yield client


@pytest.fixture
def form(server):
    return {"grant_type": GRANT, "apikey": server.secret("acme/alice"), "response_type": "cloud_iam"}


def decode(segment):
    return json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))


def encode(part):
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def claims_of(answer):
    return decode(answer.json()["access_token"].split(".")[1])


def list_with(iam, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}
    return iam.get(f"{API}/cases", params={"limit": 1}, headers=headers)


def test_it_answers_everything_that_the_four_clients_read(iam, form):
    before = int(time.time())
    answer = iam.post(IAM, data=form)
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    body = answer.json()
    assert body["token_type"] == "Bearer"
    assert isinstance(body["refresh_token"], str)
    assert body["refresh_token"]
    assert body["scope"] == "ibm openid"
    assert type(body["expires_in"]) is int
    assert type(body["expiration"]) is int
    assert before <= body["expiration"] - body["expires_in"] <= int(time.time())
    assert body["expires_in"] > 10, "clients fetch a new token for every call below that"


def test_its_token_is_a_jwt_whose_times_agree_with_the_answer(iam, form):
    answer = iam.post(IAM, data=form)
    body, claims = answer.json(), claims_of(answer)
    assert decode(body["access_token"].split(".")[0])["alg"] != "none"
    assert len(body["access_token"].split(".")) == 3
    assert claims["exp"] == body["expiration"]
    assert claims["exp"] - claims["iat"] == body["expires_in"]


def test_its_token_names_the_account_and_the_user_as_ibm_does(server, iam, form):
    claims = claims_of(iam.post(IAM, data=form))
    assert claims["account"]["bss"] == server.ids["tenants"]["acme"]["ibm"]
    assert isinstance(claims["iam_id"], str)
    assert claims["name"] == "Alice Admin"
    assert claims["email"] == "alice@acme.example"


def test_two_tenants_get_different_accounts(server, iam, form):
    other = claims_of(iam.post(IAM, data=form | {"apikey": server.secret("globex/gina")}))
    assert other["account"]["bss"] == server.ids["tenants"]["globex"]["ibm"]
    assert other["account"]["bss"] != server.ids["tenants"]["acme"]["ibm"]


def test_it_needs_no_response_type_as_plain_curl_sends_none(iam, form):
    del form["response_type"]
    assert iam.post(IAM, data=form).status_code == 200


def test_it_tolerates_scope_client_credentials_and_unknown_members(iam, form):
    answer = iam.post(IAM, data=form | {"scope": "ibm openid", "account": "123"}, auth=("bx", "bx"))
    assert answer.status_code == 200


def test_it_accepts_a_charset_on_the_form_content_type(iam, form):
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    body = str(httpx.QueryParams(form))
    assert iam.post(IAM, content=body, headers=headers).status_code == 200


def test_it_serves_machines_as_it_serves_people(server, iam, form):
    token = iam.post(IAM, data=form | {"apikey": server.secret("acme/sid")}).json()["access_token"]
    assert list_with(iam, f"Bearer {token}").status_code == 200


@pytest.mark.parametrize(
    "apikey",
    ["no-such-key-000000000001", "'; DROP TABLE k; --", "ключ", "key " * 999, "a\x00b"],
    ids=["plain", "sql", "unicode", "long", "nul"],
)
def test_it_refuses_an_unknown_key(iam, form, apikey):
    body = assert_iam_refused(iam.post(IAM, data=form | {"apikey": apikey}), 400, "BXNIM0415E")
    assert "key" in body["errorMessage"].lower()


def test_it_refuses_a_key_that_differs_in_one_letter(iam, form):
    assert_iam_refused(iam.post(IAM, data=form | {"apikey": form["apikey"].upper()}), 400, "BXNIM0415E")
    assert_iam_refused(iam.post(IAM, data=form | {"apikey": form["apikey"][:-1]}), 400, "BXNIM0415E")


@pytest.mark.parametrize("missing", ["grant_type", "apikey"])
@pytest.mark.parametrize("how", ["absent", "empty"])
def test_it_names_the_property_that_is_missing(iam, form, missing, how):
    if how == "absent":
        del form[missing]
    else:
        form[missing] = ""
    body = assert_iam_refused(iam.post(IAM, data=form), 400, "BXNIM0109E")
    assert missing in body["errorDetails"]


def test_it_refuses_another_grant_type(iam, form):
    assert_iam_refused(iam.post(IAM, data=form | {"grant_type": "password"}), 400)


def test_it_refuses_an_empty_body(iam):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert_iam_refused(iam.post(IAM, content=b"", headers=headers), 400, "BXNIM0109E")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"grant_type=%ZZ&apikey=%", b"&&&===", b"{}"])
def test_it_refuses_a_body_that_is_no_form(iam, content):
    answer = iam.post(IAM, content=content, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert_iam_refused(answer, 400)


def test_it_refuses_a_json_body_in_iams_own_shape(iam, form):
    answer = iam.post(IAM, json=form)
    assert_iam_refused(answer, answer.status_code)
    assert answer.status_code in {400, 415}


def test_it_refuses_an_oversized_form_in_iams_own_shape(iam, form):
    answer = iam.post(IAM, data=form | {"scope": "s" * 20_000_000})
    assert_iam_refused(answer, answer.status_code)
    assert answer.status_code in {400, 413}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_it_answers_only_to_post(iam, method):
    answer = iam.request(method, IAM)
    assert_iam_refused(answer, 405, "BXNIM0060E")
    assert "POST" in answer.headers["allow"]


def test_it_refuses_keys_that_expired_and_keys_of_disabled_users(server, iam, form):
    old, gone = (f"{name}-{uuid.uuid4().hex}" for name in ("old", "gone"))
    found_tenant(
        server,
        users=[{"key": "dan", "name": "Dan Disabled", "roles": ["agent"], "disabled": True}],
        keys=[
            {"key": "old", "user": "ann", "secret": old, "expires_at": "2020-01-01T00:00:00Z"},
            {"key": "gone", "user": "dan", "secret": gone},
        ],
    )
    assert_iam_refused(iam.post(IAM, data=form | {"apikey": old}), 400)
    assert_iam_refused(iam.post(IAM, data=form | {"apikey": gone}), 400)


@pytest.mark.parametrize("form_of", ["Bearer {}", "bearer {}", "BEARER {}", "{}"])
def test_the_api_accepts_bearer_in_any_case_and_the_bare_token(iam, alice, form_of):
    assert list_with(iam, form_of.format(alice.token)).status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer not-a-token",
        "Bearer a.b.c",
        "not-a-token",
        "Basic Yng6Yng=",
        "Bearer null",
        "Bearer {}",
        "Bearer ..",
    ],
)
def test_the_api_refuses_what_is_no_token(iam, authorization):
    assert_refused(list_with(iam, authorization), 401, "invalid_token")


def test_the_api_refuses_a_tampered_token(iam, alice):
    head, body, signature = alice.token.split(".")
    claims = decode(body)
    forged = encode(claims | {"sub": "someone-else", "exp": claims["exp"] + 3600})
    other_signature = encode(bytes(64))
    for token in (
        f"{head}.{forged}.{signature}",
        f"{head}.{body}.{other_signature}",
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{alice.token}x.y",
    ):
        assert_refused(list_with(iam, f"Bearer {token}"), 401, "invalid_token")


def test_the_api_refuses_unsigned_and_self_signed_tokens(iam, alice):
    body = alice.token.split(".")[1]
    unsigned = f"{encode({'alg': 'none', 'typ': 'JWT'})}.{body}."
    head = encode({"alg": "HS256", "typ": "JWT"})
    signature = hmac.new(b"secret", f"{head}.{body}".encode(), hashlib.sha256).digest()
    for token in (unsigned, f"{head}.{body}.{encode(signature)}"):
        assert_refused(list_with(iam, f"Bearer {token}"), 401, "invalid_token")


def test_the_api_refuses_a_token_whose_life_was_moved(iam, alice):
    head, body, signature = alice.token.split(".")
    for start in (1_500_000_000, 4_000_000_000):
        moved = decode(body) | {"iat": start, "exp": start + 3600}
        assert_refused(list_with(iam, f"Bearer {head}.{encode(moved)}.{signature}"), 401, "invalid_token")


def test_a_token_of_one_tenant_opens_only_that_tenant(iam, alice, gina):
    number = alice.open()["number"]
    assert list_with(iam, f"Bearer {gina.token}").status_code == 200
    assert_refused(gina.request("GET", f"/cases/{number}"), 404)
