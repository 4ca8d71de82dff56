"""What the product says to the database for one request: recorded from the real application, replayed by the floor.

Where a request's own values stand (numbers, ids, times, texts) a recording has holes, which the floor fills anew.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from bench.doors import NUMBER
from bench.operations import Operation, upload
from bench.people import secret
from bench.stores import Store
from casework.server import application
from casework.settings import Settings
from casework.store.postgres.database import Connection

VERSION = 7_000_000
"""Versions of the case that recordings write to start here, so that they are found again among the values."""
MARKS = {"subject": "Zqsubjectmark", "description": "Zqdescriptionmark", "comment": "Zqcommentmark"}


class Hole(msgspec.Struct, frozen=True):
    """Stands for a value of the request: `what` is number, numbers, case (its uid), version, now, child, uid, text."""

    what: str
    index: int = 0
    template: str = ""


class Call(msgspec.Struct):
    """One statement. `gives` tells which hole its result fills: "", number, child or version."""

    method: str
    sql: str
    args: list[Any]
    gives: str = ""


class Recording(msgspec.Struct):
    """The statements of one request in order, and its answer, decoded."""

    operation: Operation
    calls: list[Call]
    answer: Any


_heard: ContextVar[list[tuple[str, str, tuple[Any, ...], Any]] | None] = ContextVar("heard", default=None)


@contextmanager
def _listening() -> Iterator[None]:
    """Hear what requests send, on whichever connection; jobs run in contexts of their own and are not heard."""
    originals = {name: getattr(Connection, name) for name in ("fetch", "fetchrow", "fetchval", "execute")}

    def wrapped(name: str, original: Any) -> Any:
        async def method(self: Any, sql: str, *args: Any, **more: Any) -> Any:
            result = await original(self, sql, *args, **more)
            heard = _heard.get()
            if heard is not None and self.tenant is not None:  # looking credentials up is the system role's
                heard.append((name, sql, args, result))
            return result

        return method

    for name, original in originals.items():
        setattr(Connection, name, wrapped(name, original))
    try:
        yield
    finally:
        for name in originals:
            delattr(Connection, name)


class _Client:
    """Calls an ASGI application in this process."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Any:
        route, _, query = path.partition("?")
        sent = [(b"host", b"bench"), *((name.lower().encode(), text.encode()) for name, text in headers.items())]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": route, "raw_path": route.encode(), "query_string": query.encode(), "root_path": "",
            "headers": sent, "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "state": {},
        }  # fmt: skip
        told: list[Any] = []
        rest = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            return rest.pop() if rest else await asyncio.Event().wait()

        async def answer(message: Any) -> None:
            told.append(message)

        await self._app(scope, receive, answer)
        content = b"".join(message.get("body", b"") for message in told[1:])
        if told[0]["status"] not in {200, 201}:
            raise RuntimeError(f"{method} {path}: {told[0]['status']} {content[:300]!r}")
        return msgspec.json.decode(content)


@asynccontextmanager
async def _started(app: Any) -> AsyncIterator[_Client]:
    """Run the application's lifespan around the block."""
    up, down = asyncio.Event(), asyncio.Event()
    inbox = [{"type": "lifespan.startup"}]

    async def receive() -> Any:
        if not inbox:
            await down.wait()
            return {"type": "lifespan.shutdown"}
        return inbox.pop()

    async def send(message: Any) -> None:
        if message["type"].endswith("failed"):
            raise RuntimeError(message.get("message", ""))
        up.set()

    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    life = asyncio.create_task(app(scope, receive, send))
    await asyncio.wait([life, asyncio.create_task(up.wait())], return_when=asyncio.FIRST_COMPLETED)
    try:
        yield _Client(app)
    finally:
        down.set()
        await life


async def record(store: Store, operations: list[Operation]) -> list[Recording]:
    """Return what each operation says, as the second of two requests: the caches are warm."""
    settings = Settings(database_url=store.dsn, database_size=1, data=store.folder, log_level="warning")
    target = store.open_cases[0]
    with _listening():
        async with _started(application(settings)) as client:
            return [await _record(client, store, operation, target) for operation in operations]


