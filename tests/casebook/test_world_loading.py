"""Reading world files: what they may say, and where they are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from casework.casebook import world
from casework.casebook.world.document.checks import check
from casework.domain.refusals import Invalid

HERE = Path(__file__).parent


def load_text(tmp_path: Path, text: str) -> world.World:
    file = tmp_path / "world.yaml"
    file.write_text(text, encoding="utf-8")
    return world.load(file)


def tenant(**members: Any) -> dict[str, Any]:
    return {"version": 1, "tenants": [{"key": "acme", **members}]}


def case(**members: Any) -> dict[str, Any]:
    return tenant(cases=[{"key": "c", **members}])


def message(document: Any) -> str:
    with pytest.raises(Invalid) as caught:
        check(world.load_value(document))
    return caught.value.message


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            tenant(users=[{"key": "a"}, {"key": "b"}, {"key": "c", "rols": []}]),
            "tenants[0].users[2].rols: unknown member",
        ),
        (tenant(frobs=[]), "tenants[0].frobs: unknown member"),
        (case(comments=[{"text": "x", "bye": "a"}]), "tenants[0].cases[0].comments[0].bye: unknown member"),
        ({"version": 1, "tenant": []}, "tenant: unknown member"),
        ({"tenants": []}, "version: is missing"),
        ({"version": 2}, "version: invalid enum value 2"),
        (tenant(users=[{"name": "x"}]), "tenants[0].users[0].key: is missing"),
        (tenant(users=[{"key": 5}]), "tenants[0].users[0].key: expected `str`, got `int`"),
        (tenant(users={}), "tenants[0].users: expected `array`, got `object`"),
        (tenant(users=[{"key": "a/b"}]), "tenants[0].users[0].key: has a slash or a control character"),
        (tenant(users=[{"key": "a", "kind": "boss"}]), "tenants[0].users[0].kind: invalid enum value 'boss'"),
        (tenant(timezone="Mars/Base"), "tenants[0].timezone: 'Mars/Base' is no IANA time zone"),
        (
            tenant(slas=[{"key": "g", "reaction": "3 parsecs"}]),
            "tenants[0].slas[0].reaction: '3 parsecs' is no duration",
        ),
        (
            tenant(slas=[{"key": "g", "reaction": "9999d"}]),
            "tenants[0].slas[0].reaction: '9999d' is longer than ten years",
        ),
        (case(created_at="2024-01-01T00:00:00"), "tenants[0].cases[0].created_at: expected `datetime` with a timezone"),
        (case(stage="opn"), "tenants[0].cases[0].stage: invalid enum value 'opn'"),
        (case(rank=5), "tenants[0].cases[0].rank: expected `int` <= 4"),
        (case(acl=[{"to": "x", "grants": "q"}]), "tenants[0].cases[0].acl[0].grants: does not have the right form"),
        (case(subject="a\x00b"), "tenants[0].cases[0].subject: contains a character that cannot be stored"),
        (case(subject="\ud800"), "tenants[0].cases[0].subject: contains a character that cannot be stored"),
        (case(fields={5: 1}), "tenants[0].cases[0].fields: 5 is no name; put it in quotes"),
        (case(fields={"n": 2**70}), "tenants[0].cases[0].fields.n: 1180591620717411303424 cannot be stored"),
        ([], "a world file is an object"),
    ],
)
def test_it_names_the_path_of_what_has_no_place(document: Any, said: str) -> None:
    assert message(document).startswith(said)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            {"version": 1, "tenants": [{"key": "a"}, {"key": "a"}]},
            "tenants[1].key: tenant 'a' stands here for the second",
        ),
        (
            tenant(users=[{"key": "a"}, {"key": "a"}]),
            "tenants[0].users[1].key: user 'a' stands here for the second time",
        ),
        (
            tenant(catalogs=[{"key": "a", "services": [{"key": "b", "services": [{"key": "a"}]}]}]),
            "tenants[0].catalogs[0].services[0].services[0].key: service 'a' stands here for the second time",
        ),
        (
            tenant(status_sets=[{"key": "a", "statuses": [{"key": "x"}, {"key": "x"}]}]),
            "tenants[0].status_sets[0].statuses[1].key: status 'x' stands here for the second time",
        ),
        (
            tenant(fields=[{"name": "a"}, {"name": "a"}]),
            "tenants[0].fields[1].name: field 'a' stands here for the second",
        ),
        (
            tenant(users=[{"key": "a", "email": "x@y"}, {"key": "b", "email": "X@Y"}]),
            "tenants[0].users[1].email: this address stands here for the second time",
        ),
        (
            tenant(persons=[{"key": "a", "user": "u"}, {"key": "b", "user": "u"}], users=[{"key": "u"}]),
            "tenants[0].persons[1].user: a person of this user stands here for the second time",
        ),
        (
            tenant(objects=[{"key": k, "kind": "loan", "external_id": "x"} for k in "ab"]),
            "tenants[0].objects[1].external_id: this external_id stands here for the second time",
        ),
        (
            tenant(keys=[{"key": k, "client": True, "secret": "the-same-secret"} for k in "ab"]),
            "tenants[0].keys[1].secret: this secret stands here for the second time",
        ),
        (tenant(keys=[{"key": "a"}]), "tenants[0].keys[0]: a key needs a user, or client: true"),
        (
            tenant(keys=[{"key": "a", "client": True, "user": "u"}], users=[{"key": "u"}]),
            "tenants[0].keys[0]: a key is of a user or of a client, not of both",
        ),
        (
            tenant(keys=[{"key": "a", "client": True, "secret": "short"}]),
            "tenants[0].keys[0].secret: has fewer than 12",
        ),
        (
            tenant(users=[{"key": "system"}]),
            "tenants[0].users[0].key: 'system' is the user who acts for the system itself",
        ),
        (tenant(users=[{"key": "a", "email": ""}]), "tenants[0].users[0].email: is empty"),
        (tenant(roles=[{"key": "admin"}]), "tenants[0].roles[0].key: 'admin' is built in"),
        (tenant(shares=[{"from": "a", "to": "a"}]), "tenants[0].shares[0]: a department shares with another one"),
        (
            tenant(slas=[{"key": "g", "conditions": [{}]}]),
            "tenants[0].slas[0].conditions[0]: a condition needs a key, or",
        ),
        (
            tenant(case_types=[{"key": "t", "base": "odd"}]),
            "tenants[0].case_types[0].base: 'odd' is none of bankruptcy",
        ),
        (
            tenant(case_types=[{"key": "t", "fields": [{"name": "a"}, {"name": "a"}]}]),
            "tenants[0].case_types[0].fields[1].name: this field stands here for the second time",
        ),
        (case(stage="open", status="open"), "tenants[0].cases[0].status: give stage or status, not both"),
        (case(rank=1, priority="low"), "tenants[0].cases[0].rank: give priority or rank, not both"),
        (case(files=[{"name": "x"}]), "tenants[0].cases[0].files[0]: a file needs one of path, text and base64"),
        (case(files=[{"name": "x", "text": "", "path": "y"}]), "tenants[0].cases[0].files[0]: a file needs one of"),
        (case(links=[{}]), "tenants[0].cases[0].links[0]: a link needs a name or a url"),
        (case(relations=[{"to": "c"}]), "tenants[0].cases[0].relations[0].to: a case cannot be related to itself"),
        (case(escalation={"note": "x"}), "tenants[0].cases[0].escalation: an escalation needs a team or a user"),
        (
            case(created_at="2024-01-02T00:00:00Z", updated_at="2024-01-01T00:00:00Z"),
            "tenants[0].cases[0].updated_at: lies before created_at",
        ),
        (
            case(created_at="2024-01-02T00:00:00Z", comments=[{"text": "x", "at": "2024-01-01T00:00:00Z"}]),
            "tenants[0].cases[0].comments[0].at: lies before created_at",
        ),
        (case(created_at="1969-12-31T00:00:00Z"), "tenants[0].cases[0].created_at: lies before 1970"),
    ],
)
def test_it_names_the_path_of_what_contradicts_itself(document: Any, said: str) -> None:
    assert message(document).startswith(said)


def test_it_reads_the_same_from_yaml_and_json(tmp_path: Path) -> None:
    yaml = load_text(tmp_path, "version: 1\ntenants:\n  - key: acme\n    users: [{key: a, disabled: true}]\n")
    json = load_text(
        tmp_path, '\ufeff{"version": 1, "tenants": [{"key": "acme", "users": [{"key": "a", "disabled": true}]}]}'
    )
    flow = load_text(tmp_path, "{version: 1, tenants: [{key: acme, users: [{key: a, disabled: true}]}]}")
    assert yaml == json == flow


def test_it_takes_yaml_for_what_it_looks_like(tmp_path: Path) -> None:
    text = """
