"""Calendars: weekly slots, exceptions, zones (spec/webitel §5.3, §9)."""

import pytest

from dialects.webitel.catalogue import Shop, ref

OFFICE = [
    {"day": 0, "start_time_of_day": 540, "end_time_of_day": 750},
    {"day": 0, "start_time_of_day": 780, "end_time_of_day": 1080},
    {"day": 4, "start_time_of_day": 540, "end_time_of_day": 1440, "disabled": True},
]
CHRISTMAS = {"name": "Christmas", "date": "1766617200000", "repeat": True}  # 2025-12-25, midnight in Berlin
SATURDAY = {"name": "Fair", "date": "1766790000000", "working": True, "work_start": 600, "work_stop": 900}


def zone(root, name: str) -> dict:
    (found,) = [z for z in root.get("/calendars/timezones", q=name, size=-1)["items"] if z["name"] == name]
    return {"id": found["id"], "name": name}


def thin(slots):
    return [{name: value for name, value in slot.items() if value} for slot in slots]


def test_a_calendar_is_made_read_replaced_and_removed(shop):
    root = shop.door("root")
    berlin = zone(root, "Europe/Berlin")
    body = {
        "name": "Office",
        "description": "Weekdays",
        "timezone": {"id": berlin["id"]},
        "start_at": "1704067200000",
        "end_at": "1735689600000",
        "accepts": OFFICE,
        "excepts": [CHRISTMAS, SATURDAY],
        "specials": [{"day": 6, "start_time_of_day": 0, "end_time_of_day": 60}],
    }
    made = root.post("/calendars", body)
    assert made["timezone"] == berlin
    assert made["accepts"] == thin(OFFICE)
    assert made["excepts"] == [CHRISTMAS, SATURDAY]
    for name in ("name", "description", "start_at", "end_at"):
        assert made[name] == body[name]
    assert made["specials"] == [{"day": 6, "end_time_of_day": 60}]
    one = f"/calendars/{made['id']}"
    assert root.get(one) == made
    bare = root.ok("PUT", one, {"name": "Empty", "timezone": zone(root, "UTC")})
    assert bare["accepts"] == []
    assert {"excepts", "description", "start_at", "end_at"}.isdisjoint(bare)
    assert bare["specials"] == made["specials"]  # the published client never sends them
    assert root.delete(one)["name"] == "Empty"
    root.refused("GET", one, 404)


def test_hours_and_exceptions_are_the_ones_of_every_door(shop, exported):
    root = shop.door("root")
    body = {"name": "Office", "timezone": zone(root, "Europe/Berlin"), "accepts": OFFICE}
    root.post("/calendars", {**body, "excepts": [CHRISTMAS, SATURDAY, {"date": "1766962800000", "disabled": True}]})
    (calendar,) = exported(shop)["calendars"]
    assert calendar["timezone"] == "Europe/Berlin"
    assert calendar["hours"] == [
        {"day": "mon", "from": "09:00", "to": "12:30"},
        {"day": "mon", "from": "13:00", "to": "18:00"},
    ]
    assert [day.get("working", False) for day in calendar["exceptions"]] == [False, True, False]
    assert [str(day["date"]) for day in calendar["exceptions"]] == ["2025-12-25", "2025-12-27", "2025-12-29"]
    assert calendar["exceptions"][0]["repeat"] == "yearly"
    assert (calendar["exceptions"][1]["from"], calendar["exceptions"][1]["to"]) == ("10:00", "15:00")


def test_a_calendar_of_a_world_file_reads_here(server, world):
    hours = [{"day": "sun", "from": "00:00", "to": "24:00"}]
    days = [
        {"date": "2026-12-25", "repeat": "yearly"},
        {"date": "2026-12-27", "working": True, "from": "10:00", "to": "12:00"},
    ]
    shop = Shop(
        server,
        world.http,
        calendars=[{"key": "c", "name": "C", "timezone": "America/New_York", "hours": hours, "exceptions": days}],
    )
    found = shop.door("anna").get(f"/calendars/{shop.number('calendars', 'c')}")
    assert found["timezone"]["name"] == "America/New_York"
    assert found["accepts"] == [{"day": 6, "end_time_of_day": 1440}]
    assert found["excepts"] == [
        {"date": "1798174800000", "repeat": True},
        {"date": "1798347600000", "working": True, "work_start": 600, "work_stop": 720},
    ]


