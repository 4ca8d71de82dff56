"""Words that another process has made are known as soon as a case or a command names them."""

import pytest

from casework.casebook import Casebook
from casework.domain.commands import Edit, Open
from casework.domain.doors import COMMAND_LINE
from casework.domain.nouns import CaseType, Service

from .conftest import somebody


@pytest.fixture
async def who(ground):
    await ground.tenant()
    return await somebody(ground)


async def _beside(ground, who):
    """Return a casebook that has read its words, and numbers of words that came later through another one."""
    here, there = ground.casebook, Casebook(ground.database, ground.blobs)
    await here.catalogue.vocabulary(who.tenant_id)
    async with there.reference.changing(who, COMMAND_LINE, "catalogue.edit") as change:
        kind = await change.add(CaseType, name="Late", base="bankruptcy")
        service = await change.add(Service, name="Late")
    return here, there, kind.number, service.number


async def test_a_case_of_a_new_type_is_read_with_its_type(ground, who):
    here, there, kind, _ = await _beside(ground, who)
    made = await there.execute(who, COMMAND_LINE, Open(set={"subject": "x", "type": kind}))
    assert kind not in (await here.catalogue.vocabulary(who.tenant_id)).types
    await here.read.one(who, made.case.number)
    assert (await here.catalogue.vocabulary(who.tenant_id)).types[kind].base == "bankruptcy"


async def test_a_command_that_names_a_new_word_is_decided_with_it(ground, who):
    here, _, kind, service = await _beside(ground, who)
    made = await here.execute(who, COMMAND_LINE, Open(set={"subject": "x", "type": kind}))
    assert kind in (await here.catalogue.vocabulary(who.tenant_id)).types
    changed = await here.execute(who, COMMAND_LINE, Edit(set={"service": service}), made.case.number)
    assert changed.case.service == service


async def test_a_word_is_asked_for_by_number(ground, who):
    here, _, kind, _ = await _beside(ground, who)
    assert kind in (await here.catalogue.knowing(who.tenant_id, type=kind)).types
    assert 99_999 not in (await here.catalogue.knowing(who.tenant_id, type=99_999)).types
