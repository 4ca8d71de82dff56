def _upload(door, case, *names):
    parts = [(f"part{n}", (name, f"bytes of {name}".encode(), "text/plain")) for n, name in enumerate(names)]
    answer = door.send("POST", f"/storage/file/{case['id']}/upload", params={"channel": "case"}, files=parts)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_files_are_uploaded_listed_downloaded_and_deleted(root, anna, world):
    case = world.case()
    first, second = _upload(anna, case, "one.txt", "zwei ü.txt")
    assert first == {"id": first["id"], "name": "one.txt", "size": 16, "mime": "text/plain"}
    listed = root.get(f"/cases/{case['etag']}/files")["items"]
    assert [file["name"] for file in listed] == ["one.txt", "zwei ü.txt"]
    assert set(listed[0]) == {"id", "size", "mime", "name", "created_at", "created_by", "source"}
    assert listed[0]["source"] == "direct"
    assert listed[0]["size"] == "16"
    secret = anna.headers["X-Webitel-Access"]
    nobody = world.door(None)
    answer = nobody.send("GET", f"/storage/file/{first['id']}/download", params={"access_token": secret})
    assert answer.status_code == 200
    assert answer.content == b"bytes of one.txt"
    assert "one.txt" in answer.headers["content-disposition"]
    assert root.get(f"/cases/{case['id']}", fields="files")["files"]["items"][0]["name"] == "one.txt"
    assert anna.delete(f"/cases/{case['id']}/files/{first['id']}")["name"] == "one.txt"
    root.refused("GET", f"/storage/file/{first['id']}/download", 404)
    root.refused("DELETE", f"/cases/{case['id']}/files/{first['id']}", 404)
    assert [file["id"] for file in root.get(f"/cases/{case['id']}/files")["items"]] == [second["id"]]


def test_uploads_that_are_refused(root, world):
    case = world.case()
    root.refused("POST", f"/storage/file/{case['id']}/upload", 400, {"no": "form"})
    root.refused("POST", f"/storage/file/{case['id']}/upload", 400, channel="call")
    answer = root.send("POST", "/storage/file/999999/upload", files={"a": ("a", b"x")})
    assert answer.status_code == 404
    answer = world.door("vera").send("POST", f"/storage/file/{case['id']}/upload", files={"a": ("a", b"x")})
    assert answer.status_code == 403
    other = world.case()
    (file,) = _upload(root, case, "a.txt")
    root.refused("DELETE", f"/cases/{other['id']}/files/{file['id']}", 404)
    world.door(None).refused("GET", f"/storage/file/{file['id']}/download", 401)
    world.door("rita").refused("GET", f"/storage/file/{file['id']}/download", 404)
