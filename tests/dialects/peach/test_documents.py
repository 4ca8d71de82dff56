"""Loans, interactions and documents of a borrower (spec/peach §11)."""

import hashlib
import secrets
from collections.abc import Iterator

import pytest

from casework.casebook.doctor import installation
from casework.dialects.spellings import peach_number
from casework.store.blobs import Blobs
from casework.store.people import tenants
from casework.store.upkeep import checks
from dialects.peach.office import Office, Two, companies

KINDS = {
    "loans": ("LN", {"name": "Car"}),
    "interactions": ("IN", {"channel": "email", "subject": "Hello"}),
    "documents": ("DC", {"type": "evidence", "fileName": "a.pdf"}),
}


@pytest.fixture(scope="module")
def two(server) -> Iterator[Two]:
    with companies(server, "pobjects") as found:
        yield found


@pytest.fixture(scope="module")
def office(two) -> Office:
    return two.here


@pytest.fixture(scope="module")
def kit(office) -> str:
    return f"/people/{office.id('persons', 'kit')}"


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_made_shown_changed_and_taken_away(office, kit, kind):
    prefix, body = KINDS[kind]
    made = office.post(f"{kit}/{kind}", {**body, "externalId": f"{kind}-1", "metaData": {"a": "b"}})
    assert made["id"].startswith(prefix)
    assert made["object"] == kind[:-1]
    assert made["personId"] == office.id("persons", "kit")
    assert {name: made[name] for name in body} == body
    path = f"{kit}/{kind}/{made['id']}"
    assert office.data(path) == made
    assert office.data(f"/people/ext-kit-1/{kind}/ext-{kind}-1") == made
    changed = office.put(path, {"status": "other"})
    assert (changed["status"], changed["metaData"]) == ("other", {"a": "b"})
    assert changed["updatedAt"] is not None
    assert made["id"] in [one["id"] for one in office.data(f"{kit}/{kind}")]
    assert [one["id"] for one in office.data(f"{kit}/{kind}", externalId=f"{kind}-1")] == [made["id"]]
    office.refused("POST", f"{kit}/{kind}", {**body, "externalId": f"{kind}-1"}, status=409)
    assert office.send("DELETE", path).status_code == 204
    for method in ("GET", "PUT", "DELETE"):
        office.refused(method, path, {} if method == "PUT" else None, status=404)
    assert office.post(f"{kit}/{kind}", {**body, "externalId": f"{kind}-1"})["id"] != made["id"]


@pytest.mark.parametrize("kind", KINDS)
def test_it_belongs_to_one_borrower(two, office, kit, kind):
    prefix, body = KINDS[kind]
    made = office.post(f"{kit}/{kind}", body)
    lou = f"/people/{office.id('persons', 'lou')}"
    office.refused("GET", f"{lou}/{kind}/{made['id']}", status=404)
    assert office.data(f"{lou}/{kind}") == []
    office.refused("GET", f"{kit}/{kind}/{prefix}-0000-ZZZZ", status=404)
    office.refused("GET", f"/people/BO-0000-ZZZZ/{kind}", status=404)
    office.refused("POST", f"/people/ext-nobody/{kind}", body, status=404)
    assert made["id"] not in [one["id"] for one in two.there.data(f"/people/ext-kit-1/{kind}")]


@pytest.mark.parametrize("kind", KINDS)
def test_pages_and_permissions(office, kit, kind):
    body = KINDS[kind][1]
    made = [office.post(f"{kit}/{kind}", body)["id"] for _ in range(3)]
    first = office.get(f"{kit}/{kind}", limit=2)
    assert [one["id"] for one in first["data"]] == made[:0:-1]
    second = office.send("GET", first["nextUrl"].removeprefix("/peach/api")).json()
    assert second["data"][0]["id"] == made[0]
    office.refused("GET", f"{kit}/{kind}?limit=0")
    office.refused("GET", f"{kit}/{kind}?endingBefore=ext-nothing", status=404)
    for user in ("vic", "otto", "cus"):
        office.refused("POST", f"{kit}/{kind}", body, status=403, user=user)
        office.refused("PUT", f"{kit}/{kind}/{made[0]}", {}, status=403, user=user)
        office.refused("DELETE", f"{kit}/{kind}/{made[0]}", status=403, user=user)
    office.refused("GET", f"{kit}/{kind}", status=403, user="otto")
    assert office.data(f"{kit}/{kind}/{made[0]}", "vic")


