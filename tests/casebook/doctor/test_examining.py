"""What `casework doctor` finds, and what it does not take for damage."""

from __future__ import annotations

import pytest

from casebook.doctor.damages import DAMAGES
from casebook.doctor.ward import Ward
from casework.casebook.doctor import repair
from casework.domain import commands as c


async def test_it_finds_nothing_where_everything_is_as_it_should_be(ward: Ward) -> None:
    assert await ward.examine() == []
    assert await repair(ward.database) == []


@pytest.mark.parametrize("damage", DAMAGES)
async def test_it_names_what_is_damaged(damage: str, ward: Ward) -> None:
    sql, expected = DAMAGES[damage]
    await ward.damage(sql.replace("{kit}", str(ward.numbers["kit"])))
    assert await ward.told() == {(check, subject.format(**ward.numbers)) for check, subject in expected}


async def test_a_place_that_two_tenants_share_is_named_for_both(ward: Ward) -> None:
    await ward.damage(
        "update events set seq = (select max(seq) from events where tenant_id = 1)"
        " where tenant_id = 2 and seq = (select max(seq) from events where tenant_id = 2)"
    )
    found = await ward.examine()
    assert {(finding.check, finding.tenant) for finding in found} == {("feed", "acme"), ("feed", "globex")}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("type", "999"),
        ("status", "999"),
        ("priority", "999"),
        ("service", "999"),
        ("source", "999"),
        ("requester", "{crew}"),
        ("organization", "999"),
        ("contacts", "array[{kit}, 999]"),
        ("owner", "{kit}"),
        ("assignees", "array[{ann}, {crew}]"),
        ("team", "{ann}"),
        ("teams", "array[{crew}, 999]"),
        ("department", "999"),
        ("watchers", "array[999]"),
        ("acl", '\'{{"999": "w"}}\''),
        ("merged_into", "999"),
        ("sla", "999"),
        ("outcome_by", "999"),
    ],
)
async def test_it_names_members_that_name_nothing(member: str, value: str, ward: Ward) -> None:
    await ward.damage(f"update cases set {member} = {value.format(**ward.numbers)} where number = 4")
    found = [finding for finding in await ward.examine() if finding.check == "references"]
    assert [finding.subject for finding in found] == ["case 4"]
    assert found[0].message.startswith(f"{member} names ")


async def test_it_names_things_that_name_nothing(ward: Ward) -> None:
    """The events of a relation lie with its primary side; what they name is looked up too."""
    await ward.damage("delete from objects", "delete from cases where number = 2")
    found = {f.message.partition(" names ")[0] for f in await ward.examine() if f.check == "references"}
    assert found == {"object of a association", "other of a relation"}


async def test_names_of_what_was_deleted_softly_are_fine(ward: Ward) -> None:
    await ward.damage("update teams set deleted_at = now()", "update objects set deleted_at = now()")
    assert await ward.examine() == []


async def test_erased_texts_are_no_damage(ward: Ward) -> None:
    """Whoever erases a text empties it in the rows as well, and in no event."""
    await ward.damage(
        "update event_texts set texts = null, salt = null, erased_at = now()",
        "update cases set subject = '', description = '', close_note = ''",
        "update case_search set title = 'cs' || to_char(case_number, 'fm0000000') || ' ', words = ''",
        "update comments set text = ''",
        "update escalations set note = ''",
        "update files set name = ''",
        "update links set name = ''",
    )
    assert await ward.examine() == []


async def test_erasing_texts_hides_no_other_damage(ward: Ward) -> None:
    await ward.damage(
        "update event_texts set texts = null, erased_at = now()",
        "update comments set audience = 'internal' where case_number = 1 and text = 'Two'",
        "update cases set rank = 1 where number = 4",
    )
    assert await ward.told() == {("fold", "case 1"), ("fold", "case 4")}


# ---- blobs


async def test_a_file_without_its_bytes_is_named(ward: Ward) -> None:
    file = await ward.attach(4, b"to be lost")
    await ward.blobs.delete(file.digest)
    assert await ward.told() == {("blobs", "case 4")}
    await ward.do(c.Detach(file=file.uid), 4)
    assert await ward.told() == set()


async def test_a_digest_that_is_none_counts_as_missing(ward: Ward) -> None:
    await ward.do(c.Attach(name="a.txt", size=1, digest="../../etc/passwd"), 4)
    assert await ward.told() == {("blobs", "case 4")}


async def test_a_blob_that_no_file_refers_to_is_named_after_an_hour(ward: Ward) -> None:
    file = await ward.attach(4, b"left behind")
    await ward.do(c.Detach(file=file.uid), 4)
    ward.age(ward.blob(file.digest), 2)
    assert await ward.told() == set(), "the removed file still refers to it"
    await ward.heal()
    assert await ward.told() == {("blobs", f"blob {file.digest}")}
    assert await ward.examine("acme") == [], "it belongs to no tenant"
    ward.age(ward.blob(file.digest), 0.5)
    assert await ward.told() == set()
    await ward.blobs.delete(file.digest)


async def test_leftovers_of_crashed_uploads_are_swept(ward: Ward) -> None:
    for name, hours in (("old", 2.0), ("new", 0.5)):
        path = ward.folder / "incoming" / name
        path.write_bytes(b"half of a fi")
        ward.age(path, hours)
    assert await ward.told() == {("blobs", "uploads")}
    assert [path.name for path in (ward.folder / "incoming").iterdir()] == ["new"]
    assert await ward.told() == set()
