"""`casework case …` as an agent uses it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from cli.command import Command

if TYPE_CHECKING:
    from casting import Cast

HERE = ("--tenant", "acme", "--as", "bob@acme.example")


@pytest.fixture(scope="module")
def casework(server: Cast, tmp_path_factory: pytest.TempPathFactory) -> Command:
    return Command(
        CASEWORK_DATABASE_URL=server.dsn,
        CASEWORK_BLOB_URL=server.blobs,
        CASEWORK_DATA=str(tmp_path_factory.mktemp("cli")),
        COLUMNS="200",
    )


def test_an_agent_works_on_a_case_from_the_terminal(casework: Command) -> None:
    subject = f"Terminal {uuid.uuid4().hex[:8]}"
    number = str(
        casework.json("case", "open", subject, "--description", "From a terminal", "--rank", "2", *HERE)["number"]
    )
    assert "commented" in casework.run("case", "comment", number, "Hello there", *HERE)
    assert "commented" in casework.run("case", "comment", number, "Not for customers", "--internal", *HERE)
    assert "assigned" in casework.run("case", "assign", number, "alice@acme.example", *HERE)
    assert "nothing to change" in casework.run("case", "assign", number, "alice@acme.example", *HERE)
    assert "assigned" in casework.run("case", "assign", number, "nobody", *HERE)
    assert "status_changed" in casework.run("case", "status", number, "waiting", *HERE)
    shown = casework.run("case", "show", number, *HERE)
    for text in (subject, "From a terminal", "Hello there", "Not for customers", "waiting, rank 2"):
        assert text in shown
    assert casework.json("case", "show", number, *HERE)["stage"] == "waiting"
    listed = casework.run("case", "list", "--search", subject, *HERE)
    assert subject in listed
    assert listed.endswith("1 of 1\n")
    found = casework.json("case", "list", "--search", subject, "--stage", "waiting", *HERE)
    assert [row["number"] for row in found["cases"]] == [int(number)]
    history = casework.run("case", "history", number, *HERE)
    assert re.search(r"1\s.*Bob Agent.*cli.*opened", history)
    kinds = [event["kind"] for event in casework.json("case", "history", number, *HERE)]
    assert kinds == ["opened", "commented", "commented", "assigned", "assigned", "status_changed"]


def test_it_says_why_somebody_may_see_a_case(casework: Command, server: Cast) -> None:
    number = str(server.ids["cases"]["acme/first"]["number"])
    assert "read: yes" in casework.run("case", "why", number, "--tenant", "acme", "--as", "alice@acme.example")
    told = casework.run("case", "why", number, "--tenant", "acme", "--as", "otto@acme.example")
    assert "read: no (no permission case.read)" in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("case", "show", "999999", *HERE), "There is no such case"),
        (("case", "open", "X", "--rank", "9", *HERE), "--rank is a number from 1 to 4"),
        (("case", "assign", "1", "who@x.example", *HERE), "there is no user 'who@x.example'"),
        (("case", "list", "--tenant", "nowhere"), "there is no tenant 'nowhere'"),
        (("case", "list", "--tenant", "acme", "--as", "who@x.example"), "there is no user 'who@x.example'"),
        (("case", "list"), "say which tenant"),
        (("case", "list", "--tenant", "acme", "--as", "otto"), "You are not allowed"),
    ],
)
def test_it_refuses_in_one_line(casework: Command, words: tuple[str, ...], message: str) -> None:
    told = casework.run(*words, code=1)
    assert message in told
    assert told.startswith("casework: ")
    assert told.count("\n") == 1


def test_a_reader_who_has_seen_enough_is_no_failure(casework: Command) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "casework", "case", "list", *HERE],
        env={**os.environ, **casework.environment},
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=120,
        check=False,
    )
    os.close(writing)
    assert done.stderr == b""
    assert done.returncode in {1, 141}  # rich ends with the former


LEVELS: dict[str, Any] = {
    "users": [{"key": "ida", "name": "Ida", "email": "ida@{key}.example", "roles": ["agent"]}],
    "slas": [{"key": "gold", "name": "Gold", "resolution": "8h"}, {"key": "tin", "name": "Tin", "resolution": "9d"}],
    "catalogs": [{"key": "it", "sla": "gold", "default_priority": "low", "services": [{"key": "mail"}]}],
    "cases": [{"key": "c", "service": "mail", "created_at": "2024-01-15T09:30:00Z"}, {"key": "plain"}],
}
"""A tenant in which one case has a service level."""


def test_an_agent_asks_why_a_case_is_due_and_what_another_sla_would_say(casework: Command, server: Cast) -> None:
    key = f"due-{uuid.uuid4().hex[:8]}"
    users = [{**user, "email": user["email"].format(key=key)} for user in LEVELS["users"]]
    ids = server.apply({"version": 1, "tenants": [{"key": key, "name": key, **LEVELS, "users": users}]})["cases"]
    here = ("--tenant", key, "--as", f"ida@{key}.example")
    due, plain = (str(ids[f"{key}/{name}"]["number"]) for name in ("c", "plain"))
    assert "Resolution: breached, due Mon 2024-01-15 17:30 UTC" in casework.run("case", "sla", due, *here)
    assert "due Wed 2024-01-24 09:30 UTC" in casework.run("case", "sla", due, "--instead", "tin", *here)
    told = casework.json("case", "sla", due, *here)
    assert (told["policy"], told["resolution"]["target"]) == ("Gold, version 1", 480)
    assert "No SLA counts for this case." in casework.run("case", "sla", plain, *here)
    assert casework.json("case", "sla", plain, *here) == {"policy": None, "reaction": None, "resolution": None}
    assert "there is no SLA 'x'" in casework.run("case", "sla", due, "--instead", "x", *here, code=1)
