"""The demo world: what a newcomer meets first."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import yaml

from casework.auth.passwords import sign_in
from casework.auth.principals import Principals
from casework.casebook import world
from casework.domain.case import Stage

from .conftest import Ground

DEMO = Path(str(files("casework") / "demo.yaml"))


async def test_the_demo_shows_every_stage_and_signs_its_admin_in(ground: Ground) -> None:
    loaded = world.load(DEMO)
    done = await ground.apply(DEMO)
    admin = next(user for user in loaded.tenants[0].users if user.password)
    assert (admin.email, admin.roles) == ("alice@acme.example", ("admin",))
    assert len(await sign_in(ground.database, admin.email or "", admin.password or "", remote="test")) == 1
    assert set(done.secrets) == {"acme/demo"}
    alice = await Principals(ground.database).by_credential(done.secrets["acme/demo"])
    assert alice.user == done.ids["users"]["acme/alice"].number
    stages = await ground.fetch("select tenant_id, stage, count(*) from cases group by 1, 2")
    assert {row["stage"] for row in stages} == set(Stage)
    assert sum(row["count"] for row in stages) >= 25
    audiences = await ground.fetch("select distinct tenant_id, audience from comments")
    assert len(audiences) == 4
    for table in ("links", "files", "relations", "associations", "escalations"):
        assert await ground.value(f"select count(*) from {table}")
    assert (await ground.apply(DEMO)).changes == []


def test_the_demo_needs_no_special_reader() -> None:
    assert yaml.safe_load(DEMO.read_text(encoding="utf-8"))["version"] == 1


async def test_the_demo_exports_as_itself(ground: Ground) -> None:
    await ground.apply(DEMO)
    for tenant in ("acme", "northwind"):
        assert world.load_value(yaml.safe_load(world.dump(await ground.export(tenant)))).tenants[0].key == tenant
