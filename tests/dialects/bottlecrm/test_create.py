"""Opening cases (spec/bottlecrm §1)."""

import json

import pytest

from dialects.bottlecrm.client import NOBODY, unique


def people(door):
    return {
        "account": door.id("organizations", "acme/acme-corp"),
        "contacts": [door.id("persons", "acme/kit"), door.id("persons", "acme/mona")],
        "assigned_to": [door.id("users", "acme/bob"), door.id("users", "acme/rita")],
        "teams": [door.id("teams", "acme/escalations")],
    }


def test_only_the_name_is_needed(alice, server):
    case = alice.open("Email Configuration Problem")
    assert case == {
        "id": case["id"],
        "name": "Email Configuration Problem",
        "description": None,
        "status": "New",
        "priority": "Normal",
        "case_type": None,
        "account": None,
        "contacts": [],
        "assigned_to": [],
        "teams": [],
        "created_on": case["created_on"],
        "created_by": server.ids["users"]["acme/alice"]["bottlecrm"],
        "closed_on": None,
        "org": server.ids["tenants"]["acme"]["bottlecrm"],
    }
    assert case["created_on"].endswith("Z")
    assert alice.case(case["id"]) == case


def test_everything_is_kept(alice):
    wanted = {
        "name": unique("Whole"),
        "description": "Line one\nLine two 🦄",
        "status": "On Hold",
        "priority": "Critical",
        "case_type": "Feature Request",
        **people(alice),
    }
    case = alice.open(**wanted)
    assert {name: case[name] for name in wanted} == wanted
    assert alice.case(case["id"]) == case


@pytest.mark.parametrize("status", ["New", "In Progress", "On Hold", "Closed"])
def test_every_status(alice, status):
    assert alice.open(status=status)["status"] == status


@pytest.mark.parametrize("priority", ["Low", "Normal", "High", "Critical"])
def test_every_priority(alice, priority):
    assert alice.open(priority=priority)["priority"] == priority


@pytest.mark.parametrize("case_type", ["Technical", "Billing", "General", "Bug Report", "Feature Request", None])
def test_every_type(alice, case_type):
    assert alice.open(case_type=case_type)["case_type"] == case_type


@pytest.mark.parametrize("name", ["x", "x" * 255, " padded ", "ü" * 255, "<script>alert(1)</script>"])
def test_names_are_kept_as_they_are(alice, name):
    assert alice.open(name)["name"] == name


def test_names_need_not_be_unique(alice):
    name = unique("Twice")
    assert alice.open(name)["id"] != alice.open(name)["id"]


@pytest.mark.parametrize("name", ["", " ", "\n\t", None, 5, ["x"], {}, True, "x" * 256, "a\x00b"])
def test_other_names_are_refused(alice, name):
    assert set(alice.wrong("POST", "/api/cases/", json={"name": name})) == {"name"}


def test_a_missing_name_is_required(alice):
    assert alice.wrong("POST", "/api/cases/", json={"status": "New"}) == {"name": ["This field is required."]}


WRONG = [
    ("description", 5),
    ("description", ["x"]),
    ("description", "a\x00b"),
    ("status", "Assigned"),
    ("status", "Pending"),
    ("status", "closed"),
    ("status", ""),
    ("status", None),
    ("status", 1),
    ("priority", "Urgent"),
    ("priority", "low"),
    ("priority", None),
    ("priority", 1),
    ("case_type", "Question"),
    ("case_type", "Incident"),
    ("case_type", ""),
    ("case_type", 1),
    ("account", "x"),
    ("account", 5),
    ("account", NOBODY),
    ("contacts", "x"),
    ("contacts", None),
    ("contacts", ["x"]),
    ("contacts", [None]),
    ("contacts", [NOBODY]),
    ("assigned_to", {}),
    ("assigned_to", ["x"]),
    ("assigned_to", [5]),
    ("assigned_to", [NOBODY]),
    ("teams", 5),
    ("teams", ["x"]),
    ("teams", [NOBODY]),
    ("closed_on", "yesterday"),
    ("closed_on", 5),
    ("closed_on", "2023-13-01"),
    ("closed_on", "2023-02-30T10:00:00Z"),
    ("closed_on", "0001-01-01T00:00:00+14:00"),
    ("closed_on", ""),
]


