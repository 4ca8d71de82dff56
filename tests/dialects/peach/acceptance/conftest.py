"""The cast of `tests/cast.yaml` at the Peach door."""

import pytest

from dialects.peach.acceptance.client import OPENED, Door


@pytest.fixture(scope="session")
def door_of(server):
    yield lambda user: Door(server, user)
    while OPENED:
        OPENED.pop().close()


@pytest.fixture(scope="session")
def alice(door_of) -> Door:
    return door_of("acme/alice")


@pytest.fixture(scope="session")
def bob(door_of) -> Door:
    return door_of("acme/bob")


@pytest.fixture(scope="session")
def rita(door_of) -> Door:
    return door_of("acme/rita")


@pytest.fixture(scope="session")
def vera(door_of) -> Door:
    return door_of("acme/vera")


@pytest.fixture(scope="session")
def otto(door_of) -> Door:
    return door_of("acme/otto")


@pytest.fixture(scope="session")
def gina(door_of) -> Door:
    return door_of("globex/gina")
