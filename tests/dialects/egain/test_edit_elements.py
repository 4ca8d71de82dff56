"""The elements of an edit, as JSON (spec/egain §4)."""

import pytest

from dialects.egain.client import CASE, attributes, code, links


@pytest.fixture(scope="module")
def number(world):
    return world.case()


@pytest.mark.parametrize("name", ["subject", "description", "solution"])
def test_texts_are_set_and_cleared(world, sam, name):
    number = world.case()
    assert sam.edit(number, **{name: "é" * 1024}).status_code == 204
    assert sam.get(number)[name] == "é" * 1024
    assert sam.edit(number, **{name: ""}).status_code == 204
    assert sam.get(number)[name] in {"", "Case"}


@pytest.mark.parametrize("name", ["subject", "description", "solution"])
def test_longer_texts_and_other_kinds_are_refused(sam, number, name):
    assert code(sam.edit(number, **{name: "x" * 1025})) == "400-152"
    assert code(sam.edit(number, **{name: 5})) == "400-152"


def test_null_means_not_provided(sam, number):
    before = sam.get(number)["subject"]
    assert sam.edit(number, subject=None, description="x").status_code == 204
    assert sam.get(number)["subject"] == before


def test_a_due_date_lies_in_the_future(sam, number):
    assert sam.edit(number, dueDate="2090-01-01T00:00:00+01:00").status_code == 204
    assert sam.get(number)["dueDate"] == "2089-12-31T23:00:00.000Z"
    assert code(sam.edit(number, dueDate="2020-01-01T00:00:00Z")) == "400-152"
    assert code(sam.edit(number, dueDate="tomorrow")) == "400-152"


@pytest.mark.parametrize("nothing", ["", None])
def test_a_due_date_is_cleared(sam, number, nothing):
    assert sam.edit(number, dueDate="2090-01-01T00:00:00Z").status_code == 204
    assert sam.edit(number, subject="kept").status_code == 204
    assert sam.get(number)["dueDate"]
    assert sam.edit(number, dueDate=nothing).status_code == 204
    assert "dueDate" not in sam.get(number)


@pytest.mark.parametrize("value", ["urgent", "high", "medium", "low"])
def test_severities(sam, number, value):
    assert sam.edit(number, severity={"value": value}).status_code == 204
    assert sam.get(number)["severity"] == {"value": value, "displayValue": value.title()}


@pytest.mark.parametrize("value", ["", "critical", "High", "1"])
def test_other_severities_are_refused(sam, number, value):
    assert code(sam.edit(number, severity={"value": value})) == "400-196"


def test_custom_attributes_are_written_merged_and_cleared(world, sam):
    number = world.case()
    assert sam.edit(number, customAttributes=attributes(region="north", size="7", tags=("a", "b"))).status_code == 204
    assert sam.edit(number, customAttributes=attributes(region="south")).status_code == 204
    shown = {
        entry["attribName"]: [value["value"] for value in entry["attribValues"]["attribValue"]]
        for entry in sam.get(number)["customAttributes"]["customAttribute"]
    }
    assert shown == {"region": ["south"], "size": ["7"], "tags": ["a", "b"]}
    assert sam.edit(number, customAttributes=attributes(region="", size="", tags="")).status_code == 204
    assert sam.get(number)["customAttributes"]["customAttribute"] == []


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"nope": "x"}, "400-152"),
        ({"region": "east"}, "400-196"),
        ({"region": ("north", "south")}, "400-152"),
        ({"size": "big"}, "400-152"),
        ({"size": "100"}, "400-152"),
    ],
)
def test_custom_attributes_that_do_not_fit(sam, number, values, refused):
    assert code(sam.edit(number, customAttributes=attributes(**values))) == refused


@pytest.mark.parametrize("missing", ["id", "lastModified"])
def test_required_elements(sam, number, missing):
    body = {"id": str(number), "lastModified": "2024-01-01T00:00:00Z", "subject": "x"}
    del body[missing]
    assert code(sam.send("PATCH", CASE, json=body)) == "400-151"


@pytest.mark.parametrize(
    "members", [{"owner": {}}, {"owner": {"user": {}}}, {"severity": {}}, {"relatedCases": {"link": [{}]}}]
)
def test_required_elements_within(sam, number, members):
    assert code(sam.edit(number, **members)) == "400-151"


