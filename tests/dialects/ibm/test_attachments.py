"""Uploading, downloading and removing files. facts.md §1, §6.10-12, §10.15-17, §11.7-9."""

import gzip
import hashlib
from email.message import Message

import pytest

from dialects.ibm.client import FILE_ID, Part, multipart, place_case
from dialects.ibm.shapes import assert_attachment, assert_recent, assert_refused

LIMIT = 8 * 1024 * 1024
# As facts.md lists them, with the five that IBM forgot.
LISTED = """
7z ace ams arm asp bash history bkp big bmp bz2 ca ca-bundle ca-crt cabundle cap cer cert cfg cnf crt csr csv dat
dbs debug dib dmesg dmp doc docx dotx dump email eml emz env eps error evt evtx fragment gif gz gz_aa gz_ab gz_ac
har hosts htaccess html iaf ics id img info jpb jpe jpeg jpg key lic log lst lzh mai md5 mib mjpg msg mso odp ods
odt oft openssh out ovf ovpn p7b p7s pages pcap pcf pcx pdb pem pfx pic pix png ppk ppt pptx psd psp pspimage
pub_key rar raw rdp req rpt rtf snag sql ssh stats sth svg sxc tar targz tbz2 tcpdump text tgz tgz-aa tgz-ab tgz-ac
tgz-ad tgz-ae tgz-af tgz-ag tgz-ah tgz-ai tgz-aj tgz-ak tgz-al tgz-am tif tiff tip trace tsv txt ufo vcf vdx vsdx
webarchive wml wps wpz wrf wri xcf xlog xlr xls xml xpm xps xz yaml zip zipaa zipx zone json pdf xlsx yml md
"""
EXTENSIONS = LISTED.split()


@pytest.fixture
def number(alice):
    return alice.open()["number"]


def send(door, number, body, kind, **headers):
    sent = headers if kind is None else {"Content-Type": kind, **headers}
    return door.request("PUT", f"/cases/{number}/attachments", content=body, headers=sent)


def remove(door, number, file_id):
    return door.request("DELETE", f"/cases/{number}/attachments/{file_id}")


def offered_name(answer):
    """The file name that a browser would take from Content-Disposition."""
    header = Message()
    header["Content-Disposition"] = answer.headers["content-disposition"]
    assert header.get_content_disposition() == "attachment"
    return header.get_filename()


def test_it_answers_with_the_stored_file(alice, number):
    file = alice.upload(number, b"some text\n", "a file.txt", type="text/plain")
    assert_attachment(file, alice.base, number)
    assert file["filename"] == "a file.txt"
    assert file["size_in_bytes"] == 10
    assert_recent(file["created_at"])
    assert alice.case(number)["attachments"] == [file]


def test_its_url_gives_the_bytes_back_as_an_attachment_that_nobody_sniffs(alice, number):
    data = bytes(range(256)) * 100
    file = alice.upload(number, data, "all.dat", type="text/plain")
    answer = alice.http.get(file["url"])
    assert answer.status_code == 200
    assert answer.content == data
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-length"] == str(len(data))
    assert offered_name(answer) == "all.dat"


@pytest.mark.parametrize(
    ("filename", "type_"),
    [
        ("data.json", "application/json"),
        ("page.html", "text/html"),
        ("logo.svg", "image/svg+xml"),
        ("photo.png", "image/png"),
        ("notes.txt", "text/plain; charset=utf-8"),
    ],
)
def test_it_serves_every_type_as_octets(alice, number, filename, type_):
    file = alice.upload(number, b'{"a": 1}', filename, type=type_)
    answer = alice.download(number, file["id"])
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.content == b'{"a": 1}'


@pytest.mark.parametrize(
    ("data", "filename", "type_"),
    [
        (b"plain text", "picture.png", "image/png"),
        (b"\x00\xff\x80\x01", "notes.txt", "text/plain"),
        (b"MZ\x90\x00", "notes.txt", "application/x-msdownload"),
        (b"--casework--\r\n--", "notes.txt", "not a type"),
    ],
)
def test_it_never_sniffs(alice, number, data, filename, type_):
    file = alice.upload(number, data, filename, type=type_)
    assert file["filename"] == filename
    assert alice.download(number, file["id"]).content == data


@pytest.mark.parametrize("type_", ["application/octet-stream", "text/plain", None])
def test_a_part_without_a_filename_is_still_a_file(alice, number, type_):
    data = b"\x00\xffbinary\r\nwith lines"
    file = alice.upload(number, data, None, type=type_)
    assert_attachment(file, alice.base, number)
    assert file["filename"]
    assert file["size_in_bytes"] == len(data)
    assert alice.download(number, file["id"]).content == data


@pytest.mark.parametrize(
    "filename",
    [
        "with spaces and more.txt",
        'say "hello".txt',
        "größe 文件 🚀.txt",
        "it's; a=b, c.txt",
        "percent %41 100%.txt",
        "semi;colon.txt",
        "x" * 150 + ".txt",
        "_",
    ],
)
def test_it_echoes_the_name_exactly_and_offers_it_for_download(alice, number, filename):
    file = alice.upload(number, b"x", filename, type="text/plain")
    assert file["filename"] == filename
    assert alice.attachments(number)[0]["filename"] == filename
    assert offered_name(alice.download(number, file["id"])) == filename


