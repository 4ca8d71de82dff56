"""Exports: a tenant as a world document that gives the same tenant again."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.casebook import world
from casework.casebook.registry import Registry
from casework.domain import commands as c
from casework.domain.access import PERMISSIONS, Principal, Reach
from casework.domain.case import Audience, Stage
from casework.domain.doors import COMMAND_LINE, IBM_DOOR, Door
from casework.domain.nouns import (
    CaseType,
    Department,
    Key,
    Organization,
    Person,
    Priority,
    Service,
    Sla,
    SlaCondition,
    Status,
    StatusSet,
    Team,
    User,
)
from casework.domain.refusals import NotFound
from casework.store import nouns

from .conftest import Ground, Template, installed

HERE = Path(__file__).parent
Grounds = Callable[[], Awaitable[Ground]]


async def same_again(grounds: Grounds, ground: Ground) -> dict[str, Any]:
    """Export, apply to an empty installation, and hold the two exports against each other."""
    document = await ground.export()
    text = world.dump(document)
    other = await grounds()
    await other.apply({"tenants": yaml.safe_load(text)["tenants"]})
    tenant, again = document["tenants"][0], (await other.export())["tenants"][0]
    assert list(again) == list(tenant)
    for name in tenant:
        assert (name, again[name]) == (name, tenant[name])
    return dict(tenant)


@pytest.mark.parametrize("file", [HERE / "rich.yaml", HERE.parent / "cast.yaml"])
async def test_an_export_gives_the_same_export_again(grounds: Grounds, file: Path) -> None:
    ground = await grounds()
    await ground.apply(file)
    await same_again(grounds, ground)


@pytest.mark.parametrize("file", [HERE / "rich.yaml", HERE.parent / "cast.yaml"])
async def test_an_export_changes_nothing_where_it_comes_from(ground: Ground, file: Path) -> None:
    await ground.apply(file)
    done = await ground.apply({"tenants": (await ground.export())["tenants"]})
    assert done.changes == []


async def test_it_says_what_the_file_said(ground: Ground) -> None:
    await ground.apply(HERE / "rich.yaml")
    (tenant,) = (await ground.export())["tenants"]
    (raw,) = yaml.safe_load((HERE / "rich.yaml").read_text())["tenants"][:1]
    assert [case["key"] for case in tenant["cases"]] == [case["key"] for case in raw["cases"]]
    assert tenant["users"][0] == {k: v for k, v in raw["users"][0].items() if k not in {"password", "kind"}}
    assert [user["key"] for user in tenant["users"]] == ["alice", "bob", "carol", "agent", "robot"]
    assert tenant["keys"][1] == {"key": "app", "client": True, "scopes": ["app.manage"]}
    assert tenant["slas"][0]["reaction"] == "30m"
    assert tenant["slas"][1] == {"key": "plain", "reaction": 90, "resolution": "2h", "pauses": []} | tenant["slas"][1]
    assert tenant["dialects"] == raw["dialects"]
    first = tenant["cases"][0]
    for name in ("subject", "description", "fields", "extra", "links", "watchers", "escalation", "rating", "contacts"):
        assert first[name] == raw["cases"][0][name] or name == "fields"


async def test_no_credential_leaves(ground: Ground) -> None:
    await ground.apply(HERE / "rich.yaml")
    text = yaml.safe_dump(await ground.export())
    for secret in ("correct-horse", "literal-if-given", "argon2", "cwk_", "digest", "password", "secret"):
        assert secret not in text


async def test_files_go_into_a_folder(grounds: Grounds, tmp_path: Path) -> None:
    ground, other = await grounds(), await grounds()
    await ground.apply(HERE / "rich.yaml")
    document = await ground.export(folder=tmp_path)
    assert document["tenants"][0]["cases"][0]["files"][0]["path"].startswith("files/")
    assert len(list((tmp_path / "files").iterdir())) == 3
    (tmp_path / "world.yaml").write_text(yaml.safe_dump(document))
    await other.apply(tmp_path / "world.yaml")
    assert await other.export() == await ground.export()


async def test_it_says_which_tenant_or_content_is_missing(ground: Ground) -> None:
    with pytest.raises(NotFound, match="There is no tenant 'nobody'"):
        await ground.export("nobody")
    await ground.tenant(cases=[{"key": "c", "files": [{"name": "a.txt", "text": "a"}]}])
    await ground.blobs.delete(await ground.value("select digest from files"))
    with pytest.raises(NotFound, match=r"The content of file 'a.txt' on case 'c' is missing"):
        await ground.export()


class Doors:
    """Things that did not come from a world file: without keys, some deleted later."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.made: dict[str, Any] = {}

    async def add(self, name: str, kind: type[Any], /, **members: Any) -> int:
        registry = Registry(self.ground.casebook.clock, 2, "webitel")
        async with self.ground.database.transaction(1) as connection:
            self.made[name] = await registry.add(connection, kind, 1, **members)
        self.ground.casebook.catalogue.forget(1)
        return int(self.made[name].number)

    async def change(self, kind: type[Any], number: int, **members: Any) -> None:
        async with self.ground.database.transaction(1) as connection:
            (row,) = await nouns.find(connection, 1, kind, "number", [number])
            await Registry(self.ground.casebook.clock, 2, "webitel").change(connection, row, **members)
        self.ground.casebook.catalogue.forget(1)

    async def delete(self, kind: type[Any], number: int) -> None:
        await self.change(kind, number, deleted_at=datetime.now(UTC))

    async def by_key(self, kind: type[Any], key: str) -> int:
        async with self.ground.database.tenant(1) as connection:
            return int((await nouns.find(connection, 1, kind, "key", [key]))[0].number)

    async def user(self, **members: Any) -> int:
        async with self.ground.database.tenant(1) as connection:
            person, user = await nouns.numbers(connection, 1, 2)
        await self.add("person", Person, number=person, name="Uma", user=user)
        return await self.add("user", User, number=user, name="Uma", kind="customer", person=person, **members)


