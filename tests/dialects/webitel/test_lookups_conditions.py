"""Status conditions: one initial, at least one final, in every status (spec/webitel §9, DOMAIN §2)."""

import pytest


@pytest.fixture
def flow(shop):
    root = shop.door("root")
    status = root.post("/cases/statuses", {"name": "Flow"})
    return root, f"/statuses/{status['id']}/status", status["id"]


def flags(root, path):
    return {
        row["name"]: (row.get("initial", False), row.get("final", False)) for row in root.get(path, size=-1)["items"]
    }


def test_the_first_condition_is_initial_and_final_and_later_ones_neither(flow):
    root, path, status = flow
    made = root.post(path, {"name": "First", "description": "Here it starts"})
    assert (made["initial"], made["final"], made["status_id"]) == (True, True, status)
    second = root.post(path, {"name": "Second", "initial": True, "final": True})
    assert {"initial", "final"}.isdisjoint(second)
    assert root.get(f"{path}/{second['id']}") == {"status": second}
    assert flags(root, path) == {"First": (True, True), "Second": (False, False)}


def test_the_initial_flag_moves_and_is_never_unset(flow):
    root, path, _ = flow
    first, second = (root.post(path, {"name": name}) for name in ("First", "Second"))
    assert root.patch(f"{path}/{second['id']}", {"initial": True})["initial"] is True
    assert flags(root, path) == {"First": (False, True), "Second": (True, False)}
    root.refused("PATCH", f"{path}/{second['id']}", 400, {"initial": False})
    root.refused("PATCH", f"{path}/{first['id']}", 400, {"initial": False})
    root.patch(f"{path}/{second['id']}", {"initial": True})
    assert flags(root, path) == {"First": (False, True), "Second": (True, False)}


def test_the_last_final_flag_cannot_be_unset(flow):
    root, path, _ = flow
    first, second = (root.post(path, {"name": name}) for name in ("First", "Second"))
    root.refused("PATCH", f"{path}/{first['id']}", 404, {"final": False})
    assert root.ok("PUT", f"{path}/{second['id']}", {"final": True})["final"] is True
    assert "final" not in root.patch(f"{path}/{first['id']}", {"final": False})
    assert flags(root, path) == {"First": (True, False), "Second": (False, True)}
    root.refused("PATCH", f"{path}/{second['id']}", 404, {"final": False})


def test_the_initial_and_the_last_final_condition_cannot_be_removed(flow):
    root, path, _ = flow
    first, second, third = (root.post(path, {"name": name}) for name in ("First", "Second", "Third"))
    root.refused("DELETE", f"{path}/{first['id']}", 400)
    root.patch(f"{path}/{second['id']}", {"initial": True})
    root.refused("DELETE", f"{path}/{first['id']}", 400)
    root.patch(f"{path}/{third['id']}", {"final": True})
    assert root.delete(f"{path}/{first['id']}")["name"] == "First"
    assert flags(root, path) == {"Second": (True, False), "Third": (False, True)}
    root.refused("GET", f"{path}/{first['id']}", 404)


def test_a_condition_is_named_changed_and_found(flow):
    root, path, _ = flow
    first, second = (root.post(path, {"name": name}) for name in ("First", "Second"))
    changed = root.patch(f"{path}/{second['id']}", {"name": "Waiting", "description": "For parts"})
    assert (changed["name"], changed["description"]) == ("Waiting", "For parts")
    assert [row["id"] for row in root.get(path, q="wait")["items"]] == [second["id"]]
    assert [row["name"] for row in root.get(path)["items"]] == ["First", "Waiting"]
    assert set(root.get(path, fields="name", id=first["id"])["items"][0]) == {"id", "name"}
    root.refused("POST", path, 400, {"description": "Nameless"})
    root.refused("PATCH", f"{path}/{second['id']}", 400, {"name": ""})
    root.refused("PATCH", f"{path}/{second['id']}", 400, {"final": "maybe"})


def test_a_condition_is_not_found_in_another_status(flow):
    root, path, _ = flow
    made = root.post(path, {"name": "First"})
    other = root.post("/cases/statuses", {"name": "Other"})["id"]
    root.refused("GET", f"/statuses/{other}/status/{made['id']}", 404)
    root.refused("PATCH", f"/statuses/{other}/status/{made['id']}", 404, {"name": "X"})
    root.refused("DELETE", f"/statuses/{other}/status/{made['id']}", 404)
    root.refused("POST", "/statuses/999999/status", 404, {"name": "X"})
    root.refused("GET", "/statuses/999999/status", 404)


def test_only_administrators_change_conditions(flow, shop):
    root, path, _ = flow
    made = root.post(path, {"name": "First"})
    for key in ("anna", "vera"):
        assert shop.door(key).get(f"{path}/{made['id']}")["status"]["name"] == "First"
        shop.door(key).refused("POST", path, 403, {"name": "X"})
        shop.door(key).refused("PATCH", f"{path}/{made['id']}", 403, {"name": "X"})
        shop.door(key).refused("DELETE", f"{path}/{made['id']}", 403)


def test_a_status_takes_its_conditions_with_it(flow):
    root, path, status = flow
    made = root.post(path, {"name": "First"})
    root.delete(f"/cases/statuses/{status}")
    root.refused("GET", f"{path}/{made['id']}", 404)
    root.refused("GET", path, 404)


def test_the_status_that_all_doors_share_stays(shop):
    root = shop.door("root")
    (default,) = root.get("/cases/statuses")["items"]
    root.refused("DELETE", f"/cases/statuses/{default['id']}", 400)
    labels = flags(root, f"/statuses/{default['id']}/status")
    assert labels["New"] == (True, False)
    assert labels["Closed"] == (False, True)
    assert labels["In Progress"] == (False, False)
