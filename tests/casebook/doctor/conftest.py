"""A ward for the tests of the doctor."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from casebook.doctor.ward import Ward
from casting import clone, drop, template


@pytest.fixture(scope="module")
def doctor_url(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = clone(postgres, template(postgres, tmp_path_factory, cast=False), "doctor")
    yield url
    drop(postgres, url)


@pytest.fixture(scope="module")
async def hospital(doctor_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ward]:
    """The ward of all tests here."""
    made = await Ward.make(doctor_url, tmp_path_factory.mktemp("store"))
    yield made
    await made.close()


@pytest.fixture
async def ward(hospital: Ward) -> AsyncIterator[Ward]:
    """The ward as it was in the beginning, whatever the test before did to it."""
    await hospital.heal()
    yield hospital
