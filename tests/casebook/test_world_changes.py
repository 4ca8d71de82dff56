"""Applying cases that exist already: only what the file changed."""

from __future__ import annotations

from typing import Any

import pytest

from casework.domain import commands as c
from casework.domain.case import Stage
from casework.domain.doors import COMMAND_LINE as CONSOLE
from casework.domain.refusals import Invalid, NotFound

from .conftest import Ground, at, case, number, on, somebody


async def test_a_changed_case_gets_what_the_file_changed(ground: Ground) -> None:
    base: dict[str, Any] = {
        "users": [{"key": "alice"}, {"key": "bob"}],
        "teams": [{"key": "t"}],
        "persons": [{"key": "p"}],
    }
    old: dict[str, Any] = {
        "key": "c",
        "subject": "Old",
        "description": "Same",
        "assignees": ["alice"],
        "watchers": ["alice"],
    }
    await ground.tenant(**base, cases=[old])
    await ground.casebook.execute(await somebody(ground), CONSOLE, c.Edit(set={"description": "By people"}), 1)
    new = {
        **old,
        "subject": "New",
        "stage": "waiting",
        "rank": 1,
        "assignees": ["bob", "alice"],
        "teams": ["t"],
        "watchers": ["bob"],
        "requester": "p",
        "fields": {"a": 1},
        "extra": {"ibm": {"b": 2}},
        "rating": {"value": 2},
        "snoozed_until": "2030-01-01",
        "escalation": {"user": "bob"},
        "acl": [{"to": "bob", "grants": "r"}],
        "outcome": "fine",
        "due_at": "2030-01-01T00:00:00Z",
    }
    done = await ground.tenant(**base, cases=[new])
    assert len(done.changes) == 1
    assert done.changes[0].startswith("change case acme/c: stage")
    one = await case(ground)
    alice, bob = await number(ground, "users", "alice"), await number(ground, "users", "bob")
    assert (one.subject, one.description, one.stage, one.rank) == ("New", "By people", Stage.WAITING, 1)
    assert (one.owner, one.assignees, one.watchers) == (bob, (alice,), (bob,))
    assert one.team == await number(ground, "teams", "t")
    assert one.requester == await number(ground, "persons", "p")
    assert (one.fields, one.extra, one.rating) == ({"a": 1}, {"ibm": {"b": 2}}, 2)
    assert (one.escalated_user, one.acl, one.outcome) == (bob, {str(bob): "r"}, "fine")
    assert str(one.snoozed_until) == "2030-01-01"
    version = one.version
    assert (await ground.tenant(**base, cases=[new])).changes == []
    later = {**new, "snoozed_until": None, "escalation": None, "rating": None, "acl": [], "watchers": [], "teams": []}
    done = await ground.tenant(**base, cases=[later])
    one = await case(ground)
    assert (one.snoozed_until, one.escalated_user, one.rating, one.acl, one.watchers, one.team) == (
        None, None, None, {}, (), None,
    )  # fmt: skip
    assert one.version == version + 6


async def test_what_people_changed_and_the_file_did_not_stays(ground: Ground) -> None:
    members: dict[str, Any] = {
        "key": "c",
        "fields": {"a": 1, "b": 1},
        "extra": {"ibm": {"x": 1, "y": 1}},
        "stage": "open",
    }
    await ground.tenant(cases=[members])
    somebody_ = await somebody(ground)
    edit = c.Edit(set={"fields": {"a": 5, "b": 1, "z": 9}, "extra": {"ibm": {"x": 5, "y": 1}, "peach": {"q": 1}}})
    await ground.casebook.execute(somebody_, CONSOLE, edit, 1)
    await ground.casebook.execute(somebody_, CONSOLE, c.SetStatus(stage=Stage.CLOSED), 1)
    members |= {"fields": {"a": 1, "b": 2}, "extra": {"ibm": {"x": 1, "y": 2}}, "category": "sales"}
    await ground.tenant(cases=[members])
    one = await case(ground)
    assert one.fields == {"a": 5, "b": 2, "z": 9}
    assert one.extra == {"ibm": {"x": 5, "y": 2}, "peach": {"q": 1}}
    assert (one.stage, one.category) == (Stage.CLOSED, "sales")


async def test_lists_grow_and_never_shrink(ground: Ground) -> None:
    base: dict[str, Any] = {"users": [{"key": "alice"}], "objects": [{"key": k, "kind": "loan"} for k in "ab"]}
    one: dict[str, Any] = {
        "key": "c",
        "comments": [{"by": "alice", "text": "one"}, {"by": "alice", "text": "one"}],
        "links": [{"name": "a"}],
        "files": [{"name": "a.txt", "text": "a"}],
        "associations": [{"object": "a"}],
        "relations": [],
    }
    await ground.tenant(**base, cases=[one, {"key": "d"}])
    async with ground.database.system() as connection:
        await connection.execute(
            "update comments set deleted_at = now() where number = (select min(number) from comments)"
        )
    two = {
        "key": "c",
        "comments": [{"by": "alice", "text": "two", "audience": "public"}, {"by": "alice", "text": "one"}],
        "links": [{"name": "b", "url": "https://b.example"}],
        "files": [{"name": "a.txt", "text": "A"}, {"name": "a.txt", "text": "a"}],
        "associations": [{"object": "b"}, {"object": "a"}],
        "relations": [{"to": "d"}],
    }
    done = await ground.tenant(cases=[two])
    assert [line.partition(":")[0] for line in done.changes] == ["change case acme/c"]
    found = await case(ground)
    assert [row["text"] for row in await on(ground, "comments", found)] == ["one", "two"]
    assert [row["name"] for row in await on(ground, "links", found)] == ["a", "b"]
    assert len({row["digest"] for row in await on(ground, "files", found)}) == 2
    assert len(await on(ground, "associations", found)) == 2
    assert len(await on(ground, "relations", found)) == 1
    assert (await ground.tenant(cases=[two])).changes == []


