"""Addresses for whoever runs the server: is it alive, is it ready, how is it doing, and the API documents."""

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from litestar import Request, Response, get, route
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.types import ControllerRouterHandler
from prometheus_client import generate_latest

from casework.web import openapi
from casework.web.frontage import REGISTRY


def with_options(routes: Sequence[ControllerRouterHandler]) -> list[ControllerRouterHandler]:
    """Return the routes and, for each path, a handler that answers OPTIONS with every method that the path has.

    Litestar makes such handlers too, but where functions share a path its handler knows the first one's method only.
    """
    methods: dict[str, set[str]] = {}
    for handler in routes:
        if isinstance(handler, HTTPRouteHandler):
            for path in handler.paths:
                methods.setdefault(path, {"OPTIONS"}).update(str(method) for method in handler.http_methods)
    return [*(_options(path, ", ".join(sorted(allowed))) for path, allowed in methods.items()), *routes]


def _options(path: str, allowed: str) -> HTTPRouteHandler:
    @route(path, http_method=HttpMethod.OPTIONS, status_code=204)
    async def options() -> Response[None]:
        return Response(None, status_code=204, headers={"Allow": allowed})

    return options


def handlers(
    ready: Callable[[], Awaitable[str]],
    documents: Mapping[str, tuple[str, Path]],
    server: Callable[[Request[Any, Any, Any], str], str],
) -> list[ControllerRouterHandler]:
    """Return the handlers.

    Args:
        ready: Tells what is missing, or "" when the server can work.
        documents: Dialect name to its title and OpenAPI file.
        server: The address of a dialect as the client of a request reaches it.
    """

    @get("/healthz", media_type="text/plain")
    async def alive() -> str:
        return "ok\n"

    @get("/readyz", media_type="text/plain")
    async def is_ready() -> Response[str]:
        missing = await ready()
        return Response(f"{missing or 'ready'}\n", status_code=503 if missing else 200, media_type="text/plain")

    @get("/metrics")
    async def metrics() -> Response[bytes]:
        return Response(generate_latest(REGISTRY), media_type="text/plain; version=0.0.4; charset=utf-8")

    @get("/openapi/{name:str}")
    async def document(request: Request[Any, Any, Any], name: str) -> Response[bytes]:
        dialect, dot, _ = name.partition(".json")
        if dialect not in documents:
            return Response(b"There is no such document.\n", status_code=404, media_type="text/plain")
        title, path = documents[dialect]
        if dot:
            body = openapi.document(path, [server(request, dialect)])
            return Response(body, media_type="application/json")
        nonce = os.urandom(16).hex()
        policy = f"default-src 'none'; connect-src 'self'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'"
        page = openapi.page(title, f"/openapi/{dialect}.json", nonce)
        return Response(page, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": policy})

    return [alive, is_ready, metrics, document]