@pytest.mark.parametrize(("member", "value"), WRONG, ids=str)
def test_a_wrong_member_is_named_and_nothing_is_made(alice, member, value):
    name = unique("Never")
    assert set(alice.wrong("POST", "/api/cases/", json={"name": name, member: value})) == {member}
    assert alice.listed(name=name) == []


def test_every_wrong_member_is_named_at_once(alice):
    body = {
        "name": " ",
        "description": 1,
        "status": "Assigned",
        "priority": "Urgent",
        "case_type": "Question",
        "account": NOBODY,
        "contacts": ["x"],
        "assigned_to": [NOBODY],
        "teams": "y",
        "closed_on": "z",
    }
    answer = alice.result("POST", "/api/cases/", 400, json=body)
    assert set(answer["errors"]) == set(body)
    assert all(f"{member}: " in answer["detail"] for member in body)


@pytest.mark.parametrize(
    ("member", "kind", "name"),
    [
        ("account", "users", "acme/bob"),
        ("contacts", "users", "acme/bob"),
        ("assigned_to", "persons", "acme/kit"),
        ("teams", "users", "acme/bob"),
    ],
)
def test_an_id_of_something_else_is_refused(alice, member, kind, name):
    found = alice.id(kind, name)
    value = found if member == "account" else [found]
    assert set(alice.wrong("POST", "/api/cases/", json={"name": "x", member: value})) == {member}


def test_ids_of_another_organization_are_refused(alice, server):
    person, user = server.ids["persons"]["globex/hank"]["bottlecrm"], server.ids["users"]["globex/gina"]["bottlecrm"]
    body = {"name": "x", "contacts": [alice.id("persons", "acme/kit"), person], "assigned_to": [user]}
    assert set(alice.wrong("POST", "/api/cases/", json=body)) == {"contacts", "assigned_to"}


def test_customers_and_disabled_users_cannot_be_assigned(server, alice):
    carl = alice.id("users", "acme/carl")
    assert set(alice.wrong("POST", "/api/cases/", json={"name": "x", "assigned_to": [carl]})) == {"assigned_to"}
    ids = server.apply(
        {
            "tenants": [
                {
                    "key": "acme",
                    "name": "Acme Lending",
                    "users": [
                        {
                            "key": "former",
                            "name": "Former",
                            "email": "former@acme.example",
                            "kind": "agent",
                            "roles": ["agent"],
                            "disabled": True,
                        }
                    ],
                }
            ]
        }
    )
    former = ids["users"]["acme/former"]["bottlecrm"]
    assert set(alice.wrong("POST", "/api/cases/", json={"name": "x", "assigned_to": [former]})) == {"assigned_to"}


def test_ids_listed_twice_count_once(alice):
    bob, kit = alice.id("users", "acme/bob"), alice.id("persons", "acme/kit")
    case = alice.open(assigned_to=[bob, bob.upper()], contacts=[kit, kit])
    assert (case["assigned_to"], case["contacts"]) == ([bob], [kit])


def test_unknown_members_are_ignored(alice):
    case = alice.open(id=NOBODY, org=NOBODY, created_by=NOBODY, created_on="2000-01-01T00:00:00Z", colour="red")
    assert NOBODY not in {case["id"], case["org"], case["created_by"]}
    assert not case["created_on"].startswith("2000")
    assert "colour" not in case


# ---- closing at once


def test_opened_closed_it_is_stamped(alice):
    case = alice.open(status="Closed")
    assert case["closed_on"] == case["created_on"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2023-02-05T16:30:00Z", "2023-02-05T16:30:00Z"),
        ("2023-02-05T16:30:00+02:00", "2023-02-05T14:30:00Z"),
        ("2023-02-05T16:30:00.1239Z", "2023-02-05T16:30:00.123Z"),
        ("2023-02-05", "2023-02-05T00:00:00Z"),
    ],
)
def test_opened_closed_with_a_time(alice, given, shown):
    assert alice.open(status="Closed", closed_on=given)["closed_on"] == shown


def test_a_time_of_closing_is_kept_on_closed_cases_only(alice):
    assert alice.open(status="New", closed_on="2023-02-05T16:30:00Z")["closed_on"] is None
    assert alice.open(closed_on=None)["closed_on"] is None


