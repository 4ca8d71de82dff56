"""The look-ups of the 2020 clients, rooted at the host: `GET /ibm/case-management/utilities/v1/...`. facts.md §6."""

import pytest

from dialects.ibm.client import UTILITIES
from dialects.ibm.shapes import LABELS, RESOLUTIONS, assert_refused


@pytest.fixture
def look_up(server, alice):
    def read(path):
        answer = alice.http.get(f"{server.url}{UTILITIES}{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    return read


def test_eu_support_names_the_member_to_send(look_up):
    answer = look_up("/eu-support")
    assert set(answer) == {"property", "values"}
    assert answer["property"] in {"supported", "data_center"}
    assert isinstance(answer["values"], list)


def test_technical_offerings_can_be_used_to_open_a_case(look_up, alice):
    answer = look_up("/offerings/technical")
    assert set(answer) == {"offerings"}
    for offering in answer["offerings"]:
        assert isinstance(offering["name"], str)
        assert offering["type"]["group"] in {"crn_service_name", "category"}
        assert isinstance(offering["type"]["key"], str)
    for offering in answer["offerings"][:1]:
        assert alice.open(type="technical", offering=offering)["offering"]["name"] == offering["name"]


def test_resolution_codes_are_the_eight_that_resolving_takes(look_up):
    answer = look_up("/constants/resolution-codes")
    assert set(answer) == {"resolution_codes"}
    assert {int(code["id"]): code["value"] for code in answer["resolution_codes"]} == RESOLUTIONS


def test_statuses_are_the_six_that_the_filter_takes(look_up):
    answer = look_up("/constants/statuses")
    assert set(answer) == {"statuses"}
    assert [status["id"] for status in answer["statuses"]] == list(LABELS)
    for status in answer["statuses"]:
        assert status["description"]


@pytest.mark.parametrize("path", ["/eu-support", "/constants/statuses"])
def test_they_can_only_be_read(server, alice, path):
    answer = alice.http.post(f"{server.url}{UTILITIES}{path}", json={})
    assert_refused(answer, 405)