async def test_a_later_update_is_recorded_at_its_time(ground: Ground) -> None:
    members = {"key": "c", "created_at": "2024-01-01T00:00:00Z"}
    await ground.tenant(cases=[members])
    await ground.tenant(cases=[{**members, "updated_at": "2024-01-05T00:00:00Z"}])
    assert (await case(ground)).updated_at == at("2024-01-05T00:00:00")
    assert (await ground.tenant(cases=[{**members, "updated_at": "2024-01-03T00:00:00Z"}])).changes == []


@pytest.mark.parametrize("members", [{"created_at": "2024-01-02T00:00:00Z"}, {"created_by": "bob"}])
async def test_how_a_case_began_cannot_change(ground: Ground, members: dict[str, Any]) -> None:
    await ground.tenant(users=[{"key": "bob"}], cases=[{"key": "c", "created_at": "2024-01-01T00:00:00Z"}])
    with pytest.raises(Invalid, match=r"^tenants\[0\].cases\[0\].created_.*: the case exists already"):
        await ground.tenant(cases=[{"key": "c", **members}])


async def test_a_case_that_people_deleted_stays_deleted(ground: Ground) -> None:
    await ground.tenant(cases=[{"key": "c", "subject": "a"}])
    await ground.casebook.execute(await somebody(ground), CONSOLE, c.Delete(), 1)
    done = await ground.tenant(cases=[{"key": "c", "subject": "b"}])
    assert done.changes == []
    assert done.ids["cases"] == {}
    with pytest.raises(NotFound):
        await case(ground)


async def test_a_refusal_of_the_core_names_the_case(ground: Ground) -> None:
    await ground.tenant(cases=[{"key": "c"}])
    with pytest.raises(Invalid, match=r"^tenants\[0\].cases\[0\]: another case has this external_id$"):
        await ground.tenant(cases=[{"key": "d", "external_id": "x"}, {"key": "c", "external_id": "y"}])
        await ground.tenant(cases=[{"key": "c", "external_id": "x"}])


async def test_status_and_priority_change_by_key(ground: Ground) -> None:
    base: dict[str, Any] = {
        "status_sets": [{"key": "it", "statuses": [{"key": "open", "stage": "open"}, {"key": "new", "stage": "new"}]}],
        "catalogs": [{"key": "k", "status_set": "it", "services": [{"key": "s"}]}],
    }
    one: dict[str, Any] = {"key": "c", "service": "s", "status": "new", "priority": "low"}
    await ground.tenant(**base, cases=[one])
    assert (await case(ground)).status == await number(ground, "statuses", "it/new")
    done = await ground.tenant(cases=[{**one, "status": "open", "priority": "high"}])
    assert done.changes == ['change case acme/c: status "open", priority "high"']
    found = await case(ground)
    assert (found.status, found.stage) == (await number(ground, "statuses", "it/open"), Stage.OPEN)
    assert (found.priority, found.rank) == (await number(ground, "priorities", "high"), 2)
    done = await ground.tenant(cases=[{**one, "status": "default/closed", "priority": "high"}])
    assert (await case(ground)).stage is Stage.CLOSED


async def test_a_dry_run_looks_into_files_and_stores_none(ground: Ground) -> None:
    await ground.tenant(cases=[{"key": "c", "files": [{"name": "a", "text": "a"}]}])
    more = [{"name": "a", "text": "a", "audience": "internal"}, {"name": "b", "path": "beside.bin"}]
    planned = await ground.tenant(dry_run=True, cases=[{"key": "c", "files": more}])
    assert [line.partition(" [")[0] for line in planned.changes] == ["change case acme/c: files"]
    assert len([digest async for digest in ground.blobs.digests()]) == 1
    await ground.tenant(cases=[{"key": "c", "files": more}])
    assert [row["name"] for row in await on(ground, "files", await case(ground))] == ["a", "b"]
    with pytest.raises(Invalid, match=r"^tenants\[0\].cases\[0\].files\[0\].path: there is no file"):
        await ground.tenant(cases=[{"key": "c", "files": [{"name": "z", "path": "gone"}]}])
    with pytest.raises(Invalid, match=r"^tenants\[0\].cases\[0\].files\[0\].path: there is no file"):
        await ground.tenant(dry_run=True, cases=[{"key": "c", "files": [{"name": "z", "path": "gone"}]}])
