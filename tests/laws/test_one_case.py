"""Law 2: what is written through one API reads back through it, and through every other as DOMAIN §1-3 say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain.case import Audience, Comment
from laws.doors import Refused
from laws.edits import EDITS, Edit, full, read_everywhere
from laws.society import Society
from laws.steps import bounded
from laws.town import Town


@pytest.mark.parametrize("edit", EDITS, ids=str)
async def test_a_member_that_one_api_writes_reads_everywhere(edit: Edit, plain: Society, town: Town) -> None:
    number = await full(town, plain)
    if edit.value == {"action": "unresolve", "comment": "Not yet"}:
        await town.core.resolve(plain["alice"], number)
    await edit.make(town, plain["alice"], number)
    row = (await town.stored(plain, number)).row
    assert {name: getattr(row, name) for name in edit.leaves} == edit.leaves
    await read_everywhere(town, plain, row)


@pytest.mark.parametrize("category", ["sales", "account_and_access"])
async def test_writing_what_reading_shows_changes_nothing(category: str, plain: Society, town: Town) -> None:
    number = await full(town, plain, category)
    before = await town.stored(plain, number)
    edit = next(edit for edit in EDITS if edit.value == "General")
    await edit.make(town, plain["alice"], number)
    assert await town.stored(plain, number) == before, "the echo rule, DOMAIN §2"
    await read_everywhere(town, plain, before.row)


@bounded(5)
@given(edits=st.lists(st.sampled_from(EDITS), min_size=3, max_size=6))
async def test_every_api_reads_what_any_mixture_wrote(edits: list[Edit], plain: Society, town: Town) -> None:
    number = await full(town, plain)
    for edit in edits:
        try:
            await edit.make(town, plain["alice"], number)
        except Refused:
            continue
        await read_everywhere(town, plain, (await town.stored(plain, number)).row)


@pytest.mark.parametrize("writer", ["casebook", "ibm", "bottlecrm", "egain"])
async def test_a_comment_reads_through_every_door_that_shows_its_audience(
    writer: str, plain: Society, town: Town
) -> None:
    number = await full(town, plain)
    doors = {door.name: door for door in town.doors}
    await doors[writer].comment(plain["bob"], number, f"Said at {writer}")
    comments = (await town.stored(plain, number)).children.values()
    (said,) = (comment for comment in comments if getattr(comment, "text", "") == f"Said at {writer}")
    assert isinstance(said, Comment)
    if writer != "casebook":
        assert said.audience is (Audience.PUBLIC if writer == "ibm" else Audience.INTERNAL), "DOMAIN §3"
    for door in town.doors:
        facts = await door.get(plain["alice"], number)
        assert facts is not None
        shown = said.audience is Audience.PUBLIC or door.can("internal")
        assert facts.comments.count(f"Said at {writer}") == int(shown), door.name