# ---- forms


def test_a_form(alice):
    wanted = people(alice)
    form = {"name": "Form", "priority": "High", "case_type": "Bug Report", **wanted}
    case = alice.result("POST", "/api/cases/", 201, data=form)
    assert {name: case[name] for name in wanted} == wanted
    assert (case["name"], case["priority"], case["case_type"]) == ("Form", "High", "Bug Report")


@pytest.mark.parametrize("spell", [list, json.dumps])
def test_lists_in_a_multipart_form_are_repeated_parts_or_json(alice, spell):
    wanted = people(alice)
    form = {"name": "Form", **{k: spell(v) if isinstance(v, list) else v for k, v in wanted.items()}}
    case = alice.result("POST", "/api/cases/", 201, data=form, files={"attachment": ("a.txt", b"x")})
    assert {name: case[name] for name in wanted} == wanted


def test_empty_fields_of_a_form_are_none(alice):
    form = {
        "name": "Form",
        "account": "",
        "case_type": "",
        "closed_on": "",
        "description": "",
        "contacts": "",
        "teams": "[]",
    }
    case = alice.result("POST", "/api/cases/", 201, data=form)
    assert [case[name] for name in ("account", "case_type", "closed_on", "description", "contacts", "teams")] == [
        None, None, None, None, [], [],
    ]  # fmt: skip


def test_a_form_is_checked_like_json(alice):
    form = {
        "status": "",
        "priority": "x",
        "account": "y",
        "contacts": "[",
        "assigned_to": "z",
        "is_internal": "perhaps",
    }
    for how in ({"data": form}, {"data": form, "files": {"attachment": ("a.txt", b"x")}}):
        assert set(alice.wrong("POST", "/api/cases/", **how)) == {"name", *form}


# ---- files


@pytest.mark.parametrize("part", ["attachment", "case_attachment"])
def test_a_file_comes_along(alice, part):
    case = alice.result("POST", "/api/cases/", 201, data={"name": "File"}, files={part: ("notes ü.txt", b"hello")})
    (file,) = alice.detail(case["id"])["attachments"]
    assert (file["file_name"], file["size"], file["case"]) == ("notes ü.txt", 5, case["id"])
    assert alice.http.get(file["attachment"].removeprefix("/bottlecrm")).content == b"hello"


def test_several_files_come_along(alice):
    files = [("attachment", ("a", b"1")), ("case_attachment", ("b", b"2")), ("attachment", ("c", b"3"))]
    case = alice.result("POST", "/api/cases/", 201, data={"name": "Files"}, files=files)
    assert [file["file_name"] for file in alice.detail(case["id"])["attachments"]] == ["a", "b", "c"]


def test_files_under_other_names_are_dropped(alice):
    case = alice.result("POST", "/api/cases/", 201, data={"name": "Other"}, files={"file": ("a", b"1")})
    assert alice.detail(case["id"])["attachments"] == []


def test_a_refused_case_leaves_nothing_of_its_files(alice):
    name = unique("Refused")
    form = {"name": name, "status": "x"}
    assert set(alice.wrong("POST", "/api/cases/", data=form, files={"attachment": ("a", b"1")})) == {"status"}
    assert alice.listed(name=name) == []


def test_too_large_a_file_is_413_and_nothing_is_made(alice):
    name = unique("Large")
    files = {"attachment": ("a", bytes(10 * 1024 * 1024 + 1))}
    alice.refused("POST", "/api/cases/", 413, data={"name": name}, files=files)
    assert alice.listed(name=name) == []


def test_the_largest_file_is_taken(alice):
    files = {"attachment": ("a", bytes(10 * 1024 * 1024))}
    case = alice.result("POST", "/api/cases/", 201, data={"name": "x"}, files=files)
    assert alice.detail(case["id"])["attachments"][0]["size"] == 10 * 1024 * 1024


def test_too_large_a_body_is_413(alice):
    alice.refused("POST", "/api/cases/", 413, json={"name": "x", "description": "x" * 1024 * 1024})
    alice.refused(
        "POST", "/api/cases/", 413, data={"description": "x" * (1024 * 1024 + 1)}, files={"attachment": ("a", b"1")}
    )
