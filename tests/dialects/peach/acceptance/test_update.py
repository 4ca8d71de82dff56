"""Operations 5 and 6: reading and changing one case (spec/peach §3, §4, §6)."""

import pytest

from dialects.peach.acceptance.client import TIME, unchanged, word


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_members_left_out_keep_their_value(alice, method):
    case = alice.open(externalId=word(), metaData={"a": "b"}, lenderAck=True, autoCreated=True)
    body = alice.ok(method, case.path, {"name": "Renamed"})
    assert body["status"] == 200
    after = body["data"]
    assert after["name"] == "Renamed"
    moved = {"name", "updatedAt", "lastSubresourceUpdatedAt", "lastSubresourceUpdatedBy"}
    assert {k: v for k, v in after.items() if k not in moved} == {k: v for k, v in case.made.items() if k not in moved}
    assert case.get() == after


def test_the_first_change_sets_the_stamp_of_changes(alice, bob):
    case = alice.open()
    assert case.made["updatedAt"] is None
    after = bob.data("PUT", case.path, {"name": "Renamed"})
    assert TIME.fullmatch(after["updatedAt"])
    assert after["createdAt"] == case.made["createdAt"]
    assert after["lastSubresourceUpdatedAt"] >= after["updatedAt"]
    assert after["lastSubresourceUpdatedBy"]["id"] == alice.ids["users"]["acme/bob"]["peach"]
    assert after["createdByUser"] == case.made["createdByUser"]


def test_an_empty_change_changes_nothing(alice):
    case = alice.open()
    unchanged(case.made, case.put())


def test_writing_back_what_reading_showed_changes_nothing(alice, bob):
    case = alice.open(
        caseType="bankruptcy", courtCaseNumber="24-1", externalId=word(), metaData={"a": "b"},
        owningEmployeeId=alice.employee("acme/bob"), escalatedTeamId=alice.team(),
    )  # fmt: skip
    case.do("snooze", snoozeFor=3)
    before = case.get()
    unchanged(before, bob.data("PUT", case.path, before))
    unchanged(before, bob.data("PATCH", case.path, before))


def test_writing_back_the_name_shown_by_fallback_changes_nothing(alice):
    person = alice.person()["id"]
    made = alice.data("POST", f"/people/{person}/cases", {"caseType": "deceased"})
    path = f"/people/{person}/cases/{made['id']}"
    unchanged(made, alice.data("PUT", path, {"name": made["name"]}))


def test_the_type_of_a_case_does_not_change(alice):
    case = alice.open(caseType="bankruptcy")
    case.not_put(caseType="collection")
    unchanged(case.made, case.put(caseType="bankruptcy"))
    other = alice.type(caseType="bankruptcy")
    answer = alice.send("PUT", case.path, {"typeId": other["id"]})
    assert answer.status_code in {200, 400}
    assert case.get()["typeId"] == case.made["typeId"]


def test_what_the_server_owns_is_ignored(alice):
    case = alice.open()
    theirs = {
        "id": "CS-1111-1111", "createdAt": "2001-01-01T00:00:00Z", "updatedAt": "2001-01-01T00:00:00Z",
        "deletedAt": "2001-01-01T00:00:00Z", "object": "thing", "companyId": "CP-9999-9999",
        "createdByUser": None, "statusUpdatedAt": "2001-01-01T00:00:00Z", "snoozedUntil": "2040-01-01",
        "snoozedAt": "2040-01-01T00:00:00Z", "lastViewedAt": "2001-01-01T00:00:00Z",
        "creatingSupercaseId": "SC-1111-1111", "outcomeUpdatedAt": "2001-01-01T00:00:00Z",
    }  # fmt: skip
    unchanged(case.made, case.put(**theirs))


def test_escalation_members_of_a_change_are_ignored(alice):
    case = alice.open()
    after = case.put(
        name="Renamed", escalatedTeamId=alice.team(), escalatedAt="2024-01-01T00:00:00Z", escalationIsUrgent=True
    )
    assert after["name"] == "Renamed"
    assert (after["escalatedTeamId"], after["escalatedAt"]) == (None, None)
    assert case.escalations() == []
    case.escalate(escalatedTeamId=alice.team())
    assert case.put(escalatedTeamId=None, escalatedAt=None)["escalatedTeamId"] == alice.team()


