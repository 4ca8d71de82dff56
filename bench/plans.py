"""What the planner makes of each statement: which indexes, how many pages, how long, under row-level security."""

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import asyncpg
import msgspec

from bench.people import NAMED, Cast
from bench.stores import Store
from bench.texts import COMMON, PAIR, RARE
from casework.auth.principals import Principals
from casework.casebook.reading import Query, Where
from casework.dialects.ibm import translate
from casework.domain.access import Principal
from casework.domain.case import ACTIVE, Stage
from casework.store.lists import listing, search
from casework.store.postgres.database import Database

EXECUTIONS = 8
"""PostgreSQL decides after five whether a plan can be kept."""
WALK = 2_000
"""Rows thrown away by a filter, or pages touched: from here on a statement counts as walking."""


class Plan(msgspec.Struct, frozen=True):
    """How a statement is carried out."""

    name: str
    milliseconds: float
    planning: float
    kept: bool
    pages: int
    thrown: int
    scans: list[str]
    text: str

    @property
    def line(self) -> str:
        """One line about it."""
        mark, kept = "WALKS" if self.walks else "", "kept" if self.kept else "custom"
        return (
            f"{mark:5} {self.name:38} {self.milliseconds:9.2f} ms  planning {self.planning:5.2f} {kept:6}"
            f" pages {self.pages:7} thrown {self.thrown:7}  {', '.join(self.scans)}"
        )

    @property
    def walks(self) -> bool:
        """Whether it reads much that it does not need."""
        return self.pages > WALK or self.thrown > WALK


def queries(cast: Cast) -> Iterator[tuple[str, str, Query]]:
    """Yield name, user and query of every list that is looked at."""

    def query(**members: Any) -> Query:
        return Query(public_only=True, **members)

    done, active = (Stage.CLOSED, Stage.CANCELED), tuple(sorted(ACTIVE))
    for user, label in (("admin", "all"), ("few", "own few"), ("many", "own many"), ("home", "departments")):
        yield f"{label}: first page", user, query()
        yield f"{label}: open", user, query(stages=(Stage.OPEN,))
        yield f"{label}: closed", user, query(stages=done)
        yield f"{label}: active", user, query(stages=active)
        yield f"{label}: deep", user, query(offset=50_000)
        yield f"{label}: open, deep", user, query(stages=(Stage.OPEN,), offset=5_000)
        for text, found in (("rare", RARE), ("two words", PAIR), ("common", COMMON), ("none", "qqzzxx")):
            yield f"{label}: search {text}", user, query(search=found)
            yield f"{label}: search {text}, open", user, query(search=found, stages=(Stage.OPEN,))
        yield f"{label}: search number", user, query(search="CS0004711")
        yield f"{label}: rank 1", user, query(ranks=(1,))
        yield f"{label}: category", user, query(categories=("sales",))
        yield f"{label}: workers", user, query(workers=(cast.agents[0],))
        yield f"{label}: owner", user, query(where=(Where("owner", cast.agents[0]),))
        yield f"{label}: department", user, query(where=(Where("department", cast.departments[0]),))
        yield f"{label}: requester", user, query(where=(Where("requester", cast.persons[cast.customers[0]]),))
        for key in listing.SORTS:
            yield f"{label}: by {key}", user, query(sort=key)
            yield f"{label}: by {key} up", user, query(sort=key, descending=False)
            yield f"{label}: open by {key}", user, query(sort=key, stages=(Stage.OPEN,))


async def explain(store: Store, only: str = "") -> list[Plan]:
    """Return the plans of all statements whose name contains `only`."""
    database = await Database.open(store.dsn, size=2)
    principals = Principals(database)
    numbers = {"admin": store.cast.admin, "few": store.cast.agent_of_few, "many": store.cast.agent_of_many}
    async with database.tenant(store.cast.tenant) as connection:
        find = "select number from users where tenant_id = $1 and key = $2"
        numbers["home"] = await connection.fetchval(find, store.cast.tenant, "home")
        known = {name: await principals.by_user(store.cast.tenant, numbers[name]) for name in NAMED}
        plans = []
        for name, user, query in queries(store.cast):
            if only in name:
                plans.append(await _plan(connection, name, known[user], query))
                plan = plans[-1]
                print(plan.line, flush=True)
    await database.close()
    return plans


async def _plan(connection: Any, name: str, principal: Principal, query: Query) -> Plan:
    found, few, guess = None, False, 0
    if query.search:
        found = search.terms(query.search, staff=False)
        guess = await search.estimate(connection, found)
        few = guess <= search.FEW
    fields = translate.ALL_FIELDS
    sql, params = listing.page(principal, query, translate.columns(fields), translate.parts(fields), found, few=few)
    times = []
    statement = await connection.prepare(sql)
    try:
        for _ in range(EXECUTIONS):
            began = time.perf_counter()
            await statement.fetch(*params.values, timeout=60)
            times.append((time.perf_counter() - began) * 1000)
        kept = await connection.fetchval(
            "select generic_plans > 0 from pg_prepared_statements where name = $1", statement.get_name()
        )
        literals = ", ".join([await _literal(connection, value) for value in params.values])
        text = await connection.fetchval(
            f"explain (analyze, buffers, timing off, format json) execute {statement.get_name()}"
            f"{'(' + literals + ')' if literals else ''}"
        )
    except asyncpg.QueryCanceledError:
        return Plan(name, float("inf"), 0, kept=False, pages=10**7, thrown=0, scans=["timed out"], text=sql)
    tree = msgspec.json.decode(text)[0]
    scans, thrown = _scans(tree["Plan"])
    pages = tree["Plan"]["Shared Hit Blocks"] + tree["Plan"]["Shared Read Blocks"]
    name = f"{name} (guess {guess})" if query.search else name
    return Plan(name, median(times[-4:]), tree.get("Planning Time", 0), bool(kept), pages, thrown, scans, text)


async def _literal(connection: Any, value: Any) -> str:
    if isinstance(value, (list, tuple)):
        inner = ",".join('"' + str(v) + '"' for v in value)
        return f"'{{{inner}}}'"
    if isinstance(value, str):
        text: str = await connection.fetchval("select quote_literal($1::text)", str(value))
        return text
    return str(value)


def _scans(node: dict[str, Any]) -> tuple[list[str], int]:
    """Return how each relation is read, and how many rows were thrown away."""
    scans, thrown = [], 0
    for name in ("Rows Removed by Filter", "Rows Removed by Index Recheck", "Rows Removed by Join Filter"):
        thrown += int(node.get(name, 0) * node.get("Actual Loops", 1))
    kind = node["Node Type"]
    if kind in {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan", "Function Scan"}:
        short = "".join(word[0] for word in kind.split()[:-1]) or kind
        what = node.get("Index Name") or node.get("Relation Name") or node.get("Function Name", "?")
        rows = int(node["Actual Rows"] * node["Actual Loops"])
        if kind in {"Seq Scan", "Function Scan"} or rows > 10 or thrown > 10:
            scans.append(f"{short}:{what}: {rows}")
    for child in node.get("Plans", []):
        inner, more = _scans(child)
        scans += inner
        thrown += more
    return scans, thrown
