"""Uploads as the vendors' clients, browsers and libraries write them, and as nobody should."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable

import httpx
import pytest
import requests
import urllib3
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casework.web.bodies import BodyTooLarge
from casework.web.multipart import MalformedMultipart, parts

BOUNDARY = "casework-boundary"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


async def stream(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def form(body: bytes | Iterable[bytes], content_type: str = FORM, **limits: int) -> list[tuple]:
    """Every part as (name, filename, content type, content)."""
    chunks = [body] if isinstance(body, bytes) else body
    return [
        (part.name, part.filename, part.content_type, b"".join([chunk async for chunk in part.chunks]))
        async for part in parts(stream(chunks), content_type, **limits)
    ]


def body_of(*written: tuple[str | bytes, bytes]) -> bytes:
    """A body from (headers, content) pairs, written as they are given."""
    body = b""
    for headers, content in written:
        head = headers.encode() if isinstance(headers, str) else headers
        body += b"--" + BOUNDARY.encode() + b"\r\n" + head + b"\r\n\r\n" + content + b"\r\n"
    return body + b"--" + BOUNDARY.encode() + b"--\r\n"


def file_named(parameters: str) -> bytes:
    return body_of((f"Content-Disposition: form-data; {parameters}", b"x"))


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """The data in chunks of these sizes, over and over."""
    chunks = []
    while data:
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(data[:size])
        data = data[size:]
    return chunks


fragments = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"\r", b"\n", b"\r\n", b"-", b"--", b"\r\n--", b"\r\n\r\n", b"\0", b"--" + BOUNDARY.encode()]),
    st.integers(1, len(BOUNDARY) - 1).map(lambda length: b"\r\n--" + BOUNDARY[:length].encode()),
)
contents = st.lists(fragments, max_size=12).map(b"".join)


@settings(max_examples=400, deadline=None)
@given(st.lists(contents, max_size=4), st.lists(st.integers(1, 90), min_size=1, max_size=5))
def test_any_content_in_any_chunks_comes_back(payloads, sizes):
    assume(all(f"\r\n--{BOUNDARY}".encode() not in payload for payload in payloads))
    body = body_of(*((f'Content-Disposition: form-data; name="{i}"', p) for i, p in enumerate(payloads)))
    found = asyncio.run(form(cut(body, sizes)))
    assert found == [(str(i), None, None, payload) for i, payload in enumerate(payloads)]


@settings(max_examples=200, deadline=None)
@given(contents, st.integers(0, 400), st.lists(st.integers(1, 90), min_size=1, max_size=5))
def test_a_form_that_is_cut_off_is_malformed(payload, end, sizes):
    assume(f"\r\n--{BOUNDARY}".encode() not in payload)
    whole = body_of(
        ('Content-Disposition: form-data; name="a"', payload), ('Content-Disposition: form-data; name="b"', b"")
    )
    body = whole[: min(end, len(whole) - 3)]  # the line break at the end may be missing
    with pytest.raises(MalformedMultipart):
        asyncio.run(form(cut(body, sizes)))


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.one_of(
            fragments,
            st.sampled_from(
                [b"\r\n--" + BOUNDARY.encode(), b"Content-Disposition: form-data", b'; name="a"', b";", b"\\"]
            ),
        ),
        max_size=20,
    ).map(b"".join),
    st.lists(st.integers(1, 90), min_size=1, max_size=5),
)
def test_nonsense_is_malformed_or_a_form_but_never_a_crash(body, sizes):
    try:
        asyncio.run(form(cut(b"--" + BOUNDARY.encode() + b"\r\n" + body, sizes)))
    except MalformedMultipart as error:
        assert str(error).endswith(".")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_nonsense_in_headers_is_malformed_or_a_name(name, content_type):
    for header in (f"form-data; name={name}", f'form-data; name="{name}"', f"form-data; name*={name}", name):
        try:
            asyncio.run(form(body_of((f"Content-Disposition: {header}".encode("utf-8", "replace"), b"x"))))
        except MalformedMultipart as error:
            assert str(error).endswith(".")
    with pytest.raises(MalformedMultipart):
        asyncio.run(form(b"x", content_type))


NAMES = [
    "a.txt",
    "a file.txt",
    "naïve – 名前.txt",
    'the "best".txt',
    "back\\slash.txt",
    "C:\\temp\\a.txt",
    "../../etc/passwd",
]
NAMES += ["100%.txt", "a;b=c.txt", "a'b.txt", "two\nlines.txt", "ends\\", "", " "]


@settings(deadline=None)
@given(
    contents,
    st.one_of(st.sampled_from(NAMES), st.text(st.characters(exclude_characters='\0%\\"', exclude_categories=["Cs"]))),
)
def test_what_requests_and_urllib3_send(payload, filename):
    fields = [
        ("file", (filename, payload, "text/x-log")),
        ("file", (None, payload, "image/png")),
        ("comment", (None, "ä")),
    ]
    sent = requests.Request("PUT", "http://localhost/", files=fields).prepare()
    assert sent.body
    found = asyncio.run(form(sent.body, sent.headers["Content-Type"]))
    assert found[1:] == [("file", None, "image/png", payload), ("comment", None, None, "ä".encode())]
    assert found[0] == ("file", filename, "text/x-log", payload)

    encoded, content_type = urllib3.encode_multipart_formdata([("file", (filename, payload, "text/x-log"))])
    assert asyncio.run(form(encoded, content_type)) == [("file", filename, "text/x-log", payload)]


@settings(deadline=None)
@given(contents, st.sampled_from([name for name in NAMES if name and "\\" not in name]))
def test_what_httpx_sends(payload, filename):
    sent = httpx.Request(
        "PUT", "http://localhost/", data={"note": "ä"}, files={"file": (filename, payload, "application/json")}
    )
    found = asyncio.run(form(sent.read(), sent.headers["Content-Type"]))
    assert found == [("note", None, None, "ä".encode()), ("file", filename, "application/json", payload)]


@pytest.mark.parametrize(
    ("parameters", "filename"),
    [
        ('name="file"', None),
        ('name="file"; filename=""', ""),
        ("name=file; filename=plain.txt", "plain.txt"),
        ('name="file"; filename="a%22b.txt"', 'a"b.txt'),  # browsers, Python, Node
        ('name="file"; filename="a"b".txt"', 'a"b".txt'),  # Go
        (r'name="file"; filename="a\"b\\c.txt"', r'a"b\c.txt'),  # older curl, Java
        (r'name="file"; filename="a\\b.txt"', r"a\\b.txt"),  # could be either: as it came
        (r'name="file"; filename="C:\temp\a.txt"', r"C:\temp\a.txt"),
        (r'name="file"; filename="\\server\share\a.txt"', r"\\server\share\a.txt"),
        (r'name="file"; filename="ends\"', "ends\\"),
        ('name="file"; filename="100%25 %41.txt"', "100%25 %41.txt"),  # browsers encode no percent signs
        ('name="file"; filename="a%0D%0Ab.txt"', "a\r\nb.txt"),
        ('name="file"; filename="a;b=c; d.txt"', "a;b=c; d.txt"),
        ('name="file"; filename="  a b  "', "  a b  "),
        ('filename="a.txt"; name="file"', "a.txt"),
        ('name="file" ; filename = "a.txt" ;', "a.txt"),
        ('NAME="file"; FileName="a.txt"', "a.txt"),
        ('name="file"; filename="名前.txt"', "名前.txt"),
        ("name=\"file\"; filename*=UTF-8''na%C3%AFve%20%22x%22.txt", 'naïve "x".txt'),
        ('name="file"; filename="=?utf-8?B?bg==?="; filename*=utf-8\'\'%E5%90%8D.txt', "名.txt"),  # .NET
        ('name="file"; filename*=iso-8859-1\'en\'%A3.txt; filename="x"', "£.txt"),
        ('name="file"; filename="one.txt"; filename="two.txt"', "one.txt"),
        ('name="file"; filename="a.txt"; size=12', "a.txt"),
    ],
)
async def test_names_are_kept_as_the_client_has_them(parameters, filename):
    assert await form(file_named(parameters)) == [("file", filename, None, b"x")]


@pytest.mark.parametrize("name", ["", "a b", "ä", "a[0].b", "a%b"])
async def test_field_names_are_kept_too(name):
    assert await form(file_named(f'name="{name}"')) == [(name, None, None, b"x")]


async def test_a_part_without_a_filename_is_bytes_like_any_other():
    body = body_of(
        ('Content-Disposition: form-data; name="file"\r\nContent-Type: application/octet-stream', b"\xff\xfe\0")
    )
    assert await form(body) == [("file", None, "application/octet-stream", b"\xff\xfe\0")]


async def test_headers_are_handed_on():
    head = 'content-disposition: form-data; name="a"\r\nContent-Type: Text/Plain; charset="x"\r\nX-One: 1 \r\nx-one: 2'
    (part,) = [part async for part in parts(stream([body_of((head, b""))]), FORM)]
    assert part.content_type == 'Text/Plain; charset="x"'
    assert part.headers == {
        "content-disposition": 'form-data; name="a"',
        "content-type": 'Text/Plain; charset="x"',
        "x-one": "1",
    }


async def test_parts_that_are_not_read_are_skipped():
    body = body_of(*((f'Content-Disposition: form-data; name="{i}"', bytes([65 + i]) * 1000) for i in range(5)))
    seen = []
    earlier = None
    async for part in parts(stream(cut(body, [7])), FORM):
        if earlier:
            assert [chunk async for chunk in earlier.chunks] == []
        if part.name in {"1", "3"}:
            seen.append(await anext(part.chunks))
        if part.name == "4":
            seen.append(b"".join([chunk async for chunk in part.chunks]))
        earlier = part
    assert seen[2] == b"E" * 1000
    assert [chunk[:1] for chunk in seen] == [b"B", b"D", b"E"]


async def test_content_comes_before_the_body_has_ended():
    waiting = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield file_named('name="a"').partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + b"y" * 100
        waiting.set()
        await asyncio.Event().wait()

    form_parts = parts(slow(), FORM)
    async with asyncio.timeout(5):
        part = await anext(form_parts)
        assert await anext(part.chunks) == b"y" * 100
    assert not waiting.is_set()


async def test_the_stream_is_read_to_its_end_and_what_follows_the_form_is_passed_over():
    left = iter([file_named('name="a"'), b"epilogue", b"", b"more"])
    assert await form(left) == [("a", None, None, b"x")]
    assert list(left) == []


async def test_a_preamble_and_an_empty_form_are_fine():
    assert await form(b"Your reader is too old.\r\n" + file_named('name="a"')) == [("a", None, None, b"x")]
    assert await form(body_of()) == []


@pytest.mark.parametrize(
    "content_type",
    [
        f'multipart/form-data; boundary="{BOUNDARY}"',
        f"Multipart/Form-Data;Boundary={BOUNDARY}",
        f"multipart/form-data; charset=utf-8; boundary={BOUNDARY} ; x=y",
    ],
)
async def test_the_boundary_is_found_however_it_is_written(content_type):
    assert await form(file_named('name="a"'), content_type) == [("a", None, None, b"x")]


async def test_an_unquoted_boundary_may_hold_strange_characters():
    boundary = "----=_Part_1:2/3(4)?"
    body = file_named('name="a"').replace(BOUNDARY.encode(), boundary.encode())
    assert await form(body, f"multipart/form-data; boundary={boundary}") == [("a", None, None, b"x")]


@pytest.mark.parametrize(
    ("content_type", "message"),
    [
        ("", "missing"),
        ("application/json", "application/json"),
        ("multipart/mixed; boundary=a", "multipart/mixed"),
        ("multipart/form-data", "no boundary"),
        ("multipart/form-data; boundary=", "no boundary"),
        ('multipart/form-data; boundary=""', "no boundary"),
        ("multipart/form-data; boundary=" + "x" * 300, "256"),
        ("multipart/form-data; boundary=ä", "ASCII"),
        ('multipart/form-data; boundary="a', "not closed"),
        ("multipart/form-data; boundary=other", "boundary in its Content-Type"),
    ],
)
async def test_a_content_type_that_does_not_fit_is_malformed(content_type, message):
    with pytest.raises(MalformedMultipart, match=message):
        await form(file_named('name="a"'), content_type)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "empty"),
        (b'{"json": true}', "boundary in its Content-Type"),
        (file_named('name="a"').replace(b"\r\n", b"\n"), "line break"),
        (file_named('name="a"')[:-4], "in the middle"),
        (body_of(("Content-Type: text/plain", b"x")), "Missing Content-Disposition"),
        (body_of(("Content-Disposition: attachment; name=a", b"x")), "Wrong type"),
        (body_of(("no colon", b"x")), "header"),
        (body_of((b'Content-Disposition: form-data; name="\xff"', b"x")), "decode"),
        (body_of(('Content-Disposition: form-data; name="a"\r\nContent-Length: 2', b"x")), "Content-Length"),
        (file_named('filename="a"'), "no name"),
        (file_named('name="a'), "not closed"),
        (file_named("name=\"a\"; filename*=utf-8''%FF"), "RFC 5987"),
        (file_named("name=\"a\"; filename*=koi8-r''a"), "RFC 5987"),
        (file_named('name="a"; filename*=plain'), "RFC 5987"),
        (file_named("name=\"a\"; filename*=utf-8''a%00b"), "NUL"),
        (file_named('name="a\0"'), "NUL"),
        (file_named('name=a;" "'), "unreadable"),
    ],
)
async def test_a_malformed_body_is_refused_with_a_reason(body, message):
    with pytest.raises(MalformedMultipart, match=message):
        await form(body)


async def test_too_many_parts_are_refused():
    body = body_of(*[('Content-Disposition: form-data; name="a"', b"")] * 4)
    assert len(await form(body, max_parts=4)) == 4
    with pytest.raises(MalformedMultipart, match="more than 3 parts"):
        await form(body, max_parts=3)


async def test_too_long_and_too_many_headers_are_refused():
    assert (await form(file_named(f'name="{"a" * 16_000}"')))[0][0] == "a" * 16_000
    for body in (file_named(f'name="{"a" * 17_000}"'), file_named(f'name="{"a" * 40_000}')[:20_000]):
        with pytest.raises(MalformedMultipart, match="header length"):
            await form(cut(body, [1000]))
    with pytest.raises(MalformedMultipart, match="header count"):
        await form(body_of(("Content-Disposition: form-data; name=a" + "\r\nX-A: b" * 20, b"")))


async def test_a_body_past_its_limit_is_refused_at_once():
    body = file_named('name="a"')
    assert await form(body, max_body=len(body))
    left = iter([body, b"more", b"never read"])
    with pytest.raises(BodyTooLarge) as caught:
        await form(left, max_body=len(body))
    assert caught.value.limit == len(body)
    assert list(left) == [b"never read"]


@pytest.mark.parametrize("filler", [" ", '"', '" ', ";", "; ", "a=", ";a=", '";a', "\\", '\\"', ';a="', "%22", "\t;\t"])
async def test_no_header_takes_long(filler):
    header = f'name="{filler * (16_000 // len(filler))}x'
    started = time.perf_counter()
    try:
        await form(file_named(header))
    except MalformedMultipart as error:
        assert len(str(error)) < 500
    assert time.perf_counter() - started < 0.5
