"""Files through IBM's unmodified Python client."""

import pytest
from ibm_platform_services import case_management_v1 as ibm

from clients.ibm_python import Connections, described, make, refused, upload


@pytest.fixture
def connections(server):
    opened = Connections(server)
    yield opened
    opened.close()


@pytest.fixture
def service(connections):
    return connections.of("acme/alice")


@pytest.mark.parametrize(
    ("data", "members"),
    [
        (b"hello file", {"filename": "test file.txt", "content_type": "text/plain"}),
        (b"plain text", {"filename": "picture.png", "content_type": "image/png"}),
        (b"\x00\xff\x80\x01", {"filename": "binary.txt", "content_type": "text/plain"}),
        (b'{"a": [1]}', {"filename": "data.json", "content_type": "application/json"}),
        (b"\xff no type", {"filename": "data.bin.log"}),
        (b"odd", {"filename": "odd.txt", "content_type": "not/a-type; x"}),
        (b"quotes", {"filename": 'say "hi" twice.txt', "content_type": "text/plain"}),
        (b"letters", {"filename": "größe 文件.txt", "content_type": "text/plain"}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_it_uploads_and_downloads_a_file_with_its_name(service, data, members):
    number = make(service)["number"]
    file = ibm.Attachment.from_dict(upload(service, number, data, **members))
    assert file.filename == members["filename"]
    assert file.size_in_bytes == len(data)
    answer = service.download_file(number, file.id)
    assert answer.get_status_code() == 200
    assert answer.get_headers()["content-type"] == "application/octet-stream"
    assert answer.get_result().content == data


@pytest.mark.parametrize("members", [{}, {"content_type": "text/plain"}], ids=str)
def test_it_uploads_a_file_without_a_name(service, members):
    number = make(service)["number"]
    file = upload(service, number, b"\x00\xff nameless", **members)
    assert file["filename"]
    assert service.download_file(number, file["id"]).get_result().content == b"\x00\xff nameless"


def test_it_reads_an_empty_file_as_nothing(service):
    number = make(service)["number"]
    file = upload(service, number, b"", filename="empty.txt")
    assert file["size_in_bytes"] == 0
    answer = service.download_file(number, file["id"])
    assert answer.get_status_code() == 200
    assert answer.get_result() is None


def test_it_uploads_several_files_at_once(service):
    number = make(service)["number"]
    files = [described(b"x", filename=f"{n}.txt") for n in range(3)]
    assert service.upload_file(number, files).get_result()["filename"] == "2.txt"
    shown = service.get_case(number, fields=["attachments"]).get_result()["attachments"]
    assert [file["filename"] for file in shown] == ["0.txt", "1.txt", "2.txt"]


def test_it_deletes_files_down_to_an_empty_list(service):
    number = make(service)["number"]
    first, second = (upload(service, number, b"x", filename=f"{n}.txt") for n in range(2))
    answer = service.delete_file(number, first["id"])
    assert answer.get_status_code() == 200
    assert [file.id for file in ibm.AttachmentList.from_dict(answer.get_result()).attachments] == [second["id"]]
    assert service.delete_file(number, second["id"]).get_result() == {"attachments": []}
    refused(404, service.delete_file, number, second["id"])
    refused(404, service.download_file, number, second["id"])


def test_uploads_that_cannot_be_are_refused(service):
    number = make(service)["number"]
    refused(400, service.upload_file, number, [])
    too_big = [described(bytes(8 * 1024 * 1024 + 1), filename="big.dat")]
    refused(413, service.upload_file, number, too_big)
    refused(415, service.upload_file, number, [described(b"x", filename="setup.exe")])
    refused(404, service.upload_file, "fake-case-number", [described(b"x", filename="a.txt")])
    assert service.get_case(number).get_result()["attachments"] == []
