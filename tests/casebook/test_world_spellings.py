"""Ids in the spelling of every API."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.dialects import spellings

from .conftest import Ground

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("kind", "number", "revision", "etag"),
    [
        ("case", 1, 0, "QQQhS"),
        ("case", 42, 3, "QdQkm"),
        ("case", 300, 0, "QQQtrQh"),
        ("comment", 123456, 7, "QwRdRjQY"),
        ("relation", 9, 0, "QQSQk"),
    ],
)
def test_webitel_etags_are_as_computed_from_its_rule(kind: str, number: int, revision: int, etag: str) -> None:
    assert spellings.webitel_etag(kind, number, revision) == etag


def test_numbers_are_spelt_as_the_domain_says() -> None:
    assert spellings.ibm_case(4711) == "CS0004711"
    assert spellings.ibm_case(123456789) == "CS123456789"
    assert spellings.peach("CS", 4711) == "CS-0000-04K7"
    assert spellings.peach("CS", 12) == "CS-0000-000C"
    assert spellings.webitel(4711) == spellings.egain(4711) == "4711"
    assert spellings.ibm_account(UUID(int=1)) == "0" * 31 + "1"


@given(st.integers(1, 2**62))
def test_peach_ids_tell_the_number(number: int) -> None:
    prefix, first, second = spellings.peach("TM", number).split("-")
    assert (prefix, len(second)) == ("TM", 4)
    assert len(first) >= 4
    value = 0
    for letter in first + second:
        value = value * 32 + spellings.CROCKFORD.index(letter)
    assert value == number


@given(st.integers(1, 2**62), st.integers(0, 2**31))
def test_etags_tell_number_and_revision(number: int, revision: int) -> None:
    bits = "".join(
        f"{spellings.WEBITEL.index(letter):05b}" for letter in spellings.webitel_etag("link", number, revision)
    )
    raw = int(bits[: len(bits) // 8 * 8], 2).to_bytes(len(bits) // 8, "big")
    values, shift, value = [], 0, 0
    for byte in raw:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            values.append(value)
            shift = value = 0
    assert values == [revision, 3, number]


async def test_apply_tells_every_spelling(ground: Ground) -> None:
    done = await ground.apply(HERE / "rich.yaml")
    found = spellings.spell(done)
    first, ids = found["cases"]["acme/first"], done.ids["cases"]["acme/first"]
    assert first == {
        "uid": str(ids.uid),
        "number": 1,
        "ibm": "CS0000001",
        "webitel": "1",
        "webitel_etag": spellings.webitel_etag("case", 1, 1),
        "peach": "CS-0000-0001",
        "bottlecrm": str(ids.uid),
        "egain": "1",
    }
    tenant = found["tenants"]["acme"]
    assert tenant == {
        "uid": tenant["uid"],
        "number": 1,
        "ibm": tenant["uid"].replace("-", ""),
        "webitel": "1",
        "peach": "CP-0000-0001",
        "bottlecrm": tenant["uid"],
    }
    alice = found["users"]["acme/alice"]
    assert (alice["ibm"], found["users"]["acme/robot"]["ibm"]) == ("alice@acme.example", "robot")
    assert (alice["peach"][:3], alice["peach_employee"][:3], alice["webitel"]) == ("UR-", "EM-", str(alice["number"]))
    assert alice["webitel_contact"] == found["persons"]["acme/alice"]["webitel_contact"] != alice["webitel"]
    prefixes = {
        ("persons", "b1"): "BO-",
        ("organizations", "acme-corp"): "BO-",
        ("teams", "night"): "TM-",
        ("objects", "loan1"): "LN-",
        ("objects", "call1"): "IN-",
        ("objects", "paper1"): "DC-",
        ("case_types", "complaint"): "CT-",
    }
    for (kind, key), prefix in prefixes.items():
        assert found[kind][f"acme/{key}"]["peach"].startswith(prefix)
    assert found["keys"]["acme/ci"]["secret"] == "literal-if-given"
    assert found["keys"]["acme/app"]["secret"] == done.secrets["acme/app"]
    kinds = {
        "tenants", "users", "departments", "roles", "keys", "teams", "persons", "organizations", "objects",
        "priorities", "status_sets", "statuses", "sources", "close_reason_groups", "close_reasons", "calendars", "slas",
        "sla_conditions", "catalogs", "services", "case_types", "fields", "cases",
    }  # fmt: skip
    assert set(found) == kinds
    assert all(found.values())
    assert all(
        {"uid", "number", "webitel", "bottlecrm"} <= ids.keys() for rows in found.values() for ids in rows.values()
    )
