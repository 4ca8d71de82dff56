"""Who sees and changes which case: DOMAIN §6, every reach against everything that may tie somebody to a case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain.access import PERMISSIONS, ROLES, Principal, Reach, may_read, may_write
from casework.domain.case import Audience, involved
from domain.cast import (
    BOUNDED,
    ELSEWHERE,
    EVERYBODY,
    FAR,
    FOREIGN,
    HOME,
    NOON,
    ROLE,
    SHARED,
    STRANGER,
    TEAM,
    a_case,
    admin,
    agent,
    customer,
    operator,
    principal,
    restricted,
    viewer,
)

ME = 777
TIES = {
    "nothing": {},
    "created": {"created_by": ME},
    "owner": {"owner": ME},
    "assignee": {"assignees": (STRANGER, ME)},
    "team": {"team": TEAM},
    "further team": {"teams": (9, TEAM)},
    "watcher": {"watchers": (STRANGER, ME)},
    "access list r": {"acl": {str(ME): "r"}},
    "access list rw": {"acl": {str(ME): "rw"}},
    "access list of a role": {"acl": {str(ROLE): "rrww"}},
    "access list without r": {"acl": {str(ME): "w"}},
    "access list of somebody else": {"acl": {str(STRANGER): "rwd"}},
    "requester": {"requester": ME, "contacts": (ME,), "borrowers": (ME,), "impacted": ME},
    "at home": {"department": HOME},
    "in a foreign department": {"department": FOREIGN},
    "in a shared department": {"department": SHARED},
    "in a far department": {"department": FAR},
    "watcher in a far department": {"department": FAR, "watchers": (ME,)},
    "owner in a far department": {"department": FAR, "owner": ME},
    "access list in a far department": {"department": FAR, "acl": {str(ME): "rw"}},
}
WATCHING = {"watcher", "watcher in a far department"}
OWN = {"created", "owner", "assignee", "team", "further team", "owner in a far department"} | WATCHING
LISTED = {"access list r", "access list rw", "access list of a role", "access list in a far department"}
LISTED_TO_WRITE = LISTED - {"access list r"} | {"access list without r"}
OUT = {"in a shared department", "in a far department", "owner in a far department", "access list in a far department"}
READABLE = {
    Reach.TENANT: set(TIES),
    Reach.DEPARTMENTS: set(TIES) - OUT | {"in a shared department"},
    Reach.OWN: OWN,
    Reach.GRANTED: LISTED | WATCHING,
}
WRITABLE = {
    Reach.TENANT: set(TIES),
    Reach.DEPARTMENTS: set(TIES) - OUT,
    Reach.OWN: OWN,
    Reach.GRANTED: LISTED_TO_WRITE | WATCHING,
}


def reaching(read: Reach, write: Reach | None = None) -> Principal:
    return principal(
        "admin", ME, read=read, write=write or read, home=HOME, departments=(HOME, FOREIGN), shared=(SHARED,)
    )


@pytest.mark.parametrize("tie", TIES)
@pytest.mark.parametrize("reach", Reach)
def test_reach_and_what_ties_the_user_to_the_case_decide_about_reading(reach, tie):
    verdict = may_read(reaching(reach), a_case(**TIES[tie]))
    assert verdict.allowed == (tie in READABLE[reach]), verdict.why


@pytest.mark.parametrize("tie", TIES)
@pytest.mark.parametrize("reach", Reach)
def test_reach_and_what_ties_the_user_to_the_case_decide_about_writing(reach, tie):
    verdict = may_write(reaching(reach), a_case(**TIES[tie]), "case.edit")
    assert verdict.allowed == (tie in WRITABLE[reach]), verdict.why


@pytest.mark.parametrize("tie", TIES)
def test_reading_and_writing_have_a_reach_each(tie):
    who = reaching(Reach.TENANT, Reach.OWN)
    case = a_case(**TIES[tie])
    assert may_read(who, case).allowed
    assert may_write(who, case, "case.edit").allowed == (tie in OWN)


@pytest.mark.parametrize("tie", TIES)
@pytest.mark.parametrize("reach", Reach)
def test_a_case_of_another_tenant_is_out_of_reach_whatever_ties_them(reach, tie):
    for case in (a_case(**TIES[tie], tenant_id=ELSEWHERE), a_case(tenant_id=ELSEWHERE, deleted_at=NOON)):
        for verdict in (may_read(reaching(reach), case), may_write(reaching(reach), case, "case.edit")):
            assert not verdict.allowed
            assert verdict.why == "the case belongs to another tenant"


@pytest.mark.parametrize("reach", Reach)
def test_a_deleted_case_is_read_and_written_by_nobody(reach):
    case = a_case(deleted_at=NOON, created_by=ME, watchers=(ME,), acl={str(ME): "rwd"}, department=HOME)
    for verdict in (may_read(reaching(reach), case), may_write(reaching(reach), case, "case.edit")):
        assert not verdict.allowed
        assert verdict.why == "the case is deleted"


@pytest.mark.parametrize(
    ("letters", "permission", "allowed"),
    [
        ("r", "case.edit", False),
        ("r", "case.delete", False),
        ("w", "case.edit", True),
        ("ww", "case.edit", True),
        ("rw", "case.delete", False),
        ("d", "case.delete", True),
        ("dd", "case.delete", True),
        ("d", "case.edit", False),
        ("x", "case.edit", False),
        ("", "case.edit", False),
    ],
)
def test_every_letter_of_the_access_list_grants_its_own(letters, permission, allowed):
    case = a_case(acl={str(ME): letters})
    assert may_write(reaching(Reach.GRANTED), case, permission).allowed == allowed


def test_letters_of_the_user_and_of_the_roles_add_up():
    case = a_case(acl={str(ME): "r", str(ROLE): "w"})
    assert may_read(reaching(Reach.GRANTED), case).allowed
    assert may_write(reaching(Reach.GRANTED), case, "case.edit").allowed


@pytest.mark.parametrize(
    ("who", "tie", "words"),
    [
        (reaching(Reach.TENANT), "nothing", "every case of the tenant"),
        (reaching(Reach.DEPARTMENTS), "nothing", "no department"),
        (reaching(Reach.DEPARTMENTS), "at home", f"department {HOME} is within reach"),
        (reaching(Reach.DEPARTMENTS), "in a far department", f"department {FAR} is out of reach"),
        (reaching(Reach.OWN), "created", "created it"),
        (reaching(Reach.OWN), "watcher", "watches"),
        (reaching(Reach.OWN), "nothing", "nothing on the case names this user"),
        (reaching(Reach.GRANTED), "access list of a role", "access list"),
        (reaching(Reach.GRANTED), "nothing", "nothing on the case names this user"),
        (operator, "nothing", "no permission case.read"),
    ],
)
def test_why_names_the_grant_or_its_absence(who, tie, words):
    assert words in may_read(who, a_case(**TIES[tie])).why


def test_why_names_the_missing_permission_for_writing():
    assert may_write(viewer, a_case(), "case.edit").why == "no permission case.edit"


# ---- roles


def test_an_admin_holds_every_permission_in_the_whole_tenant():
    assert admin.permissions == PERMISSIONS
    assert (ROLES["admin"].read, ROLES["admin"].write) == (Reach.TENANT, Reach.TENANT)


def test_an_agent_does_everything_on_cases_but_delete_and_administers_nothing():
    forbidden = PERMISSIONS - agent.permissions
    administration = {"case.moderate", "case.impersonate", "catalogue.edit", "people.edit", "tenant.edit"}
    assert forbidden == {"case.delete"} | administration


def test_a_restricted_user_may_delete_and_reaches_only_what_is_theirs():
    assert restricted.permissions == agent.permissions | {"case.delete"}
    assert (restricted.read, restricted.write) == (Reach.OWN, Reach.OWN)


def test_a_viewer_reads_and_lists_and_an_operator_does_nothing():
    assert viewer.permissions == {"case.read", "case.list"}
    assert operator.permissions == frozenset()


def test_a_customer_creates_reads_comments_attaches_and_moves_on_what_is_theirs():
    asked = {"case.create", "case.read", "case.list", "case.comment", "case.attach", "case.resolve"}
    # spec/ibm §8: as an editor with a restricted user list they also watch and add resources
    assert customer.permissions == asked | {"case.watch", "case.link"}
    assert (customer.read, customer.write) == (Reach.OWN, Reach.OWN)


@pytest.mark.parametrize("role", ROLES)
def test_only_agents_and_viewers_become_departmental(role):
    assert ROLES[role].departmental == (role in {"agent", "viewer"})


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.roles[0])
def test_internal_texts_are_for_staff_only(who):
    expected = {Audience.PUBLIC} if who is customer else {Audience.PUBLIC, Audience.INTERNAL}
    assert who.staff == (who is not customer)
    assert set(who.audiences) == expected


def test_machines_are_staff():
    assert principal("agent", ME, kind="service").staff


# ---- properties

NUMBERS = st.integers(min_value=1, max_value=6)
SOME = st.lists(NUMBERS, max_size=3, unique=True).map(tuple)
MAYBE = st.none() | NUMBERS
CASES = st.builds(
    a_case,
    tenant_id=st.integers(1, 2),
    created_by=NUMBERS,
    owner=MAYBE,
    team=MAYBE,
    assignees=SOME,
    teams=SOME,
    watchers=SOME,
    department=MAYBE,
    acl=st.dictionaries(NUMBERS.map(str), st.text("rwdx", max_size=4), max_size=3),
    deleted_at=st.sampled_from([None, None, None, NOON]),
)
WHO = st.builds(
    Principal,
    tenant_id=st.just(1),
    user=NUMBERS,
    kind=st.sampled_from(["agent", "customer", "service"]),
    person=NUMBERS,
    permissions=st.sampled_from([role.permissions for role in ROLES.values()]),
    read=st.sampled_from(Reach),
    write=st.sampled_from(Reach),
    subjects=SOME,
    departments=SOME,
    shared=SOME,
)


@BOUNDED
@given(WHO, CASES)
def test_every_verdict_has_a_reason_and_never_crosses_a_tenant(who, case):
    for verdict in (may_read(who, case), may_write(who, case, "case.edit")):
        assert verdict.why
        assert not (verdict.allowed and case.tenant_id != who.tenant_id)
        assert not (verdict.allowed and case.deleted_at)


@BOUNDED
@given(WHO, CASES, SOME)
def test_more_names_and_departments_never_take_access_away(who, case, more):
    wider = principal(
        "admin",
        who.user,
        permissions=who.permissions,
        read=who.read,
        write=who.write,
        subjects=who.subjects + more,
        departments=who.departments + more,
        shared=who.shared + more,
    )
    assert may_read(who, case).allowed <= may_read(wider, case).allowed
    assert may_write(who, case, "case.edit").allowed <= may_write(wider, case, "case.edit").allowed


@BOUNDED
@given(WHO, CASES)
def test_the_rows_beside_a_case_tell_the_same_as_the_verdict(who, case):
    """`involved` is what SQL reads by (DOMAIN §7, law 5)."""
    hows = {how for subject, how in involved(case) if subject in who.subjects}
    within = {
        Reach.TENANT: True,
        Reach.DEPARTMENTS: "watching" in hows
        or case.department is None
        or case.department in who.departments + who.shared,
        Reach.OWN: bool(hows & {"watching", "involved"}),
        Reach.GRANTED: bool(hows & {"watching", "granted"}),
    }[who.read]
    expected = "case.read" in who.permissions and case.deleted_at is None and case.tenant_id == who.tenant_id and within
    assert may_read(who, case).allowed == expected


def test_nobody_is_involved_in_a_case_that_names_nobody():
    assert involved(a_case(created_by=None)) == frozenset()
