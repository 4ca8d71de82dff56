"""The tenant of the Webitel tests and its people at their doors."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from casework.casebook import Casebook
from casework.casebook import world as worlds
from casework.casebook.doctor import examine
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
def aside(server) -> Callable[[Callable[[Database, Casebook], Awaitable[Any]]], Any]:
    """Run something on the server's database from outside the server."""

    async def opened(work: Callable[[Database, Casebook], Awaitable[Any]]) -> Any:
        database = await Database.open(server.dsn, size=2)
        try:
            return await work(database, Casebook(database, Blobs(server.blobs)))
        finally:
            await database.close()

    def run(work: Callable[[Database, Casebook], Awaitable[Any]]) -> Any:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(opened(work))).result()

    return run


@pytest.fixture
def exported(aside) -> Callable[[Shop], dict[str, Any]]:
    """What `casework export` writes of a tenant."""

    async def write(database: Database, casebook: Casebook, shop: Shop) -> dict[str, Any]:
        document = await worlds.export(database, casebook, shop.key)
        return document["tenants"][0]

    return lambda shop: aside(lambda database, casebook: write(database, casebook, shop))


@pytest.fixture
def examined(aside, server) -> Callable[[Shop], list[Any]]:
    """What `casework doctor` finds in a tenant."""
    return lambda shop: aside(lambda database, _: examine(database, Blobs(server.blobs), tenant=shop.key))
