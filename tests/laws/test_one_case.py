"""Law 2: what is written through one API reads back through it, and through every other as DOMAIN §1-3 say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain.case import Audience, Comment
from laws.doors import Refused
from laws.edits import (
    EDITS,
    Edit,
    check_leaves,
    check_unclobbered,
    full,
    prepare,
    read_everywhere,
    survey,
)
from laws.members import APIS
from laws.society import Society
from laws.steps import bounded
from laws.town import Town

WORD = re.compile(r"\w+")


@pytest.mark.parametrize("edit", EDITS, ids=str)
async def test_a_member_that_one_api_writes_reads_everywhere(edit: Edit, plain: Society, town: Town) -> None:
    site = await full(town, plain)
    await prepare(town, edit, site)
    before = await survey(town, site)
    await edit.make(town, plain["alice"], site)
    after = await survey(town, site)
    check_leaves(edit, after[0], site)
    check_unclobbered(edit, site, before, after)
    await read_everywhere(town, plain, site.number)


@bounded(5)
@given(edits=st.lists(st.sampled_from(EDITS), min_size=3, max_size=6))
async def test_every_api_reads_what_any_mixture_wrote(edits: list[Edit], plain: Society, town: Town) -> None:
    site = await full(town, plain)
    for edit in edits:
        try:
            await edit.make(town, plain["alice"], site)
        except Refused:
            continue
        await read_everywhere(town, plain, site.number)


async def test_a_case_of_a_department_reads_everywhere(divided: Society, town: Town) -> None:
    department = divided.names["departments"]["service"]
    case = await town.desk(divided).open(divided["alice"], subject="Here", department=department)
    assert case.department == department
    await read_everywhere(town, divided, case.number)


def test_every_cell_of_the_matrix_is_tried() -> None:
    for api in APIS:
        for names, tried in (
            (lambda m: m.wire, lambda m: m.shows),
            (lambda m: m.write, lambda m: m.edits),
            (lambda m: m.opens, lambda m: m.openings),
        ):
            words = {word for m in api.members.values() if tried(m) for word in WORD.findall(names(m))}
            for name, member in api.members.items():
                assert not names(member) or words & set(WORD.findall(names(member))), (api.door, name)


@pytest.mark.parametrize("writer", ["casebook", "ibm", "bottlecrm", "egain", "peach"])
async def test_a_comment_reads_through_every_door_that_shows_its_audience(
    writer: str, plain: Society, town: Town
) -> None:
    number = (await full(town, plain)).number
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