def test_interactions_name_loans(office, kit):
    loan = office.id("objects", "loan")
    made = office.post(f"{kit}/interactions", {"channel": "voice", "loanIds": [loan, "ext-L-1"]})
    assert made["loanIds"] == [loan, loan]
    assert office.wrong("POST", f"{kit}/interactions", {"channel": "voice", "loanIds": ["LN-0000-ZZZZ"]}) == {"loanIds"}
    assert office.wrong("POST", f"{kit}/interactions", {"channel": "voice", "loanIds": ["?"]}) == {"loanIds"}


@pytest.mark.parametrize(
    ("kind", "body", "members"),
    [
        ("interactions", {}, {"channel"}),
        ("interactions", {"channel": "pigeon"}, {"channel"}),
        ("documents", {"type": ""}, {"type"}),
        ("documents", {"fileName": 7}, {"fileName"}),
        ("loans", {"externalId": "x" * 51}, {"externalId"}),
        ("loans", {"metaData": {"a": "x" * 501}}, {"metaData"}),
    ],
)
def test_it_refuses_what_does_not_fit(office, kit, kind, body, members):
    assert office.wrong("POST", f"{kit}/{kind}", body) == members


def test_what_the_world_made_is_shown(office, kit):
    assert office.data(f"{kit}/loans/ext-L-1")["id"] == office.id("objects", "loan")


def test_content_comes_after_the_descriptor(office, kit):
    made = office.post(f"{kit}/documents", {"type": "caseDocument"})
    path = f"{kit}/documents/{made['id']}/content"
    assert made["hasContent"] is False
    office.refused("GET", path, status=404)
    answer = office.send("POST", path, content=b"%PDF-1", headers={"Content-Type": "application/pdf"})
    assert answer.status_code == 200
    shown = answer.json()["data"]
    assert (shown["hasContent"], shown["size"], shown["contentType"]) == (True, 6, "application/pdf")
    got = office.send("GET", path)
    assert got.content == b"%PDF-1"
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["x-content-type-options"] == "nosniff"
    form = office.send("PUT", path, files={"file": ("né.txt", b"text", "text/plain")})
    assert form.json()["data"]["fileName"] == "né.txt"
    assert office.send("GET", path).content == b"text"
    assert office.send("GET", path).headers["content-type"].startswith("text/plain")


def test_content_is_refused_where_it_does_not_fit(office, kit):
    made = office.post(f"{kit}/documents", {})
    path = f"{kit}/documents/{made['id']}/content"
    assert office.send("POST", path, files={"note": (None, b"x")}).status_code == 400
    assert office.send("POST", path, content=b"x", headers={"Content-Encoding": "br"}).status_code == 400
    assert office.send("POST", path, content=b"x", headers={"Content-Type": "multipart/form-data"}).status_code == 400
    assert office.send("POST", f"{kit}/documents/DC-0000-ZZZZ/content", content=b"x").status_code == 404
    for user in ("vic", "otto", "cus"):
        assert office.send("POST", path, user, content=b"x").status_code == 403
    assert office.send("GET", path, "otto").status_code == 403
    assert office.send("GET", path, None).status_code == 401
    assert office.data(f"{kit}/documents/{made['id']}")["hasContent"] is False


async def test_the_doctor_knows_the_content_of_documents_and_who_borrows(office, kit, casebook):
    made = office.post(f"{kit}/documents", {})
    path = f"{kit}/documents/{made['id']}/content"
    digest = hashlib.sha256(b"kept for good").hexdigest()
    assert office.send("POST", path, content=b"kept for good").status_code == 200
    blobs = Blobs(office.server.blobs)
    async with casebook.database.system() as connection:
        assert await checks.referred(connection, [digest, secrets.token_hex(32)]) == {digest}
        place = await tenants.by_key(connection, office.key)
    await blobs.delete(digest)
    found = [f async for f in installation.missing_blobs(casebook.database, blobs, place) if digest in f.message]
    assert [finding.subject for finding in found] == [f"document {peach_number('DC', made['id'])}"]
