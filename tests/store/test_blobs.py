"""Blobs on a local folder and in memory: stored once, whole or not at all, durable, within bounds."""

import asyncio
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.store.blobs import BlobMissing, Blobs, BlobTooLarge

MIB = 1024 * 1024
KINDS = ["file", "memory"]


async def stream(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


async def content(blobs: Blobs, digest: str, start: int = 0) -> bytes:
    return b"".join([chunk async for chunk in blobs.open(digest, start=start)])


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def stored(blobs: Blobs) -> list[str]:
    return sorted([digest async for digest, _ in blobs.digests()])


async def everything_incoming(blobs: Blobs) -> int:
    """How many leftovers there are; takes them away."""
    return await blobs.sweep_incoming(timedelta(seconds=-60))


@pytest.fixture(params=KINDS)
def blobs(request, tmp_path):
    return Blobs("memory://" if request.param == "memory" else f"file://{tmp_path}/a%20folder/blobs")


@pytest.mark.parametrize("size", [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB + 7])
async def test_what_was_put_comes_back(blobs, size):
    data = random.Random(size).randbytes(size)
    blob = await blobs.put(stream([data[:5], data[5:]]))
    assert (blob.digest, blob.size) == (sha256(data), size)
    assert await content(blobs, blob.digest) == data
    assert await blobs.exists(blob.digest)
    assert await stored(blobs) == [blob.digest]
    assert await everything_incoming(blobs) == 0


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.lists(st.tuples(st.integers(0, 700_000), st.integers(0, 255)), max_size=12),
    st.integers(0, 5_000_000),
)
def test_any_chunking_of_any_bytes_comes_back_from_any_offset(tmp_path_factory, kind, shape, start):
    chunks = [bytes([byte]) * length for length, byte in shape]
    data = b"".join(chunks)

    async def there_and_back() -> None:
        blobs = Blobs("memory://" if kind == "memory" else tmp_path_factory.mktemp("blobs").as_uri())
        blob = await blobs.put(stream(chunks))
        assert (blob.digest, blob.size) == (sha256(data), len(data))
        assert await content(blobs, blob.digest, start) == data[start:]

    asyncio.run(there_and_back())


@pytest.mark.parametrize("start", [0, 1, 262_144, MIB, 2 * MIB + 2, 2 * MIB + 3, 99 * MIB])
async def test_reading_starts_anywhere_and_yields_small_chunks(blobs, start):
    data = random.Random(1).randbytes(2 * MIB + 3)
    blob = await blobs.put(stream([data]))
    chunks = [chunk async for chunk in blobs.open(blob.digest, start=start)]
    assert b"".join(chunks) == data[start:]
    assert all(isinstance(chunk, bytes) and 0 < len(chunk) <= 262_144 for chunk in chunks)


async def test_a_missing_blob_is_missing(blobs):
    nothing = sha256(b"never stored")
    assert not await blobs.exists(nothing)
    with pytest.raises(BlobMissing) as caught:
        await content(blobs, nothing)
    assert caught.value.digest == nothing
    with pytest.raises(BlobMissing):
        await content(blobs, nothing, start=10)
    await blobs.delete(nothing)


async def test_a_deleted_blob_is_gone(blobs):
    blob = await blobs.put(stream([b"short-lived"]))
    await blobs.delete(blob.digest)
    assert not await blobs.exists(blob.digest)
    assert await stored(blobs) == []


@pytest.mark.parametrize(
    "digest", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", f"{'a' * 30}/../{'b' * 30}"]
)
async def test_only_digests_name_blobs(blobs, digest):
    with pytest.raises(ValueError, match="SHA-256"):
        await content(blobs, digest)
    with pytest.raises(ValueError, match="SHA-256"):
        await blobs.exists(digest)
    with pytest.raises(ValueError, match="SHA-256"):
        await blobs.delete(digest)


@pytest.mark.parametrize(
    "url",
    ["", "/a/folder", "file://host/folder", "file:folder", "ftp://host/folder", "https://host/folder"],
)
def test_other_urls_are_refused(url):
    with pytest.raises(ValueError, match="file:///"):
        Blobs(url)


