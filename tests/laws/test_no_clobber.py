"""Law 3: an edit through one API leaves everything else as it was, but for what DOMAIN §2-3 name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casework.domain.case import STAMPS
from laws.doors import Refused
from laws.edits import EDITS, Edit, full
from laws.society import Society
from laws.steps import bounded
from laws.town import Town


@bounded(15)
@given(edits=st.lists(st.sampled_from(EDITS), min_size=3, max_size=6))
async def test_an_edit_moves_only_what_it_names(edits: list[Edit], plain: Society, town: Town) -> None:
    number = await full(town, plain)
    before = await town.stored(plain, number)
    for edit in edits:
        try:
            await edit.make(town, plain["alice"], number)
            moves = edit.moves | STAMPS
        except Refused:
            moves = frozenset()
        after = await town.stored(plain, number)
        names = before.row.__struct_fields__
        moved = {name for name in names if getattr(before.row, name) != getattr(after.row, name)}
        assert moved <= moves, edit
        assert {uid: after.children.get(uid) for uid in before.children} == before.children, edit
        added = after.children.keys() - before.children.keys()
        assert not added or edit.api.door == "ibm", edit  # the comment that goes with a status there
        before = after
