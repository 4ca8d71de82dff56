import pytest

from casework.dialects.webitel import etag

PHONE, MAIL, CHAT = ({"id": str(n)} for n in (1, 2, 3))


@pytest.fixture
def case(world):
    return world.case()


def test_communications_are_linked_and_unlinked(root, world, case):
    path = f"/cases/{case['etag']}/communication"
    (made,) = root.post(path, {"communication_type": PHONE, "communication_id": world.subject("call")})["data"]
    assert made["communication_type"] == {"id": "1", "name": "Phone"}
    assert etag.decode(made["etag"], "communication").version == 0
    assert root.get(path)["data"] == [made]
    body = {"communicationType": PHONE, "communicationId": made["communication_id"]}
    root.refused("POST", path, 400, body)
    found = root.get("/cases", filters=f"communication_id={made['communication_id']}")["items"]
    assert [one["id"] for one in found] == [case["id"]]
    assert root.delete(f"{path}/{made['id']}") == {"affected": "1"}
    root.refused("DELETE", f"{path}/{made['etag']}", 404)
    assert "data" not in root.get(path)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"communication_type": PHONE},
        {"communication_type": {"id": "99"}, "communication_id": "x"},
        {"communication_type": PHONE, "communication_id": " "},
    ],
)
def test_what_is_refused(root, case, body):
    root.refused("POST", f"/cases/{case['id']}/communication", 400, body)


def test_the_timeline_counts_days(root, world, case):
    day = 86_400_000
    for kind, name, at in ((PHONE, "call", 3), (CHAT, "chat", 3), (MAIL, "email", 5)):
        ident = world.subject(name).replace(" ", "-")
        body = {"created_at": str(at * day + 1), "subject": "S"}
        root.ok("PUT", f"/communications/{name}/{ident}", body)
        root.post(f"/cases/{case['id']}/communication", {"communication_type": kind, "communication_id": ident})
    page = root.get(f"/cases/{case['id']}/timeline", size=1)
    assert page["next"] is True
    (newest,) = page["days"]
    assert newest["day_timestamp"] == str(5 * day)
    assert newest["emails_count"] == "1"
    assert newest["items"][0]["email"]["subject"] == "S"
    (older,) = root.get(f"/cases/{case['id']}/timeline", size=1, page=2)["days"]
    assert (older["calls_count"], older["chats_count"]) == ("1", "1")
    assert {event["type"] for event in older["items"]} == {"chat", "call"}
    only = root.get(f"/cases/{case['id']}/timeline", type="call")["days"]
    assert [event["type"] for one in only for event in one["items"]] == ["call"]
    counted = root.get(f"/cases/{case['id']}/timeline/counter")
    assert counted == {
        "date_from": str(3 * day + 1), "date_to": str(5 * day + 1),
        "chats_count": "1", "calls_count": "1", "emails_count": "1",
    }  # fmt: skip
    assert root.get(f"/cases/{case['id']}/timeline/counter", date_to=4 * day).get("emails_count") is None
    root.refused("GET", f"/cases/{case['id']}/timeline", 400, type="fax")
    root.refused("GET", "/cases/999999/timeline", 404)
    root.refused("PUT", "/communications/fax/1", 404, {})
