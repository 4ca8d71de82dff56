"""Files: adding, downloading, deleting (spec/bottlecrm §1, §8.9-10)."""

import httpx
import pytest

from dialects.bottlecrm.client import MALFORMED, NOBODY


@pytest.fixture
def case(alice):
    return alice.open()["id"]


def download(door, file):
    return door.http.get(file["attachment"].removeprefix("/bottlecrm"))


def test_an_attachment_has_these_members(alice, case):
    file = alice.attach(case, b"hello", "notes.txt")
    assert set(file) == {"id", "attachment", "case", "created_on", "created_by", "file_name", "file_path", "size"}
    assert file["attachment"] == file["file_path"] == f"/bottlecrm/api/cases/attachment/{file['id']}/"
    assert (file["case"], file["file_name"], file["size"]) == (case, "notes.txt", 5)
    assert file["created_by"] == alice.id("users", "acme/alice")
    assert alice.detail(case)["attachments"] == [file]


@pytest.mark.parametrize(
    "name", ["a.txt", "naïve 🦄.pdf", "no-extension", 'quo"te.txt', "page.html", "../../etc/passwd"]
)
def test_what_went_in_comes_out(alice, case, name):
    data = bytes(range(256)) * 100
    answer = download(alice, alice.attach(case, data, name))
    assert (answer.status_code, answer.content) == (200, data)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; filename")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_empty_file_is_a_file(alice, case):
    file = alice.attach(case, b"", "empty.txt")
    assert file["size"] == 0
    assert download(alice, file).content == b""


def test_a_forms_empty_file_field_is_none(alice, case):
    body = (
        b'--B\r\nContent-Disposition: form-data; name="comment"\r\n\r\nx\r\n'
        b'--B\r\nContent-Disposition: form-data; name="attachment"; filename=""\r\n\r\n\r\n--B--\r\n'
    )
    answer = alice.result(
        "POST", f"/api/cases/{case}/", content=body, headers={"Content-Type": "multipart/form-data; boundary=B"}
    )
    assert (len(answer["comments"]), answer["attachments"]) == (1, [])


def test_too_large_a_file_is_413_and_nothing_is_kept(alice, case):
    files = [("attachment", ("a", b"1")), ("attachment", ("b", bytes(10 * 1024 * 1024 + 1)))]
    alice.refused("POST", f"/api/cases/{case}/", 413, data={"comment": "x"}, files=files)
    body = alice.detail(case)
    assert (body["comments"], body["attachments"]) == ([], [])


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "multipart/form-data; boundary=B"),
        (b"--B\r\n", "multipart/form-data; boundary=B"),
        (b"--B--\r\n", "multipart/form-data"),
        (b'--B\r\nContent-Disposition: form-data; name="comment"\r\n\r\nx', "multipart/form-data; boundary=B"),
        (
            b'--B\r\nContent-Disposition: form-data; name="comment"\r\n\r\n\xff\r\n--B--\r\n',
            "multipart/form-data; boundary=B",
        ),
    ],
)
def test_a_damaged_form_is_400(alice, case, content, kind):
    alice.wrong("POST", f"/api/cases/{case}/", content=content, headers={"Content-Type": kind})


@pytest.mark.parametrize("file", [NOBODY, MALFORMED])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_file_is_404(alice, method, file):
    alice.refused(method, f"/api/cases/attachment/{file}/", 404)


def test_a_comment_is_no_file(alice, case):
    alice.refused("GET", f"/api/cases/attachment/{alice.comment(case, 'x')['id']}/", 404)


@pytest.mark.parametrize(
    ("user", "status"), [("acme/bob", 200), ("acme/vera", 200), ("acme/rita", 404), ("globex/gina", 404)]
)
def test_whoever_may_read_the_case_may_download(alice, crm, case, user, status):
    assert download(crm.of(user), alice.attach(case)).status_code == status


def test_downloading_needs_a_token(server, alice, case):
    assert httpx.get(server.url + alice.attach(case)["attachment"]).status_code == 401


def test_who_may_only_read_may_not_attach(alice, vera, case):
    vera.refused("POST", f"/api/cases/{case}/", 403, files={"attachment": ("a", b"1")})
    assert alice.detail(case)["attachments"] == []


def test_its_uploader_deletes_a_file(bob, case):
    file = bob.attach(case)
    answer = bob.request("DELETE", f"/api/cases/attachment/{file['id']}/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert bob.detail(case)["attachments"] == []
    assert download(bob, file).status_code == 404
    bob.refused("DELETE", f"/api/cases/attachment/{file['id']}/", 404)


def test_an_administrator_deletes_any_file(alice, bob, case):
    file = bob.attach(case)["id"]
    assert alice.request("DELETE", f"/api/cases/attachment/{file}/").status_code == 204


def test_others_do_not_delete(alice, bob, vera, case):
    file = alice.attach(case)["id"]
    for door in (bob, vera):
        door.refused("DELETE", f"/api/cases/attachment/{file}/", 403)
    assert len(alice.detail(case)["attachments"]) == 1


def test_the_audience_of_files(server, alice, case):
    """What customers see of them is told by the IBM door."""
    alice.attach(case, b"1", "inside.txt")
    alice.attach(case, b"1", "outside.txt", is_internal="false")
    assert ibm_files(server, case) == ["outside.txt"]


def ibm_files(server, case):
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": server.secret("acme/alice")}
    token = httpx.post(f"{server.url}/ibm/identity/token", data=form).json()["access_token"]
    query = {"sort": "~created_at", "limit": 100, "fields": "number,short_description,attachments"}
    url = f"{server.url}/ibm/case-management/v1/cases"
    found = httpx.get(url, params=query, headers={"Authorization": f"Bearer {token}"}).json()["cases"]
    name = httpx.get(
        f"{server.url}/bottlecrm/api/cases/{case}/",
        headers={"Authorization": f"Bearer {token}", "organization-id": server.ids["tenants"]["acme"]["bottlecrm"]},
    ).json()["case_obj"]["name"]
    return [f["filename"] for row in found if row["short_description"] == name for f in row["attachments"]]
