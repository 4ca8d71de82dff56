from casework.dialects.webitel import etag


def test_a_comment_is_written_read_changed_and_deleted(root, world):
    case = world.case()
    made = root.post(f"/cases/{case['etag']}/comments", {"text": "Hello"})
    assert set(made) == {"etag", "created_at", "created_by", "updated_at", "updated_by", "text", "can_edit", "author"}
    assert made["text"] == "Hello"
    assert made["created_at"].endswith("000")
    assert made["author"]["id"] == world.contact("root")
    number = etag.decode(made["etag"], "comment").number
    assert root.get(f"/cases/comments/{number}") == made
    changed = root.ok("PUT", f"/cases/comments/{made['etag']}", {"text": "Better"})
    assert changed["text"] == "Better"
    assert changed["edited"] is True
    assert changed["etag"] == etag.encode("comment", number, 1)
    root.refused("PUT", f"/cases/comments/{made['etag']}", 404, {"text": "Late"})
    assert root.delete(f"/cases/comments/{made['etag']}")["text"] == "Better"
    root.refused("GET", f"/cases/comments/{number}", 404)


def test_comments_are_listed_newest_first(root, world):
    case = world.case()
    for text in ("one", "two", "three"):
        root.post(f"/cases/{case['id']}/comments", {"text": text})
    page = root.get(f"/cases/{case['id']}/comments", size=2)
    assert [comment["text"] for comment in page["items"]] == ["three", "two"]
    assert page["next"] is True
    assert page["page"] == "1"
    last = root.get(f"/cases/{case['id']}/comments", size=2, page=2)
    assert [comment["text"] for comment in last["items"]] == ["one"]
    assert "next" not in last
    assert [c["text"] for c in root.get(f"/cases/{case['id']}/comments", q="t*")["items"]] == ["three", "two"]
    assert [c["text"] for c in root.get(f"/cases/{case['id']}/comments", q="/^o/")["items"]] == ["one"]
    named = root.get(f"/cases/{case['id']}/comments", ids=page["items"][0]["etag"], fields="id,text")
    assert [set(comment) for comment in named["items"]] == [{"id", "text"}]
    nested = root.get(f"/cases/{case['id']}", fields="comments")["comments"]
    assert [comment["text"] for comment in nested["items"]] == ["three", "two", "one"]
    assert not {"id", "ver"} & set(nested["items"][0])


def test_only_the_creator_edits(root, anna, world):
    case = world.case()
    made = root.post(f"/cases/{case['id']}/comments", {"text": "Mine"})
    anna.refused("PATCH", f"/cases/comments/{made['etag']}", 404, {"text": "Yours"})
    assert "can_edit" not in anna.get(f"/cases/comments/{made['etag']}")
    anna.refused("DELETE", f"/cases/comments/{made['etag']}", 403)
    own = anna.post(f"/cases/{case['id']}/comments", {"text": "Annas"})
    assert anna.patch(f"/cases/comments/{own['etag']}", {"text": "Still"})["text"] == "Still"


def test_what_is_refused(root, world):
    case = world.case()
    root.refused("POST", f"/cases/{case['id']}/comments", 400, {"text": " "})
    root.refused("POST", f"/cases/{case['id']}/comments", 400, {})
    root.refused("POST", "/cases/999999/comments", 404, {"text": "x"})
    root.refused("GET", "/cases/999999/comments", 404)
    root.refused("GET", "/cases/comments/999999", 404)
    root.refused("GET", f"/cases/comments/{case['etag']}", 400)
    root.refused("GET", f"/cases/{case['id']}/comments", 400, q="/(/")
    world.door("vera").refused("POST", f"/cases/{case['id']}/comments", 403, {"text": "x"})
    world.door("rita").refused("GET", f"/cases/{case['id']}/comments", 404)


def test_the_placeholder_and_another_author(root, world):
    case = world.case()
    made = root.post(f"/cases/{case['id']}/comments", {"text": "For", "userID": world.ref("users", "bert")})
    assert made["created_by"]["id"] == world.number("users", "bert")
    own = root.post(f"/cases/{case['id']}/comments", {"text": "Own"})
    assert root.patch("/cases/comments/input.etag%7D", {"etag": own["etag"], "text": "New"})["text"] == "New"
