"""Every bullet of "Edit open case": S1 to S6 and P1 to P5, each kept and each broken (spec/egain §5)."""

import pytest

from dialects.egain.client import OLD, code, links, owner


def test_s1_an_unknown_case_is_a_400(sam):
    assert code(sam.edit(999999, modified=OLD, subject="x")) == "400-160"


def test_s1_a_case_of_another_tenant_is_unknown(server, sam):
    assert code(sam.edit(10**15, modified=OLD, subject="x")) == "400-160"


@pytest.mark.parametrize("stage", ["resolved", "closed", "canceled"])
def test_s2_a_done_case_is_not_edited(world, sam, stage):
    number = world.case(stage=stage)
    assert code(sam.edit(number, subject="x")) == "400-161"


@pytest.mark.parametrize("stage", ["new", "open", "waiting", "proposed"])
def test_s2_an_active_case_is(world, sam, stage):
    assert sam.edit(world.case(stage=stage), subject="x").status_code == 204


@pytest.mark.parametrize(
    "nothing",
    [{}, {"subject": None}, {"relatedCases": {}}, {"relatedCases": {"link": []}}, {"customAttributes": {}}],
)
def test_s3_something_must_be_given(world, sam, nothing):
    assert code(sam.edit(world.case(), **nothing)) == "400-162"


def test_s4_a_disabled_owner_is_refused(world, sam):
    assert code(sam.edit(world.case(), owner=owner(world.user("gone")))) == "400-163"


def test_s5_an_owner_without_license_is_refused(world, sam):
    assert code(sam.edit(world.case(), owner=owner(world.user("nolic")))) == "400-164"


def test_an_unknown_owner_is_a_bad_value(world, sam):
    assert code(sam.edit(world.case(), owner=owner("99999999"))) == "400-152"
    assert code(sam.edit(world.case(), owner=owner("sue"))) == "400-152"


def test_an_owner_is_assigned_and_shown(world, sam):
    number = world.case()
    assert sam.edit(number, owner=owner(world.user("sue"))).status_code == 204
    assert sam.get(number)["owner"]["user"] == {"id": world.user("sue"), "firstName": "Sue", "lastName": "Tester"}


@pytest.mark.parametrize("key", ["vic", "noedit"])
def test_p1_the_edit_action_is_needed(world, key):
    assert code(world.door(key).edit(world.case(), subject="x")) == "403-178"


@pytest.mark.parametrize("department", ["billing", "secret"])
def test_p2_activity_sharing_does_not_help_for_the_edited_case(world, sam, department):
    assert code(sam.edit(world.case(department=department), subject="x")) == "403-160"


def test_p2_a_foreign_department_is_enough(world, sam):
    assert sam.edit(world.case(department="legal"), subject="x").status_code == 204


def test_p2_a_global_user_has_every_department(world, root):
    assert root.edit(world.case(department="secret"), subject="x").status_code == 204


def test_p3a_transfer_is_granted_user_by_user(world):
    number = world.case()
    assert code(world.door("sue").edit(number, owner=owner(world.user("sam")))) == "403-161"
    assert world.door("sam").edit(number, owner=owner(world.user("sue"))).status_code == 204


def test_p3a_nobody_needs_it_to_take_the_case_himself(world):
    assert world.door("sue").edit(world.case(), owner=owner(world.user("sue"))).status_code == 204


def test_p3b_the_target_belongs_to_the_department_of_the_case(world, sam, root):
    assert code(sam.edit(world.case(), owner=owner(world.user("bill")))) == "403-162"
    assert root.edit(world.case(), owner=owner(world.user("lex"))).status_code == 204  # foreign there


def test_p4_an_owned_case_needs_pull_on_its_owner_for_every_edit(world, sam):
    number = world.case(assignees=["sam"])
    assert code(world.door("sue").edit(number, subject="x")) == "403-163"
    assert sam.edit(number, subject="mine").status_code == 204
    assert sam.edit(world.case(assignees=["sue"]), subject="pulled").status_code == 204