@pytest.mark.parametrize("size", [10, 3 * MIB])
async def test_a_blob_at_the_limit_is_kept(blobs, size):
    assert (await blobs.put(stream([b"x" * size]), limit=size)).size == size


@pytest.mark.parametrize("limit", [0, 10, 3 * MIB])
async def test_past_the_limit_reading_stops_and_nothing_is_left(blobs, limit):
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65_536
            yield b"x" * 65_536

    with pytest.raises(BlobTooLarge) as caught:
        await blobs.put(endless(), limit=limit)
    assert caught.value.limit == limit
    assert read <= limit + 65_536
    assert await stored(blobs) == []
    assert await everything_incoming(blobs) == 0


@pytest.mark.parametrize("size", [10, 9 * MIB])
async def test_a_stream_that_breaks_leaves_nothing(blobs, size):
    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * size
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await blobs.put(broken())
    assert await stored(blobs) == []
    assert await everything_incoming(blobs) == 0


async def test_a_cancelled_upload_leaves_nothing(blobs):
    arrived = asyncio.Event()

    async def stalled() -> AsyncIterator[bytes]:
        for _ in range(8):
            yield b"x" * MIB
        arrived.set()
        await asyncio.Event().wait()

    upload = asyncio.create_task(blobs.put(stalled()))
    await arrived.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert await stored(blobs) == []
    assert await everything_incoming(blobs) == 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 30))
def test_an_upload_cancelled_at_any_moment_leaves_all_or_nothing(tmp_path_factory, turns):
    data = b"x" * (2 * MIB)

    async def cancelled() -> None:
        folder = tmp_path_factory.mktemp("blobs")
        blobs = Blobs(folder.as_uri())
        upload = asyncio.create_task(blobs.put(stream([data[:MIB], data[MIB:]])))
        for _ in range(turns):
            await asyncio.sleep(0.0002)
        upload.cancel()
        await asyncio.wait({upload})
        kept = await stored(blobs)
        assert kept == [] if not kept else await content(blobs, kept[0]) == data
        assert [name for name in files(folder) if name.startswith("incoming")] == []

    asyncio.run(cancelled())


@pytest.mark.parametrize("size", [100, 2 * MIB])
async def test_the_same_bytes_are_stored_once_and_put_again_renew_their_time(blobs, size):
    first = await blobs.put(stream([b"x" * size]))
    ((digest, before),) = [entry async for entry in blobs.digests()]
    await asyncio.sleep(0.02)
    again = await blobs.put(stream([b"x"] * 100 if size == 100 else [b"x" * MIB] * 2))
    assert again == first
    ((same, after),) = [entry async for entry in blobs.digests()]
    assert (same, digest) == (first.digest, first.digest)
    assert before < after <= datetime.now(UTC) + timedelta(seconds=1)


async def test_many_uploads_at_once_do_not_meet(blobs):
    contents = [random.Random(seed % 7).randbytes(MIB + seed % 7) for seed in range(28)]
    results = await asyncio.gather(*(blobs.put(stream([data[:9999], data[9999:]])) for data in contents))
    assert [blob.digest for blob in results] == [sha256(data) for data in contents]
    assert await stored(blobs) == sorted({sha256(data) for data in contents})
    for blob, data in zip(results, contents, strict=True):
        assert await content(blobs, blob.digest) == data
    assert await everything_incoming(blobs) == 0


async def test_a_reader_is_not_disturbed_by_the_same_bytes_coming_in_again(blobs):
    data = random.Random(2).randbytes(3 * MIB)
    blob = await blobs.put(stream([data]))
    reader = blobs.open(blob.digest)
    seen = await anext(reader)
    await blobs.put(stream([data]))
    assert seen + b"".join([chunk async for chunk in reader]) == data


async def test_leftovers_are_swept_when_they_are_old(tmp_path):
    blobs = Blobs(tmp_path.as_uri())
    kept = await blobs.put(stream([b"kept"]))
    for name, age in (("old", 7200), ("older", 90_000), ("in-progress", 60)):
        path = tmp_path / "incoming" / name
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age,) * 2)
    assert await stored(blobs) == [kept.digest]
    assert await blobs.sweep_incoming(timedelta(hours=1)) == 2
    assert [name for name in files(tmp_path) if name.startswith("incoming")] == ["incoming/in-progress"]
    assert await content(blobs, kept.digest) == b"kept"