version: 1
tenants:
  - {<<: {key: base, name: Base}, key: no}
  - key: off
    calendars: [{key: c, holidays: NO, hours: [{day: mon, from: 09:00, to: 12:30}]}]
    slas: [{key: s, reaction: 1d, resolution: 90}]
    cases:
      - {key: 2024-01-01, created_at: 2024-01-15 10:00:00+01:00, fields: {a: yes, b: 1e3, c: 012, d: ~, e: 2024-01-01}}
"""
    loaded = load_text(tmp_path, text)
    assert (loaded.tenants[0].key, loaded.tenants[0].name) == ("no", "Base")
    other = loaded.tenants[1]
    assert (other.calendars[0].holidays, other.calendars[0].hours[0].end) == ("NO", "12:30")
    assert (other.slas[0].reaction, other.slas[0].resolution) == (86400, 90)
    assert other.cases[0].key == "2024-01-01"
    assert other.cases[0].fields == {"a": "yes", "b": 1000.0, "c": 12, "d": None, "e": "2024-01-01"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 1\nversion: 1\n", "line 1: 'version' stands twice in one object"),
        ('{"version": 1, "version": 1}', "'version' stands twice in one object"),
        ("version: [", "world.yaml is neither YAML nor JSON: while parsing"),
        ("a: !!python/object:os.system {}", "world.yaml is neither YAML nor JSON: could not determine a constructor"),
        ("&a [*a]", "the document is nested too deeply"),
        ("? [1]\n: 2\n", "world.yaml is neither YAML nor JSON"),
        ("", "a world file is an object"),
    ],
)
def test_it_refuses_what_is_no_document(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        load_text(tmp_path, text)
    assert said in caught.value.message


def test_it_refuses_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "w").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Invalid, match="is not text in UTF-8"):
        world.load(tmp_path / "w")


def test_it_takes_the_rich_world_and_the_cast() -> None:
    for file in (HERE / "rich.yaml", HERE.parent / "cast.yaml"):
        assert check(world.load(file))
