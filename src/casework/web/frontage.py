"""What stands in front of every door: trace ids, host names of their own, metrics, the access log.

An ASGI middleware, because it has to see requests that match no route as well.
"""

import os
import re
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
_REQUESTS = Counter("casework_requests", "Requests answered", ["door", "method", "status"], registry=REGISTRY)
_SECONDS = Histogram(
    "casework_request_seconds",
    "Time to the first byte of the answer",
    ["door"],
    registry=REGISTRY,
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


@lru_cache(maxsize=1024)
def _requests(door: str, method: str, status: int) -> Counter:
    return _REQUESTS.labels(door, method, str(status))


@lru_cache(maxsize=64)
def _seconds(door: str) -> Histogram:
    return _SECONDS.labels(door)


_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9A-Fa-f:]+\](:\d+)?")

_log = structlog.get_logger("casework.access")


class Frontage:
    """Wraps the application.

    It leaves in `scope["state"]`: `trace` (32 hex digits), `origin` (scheme and host as the client sees them),
    `door` (dialect name or ""), and `own_host` when the door has a host name of its own.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        doors: frozenset[str],
        hosts: Mapping[str, str],
        trust_forwarded: bool,
        access_log: bool,
    ) -> None:
        self._app = app
        self._doors = doors
        self._hosts = hosts
        self._trust = trust_forwarded
        self._access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if str(scope["type"]) != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        trace = os.urandom(16).hex()
        headers, sends = {}, False
        for name, value in scope["headers"]:
            if name in _WANTED:
                headers[name] = value.decode("latin-1")
            elif name in _BODY:
                sends = True
        state: dict[str, Any] = scope.setdefault("state", {})
        state["trace"] = trace
        state["origin"], host = self._origin(scope, headers)
        if door := self._hosts.get(host.partition(":")[0].lower()):
            state["own_host"] = True
            scope["path"] = f"/{door}{scope['path']}"
            scope["raw_path"] = f"/{door}".encode() + scope["raw_path"]
        state["door"] = door or scope["path"].split("/", 2)[1]

        body = _Body(receive) if sends else None

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                if body is not None and message["status"] >= 400:
                    await body.drain()
                seconds = time.perf_counter() - started
                message["headers"] = [*message["headers"], (b"x-request-id", trace.encode())]
                self._note(scope, state, message["status"], seconds)
            await send(message)

        await self._app(scope, body or receive, answer)

    def _origin(self, scope: Any, headers: Mapping[bytes, str]) -> tuple[str, str]:
        host = headers.get(b"host", "")
        scheme = scope["scheme"]
        if self._trust:
            host = headers.get(b"x-forwarded-host", host).split(",")[0].strip()
            scheme = headers.get(b"x-forwarded-proto", scheme).split(",")[0].strip()
        if not _HOST.fullmatch(host):
            address, port = scope.get("server") or ("localhost", 80)
            host = f"{address}:{port}"
        return f"{scheme if scheme in {'http', 'https'} else 'http'}://{host}", host

    def _note(self, scope: Any, state: Mapping[str, Any], status: int, seconds: float) -> None:
        door = state["door"] if state["door"] in self._doors else "other"
        _requests(door, scope["method"], status).inc()
        _seconds(door).observe(seconds)
        if self._access_log:
            _log.info(
                "request",
                trace=state["trace"],
                method=scope["method"],
                path=scope["path"],
                status=status,
                ms=round(seconds * 1000, 1),
            )


class _Body:
    """Receives a request's body, and the rest of it when the answer is a refusal.

    A client that is still sending would take a connection that is closed early for a broken one, and never see why.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False

    async def __call__(self) -> Any:
        message = await self._receive()
        self._ended = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def drain(self) -> None:
        """Read what is left, up to a limit, and forget it."""
        left = MOST_DRAINED
        while not self._ended and left > 0:
            left -= len((await self()).get("body", b""))


MOST_DRAINED = 128 * 1024 * 1024
"""Bytes; who sends more is cut off."""
_BODY = frozenset({b"content-length", b"transfer-encoding"})
_WANTED = frozenset({b"host", b"x-forwarded-host", b"x-forwarded-proto"})
