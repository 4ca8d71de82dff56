"""Signing in with a password through IBM's token address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from casting import Cast


def _sign_in(server: Cast, name: str, password: str) -> httpx.Response:
    form = {"grant_type": "password", "username": name, "password": password}
    return httpx.post(f"{server.url}/ibm/identity/token", data=form)


def test_the_right_password_gives_a_token_that_works(server: Cast) -> None:
    answer = _sign_in(server, "ALICE@acme.example", "alice-correct-horse-1")
    assert answer.status_code == 200
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert httpx.get(f"{server.url}/ibm/case-management/v1/cases", headers=headers).status_code == 200


def test_an_unknown_address_reads_like_a_wrong_password(server: Cast) -> None:
    wrong = _sign_in(server, "vera@acme.example", "guess")
    unknown = _sign_in(server, "nobody@acme.example", "guess")
    strange = _sign_in(server, "a\x00b", "guess")
    told = {(answer.status_code, answer.json()["errorMessage"]) for answer in (wrong, unknown, strange)}
    assert len(told) == 1
    assert wrong.status_code == 400


def test_guessing_is_slowed_down(server: Cast) -> None:
    # one address only: the limit on the host would keep everybody out of this test run
    answers = [_sign_in(server, "victim@acme.example", f"guess {n}").status_code for n in range(11)]
    assert answers[-1] == 429
    assert _sign_in(server, "victim@acme.example", "guess").headers["Retry-After"].isdigit()
