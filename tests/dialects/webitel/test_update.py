import pytest

from casework.dialects.webitel import etag


def test_only_what_the_body_has_changes(root, world):
    case = world.case(description="kept")
    answer = root.patch(f"/cases/{case['etag']}", {"subject": "Other"})
    assert answer["case"]["subject"] == "Other"
    assert answer["case"]["description"] == "kept"
    assert answer["subject"] == "Other"
    assert answer["etag"] == etag.encode("case", int(case["id"]), 1)
    assert answer["changes"] == [{"field": "subject", "old_value": case["subject"], "new_value": "Other"}]


def test_everything_at_once_is_one_version(root, world):
    case = world.case()
    answer = root.patch(
        f"/cases/{case['id']}",
        {
            "subject": "All",
            "assignee": {"id": world.contact("anna")},
            "group": world.ref("teams", "desk"),
            "status_condition": world.ref("statuses", "flow/done"),
            "close_result": "so",
            "close_reason": world.ref("close_reasons", "std/no"),
            "rating": 5,
        },
    )
    assert answer["etag"] == etag.encode("case", int(case["id"]), 1)
    assert answer["status_condition"] == {**world.ref("statuses", "flow/done"), "name": "Done", "final": True}
    assert answer["resolved_at"]
    assert answer["reacted_at"] == answer["resolved_at"]
    assert {change["field"] for change in answer["changes"]} >= {"subject", "assignee", "rating", "status_condition"}


def test_a_final_condition_is_left_again(root, world):
    case = world.case(status_condition=world.ref("statuses", "flow/done"))
    assert case["resolved_at"]
    answer = root.patch(f"/cases/{case['etag']}", {"status_condition": world.ref("statuses", "flow/busy")})
    assert "resolved_at" not in answer
    assert answer["reacted_at"]


def test_an_update_without_news_moves_the_version(root, world):
    case = world.case()
    answer = root.patch(f"/cases/{case['etag']}", {"subject": case["subject"]})
    assert answer["etag"] == etag.encode("case", int(case["id"]), 1)
    assert "changes" not in answer


def test_stale_missing_and_foreign_are_404(root, anna, world):
    case = world.case()
    root.patch(f"/cases/{case['etag']}", {"subject": "First"})
    root.refused("PATCH", f"/cases/{case['etag']}", 404, {"subject": "Second"})
    root.refused("PATCH", f"/cases/{case['id']}", 404, {"subject": "Second"})
    root.refused("PATCH", "/cases/999999", 404, {"subject": "Second"})
    world.door("rita").refused("PATCH", f"/cases/{case['id']}", 404, {"subject": "Second"})
    world.door("vera").refused("PATCH", f"/cases/{case['id']}", 403, {"subject": "Second"})
    root.refused("PATCH", f"/cases/{etag.encode('comment', 1, 0)}", 400, {"subject": "x"})


@pytest.mark.parametrize("body", [{"subject": ""}, {"status": {}}, {"priority": {}}, {"source": None}, {"service": {}}])
def test_what_may_not_be_emptied(root, world, body):
    root.refused("PATCH", f"/cases/{world.case()['etag']}", 400, body)


def test_what_may_be_emptied(root, world):
    case = world.case(
        description="x",
        close_result="x",
        rating="3",
        rating_comment="x",
        assignee={"id": world.contact("anna")},
        group=world.ref("teams", "desk"),
        impacted=world.ref("persons", "lou"),
        close_reason=world.ref("close_reasons", "std/no"),
    )
    answer = root.ok(
        "PUT",
        f"/cases/{case['etag']}",
        {
            "description": "",
            "close_result": "",
            "rating_comment": "",
            "rating": "0",
            "assignee": {},
            "group": {"id": "0"},
            "impacted": {},
            "reporter": {},
            "close_reason": {"id": 0},
        },
    )["case"]
    gone = {"description", "close_result", "rating", "rating_comment", "assignee", "group", "impacted", "close_reason"}
    assert not gone & set(answer)
    assert answer["reporter"] == {"name": "Anonymous"}


def test_the_mask_of_the_query_wins(root, world):
    case = world.case(description="old")
    answer = root.patch(f"/cases/{case['etag']}", {"subject": "New", "description": "new"}, xJsonMask="description")
    assert answer["subject"] == case["subject"]
    assert answer["description"] == "new"


def test_another_service_brings_its_priority_and_sla(root, world):
    case = world.case()
    answer = root.patch(f"/cases/{case['etag']}", {"service": world.ref("services", "net")})
    assert answer["priority"]["name"] == "Urgent"
    assert answer["sla_condition"]["name"] == "Urgent ones"
    kept = root.patch(
        f"/cases/{world.case()['etag']}",
        {"service": world.ref("services", "net"), "priority": world.ref("priorities", "p3")},
    )
    assert kept["priority"]["name"] == "Usual"
    assert "sla_condition" not in kept


def test_another_priority_brings_another_condition(root, world):
    case = world.case()
    answer = root.patch(f"/cases/{case['etag']}", {"priority": world.ref("priorities", "p1")})
    assert answer["sla_condition"]["name"] == "Urgent ones"


def test_the_placeholder_of_the_generated_client(root, world):
    case = world.case()
    answer = root.ok("PUT", "/cases/input.etag%7D", {"etag": case["etag"], "subject": "Through"})
    assert answer["case"]["subject"] == "Through"
    root.refused("PUT", "/cases/input.etag%7D", 400, {"subject": "Through"})


def test_the_fields_of_the_answer_can_be_chosen(root, world):
    case = world.case()
    answer = root.patch(f"/cases/{case['etag']}", {"subject": "Other"}, fields="subject,etag")
    assert set(answer["case"]) == {"subject", "etag"}
    assert "changes" not in answer


def test_deleting(root, anna, world):
    case = world.case()
    anna.refused("DELETE", f"/cases/{case['etag']}", 403)
    assert root.delete(f"/cases/{case['etag']}") == {}
    root.refused("GET", f"/cases/{case['id']}", 404)
    root.refused("DELETE", f"/cases/{case['id']}", 404)


def test_a_reporter_that_was_never_set_falls_back_until_it_is_taken_away(root, world):
    (number,) = world.cases({"service": "mail", "borrowers": ["lou"]})
    case = root.get(f"/cases/{number}", fields="etag,reporter")
    assert case["reporter"]["name"] == "Lou Caller"
    after = root.patch(f"/cases/{case['etag']}", {"reporter": {}})
    assert after["reporter"] == {"name": "Anonymous"}
    lou = world.number("persons", "lou")
    assert "items" not in root.get("/cases", filters=f"reporter={lou}", ids=number)
    back = root.patch(f"/cases/{after['etag']}", {"reporter": {"id": lou}})
    assert back["reporter"]["name"] == "Lou Caller"
