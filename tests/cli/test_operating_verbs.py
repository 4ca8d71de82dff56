"""Verbs for whoever runs the installation."""

from __future__ import annotations

import json
import re
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import yaml

from casting import free_port, serving, sql
from cli.command import Command

if TYPE_CHECKING:
    from casting import Cast


@pytest.fixture(scope="module")
def casework(server: Cast, tmp_path_factory: pytest.TempPathFactory) -> Command:
    return Command(
        CASEWORK_DATABASE_URL=server.dsn,
        CASEWORK_BLOB_URL=server.blobs,
        CASEWORK_DATA=str(tmp_path_factory.mktemp("cli")),
        COLUMNS="200",
    )


def _token(server: Cast, secret: str) -> httpx.Response:
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": secret}
    return httpx.post(f"{server.url}/ibm/identity/token", data=form)


def test_a_key_is_made_listed_and_revoked_within_a_second(casework: Command, server: Cast) -> None:
    made = casework.run("key", "add", "bob@acme.example", "--name", "robot", "--days", "2", "--tenant", "acme")
    number, secret = re.fullmatch(r"key (\d+): (\S+)   \(shown only now\)\n", made).groups()
    token = _token(server, secret).json()["access_token"]
    cases = f"{server.url}/ibm/case-management/v1/cases"
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.get(cases, headers=headers).status_code == 200
    listed = casework.run("key", "list", "--tenant", "acme")
    assert "robot" in listed
    assert secret not in listed
    casework.run("key", "revoke", number, "--tenant", "acme")
    time.sleep(1.0)
    assert httpx.get(cases, headers=headers).status_code == 401
    assert _token(server, secret).status_code == 400
    assert "there is no key 999999" in casework.run("key", "revoke", "999999", "--tenant", "acme", code=1)


def test_settings_are_explained_with_the_values_in_force(casework: Command, tmp_path: Path) -> None:
    (tmp_path / "casework.toml").write_text('port = 9001\nlog_format = "json"\n')
    told = casework.run("settings", CASEWORK_CONFIG=str(tmp_path / "casework.toml"), CASEWORK_PORT="9002")
    assert re.search(r"CASEWORK_PORT\s+9002\s+port to listen on", told)
    assert re.search(r"CASEWORK_LOG_FORMAT\s+json", told)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"CASEWORK_PORT": "many"}, "wrong value"),
        ({"CASEWORK_CONFIG": "/nowhere.toml"}, "cannot be read"),
        ({"CASEWORK_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "cannot be reached"),
        ({"CASEWORK_DATABASE_URL": "what:ever"}, "cannot be reached"),
    ],
)
def test_a_wrong_setting_is_told_in_one_line(casework: Command, setting: dict[str, str], message: str) -> None:
    told = casework.run("key", "list", "--tenant", "acme", code=1, **setting)
    assert message in told
    assert told.count("\n") == 1


def test_an_unknown_name_in_the_file_is_told(casework: Command, tmp_path: Path) -> None:
    (tmp_path / "casework.toml").write_text("prot = 1\n")
    assert "there is no setting 'prot'" in casework.run(
        "settings", code=1, CASEWORK_CONFIG=str(tmp_path / "casework.toml")
    )


def test_a_newer_schema_is_refused_in_one_line(casework: Command, database_url: str) -> None:
    sql(database_url, "insert into migrations (number, name, digest) values (9999, 'later', '')")
    told = casework.run("migrate", code=1, CASEWORK_DATABASE_URL=database_url)
    sql(database_url, "delete from migrations where number = 9999")
    assert "migration 9999, which this Casework does not know" in told
    assert casework.run("migrate", CASEWORK_DATABASE_URL=database_url) == "The database is up to date.\n"


def test_the_feed_is_printed_in_order(casework: Command) -> None:
    lines = [json.loads(line) for line in casework.run("feed", "--tenant", "acme", "--limit", "20").splitlines()]
    assert [line["seq"] for line in lines] == sorted(line["seq"] for line in lines)
    assert lines[0]["kind"] == "opened"


