"""Law 3: an edit through one API leaves everything else as it was, but for what DOMAIN §2-3 name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from laws.doors import Refused
from laws.edits import EDITS, Edit, check_unclobbered, full, survey
from laws.society import Society
from laws.steps import bounded
from laws.town import Town


@bounded(25)
@given(edits=st.lists(st.sampled_from(EDITS), min_size=3, max_size=6))
async def test_an_edit_moves_only_what_it_names(edits: list[Edit], plain: Society, town: Town) -> None:
    site = await full(town, plain)
    before = await survey(town, site)
    for edit in edits:
        try:
            await edit.make(town, plain["alice"], site)
            done = True
        except Refused:
            done = False
        after = await survey(town, site)
        check_unclobbered(edit, site, before, after, done=done)
        before = after