@pytest.mark.parametrize("name", ["lastClosed", "status", "customer", "department", "created", "nonsense"])
def test_other_elements_are_not_allowed(sam, number, name):
    assert code(sam.edit(number, subject="x", **{name: "x"})) == "400-150"


def test_other_members_of_the_user_are_ignored(world, sam, number):
    user = {"user": {"id": world.user("sam"), "firstName": "S", "name": "x"}}
    assert sam.edit(number, owner=user).status_code == 204


@pytest.mark.parametrize("case", ["1,2", "abc", "", "-1", " ", "1.0"])
def test_the_id_is_one_number(sam, case):
    body = {"id": case, "lastModified": "2024-01-01T00:00:00Z", "subject": "x"}
    assert code(sam.send("PATCH", CASE, json=body)) == "400-152"


@pytest.mark.parametrize("modified", ["yesterday", "", "2024-01-01", "2024-01-01T00:00:00", "2024-13-01T00:00:00Z"])
def test_last_modified_is_a_date_time(sam, number, modified):
    body = {"id": str(number), "lastModified": modified, "subject": "x"}
    assert code(sam.send("PATCH", CASE, json=body)) == "400-152"


def test_query_parameters_are_not_supported(sam, number):
    assert code(sam.send("PATCH", CASE, params={"force": "1"}, json={})) == "400-101"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000, b'{"a":' * 3000 + b"1" + b"}" * 3000]
)
def test_bodies_that_cannot_be_read(sam, body):
    answer = sam.send("PATCH", CASE, content=body, headers={"Content-Type": "application/json"})
    assert code(answer) == "400-103"


def test_other_content_types_are_refused(sam):
    assert code(sam.send("PATCH", CASE, content=b"{}", headers={"Content-Type": "text/plain"})) == "400-103"


def test_large_bodies_are_refused(sam):
    assert code(sam.send("PATCH", CASE, json={"subject": "x" * 600_000})) == "400-10424"


def test_characters_that_cannot_be_stored_are_refused(sam, number):
    assert code(sam.edit(number, subject="a\x00b")) == "400-152"


@pytest.mark.parametrize(
    "href", ["{}", "/core/casemgr/v3/case/{}", "https://x.example/core/casemgr/v4/case/{}/", "/a/case/{}?b=1"]
)
def test_links_name_cases_by_the_last_segment(world, sam, href):
    number, other = world.cases({}, {})
    link = [{"rel": "case", "href": href.format(other)}]
    assert sam.edit(number, relatedCases={"link": link}).status_code == 204
    assert sam.get(number)["relatedCases"]["link"] == links(other)


def test_links_that_are_refused(world, sam):
    number, other = world.cases({}, {})
    refused = [
        {"link": [{"rel": "customer", "href": f"/x/{other}"}]},
        {"link": [{"rel": "case", "href": "/x/abc"}]},
        {"link": links(number)},
        {"link": links(99999999)},
        {"unlink": links(other)},
        {"link": links(other), "unlink": links(other)},
    ]
    for related in refused:
        assert code(sam.edit(number, relatedCases=related)) == "400-152", related


def test_linking_twice_is_no_mistake_and_closed_cases_may_be_linked(world, sam):
    number, other = world.cases({}, {"stage": "closed"})
    for _ in range(2):
        assert sam.edit(number, relatedCases={"link": links(other, other)}).status_code == 204
    assert sam.get(number)["relatedCases"]["link"] == links(other)


def test_s6_at_most_75_relations(world, sam):
    number, *others = world.cases(*({} for _ in range(78)))
    assert code(sam.edit(number, relatedCases={"link": links(*others[:76])})) == "400-10424"
    assert code(sam.edit(number, relatedCases={"link": links(*([others[0]] * 76))})) == "400-10424"
    assert sam.edit(number, relatedCases={"link": links(*others[:75])}).status_code == 204
    assert len(sam.get(number)["relatedCases"]["link"]) == 75
    assert code(sam.edit(number, relatedCases={"link": links(others[75])})) == "400-10424"
    assert code(sam.edit(others[75], relatedCases={"link": links(number)})) == "400-10424"
    changed = sam.edit(number, relatedCases={"unlink": links(others[0]), "link": links(others[75])})
    assert changed.status_code == 204  # unlink comes first
    assert len(sam.get(number)["relatedCases"]["link"]) == 75
