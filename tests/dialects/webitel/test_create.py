import pytest

from casework.dialects.webitel import etag


def test_what_is_left_open_comes_from_the_service(root, world):
    case = root.post("/cases", world.new(subject="Broken mail"))
    number = case["id"]
    assert case["etag"] == etag.encode("case", int(number), 0)
    assert "ver" not in case
    assert case["subject"] == "Broken mail"
    assert case["name"] == f"IT_{number}"
    assert case["reporter"] == {"id": world.number("persons", "kit"), "name": "Kit Caller"}
    assert case["source"] == {**world.ref("sources", "web"), "name": "Web form", "type": "API"}
    assert case["status"] == {**world.ref("status_sets", "flow"), "name": "Flow"}
    assert case["status_condition"] == {**world.ref("statuses", "flow/fresh"), "name": "Fresh", "initial": True}
    assert case["priority"] == {**world.ref("priorities", "p3"), "name": "Usual", "color": "blue"}
    assert case["close_reason_group"] == {**world.ref("close_reason_groups", "std"), "name": "Standard"}
    assert case["sla"] == {**world.ref("slas", "gold"), "name": "Gold"}
    assert "sla_condition" not in case
    assert case["service"]["id"] == world.number("services", "mail")
    assert case["service"]["service"][0]["name"] == "IT"
    assert case["author"]["id"] == world.contact("root")
    assert case["created_by"]["id"] == world.number("users", "root")
    assert "rating" not in case
    assert case["close"] == {}


def test_a_priority_chooses_the_condition_of_the_sla(root, world):
    given = root.post("/cases", world.new(priority=world.ref("priorities", "p1")))
    assert given["sla_condition"]["name"] == "Urgent ones"
    default = root.post("/cases", world.new(service=world.ref("services", "net")))
    assert default["priority"]["name"] == "Urgent"
    assert default["sla_condition"]["name"] == "Urgent ones"


def test_everything_may_be_said(root, world):
    case = root.post(
        "/cases",
        world.new(
            description="long",
            contact_info="call me",
            assignee={"id": world.contact("anna")},
            impacted=world.ref("persons", "lou"),
            group=world.ref("teams", "desk"),
            statusCondition=world.ref("statuses", "flow/busy"),
            rate={"rating": "4", "rating_comment": "fine"},
            close={"close_result": "done so", "close_reason": world.ref("close_reasons", "std/fixed")},
            links=[{"url": "https://x.example", "name": "X"}],
            custom={"region": "north", "size": "7", "tags": ["a", "b"]},
            userID=world.ref("users", "bert"),
        ),
    )
    assert case["assignee"] == {"id": world.contact("anna"), "name": "Anna Tester"}
    assert case["impacted"]["name"] == "Lou Caller"
    assert case["group"] == {**world.ref("teams", "desk"), "name": "Desk", "type": "static"}
    assert case["status_condition"]["name"] == "Busy"
    assert case["reacted_at"] == case["created_at"]
    assert (case["rating"], case["rating_comment"]) == ("4", "fine")
    assert case["rate"] == {"rating": "4", "rating_comment": "fine"}
    assert (case["close_result"], case["close_reason"]["name"]) == ("done so", "Fixed")
    assert case["links"]["items"][0]["url"] == "https://x.example"
    assert case["custom"] == {"region": "north", "size": 7, "tags": ["a", "b"]}
    assert case["created_by"]["id"] == world.number("users", "bert")
    assert case["description"] == "long"


def test_relations_may_come_along(root, world):
    other = world.case()
    case = root.post("/cases", world.new(related=[{"related_to": other["id"], "relation_type": "BLOCKS"}]))
    (relation,) = case["related"]["data"]
    assert relation["relation_type"] == "BLOCKS"
    assert relation["related_case"]["id"] == other["id"]
    assert case["etag"] == etag.encode("case", int(case["id"]), 0)


@pytest.mark.parametrize("missing", ["subject", "source", "service", "reporter"])
def test_what_must_be_there(root, world, missing):
    found = root.refused("POST", "/cases", 400, world.new(**{missing: None}))
    assert missing in found["detail"]


@pytest.mark.parametrize(
    "members",
    [
        {"subject": 5},
        {"priority": {"id": "999999"}},
        {"reporter": {"id": "999999"}},
        {"source": {"id": "999999"}},
        {"group": {"id": "999999"}},
        {"status": {"id": "999999"}},
        {"status_condition": {"id": "999999"}},
        {"rating": "-1"},
        {"rating": "99999"},
        {"links": [{"name": "no address"}]},
        {"links": {}},
        {"related": [{"relation_type": "BLOCKS"}]},
        {"related": [{"related_to": "1", "relation_type": "LIKES"}]},
        {"custom": {"unknown": 1}},
        {"custom": {"size": "much"}},
        {"custom": {"tags": "a"}},
        {"custom": []},
        {"userID": {"id": "999999"}},
    ],
)
def test_what_is_wrong_is_refused(root, world, members):
    root.refused("POST", "/cases", 400, world.new(**members))


def test_only_users_are_assigned(root, world):
    root.refused("POST", "/cases", 400, world.new(assignee=world.ref("persons", "kit")))


def test_a_service_without_sla_is_404(root, world):
    root.refused("POST", "/cases", 404, world.new(service=world.ref("catalogs", "bare")))
    root.refused("POST", "/cases", 400, world.new(service={"id": "999999"}))


@pytest.mark.parametrize("raw", [b"[]", b"{", b'"x"', b"\xff"])
def test_a_body_that_is_no_object(root, raw):
    answer = root.send("POST", "/cases", content=raw)
    assert answer.status_code == 400
    assert answer.json()["id"] == "api.process.bad_args"


def test_who_may_not_create(world):
    world.door("vera").refused("POST", "/cases", 403, world.new())
    world.door("cass").refused("POST", "/cases", 403, world.new())
    world.door(None).refused("POST", "/cases", 401, world.new())
