"""Law 9: any altered stored byte of an event is found by the doctor, who names the case."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.casebook.doctor import Finding
from casework.domain import commands as c
from casework.domain.case import Stage
from laws.society import PLAIN, Society, found, unique
from laws.steps import bounded
from laws.town import Town

HASHED = (
    "tenant_id", "subject_kind", "subject", "uid", "version", "n", "at", "actor", "on_behalf_of", "via", "kind", "data",
    "text_digest", "hash",
)  # fmt: skip
"""Columns of events whose every byte counts; `seq` is the place in the feed, which has a test of its own."""
TEXTS = ("tenant_id", "uid", "version", "n", "salt", "texts")


class Archive:
    """A case with a history, and a hand that reaches past all walls into what is stored of it."""

    def __init__(self, society: Society, number: int, town: Town) -> None:
        self.society, self.number = society, number
        self._town, self._owner = town, town.owner

    async def findings(self) -> list[Finding]:
        return await self._town.examine(self.society)

    async def keys(self, table: str) -> list[Any]:
        """Return where the case's rows lie."""
        sql = (
            f"select ctid from {table} where tenant_id = $1 and uid ="
            " (select uid from cases where tenant_id = $1 and number = $2) order by version, n"
        )
        return [row[0] for row in await self._owner.fetch(sql, self.society.tenant_id, self.number)]

    async def altered(self, table: str, row: int, column: str, byte: int, bit: int) -> list[Finding] | None:
        """Alter one byte, examine, and put it back; None when the database refuses the alteration."""
        keys = await self.keys(table)
        place, where = keys[row % len(keys)], f"from {table} where ctid = $1"
        value = await self._owner.fetchval(f"select {column} {where}", place)
        try:
            changed = flipped(value, byte, bit)
            assert changed != value
            cast = await self._owner.fetchval(f"select pg_typeof({column})::text {where}", place)
            update = f"update {table} set {column} = $2::{cast} where ctid = $1 returning ctid"
            place = await self._owner.fetchval(update, place, changed)
        except (asyncpg.PostgresError, asyncpg.DataError, UnicodeDecodeError, OverflowError):
            return None
        try:
            return await self.findings()
        finally:
            await self._owner.execute(f"update {table} set {column} = $2::{cast} where ctid = $1", place, value)


def flipped(value: Any, byte: int, bit: int) -> Any:
    """Return the value with one bit of it changed, as far as its type has such a value."""
    if value is None:
        return 1 << bit
    if isinstance(value, bytes):
        return _flip(value, byte, bit)
    if isinstance(value, str):
        return _flip(value.encode(), byte, bit).decode()
    if isinstance(value, UUID):
        return UUID(bytes=_flip(value.bytes, byte, bit))
    if isinstance(value, int):
        return value ^ 1 << byte % 2 * 8 + bit
    return value + timedelta(microseconds=1 << byte % 4 * 8 + bit)


def _flip(value: bytes, byte: int, bit: int) -> bytes:
    changed = bytearray(value)
    changed[byte % len(changed)] ^= 1 << bit
    return bytes(changed)


@pytest.fixture(scope="module")
async def archive(server: Any, town: Town) -> AsyncIterator[Archive]:
    society = found(server, PLAIN, unique("chain"))
    desk = town.desk(society)
    alice = society["alice"]
    number = (await desk.open(alice, subject="Sealed", description="Every byte of it", team=None)).number
    for command in (
        c.AddComment(text="Hello"),
        c.Edit(set={"subject": "Sealed still", "fields": {"region": "north"}}),
        c.SetStatus(stage=Stage.RESOLVED, set={"close_note": "Done"}, comment="Bye"),
        c.Escalate(team=society.names["teams"]["desk"], note="Help"),
        c.Rate(rating=4),
    ):
        await desk.give(alice, command, number)
    for n in range(3):
        await desk.open(alice, subject=f"Neighbour {n}")
    archive = Archive(society, number, town)
    assert await archive.findings() == []
    yield archive
    assert await archive.findings() == []


BYTES = {"row": st.integers(0, 20), "byte": st.integers(0, 500), "bit": st.integers(0, 7)}


def named(findings: list[Finding], number: int) -> bool:
    """Tell whether the chain of the case is among the findings."""
    return any(f.subject == f"case {number}" and f.check in {"chain", "fold"} for f in findings)


@pytest.mark.parametrize("column", HASHED)
@bounded(8)
@given(**BYTES)
async def test_an_altered_byte_of_an_event_is_found(column: str, row: int, byte: int, bit: int, archive: Any) -> None:
    findings = await archive.altered("events", row, column, byte, bit)
    assert findings is None or named(findings, archive.number)


@pytest.mark.parametrize("column", TEXTS)
@bounded(6)
@given(**BYTES)
async def test_an_altered_byte_of_a_text_is_found(column: str, row: int, byte: int, bit: int, archive: Any) -> None:
    findings = await archive.altered("event_texts", row, column, byte, bit)
    assert findings is None or named(findings, archive.number)


async def test_the_flips_are_not_all_refused(archive: Any) -> None:
    for table, columns in (("events", HASHED), ("event_texts", TEXTS)):
        for column in columns:
            tries = ((row, byte, bit) for row in range(3) for byte in (0, 2, 10) for bit in (0, 1))
            for row, byte, bit in tries:
                if await archive.altered(table, row, column, byte, bit) is not None:
                    break
            else:
                pytest.fail(f"the database refuses everything in {table}.{column}")


@pytest.mark.parametrize("table", ["events", "event_texts"])
async def test_a_removed_row_is_found(table: str, archive: Any, town: Town) -> None:
    for key in range(len(await archive.keys(table))):
        place = (await archive.keys(table))[key]
        row = await town.owner.fetchrow(f"delete from {table} where ctid = $1 returning *", place)
        findings = await archive.findings()
        values = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        await town.owner.execute(f"insert into {table} ({', '.join(row.keys())}) values ({values})", *row.values())
        assert named(findings, archive.number), f"{table} {key}"


async def test_events_that_change_places_in_the_feed_are_found(archive: Any, town: Town) -> None:
    sql = "select seq from events where tenant_id = $1 and subject_kind = 'case' and subject = $2 order by seq"
    places = [row[0] for row in await town.owner.fetch(sql, archive.society.tenant_id, archive.number)]

    async def swap(one: int, other: int) -> None:
        for old, new in ((one, -1), (other, one), (-1, other)):
            move = "update events set seq = $3 where tenant_id = $1 and seq = $2"
            await town.owner.execute(move, archive.society.tenant_id, old, new)

    for one, other in itertools.pairwise(places):
        await swap(one, other)
        findings = await archive.findings()
        await swap(one, other)
        assert {(f.check, f.subject) for f in findings} == {("feed", f"case {archive.number}")}


async def test_an_event_behind_the_end_of_the_feed_is_found(archive: Any, town: Town) -> None:
    last = await town.owner.fetchval(
        "select max(seq) from events where tenant_id = $1 and subject = $2", archive.society.tenant_id, archive.number
    )
    move = "update events set seq = $3 where tenant_id = $1 and seq = $2"
    await town.owner.execute(move, archive.society.tenant_id, last, 10**12)
    findings = await archive.findings()
    await town.owner.execute(move, archive.society.tenant_id, 10**12, last)
    assert [finding.check for finding in findings] == ["feed"]
