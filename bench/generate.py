"""Filling a tenant by COPY: cases with histories, comments and involvements, shaped by the product's own code.

Each case is one `opened` event, which may carry a stage beyond `new`, and a `commented` event for each comment. Events,
digests and chains are made by `store.events`, rows by `store.cases`: only the statements are replaced by COPY. Search
text is made in SQL with one vector for all comments of a case, so that its word positions differ from the product's.
"""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from bench.people import Cast
from bench.texts import RARE_CASES, SMALL_SHARE, Texts
from casework.domain.case import Audience, Case, Stage
from casework.domain.chain import GENESIS
from casework.domain.doors import IBM_DOOR
from casework.domain.events import OPENED, Envelope, Event, apply, apply_child, blank, changed
from casework.domain.ids import uuid7
from casework.store import cases, events

CHUNK = 4_000
PROCESSES = 2
FIRST = datetime(2023, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=1_000)
COMMENTS_A_CASE = 3
EVENTS_A_CASE = COMMENTS_A_CASE + 1
"""At most; the numbers of those that a case has not are left out."""
TABLES = ("cases", "involvements", "comments", "events", "event_texts")
STAGES = {"closed": 60, "resolved": 12, "canceled": 4, "open": 10, "new": 5, "waiting": 6, "proposed": 3}
"""Of a hundred cases."""
CATEGORIES = ("technical", "technical", "billing_and_invoice", "account_and_access", "sales")


class Rows:
    """Stands in for a `Batch`: what would be inserted is kept by table."""

    def __init__(self) -> None:
        self.columns: dict[str, tuple[str, ...]] = {}
        self.rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}

    def insert(self, table: str, names: Iterable[str], *rows: Iterable[Any], then: str = "") -> None:  # noqa: ARG002 - a batch has it
        """Keep rows."""
        if table in self.rows:
            self.columns[table] = tuple(names)
            self.rows[table] += map(tuple, rows)


