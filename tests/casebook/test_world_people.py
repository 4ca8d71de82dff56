"""Applying world files to people: users, persons, passwords, keys, departments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from casework.auth import passwords
from casework.auth.principals import Principals
from casework.domain.refusals import Invalid, Unauthenticated

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


async def test_every_user_has_exactly_one_person(ground: Ground) -> None:
    await ground.apply(RICH)
    rows = await ground.fetch(
        "select u.key, p.key as person, p.name, p.first_name, p.email from users u"
        " join persons p on p.tenant_id = u.tenant_id and p.number = u.person and p.user = u.number"
        " where u.tenant_id = 1 order by u.number"
    )
    assert {row["key"]: (row["person"], row["name"], row["first_name"], row["email"]) for row in rows} == {
        "system": ("system", "System", "", None),
        "alice": (None, "Alice Agent", "", "alice@acme.example"),
        "bob": (None, "Bob Brown", "", "bob@acme.example"),
        "carol": ("carol-as-person", "", "Carol", None),
        "agent": (None, "Named like a role", "", None),
        "robot": (None, "robot", "", None),
        "client-app": (None, "app", "", None),
    }
    assert await ground.value("select count(*) from persons where tenant_id = 1") == 9


async def test_a_person_can_be_spelt_out_later(ground: Ground) -> None:
    await ground.tenant(users=[{"key": "bob", "name": "Bob", "email": "b@x"}])
    before = (await user(ground))["person"]
    await ground.tenant(persons=[{"key": "p", "user": "bob", "borrower": True}])
    rows = await ground.fetch(
        "select number, key, name, email, borrower from persons where key is distinct from 'system'"
    )
    assert [tuple(row) for row in rows] == [(before, "p", "Bob", "b@x", True)]
    assert (await user(ground))["person"] == before
    message = await refusal(ground, persons=[{"key": "q", "user": "bob"}])
    assert message == "tenants[0].persons[0].user: the user is the person 'p' already"
    message = await refusal(ground, persons=[{"key": "p", "user": None}])
    assert message == "tenants[0].persons[0].user: a person stays the person of its user"


async def test_a_person_can_become_a_user(ground: Ground) -> None:
    await ground.tenant(persons=[{"key": "kit", "first_name": "Kit"}])
    number = await ground.value("select number from persons where key = 'kit'")
    await ground.tenant(persons=[{"key": "kit", "user": "kit"}], users=[{"key": "kit"}])
    assert (await user(ground, "kit"))["person"] == number
    assert await ground.value("select count(*) from persons") == 2
    await ground.tenant(users=[{"key": "eve"}], persons=[{"key": "lou"}])
    assert (await refusal(ground, persons=[{"key": "lou", "user": "eve"}])).endswith(
        "the user is another person already"
    )


async def test_a_person_follows_its_user_unless_it_has_an_entry(ground: Ground) -> None:
    await ground.tenant(users=[{"key": "bob", "name": "Bob", "email": "b@x"}])
    await ground.tenant(users=[{"key": "bob", "name": "Bobby", "email": "b@y"}])
    assert tuple((await ground.fetch("select name, email from persons where key is null"))[0]) == ("Bobby", "b@y")


async def test_a_password_signs_in_and_is_kept_nowhere(ground: Ground) -> None:
    members = {"key": "bob", "email": "Bob@x.example", "password": "first-password"}
    await ground.tenant(users=[members])

    async def signs_in(email: str, password: str) -> bool:
        try:
            return bool(await passwords.sign_in(ground.database, email, password, remote="test"))
        except Unauthenticated:
            return False

    assert await signs_in("bob@x.example", "first-password")
    hashed = await ground.value("select password_hash from logins")
    assert (await ground.tenant(users=[members])).changes == []
    assert await ground.value("select password_hash from logins") == hashed
    async with ground.database.system() as connection:
        await connection.execute("update logins set password_hash = $1", passwords.hash_password("chosen-by-bob"))
    await ground.tenant(users=[{**members, "roles": ["agent"]}])
    assert await signs_in("bob@x.example", "chosen-by-bob")
    done = await ground.tenant(users=[{**members, "password": "second-password"}])
    assert done.changes == ["change user acme/bob: password …"]
    assert await signs_in("bob@x.example", "second-password")
    await ground.tenant(users=[{**members, "password": "second-password", "email": "bob@y.example"}])
    assert await signs_in("bob@y.example", "second-password")
    for table in ("applied", "events", "event_texts", "users"):
        assert not await ground.fetch(f"select from {table} t where t::text like '%-password%'")


async def test_one_password_is_for_all_tenants(ground: Ground) -> None:
    await ground.tenant(users=[{"key": "bob", "email": "bob@x", "password": "first-password"}])
    await ground.apply(
        {"tenants": [{"key": "other", "users": [{"key": "b", "email": "BOB@x", "password": "other-password"}]}]}
    )
    assert await ground.value("select count(*) from logins") == 1
    found = await passwords.sign_in(ground.database, "bob@x", "other-password", remote="test")
    assert [membership.tenant_id for membership in found] == [1, 2]


# ---- keys


async def test_keys_open_the_door_for_their_users(ground: Ground) -> None:
    done = await ground.apply(RICH)
    principals = Principals(ground.database)
    assert set(done.secrets) == {"acme/app", "acme/made"}
    alice = await principals.by_credential("literal-if-given")
    assert alice.user == done.ids["users"]["acme/alice"].number
    assert done.ids["keys"]["acme/ci"].secret == "literal-if-given"
    app = await principals.by_credential(done.secrets["acme/app"])
    assert (app.kind, app.client, app.roles, app.home, app.read.value) == ("service", True, ("agent",), None, "tenant")
    assert app.user == done.ids["users"]["acme/client-app"].number
    again = await ground.apply(RICH)
    assert again.ids["keys"]["acme/ci"].secret == "literal-if-given"
    assert again.ids["keys"]["acme/app"].secret is None
    for table in ("applied", "events", "event_texts", "keys"):
        assert not await ground.fetch(f"select from {table} t where t::text like '%literal-if-given%'")


async def test_a_changed_secret_replaces_the_old_one(ground: Ground) -> None:
    await ground.tenant(keys=[{"key": "k", "client": True, "secret": "the-first-secret"}])
    done = await ground.tenant(keys=[{"key": "k", "client": True, "secret": "the-second-secret"}])
    assert done.changes == ["change key acme/k: secret …"]
    principals = Principals(ground.database)
    assert await principals.by_credential("the-second-secret")
    with pytest.raises(Unauthenticated):
        await principals.by_credential("the-first-secret")


async def test_no_secret_is_made_for_a_file_that_fails(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    document = {"keys": [{"key": "k", "client": True}], "cases": [{"key": "a", "external_id": "x"}]}
    await ground.tenant(cases=[{"key": "old", "external_id": "x"}])
    with pytest.raises(Invalid, match=r"^tenants\[0\].cases\[0\]: another case has this external_id$"):
        await ground.tenant(**document)
    document["cases"][0]["external_id"] = "y"
    assert set((await ground.tenant(**document)).secrets) == {"acme/k"}


# ---- shares, settings


async def test_departments_share_as_the_file_says(ground: Ground) -> None:
    done = await ground.apply(RICH)
    number = {key: ids.number for key, ids in done.ids["departments"].items()}
    shared = dict(map(tuple, await ground.fetch("select key, shared_with from departments")))
    assert shared == {
        "billing": {str(number["acme/service"]): True},
        "service": {str(number["acme/legal"]): False},
        "legal": {},
    }
    done = await ground.tenant(shares=[{"from": "billing", "to": "service"}, {"from": "billing", "to": "legal"}])
    assert done.changes == ["change share acme/billing/service", "create share acme/billing/legal"]
    shared = dict(map(tuple, await ground.fetch("select key, shared_with from departments")))
    assert shared["billing"] == {str(number["acme/service"]): False, str(number["acme/legal"]): False}


async def test_settings_of_a_tenant_change_one_by_one(ground: Ground) -> None:
    await ground.tenant(dialects={"ibm": {"a": 1}, "peach": {"b": 1}})
    async with ground.database.system() as connection:
        await connection.execute("update tenants set settings = $1", {"dialects": {"ibm": {"a": 2}}, "other": 5})
    done = await ground.tenant(dialects={"ibm": {"a": 1}, "peach": {"b": 3}}, timezone="Asia/Tokyo")
    assert done.changes == ['change tenant acme: timezone "Asia/Tokyo", dialects {"ibm":{"a":1},"peach":{"b":3}}']
    assert await ground.value("select settings from tenants") == {
        "dialects": {"ibm": {"a": 2}, "peach": {"b": 3}},
        "other": 5,
    }
    assert await ground.value("select timezone from tenants") == "Asia/Tokyo"
