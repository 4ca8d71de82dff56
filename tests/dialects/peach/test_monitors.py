"""Compliance monitoring: watch lists, matches, one case for each (issue 4 §3)."""

import asyncio
import importlib.metadata
import json
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from casework import monitors
from casework.auth.principals import Principals
from casework.domain.refusals import Forbidden, Invalid
from casework.monitors.matching import KINDS, convinces, plain
from cli.command import Command
from dialects.peach.office import Office, Two, companies


@pytest.fixture(scope="module")
def two(server) -> Iterator[Two]:
    with companies(server, "pmonitors") as found:
        yield found


@pytest.fixture(scope="module")
def office(two) -> Office:
    return two.here


@pytest.fixture
async def who(office, casebook):
    return await _principal(office, casebook, "ada")


async def _principal(office, casebook, user):
    return await Principals(casebook.database).by_credential(f"{office.key}-{user}-secret-000001")


@pytest.fixture
def watching(casebook, who, tmp_path):
    return lambda rows: watch(casebook, who, tmp_path / "l.json", rows)


def person(office: Office, last: str, **members) -> str:
    return office.post("/people", {"name": {"firstName": "Wat", "lastName": last}, **members})["id"]


def ssn(value: str) -> dict:
    return {"identity": {"identityType": "SSN", "value": value}}


def written(path: Path, rows) -> Path:
    path.write_text(rows if isinstance(rows, str) else json.dumps(rows))
    return path


async def watch(casebook, who, path: Path, rows, kind: str = "militaryDuty"):
    made = await monitors.make(casebook, who, kind=kind, path=written(path, rows))
    return await monitors.run(casebook, who, made)


async def case_of(office: Office, number: int) -> dict:
    connection = await asyncpg.connect(office.server.dsn)
    tenant = office.ids["tenants"][office.key]["number"]
    row = await connection.fetchrow(
        "select c.extra, c.borrowers, c.created_via, t.base from cases c join case_types t on t.tenant_id = c.tenant_id"
        " and t.number = c.type where c.tenant_id = $1 and c.number = $2",
        tenant,
        number,
    )
    await connection.close()
    return {**dict(row), "extra": json.loads(row["extra"])["peach"]}


def tasks(office: Office, borrower: str) -> list[dict]:
    return office.data("/tasks", personId=borrower)


async def test_a_match_opens_a_case_with_a_review_task(office, casebook, who, tmp_path):
    borrower = person(office, "Soldier", **ssn("123-00-0001"), dateOfBirth="1990-05-06")
    rows = [{"id": "SCRA-1", "name": "Wat Soldier", "ssn": "123000001", "birth_date": "1990-05-06",
             "dutyStartDate": "2026-01-01", "dutyEndDate": ""}]  # fmt: skip
    report = await watch(casebook, who, tmp_path / "l.json", rows)
    assert (report.matches, len(report.cases)) == (1, 1)
    case = await case_of(office, report.cases[0])
    assert case["base"] == "militaryDuty"
    assert case["created_via"] == "monitor"
    assert case["extra"] == {
        "autoCreated": True,
        "creationProcedure": "automatedMilitaryDutyDetection",
        "matchToDataSource": True,
        "dutyStartDate": "2026-01-01",
        "matchDetails": {
            "ssnMatch": "match",
            "last4SSNMatch": "match",
            "nameMatch": "match",
            "addressMatch": "notAvailable",
            "dateOfBirthMatch": "match",
            "matchDoneBy": "lender",
            "externalMatchCode": "SCRA-1",
        },
    }
    (task,) = tasks(office, borrower)
    assert (task["taskType"], task["status"]) == ("reviewAutoCreatedCase", "open")
    again = await watch(casebook, who, tmp_path / "l.json", rows)
    assert (again.matches, again.cases) == (1, [])
    assert len(tasks(office, borrower)) == 1


async def test_two_runs_at_once_open_one_case(office, casebook, who, tmp_path):
    borrower = person(office, "Twice", **ssn("123000002"))
    (tmp_path / "l.csv").write_text("ssn,name\n123-00-0002,Somebody Else\n")
    made = [await monitors.make(casebook, who, kind="deceased", path=tmp_path / "l.csv") for _ in range(3)]
    reports = await asyncio.gather(*(monitors.run(casebook, who, monitor) for monitor in made))
    assert sorted(len(report.cases) for report in reports) == [0, 0, 1]
    assert len(tasks(office, borrower)) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_opens_its_type(office, casebook, who, tmp_path, kind):
    person(office, f"Kind{kind}", dateOfBirth="1970-01-01")
    rows = [{"first_name": "Wat", "last_name": f"KIND{kind}".upper(), "dob": "1970-01-01"}]
    report = await watch(casebook, who, tmp_path / "l.json", {"entries": rows} if kind == "deceased" else rows, kind)
    case = await case_of(office, report.cases[0])
    assert (case["base"], case["extra"]["creationProcedure"]) == (kind, KINDS[kind].procedure)


