"""Service levels in an installation: planned times worked out by hand, versions that stay, holidays that are copied."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from casebook.conftest import Ground, at, number, somebody
from casework.casebook import Casebook
from casework.casebook.sla import holidays
from casework.domain.access import Principal
from casework.domain.case import Case, Stage
from casework.domain.commands import Command, Edit, Open, SetStatus
from casework.domain.doors import IBM_DOOR, WORLD, Door
from casework.domain.nouns import Calendar, Sla
from casework.domain.refusals import Invalid, NotFound

DAYS = ("mon", "tue", "wed", "thu", "fri")
TENANT: dict[str, Any] = {
    "calendars": [
        {
            "key": "office",
            "name": "Office",
            "timezone": "Europe/Berlin",
            "hours": [{"day": d, "from": "09:00", "to": "12:30"} for d in DAYS]
            + [{"day": d, "from": "13:30", "to": "17:00"} for d in DAYS],
            "exceptions": [{"date": "2023-12-24", "repeat": "yearly", "working": False, "name": "Christmas Eve"}],
            "holidays": "DE",
        },
        {"key": "empty"},
    ],
    "slas": [
        {
            "key": "gold",
            "name": "Gold",
            "calendar": "office",
            "reaction": "30m",
            "resolution": "8h",
            "conditions": [{"name": "urgent", "priorities": ["critical"], "reaction": "10m", "resolution": "2h"}],
        },
        {"key": "always", "name": "Always", "reaction": "15m", "resolution": "1d", "pauses": []},
        {"key": "never", "calendar": "empty", "reaction": 60, "resolution": 60},
    ],
    "catalogs": [
        {
            "key": "it",
            "name": "IT",
            "sla": "gold",
            "default_priority": "low",
            "services": [
                {"key": "mail", "name": "Mail", "code": "mail"},
                {"key": "phone", "name": "Phone", "sla": "always", "default_priority": "normal"},
                {"key": "print", "name": "Print", "sla": "never"},
            ],
        }
    ],
}


class Clerk:
    """Works on one case at moments of the test's choosing."""

    def __init__(self, ground: Ground, who: Principal) -> None:
        self.ground = ground
        self.who = who
        self.now = at("2024-12-23T12:15:40")  # 13:15 in Berlin, in the lunch break
        self.casebook = Casebook(ground.database, ground.blobs, lambda: self.now)
        self.number: int | None = None

    async def do(self, command: Command, when: str | None = None, door: Door = WORLD) -> Case:
        if when is not None:
            self.now = at(when)
        outcome = await self.casebook.execute(self.who, door, command, self.number)
        self.number = outcome.case.number
        stored = await self.casebook.read.case(self.who, self.number)
        assert stored == outcome.case
        await self.check(stored)
        return stored

    async def check(self, case: Case) -> None:
        """What the row says is what the clocks say, now and later (law 10)."""
        for later in (timedelta(0), timedelta(days=400)):
            self.now += later
            run = (await self.casebook.levels.standing(self.who, case.number)).clocks
            self.now -= later
            due = (run.reaction and run.reaction.due, run.resolution and run.resolution.due)
            assert due == (case.planned_reaction_at, case.planned_resolve_at)

    async def service(self, key: str) -> int:
        return await number(self.ground, "services", key)


@pytest.fixture
async def clerk(ground: Ground) -> Clerk:
    await ground.tenant(**TENANT)
    return Clerk(ground, await somebody(ground))


def planned(case: Case) -> tuple[datetime | None, datetime | None]:
    return case.planned_reaction_at, case.planned_resolve_at


async def test_planned_times_go_around_lunch_holidays_and_the_weekend(clerk: Clerk) -> None:
    # Mon 23 Dec: 3.5 h from 13:30 in Berlin; Christmas Eve by rule, 25 and 26 by the country; Fri 27 the other 4.5 h
    case = await clerk.do(Open(set={"subject": "x", "service": await clerk.service("mail")}))
    assert planned(case) == (at("2024-12-23T13:00"), at("2024-12-27T13:30"))
    assert (case.sla, case.sla_condition) == (await number(clerk.ground, "slas", "gold"), None)


async def test_a_critical_case_has_the_times_of_the_condition(clerk: Clerk) -> None:
    words = {"service": await clerk.service("mail"), "rank": 1}
    case = await clerk.do(Open(set=words), "2024-12-23T14:30")
    assert planned(case) == (at("2024-12-23T14:40"), at("2024-12-27T08:30"))
    case = await clerk.do(Edit(set={"rank": 3}), "2024-12-23T14:35")
    assert (planned(case), case.sla_condition) == ((at("2024-12-23T15:00"), at("2024-12-27T15:30")), None)
    assert case.revision == 1


