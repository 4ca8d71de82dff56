"""One case with everything on it, and deleting it (spec/bottlecrm §1, §3)."""

import pytest

from dialects.bottlecrm.client import MALFORMED, NOBODY, unique


def test_the_detail_has_these_members(alice):
    body = alice.detail(alice.open()["id"])
    assert set(body) == {
        "case_obj", "assigned_to", "teams", "comments", "attachments", "users_mention", "comment_permission",
    }  # fmt: skip


def test_people_are_whole(alice):
    bob, rita, team = (
        alice.id("users", "acme/bob"),
        alice.id("users", "acme/rita"),
        alice.id("teams", "acme/escalations"),
    )
    body = alice.detail(alice.open(assigned_to=[bob, rita], teams=[team])["id"])
    assert [user["id"] for user in body["assigned_to"]] == body["case_obj"]["assigned_to"] == [bob, rita]
    first = body["assigned_to"][0]
    assert (first["email"], first["name"], first["role"], first["is_active"]) == (
        "bob@acme.example",
        "Bob Agent",
        "USER",
        True,
    )
    assert first["user_details"] == {"id": bob, "email": "bob@acme.example", "is_active": True, "profile_pic": None}
    assert body["teams"] == [{"id": team, "name": "Escalations", "description": None}]


def test_the_role_of_an_administrator(alice):
    case = alice.open(assigned_to=[alice.id("users", "acme/alice")])["id"]
    assert alice.detail(case)["assigned_to"][0]["role"] == "ADMIN"


def test_comments_come_newest_first(alice, bob):
    case = alice.open()["id"]
    for text in ("one", "two", "three"):
        bob.comment(case, text)
    body = alice.detail(case)
    assert [comment["comment"] for comment in body["comments"]] == ["three", "two", "one"]
    assert {comment["case"] for comment in body["comments"]} == {case}
    assert {comment["commented_by"] for comment in body["comments"]} == {alice.id("users", "acme/bob")}


def test_staff_see_internal_comments_and_files_of_other_doors(alice, server):
    body = alice.detail(server.ids["cases"]["acme/first"]["bottlecrm"])
    assert [(comment["comment"], comment["is_internal"]) for comment in body["comments"]] == [
        ("Probably the identity provider again", True),
        ("We are looking into it", False),
    ]
    assert [file["file_name"] for file in body["attachments"]] == ["screenshot.txt", "provider.log"]


def test_users_mention_are_all_active_members_for_every_reader(alice, bob, vera, server):
    case = alice.open()["id"]
    listed = alice.detail(case)["users_mention"]
    by_email = {user["user__email"]: user for user in listed}
    assert {f"{n}@acme.example" for n in ("alice", "bob", "rita", "vera", "otto", "sid")} <= set(by_email)
    assert "carl@acme.example" not in by_email
    assert by_email["bob@acme.example"] == {
        "id": server.ids["users"]["acme/bob"]["bottlecrm"],
        "user__email": "bob@acme.example",
        "username": "bob",
        "name": "Bob Agent",
    }
    assert bob.detail(case)["users_mention"] == vera.detail(case)["users_mention"] == listed


def test_comment_permission(alice, bob, vera):
    case = alice.open()["id"]
    assert alice.detail(case)["comment_permission"] is True
    assert bob.detail(case)["comment_permission"] is True
    assert vera.detail(case)["comment_permission"] is False


def test_a_case_of_the_world_reads_as_the_other_doors_show_it(alice, server):
    case = alice.case(server.ids["cases"]["acme/third"]["bottlecrm"])
    assert (case["name"], case["status"], case["priority"]) == ("Payment plan question", "On Hold", "Normal")
    case = alice.case(server.ids["cases"]["acme/fourth"]["bottlecrm"])
    assert case["status"] == "Closed"
    assert case["closed_on"] is not None


@pytest.mark.parametrize("case", [NOBODY, MALFORMED, "1", "CS0000001", "%00", "%F0%9F%A6%84", "null"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_or_malformed_id_is_404(alice, method, case):
    alice.refused(method, f"/api/cases/{case}/", 404)


def test_a_case_of_another_organization_is_404(gina, server):
    gina.refused("GET", f"/api/cases/{server.ids['cases']['acme/first']['bottlecrm']}/", 404)


# ---- deleting


def test_a_deleted_case_is_gone_with_everything_on_it(alice):
    name = unique("Gone")
    case = alice.open(name)["id"]
    comment, file = alice.comment(case, "x")["id"], alice.attach(case)["id"]
    answer = alice.request("DELETE", f"/api/cases/{case}/")
    assert (answer.status_code, answer.content) == (204, b"")
    alice.refused("GET", f"/api/cases/{case}/", 404)
    alice.refused("PUT", f"/api/cases/{case}/", 404, json={})
    alice.refused("POST", f"/api/cases/{case}/", 404, json={"comment": "x"})
    alice.refused("DELETE", f"/api/cases/{case}/", 404)
    alice.refused("PUT", f"/api/cases/comment/{comment}/", 404, json={"comment": "x"})
    alice.refused("DELETE", f"/api/cases/comment/{comment}/", 404)
    alice.refused("GET", f"/api/cases/attachment/{file}/", 404)
    assert alice.listed(name=name) == []


def test_its_creator_deletes_a_case(bob):
    case = bob.open()["id"]
    assert bob.request("DELETE", f"/api/cases/{case}/").status_code == 204


def test_an_administrator_deletes_any_case(alice, bob):
    case = bob.open()["id"]
    assert alice.request("DELETE", f"/api/cases/{case}/").status_code == 204


def test_others_do_not_delete(alice, bob, rita, vera):
    case = alice.open(assigned_to=[alice.id("users", "acme/bob"), alice.id("users", "acme/rita")])["id"]
    for door in (bob, rita, vera):
        door.refused("DELETE", f"/api/cases/{case}/", 403)
    assert alice.case(case)["id"] == case
