"""Cases opened at IBM's door for an offering that is a service here have its service level."""

from __future__ import annotations

from datetime import timedelta

import asyncpg

from dialects.ibm.client import found_tenant

LEVELS = {
    "slas": [{"key": "gold", "reaction": "30m", "resolution": "8h", "pauses": ["resolved"]}],
    "catalogs": [{"key": "it", "sla": "gold", "services": [{"key": "mail", "code": "mail-service"}]}],
}
OFFERING = {"name": "Mail", "type": {"group": "crn_service_name", "key": "mail-service", "kind": "service", "id": "m"}}


async def test_an_offering_that_is_a_service_plans_the_case_and_being_resolved_stops_the_clock(server, doors):
    tenant = found_tenant(server, **LEVELS)
    door = doors.by_key(tenant.secrets["ann"])
    case = door.open(type="technical", offering=OFFERING)
    plain = door.open(type="technical", offering={**OFFERING, "type": {**OFFERING["type"], "key": "other"}})
    owner = await asyncpg.connect(server.dsn)

    async def planned(number: str) -> asyncpg.Record:
        return await owner.fetchrow(
            "select created_at, sla, planned_reaction_at, planned_resolve_at, reacted_at, resolved_at from cases"
            " where tenant_id = $1 and number = $2",
            tenant.ids["tenants"][tenant.key]["number"],
            int(number.removeprefix("CS")),
        )

    try:
        assert (await planned(plain["number"]))["sla"] is None
        row = await planned(case["number"])
        start = row["created_at"].replace(second=0, microsecond=0)
        assert row["planned_reaction_at"] == start + timedelta(minutes=30)
        assert row["planned_resolve_at"] == start + timedelta(hours=8)
        door.set_status(case["number"], "resolve", resolution="Done", resolution_code=1)
        done = await planned(case["number"])
        assert (done["planned_resolve_at"], done["reacted_at"]) == (row["planned_resolve_at"], done["resolved_at"])
        assert done["resolved_at"] is not None
        door.set_status(case["number"], "unresolve", comment="No")
        again = await planned(case["number"])
        assert again["resolved_at"] is None
        assert again["planned_resolve_at"] >= row["planned_resolve_at"]
    finally:
        await owner.close()
