"""What every dialect is to the server: a name, a prefix, routes, and its own way to say no."""

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response
from litestar.types import ControllerRouterHandler

from casework.auth.cache import TimedCache
from casework.auth.principals import Principals
from casework.auth.rate import RateLimit
from casework.casebook import Casebook
from casework.domain.access import Principal
from casework.settings import Settings


class Services(msgspec.Struct, frozen=True):
    """What handlers work with.

    `rendered` keeps cases as answers have them; its keys hold whatever such an answer depends on, versions above all.
    """

    casebook: Casebook
    principals: Principals
    rate: RateLimit
    settings: Settings
    rendered: TimedCache[Hashable, msgspec.Raw]


class Dialect(msgspec.Struct, frozen=True):
    """One API. `fault` renders any exception, routing misses included, in the API's own error shape.

    `root` is the path of the API behind its prefix, as the document's first server has it.
    """

    name: str
    title: str
    routes: Sequence[ControllerRouterHandler]
    fault: Callable[[Request[Any, Any, Any], Exception], Response[Any]]
    openapi: Path
    root: str = ""

    @property
    def prefix(self) -> str:
        """Return the path in front of the vendor's own paths."""
        return f"/{self.name}"


def services(request: Request[Any, Any, Any]) -> Services:
    """Return the services of the application that serves the request."""
    found: Services = request.app.state.services
    return found


def sent(request: Request[Any, Any, Any], name: bytes) -> str:
    """Return a header as the client sent it, empty if it did not; cheaper than all of them as a mapping."""
    return next((value.decode("latin-1") for key, value in request.scope["headers"] if key == name), "")


async def principal_of(request: Request[Any, Any, Any], credential: str) -> Principal:
    """Return who shows this token or API key.

    Raises:
        Unauthenticated: Nobody that is known.
        TooMany: It asks more often than the installation allows.
    """
    found = services(request)
    principal = await found.principals.by_credential(credential)
    found.rate.take((principal.tenant_id, principal.user, principal.key))
    return principal


def base_path(request: Request[Any, Any, Any], dialect: str) -> str:
    """Return the path part of `base_url`, for links that are relative to the host."""
    return urlsplit(base_url(request, dialect)).path


def base_url(request: Request[Any, Any, Any], dialect: str) -> str:
    """Return the address under which the client reaches a dialect: with its prefix, unless it has its own host."""
    state = request.scope["state"]
    public = services(request).settings.public_url.rstrip("/")
    if state.get("own_host"):
        return f"{state['origin']}"
    return f"{public or state['origin']}/{dialect}"