def test_resending_the_present_owner_is_no_assignment(world, root):
    number = world.case(department="billing", assignees=["sam"])
    assert root.edit(number, owner=owner(world.user("sam"))).status_code == 204


def test_p5_linked_cases_lie_where_the_caller_may_look(world, sam):
    number, home, foreign, shared, hidden = world.cases(
        {}, {}, {"department": "legal"}, {"department": "billing"}, {"department": "secret"}
    )
    for other in (home, foreign, shared):
        assert sam.edit(number, relatedCases={"link": links(other)}).status_code == 204
    assert code(sam.edit(number, relatedCases={"link": links(hidden)})) == "403-164"


def test_p5_unlinking_needs_no_department(world, sam, root):
    number, hidden = world.cases({}, {"department": "secret"})
    assert root.edit(number, relatedCases={"link": links(hidden)}).status_code == 204
    assert sam.edit(number, relatedCases={"unlink": links(hidden)}).status_code == 204
    assert root.get(number)["relatedCases"]["link"] == []


@pytest.mark.parametrize("modified", [OLD, "2099-01-01T00:00:00Z"])
def test_any_other_last_modified_is_a_conflict(world, sam, modified):
    assert code(sam.edit(world.case(), modified=modified, subject="x")) == "409-100"


def test_last_modified_is_compared_as_an_instant(world, sam):
    number = world.case(updated_at="2024-01-15T10:00:00Z", created_at="2024-01-15T10:00:00Z")
    assert sam.edit(number, modified="2024-01-15T12:00:00.000+02:00", subject="x").status_code == 204


def test_a_refused_edit_changes_nothing(world, sam):
    number, other = world.cases({}, {})
    before = sam.get(number)
    refused = sam.edit(
        number,
        subject="new",
        severity={"value": "low"},
        relatedCases={"link": links(other)},
        owner=owner(world.user("gone")),
    )
    assert refused.status_code == 400
    assert sam.get(number) == before


def test_an_edit_moves_last_modified_of_its_case_only(world, sam):
    number, other = world.cases({}, {})
    before, beside = sam.get(number), sam.get(other)
    assert sam.edit(number, relatedCases={"link": links(other)}).status_code == 204
    assert sam.get(number)["lastModified"] > before["lastModified"]
    assert sam.get(number)["lastModifiedBy"]["user"]["id"] == world.user("sam")
    assert sam.get(other)["lastModified"] == beside["lastModified"]
    assert sam.get(other)["relatedCases"]["link"] == links(number)
    assert sam.edit(other, relatedCases={"unlink": links(number)}).status_code == 204
    assert sam.get(number)["relatedCases"]["link"] == []


def test_an_edit_that_changes_nothing_moves_it_too(world, sam):
    number = world.case(subject="same")
    before = sam.get(number)
    assert sam.edit(number, subject="same").status_code == 204
    assert sam.get(number)["lastModified"] > before["lastModified"]


def test_a_department_user_without_license_may_not_call(world):
    assert code(world.door("nolic").edit(world.case(), subject="x")) == "403-105"


def test_a_client_application_skips_what_speaks_of_the_user(world):
    app = world.door("app")
    number, hidden = world.cases({"assignees": ["sam"]}, {"department": "secret"})
    changed = app.edit(number, subject="x", owner=owner(world.user("sue")), relatedCases={"link": links(hidden)})
    assert changed.status_code == 204


@pytest.mark.parametrize(("key", "refused"), [("gone", "400-163"), ("nolic", "400-164"), ("bill", "403-162")])
def test_a_client_application_keeps_the_rules_of_the_data(world, key, refused):
    assert code(world.door("app").edit(world.case(), owner=owner(world.user(key)))) == refused


def test_a_reader_of_its_own_cases_only_finds_no_other(world):
    assert code(world.door("own").edit(world.case(), subject="x")) == "400-160"