@pytest.mark.parametrize(
    ("borrower", "entry", "count"),
    [
        (("Last4", ssn("123000011")), {"name": "Wat Last4", "last4": "0011"}, 1),
        (("Last4no", ssn("123000012")), {"name": "Wat Last4no", "last4": "9999"}, 0),
        (("Other", ssn("123000013")), {"name": "Wat Other", "ssn": "123000019", "birth_date": "1980-01-01"}, 0),
        (("Born", {"dateOfBirth": "1980-01-01"}), {"name": "born, WÀT", "birth_date": "1980-01-01"}, 1),
        (("Bornno", {"dateOfBirth": "1980-01-01"}), {"name": "Wat Bornno", "birth_date": "1980-01-02"}, 0),
        (("Alone", {}), {"name": "Wat Alone"}, 0),
        (
            (
                "Lives",
                {"addresses": [{"addressLine1": "1 Main St.", "city": "Reno", "state": "NV", "postalCode": "89501"}]},
            ),
            {"name": "Wat Lives", "address": "1 MAIN ST Reno, NV 89501"},
            1,
        ),
        (("Moved", {"addresses": [{"addressLine1": "1 Main St."}]}), {"name": "Wat Moved", "address": "9 Elm"}, 0),
    ],
)  # fmt: skip
async def test_what_makes_a_match(watching, office, borrower, entry, count):
    last, members = borrower
    number = person(office, last, **members)
    await watching([entry])
    assert len(tasks(office, number)) == count


async def test_a_business_is_found_by_its_name_and_address(office, casebook, who, tmp_path):
    body = {
        "borrowerType": "business",
        "businessDetails": {"businessLegalName": "Shady Ltd"},
        "addresses": [{"addressLine1": "1 Dark Alley", "city": "Reno"}],
    }
    borrower = office.post("/people", body)["id"]
    rows = [{"name": "SHADY LTD.", "address": "1 Dark Alley Reno"}]
    await watch(casebook, who, tmp_path / "l.json", rows, "oFACSanctionedIndividual")
    assert len(tasks(office, borrower)) == 1


async def test_another_entry_is_another_match(office, casebook, who, tmp_path):
    borrower = person(office, "Many", dateOfBirth="1980-01-01")
    entry = {"name": "Wat Many", "birth_date": "1980-01-01"}
    await watch(casebook, who, tmp_path / "l.json", [{**entry, "id": "A"}, {**entry, "id": "A"}])
    assert len(tasks(office, borrower)) == 1
    await watch(casebook, who, tmp_path / "l.json", [{**entry, "id": "A"}, {**entry, "id": "B"}])
    assert len(tasks(office, borrower)) == 2


@pytest.mark.parametrize(
    "text",
    [
        '[{"name": "x", "ssn": "12345"}]', '[{"name": "x", "last4": "12"}]', '[{"name": "x", "dob": "1.1.2000"}]',
        "[{}]", "[1]", "{", '"x"',
    ],
)  # fmt: skip
async def test_a_list_that_is_none_is_refused_without_repeating_it(casebook, who, tmp_path, text):
    with pytest.raises(Invalid) as caught:
        await watch(casebook, who, tmp_path / "l.json", text)
    assert "12345" not in str(caught.value)


async def test_an_unknown_kind_or_monitor_is_refused(casebook, who, tmp_path):
    (tmp_path / "l.json").write_text("[]")
    for asked in ({"kind": "weather"}, {"kind": "deceased", "monitor": "nothing"}):
        with pytest.raises(Invalid):
            await monitors.make(casebook, who, path=tmp_path / "l.json", **asked)


