"""A tenant with a catalogue, and Webitel's clients in the hands of its people."""

import os

import httpx
import pytest

from clients.webitel.running import MISSING, Client, Driver
from clients.webitel.shop import Premises


@pytest.fixture(scope="session")
def driver(server):
    if MISSING:
        pytest.skip(f"not on this machine: {', '.join(MISSING)}")
    made = Driver(os.environ | {"WEBITEL_API": f"{server.url}/webitel/api"})
    yield made
    made.close()


@pytest.fixture(scope="session")
def http():
    with httpx.Client(timeout=60) as made:
        yield made


@pytest.fixture(scope="module")
def premises(server, http, driver) -> Premises:
    """A tenant of the module's own."""
    return Premises(server, http, driver)


@pytest.fixture(scope="module")
def root(premises) -> Client:
    return premises.client("root")


@pytest.fixture(scope="module")
def anna(premises) -> Client:
    """An agent."""
    return premises.client("anna")


@pytest.fixture(scope="module")
def vera(premises) -> Client:
    """Somebody who may only look."""
    return premises.client("vera")
