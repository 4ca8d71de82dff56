import pytest

from casework.dialects.webitel import etag


def test_a_link_comes_in_the_query(root, world):
    case = world.case()
    path = f"/cases/{case['etag']}/links"
    made = root.ok("POST", path, **{"input.url": "https://x.example", "input.name": "X", "input.etag": ""})
    assert set(made) == {"etag", "created_by", "created_at", "author", "name", "url"}
    assert (made["name"], made["url"]) == ("X", "https://x.example")
    flat = root.ok("POST", path, inputUrl="https://y.example", inputUserIdId=world.number("users", "bert"))
    assert flat["created_by"]["id"] == world.number("users", "bert")
    listed = root.get(path)["items"]
    assert [link["url"] for link in listed] == ["https://x.example", "https://y.example"]
    root.refused("POST", path, 400)


def test_a_link_is_changed_and_deleted(root, anna, world):
    case = world.case(links=[{"url": "https://x.example"}])
    (link,) = case["links"]["items"]
    path = f"/cases/{case['id']}/links"
    assert root.get(f"{path}/{link['etag']}")["url"] == "https://x.example"
    changed = anna.ok("PUT", f"{path}/{link['etag']}", {"url": "https://z.example", "name": "Z"})
    assert (changed["url"], changed["name"]) == ("https://z.example", "Z")
    assert etag.decode(changed["etag"], "link").version == 1
    root.refused("PATCH", f"{path}/{link['etag']}", 404, {"url": "https://late.example"})
    root.refused("PATCH", f"{path}/{changed['etag']}", 400, {"url": ""})
    through = root.ok("PUT", f"{path}/input.etag%7D", {"etag": changed["etag"], "name": "Through"})
    assert through["name"] == "Through"
    other = world.case()
    root.refused("GET", f"/cases/{other['id']}/links/{link['etag']}", 404)
    assert root.delete(f"{path}/{link['etag']}")["name"] == "Through"
    root.refused("DELETE", f"{path}/{link['etag']}", 404)
    assert "items" not in root.get(path)


def test_who_may_not_link(root, world):
    case = world.case()
    world.door("vera").refused("POST", f"/cases/{case['id']}/links", 403, **{"input.url": "x"})
    world.door("rita").refused("POST", f"/cases/{case['id']}/links", 404, **{"input.url": "x"})


def _relate(door, one, other, kind="BLOCKS"):
    return door.post(f"/cases/{one['etag']}/related", {"relatedCase": {"id": other["id"]}, "relationType": kind})


def test_a_relation_is_seen_from_both_sides(root, world):
    one, other = world.case(priority=world.ref("priorities", "p1")), world.case()
    made = _relate(root, one, other)
    assert made["relation_type"] == "BLOCKS"
    assert made["primary_case"] == {
        "id": one["id"], "etag": one["etag"], "name": one["name"], "subject": one["subject"], "color": "red",
    }  # fmt: skip
    assert made["related_case"]["id"] == other["id"]
    assert etag.decode(made["etag"], "relation").version == 0
    mine = root.get(f"/cases/{one['id']}/related")["data"]
    theirs = root.get(f"/cases/{other['id']}/related")["data"]
    assert mine == theirs == [made]
    assert root.get(f"/cases/{other['id']}/related/{made['etag']}") == made
    assert root.get(f"/cases/{one['id']}", fields="related")["related"]["data"][0]["etag"] == made["etag"]
    assert "related" not in root.get(f"/cases/{other['id']}", fields="related")


def test_a_pair_and_type_is_unique(root, world):
    one, other = world.case(), world.case()
    _relate(root, one, other)
    body = {"related_case": {"id": one["id"]}, "relation_type": "BLOCKS"}
    root.refused("POST", f"/cases/{other['id']}/related", 400, body)
    second = _relate(root, one, other, "CAUSES")
    path = f"/cases/{one['id']}/related/{second['etag']}"
    sides = {"primary_case": {"id": one["id"]}, "related_case": {"id": other["id"]}}
    root.refused("PUT", path, 400, {**sides, "relation_type": "BLOCKS"})
    changed = root.ok("PUT", path, {**sides, "relation_type": "IS_CHILD_OF"})
    assert changed["relation_type"] == "IS_CHILD_OF"
    through = root.ok("PUT", f"/cases/input.primary_case.id%7D/related/{changed['etag']}", {**sides, "relationType": 9})
    assert through["relation_type"] == "RELATES_TO"
    root.refused("PUT", path, 404, {**sides, "relation_type": "BLOCKS"})


def test_a_relation_is_deleted_from_either_side(root, world):
    one, other = world.case(), world.case()
    made = _relate(root, one, other)
    assert root.delete(f"/cases/{other['id']}/related/{made['etag']}") == {}
    root.refused("DELETE", f"/cases/{one['id']}/related/{made['etag']}", 404)
    assert "data" not in root.get(f"/cases/{one['id']}/related")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"related_case": {"id": "0"}, "relation_type": "BLOCKS"},
        {"related_case": {"id": "1"}},
        {"related_case": {"id": "1"}, "relation_type": 0},
        {"related_case": {"id": "1"}, "relation_type": "RELATION_TYPE_UNSPECIFIED"},
    ],
)
def test_relations_that_are_refused(root, world, body):
    root.refused("POST", f"/cases/{world.case()['id']}/related", 400, body)


def test_a_case_is_not_related_to_itself_nor_to_nothing(root, world):
    one = world.case()
    body = {"related_case": {"id": one["id"]}, "relation_type": "BLOCKS"}
    root.refused("POST", f"/cases/{one['id']}/related", 400, body)
    root.refused("POST", f"/cases/{one['id']}/related", 404, {**body, "related_case": {"id": "999999"}})