async def test_people_and_settings_of_other_doors_get_keys_from_numbers(grounds: Grounds) -> None:
    ground = await grounds()
    await ground.tenant()
    doors = Doors(ground)
    gone = await doors.add("gone", Department, name="Gone")
    home = await doors.add("home", Department, name="Home", key="with/slash", shared_with={str(gone): True})
    user = await doors.user(roles=("customer", "odd"), department=gone, foreign_departments=(home, gone))
    clashing = await doors.add("clash", Priority, name="Clash", key=f"priority-{user + 2}")
    plain = await doors.add("plain", Priority, name="Plain")
    await doors.add("team", Team, name="T", conditions=({"expression": "true", "team": gone, "new": 1},))
    labels = await doors.add("labels", StatusSet, name="Labels")
    await doors.add("status", Status, name="Label", status_set=labels, stage=Stage.OPEN, position=7)
    default = await doors.by_key(StatusSet, "default")
    await doors.add("extra", Status, name="Extra", status_set=default, stage=Stage.WAITING, position=3)
    catalog = await doors.add("catalog", Service, name="Catalog", status_set=labels)
    await doors.add("inner", Service, name="Inner", parent=catalog)
    await doors.add("lost", Service, name="Lost", parent=gone)
    sla = await doors.add("sla", Sla, name="S")
    await doors.add("condition", SlaCondition, name="C", sla=sla, reaction=61)
    await doors.add("type", CaseType, name="Odd", fields=({"name": "a", "type": "string", "unknown": 1},))
    organization = await doors.add("organization", Organization, name="O")
    await doors.add("pat", Person, first_name="Pat", organization=organization)
    await doors.add("revoked", Key, name="revoked", user=user, digest=b"x", revoked_at=datetime.now(UTC))
    await doors.add("stale", Key, name="stale", user=gone, digest=b"y")
    await doors.change(Priority, await doors.by_key(Priority, "low"), color=None)
    await doors.delete(Priority, await doors.by_key(Priority, "high"))
    await doors.delete(Department, gone)
    tenant = await same_again(grounds, ground)
    assert tenant["departments"] == [{"key": f"department-{home}", "name": "Home"}]
    assert tenant["users"][0]["key"] == f"user-{user}"
    assert tenant["users"][0]["roles"] == ["customer"]
    assert tenant["users"][0]["foreign_departments"] == [f"department-{home}"]
    assert clashing == plain - 1
    keys = {"low", f"priority-{plain}", f"priority-{plain}-priority-{plain}"}
    assert {priority["key"] for priority in tenant["priorities"]} == keys
    assert tenant["teams"][0]["conditions"] == [{"expression": "true"}]
    assert [len(entry["statuses"]) for entry in tenant["status_sets"]] == [1, 1]
    assert [service["name"] for service in tenant["catalogs"][0]["services"]] == ["Inner"]
    assert tenant["slas"][0]["conditions"][0]["reaction"] == 61
    assert tenant["case_types"][0]["fields"] == [{"name": "a", "type": "string"}]
    assert "keys" not in tenant