@pytest.mark.parametrize(
    "disposition",
    [
        'form-data; name="file"; filename="a"b.txt"',
        r'form-data; name="file"; filename="a\"b.txt"',
        "form-data; name=file; filename=plain.txt",
        'form-data; name="file"; filename=""',
        'form-data; name="file"; filename="../../etc/passwd.txt"',
        'form-data; name="file"; filename="C:\\\\temp\\\\a.txt"',
        'form-data; name="file"; filename="a%0D%0ASet-Cookie: x=1.txt"',
        'form-data; filename="a.txt"; name="file"',
        "form-data; name=\"file\"; filename*=UTF-8''a%20b.txt",
    ],
)
def test_odd_headers_of_a_part_do_no_harm(alice, number, disposition):
    answer = alice.send_parts(number, Part(b"data", disposition=disposition))
    if answer.status_code != 200:
        assert_refused(answer, 400)
        assert alice.attachments(number) == []
        return
    got = alice.download(number, answer.json()["id"])
    assert got.content == b"data"
    assert "set-cookie" not in got.headers
    assert offered_name(got) is not None


def test_an_empty_file_is_a_file(alice, number):
    file = alice.upload(number, b"", "empty.txt")
    assert file["size_in_bytes"] == 0
    answer = alice.download(number, file["id"])
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["content-type"] == "application/octet-stream"


def test_of_several_parts_all_are_stored_and_the_last_is_returned(alice, number):
    parts = [Part(f"data {n}".encode(), f"{n}.txt") for n in range(3)]
    answer = alice.send_parts(number, *parts)
    assert answer.status_code == 200
    assert answer.json()["filename"] == "2.txt"
    files = alice.attachments(number)
    assert [file["filename"] for file in files] == ["0.txt", "1.txt", "2.txt"]
    assert files[-1] == answer.json()
    for n, file in enumerate(files):
        assert alice.download(number, file["id"]).content == f"data {n}".encode()


def test_equal_files_are_separate_files(alice, number):
    ids = {alice.upload(number, b"same", "same.txt")["id"] for _ in range(3)}
    assert len(ids) == 3
    assert remove(alice, number, ids.pop()).status_code == 200
    for file_id in ids:
        assert alice.download(number, file_id).content == b"same"


def test_other_members_of_the_form_are_ignored(alice, number):
    answer = alice.send_parts(number, Part(b"a text", name="comment"), Part(b"data", "a.txt"), Part(b"x", name="y"))
    assert answer.json()["filename"] == "a.txt"
    assert len(alice.attachments(number)) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", None),
        (b"", "multipart/form-data; boundary=abc"),
        (b"--abc--\r\n", "multipart/form-data; boundary=abc"),
        (b"data", "multipart/form-data"),
        (b"data", "multipart/form-data; boundary="),
        (b"no boundary in here", "multipart/form-data; boundary=abc"),
        (multipart(Part(b"d", "a.txt", name="document"))[0], "multipart/form-data; boundary=casework-boundary-7f3a"),
        (multipart(Part(b"d", "a.txt"))[0][:-30], "multipart/form-data; boundary=casework-boundary-7f3a"),
        (multipart(Part(b"d", "a.txt"))[0], "multipart/form-data; boundary=another"),
        (b"--abc\r\n\r\ndata\r\n--abc--\r\n", "multipart/form-data; boundary=abc"),
    ],
    ids=["none", "empty", "no part", "unbounded", "blank", "junk", "other name", "cut", "other boundary", "headless"],
)
def test_a_form_without_a_file_is_refused(alice, number, body, kind):
    assert_refused(send(alice, number, body, kind), 400)
    assert alice.attachments(number) == []


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/octet-stream"])
def test_a_body_that_is_no_form_is_415(alice, number, kind):
    assert_refused(send(alice, number, b'{"file": "data"}', kind), 415)


def test_a_file_of_exactly_8_mebibytes_is_stored(alice, number):
    data = bytes(1024) * 8191 + b"end of it." + bytes(1014)
    assert len(data) == LIMIT
    file = alice.upload(number, data, "big.dat")
    assert file["size_in_bytes"] == LIMIT
    got = alice.download(number, file["id"]).content
    assert hashlib.sha256(got).digest() == hashlib.sha256(data).digest()


@pytest.mark.parametrize("extra", [1, LIMIT])
def test_a_larger_file_is_413_and_nothing_is_stored(alice, number, extra):
    body, kind = multipart(Part(b"small", "small.txt"), Part(bytes(LIMIT + extra), "big.dat"))
    assert_refused(send(alice, number, body, kind), 413)
    assert alice.attachments(number) == []


