"""The tenant of the Webitel tests and its people at their doors."""

import pytest

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
