import csv
import io
import json
import re
import zipfile

import pytest


def test_userinfo_tells_who_may_what(world, root):
    me = root.get("/userinfo")
    assert me["user_id"] == world.number("users", "root")
    assert {permission["id"] for permission in me["permissions"]} == {
        "add", "read", "write", "delete", "export_data_grid",
    }  # fmt: skip
    access = {scope["class"]: scope["access"] for scope in me["scope"]}
    assert access["cases"] == "xrwd"
    assert {role["name"] for role in me["roles"]} == {"Admin"}
    agent = {scope["class"]: scope for scope in world.door("anna").get("/userinfo")["scope"]}
    assert agent["cases"]["access"] == "xrw"
    assert agent["case_lookups"]["access"] == "r"
    assert "rbac" not in agent["cases"]
    restricted = {scope["class"]: scope for scope in world.door("rita").get("/userinfo")["scope"]}
    assert restricted["cases"]["rbac"] is True
    nobody = world.door(None)
    token = nobody.get("/userinfo", access_token=root.headers["X-Webitel-Access"])
    assert token["user_id"] == me["user_id"]
    nobody.refused("GET", "/userinfo", 401)
    nobody.refused("GET", "/userinfo", 401, access_token="wrong")


def test_the_log_of_a_case(root, anna, world):
    case = world.case(subject="Logged")
    anna.patch(f"/cases/{case['etag']}", {"subject": "Changed"})
    comment = root.post(f"/cases/{case['id']}/comments", {"text": "Noted"})
    anna.post(f"/cases/{case['id']}/related", {"related_case": {"id": world.case()["id"]}, "relation_type": "BLOCKS"})
    page = root.get(f"/logger/cases/record/{case['id']}/logs")
    assert [record["action"] for record in page["items"]] == ["update", "update", "create"]
    newest, changed, created = page["items"]
    assert json.loads(created["new_state"])["subject"] == "Logged"
    assert json.loads(changed["new_state"])["subject"] == "Changed"
    assert changed["user"] == {"id": int(world.number("users", "anna")), "name": "Anna Tester"}
    assert newest["record"] == {"id": case["id"]}
    assert page["page"] == 1
    only = root.get(f"/logger/cases/record/{case['id']}/logs", action="create", user_id=world.number("users", "root"))
    assert [record["action"] for record in only["items"]] == ["create"]
    ident = root.get(f"/cases/{case['id']}/comments", fields="id")["items"][0]["id"]
    anna.refused("GET", f"/logger/case_comments/record/{case['id']}999/logs", 404)
    (noted,) = anna.get(f"/logger/case_comments/record/{ident}/logs")["items"]
    assert json.loads(noted["new_state"])["text"] == "Noted"
    assert comment["etag"]
    root.refused("GET", "/logger/contacts/record/1/logs", 404)
    root.refused("GET", "/logger/cases/record/999999/logs", 404)


@pytest.fixture(scope="module")
def exported(world):
    return [world.case(subject=subject) for subject in ('With "quotes", commas', "=1+1", "Plain")]


def test_export_as_csv(root, exported):
    ids = ",".join(case["id"] for case in exported)
    answer = root.send("GET", "/cases/export", params={"format": "csv", "ids": ids, "sort": "id"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert re.search(r'filename="cases_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.csv"', answer.headers["content-disposition"])
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["subject"] for row in rows] == ['With "quotes", commas', "'=1+1", "Plain"]
    assert rows[0]["name"] == exported[0]["name"]
    assert rows[0]["priority"] == "Usual"
    assert len(rows[0]) == 22
    raw = root.send(
        "GET", "/cases/export", params={"format": "csv", "ids": ids, "separator": "|", "fields": "id,subject"}
    )
    assert raw.text.splitlines()[0] == "id|subject"
    assert f'{exported[0]["id"]}|With "quotes", commas' in raw.text


def test_export_as_xlsx(root, exported):
    answer = root.send("GET", "/cases/export", params={"format": "xlsx", "ids": exported[0]["id"]})
    assert answer.status_code == 200
    book = zipfile.ZipFile(io.BytesIO(answer.content))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "With &quot;quotes&quot;" in sheet or 'With "quotes"' in sheet


def test_export_that_is_refused(root, world):
    root.refused("GET", "/cases/export", 400)
    root.refused("GET", "/cases/export", 400, format="pdf")
    root.refused("GET", "/cases/export", 400, format="csv", filters="x")
    world.door("vera").refused("GET", "/cases/export", 403, format="csv")
