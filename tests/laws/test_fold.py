"""Law 1: folding a case's events gives its row and the rows of what hangs on it, whichever doors they came through."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain.case import Child, involved
from casework.domain.events import apply, apply_child, blank
from casework.store.cases import COLUMNS
from casework.store.events import event_of
from laws.rows import Stored
from laws.steps import Step, bounded, steps
from laws.town import Town


def check(stored: Stored) -> None:
    """Fold the stored events and compare."""
    row = stored.row
    case, children = blank(row.tenant_id, row.number, row.uid), dict[Any, Child]()
    for found in stored.events:
        event = event_of(found)
        case = apply(case, event, found.envelope)
        if event.child is not None:
            old = children.get(event.child)
            children[event.child] = apply_child(old, event, found.envelope, case=case, number=0)
    for member in COLUMNS[:-1]:
        assert getattr(case, member) == getattr(row, member), member
    assert row.hash == stored.events[-1].hash
    assert stored.concerned == involved(row)
    assert children.keys() == stored.children.keys()
    for uid, child in stored.children.items():
        for member in set(child.__struct_fields__) - {"number"}:
            assert getattr(children[uid], member) == getattr(child, member), f"{type(child).__name__}.{member}"


@pytest.mark.parametrize("tenant", ["plain", "divided"])
@bounded(12)
@given(work=st.lists(steps(), min_size=30, max_size=60))
async def test_the_rows_of_a_case_are_the_fold_of_its_events(
    tenant: str, work: list[Step], request: pytest.FixtureRequest, town: Town
) -> None:
    society = request.getfixturevalue(tenant)
    desk = town.desk(society)
    for subject in ("One", "Two", "Three"):
        await desk.open(society["alice"], subject=subject)
    for step in work:
        await desk.take(step)
    for number in desk.cases:
        check(await town.stored(society, number))


@pytest.mark.parametrize("tenant", ["plain", "divided"])
async def test_the_doctor_finds_nothing_in_what_that_left(
    tenant: str, request: pytest.FixtureRequest, town: Town
) -> None:
    assert await town.examine(request.getfixturevalue(tenant)) == []
