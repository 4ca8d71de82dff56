"""The cast of `tests/cast.yaml`, signed in at the IBM door."""

import pytest

from dialects.ibm.client import Door, Doors


@pytest.fixture(scope="session")
def doors(server):
    opened = Doors(server)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def alice(doors) -> Door:
    return doors.of("acme/alice")


@pytest.fixture(scope="session")
def bob(doors) -> Door:
    return doors.of("acme/bob")


@pytest.fixture(scope="session")
def rita(doors) -> Door:
    return doors.of("acme/rita")


@pytest.fixture(scope="session")
def vera(doors) -> Door:
    return doors.of("acme/vera")


@pytest.fixture(scope="session")
def otto(doors) -> Door:
    return doors.of("acme/otto")


@pytest.fixture(scope="session")
def carl(doors) -> Door:
    return doors.of("acme/carl")


@pytest.fixture(scope="session")
def gina(doors) -> Door:
    return doors.of("globex/gina")