async def test_cases_of_other_doors_get_keys_from_numbers(grounds: Grounds) -> None:
    ground = await grounds()
    await ground.tenant(roles=[{"key": "r"}], cases=[{"key": "case-2"}])
    doors = Doors(ground)
    user, team = await doors.user(roles=("customer",)), await doors.add("team", Team, name="T")
    catalog = await doors.add("catalog", Service, name="Catalog")
    inner = await doors.add("inner", Service, name="Inner", parent=catalog)
    label = await doors.add(
        "label", Status, name="Label", status_set=await doors.by_key(StatusSet, "default"), stage=Stage.OPEN, position=9
    )
    high = await doors.by_key(Priority, "high")
    principal = Principal(1, user, "agent", 0, PERMISSIONS, Reach.TENANT, Reach.TENANT)

    async def do(command: c.Command, number: int | None = None, door: Door = IBM_DOOR) -> int:
        return (await ground.casebook.execute(principal, door, command, number)).case.number

    wanted: dict[str, Any] = {
        "subject": "Through another door",
        "requester": doors.made["person"].number,
        "service": inner,
        "priority": high,
        "status": label,
        "owner": user,
        "team": team,
        "acl": {str(user): "r", str(team): "rw"},
    }
    one = await do(c.Open(set=wanted, links=(c.NewLink(name="l"),)))
    await do(c.AddComment(text="hello", audience=Audience.PUBLIC), one)
    await do(c.SetStatus(action="resolve", set={"resolution": "r", "close_note": "n"}, comment="done"), one)
    two = await do(c.Open(set={"service": inner, "subject": "of a service that goes"}))
    await do(c.Relate(other=one), two)
    await do(c.Delete(), await do(c.Open(set={})))
    await doors.delete(Service, catalog)
    await doors.delete(Priority, high)
    tenant = await same_again(grounds, ground)
    first, second, third = tenant["cases"]
    assert first["key"] == "case-2"
    assert second["key"] == "case-2-case-2"
    assert (third["key"], third["relations"]) == ("case-3", [{"to": "case-2-case-2", "type": "relates_to"}])
    assert (second["stage"], second["created_by"], second["requester"]) == ("resolved", f"user-{user}", f"user-{user}")
    assert second["acl"] == [{"to": f"user-{user}", "grants": "r"}]
    assert [comment["text"] for comment in second["comments"]] == ["hello", "done"]
    assert second["comments"][1]["at"] > second["updated_at"]


async def test_a_role_and_a_user_of_one_key_are_told_apart(grounds: Grounds) -> None:
    ground = await grounds()
    await ground.tenant(
        users=[{"key": "admin"}],
        cases=[{"key": "c", "acl": [{"to": "role/admin", "grants": "r"}, {"to": "admin", "grants": "w"}]}],
    )
    tenant = await same_again(grounds, ground)
    assert {grant["to"] for grant in tenant["cases"][0]["acl"]} == {"role/admin", "user/admin"}