async def test_packages_add_monitors(office, casebook, who, tmp_path, monkeypatch):
    borrower = person(office, "Plugged")

    class Everybody:
        name = "everybody"

        def __init__(self, setup: monitors.Setup) -> None:
            self.kind = setup.kind

        def matches(self, candidate):
            if candidate.last_name == "Plugged":
                yield monitors.Match(b"x", {"nameMatch": "match", "matchDoneBy": "dataVendor"})

    point = importlib.metadata.EntryPoint("everybody", "nowhere:Everybody", "casework.monitors")
    monkeypatch.setattr(importlib.metadata.EntryPoint, "load", lambda _: Everybody)
    monkeypatch.setattr("casework.monitors.running.entry_points", lambda **_: [point])
    made = await monitors.make(casebook, who, kind="deceased", path=tmp_path, monitor="everybody")
    assert len((await monitors.run(casebook, who, made)).cases) == 1
    assert len(tasks(office, borrower)) == 1


async def test_a_refused_case_stops_nothing_and_is_tried_again(office, casebook, who, tmp_path):
    bad, good = (person(office, name, dateOfBirth="1981-01-01") for name in ("Badcode", "Goodcode"))
    rows = [{"id": code, "name": f"Wat {name}", "birth_date": "1981-01-01"}
            for name, code in (("Badcode", "a\0b"), ("Goodcode", "ab"))]  # fmt: skip
    report = await watch(casebook, who, tmp_path / "l.json", rows)
    assert (len(report.cases), len(tasks(office, good)), tasks(office, bad)) == (1, 1, [])
    assert [one.why for one in report.refused] == ["'externalMatchCode' contains a character that cannot be stored."]
    again = await watch(casebook, who, tmp_path / "l.json", rows)
    assert (again.cases, len(again.refused)) == ([], 1)


def test_the_command_reports_what_was_refused(office, server, tmp_path):
    person(office, "Ruled", **ssn("123000089"))
    written(tmp_path / "list.json", [{"id": "a\0b", "ssn": "123000089"}])
    command = Command(CASEWORK_DATABASE_URL=server.dsn, CASEWORK_BLOB_URL=server.blobs, CASEWORK_DATA=str(tmp_path))
    words = ("--list", str(tmp_path / "list.json"), "--kind", "deceased", "--tenant", office.key)
    told = command.run("monitor", "run", *words, code=1)
    assert "0 new cases" in told
    assert "refused for borrower" in told


async def test_who_may_not_open_cases_runs_no_monitor(office, casebook, tmp_path):
    viewer = await _principal(office, casebook, "vic")
    with pytest.raises(Forbidden):
        await watch(casebook, viewer, tmp_path / "l.json", [])


async def test_the_other_company_is_not_looked_at(two, casebook, tmp_path):
    borrower = person(two.there, "Abroad", dateOfBirth="1980-01-01")
    here = await _principal(two.here, casebook, "ada")
    await watch(casebook, here, tmp_path / "l.json", [{"name": "Wat Abroad", "birth_date": "1980-01-01"}])
    assert tasks(two.there, borrower) == []


async def test_equal_numbers_of_two_companies_have_different_hashes(two):
    for office in (two.here, two.there):
        person(office, "Same", **ssn("123000077"))
    connection = await asyncpg.connect(two.here.server.dsn)
    rows = await connection.fetch("select digest, tail from identities")
    assert len({row["digest"] for row in rows}) == len(rows)
    await connection.close()


def test_the_command_runs_it(office, server, tmp_path):
    borrower = person(office, "Commanded", **ssn("123000088"))
    (tmp_path / "list.csv").write_text("SSN,Full Name\n123-00-0088,x\n")
    command = Command(CASEWORK_DATABASE_URL=server.dsn, CASEWORK_BLOB_URL=server.blobs, CASEWORK_DATA=str(tmp_path))
    words = ("monitor", "run", "--list", str(tmp_path / "list.csv"), "--kind", "bankruptcy", "--tenant", office.key)
    told = command.run(*words)
    assert "1 new cases" in told
    assert "0088" not in told
    assert "0 new cases" in command.run(*words)
    assert len(tasks(office, borrower)) == 1
    assert "one of" in command.run(*words[:-4], "--kind", "x", "--tenant", office.key, code=1)
    assert "nowhere" in command.run(
        "monitor", "run", "--list", "nowhere", "--kind", "deceased", "--tenant", office.key, code=1
    )


def test_names_are_compared_without_case_accents_and_signs():
    assert plain("  Zoë  O'Hara-Smith ") == "zoe o hara smith"
    assert not convinces(dict.fromkeys(("ssnMatch", "nameMatch", "dateOfBirthMatch"), "notAvailable"))
