"""Authlib's authorization server, given everything it may ask for in one request."""

import hmac
import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request, grants
from authlib.oauth2.rfc6749.errors import InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge

from casework.auth import keys
from casework.domain.nouns import Key
from casework.store.people.sign_ins import Grant

ENDPOINT = "https://oauth2/token"
"""Authlib looks at the scheme only, which TLS termination decides elsewhere."""
COURTESIES = frozenset({"openid", "offline_access", "profile", "email"})
"""Scopes that clients ask for by habit; they are left out of what is granted."""


class Client(ClientMixin):  # type: ignore[misc]  # Authlib ships no types
    """An API key as an OAuth client. Its id is the key's key or number, its secret the key's own."""

    def __init__(self, key: Key, scopes: Mapping[str, tuple[str, str]], redirect_uris: frozenset[str]) -> None:
        self.key = key
        self._redirect_uris = redirect_uris
        named = {name: short for short, names in scopes.items() for name in (short, f"app.{short}", *names)}
        held = {named[scope] for scope in key.scopes if scope in named}
        kinds = [short for short in scopes if not key.scopes or short in held]
        if "manage" in kinds and "read" in scopes and "read" not in kinds:
            kinds.append("read")
        self._delegated = {short: scopes[short][0] for short in kinds}
        self._own = {short: scopes[short][1] for short in kinds}
        self.acts_itself = False

    def is_called(self, client_id: str) -> bool:
        """Tell whether this is the client's id."""
        return client_id in {self.key.key, str(self.key.number)}

    def get_client_id(self) -> str:
        """Return the id."""
        return self.key.key or str(self.key.number)

    def get_default_redirect_uri(self) -> None:
        """Return nothing: a request names its address."""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Allow what the tenant lists for the door, and loopback addresses (RFC 8252 §7.3)."""
        return redirect_uri in self._redirect_uris or _is_loopback(redirect_uri)

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare digests."""
        return hmac.compare_digest(keys.digest(client_secret), self.key.digest)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Allow every method; which ones fit is a matter of the grant."""
        return bool(method and endpoint)

    def check_response_type(self, response_type: str) -> bool:
        """Allow codes only."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Allow every grant that is registered."""
        return bool(grant_type)

    def get_allowed_scope(self, scope: str | None) -> str:
        """Return the asked scopes as full names, all that the client may have when none is asked for.

        Raises:
            InvalidScopeError: Something is asked for that the client may not have.
        """
        mine = self._own if self.acts_itself and self.key.client else self._delegated
        prefix = "app." if mine is self._own else ""
        known = {name: full for short, full in mine.items() for name in (short, prefix + short, full)}
        asked = [name for name in (scope or "").split() if name not in COURTESIES]
        if any(name not in known for name in asked) or not mine:
            raise InvalidScopeError
        return " ".join(dict.fromkeys(known[name] for name in asked) if asked else mine.values())