def test_one_calendar_and_each_of_a_list_always_have_accepts(shop):
    root = shop.door("root")
    made = root.post("/calendars", {"name": "Empty", "timezone": {"name": "UTC"}})
    assert root.get(f"/calendars/{made['id']}")["accepts"] == []
    (row,) = root.get("/calendars")["items"]
    assert row["accepts"] == []
    assert root.get("/calendars", fields="name")["items"] == [{"id": made["id"], "name": "Empty"}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"timezone": {}},
        {"timezone": {"id": "1"}},
        {"timezone": {"name": "Mars/Base"}},
        {"timezone": "UTC"},
        {"accepts": [{"day": 7, "end_time_of_day": 60}]},
        {"accepts": [{"day": -1, "end_time_of_day": 60}]},
        {"accepts": [{"day": 1, "start_time_of_day": 60, "end_time_of_day": 60}]},
        {"accepts": [{"day": 1, "end_time_of_day": 1441}]},
        {"accepts": {"day": 1}},
        {"accepts": [1]},
        {"excepts": [{"name": "No date"}]},
        {"excepts": [{"date": "soon"}]},
        {"excepts": [{"date": "1766617200000", "working": True, "work_start": 60, "work_stop": 60}]},
        {"start_at": "soon"},
    ],
)
def test_what_a_calendar_may_not_be(shop, wrong):
    root = shop.door("root")
    good = {"name": "C", "timezone": {"name": "UTC"}}
    root.refused("POST", "/calendars", 400, {**good, **wrong})
    made = root.post("/calendars", good)
    root.refused("PUT", f"/calendars/{made['id']}", 400, {**good, **wrong})


def test_name_and_zone_are_needed(shop):
    root = shop.door("root")
    root.refused("POST", "/calendars", 400, {"name": "C"})
    root.refused("POST", "/calendars", 400, {"timezone": {"name": "UTC"}})
    made = root.post("/calendars", {"name": "C", "timezone": {"name": "UTC"}})
    root.refused("PUT", f"/calendars/{made['id']}", 400, {"name": "C"})
    root.refused("PATCH", f"/calendars/{made['id']}", 405, {"name": "C"})


def test_a_calendar_that_an_sla_uses_stays(goods):
    goods.root.refused("DELETE", f"/calendars/{goods.calendar['id']}", 400)


def test_zones_are_listed_by_name_and_found(shop):
    door = shop.door("vera")
    page = door.get("/calendars/timezones", size=5)
    assert (len(page["items"]), page["next"]) == (5, True)
    berlin = zone(door, "Europe/Berlin")
    assert door.get("/calendars/timezones", id=berlin["id"])["items"][0]["name"] == "Europe/Berlin"
    assert "items" not in door.get("/calendars/timezones", q="Mars")


def test_rights_and_walls(goods, shop, server, world):
    one, good = f"/calendars/{goods.calendar['id']}", {"name": "C", "timezone": {"name": "UTC"}}
    for key in ("anna", "vera"):
        assert shop.door(key).get(one)["name"] == "Always"
        shop.door(key).refused("POST", "/calendars", 403, good)
        shop.door(key).refused("PUT", one, 403, good)
        shop.door(key).refused("DELETE", one, 403)
    other = Shop(server, world.http).door("root")
    other.refused("GET", one, 404)
    other.refused("PUT", one, 404, good)
    other.refused("DELETE", one, 404)
    body = {"name": "S", "calendar": ref(goods.calendar), "reaction_time": 1, "resolution_time": 1}
    other.refused("POST", "/cases/slas", 400, body)