async def _record(client: _Client, store: Store, operation: Operation, target: int) -> Recording:
    carried = operation.door.headers(secret(operation.user), store.cast.tenant_uid)
    headers = {**carried, "content-type": operation.content_type}
    path = operation.path.replace(NUMBER, operation.door.spell(target, store.uids[target]))
    body = _marked(operation)
    await client.send(operation.method, path, headers, body)
    version = await _set_version(store, target) if operation.writes else 0
    heard: list[tuple[str, str, tuple[Any, ...], Any]] = []
    began = datetime.now(UTC) - timedelta(seconds=1)
    _heard.set(heard)
    answer = await client.send(operation.method, path, headers, body)
    _heard.set(None)
    return Recording(operation, _calls(heard, operation, (target, version, store.uids[target]), began), answer)


async def _set_version(store: Store, target: int) -> int:
    """Give a case a version that is found again among the values, and return the next one."""
    connection = await asyncpg.connect(store.dsn)
    version: int = await connection.fetchval(
        "update cases set version = greatest(version, $1) + 1000 where tenant_id = $2 and number = $3"
        " returning version",
        VERSION,
        store.cast.tenant,
        target,
    )
    await connection.close()
    return version + 1


def _marked(operation: Operation) -> bytes:
    if operation.body == "crm-case":
        named = {"name": MARKS["subject"], "description": MARKS["description"]}
        return msgspec.json.encode({"status": "New", "priority": "High", **named})
    if operation.body == "peach-case":
        return msgspec.json.encode({"caseType": "generic", "name": MARKS["subject"]})
    if operation.body == "case":
        return msgspec.json.encode(
            {"type": "sales", "severity": 2, **{name: MARKS[name] for name in ("subject", "description")}}
        )
    if operation.body == "comment":
        return msgspec.json.encode({"comment": MARKS["comment"]})
    return upload(b"bench") if operation.body else b""


def _calls(
    heard: list[tuple[str, str, tuple[Any, ...], Any]],
    operation: Operation,
    known: tuple[int, int, UUID],
    began: datetime,
) -> list[Call]:
    """Return the statements with holes where the request's own values stand."""
    calls = []
    target, version, uid = known
    number = target if operation.writes or NUMBER in operation.path else None
    children: list[int] = []
    uids: list[UUID] = []

    def hole(value: Any) -> Any:
        if isinstance(value, datetime) and value >= began:
            return Hole("now")
        if value == uid and NUMBER in operation.path:
            return Hole("case")
        if isinstance(value, UUID) and operation.writes:
            if value not in uids:
                uids.append(value)
            return Hole("uid", uids.index(value))
        if type(value) is int and value == version and operation.writes:
            return Hole("version")
        if type(value) is int and value == number:
            return Hole("number")
        if type(value) is int and value in children:
            return Hole("child", children.index(value))
        if isinstance(value, list) and value == [number]:
            return Hole("numbers")
        if type(value) is str and operation.writes:
            return _text(value, number)
        return value

    for method, sql, args, result in heard:
        gives = ""
        if "nextval" in sql and method == "fetchval":
            gives, number = "number", result
        elif "nextval" in sql:
            gives, children = "child", [row[0] for row in result]
        elif "for update" in sql:
            gives = "version"
        calls.append(Call(method, sql, [hole(value) for value in args], gives))
    return calls


def _text(value: str, number: int | None) -> Any:
    template = value.replace("{", "{{").replace("}", "}}")
    for name, mark in MARKS.items():
        template = template.replace(mark, f"{{{name}}}").replace(mark.lower(), f"{{{name}}}")
    if number is not None:
        template = template.replace(f"cs{number:07d}", "cs{number:07d}")
    return Hole("text", template=template) if template != value.replace("{", "{{").replace("}", "}}") else value
