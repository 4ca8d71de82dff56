"""The tenant of the Webitel tests and its people at their doors."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from casework.casebook import Casebook
from casework.casebook import world as worlds
from casework.store.blobs import Blobs
from casework.store.postgres.database import Database
from dialects.webitel.catalogue import Catalogue, Shop
from dialects.webitel.client import Door, World


@pytest.fixture(scope="session")
def world(server):
    made = World(server)
    yield made
    made.http.close()


@pytest.fixture(scope="session")
def root(world) -> Door:
    return world.door("root")


@pytest.fixture(scope="session")
def anna(world) -> Door:
    return world.door("anna")


@pytest.fixture
def shop(server, world) -> Shop:
    """A tenant of the test's own."""
    return Shop(server, world.http)


@pytest.fixture
def goods(shop) -> Catalogue:
    """The catalogue that a case needs, made through the door in a tenant of the test's own."""
    return Catalogue(shop.door("root"))


@pytest.fixture
def exported(server) -> Callable[[Shop], dict[str, Any]]:
    """What `casework export` writes of a tenant."""

    async def write(key: str) -> dict[str, Any]:
        database = await Database.open(server.dsn, size=2)
        document = await worlds.export(database, Casebook(database, Blobs(server.blobs)), key)
        await database.close()
        return document["tenants"][0]

    def export(shop: Shop) -> dict[str, Any]:
        found: list[dict[str, Any]] = []
        thread = threading.Thread(target=lambda: found.append(asyncio.run(write(shop.key))))
        thread.start()
        thread.join()
        return found[0]

    return export
