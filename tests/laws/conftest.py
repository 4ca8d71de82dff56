"""The town in which the laws are tried, and the tenants that several of them share."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import asyncpg
import pytest

from casework.casebook import Casebook
from casting import Cast
from laws.doors import CasebookDoor
from laws.registered import DOORS
from laws.society import DIVIDED, PLAIN, Society, found, unique
from laws.town import Town


@pytest.fixture(scope="session")
async def town(server: Cast, casebook: Casebook) -> AsyncIterator[Town]:
    """Every door, and a connection past all walls."""
    owner = await asyncpg.connect(server.dsn)
    await owner.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
    doors = [make(server, casebook) for make in DOORS]
    yield Town(casebook, CasebookDoor(server, casebook), doors, owner)
    for door in doors:
        await door.close()
    await owner.close()


@pytest.fixture(scope="session")
def plain(server: Cast) -> Society:
    """A tenant without departments."""
    return found(server, PLAIN, unique("plain"))


@pytest.fixture(scope="session")
def divided(server: Cast) -> Society:
    """A tenant with departments."""
    return found(server, DIVIDED, unique("divided"))
