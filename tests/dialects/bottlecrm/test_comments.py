"""Comments: adding, editing, deleting, mentioning (spec/bottlecrm §1, §3, §8.7)."""

import pytest

from dialects.bottlecrm.client import MALFORMED, NOBODY

VERBS = ["PUT", "PATCH"]


@pytest.fixture
def case(alice):
    return alice.open()["id"]


def test_adding_answers_with_the_case_and_all_on_it(alice, case):
    alice.comment(case, "First")
    body = alice.result("POST", f"/api/cases/{case}/", json={"comment": "Issue reproduced, working on solution"})
    assert set(body) == {"error", "message", "case_obj", "comments", "attachments"}
    assert (body["error"], body["case_obj"]) == (False, alice.case(case))
    assert [comment["comment"] for comment in body["comments"]] == ["Issue reproduced, working on solution", "First"]
    assert body["attachments"] == []
    newest = body["comments"][0]
    assert set(newest) == {"id", "comment", "case", "commented_on", "commented_by", "is_internal"}
    assert newest["case"] == case
    assert newest["commented_by"] == alice.id("users", "acme/alice")
    assert newest["commented_on"].endswith("Z")


def test_a_form_works_as_well(alice, case):
    assert (
        alice.result("POST", f"/api/cases/{case}/", data={"comment": "By form"})["comments"][0]["comment"] == "By form"
    )


def test_text_and_files_together(alice, case):
    files = [("attachment", ("a", b"1")), ("case_attachment", ("b", b"2"))]
    body = alice.result("POST", f"/api/cases/{case}/", data={"comment": "See files"}, files=files)
    assert [comment["comment"] for comment in body["comments"]] == ["See files"]
    assert [file["file_name"] for file in body["attachments"]] == ["a", "b"]


def test_files_alone(alice, case):
    for form in ({}, {"comment": ""}):
        body = alice.result("POST", f"/api/cases/{case}/", data=form, files={"attachment": ("a", b"1")})
        assert body["comments"] == []
    assert len(body["attachments"]) == 2


@pytest.mark.parametrize("text", ["x", "x" * 10_000, " padded\n", "<b>ü</b> 🦄"])
def test_texts_are_kept_as_they_are(alice, case, text):
    assert alice.comment(case, text)["comment"] == text


@pytest.mark.parametrize("text", ["", "  ", None, 5, ["x"], "x" * 10_001, "a\x00b"])
def test_other_texts_are_refused(alice, case, text):
    assert set(alice.wrong("POST", f"/api/cases/{case}/", json={"comment": text})) == {"comment"}
    assert alice.detail(case)["comments"] == []


def test_neither_text_nor_file_is_400(alice, case):
    for how in ({"json": {}}, {"json": {"is_internal": True}}, {"data": {"x": "y"}}, {"files": {"file": ("a", b"1")}}):
        assert set(alice.wrong("POST", f"/api/cases/{case}/", **how)) == {"comment"}


def test_a_blank_text_with_a_file_is_400_and_nothing_is_kept(alice, case):
    how = {"data": {"comment": "  "}, "files": {"attachment": ("a", b"1")}}
    assert set(alice.wrong("POST", f"/api/cases/{case}/", **how)) == {"comment"}
    assert alice.detail(case)["attachments"] == []


@pytest.mark.parametrize("case", [NOBODY, MALFORMED])
def test_on_an_unknown_case_it_is_404(alice, case):
    alice.refused("POST", f"/api/cases/{case}/", 404, json={"comment": "x"})


def test_who_may_only_read_may_not_comment(alice, vera, case):
    vera.refused("POST", f"/api/cases/{case}/", 403, json={"comment": "x"})
    assert alice.detail(case)["comments"] == []


# ---- audience


def test_comments_are_internal_unless_they_say_otherwise(alice, case):
    assert alice.comment(case, "x")["is_internal"] is True
    assert alice.comment(case, "x", is_internal=True)["is_internal"] is True
    assert alice.comment(case, "x", is_internal=False)["is_internal"] is False


def test_the_audience_in_a_form(alice, case):
    body = alice.result("POST", f"/api/cases/{case}/", data={"comment": "x", "is_internal": "false"})
    assert body["comments"][0]["is_internal"] is False


@pytest.mark.parametrize("value", ["yes please", 1, None, []])
def test_another_audience_is_refused(alice, case, value):
    body = {"comment": "", "is_internal": value}
    assert set(alice.wrong("POST", f"/api/cases/{case}/", json=body)) == {"comment", "is_internal"}


# ---- editing


@pytest.mark.parametrize("verb", VERBS)
def test_its_author_edits_a_comment(alice, bob, case, verb):
    before = bob.comment(case, "Old")
    after = bob.result(verb, f"/api/cases/comment/{before['id']}/", json={"comment": "New"})
    assert after == {**before, "comment": "New"}
    assert alice.detail(case)["comments"] == [after]


