"""The tenant of the Webitel tests and its people at their doors."""

import pytest

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