async def test_waiting_for_the_client_stops_the_clocks_through_every_door(clerk: Clerk) -> None:
    await clerk.do(Open(set={"service": await clerk.service("mail")}), "2024-12-16T08:00")
    case = await clerk.do(SetStatus(stage=Stage.WAITING), "2024-12-16T09:00:59")
    assert planned(case) == (at("2024-12-16T08:30"), None)
    case = await clerk.do(SetStatus(stage=Stage.PROPOSED), "2024-12-17T08:30")
    assert planned(case)[1] == at("2024-12-18T08:30")
    move = SetStatus(action="resolve", set={"resolution": "done"})
    case = await clerk.do(move, "2024-12-18T08:00", IBM_DOOR)
    assert planned(case)[1] == at("2024-12-18T08:30")
    standing = await clerk.casebook.levels.standing(clerk.who, case.number)
    assert [clock.state for clock in (standing.clocks.reaction, standing.clocks.resolution) if clock] == [
        "breached", "met",
    ]  # fmt: skip
    assert any("stands while waiting" in line for line in standing.lines)


async def test_another_service_counts_from_the_creation_without_losing_the_pause(clerk: Clerk) -> None:
    await clerk.do(Open(set={"service": await clerk.service("mail")}), "2024-12-16T08:00")
    await clerk.do(SetStatus(stage=Stage.WAITING), "2024-12-16T09:00")
    await clerk.do(SetStatus(stage=Stage.OPEN), "2024-12-16T12:00")
    case = await clerk.do(Edit(set={"service": await clerk.service("phone")}), "2024-12-16T13:00")
    assert planned(case) == (at("2024-12-16T08:15"), at("2024-12-17T11:00"))
    case = await clerk.do(SetStatus(stage=Stage.WAITING), "2024-12-16T14:00")
    assert planned(case)[1] == at("2024-12-17T11:00")
    case = await clerk.do(Edit(set={"service": None}), "2024-12-16T15:00")
    assert (planned(case), case.sla, case.sla_versions) == ((None, None), None, ())


async def test_an_open_case_keeps_the_agreement_it_was_given(clerk: Clerk) -> None:
    await clerk.do(Open(set={"service": await clerk.service("mail")}), "2024-12-16T08:00")
    door = clerk.casebook.reference
    async with door.changing(clerk.who, WORLD, "catalogue.edit") as change:
        (gold,) = await change.find(Sla, "key", "gold")
        await change.set(gold, resolution=3600, name="Tin")
        (office,) = await change.find(Calendar, "key", "office")
        await change.set(office, hours=(), timezone="Asia/Tokyo")
    await clerk.do(SetStatus(stage=Stage.WAITING), "2024-12-16T09:00")
    case = await clerk.do(SetStatus(stage=Stage.OPEN), "2024-12-16T10:00")
    assert (planned(case)[1], case.sla_versions) == (at("2024-12-17T10:00"), (1, 0, 1))
    lines = (await clerk.casebook.levels.standing(clerk.who, case.number)).lines
    assert lines[0] == "SLA: Gold, version 1"
    with pytest.raises(Invalid, match="working time"):
        await clerk.do(Edit(set={"rank": 1}))
    other = await clerk.casebook.levels.what_if(clerk.who, case.number, await number(clerk.ground, "slas", "always"))
    assert other.clocks.resolution is not None
    assert other.clocks.resolution.due == at("2024-12-17T08:00")


async def test_a_calendar_without_working_time_refuses_the_case(clerk: Clerk) -> None:
    with pytest.raises(Invalid, match="enough working time"):
        await clerk.do(Open(set={"service": await clerk.service("print")}))
    assert clerk.number is None


async def test_cases_of_the_world_file_are_planned_from_when_they_were_created(clerk: Clerk) -> None:
    said = {"key": "c", "service": "mail", "created_at": "2024-12-16T08:00:00Z", "stage": "open"}
    await clerk.ground.tenant(**TENANT, cases=[said])
    (found,) = await clerk.ground.fetch("select planned_resolve_at from cases")
    assert found[0] == at("2024-12-17T09:00")  # seven hours a day


async def test_only_staff_ask_and_only_of_what_is_there(clerk: Clerk) -> None:
    case = await clerk.do(Open(set={"service": await clerk.service("mail")}))
    customer = msgspec.structs.replace(clerk.who, kind="customer")
    with pytest.raises(NotFound):
        await clerk.casebook.levels.standing(customer, case.number)
    with pytest.raises(NotFound):
        await clerk.casebook.levels.what_if(clerk.who, case.number, 999_999)


async def test_holidays_are_copied_when_a_country_is_named_and_exported_as_its_name(clerk: Clerk) -> None:
    kept = await clerk.ground.value("select days::text from calendars where key = 'office'")
    days = {said["date"]: said["name"] for said in msgspec.json.decode(kept)}
    assert days["2024-12-26"] == "Second Day of Christmas"
    office = next(c for c in (await clerk.ground.export())["tenants"][0]["calendars"] if c["key"] == "office")
    assert office["holidays"] == "DE"
    assert "days" not in office
    again = await clerk.ground.tenant(**TENANT)
    assert again.changes == []


@pytest.mark.parametrize(("country", "day"), [("DE-BY", date(2024, 1, 6)), ("US", date(2024, 7, 4))])
def test_a_country_may_be_named_with_its_part(country: str, day: date) -> None:
    assert day.isoformat() in {said["date"] for said in holidays.copied(country, 2024)}


@pytest.mark.parametrize("country", ["XX", "DE-XX", "", "deutschland"])
def test_an_unknown_country_is_refused(country: str) -> None:
    with pytest.raises(Invalid) as refused:
        holidays.copied(country, 2024)
    assert refused.value.member == "holidays"
