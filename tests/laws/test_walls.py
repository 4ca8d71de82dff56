"""Law 6: no request of one tenant reads, counts, or infers anything of another's; nor does any statement."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain import commands as c
from casework.domain.doors import COMMAND_LINE
from casework.domain.refusals import NotFound
from casework.store.postgres.database import APP
from laws.doors import LawDoor, Person, Refused
from laws.society import PLAIN, Society, found, unique
from laws.steps import Step, bounded, steps
from laws.town import Town

CASES = [
    {"key": f"case{n}", "subject": f"Same words {n}", "description": "The same in both", "watchers": ["rita", "carl"]}
    for n in range(3)
]


@pytest.fixture(scope="module")
def twins(server: Any) -> tuple[Society, Society]:
    """Two tenants with equal people, words and cases, so that all numbers are equal as well."""
    one, other = (found(server, PLAIN, unique(f"twin-{side}"), cases=CASES) for side in ("left", "right"))
    assert one.names == other.names
    assert [p.number for p in one.people.values()] == [p.number for p in other.people.values()]
    return one, other


async def view(door: LawDoor, society: Society) -> dict[str, Any]:
    """Return everything that the people of a tenant can learn through a door."""
    seen: dict[str, Any] = {}
    for name, person in society.people.items():
        numbers = await door.list(person, 2)
        seen[name] = {
            "list": numbers,
            "count": await door.count(person),
            "search": await door.search(person, "same words"),
            "facts": [await door.get(person, number) for number in range(1, 6)],
        }
    return seen


@bounded(3)
@given(work=st.lists(steps("open", "comment", "resolve", "watch", "say", "edit", "assign", "attach"), max_size=12))
async def test_nothing_that_happens_next_door_shows(work: list[Step], twins: Any, town: Town) -> None:
    here, there = twins
    before = {door.name: await view(door, here) for door in town.doors}
    fed = {name: await town.core.feed(person) for name, person in here.people.items()}
    desk = town.desk(there, *there.names["cases"].values())
    await desk.open(there["alice"], subject="Same words again")
    for step in work:
        await desk.take(step)
    assert {door.name: await view(door, here) for door in town.doors} == before
    assert {name: await town.core.feed(person) for name, person in here.people.items()} == fed


async def test_a_number_that_only_the_other_tenant_has_is_no_number_at_all(twins: Any, town: Town) -> None:
    here, there = twins
    desk = town.desk(there)
    number = 0
    while number <= max(await town.core.list(here["alice"])):
        number = (await desk.open(there["alice"], subject="Only there")).number
    for door in town.doors:
        for person in here.people.values():
            answers = []
            for unknown in (number, number + 10_000):
                assert await door.get(person, unknown) is None
                answers.append([await refusal(door, act, person, unknown) for act in ("comment", "resolve", "watch")])
            assert answers[0] == answers[1]
    assert (await town.core.get(there["alice"], number)).comments == ()


async def refusal(door: LawDoor, act: str, person: Person, number: int) -> object:
    """Return how a door refuses to change a case."""
    acts = {
        "comment": lambda: door.comment(person, number, "Hello"),
        "resolve": lambda: door.resolve(person, number),
        "watch": lambda: door.watch(person, number, person),
    }
    with pytest.raises(Refused) as caught:
        await acts[act]()
    return caught.value.status


async def test_names_of_the_other_tenants_things_lead_nowhere(twins: Any, town: Town) -> None:
    here, there = twins
    desk = town.desk(there)
    case = await desk.open(there["alice"], subject="With things")
    mine = await town.desk(here).open(here["alice"], subject="Mine")
    comment = (await desk.give(there["alice"], c.AddComment(text="Theirs"), case.number)).child().uid
    attach = c.Attach(name="a.txt", size=1, digest="0" * 64)
    file = (await desk.give(there["alice"], attach, case.number)).child().uid
    alice = await town.core.principal(here["alice"])
    for number in (case.number, mine.number):
        with pytest.raises(NotFound):
            await town.casebook.files.find(alice, number, file)
        for command in (c.RemoveComment(comment=comment), c.Detach(file=file)):
            with pytest.raises(NotFound):
                await desk.core.casebook.execute(alice, COMMAND_LINE, command, number)


async def walled(town: Town) -> list[str]:
    """Return the tables that have a tenant."""
    rows = await town.owner.fetch(
        "select table_name from information_schema.columns where table_schema = 'public' and column_name = 'tenant_id'"
    )
    return sorted(row[0] for row in rows)


@pytest.fixture
async def intruder(server: Any) -> AsyncIterator[asyncpg.Connection]:
    """A connection with the role of the web doors, bound to no tenant."""
    connection = await asyncpg.connect(server.dsn)
    await connection.execute(f"set role {APP}")
    yield connection
    await connection.close()


async def test_without_a_tenant_no_statement_returns_a_row(intruder: Any, town: Town, twins: Any) -> None:
    for table in await walled(town):
        assert await intruder.fetch(f"select 1 from {table} limit 1") == [], table
        await intruder.execute("select set_config('casework.tenant', '', false)")
    assert await intruder.fetch("select * from casework_hits('%', ''::tsquery, null)") == []


async def test_without_a_where_only_the_own_tenants_rows_come(intruder: Any, town: Town, twins: Any) -> None:
    here, there = twins
    await intruder.execute(f"select set_config('casework.tenant', '{here.tenant_id}', false)")
    filled = 0
    for table in await walled(town):
        rows = await intruder.fetch(f"select distinct tenant_id from {table}")
        assert {row[0] for row in rows} <= {here.tenant_id}, table
        filled += bool(rows)
    assert filled > 10
    hits = await intruder.fetch("select case_number from casework_hits('%', ''::tsquery, null)")
    assert len(hits) == await town.owner.fetchval(
        "select count(*) from case_search where tenant_id = $1", here.tenant_id
    )
    for sequence in (f"case_numbers_{there.tenant_id}", f"numbers_{there.tenant_id}"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await intruder.fetch(f"select last_value from {sequence}")


async def test_no_statement_writes_into_another_tenant(intruder: Any, town: Town, twins: Any) -> None:
    here, there = twins
    await intruder.execute(f"select set_config('casework.tenant', '{here.tenant_id}', false)")
    for table in await walled(town):
        before = await town.owner.fetchval(f"select count(*) from {table} where tenant_id = $1", there.tenant_id)
        for statement in (
            f"update {table} set tenant_id = {there.tenant_id}",
            f"insert into {table} select * from {table} where tenant_id = {there.tenant_id} limit 1",
            f"delete from {table} where tenant_id = {there.tenant_id}",
        ):
            transaction = intruder.transaction()
            await transaction.start()
            try:
                assert await intruder.execute(statement) in {"UPDATE 0", "INSERT 0 0", "DELETE 0"}, statement
            except (asyncpg.InsufficientPrivilegeError, asyncpg.GeneratedAlwaysError):
                pass
            finally:
                await transaction.rollback()
        after = await town.owner.fetchval(f"select count(*) from {table} where tenant_id = $1", there.tenant_id)
        assert before == after, table


async def test_tables_without_tenants_are_out_of_reach(intruder: Any, town: Town) -> None:
    tables = {row[0] for row in await town.owner.fetch("select tablename from pg_tables where schemaname = 'public'")}
    for table in sorted(tables - set(await walled(town))):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await intruder.fetch(f"select 1 from {table} limit 1")