def test_an_owner_is_set_changed_and_cleared(alice):
    case = alice.open()
    for key, name in (("acme/bob", "Bob Agent"), ("acme/rita", "Rita Restricted")):
        after = case.put(owningEmployeeId=alice.employee(key))
        assert after["owningEmployeeId"] == after["owningEmployee"]["id"] == alice.employee(key)
        assert after["owningEmployee"]["displayName"] == name
    after = case.put(owningEmployeeId=None)
    assert (after["owningEmployeeId"], after["owningEmployee"]) == (None, None)


def test_an_owner_of_another_company_does_not_exist(alice):
    case = alice.open()
    alice.wrong("owningEmployeeId", "PUT", case.path, {"owningEmployeeId": "EM-ZZZZ-ZZZZ"})
    assert case.get()["owningEmployeeId"] is None


def test_an_external_id_is_changed_and_taken_away(alice):
    one, two = word(), word()
    case = alice.open(externalId=one)
    assert case.put(externalId=two)["externalId"] == two
    alice.refused(404, "GET", f"/people/{case.person}/cases/ext-{one}")
    assert alice.data("GET", f"/people/{case.person}/cases/ext-{two}")["id"] == case.id
    assert case.put(externalId=None)["externalId"] is None
    alice.refused(404, "GET", f"/people/{case.person}/cases/ext-{two}")
    assert alice.open(externalId=two).made["externalId"] == two


def test_an_external_id_of_another_case_is_409(alice):
    taken = word()
    first = alice.open(externalId=taken)
    case = alice.open()
    told = alice.refused(409, "PUT", case.path, {"externalId": taken, "name": "Renamed"})
    assert first.id in str(told)
    unchanged(case.made, case.get())


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("name", "n" * 129),
        ("externalId", ""),
        ("externalId", "x" * 51),
        ("metaData", {f"k{i}": "v" for i in range(51)}),
        ("metaData", {"k" * 101: "v"}),
        ("metaData", {"k": "v" * 501}),
        ("matchDetails", {"nameMatch": "maybe"}),
        ("lenderAck", "yes"),
        ("openedAt", "soon"),
        ("customFields", "none"),
    ],
)
def test_a_member_out_of_its_range_is_refused_whole(alice, member, value):
    case = alice.open()
    alice.wrong(member, "PUT", case.path, {"lenderAck": True, "autoCreated": True, member: value})
    unchanged(case.made, case.get())


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("metaData", {"c": "d"}),
        ("metaData", None),
        ("lenderAck", True),
        ("matchToDataSource", True),
        ("matchDetails", {"ssnMatch": "noMatch"}),
        ("openedAt", "2024-01-02T03:04:05.000006+00:00"),
    ],
)
def test_a_member_is_changed(alice, member, value):
    case = alice.open(metaData={"a": "b"})
    after = case.put(**{member: value})[member]
    if member == "matchDetails":
        after = {name: after[name] for name in value}
    assert after == value


def test_a_named_case_keeps_the_path_borrower(alice):
    case = alice.open()
    other = alice.person()["id"]
    answer = alice.send("PUT", case.path, {"people": [other]})
    assert answer.status_code in {200, 400}
    assert case.person in case.get()["people"]


def test_reading_with_an_unknown_kind_of_links_is_400(alice):
    case = alice.open()
    alice.wrong("associations", "GET", case.path, params={"associations": "everything"})


def test_reading_with_further_field_names_answers_the_case(alice):
    case = alice.open()
    assert case.get(include="workflowId,matchDetails")["id"] == case.id


def test_viewing_names_the_viewer_and_changes_nothing_else(alice, bob):
    case = alice.open()
    bob.done("POST", f"{case.path}/views")
    after = case.get()
    assert TIME.fullmatch(after["lastViewedAt"])
    assert after["lastViewedBy"]["id"] == alice.ids["users"]["acme/bob"]["peach"]
    for name in ("updatedAt", "lastSubresourceUpdatedAt", "lastSubresourceUpdatedBy", "statusUpdatedAt"):
        assert after[name] == case.made[name]
    alice.done("POST", f"{case.path}/views")
    assert case.get()["lastViewedBy"]["id"] == alice.ids["users"]["acme/alice"]["peach"]


def test_a_view_takes_an_empty_body_or_none(alice):
    case = alice.open()
    alice.done("POST", f"{case.path}/views")
    first = case.get()["lastViewedAt"]
    alice.done("POST", f"{case.path}/views", {})
    assert case.get()["lastViewedAt"] >= first


def test_a_viewer_may_view(vera, alice):
    case = alice.open()
    vera.done("POST", f"{case.path}/views")
    assert case.get()["lastViewedBy"]["id"] == alice.ids["users"]["acme/vera"]["peach"]
