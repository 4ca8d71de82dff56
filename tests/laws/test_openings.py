"""Law 2 for new cases: what a case is opened with through one API reads back through every one."""

from __future__ import annotations

import pytest

from laws.columns import Site
from laws.edits import OPENINGS, Edit, check_opened, read_everywhere
from laws.society import Society
from laws.town import Town


@pytest.mark.parametrize("opening", OPENINGS, ids=str)
async def test_a_member_that_a_case_is_opened_with_reads_everywhere(opening: Edit, plain: Society, town: Town) -> None:
    spare = await town.desk(plain).open(plain["alice"], subject="Spare")
    site = Site(plain, await town.casebook.catalogue.vocabulary(plain.tenant_id), spare=spare.number)
    number = await opening.open(town, plain["alice"], site)
    check_opened(opening, await town.stored(plain, number), site)
    await read_everywhere(town, plain, number)
