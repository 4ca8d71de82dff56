"""The echo rule (DOMAIN §2): writing the value that reading would already show changes nothing."""

from __future__ import annotations

from contextlib import suppress

import pytest

from casework.domain.case import CHILDREN, Stage
from laws.doors import Refused
from laws.edits import EDITS, Edit, check_echo, door_of, full, prepare, read_everywhere, survey, unstamped
from laws.members import APIS
from laws.society import Society
from laws.town import Town

ADDED = frozenset({"watchers", *(f"{noun}s" for noun in CHILDREN)})
"""What is not written as a whole, but added and removed."""


@pytest.mark.parametrize("edit", [edit for edit in EDITS if not edit.again], ids=str)
async def test_writing_it_once_more_changes_nothing(edit: Edit, plain: Society, town: Town) -> None:
    site = await full(town, plain)
    await prepare(town, edit, site)
    await edit.make(town, plain["alice"], site)
    before = await survey(town, site)
    with suppress(Refused):
        await edit.make(town, plain["alice"], site)
    check_echo(edit, before, await survey(town, site))


@pytest.mark.parametrize("category", ["sales", "account_and_access"])
async def test_writing_what_reading_shows_changes_nothing(category: str, plain: Society, town: Town) -> None:
    site = await full(town, plain, category)
    before = await survey(town, site)
    edit = next(edit for edit in EDITS if str(edit) == "bottlecrm-category-'General'")
    await edit.make(town, plain["alice"], site)
    assert await survey(town, site) == before, "the echo rule, DOMAIN §2"
    await read_everywhere(town, plain, site.number)


@pytest.mark.parametrize("stage", list(Stage))
async def test_what_a_bare_case_shows_written_back_changes_nothing(stage: Stage, plain: Society, town: Town) -> None:
    """What is shown by fallback, and what several values read as, is no news either."""
    desk, alice = town.desk(plain), plain["alice"]
    case = await desk.open(
        alice, borrowers=(plain.names["persons"]["kit"],), category="sales", outcome="approved", stage=stage
    )
    before = await town.stored(plain, case.number)
    for api in APIS:
        door = door_of(town, api)
        shown = await door.members(alice, case.number)
        same = [
            name
            for name, member in api.members.items()
            if member.write == member.wire and member.write in shown and name not in ADDED
        ]
        for name in same:
            member = api.members[name].write
            value = shown[name] if name in shown else shown[member]
            if api.door == "egain" and not isinstance(value, str):
                continue
            try:
                await door.write(alice, case.number, member, value)
            except Refused:
                assert api.door == "egain", name
                assert stage.done, name
            after = await town.stored(plain, case.number)
            assert unstamped(after.row) == unstamped(before.row), f"{api.door}: {name}"
            assert after.children == before.children, f"{api.door}: {name}"
            assert api.door == "egain" or after == before, f"{api.door}: {name}"
            before = after