async def test_strange_files_are_no_blobs(tmp_path):
    blobs = Blobs(tmp_path.as_uri())
    blob = await blobs.put(stream([b"kept"]))
    (tmp_path / "blobs" / "README").write_text("put here by someone")
    (tmp_path / "blobs" / ("0" * 64)).write_text("in the wrong folder")
    assert await stored(blobs) == [blob.digest]


async def test_files_are_for_our_own_eyes_only(tmp_path):
    blobs = Blobs((tmp_path / "new" / "folder").as_uri())
    await blobs.put(stream([b"secret"]))
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in (tmp_path / "new").rglob("*")}
    assert modes == {True: 0o700, False: 0o600}


async def test_the_file_is_on_disk_before_its_name_and_the_name_before_the_answer(tmp_path, monkeypatch):
    blobs = Blobs(tmp_path.as_uri())
    steps: list[tuple[str, str]] = []
    fsync, replace = os.fsync, Path.replace

    def name(path: Path) -> str:
        return str(path).removeprefix(str(tmp_path))

    def record_fsync(handle: int) -> None:
        steps.append(("fsync", name(Path(f"/proc/self/fd/{handle}").readlink())))
        fsync(handle)

    def record_replace(path: Path, target: Path) -> Path:
        steps.append(("replace", name(target)))
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(Path, "replace", record_replace)
    digest = (await blobs.put(stream([b"precious"]))).digest
    folder = f"/blobs/{digest[:2]}/{digest[2:4]}"
    renamed = steps.index(("replace", f"{folder}/{digest}"))
    assert any(step == "fsync" and name.startswith("/incoming/") for step, name in steps[:renamed])
    assert steps[renamed + 1 :] == [("fsync", folder), ("fsync", folder.rpartition("/")[0]), ("fsync", "/blobs")]


CRASHING = """
import asyncio, os, sys
from casework.store.blobs import Blobs

async def chunks(seed):
    for part in range(8):
        yield bytes([seed, part]) * 300_000

async def main():
    blobs = Blobs(sys.argv[1])
    for seed in range(256):
        blob = await blobs.put(chunks(seed))
        os.write(1, (blob.digest + "\\n").encode())

asyncio.run(main())
"""


def killed_after(seconds: float, url: str) -> set[str]:
    """The digests that a process acknowledged until it was killed, so long after the first."""
    process = subprocess.Popen([sys.executable, "-c", CRASHING, url], stdout=subprocess.PIPE)
    assert process.stdout
    first = process.stdout.readline()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    return set((first + process.communicate()[0]).decode().split())


async def test_a_killed_process_leaves_whole_blobs_and_every_acknowledged_one(tmp_path):
    acknowledged: set[str] = set()
    for seconds in (0.015, 0.04, 0.09, 0.16, 0.25):
        acknowledged |= killed_after(seconds, tmp_path.as_uri())
    blobs = Blobs(tmp_path.as_uri())
    kept = await stored(blobs)
    assert acknowledged <= set(kept)
    for digest in kept:
        assert sha256(await content(blobs, digest)) == digest
    await everything_incoming(blobs)
    assert [name for name in files(tmp_path) if name.startswith("incoming")] == []


async def test_a_large_stream_takes_little_memory(tmp_path):
    blobs = Blobs(tmp_path.as_uri())
    chunk = bytes(65_536)
    tracemalloc.start()
    try:
        blob = await blobs.put(stream(chunk for _ in range(1024)))
        size = 0
        async for piece in blobs.open(blob.digest):
            size += len(piece)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert blob.size == size == 64 * MIB
    assert peak < 6 * MIB


async def test_tiny_chunks_take_little_memory_too(tmp_path):
    blobs = Blobs(tmp_path.as_uri())

    async def drops() -> AsyncIterator[bytes]:
        for number in range(400_000):
            yield number.to_bytes(3)

    tracemalloc.start()
    try:
        blob = await blobs.put(drops())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert blob.size == 1_200_000
    assert peak < 6 * MIB