class Generator:
    """Makes cases by number; the same number gives the same texts whatever process makes it."""

    def __init__(self, cast: Cast, total: int) -> None:
        self._cast = cast
        self._total = total
        self._stages = list(STAGES)
        self._weights = list(STAGES.values())
        self._rare = {total * n // RARE_CASES + 1 for n in range(RARE_CASES)}

    def chunk(self, first: int, last: int) -> Rows:
        """Return the rows of the cases `first` to `last`."""
        rows, texts = Rows(), Texts(first)
        for number in range(first, last + 1):
            self._case(rows, texts, number)
        return rows

    def _case(self, rows: Rows, texts: Texts, number: int) -> None:
        chance, cast = texts.chance, self._cast
        at = FIRST + SPAN * (number / self._total) + timedelta(milliseconds=chance.randrange(60_000))
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        case = blank(cast.tenant, number, uuid7(at, os.urandom(10)))
        members = self._members(texts, number, at)
        creator = members["owner"] if chance.random() < 0.1 else chance.choice(cast.customers)
        opened = Event(OPENED, changed(case, **members)[0])
        case = self._record(rows, case, opened, Envelope(at=at, actor=creator, via=IBM_DOOR.name, version=1))
        for n in range(chance.choices((0, 1, 2, 3), (55, 20, 15, 10))[0]):
            at += timedelta(seconds=chance.randrange(60, 200_000))
            audience = Audience.PUBLIC if chance.random() < 0.8 else Audience.INTERNAL
            wanted = {"text": texts.comment(), "audience": audience}
            said = Event("commented", wanted, noun="comment", child=uuid7(at, os.urandom(10)))
            actor = creator if chance.random() < 0.5 else members["owner"]
            envelope = Envelope(at=at, actor=actor, via=IBM_DOOR.name, version=case.version + 1)
            case = self._record(rows, case, said, envelope)
            comment = apply_child(
                None, said, envelope, case=case, number=cast.last_number + number * COMMENTS_A_CASE + n
            )
            cases.add_children(rows, [comment], "comment")
        cases.write(rows, None, case)

    def _record(self, rows: Rows, case: Case, event: Event, envelope: Envelope) -> Case:
        after = apply(case, event, envelope)
        subject = ("case", case.number, case.uid)
        head = case.hash or GENESIS
        head = events.add(
            rows, [event], envelope, subject=subject, tenant=case.tenant_id, head=head, salt=os.urandom(16)
        )
        return msgspec.structs.replace(after, hash=head)

    def _members(self, texts: Texts, number: int, at: datetime) -> dict[str, Any]:
        chance, cast = texts.chance, self._cast
        stage = Stage(chance.choices(self._stages, self._weights)[0])
        rank = chance.choices((1, 2, 3, 4), (4, 16, 55, 25))[0]
        customer = chance.choice(cast.customers)
        members: dict[str, Any] = {
            "subject": texts.subject(),
            "description": texts.description(rare=number in self._rare),
            "category": chance.choice(CATEGORIES),
            "type": cast.type,
            "source": cast.source,
            "priority": cast.priorities[rank],
            "rank": rank,
            "stage": stage,
            "status": cast.statuses[stage],
            "requester": cast.persons[customer],
            "borrowers": (cast.persons[customer],),
            "owner": self._owner(texts, number),
            "watchers": tuple(chance.sample(cast.customers, chance.choices((0, 1, 2), (70, 20, 10))[0])),
            "department": chance.choice(cast.departments),
            "opened_at": at,
        }
        if stage.done:
            members |= {"resolution": "Solution provided by IBM support engineer", "close_note": texts.subject()}
            members |= {"resolved_at": at, "closed_on": at}
        return members

    def _owner(self, texts: Texts, number: int) -> int:
        """One agent has one case of twenty, another one SMALL_SHARE-th; the others share the rest."""
        if number % SMALL_SHARE == SMALL_SHARE // 2:
            return self._cast.agent_of_few
        if texts.chance.random() < 0.05:
            return self._cast.agent_of_many
        return texts.chance.choice(self._cast.agents)


async def fill(dsn: str, cast: Cast, total: int) -> None:
    """Fill the tenant with `total` cases, then vacuum and analyse."""
    began = time.monotonic()

    def tell(what: str) -> None:
        print(f"  {time.monotonic() - began:5.0f} s  {what}", flush=True)

    owner = await asyncpg.connect(dsn)
    await owner.execute("set maintenance_work_mem = '512MB'")
    definitions = await _drop_indexes(owner)
    chunks = [(first, min(first + CHUNK - 1, total)) for first in range(1, total + 1, CHUNK)]
    workers = [
        multiprocessing.get_context("spawn").Process(target=_work, args=(dsn, cast, total, chunks[n::PROCESSES]))
        for n in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        await asyncio.to_thread(worker.join)
    if any(worker.exitcode for worker in workers):
        raise RuntimeError("a generator process has failed")
    tell("cases, histories, comments and search text are in")
    for definition in definitions:
        await owner.execute(definition)
    tell(f"{len(definitions)} indexes are made")
    await _finish(owner, cast, total)
    await owner.execute("vacuum (analyze)")
    await owner.execute("checkpoint")
    tell("vacuumed and analysed")
    await owner.close()


async def _drop_indexes(owner: Any) -> list[str]:
    """Drop what is quicker made afterwards; return its definitions."""
    found = await owner.fetch(
        "select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i"
        " where i.indrelid = any($1::text[]::regclass[]) and not i.indisprimary",
        [*TABLES, "case_search"],
    )
    for row in found:
        await owner.execute(f"drop index {row['name']}")
    return [row["definition"] for row in found]


def _work(dsn: str, cast: Cast, total: int, chunks: list[tuple[int, int]]) -> None:
    asyncio.run(_copy(dsn, Generator(cast, total), cast, chunks))


async def _copy(dsn: str, generator: Generator, cast: Cast, chunks: list[tuple[int, int]]) -> None:
    connection = await asyncpg.connect(dsn, server_settings={"synchronous_commit": "off"})
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value, order="deterministic"),
        decoder=lambda value: msgspec.json.decode(value[1:]),
    )
    for first, last in chunks:
        made = generator.chunk(first, last)
        place = made.columns["events"]
        numbered = [(cast.last_event + first * EVENTS_A_CASE + n, *row) for n, row in enumerate(made.rows["events"])]
        async with connection.transaction():
            for table in TABLES:
                records, columns = made.rows[table], made.columns[table]
                if table == "events":
                    records, columns = numbered, ("seq", *place)
                await connection.copy_records_to_table(table, records=records, columns=columns)
            comments = (cast.last_number + first * COMMENTS_A_CASE, cast.last_number + (last + 1) * COMMENTS_A_CASE)
            await connection.execute(_SEARCH, cast.tenant, first, last, *comments)
    await connection.close()


_SEARCH = """
insert into case_search (tenant_id, case_number, title, words)
select c.tenant_id, c.number, 'cs' || lpad(c.number::text, 7, '0') || ' ' || lower(c.subject),
  setweight(to_tsvector('simple', c.subject), 'A') || setweight(to_tsvector('simple', c.description), 'B')
  || setweight(to_tsvector('simple', c.solution), 'C')
  || setweight(to_tsvector('simple', coalesce(said.public, '')), 'B')
  || setweight(to_tsvector('simple', coalesce(said.internal, '')), 'C')
from cases c left join (
  select p.case_number, string_agg(p.text, ' ') filter (where p.audience = 'public') as public,
    string_agg(p.text, ' ') filter (where p.audience = 'internal') as internal
  from comments p where p.tenant_id = $1 and p.number between $4 and $5 group by p.case_number
) said on said.case_number = c.number
where c.tenant_id = $1 and c.number between $2 and $3
"""


async def _finish(owner: Any, cast: Cast, total: int) -> None:
    """Set totals and sequences to where the rows are."""
    await owner.execute(
        "insert into case_counts (tenant_id, stage, department, n)"
        " select tenant_id, stage, coalesce(department, 0), count(*) from cases where tenant_id = $1 group by 1, 2, 3",
        cast.tenant,
    )
    await owner.execute("select setval($1::text::regclass, $2)", f"case_numbers_{cast.tenant}", total)
    last = cast.last_number + (total + 1) * COMMENTS_A_CASE
    await owner.execute("select setval($1::text::regclass, $2)", f"numbers_{cast.tenant}", last)
    await owner.execute("select setval('feed', (select max(seq) from events))")
