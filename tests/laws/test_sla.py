"""Law 10: the clocks of real cases are what counting minutes gives, and computing them again changes no answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.casebook.sla.agreements import agreements
from casework.domain import commands as c
from casework.domain.case import Case, Stage
from casework.domain.doors import COMMAND_LINE
from casework.domain.nouns import Calendar
from casework.domain.sla.clocks import clocks
from casting import Cast
from domain.sla import counting as n
from laws.society import PLAIN, Society, found, unique
from laws.steps import bounded
from laws.town import Town

WEEK = [{"day": day, "from": "08:15", "to": "16:45"} for day in ("mon", "tue", "wed", "thu", "fri", "sun")]
LEVELS: dict[str, Any] = {
    "calendars": [
        {"key": "berlin", "timezone": "Europe/Berlin", "hours": WEEK, "holidays": "DE"},
        {
            "key": "york",
            "timezone": "America/New_York",
            "hours": [{"day": "sun", "from": "00:30", "to": "23:00"}, *WEEK],
        },
    ],
    "slas": [
        {
            "key": "gold",
            "calendar": "berlin",
            "reaction": "2h",
            "resolution": "12h",
            "conditions": [
                {"name": "urgent", "priorities": ["critical", "high"], "reaction": "1h", "resolution": "3h"}
            ],
        },
        {"key": "silver", "calendar": "york", "reaction": "4h", "resolution": "30h", "pauses": ["new", "proposed"]},
        {"key": "plain", "reaction": "1h", "resolution": "2d", "pauses": []},
    ],
    "catalogs": [
        {"key": key, "sla": key, "default_priority": "normal", "services": [{"key": f"{key}-service"}]}
        for key in ("gold", "silver", "plain")
    ],
}
DST = datetime(2024, 3, 28, 9, tzinfo=UTC)
AUTUMN = datetime(2024, 10, 25, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def agreed(server: Cast) -> Society:
    """A tenant with service levels."""
    return found(server, PLAIN, unique("agreed"), **LEVELS)


def moves() -> st.SearchStrategy[list[tuple[str, int, int]]]:
    """Draw what happens: the act, a number that chooses, and the minutes since the act before."""
    acts = st.sampled_from(["stage", "stage", "stage", "service", "priority", "comment"])
    return st.lists(st.tuples(acts, st.integers(0, 20), st.integers(0, 1800)), min_size=2, max_size=8)


def command(act: str, what: int, services: list[int], at: datetime) -> c.Command:
    """Return the command of an act."""
    made: dict[str, c.Command] = {
        "stage": c.SetStatus(stage=list(Stage)[what % len(Stage)], at=at),
        "service": c.Edit(set={"service": ([*services, None])[what % (len(services) + 1)]}, at=at),
        "priority": c.Edit(set={"rank": what % 4 + 1}, at=at),
        "comment": c.AddComment(text="Hello", at=at),
    }
    return made[act]


@bounded(25)
@given(start=st.sampled_from([DST, AUTUMN]), first=st.integers(0, 5), told=moves())
async def test_planned_times_are_what_counting_the_minutes_of_the_history_gives(
    start: datetime, first: int, told: list[tuple[str, int, int]], agreed: Society, town: Town
) -> None:
    principal = await town.core.principal(agreed["alice"])
    words = await town.casebook.catalogue.vocabulary(agreed.tenant_id)
    services = sorted(words.services)
    opening = c.Open(set={"service": services[first % len(services)]}, at=start)
    case = (await town.casebook.execute(principal, COMMAND_LINE, opening)).case
    at = start
    for act, what, gap in told:
        at += timedelta(minutes=gap, seconds=what)
        asked = command(act, what, services, at)
        case = (await town.casebook.execute(principal, COMMAND_LINE, asked, case.number)).case
        await check(town, agreed, case, at)
    async with town.casebook.database.tenant(agreed.tenant_id) as connection:
        read = await agreements(connection, agreed.tenant_id, case.number, words)
    again = clocks(read.history, read.policies, read.calendars, at + timedelta(days=1000))
    assert (again.reaction and again.reaction.due, again.resolution and again.resolution.due) == planned(case)


def planned(case: Case) -> tuple[datetime | None, datetime | None]:
    """Return what the row says."""
    return case.planned_reaction_at, case.planned_resolve_at


async def check(town: Town, society: Society, case: Case, now: datetime) -> None:
    """Compare the row with minutes counted over the stored history."""
    stored = await town.stored(society, case.number)
    assert planned(stored.row) == planned(case)
    if case.sla is None:
        assert planned(case) == (None, None)
        return
    words = await town.casebook.catalogue.vocabulary(society.tenant_id)
    async with town.casebook.database.tenant(society.tenant_id) as connection:
        read = await agreements(connection, society.tenant_id, case.number, words)
        source = await _calendar(connection, society, words.slas[case.sla].calendar)
    turns = _turns(read.history)
    works = n.working(source)
    policies = read.policies

    def stands(at: datetime) -> bool:
        index = max(i for i, turn in enumerate(turns) if turn[0] <= at)
        judge = next(policies[key] for _, _, key in turns[index:] if key is not None)
        return turns[index][1] in judge.pauses

    final = policies[turns[-1][2]]
    for due, target, reached in zip(
        planned(case), (final.reaction, final.resolution), (case.reacted_at, case.resolved_at), strict=True
    ):
        end = n.whole(now if reached is None else reached)

        def counts(at: datetime, end: datetime = end) -> bool:
            return works(at) and (at >= end or not stands(at))

        wanted = n.reached(counts, turns[0][0], target, end + timedelta(days=14))
        if reached is None and stands(end) and (wanted is None or wanted > end):
            wanted = None
        assert due == wanted


def _turns(history: Any) -> list[tuple[datetime, Stage, Any]]:
    found, stage, said = [], Stage.NEW, {"sla": None, "sla_condition": None, "sla_versions": ()}
    for event, envelope in history:
        stage = event.set.get("stage", stage)
        said |= {name: event.set[name] for name in said if name in event.set}
        key = (said["sla"], said["sla_condition"] or 0, *said["sla_versions"]) if said["sla"] else None
        found.append((n.whole(envelope.at), stage, key))
    return found


async def _calendar(connection: Any, society: Society, number: int | None) -> Calendar:
    if number is None:
        return n.calendar(hours=n.office(*n.DAYS, opens="00:00", closes="24:00"))
    row = await connection.fetchrow(
        "select timezone, hours, days from calendars where tenant_id = $1 and number = $2", society.tenant_id, number
    )
    return n.calendar(timezone=row[0], hours=tuple(row[1]), days=tuple(row[2]))
