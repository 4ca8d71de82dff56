"""Dynamic teams: how expressions read, and which condition decides (DOMAIN §4, spec/webitel §10)."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain.nouns import Source, Team
from casework.domain.refusals import Invalid
from casework.domain.routing import Choice, Expression, choose, facts
from casework.domain.routing.expressions import DEEPEST, LONGEST
from domain.cast import BOUNDED, CRITICAL, NEW, TENANT, WORDS, a_case

KNOWN = {"case": {"subject": "VPN is down", "priority": {"name": "High", "id": 7}, "rating": None, "urgent": True}}


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("case.priority.name == 'high'", True),
        ("case.priority.name == 'HIGH'", True),
        ('case.priority.name != "high"', False),
        ("CASE.Priority.Name == High", True),
        ("case.priority.id == 7", True),
        ("case.urgent == true", True),
        ("'high' == case.priority.name", True),
        ("case.rating == null", True),
        ("case.rating == ''", True),
        ("case.nothing.here == ''", True),
        ("case.subject.deeper == ''", True),
        ("case.priority == ''", True),
        ("case.subject == 'vpn is down'", True),
        ("case.subject == 'a || b'", False),
        ("case.rating == '1' || case.urgent == true && case.priority.id == 7", True),
        ("(case.rating == '1' || case.urgent == true) && case.priority.id == 8", False),
        ("case.urgent == true || case.rating == '1' && case.priority.id == 8", True),
        ("case.urgent == false || case.rating == '1'", False),
    ],
)
def test_an_expression_compares_in_lower_case_and_binds_and_before_or(expression, holds):
    assert Expression(expression).matches(KNOWN) is holds


@pytest.mark.parametrize(
    "expression",
    [
        "", "case.subject", "case.subject ==", "== 'a'", "case.subject = 'a'", "case.subject == 'a", "a == b c",
        "a == b &&", "(a == b", "a == b)", "a == b || || a == b", "a == (b)", "a < b", "a == b #",
        "a == " + "b" * LONGEST, "(" * (DEEPEST + 1) + "a == b" + ")" * (DEEPEST + 1),
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused(expression):
    with pytest.raises(Invalid) as caught:
        Expression(expression)
    assert caught.value.member == "expression"


@BOUNDED
@given(st.text(alphabet="ac.=!&|()' ", max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        read = Expression(text)
    except Invalid:
        return
    assert read.matches(KNOWN) in {True, False}


def team(*conditions, default=None):
    return Team(TENANT, 900, UUID(int=900), kind="dynamic", conditions=conditions, default_team=default)


FIRST = {"expression": "case.priority.name == 'high'", "team": 1, "assignee": 11}
SECOND = {"expression": "case.urgent == true", "team": 2}


def test_the_first_condition_that_holds_decides():
    assert choose(team(FIRST, SECOND), KNOWN) == Choice(1, 11)
    assert choose(team(SECOND, FIRST), KNOWN).members == {"team": 2}


def test_the_default_decides_where_no_condition_holds_or_can_be_read():
    never = {"expression": "case.rating == '5'", "team": 1}
    broken = {"expression": "what is this", "team": 1}
    assert choose(team(never, broken, {}, default=3), KNOWN).members == {"team": 3}
    assert choose(team(never), KNOWN).members == {}


def test_a_case_is_seen_with_the_names_of_what_it_names():
    names = {5: "Olga", 6: "Rudi", WORDS.statuses[NEW].status_set: "Default"}
    case = a_case(priority=CRITICAL, status=NEW, owner=5, requester=6, subject="VPN", fields={"Region": "North"})
    seen = facts(case, WORDS, lambda number: names.get(number, ""))["case"]
    assert seen["assignee"] == {"id": 5, "name": "Olga"}
    assert seen["priority"]["name"] == WORDS.priorities[CRITICAL].name
    assert seen["status_condition"]["initial"] is WORDS.statuses[NEW].initial
    assert seen["status"]["name"] == "Default"
    assert Expression("case.reporter.name == 'rudi' && case.custom.region == 'north'").matches({"case": seen})
    assert "source" not in seen


def test_a_bare_case_has_only_texts():
    web = Source(TENANT, 800, UUID(int=800), name="Web")
    words = WORDS.__class__(**{**{n: getattr(WORDS, n) for n in WORDS.__struct_fields__}, "sources": {800: web}})
    bare = facts(a_case(priority=None, status=None, source=800, created_by=None, updated_by=None), words, str)["case"]
    assert bare["source"]["name"] == "Web"
    assert {"priority", "status", "assignee"}.isdisjoint(bare)