def test_a_world_is_applied_once_and_exported(casework: Command, tmp_path: Path) -> None:
    world = {
        "version": 1,
        "tenants": [
            {
                "key": "tiny",
                "name": "Tiny",
                "users": [{"key": "u", "email": "u@tiny.example"}],
                "keys": [{"key": "k", "user": "u"}],
                "cases": [{"key": "c", "subject": "Only one"}],
            }
        ],
    }
    path = tmp_path / "world.yaml"
    path.write_text(yaml.safe_dump(world))
    assert "tiny" in casework.run("apply", str(path), "--dry-run")
    assert "key tiny/k: cwk_" in casework.run("apply", str(path))
    assert casework.run("apply", str(path)).endswith("Nothing to change.\n")
    assert casework.json("apply", str(path))["cases"]["tiny/c"]["ibm"] == "CS0000001"
    assert "Only one" in casework.run("export", "tiny")
    casework.run("export", "tiny", "--output", str(tmp_path / "out.yaml"))
    assert yaml.safe_load((tmp_path / "out.yaml").read_text())["tenants"][0]["key"] == "tiny"
    path.write_text("version: 1\ntenants: [{key: x, usres: []}]\n")
    assert "usres" in casework.run("apply", str(path), code=1)


def test_the_doctor_finds_nothing_in_a_sound_store_and_something_in_an_altered_one(
    casework: Command, database_url: str, tmp_path: Path
) -> None:
    own = {"CASEWORK_DATABASE_URL": database_url, "CASEWORK_BLOB_URL": (tmp_path / "blobs").as_uri()}
    path = tmp_path / "world.yaml"
    path.write_text("version: 1\ntenants: [{key: ill, name: Ill, cases: [{key: c, subject: Patient}]}]\n")
    casework.run("apply", str(path), **own)
    assert casework.run("doctor", **own) == "Everything is as it should be.\n"
    sql(database_url, "update cases set rank = 1", "insert into case_counts values (1, 'new', 0, 5)")
    told = casework.run("doctor", code=1, **own)
    assert "ill case 1" in told
    assert "findings" in told or "finding" in told
    casework.run("doctor", "--repair", code=1, **own)


def test_a_port_in_use_is_told_in_one_line(casework: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        told = casework.run("run", "--port", str(taken.getsockname()[1]), code=1)
    assert "cannot listen on 127.0.0.1" in told
    assert "choose another CASEWORK_PORT" in told
    assert "choose a port" in casework.run("run", "--port", "0", code=1)


def test_it_runs_with_a_world_of_its_own_and_its_own_database(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    path = tmp_path / "first.yaml"
    path.write_text(
        "version: 1\ntenants: [{key: mine, name: Mine, users: [{key: me, email: me@mine.example, password: secret-word,"
        " roles: [admin]}], keys: [{key: k, user: me}], cases: [{key: c, subject: Mine}]}]\n"
    )
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {"CASEWORK_PORT": str(port), "CASEWORK_DATA": str(tmp_path / "data"), "CASEWORK_WORLD": str(path)}
    environment["CASEWORK_DATABASE_URL"] = ""
    for _ in range(2):
        log = tmp_path / "log"
        with serving(environment, url, log):
            printed = log.read_text()
            assert f"Casework is ready at {url}" in printed
            secret = re.search(r"API key:  (\S+)", printed)[1]
            form = {"grant_type": "password", "username": "me@mine.example", "password": "secret-word"}
            token = httpx.post(f"{url}/ibm/identity/token", data=form).json()["access_token"]
            for credential in (secret, token):
                answer = httpx.get(
                    f"{url}/ibm/case-management/v1/cases", headers={"Authorization": f"Bearer {credential}"}
                )
                assert [case["short_description"] for case in answer.json()["cases"]] == ["Mine"]
        assert "Stopped." in log.read_text()
