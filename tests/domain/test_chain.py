"""The hash chain and the ids: DOMAIN §1, §4, law 9."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain.chain import GENESIS, link, text_digest
from casework.domain.ids import uuid7
from domain.cast import BOUNDED, NOON, uid

EVENT = {
    "tenant": 1,
    "subject": uid(1),
    "version": 12,
    "n": 3,
    "at": NOON,
    "actor": 7,
    "on_behalf_of": None,
    "via": "ibm",
    "kind": "edited",
    "data": b'{"set":{"rank":1}}',
    "texts": text_digest(b"salt", b'{"set":{"subject":"x"}}'),
}
OTHERWISE = {
    "tenant": 11,
    "subject": uid(2),
    "version": 1,
    "n": 4,
    "at": NOON + timedelta(microseconds=1),
    "actor": 8,
    "on_behalf_of": 7,
    "via": "ib",
    "kind": "medited",
    "data": b'{"set":{"rank":2}}',
    "texts": b"",
}


def test_the_same_event_after_the_same_has_the_same_hash():
    assert link(GENESIS, **EVENT) == link(GENESIS, **EVENT)
    assert len(link(GENESIS, **EVENT)) == len(GENESIS) == 32


@pytest.mark.parametrize("field", EVENT)
def test_any_changed_field_changes_the_hash(field):
    assert link(GENESIS, **{**EVENT, field: OTHERWISE[field]}) != link(GENESIS, **EVENT)


def test_another_past_changes_the_hash():
    assert link(link(GENESIS, **EVENT), **EVENT) != link(GENESIS, **EVENT)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"via": "ab", "kind": "c"}, {"via": "a", "kind": "bc"}),
        ({"version": 1, "n": 23}, {"version": 12, "n": 3}),
        ({"version": 11, "n": 1}, {"version": 1, "n": 11}),
        ({"tenant": 1, "actor": 12}, {"tenant": 11, "actor": 2}),
        ({"data": b"ab", "texts": b""}, {"data": b"a", "texts": b"b"}),
        ({"actor": 7, "on_behalf_of": 8}, {"actor": 8, "on_behalf_of": 7}),
    ],
)
def test_bytes_that_wander_between_fields_change_the_hash(one, two):
    assert link(GENESIS, **{**EVENT, **one}) != link(GENESIS, **{**EVENT, **two})


def test_the_same_moment_in_another_zone_is_the_same_moment():
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert link(GENESIS, **{**EVENT, "at": elsewhere}) == link(GENESIS, **EVENT)


def test_erasing_a_text_keeps_the_chain_and_altering_it_shows():
    salt, texts = b"0123456789abcdef", b'{"set":{"subject":"Cannot sign in"}}'
    digest = text_digest(salt, texts)
    head = link(GENESIS, **{**EVENT, "texts": digest})
    del texts  # the text is gone, its digest is still beside the event
    assert link(GENESIS, **{**EVENT, "texts": digest}) == head
    assert text_digest(salt, b'{"set":{"subject":"Cannot sign on"}}') != digest


def test_equal_texts_with_different_salts_cannot_be_told_to_be_equal():
    assert text_digest(b"a" * 16, b"text") != text_digest(b"b" * 16, b"text")
    assert text_digest(b"a" * 16, b"text") == hashlib.sha256(b"a" * 16 + b"text").digest()


EVENTS = st.fixed_dictionaries(
    {
        "tenant": st.integers(1, 3),
        "subject": st.integers(1, 3).map(uid),
        "version": st.integers(1, 20),
        "n": st.integers(0, 20),
        "at": st.datetimes(timezones=st.just(UTC)),
        "actor": st.integers(1, 20),
        "on_behalf_of": st.none() | st.integers(1, 20),
        "via": st.text("ab", max_size=3),
        "kind": st.text("ab", max_size=3),
        "data": st.binary(max_size=6),
        "texts": st.binary(max_size=4),
    }
)


@BOUNDED
@given(EVENTS, EVENTS, st.binary(min_size=32, max_size=32))
def test_two_events_have_one_hash_only_if_they_are_equal(one, two, head):
    assert (link(head, **one) == link(head, **two)) == (one == two)


@BOUNDED
@given(st.lists(EVENTS, min_size=1, max_size=5), st.data())
def test_one_flipped_bit_anywhere_in_a_history_changes_its_last_hash(events, data):
    def last(history):
        head = GENESIS
        for event in history:
            head = link(head, **event)
        return head

    at = data.draw(st.integers(0, len(events) - 1))
    stored = bytearray(events[at]["data"] or b"\0")
    bit = data.draw(st.integers(0, len(stored) * 8 - 1))
    stored[bit // 8] ^= 1 << bit % 8
    altered = [*events[:at], {**events[at], "data": bytes(stored)}, *events[at + 1 :]]
    assert (last(altered) == last(events)) == (bytes(stored) == events[at]["data"])
    assert last(events[:at]) != last(events)


# ---- ids

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
RANDOMNESS = st.binary(min_size=10, max_size=10)


@BOUNDED
@given(MOMENTS, RANDOMNESS)
def test_an_id_is_a_uuid_of_version_7_and_tells_its_millisecond(at, randomness):
    made = uuid7(at, randomness)
    assert isinstance(made, UUID)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == (at - EPOCH) // timedelta(milliseconds=1)


@BOUNDED
@given(st.lists(st.tuples(MOMENTS, RANDOMNESS), min_size=2, max_size=6))
def test_ids_sort_by_the_millisecond_in_which_they_were_made(made):
    ids = [(at, uuid7(at, randomness)) for at, randomness in made]
    for (earlier, _), (later, _) in pairwise(sorted(ids, key=lambda pair: pair[1].bytes)):
        assert earlier < later + timedelta(milliseconds=1)
    assert sorted(uid.bytes for _, uid in ids) == [uid.bytes for uid in sorted(uid for _, uid in ids)]


@BOUNDED
@given(MOMENTS, RANDOMNESS, RANDOMNESS)
def test_randomness_tells_ids_of_one_millisecond_apart(at, one, two):
    free = [(0x0F, 0), (0xFF, 1), (0x3F, 2), *((0xFF, n) for n in range(3, 10))]
    same = all(one[n] & mask == two[n] & mask for mask, n in free)
    assert (uuid7(at, one) == uuid7(at, two)) == same


@pytest.mark.parametrize("year", [1970, 2004, 2024, 2038, 2039, 9999])
def test_no_millisecond_is_lost_in_any_year(year):
    for n in range(0, 1000, 7):
        at = datetime(year, 6, 1, 12, 30, 15, n * 1000, tzinfo=UTC)
        assert uuid7(at, bytes(10)).int >> 80 == (at - EPOCH) // timedelta(milliseconds=1)


def test_the_example_of_the_standard_comes_out():
    at = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    made = uuid7(at, bytes.fromhex("0cc318c4dc0c0c07398f"))  # RFC 9562, appendix A.6
    assert made == UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    assert uuid7(at, b"\xff" * 10) == UUID("017f22e2-79b0-7fff-bfff-ffffffffffff")
    assert uuid7(at, bytes(10)) == UUID("017f22e2-79b0-7000-8000-000000000000")
