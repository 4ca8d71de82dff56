"""Applying world files to people and settings: only what the file changed, and never against people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from casework.casebook import world
from casework.casebook.registry import Registry
from casework.domain.nouns import Priority, User
from casework.domain.refusals import Invalid
from casework.store import nouns

from .conftest import Ground

HERE = Path(__file__).parent
RICH = HERE / "rich.yaml"
CAST = HERE.parent / "cast.yaml"


async def refusal(ground: Ground, **members: Any) -> str:
    before = await ground.value("select count(*) from tenants"), await ground.events()
    with pytest.raises(Invalid) as caught:
        await ground.tenant(**members)
    assert before == (await ground.value("select count(*) from tenants"), await ground.events())
    return caught.value.message


async def user(ground: Ground, key: str = "bob") -> Any:
    (row,) = await ground.fetch("select * from users where key = $1", key)
    return row


@pytest.mark.parametrize("file", [RICH, CAST])
async def test_applying_a_file_again_changes_nothing(ground: Ground, file: Path) -> None:
    first = await ground.apply(file)
    events = await ground.events()
    again = await ground.apply(file)
    assert first.changes
    assert again.changes == []
    assert again.secrets == {}
    assert await ground.events() == events
    assert {kind: set(rows) for kind, rows in again.ids.items()} == {
        kind: set(rows) for kind, rows in first.ids.items()
    }


async def test_a_dry_run_tells_what_would_be_done_and_does_nothing(ground: Ground) -> None:
    planned = await ground.apply(RICH, dry_run=True)
    assert await ground.value("select count(*) from tenants") == 0
    done = await ground.apply(RICH)
    assert planned.changes == done.changes
    assert "create tenant acme" in done.changes
    assert "create case acme/first" in done.changes
    assert planned.secrets == {}
    assert not any(planned.ids.values())


async def test_a_dry_run_of_a_change_takes_no_numbers(ground: Ground) -> None:
    await ground.tenant(users=[{"key": "bob"}])
    planned = await ground.tenant(
        name="Acme", users=[{"key": "bob", "roles": ["agent"]}, {"key": "eve"}], cases=[{"key": "c"}]
    )
    planned_again = await ground.tenant(
        users=[{"key": "bob", "roles": ["viewer"]}, {"key": "joe"}],
        cases=[{"key": "c", "rank": 1}],
        dialects={"ibm": {"a": 1}},
    )
    assert planned.changes == [
        'change tenant acme: name "Acme"',
        'change user acme/bob: roles ["agent"]',
        "create user acme/eve",
        "create case acme/c",
    ]
    assert planned_again.changes == [
        'change tenant acme: dialects {"ibm":{"a":1}}',
        'change user acme/bob: roles ["viewer"]',
        "create user acme/joe",
        "change case acme/c: rank 1",
    ]
    events = await ground.events()
    more = {"users": [{"key": "joe"}, {"key": "new"}], "cases": [{"key": "c", "rank": 4}, {"key": "d"}]}
    dry = await ground.tenant(**more, dry_run=True)
    assert dry.changes == ["create user acme/new", "change case acme/c: rank 4", "create case acme/d"]
    assert await ground.events() == events
    done = await ground.tenant(**more)
    number = {key: ids.number for key, ids in done.ids["users"].items()}
    assert number["acme/new"] == number["acme/joe"] + 2
    assert done.ids["cases"]["acme/d"].number == 2


async def test_it_writes_only_what_the_file_changed(ground: Ground) -> None:
    await ground.tenant(users=[{"key": "bob", "name": "Bob", "roles": ["agent"], "licenses": ["a"]}])
    await by_people(ground, "bob", name="Robert", licenses=("b", "c"))
    done = await ground.tenant(users=[{"key": "bob", "name": "Bob", "roles": ["admin"], "licenses": ["a"]}])
    row = await user(ground)
    assert done.changes == ['change user acme/bob: roles ["admin"]']
    assert (row["name"], row["roles"], row["licenses"]) == ("Robert", ["admin"], ["b", "c"])
    done = await ground.tenant(users=[{"key": "bob", "name": "Bobby", "roles": ["admin"]}])
    row = await user(ground)
    assert done.changes == ['change user acme/bob: name "Bobby"']
    assert (row["name"], row["licenses"]) == ("Bobby", ["b", "c"])


async def test_what_the_file_does_not_mention_stays(ground: Ground) -> None:
    await ground.tenant(name="Acme", timezone="Europe/Berlin", users=[{"key": "bob", "name": "Bob", "disabled": True}])
    done = await ground.tenant(users=[{"key": "bob"}])
    assert done.changes == []
    assert (await user(ground))["disabled"]
    assert await ground.value("select timezone from tenants") == "Europe/Berlin"


async def test_changes_are_recorded_as_the_system_users(ground: Ground) -> None:
    await ground.tenant(users=[{"key": "bob", "name": "Bob"}])
    await ground.tenant(users=[{"key": "bob", "name": "Bobby"}])
    rows = await ground.fetch(
        "select e.kind, e.via, u.key, e.version from events e join users s on s.uid = e.uid"
        " join users u on u.number = e.actor where s.key = 'bob' order by e.seq"
    )
    assert [tuple(row) for row in rows] == [("created", "world", "system", 1), ("changed", "world", "system", 2)]


async def test_nothing_that_people_deleted_comes_back(ground: Ground) -> None:
    await ground.tenant(users=[{"key": "bob", "name": "Bob"}], teams=[{"key": "t", "members": ["bob"]}])
    async with ground.database.system() as connection:
        await connection.execute("update users set deleted_at = now() where key = 'bob'")
    done = await ground.tenant(
        users=[{"key": "bob", "name": "Bobby"}], teams=[{"key": "t", "members": ["bob"], "name": "T"}]
    )
    assert done.changes == ['change team acme/t: name "T"']
    assert (await user(ground))["name"] == "Bob"


async def test_what_everybody_has_is_taken_up_by_its_key(ground: Ground) -> None:
    done = await ground.tenant(
        priorities=[{"key": "critical", "name": "Kritisch"}, {"key": "p5", "rank": 4}],
        status_sets=[{"key": "default", "statuses": [{"key": "open", "name": "Offen"}, {"key": "t", "stage": "open"}]}],
    )
    assert done.changes == [
        "create tenant acme",
        'change priority acme/critical: name "Kritisch"',
        "create priority acme/p5",
        'change status acme/default/open: name "Offen"',
        "create status acme/default/t",
    ]
    row = (await ground.fetch("select name, rank, color from priorities where key = 'critical'"))[0]
    assert tuple(row) == ("Kritisch", 1, "red")
    assert await ground.value("select count(*) from status_sets") == 1
    positions = await ground.fetch("select key, position from statuses order by position desc limit 2")
    assert [tuple(row) for row in positions] == [("default/t", 8), ("default/canceled", 6)]


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (
            {"users": [{"key": "a", "roles": ["admin", "rols"]}]},
            "tenants[0].users[0].roles[1]: there is no role 'rols'",
        ),
        ({"users": [{"key": "a", "pull_from": ["b"]}]}, "tenants[0].users[0].pull_from[0]: there is no user 'b'"),
        ({"default_department": "d"}, "tenants[0].default_department: there is no department 'd'"),
        (
            {"departments": [{"key": "a"}], "shares": [{"from": "a", "to": "b"}]},
            "tenants[0].shares[0].to: there is no dep",
        ),
        ({"keys": [{"key": "k", "user": "u"}]}, "tenants[0].keys[0].user: there is no user 'u'"),
        ({"slas": [{"key": "s", "calendar": "c"}]}, "tenants[0].slas[0].calendar: there is no calendar 'c'"),
        (
            {"slas": [{"key": "s", "conditions": [{"key": "x", "priorities": ["high", "p"]}]}]},
            "tenants[0].slas[0].conditions[0].priorities[1]: there is no priority 'p'",
        ),
        (
            {"teams": [{"key": "t", "conditions": [{"expression": "true", "assignee": "x"}]}]},
            "tenants[0].teams[0].conditions[0].assignee: there is no user 'x'",
        ),
        ({"cases": [{"key": "c", "requester": "p"}]}, "tenants[0].cases[0].requester: there is no person 'p'"),
        ({"cases": [{"key": "c", "status": "odd"}]}, "tenants[0].cases[0].status: there is no status 'odd'"),
        ({"cases": [{"key": "c", "type": "technical"}]}, "tenants[0].cases[0].type: there is no case type 'technical'"),
        (
            {"cases": [{"key": "c", "comments": [{"text": "x", "by": "u"}]}]},
            "tenants[0].cases[0].comments[0].by: there is no user 'u'",
        ),
        (
            {"cases": [{"key": "c", "relations": [{"to": "d"}]}]},
            "tenants[0].cases[0].relations[0].to: there is no case 'd'",
        ),
        (
            {"cases": [{"key": "c", "acl": [{"to": "x", "grants": "r"}]}]},
            "tenants[0].cases[0].acl[0].to: there is no user or",
        ),
        (
            {"cases": [{"key": "c", "files": [{"name": "x", "path": "no"}]}]},
            "tenants[0].cases[0].files[0].path: there is no",
        ),
        (
            {"cases": [{"key": "c", "files": [{"name": "x", "base64": "*"}]}]},
            "tenants[0].cases[0].files[0].base64: is no",
        ),
        (
            {"users": [{"key": "a", "password": "long-enough"}]},
            "tenants[0].users[0].password: a password needs an email",
        ),
        (
            {"status_sets": [{"key": "s", "statuses": [{"key": "x"}]}]},
            "tenants[0].status_sets[0].statuses[0].stage: is mi",
        ),
    ],
)
async def test_it_refuses_before_anything_is_written(ground: Ground, members: dict[str, Any], said: str) -> None:
    assert (await refusal(ground, **members)).startswith(said)


async def test_a_wrong_tenant_keeps_the_right_ones_out(ground: Ground) -> None:
    with pytest.raises(Invalid, match=r"^tenants\[1\].users\[0\].department"):
        await ground.apply({"tenants": [{"key": "good"}, {"key": "bad", "users": [{"key": "u", "department": "d"}]}]})
    assert await ground.value("select count(*) from tenants") == 0


async def test_a_later_file_may_name_what_an_earlier_one_made(ground: Ground) -> None:
    await ground.apply(CAST)
    done = await ground.tenant(
        cases=[{"key": "later", "requester": "kit", "assignees": ["bob"], "relations": [{"to": "first"}]}]
    )
    assert done.changes == ["create case acme/later"]
    assert set(done.ids["cases"]) == {"acme/later"}
    assert "acme/bob" in done.ids["users"]


async def test_names_that_are_taken_are_refused_with_their_path(ground: Ground) -> None:
    await ground.tenant(
        persons=[{"key": "a", "external_id": "x"}], keys=[{"key": "k", "client": True, "secret": "s" * 20}]
    )
    assert await refusal(ground, persons=[{"key": "b", "external_id": "x"}]) == (
        "tenants[0].persons[0]: another one has this external_id"
    )
    with pytest.raises(Invalid) as caught:
        await ground.apply({"tenants": [{"key": "other", "keys": [{"key": "k", "client": True, "secret": "s" * 20}]}]})
    assert caught.value.message == "tenants[0].keys[0]: this secret is in use already"


# ---- people


async def test_the_whole_rich_world_is_stored(ground: Ground) -> None:
    done = await ground.apply(RICH)
    ids = {kind: {key.removeprefix("acme/"): i.number for key, i in rows.items()} for kind, rows in done.ids.items()}
    (service,) = await ground.fetch("select * from services where key = 'mail'")
    assert (service["parent"], service["team"]) == (ids["catalogs"]["it"], ids["teams"]["escalations"])
    assert service["code"] == "cloud.mail"
    assert await ground.value("select parent from services where key = 'lists'") == ids["services"]["mail"]
    (router,) = await ground.fetch("select * from teams where key = 'router'")
    assert router["default_team"] == ids["teams"]["escalations"]
    assert router["conditions"][0]["team"] == ids["teams"]["escalations"]
    assert router["conditions"][0]["assignee"] == ids["users"]["alice"]
    (condition,) = await ground.fetch("select * from sla_conditions where key = 'gold/slow'")
    assert (condition["sla"], condition["resolution"]) == (ids["slas"]["gold"], 172800)
    assert condition["priorities"] == [ids["priorities"]["low"], ids["priorities"]["normal"]]
    (office,) = await ground.fetch("select * from calendars where key = 'office'")
    assert office["hours"][0] == {"day": "mon", "from": "09:00", "to": "12:30"}
    assert office["exceptions"][0] == {"date": "2026-12-25", "repeat": "yearly", "working": False}
    (kind,) = await ground.fetch("select * from case_types where key = 'complaint'")
    assert (kind["type_version"], kind["fields"][0]["name"]) == (2, "severity")
    (bob,) = await ground.fetch("select * from users where key = 'bob'")
    assert (bob["roles"], bob["permissions"], bob["denied"]) == (["agent", "triage"], ["case.delete"], ["case.export"])
    assert (
        await ground.value("select settings -> 'default_department' from tenants where key = 'acme'")
        == (ids["departments"]["service"])
    )
    assert ids["statuses"]["default/new"] != ids["statuses"]["it/new"]
    assert ids["statuses"]["triaged"] == ids["statuses"]["default/triaged"]
    assert "fixed" not in ids["close_reasons"]
    assert ids["close_reasons"]["not-ours"] == ids["close_reasons"]["std/not-ours"]
    assert ids["persons"]["alice"] != ids["users"]["alice"]


async def test_numbers_come_in_the_order_of_the_file(ground: Ground) -> None:
    done = await ground.tenant(
        users=[{"key": k} for k in "zyx"], teams=[{"key": k} for k in "ba"], cases=[{"key": k} for k in "987"]
    )
    for kind, keys in (("users", "zyx"), ("teams", "ba"), ("cases", "987")):
        numbers = [done.ids[kind][f"acme/{key}"].number for key in keys]
        assert numbers == sorted(numbers)
    assert [done.ids["cases"][f"acme/{key}"].number for key in "987"] == [1, 2, 3]


async def test_the_words_at_founding_are_the_ones_that_are_known(grounds: Callable[[], Awaitable[Ground]]) -> None:
    ground = await grounds()
    await ground.tenant()
    assert await ground.export() == {"version": 1, "tenants": [{"key": "acme"}]}
    await ground.tenant(priorities=[{"key": "low", "name": "Later"}])
    assert (await ground.export())["tenants"][0]["priorities"] == [{"key": "low", "name": "Later"}]


async def by_people(ground: Ground, key: str, **members: Any) -> None:
    """Change a user the way people do."""
    async with ground.database.transaction(1) as connection:
        (row,) = await nouns.find(connection, 1, User, "key", [key])
        await Registry(ground.casebook.clock, row.number, "console").change(connection, row, **members)


async def test_a_vocabulary_that_the_process_knew_is_forgotten(ground: Ground) -> None:
    await ground.tenant()
    before = await ground.casebook.catalogue.vocabulary(1)
    await ground.tenant(priorities=[{"key": "p0", "rank": 1}], cases=[{"key": "c", "priority": "p0"}])
    after = await ground.casebook.catalogue.vocabulary(1)
    added = [p for p in after.priorities.values() if p.number not in before.priorities]
    assert [p.key for p in added] == ["p0"]
    assert isinstance(added[0], Priority)


async def test_ids_are_plain_values(ground: Ground) -> None:
    done = await ground.tenant(users=[{"key": "bob", "email": "b@x"}], objects=[{"key": "o", "kind": "loan"}])
    assert done.ids["users"]["acme/bob"].address == "b@x"
    assert done.ids["objects"]["acme/o"].kind == "loan"
    assert msgspec.json.encode(world.Applied([], {}, done.ids))
