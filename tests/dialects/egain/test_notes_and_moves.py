"""Notes, closing, change of customer (spec/egain §1)."""

import pytest

from dialects.egain.client import CASE, code


def add(door, number, content="A note"):
    return door.send("POST", f"{CASE}/{number}/note", json={"content": content})


def test_notes_are_made_read_and_deleted(world, sam):
    number = world.case()
    assert sam.send("GET", f"{CASE}/{number}/note").status_code == 204
    locations = [add(sam, number, f"note {i}").headers["location"] for i in range(3)]
    ids = [location.rsplit("/", 1)[1] for location in locations]
    assert locations[0] == f"{world.base}{CASE}/{number}/note/{ids[0]}"
    listed = sam.send("GET", f"{CASE}/{number}/note").json()["note"]
    assert [note["content"] for note in listed] == ["note 0", "note 1", "note 2"]
    assert listed[0]["created"]["user"]["id"] == world.user("sam")
    assert listed[0]["link"] == [{"rel": "self", "href": f"{CASE}/{number}/note/{ids[0]}"}]
    assert sam.send("GET", f"{CASE}/{number}/note/{ids[1]}").json()["note"] == [listed[1]]
    assert code(sam.send("DELETE", f"{CASE}/{number}/note/{ids[0]},999999")) == "404-100"
    assert sam.send("DELETE", f"{CASE}/{number}/note/{ids[0]},{ids[1]}").status_code == 204
    assert len(sam.send("GET", f"{CASE}/{number}/note").json()["note"]) == 1


def test_a_note_as_xml(world, sam):
    number = world.case()
    headers = {"Content-Type": "application/xml"}
    made = sam.send("POST", f"{CASE}/{number}/note", content=b"<note><content>as xml</content></note>", headers=headers)
    assert made.status_code == 201
    shown = sam.send("GET", f"{CASE}/{number}/note", headers={"Accept": "application/xml"})
    assert b"<content>as xml</content>" in shown.content


@pytest.mark.parametrize(
    ("body", "refused"),
    [({}, "400-151"), ({"content": ""}, "400-152"), ({"content": "x" * 1501}, "400-152"), ({"content": 1}, "400-152"),
     ({"content": "x", "by": "me"}, "400-150"), ({"content": None}, "400-151")],
)  # fmt: skip
def test_notes_that_are_refused(world, sam, body, refused):
    assert code(sam.send("POST", f"{CASE}/{world.case()}/note", json=body)) == refused


def test_a_note_may_have_1500_characters(world, sam):
    assert add(sam, world.case(), "é" * 1500).status_code == 201


def test_notes_of_nothing(sam):
    assert code(add(sam, 999999)) == "404-100"
    assert code(add(sam, "abc")) == "400-108"
    assert code(sam.send("GET", f"{CASE}/999999/note")) == "404-100"
    assert code(sam.send("DELETE", f"{CASE}/999999/note/1")) == "404-100"


def test_notes_need_the_right_and_the_reach(world):
    number = world.case()
    assert code(add(world.door("vic"), number)) == "403-178"
    assert code(add(world.door("bill"), number)) == "404-100"
    assert code(add(world.door("sam"), world.case(department="billing"))) == "403-160"  # shared: for reading only


def test_closing_an_open_case(world, sam):
    number = world.case()
    assert sam.send("PUT", f"{CASE}/{number}/close").status_code == 204
    closed = sam.get(number)
    assert closed["status"]["value"] == "closed"
    assert closed["lastClosed"] == closed["lastModified"]
    assert code(sam.send("PUT", f"{CASE}/{number}/close")) == "400-161"


def test_closing_needs_the_right_and_the_department(world, sam):
    assert code(world.door("vic").send("PUT", f"{CASE}/{world.case()}/close")) == "403-178"
    assert code(sam.send("PUT", f"{CASE}/{world.case(department='billing')}/close")) == "403-160"
    assert code(sam.send("PUT", f"{CASE}/999999/close")) == "404-100"
    assert code(sam.send("PUT", f"{CASE}/abc/close")) == "400-108"


def change(door, number, customer):
    return door.send("PUT", f"{CASE}/{number}/changecustomer", json={"customer": {"id": customer}})


def test_another_customer(world, sam):
    number = world.case(requester="kit")
    lou = world.number("persons", "lou")
    assert change(sam, number, lou).status_code == 204
    assert sam.get(number)["customer"]["id"] == lou
    assert code(change(sam, number, lou)) == "400-152"
    assert code(change(sam, number, "999999")) == "400-152"
    assert code(change(sam, number, "lou")) == "400-152"
    assert code(change(sam, 999999, lou)) == "404-100"
    assert code(sam.send("PUT", f"{CASE}/{number}/changecustomer", json={"customer": {}})) == "400-151"
    assert code(sam.send("PUT", f"{CASE}/{number}/changecustomer", json={"owner": {}})) == "400-150"


def test_a_closed_case_keeps_its_customer(world, sam):
    number = world.case(stage="closed", requester="kit")
    assert code(change(sam, number, world.number("persons", "lou"))) == "400-161"
