"""Compressed and plain bodies, whole and in pieces, honest and hostile."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.web.bodies import BodyTooLarge, MalformedBody, UnsupportedEncoding, decoded, read

MIB = 1024 * 1024


def raw_deflate(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(data) + deflater.flush()


ENCODERS: dict[str, tuple[str | None, Callable[[bytes], bytes]]] = {
    "none": (None, bytes),
    "empty": ("", bytes),
    "identity": ("identity", bytes),
    "gzip": ("gzip", gzip.compress),
    "x-gzip": (" X-GZip ", gzip.compress),
    "gzip in two members": ("gzip", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])),
    "gzip and identity": ("identity, gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "deflate without a wrapping": ("deflate", raw_deflate),
}
COMPRESSED = ["gzip", "deflate", "deflate without a wrapping"]


async def stream(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(ENCODERS)),
    st.one_of(
        st.binary(max_size=300), st.tuples(st.binary(max_size=9), st.integers(0, 60_000)).map(lambda t: t[0] * t[1])
    ),
    st.integers(1, 400),
)
def test_what_was_encoded_comes_back_in_any_chunks(kind, data, size):
    encoding, encode = ENCODERS[kind]
    chunks = [b"", *cut(encode(data), size), b""]
    assert asyncio.run(read(stream(chunks), encoding, limit=len(data))) == data


@pytest.mark.parametrize("kind", sorted(ENCODERS))
async def test_pieces_are_small_and_none_is_empty(kind):
    encoding, encode = ENCODERS[kind]
    data = bytes(5 * MIB)
    pieces = [piece async for piece in decoded(stream(cut(encode(data), 65_536)), encoding, limit=len(data))]
    assert b"".join(pieces) == data
    assert all(0 < len(piece) <= 65_536 for piece in pieces)


@pytest.mark.parametrize("encoding", [None, "gzip", "deflate"])
async def test_an_empty_body_is_empty_under_any_encoding(encoding):
    assert await read(stream([]), encoding, limit=10) == b""
    assert await read(stream([b"", b""]), encoding, limit=0) == b""


@pytest.mark.parametrize("kind", sorted(ENCODERS))
async def test_the_limit_is_that_of_the_decoded_size(kind):
    encoding, encode = ENCODERS[kind]
    body = encode(b"x" * 1000)
    assert len(await read(stream([body]), encoding, limit=1000)) == 1000
    with pytest.raises(BodyTooLarge) as caught:
        await read(stream([body]), encoding, limit=999)
    assert caught.value.limit == 999


@pytest.mark.parametrize("kind", COMPRESSED)
async def test_a_bomb_is_refused_early(kind):
    encoding, encode = ENCODERS[kind]
    bomb = cut(encode(bytes(200 * MIB)), 4096)
    left = iter(bomb)
    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLarge):
            await read(stream(left), encoding, limit=MIB)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(list(left)) > len(bomb) // 2
    assert peak < 4 * MIB


async def test_a_bomb_in_one_chunk_is_refused_early_too():
    bomb = gzip.compress(bytes(200 * MIB))
    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLarge):
            await read(stream([bomb]), "gzip", limit=MIB)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5 * MIB


async def test_input_that_never_decodes_to_anything_is_refused():
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield gzip.compress(b"") * 100

    async with asyncio.timeout(30):
        with pytest.raises(BodyTooLarge):
            await read(endless(), "gzip", limit=1000)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "deflate, gzip", "compress", "utf-8"])
def test_other_encodings_are_not_supported_and_nothing_is_read(encoding):
    with pytest.raises(UnsupportedEncoding, match="not supported") as caught:
        decoded(stream([b"x"]), encoding, limit=10)
    assert caught.value.encoding == encoding


@pytest.mark.parametrize("kind", COMPRESSED)
async def test_a_body_that_is_cut_off_is_malformed_wherever_it_ends(kind):
    encoding, encode = ENCODERS[kind]
    body = encode(b"all that was to be said")
    for end in range(1, len(body)):
        with pytest.raises(MalformedBody):
            await read(stream([body[:end]]), encoding, limit=1000)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_is_something_else_is_malformed(encoding):
    with pytest.raises(MalformedBody):
        await read(stream([b'{"plain": "JSON"}']), encoding, limit=1000)


@pytest.mark.parametrize("kind", COMPRESSED)
@pytest.mark.parametrize("size", [3, 1000])
async def test_something_after_the_end_is_malformed(kind, size):
    encoding, encode = ENCODERS[kind]
    with pytest.raises(MalformedBody):
        await read(stream(cut(encode(b"said") + b"and more", size)), encoding, limit=1000)


async def test_a_wrong_checksum_is_malformed():
    body = bytearray(gzip.compress(b"said"))
    body[-5] ^= 1
    with pytest.raises(MalformedBody):
        await read(stream([bytes(body)]), "gzip", limit=1000)
