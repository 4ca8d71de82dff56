"""The tenant of the eGain tests and its people at their doors."""

import pytest

from dialects.egain.client import Door, World


@pytest.fixture(scope="session")
def world(server):
    made = World(server)
    yield made
    made.http.close()


@pytest.fixture(scope="session")
def sam(world) -> Door:
    return world.door("sam")


@pytest.fixture(scope="session")
def root(world) -> Door:
    return world.door("global")
