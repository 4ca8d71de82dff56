"""OAuth 2.0: the authorization and token endpoints (spec/egain §3). Errors are OAuth's own (RFC 6749 §5.2)."""

import os
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import msgspec
from litestar import Response, get, post

from casework.auth.oauth import Answer, Consent, OAuth
from casework.dialects.dialect import services
from casework.dialects.egain.identity import SCOPES
from casework.dialects.egain.routes import requests
from casework.dialects.egain.routes.requests import Ask
from casework.domain.refusals import TooMany, Unauthenticated

ROOT = "/oauth2/v2.0"
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}"
    "label{display:block;margin:1rem 0 .25rem}input{width:100%;padding:.5rem;font:inherit;box-sizing:border-box}"
    "button{margin-top:1.5rem;padding:.5rem 1.5rem;font:inherit}[role=alert]{color:#b00020}"
)
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in</title><style nonce="{nonce}">{style}</style></head>
<body><main><h1>Sign in</h1>
<p><strong>{client}</strong> wants to work on cases in your name ({scopes}).</p>
{problem}<form method="post">
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Sign in and allow</button>
</form></main></body></html>
"""


def _server(request: Ask) -> OAuth:
    found = services(request)
    return OAuth(found.casebook.database, found.principals, "egain", SCOPES)


def _answer(answer: Answer) -> Response[bytes]:
    headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-type"}
    body = msgspec.json.encode(answer.body) if answer.body else b""
    return Response(body, status_code=answer.status, media_type="application/json", headers=headers)


def _single(pairs: Mapping[str, list[str]]) -> dict[str, str] | None:
    """Return each parameter's value, or None when one stands twice (RFC 6749 §3.1) or cannot be stored."""
    if any(len(values) > 1 or "\x00" in values[0] for values in pairs.values()):
        return None
    return {name: values[0] for name, values in pairs.items()}


_MALFORMED = Answer(
    400,
    {"error": "invalid_request", "error_description": "The parameters cannot be read."},
    {"Cache-Control": "no-store"},
)


async def _form(request: Ask) -> dict[str, str] | None:
    raw = (await requests.read_body(request)).decode("utf-8", "replace")
    try:
        return _single(parse_qs(raw, keep_blank_values=False, max_num_fields=50))
    except ValueError:
        return None


def _query(request: Ask) -> dict[str, str] | None:
    pairs: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.url.query):
        pairs.setdefault(name, []).append(value)
    return _single(pairs)


@post(ROOT + "/token", status_code=200)
async def token(request: Ask) -> Response[bytes]:
    """`POST /oauth2/v2.0/token`."""
    form = await _form(request)
    if form is None:
        return _answer(_MALFORMED)
    headers = {"authorization": request.headers.get("authorization", "")}
    return _answer(await _server(request).token(form, headers))


@get(ROOT + "/authorize")
async def ask(request: Ask) -> Response[Any]:
    """`GET /oauth2/v2.0/authorize`: a page on which somebody signs in and so allows the program to act for him."""
    query = _query(request)
    found = _MALFORMED if query is None else await _server(request).consent(query)
    return _answer(found) if isinstance(found, Answer) else _page(found)


@post(ROOT + "/authorize", status_code=200)
async def sign_in(request: Ask) -> Response[Any]:
    """`POST /oauth2/v2.0/authorize`: the page's form. Redirects with a code; a failed sign-in shows the page again."""
    query, form = _query(request), await _form(request)
    if query is None or form is None:
        return _answer(_MALFORMED)
    server = _server(request)
    found = await server.consent(query)
    if isinstance(found, Answer):
        return _answer(found)
    remote = request.client.host if request.client else ""
    try:
        answer = await server.authorize(query, form.get("email", ""), form.get("password", ""), remote=remote)
    except (Unauthenticated, TooMany) as refusal:
        return _page(found, refusal.message, 429 if isinstance(refusal, TooMany) else 401)
    return _answer(answer)


def _page(consent: Consent, problem: str = "", status: int = 200) -> Response[str]:
    nonce = os.urandom(16).hex()
    body = _PAGE.format(
        nonce=nonce,
        style=_STYLE,
        client=escape(consent.client),
        scopes=escape(", ".join(scope.rpartition(".")[2] for scope in consent.scopes)),
        problem=f'<p role="alert">{escape(problem)}</p>\n' if problem else "",
    )
    headers = {
        "Content-Security-Policy": f"default-src 'none'; style-src 'nonce-{nonce}'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return Response(body, status_code=status, media_type="text/html; charset=utf-8", headers=headers)