def test_the_limit_is_per_file_and_not_per_request(alice, number):
    body, kind = multipart(*(Part(bytes(LIMIT // 2 + 1), f"{n}.dat") for n in range(3)))
    assert send(alice, number, body, kind).status_code == 200
    assert [file["size_in_bytes"] for file in alice.attachments(number)] == [LIMIT // 2 + 1] * 3


def test_a_chunked_upload_is_read(alice, number):
    body, kind = multipart(Part(b"streamed " * 5000, "a.txt"))
    pieces = (body[start : start + 1000] for start in range(0, len(body), 1000))
    file = send(alice, number, pieces, kind).json()
    assert file["size_in_bytes"] == 45000


def test_a_gzipped_form_is_read(alice, number):
    body, kind = multipart(Part(b"squeezed", "a.txt"))
    answer = send(alice, number, gzip.compress(body), kind, **{"Content-Encoding": "gzip"})
    assert answer.status_code == 200, answer.text
    assert alice.download(number, answer.json()["id"]).content == b"squeezed"


def test_the_limit_counts_what_comes_out_of_a_gzipped_form(alice, number):
    body, kind = multipart(Part(bytes(LIMIT + 1), "a.dat"))
    assert_refused(send(alice, number, gzip.compress(body), kind, **{"Content-Encoding": "gzip"}), 413)
    assert alice.attachments(number) == []


@pytest.mark.parametrize("start", range(0, len(EXTENSIONS), 40))
def test_every_extension_that_ibm_lists_is_taken(alice, number, start):
    names = [f"file.{extension}" for extension in EXTENSIONS[start : start + 40]]
    assert alice.send_parts(number, *(Part(b"x", name) for name in names)).status_code == 200
    assert [file["filename"] for file in alice.attachments(number)] == names


@pytest.mark.parametrize("filename", ["README", "PHOTO.PNG", "archive.tar.gz", "v1.2.3.txt", "a.exe.txt"])
def test_no_extension_capitals_and_several_dots_are_fine(alice, number, filename):
    assert alice.upload(number, b"x", filename)["filename"] == filename


@pytest.mark.parametrize("filename", ["setup.exe", "SETUP.EXE", "a.txt.exe", "lib.dll", "run.sh", "page.php", "x.mp4"])
def test_other_extensions_are_415_and_nothing_is_stored(alice, number, filename):
    assert_refused(alice.send_parts(number, Part(b"x", "good.txt"), Part(b"x", filename)), 415)
    assert alice.attachments(number) == []


def test_removing_answers_with_what_remains(alice, number):
    one, two = alice.upload(number, b"1", "1.txt"), alice.upload(number, b"2", "2.txt")
    assert alice.result("DELETE", f"/cases/{number}/attachments/{one['id']}") == {"attachments": [two]}
    assert alice.attachments(number) == [two]
    assert alice.result("DELETE", f"/cases/{number}/attachments/{two['id']}") == {"attachments": []}
    assert alice.attachments(number) == []


def test_what_was_removed_is_gone(alice, number):
    file = alice.upload(number, b"1", "1.txt")
    assert remove(alice, number, file["id"]).status_code == 200
    assert_refused(alice.download(number, file["id"]), 404)
    assert_refused(remove(alice, number, file["id"]), 404)


@pytest.mark.parametrize("file_id", [FILE_ID, "fake-file-id", "1", "%20", "..%2F..", "%00", "a" * 500])
def test_an_unknown_file_is_404(alice, number, file_id):
    assert_refused(alice.download(number, file_id), 404)
    assert_refused(remove(alice, number, file_id), 404)


def test_a_file_is_found_only_under_its_own_case(alice, number):
    file, other = alice.upload(number, b"1", "1.txt"), alice.open()["number"]
    assert_refused(alice.download(other, file["id"]), 404)
    assert_refused(remove(alice, other, file["id"]), 404)
    assert alice.attachments(number) == [file]


def test_an_unknown_case_takes_and_gives_no_files(alice):
    assert_refused(alice.send_parts("fake-case-number", Part(b"x", "a.txt")), 404)
    assert_refused(alice.download("fake-case-number", FILE_ID), 404)
    assert_refused(remove(alice, "fake-case-number", FILE_ID), 404)


def test_a_download_error_is_json_although_octets_were_asked_for(alice, number):
    headers = {"Accept": "application/octet-stream"}
    answer = alice.request("GET", f"/cases/{number}/attachments/{FILE_ID}", headers=headers)
    assert_refused(answer, 404)
    assert answer.reason_phrase == "Not Found"


def test_removing_through_this_door_leaves_internal_files_alone(server, alice):
    number = place_case(server, files=[{"name": "staff.txt", "text": "staff", "audience": "internal"}])
    file = alice.upload(number, b"1", "1.txt")
    assert alice.result("DELETE", f"/cases/{number}/attachments/{file['id']}") == {"attachments": []}


def test_a_customers_file_is_seen_by_all(server, alice, carl):
    number = place_case(server, watchers=["carl"])
    file = carl.upload(number, b"from a client", "a.txt")
    assert alice.download(number, file["id"]).content == b"from a client"
    assert alice.attachments(number) == [file]