class Protocol(AuthorizationServer):  # type: ignore[misc]  # Authlib ships no types
    """One request to the server.

    Args:
        client: The only client there is, or None.
        method: `GET` or `POST`.
        form: The parameters.
        headers: Lower-case names.
        grant: The code or refresh token that was shown, if it is known.
    """

    def __init__(
        self,
        client: Client | None,
        method: str,
        form: Mapping[str, str],
        headers: Mapping[str, str],
        grant: Grant | None = None,
    ) -> None:
        super().__init__()
        self._client = client
        self._form = dict(form)
        self._request = _Request(method, self._form, {"Authorization": headers.get("authorization", "")})
        self.grant = grant
        self.code: str | None = None
        self.granted: tuple[str, ...] = ()
        self.register_grant(_CodeGrant, [CodeChallenge(required=True)])
        self.register_grant(_ClientGrant)
        self.register_grant(_RefreshGrant)
        self.register_token_generator("default", self._describe)

    def check_consent(self) -> tuple[str, ...]:
        """Return the scopes that an authorization request may have; raises OAuth2Error."""
        self._consent()
        return tuple(self._request.scope.split())

    def authorize(self, user: int) -> Any:
        """Return (status, body, headers) of the authorization response for a user who has signed in."""
        try:
            grant = self._consent()
        except InvalidRequestError as error:
            return error()
        self.granted = tuple(self._request.scope.split())
        return self.create_authorization_response(self._request, grant_user=user, grant=grant)

    def _consent(self) -> Any:
        if self._form.get("code_challenge_method") != "S256" or not self._form.get("code_challenge"):
            msg = "PKCE is required: 'code_challenge' with 'code_challenge_method' S256."
            raise InvalidRequestError(msg)
        return self.get_consent_grant(self._request)

    def _describe(self, *, client: Client, scope: str | None, include_refresh_token: bool, **_: Any) -> dict[str, Any]:
        """Return what tokens there will be; they are made when the protocol has run."""
        whole = self.grant.scopes if self.grant is not None else ()
        asked = self._form.get("scope", "") if self.grant is None or self.grant.kind == "refresh" else ""
        client.acts_itself = self.grant is None
        self.granted = tuple(client.get_allowed_scope(asked or " ".join(whole) or scope).split())
        if whole and not set(self.granted) <= set(whole):
            raise InvalidScopeError
        return {"refresh_token": ""} if include_refresh_token else {}

    # what Authlib calls

    def query_client(self, client_id: str) -> Client | None:
        """Return the client if it is called so."""
        return self._client if self._client is not None and self._client.is_called(client_id) else None

    def save_token(self, token: Any, request: Any) -> None:
        """Leave storing to the caller."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Tell nobody."""

    def create_oauth2_request(self, request: Any) -> Any:
        """Return the one request."""
        return request or self._request

    def create_json_request(self, request: Any) -> Any:
        """Return the one request."""
        return request or self._request

    def handle_response(self, status: int, body: Any, headers: Any) -> Any:
        """Return the answer as it is."""
        return status, body if isinstance(body, dict) else {}, headers


class _Request(OAuth2Request):  # type: ignore[misc]  # Authlib ships no types
    def __init__(self, method: str, form: dict[str, str], headers: dict[str, str]) -> None:
        super().__init__(method, ENDPOINT, headers=headers)
        self.payload = BasicOAuth2Payload(form)
        self._form = form

    @property
    def args(self) -> dict[str, str]:
        return self._form

    @property
    def form(self) -> dict[str, str]:
        return self._form


class _Shown:
    """A stored grant as Authlib reads codes and refresh tokens."""

    def __init__(self, grant: Grant) -> None:
        self.code_challenge = grant.challenge
        self.code_challenge_method = "S256"
        self._grant = grant

    def get_redirect_uri(self) -> str:
        return self._grant.redirect_uri

    def get_scope(self) -> str:
        return " ".join(self._grant.scopes)

    def check_client(self, client: Client) -> bool:
        return bool(client.key.number == self._grant.key)


class _CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib ships no types
    TOKEN_ENDPOINT_AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post")

    def save_authorization_code(self, code: str, request: Any) -> None:
        del request
        self.server.code = code

    def query_authorization_code(self, code: str, client: Client) -> _Shown | None:
        del code, client
        return _Shown(self.server.grant) if self.server.grant is not None else None

    def delete_authorization_code(self, authorization_code: Any) -> None:
        """The caller uses the code up when the token is issued."""

    def authenticate_user(self, authorization_code: Any) -> int:
        del authorization_code
        return int(self.server.grant.user)


class _ClientGrant(grants.ClientCredentialsGrant):  # type: ignore[misc]  # Authlib ships no types
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")


class _RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]  # Authlib ships no types
    TOKEN_ENDPOINT_AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post")
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> _Shown | None:
        del refresh_token
        return _Shown(self.server.grant) if self.server.grant is not None else None

    def authenticate_user(self, refresh_token: Any) -> int:
        del refresh_token
        return int(self.server.grant.user)

    def revoke_old_credential(self, refresh_token: Any) -> None:
        """The caller uses the old token up when the new one is issued."""


def _is_loopback(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
    return local and parts.scheme in {"http", "https"} and not parts.fragment and not parts.username
