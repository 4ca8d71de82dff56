"""The echo rule (DOMAIN §2): writing the value that reading would already show changes nothing."""

from __future__ import annotations

from contextlib import suppress

import pytest

from laws.doors import Refused
from laws.edits import EDITS, Edit, check_echo, full, prepare, read_everywhere, survey
from laws.society import Society
from laws.town import Town


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
