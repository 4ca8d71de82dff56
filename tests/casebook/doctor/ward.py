"""The ward: an installation of which tests damage a little at a time, and which heals before the next."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg

from casework.auth.principals import Principals
from casework.casebook import Casebook, world
from casework.casebook.doctor import Finding, examine
from casework.casebook.doctor.findings import NOBODY
from casework.domain import commands as c
from casework.domain.access import Principal
from casework.domain.case import Stage
from casework.domain.doors import COMMAND_LINE
from casework.store.blobs import Blobs
from casework.store.postgres.database import Database

CASES = 6
USERS = [{"key": "ann", "name": "Ann", "roles": ["admin"]}]
TENANTS = [
    {
        "key": "acme",
        "users": USERS,
        "teams": [{"key": "crew", "name": "Crew", "members": ["ann"]}],
        "objects": [{"key": "loan", "kind": "loan", "external_id": "L-1"}],
        "persons": [{"key": "kit", "first_name": "Kit", "last_name": "Borrower"}],
    },
    {"key": "globex", "users": USERS},
]


class Ward:
    """An installation with two tenants, and a hand that reaches past all walls and rules."""

    def __init__(self, database: Database, folder: Path, owner: asyncpg.Connection) -> None:
        self.database, self.folder, self.owner = database, folder, owner
        self.blobs = Blobs(folder.as_uri())
        self.casebook = Casebook(database, self.blobs)
        self.numbers: dict[str, int] = {}
        self.cases: list[int] = []
        self.ann: Principal

    @classmethod
    async def make(cls, url: str, folder: Path) -> Ward:
        """Return the ward, with cases 1 to 6 in the tenant acme."""
        made = cls(await Database.open(url, size=8), folder, await asyncpg.connect(url))
        document = world.load_value({"version": 1, "tenants": TENANTS})
        await world.apply(made.database, made.casebook, made.blobs, document, folder=folder)
        for table in ("users", "teams", "objects", "persons"):
            rows = await made.owner.fetch(f"select key, number from {table} where tenant_id = 1")
            made.numbers = {**dict(rows), **made.numbers}
        made.ann = await Principals(made.database).by_user(1, made.numbers["ann"])
        await made.work()
        await made.keep()
        return made

    async def close(self) -> None:
        await self.owner.close()
        await self.database.close()

    async def do(self, command: c.Command, number: int | None = None) -> Any:
        return await self.casebook.execute(self.ann, COMMAND_LINE, command, number)

    async def damage(self, *statements: str) -> None:
        for statement in statements:
            assert await self.owner.execute(statement) not in {"UPDATE 0", "DELETE 0", "INSERT 0 0"}, statement

    async def examine(self, tenant: str | None = None) -> list[Finding]:
        return await examine(self.database, self.blobs, tenant=tenant)

    async def told(self) -> set[tuple[str, str]]:
        """Return (check, subject) of what is found."""
        found = await self.examine()
        assert {finding.tenant for finding in found} <= {"acme", NOBODY}
        return {(finding.check, finding.subject) for finding in found}

    async def work(self) -> None:
        """Give the cases a history with everything in it."""
        ann, names = self.ann.user, self.numbers
        for n in range(CASES):
            links = (c.NewLink("Runbook", "https://x.example"),)
            members = {
                "subject": f"Case {n}",
                "description": "Words",
                "requester": names["kit"],
                "fields": {"large": [1e23, {"larger": -1e300}]},
            }
            self.cases.append((await self.do(c.Open(set=members, links=links))).case.number)
        first, second, third, *_ = self.cases
        for command in (
            c.Assign(set={"owner": ann, "team": names["crew"]}),
            c.Watch(users=(ann,)),
            c.Grant(acl={str(ann): "rw"}),
            c.AddComment(text="One"),
            c.Relate(other=second),
            c.Associate(object=names["loan"]),
            c.Escalate(team=names["crew"], note="Help"),
            c.SetStatus(stage=Stage.RESOLVED, set={"close_note": "Done"}, comment="Two"),
            c.Edit(set={"subject": "Renamed", "external_id": "x-1"}),
            c.Deescalate(),
        ):
            await self.do(command, first)
        await self.attach(first, b"some bytes")
        comment = (await self.do(c.AddComment(text="Three"), second)).child()
        await self.do(c.RemoveComment(comment=comment.uid), second)
        await self.do(c.Delete(), third)

    async def attach(self, number: int, content: bytes) -> Any:
        async def chunks() -> AsyncIterator[bytes]:
            yield content

        blob = await self.blobs.put(chunks())
        return (await self.do(c.Attach(name="a.txt", size=blob.size, digest=blob.digest), number)).child()

    async def keep(self) -> None:
        """Remember every row."""
        rows = await self.owner.fetch("select tablename from pg_tables where schemaname = 'public'")
        self._tables = [row[0] for row in rows]
        await self.owner.execute("create schema kept")
        for table in self._tables:
            await self.owner.execute(f"create table kept.{table} as table {table}")

    async def heal(self) -> None:
        """Put every row back, as it was: without what triggers would say or do."""
        moves = [
            f"delete from {table}; insert into {table} overriding system value select * from kept.{table}"
            for table in self._tables
        ]
        await self.owner.execute("set session_replication_role = replica")
        await self.owner.execute("; ".join(moves))
        await self.owner.execute("reset session_replication_role")

    def blob(self, digest: str) -> Path:
        return self.folder / "blobs" / digest[:2] / digest[2:4] / digest

    @staticmethod
    def age(path: Path, hours: float) -> None:
        """Make a file look as if it had been written hours ago."""
        at = time.time() - hours * 3600
        os.utime(path, (at, at))
