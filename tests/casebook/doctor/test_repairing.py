"""What `casework doctor --repair` mends, and examining what is in use."""

from __future__ import annotations

import asyncio

import pytest

from casebook.doctor.damages import DERIVED
from casebook.doctor.ward import Ward
from casework.casebook import doctor
from casework.casebook.doctor import examine, installation, repair
from casework.domain import commands as c
from casework.domain.case import Stage
from casework.domain.refusals import NotFound
from casework.store.postgres.database import Database
from casework.store.upkeep import checks, counters


@pytest.mark.parametrize("damage", DERIVED)
async def test_what_is_derived_is_mended(damage: str, ward: Ward) -> None:
    sql, expected = DERIVED[damage]
    await ward.damage(sql)
    mended = await repair(ward.database, tenant="acme")
    assert {(finding.check, finding.subject) for finding in mended} == expected
    assert await ward.examine() == []
    assert await repair(ward.database) == []


async def test_mended_search_text_finds_words_again(ward: Ward) -> None:
    await ward.damage("delete from case_search where case_number = 1")
    await repair(ward.database)
    words = await ward.owner.fetchval("select words from case_search where case_number = 1")
    assert "'one':" in words
    assert "'renamed':" in words


async def test_repairing_leaves_rows_and_events_alone(ward: Ward) -> None:
    await ward.damage(
        "update cases set subject = 'Forged' where number = 4",
        "update events set via = 'x' where subject_kind = 'case' and subject = 1 and version = 2",
        "update cases set stage = 'bogus' where number = 6",
        "delete from case_search where case_number in (1, 6)",
    )
    await repair(ward.database)
    told = await ward.told()
    assert told == {("fold", "case 4"), ("chain", "case 1"), ("fold", "case 6")}
    assert not await ward.owner.fetch("select 1 from case_search where case_number = 6"), "its row cannot be read"


async def test_work_in_progress_is_no_damage(ward: Ward) -> None:
    """Writers, a roll-up of totals and a repair at the same time as the examination."""
    stop = asyncio.Event()

    async def write(number: int) -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            for command in (
                c.Edit(set={"subject": f"Turn {turn}"}),
                c.AddComment(text=f"Turn {turn}"),
                c.SetStatus(stage=(Stage.OPEN, Stage.RESOLVED)[turn % 2]),
                c.Watch(users=(ward.ann.user,)) if turn % 2 else c.Unwatch(users=(ward.ann.user,)),
            ):
                await ward.do(command, number)
            await ward.do(c.Open(set={"subject": "New"}))

    async def roll() -> None:
        while not stop.is_set():
            async with ward.database.system() as connection:
                await counters.roll_up(connection)
            assert await repair(ward.database) == []

    writing = [asyncio.create_task(work) for work in (write(1), write(2), write(4), roll())]
    for _ in range(5):
        assert await ward.examine() == []
    stop.set()
    await asyncio.gather(*writing)
    assert await ward.examine() == []


async def test_one_tenant_alone(ward: Ward) -> None:
    await ward.damage("update cases set subject = 'Forged' where number = 4")
    assert {finding.subject for finding in await ward.examine("acme")} == {"case 4"}
    assert await ward.examine("globex") == []
    for verb in (ward.examine("initech"), repair(ward.database, tenant="initech")):
        with pytest.raises(NotFound):
            await verb


async def test_large_tenants_are_walked_span_by_span(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ROWS_AT_ONCE", "FILES_AT_ONCE", "EVENTS_AT_ONCE", "PLACES_AT_ONCE"):
        for module in (doctor, installation, checks):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, 2)
    told: list[str] = []
    assert await examine(ward.database, ward.blobs, progress=told.append) == []
    assert told[:3] == ["acme: case 2", "acme: case 4", "acme: case 6"]
    await ward.damage(
        "update cases set subject = 'x' where number in (2, 3)",
        "delete from cases where number = 5",
        "update events set via = 'x' where subject_kind = 'teams'",
    )
    files = [await ward.attach(4, content) for content in (b"one", b"two", b"three", b"four")][1:]
    for file in files:
        ward.age(ward.blob(file.digest), 2)
        await ward.owner.execute("delete from files where uid = $1", file.uid)
    subjects = {subject for _, subject in await ward.told()}
    assert subjects >= {f"blob {file.digest}" for file in files}
    for file in files:
        await ward.blobs.delete(file.digest)
    subjects = {subject for subject in subjects if not subject.startswith("blob ")} - {"case 4"}
    assert subjects == {"case 2", "case 3", "case 5", "stage new", f"teams {ward.numbers['crew']}"}


async def test_a_pooler_in_between_makes_no_difference(ward: Ward, doctor_url: str) -> None:
    await ward.damage("delete from involvements where case_number = 4")
    database = await Database.open(doctor_url, size=2, pooled=True)
    found = await examine(database, ward.blobs)
    await repair(database)
    left = await examine(database, ward.blobs)
    await database.close()
    assert [finding.subject for finding in found] == ["case 4"]
    assert left == []