@pytest.mark.parametrize("verb", VERBS)
def test_an_administrator_edits_any_comment(alice, bob, case, verb):
    before = bob.comment(case, "Old")
    after = alice.result(verb, f"/api/cases/comment/{before['id']}/", json={"comment": "New"})
    assert (after["comment"], after["commented_by"]) == ("New", bob.id("users", "acme/bob"))


@pytest.mark.parametrize("verb", VERBS)
def test_others_do_not_edit(alice, bob, vera, case, verb):
    comment = alice.comment(case, "Mine")["id"]
    for door in (bob, vera):
        door.refused(verb, f"/api/cases/comment/{comment}/", 403, json={"comment": "Yours"})
    assert alice.detail(case)["comments"][0]["comment"] == "Mine"


def test_editing_keeps_the_audience_unless_it_is_said(alice, case):
    public = alice.comment(case, "x", is_internal=False)["id"]
    assert alice.result("PUT", f"/api/cases/comment/{public}/", json={"comment": "y"})["is_internal"] is False
    body = {"comment": "y", "is_internal": True}
    assert alice.result("PUT", f"/api/cases/comment/{public}/", json=body)["is_internal"] is True


def test_the_same_text_changes_nothing(alice, case):
    before = alice.comment(case, "Same")
    assert alice.result("PUT", f"/api/cases/comment/{before['id']}/", json={"comment": "Same"}) == before


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "body", [{}, {"comment": ""}, {"comment": " "}, {"comment": None}, {"comment": 1}, {"comment": "x" * 10_001}]
)
def test_a_wrong_text_is_named(alice, case, verb, body):
    comment = alice.comment(case, "Old")["id"]
    assert set(alice.wrong(verb, f"/api/cases/comment/{comment}/", json=body)) == {"comment"}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("comment", [NOBODY, MALFORMED])
def test_an_unknown_comment_is_404(alice, verb, comment):
    alice.refused(verb, f"/api/cases/comment/{comment}/", 404, json={"comment": "x"})


# ---- deleting


def test_its_author_deletes_a_comment(bob, case):
    comment = bob.comment(case, "x")["id"]
    answer = bob.request("DELETE", f"/api/cases/comment/{comment}/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert bob.detail(case)["comments"] == []
    bob.refused("DELETE", f"/api/cases/comment/{comment}/", 404)
    bob.refused("PUT", f"/api/cases/comment/{comment}/", 404, json={"comment": "x"})


def test_an_administrator_deletes_any_comment(alice, bob, case):
    comment = bob.comment(case, "x")["id"]
    assert alice.request("DELETE", f"/api/cases/comment/{comment}/").status_code == 204


def test_others_do_not_delete(alice, bob, rita, vera, case):
    comment = alice.comment(case, "x")["id"]
    for door in (bob, vera):
        door.refused("DELETE", f"/api/cases/comment/{comment}/", 403)
    rita.refused("DELETE", f"/api/cases/comment/{comment}/", 404)  # the case is none of hers
    assert len(alice.detail(case)["comments"]) == 1


@pytest.mark.parametrize("comment", [NOBODY, MALFORMED])
def test_deleting_an_unknown_comment_is_404(alice, comment):
    alice.refused("DELETE", f"/api/cases/comment/{comment}/", 404)


def test_a_file_is_no_comment(alice, case):
    alice.refused("DELETE", f"/api/cases/comment/{alice.attach(case)['id']}/", 404)


# ---- mentions


def test_who_is_mentioned_watches(alice, rita, case):
    rita.refused("GET", f"/api/cases/{case}/", 404)
    alice.comment(case, "Please look, @rita.")
    assert rita.case(case)["id"] == case
    assert case in rita.listed()
    rita.comment(case, "Looking")


@pytest.mark.parametrize("text", ["Hey @RITA!", "(@rita)", "@rita", "@bob,@rita", "a@b.example @rita@acme.example"])
def test_mentions_are_read_so(alice, rita, case, text):
    alice.comment(case, text)
    assert rita.case(case)["id"] == case


@pytest.mark.parametrize("text", ["rita", "@ rita", "mail rita@acme.example", "@ritas", "x@rita", "@carl @nobody"])
def test_other_texts_mention_nobody(alice, rita, case, text):
    alice.comment(case, text)
    rita.refused("GET", f"/api/cases/{case}/", 404)


def test_an_edited_comment_mentions_too(alice, rita, case):
    comment = alice.comment(case, "Hello")["id"]
    alice.result("PUT", f"/api/cases/comment/{comment}/", json={"comment": "Hello @rita"})
    assert rita.case(case)["id"] == case


def test_customers_are_not_made_watchers(server, alice, case):
    import httpx

    alice.comment(case, "@carl should not see this")
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": server.secret("acme/carl")}
    token = httpx.post(f"{server.url}/ibm/identity/token", data=form).json()["access_token"]
    shown = httpx.get(
        f"{server.url}/ibm/case-management/v1/cases?limit=100", headers={"Authorization": f"Bearer {token}"}
    )
    name = alice.case(case)["name"]
    assert name not in shown.text