async def test_a_person_whose_users_key_is_taken_stands_by_itself(grounds: Grounds) -> None:
    ground = await grounds()
    await ground.tenant(users=[{"key": "kit", "name": "Kit"}], persons=[{"key": "kit", "first_name": "Another"}])
    number = await ground.value("select person from users where key = 'kit'")
    principal = Principal(1, 1, "agent", 0, PERMISSIONS, Reach.TENANT, Reach.TENANT)
    await ground.casebook.execute(principal, COMMAND_LINE, c.Open(set={"requester": number}))
    tenant = await same_again(grounds, ground)
    assert tenant["cases"][0]["requester"] == f"person-{number}"


TEXT = st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=20)
MOMENT = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2024, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
CASE = st.fixed_dictionaries(
    {},
    optional={
        "subject": TEXT,
        "description": TEXT,
        "stage": st.sampled_from([stage.value for stage in Stage]),
        "rank": st.integers(1, 4),
        "requester": st.sampled_from(["p", "u", "v"]),
        "assignees": st.lists(st.sampled_from(["u", "v"]), unique=True),
        "watchers": st.lists(st.sampled_from(["u", "v"]), unique=True),
        "department": st.sampled_from([None, "d"]),
        "created_at": st.just("2000-01-01T00:00:00Z"),
        "updated_at": MOMENT,
        "closed_on": st.none() | MOMENT,
        "outcome": st.none() | TEXT,
        "fields": st.dictionaries(TEXT, st.integers(-5, 5) | TEXT | st.booleans(), max_size=2),
        "comments": st.lists(
            st.fixed_dictionaries(
                {"text": TEXT.filter(bool)},
                optional={
                    "by": st.sampled_from(["u", "v"]),
                    "at": MOMENT,
                    "audience": st.sampled_from(["public", "internal"]),
                },
            ),
            max_size=3,
        ),
        "files": st.lists(
            st.fixed_dictionaries({"name": TEXT.filter(bool), "text": TEXT}, optional={"at": MOMENT}), max_size=2
        ),
        "links": st.lists(st.fixed_dictionaries({"name": TEXT.filter(bool)}), max_size=2),
        "rating": st.none() | st.fixed_dictionaries({"value": st.integers(1, 5), "comment": TEXT}),
        "escalation": st.none() | st.fixed_dictionaries({"user": st.just("u"), "note": TEXT, "urgent": st.booleans()}),
        "snoozed_until": st.none() | st.dates().map(str),
    },
)


@pytest.fixture(scope="module")
async def pair(migrated: Template) -> AsyncIterator[tuple[Ground, Ground]]:
    """Two installations for all examples, which take a tenant each."""
    async with installed(migrated) as one, installed(migrated) as other:
        yield one, other


_examples = itertools.count()


@settings(max_examples=40, deadline=None)
@given(cases=st.lists(CASE, min_size=1, max_size=6), home=st.booleans())
async def test_any_world_exports_as_what_it_becomes(
    pair: tuple[Ground, Ground], cases: list[dict[str, Any]], home: bool
) -> None:
    one, other = pair
    key = f"example-{next(_examples)}"
    tenant = {
        "key": key,
        **({"default_department": "d"} if home else {}),
        "departments": [{"key": "d"}],
        "users": [{"key": "u", "name": "Ü"}, {"key": "v", "kind": "customer", "roles": ["customer"]}],
        "persons": [{"key": "p"}],
        "cases": [{"key": f"c{i}", **case} for i, case in enumerate(cases)],
    }
    await one.apply({"tenants": [tenant]})
    document = await one.export(key)
    await other.apply({"tenants": yaml.safe_load(world.dump(document))["tenants"]})
    assert await other.export(key) == document
