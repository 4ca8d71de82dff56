"""Opening a case: what the sender did not say is filled (DOMAIN §3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain.case import MEMBERS, STAMPS, Audience, Link, Stage
from casework.domain.commands import NewLink, Open
from casework.domain.decide import decide
from casework.domain.doors import COMMAND_LINE, IBM_DOOR, WORLD
from casework.domain.refusals import Forbidden, Invalid
from domain.cast import (
    ALSO_HIGH,
    BANKRUPTCY,
    BOUNDED,
    BUSY,
    BY_API,
    BY_HAND,
    CARL,
    CLOSED,
    CRITICAL,
    DONE_FIRST,
    FAR,
    FRESH,
    GENERIC,
    GONE_PRIORITY,
    HIGH,
    HOME,
    LOW,
    NATIVE,
    NEW,
    NOON,
    NORMAL,
    OPEN_TOO,
    PLAIN_SERVICE,
    RETIRED,
    SERVICE,
    TEAM,
    TENANT,
    TICK,
    WORDS,
    Desk,
    a_case,
    admin,
    agent,
    context,
    customer,
    departmental,
    kinds,
    person_of,
    viewer,
    words,
)

AT = NOON + TICK


def opened(who=admin, door=NATIVE, known=None, links=(), **members):
    desk = Desk(**(known or {}))
    desk.do(Open(set=members, links=links), who, door)
    return desk.case


def test_a_case_of_which_nothing_is_said_is_filled_whole():
    case = opened()
    assert (case.stage, case.status) == (Stage.NEW, NEW)
    assert (case.rank, case.priority) == (3, NORMAL)
    assert (case.source, case.type, case.service, case.department) == (BY_API, GENERIC, None, None)
    assert (case.requester, case.owner, case.reacted_at, case.resolved_at) == (None, None, None, None)
    assert case.opened_at == AT
    assert case.tenant_id == TENANT


def test_what_is_said_stays():
    members = {
        "subject": "Cannot sign in",
        "description": "Since today",
        "requester": 5,
        "contacts": (5, 6),
        "borrowers": (7,),
        "organization": 8,
        "type": BANKRUPTCY,
        "source": BY_HAND,
        "category": "technical",
        "external_id": "x-1",
        "opened_at": NOON,
        "department": FAR,
    }
    case = opened(departmental(), **members)
    assert {name: getattr(case, name) for name in members} == members


def test_it_is_one_event_that_says_only_what_differs_from_nothing():
    (event,) = decide(None, Open(set={"subject": "S", "description": ""}), context())
    assert (event.kind, event.was, event.noun, event.child) == ("opened", {}, None, None)
    assert set(event.set) == {"subject", "status", "priority", "source", "type", "opened_at"}


# ---- department


@pytest.mark.parametrize(("home", "tenants", "filled"), [(HOME, FAR, HOME), (None, FAR, FAR), (None, None, None)])
def test_the_department_is_the_creators_home_else_the_tenants_default(home, tenants, filled):
    who = departmental() if home else agent
    assert opened(who, known={"default_department": tenants}).department == filled


def test_no_department_can_be_asked_for():
    assert opened(departmental(), department=None).department is None


# ---- source


@pytest.mark.parametrize(
    ("door", "source"), [(NATIVE, BY_API), (IBM_DOOR, BY_API), (WORLD, BY_API), (COMMAND_LINE, BY_HAND)]
)
def test_the_source_is_the_doors(door, source):
    assert opened(door=door).source == source


def test_a_tenant_without_such_a_source_or_type_leaves_them_empty():
    case = opened(known={"vocabulary": words(sources={}, types={})})
    assert (case.source, case.type) == (None, None)


# ---- priority: given, service's, door's, tenant's


@pytest.mark.parametrize(
    ("members", "priority", "rank"),
    [
        ({"priority": CRITICAL, "rank": 4, "service": SERVICE}, CRITICAL, 1),
        ({"rank": 1, "service": SERVICE}, CRITICAL, 1),
        ({"rank": 2}, HIGH, 2),
        ({"service": SERVICE}, ALSO_HIGH, 2),
        ({"service": SERVICE, "priority": None, "rank": None}, ALSO_HIGH, 2),
        ({"service": PLAIN_SERVICE}, LOW, 4),
        ({}, LOW, 4),
    ],
)
def test_the_priority_is_the_given_one_else_the_services_else_the_doors(members, priority, rank):
    case = opened(door=IBM_DOOR, **members)
    assert (case.priority, case.rank) == (priority, rank)


def test_a_rank_without_priority_is_kept_beside_the_nearest():
    few = words(priorities={CRITICAL: WORDS.priorities[CRITICAL]})
    case = opened(known={"vocabulary": few}, rank=3)
    assert (case.priority, case.rank) == (CRITICAL, 3)


@pytest.mark.parametrize("priority", [999, GONE_PRIORITY])
def test_an_unknown_or_deleted_priority_is_refused(priority):
    with pytest.raises(Invalid) as refused:
        opened(priority=priority)
    assert refused.value.member == "priority"


# ---- status and stage


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("spelling", [Stage, str])
def test_a_case_may_be_opened_in_any_stage_with_its_label_and_stamps(stage, spelling):
    case = opened(stage=spelling(stage.value))
    assert case.stage is stage
    assert case.status == WORDS.status_for(stage).number
    assert case.reacted_at == (None if stage is Stage.NEW else AT)
    ends = AT if stage.done else None
    assert (case.resolved_at, case.closed_on, case.last_closed_at) == (ends, ends, ends)
    assert not case.reopened


def test_the_stamps_of_a_history_can_be_given():
    case = opened(stage=Stage.CLOSED, closed_on=NOON, resolved_at=NOON, reacted_at=NOON)
    assert (case.closed_on, case.resolved_at, case.reacted_at, case.last_closed_at) == (NOON, NOON, NOON, AT)


@pytest.mark.parametrize("status", [CLOSED, OPEN_TOO, FRESH])
def test_a_status_brings_its_stage(status):
    case = opened(status=status, stage=Stage.NEW)
    assert (case.status, case.stage) == (status, WORDS.statuses[status].stage)


def test_there_is_no_opening_without_status():
    assert opened(status=None).status == NEW


@pytest.mark.parametrize("status", [999, RETIRED])
def test_an_unknown_or_deleted_status_is_refused(status):
    with pytest.raises(Invalid) as refused:
        opened(status=status)
    assert refused.value.member == "status"


@pytest.mark.parametrize("stage", ["finished", "", None, 3])
def test_an_unknown_stage_is_refused(stage):
    if stage is None:
        assert opened(stage=None).stage is Stage.NEW
        return
    with pytest.raises(Invalid) as refused:
        opened(stage=stage)
    assert refused.value.member == "stage"


@pytest.mark.parametrize(("stage", "status"), [(Stage.NEW, FRESH), (Stage.WAITING, BUSY), (Stage.CLOSED, DONE_FIRST)])
def test_the_status_set_is_the_services(stage, status):
    case = opened(service=SERVICE, stage=stage)
    assert (case.stage, case.status) == (stage, status)


# ---- people


def test_a_customers_case_is_about_the_customer():
    assert opened(customer, IBM_DOOR).requester == person_of(CARL)


@pytest.mark.parametrize("requester", [5, None])
def test_a_customer_may_say_whom_it_is_about_or_that_it_is_about_nobody(requester):
    assert opened(customer, requester=requester).requester == requester


def test_staff_open_cases_about_nobody_in_particular():
    assert opened(agent, IBM_DOOR).requester is None


def test_owner_and_team_do_not_stand_among_the_further_ones_and_nobody_stands_twice():
    case = opened(owner=1, assignees=(1, 2, 2, 3), team=TEAM, teams=(9, TEAM), watchers=(4, 4, 5))
    assert (case.owner, case.assignees, case.team, case.teams) == (1, (2, 3), TEAM, (9,))
    assert case.watchers == (4, 5)


def test_assignees_alone_make_no_owner():
    case = opened(assignees=(1, 2), teams=(9,))
    assert (case.owner, case.assignees, case.team, case.teams) == (None, (1, 2), None, (9,))


# ---- fields, links, members


def test_fields_and_extras_without_value_are_left_out():
    case = opened(fields={"region": "north", "tags": None}, extra={"ibm": {"invoice_number": "1", "eu": None}})
    assert case.fields == {"region": "north"}
    assert case.extra == {"ibm": {"invoice_number": "1"}}


def test_links_come_with_it():
    desk = Desk()
    links = (NewLink("Runbook", "https://x.example"), NewLink("crn", None, {"ibm": {"crn": "crn:v1"}}))
    assert kinds(desk.do(Open(set={}, links=links))) == ["opened", "linked", "linked"]
    one, two = desk.of(Link)
    assert (one.name, one.url, one.extra) == ("Runbook", "https://x.example", {})
    assert (two.name, two.url, two.extra) == ("crn", None, {"ibm": {"crn": "crn:v1"}})
    assert one.uid != two.uid
    assert one.case_number == desk.case.number
    assert desk.case.version == 1


@pytest.mark.parametrize("name", ["nonsense", "version", "number", "tenant_id", "uid", "created_by", "hash"])
def test_only_members_of_a_case_can_be_set(name):
    with pytest.raises(Invalid) as refused:
        opened(**{name: 1})
    assert refused.value.member == name


def test_no_event_can_ever_name_a_stamp_or_an_identity():
    assert not set(MEMBERS) & (STAMPS | {"tenant_id", "number", "uid"})
    assert set(MEMBERS) | STAMPS | {"tenant_id", "number", "uid"} == set(type(a_case()).__struct_fields__)


def test_whoever_may_not_create_opens_nothing():
    with pytest.raises(Forbidden) as refused:
        opened(viewer)
    assert refused.value.facts == {"permission": "case.create"}


def test_the_ibm_door_writes_public_and_its_cases_are_the_least_urgent():
    assert (IBM_DOOR.audience, IBM_DOOR.rank) == (Audience.PUBLIC, 4)
    assert (WORLD.audience, NATIVE.audience) == (Audience.INTERNAL, Audience.INTERNAL)


@BOUNDED
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "subject": st.text("ab", max_size=3),
            "stage": st.sampled_from(Stage),
            "status": st.sampled_from([None, NEW, CLOSED, BUSY]),
            "priority": st.sampled_from([None, CRITICAL, LOW]),
            "rank": st.integers(1, 4),
            "service": st.sampled_from([None, SERVICE, PLAIN_SERVICE]),
            "owner": st.none() | st.integers(1, 3),
            "assignees": st.lists(st.integers(1, 3), max_size=3).map(tuple),
            "department": st.none() | st.just(HOME),
        },
    ),
    st.sampled_from([admin, agent, customer, departmental()]),
    st.sampled_from([NATIVE, IBM_DOOR, WORLD, COMMAND_LINE]),
)
def test_whatever_was_said_the_case_is_whole(members, who, door):
    case = opened(who, door, **members)
    assert case.status in WORDS.statuses
    assert case.priority in WORDS.priorities
    assert case.rank in {1, 2, 3, 4}
    assert None not in {case.source, case.type, case.opened_at}
    assert (case.resolved_at is not None) == case.stage.done
    assert case.owner not in case.assignees
    assert (case.version, case.revision, case.created_by, case.created_via) == (1, 0, who.user, door.name)
