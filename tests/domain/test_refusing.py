"""Every command against everybody: what is done, what is forbidden, and what is not even there (DOMAIN §4, §6)."""

import pytest

from casework.domain import commands as c
from casework.domain import refusals
from casework.domain.access import require, require_read, require_write
from casework.domain.case import Comment, File, Stage
from casework.domain.decide import decide
from casework.domain.doors import IBM_DOOR
from casework.domain.refusals import Forbidden, NotFound, Refusal, Stale
from domain.cast import (
    ELSEWHERE,
    EVERYBODY,
    FAR,
    HOME,
    NOON,
    OTHER,
    READY,
    SAMPLES,
    SHARED,
    STRANGER,
    a_case,
    admin,
    agent,
    child,
    context,
    customer,
    departmental,
    finding,
    granted,
    operator,
    principal,
    restricted,
    viewer,
)

COMMANDS = {type(command).__name__: command for command in SAMPLES}
BY_CUSTOMERS = {
    "Open", "AddComment", "EditComment", "RemoveComment", "Attach", "Detach", "AddLink", "EditLink", "RemoveLink",
    "Watch", "Unwatch",
}  # fmt: skip
ALLOWED = {
    "admin": set(COMMANDS),
    "agent": set(COMMANDS) - {"Delete", "Restore", "Forget"},
    "restricted": set(COMMANDS) - {"Forget"},
    "viewer": set(),
    "operator": set(),
    "customer": BY_CUSTOMERS,
}
ON_A_CASE = sorted(set(COMMANDS) - {"Open"})
everybody = pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.roles[0])
every_command = pytest.mark.parametrize("name", ON_A_CASE)


def case_for(name, who, **members):
    """A case of the user's own, deleted where the command is to bring it back, silenced where it is to end that."""
    ready = READY[type(COMMANDS[name])] if name in {"Restore", "Unsilence"} else {}
    return a_case(created_by=who.user, **{**ready, **members})


def attempt(name, who, case, **known):
    return decide(case, COMMANDS[name], finding(COMMANDS[name], who, **known))


def test_the_samples_have_one_command_of_every_kind():
    every = {
        kind
        for kind in vars(c).values()
        if isinstance(kind, type) and issubclass(kind, c.Command) and kind is not c.Command
    }
    assert {type(command) for command in SAMPLES} == every


@everybody
@pytest.mark.parametrize("name", COMMANDS)
def test_on_their_own_case_everybody_does_what_the_role_allows_and_no_more(who, name):
    case = None if name == "Open" else case_for(name, who)
    if name in ALLOWED[who.roles[0]]:
        attempt(name, who, case)
        return
    with pytest.raises(Forbidden) as refused:
        attempt(name, who, case)
    assert refused.value.facts["permission"] in {COMMANDS[name].permission, "case.read"}
    assert (refused.value.facts["permission"] == "case.read") == (who is operator and name != "Open")


@every_command
@pytest.mark.parametrize("who", [restricted, customer, granted()], ids=["restricted", "customer", "granted"])
def test_a_case_out_of_sight_is_not_there_whatever_one_may_do(who, name):
    able = principal("admin", who.user, read=who.read, write=who.write, kind=who.kind)
    with pytest.raises(NotFound):
        attempt(name, able, case_for(name, admin))


@every_command
def test_a_case_of_another_tenant_is_not_there(name):
    with pytest.raises(NotFound):
        attempt(name, admin, case_for(name, admin, tenant_id=ELSEWHERE))


@every_command
def test_a_case_that_does_not_exist_is_not_there(name):
    with pytest.raises(NotFound):
        attempt(name, admin, None)


@every_command
@everybody
def test_nobody_tells_a_hidden_case_from_a_missing_one(who, name):
    answers = []
    for case in (None, case_for(name, admin, tenant_id=ELSEWHERE)):
        with pytest.raises(Refusal) as refused:
            attempt(name, who, case)
        answers.append((refused.value.code, refused.value.message, refused.value.facts))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("name", sorted(set(ON_A_CASE) - {"Restore"}))
def test_a_deleted_case_is_not_there_for_any_command_but_restoring(name):
    with pytest.raises(NotFound):
        attempt(name, admin, case_for(name, admin, deleted_at=NOON))


@every_command
def test_a_case_that_is_seen_but_out_of_reach_for_writing_is_forbidden(name):
    who = departmental("admin")
    with pytest.raises(Forbidden) as refused:
        attempt(name, who, case_for(name, admin, department=SHARED))
    assert refused.value.facts["why"] == f"department {SHARED} is out of reach"


@every_command
def test_writing_reaches_no_further_than_reading(name):
    who = principal("admin", STRANGER, read=granted().read)
    with pytest.raises(NotFound):
        attempt(name, who, case_for(name, admin))


@every_command
def test_who_may_write_by_the_access_list_but_not_read_sees_nothing(name):
    with pytest.raises(NotFound):
        attempt(name, granted(), case_for(name, admin, acl={str(granted().user): "wd"}))


@every_command
def test_a_watcher_writes_on_the_watched_case(name):
    who = granted()
    attempt(name, who, case_for(name, admin, watchers=(who.user,), department=FAR))


@everybody
def test_only_who_may_impersonate_says_when_something_happened(who):
    command = c.AddComment(text="Then", at=NOON)
    if who is admin:
        assert decide(case_for("AddComment", who), command, context(who))
        return
    with pytest.raises(Forbidden) as refused:
        decide(case_for("AddComment", who), command, context(who))
    assert refused.value.facts["permission"] == "case.impersonate"


# ---- deleting and restoring


def test_a_restricted_user_deletes_and_restores_what_is_theirs():
    assert decide(case_for("Delete", restricted), c.Delete(), context(restricted))
    assert decide(case_for("Restore", restricted), c.Restore(), context(restricted))


@pytest.mark.parametrize("gone", [NOON, None])
def test_a_restricted_user_restores_no_case_of_others(gone):
    with pytest.raises(NotFound):
        decide(a_case(deleted_at=gone), c.Restore(), context(restricted))


def test_restoring_heeds_what_the_sender_believes():
    case = case_for("Restore", admin, version=4)
    with pytest.raises(Stale):
        decide(case, c.Restore(expect=c.Expectation("version", 3)), context())
    assert decide(case, c.Restore(expect=c.Expectation("version", 4)), context())


# ---- things on the case


@pytest.mark.parametrize("kind", [Comment, File])
def test_what_is_internal_is_not_there_for_customers(kind):
    hidden = child(kind, 501, by=customer.user, audience="internal")
    case = case_for("Detach", customer)
    for name in ("EditComment", "RemoveComment") if kind is Comment else ("Detach",):
        with pytest.raises(NotFound):
            attempt(name, customer, case, child=hidden)


@pytest.mark.parametrize(
    "name",
    ["EditComment", "RemoveComment", "Detach", "EditLink", "RemoveLink", "EditRelation", "Unrelate", "Dissociate"],
)
def test_a_thing_that_is_gone_or_never_was_is_not_there(name):
    there = finding(COMMANDS[name], admin).child
    gone = child(type(there), 501, by=admin.user, deleted_at=NOON)
    for found in (None, gone):
        with pytest.raises(NotFound):
            attempt(name, admin, case_for(name, admin), child=found)


@pytest.mark.parametrize(
    ("who", "members", "there"),
    [
        (admin, {}, True),
        (admin, {"tenant_id": ELSEWHERE}, False),
        (admin, {"deleted_at": NOON}, False),
        (restricted, {}, False),
        (restricted, {"watchers": (restricted.user,)}, True),
        (departmental(), {"department": SHARED}, True),
        (departmental(), {"department": HOME}, True),
        (departmental(), {"department": FAR}, False),
    ],
)
def test_relating_needs_sight_of_the_other_case_which_sharing_gives(who, members, there):
    asked = context(who, other=a_case(OTHER, **members))
    if there:
        assert decide(a_case(created_by=who.user), c.Relate(other=OTHER), asked)
        return
    with pytest.raises(NotFound):
        decide(a_case(created_by=who.user), c.Relate(other=OTHER), asked)


# ---- customers and named actions


@pytest.mark.parametrize("move", [{"stage": Stage.CLOSED}, {"status": 1}, {}])
@pytest.mark.parametrize("action", [None, "resolve", "anything"])
def test_a_customer_moves_nothing_where_there_are_no_named_actions(move, action):
    with pytest.raises(Refusal):
        decide(case_for("SetStatus", customer), c.SetStatus(action=action, **move), context(customer))


def test_a_customer_moves_by_named_actions_but_not_freely_through_ibm():
    case = case_for("SetStatus", customer, stage=Stage.PROPOSED)
    assert decide(case, c.SetStatus(action="accept"), context(customer, door=IBM_DOOR))
    with pytest.raises(Forbidden):
        decide(case, c.SetStatus(stage=Stage.RESOLVED), context(customer, door=IBM_DOOR))


@pytest.mark.parametrize("who", [viewer, operator], ids=["viewer", "operator"])
def test_nobody_else_moves_by_named_actions(who):
    with pytest.raises(Forbidden):
        decide(case_for("SetStatus", who), c.SetStatus(action="accept"), context(who, door=IBM_DOOR))


# ---- the functions behind it


def test_require_names_what_is_missing():
    assert require(agent, "case.edit") is None
    with pytest.raises(Forbidden) as refused:
        require(agent, "case.delete")
    assert refused.value.facts == {"permission": "case.delete"}


def test_require_read_hides_or_forbids():
    case = a_case()
    assert require_read(viewer, case) is case
    with pytest.raises(Forbidden):
        require_read(operator, case)
    with pytest.raises(NotFound, match="There is no such thing"):
        require_read(admin, None, "thing")


def test_require_write_tells_the_hidden_from_the_forbidden():
    case = a_case()
    assert require_write(agent, case, "case.edit") is case
    with pytest.raises(Forbidden) as refused:
        require_write(viewer, case, "case.edit")
    assert refused.value.facts == {"permission": "case.edit", "why": "no permission case.edit"}
    with pytest.raises(NotFound):
        require_write(restricted, case, "case.edit")


def test_every_refusal_has_a_code_of_its_own():
    every = [kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, Refusal)]
    assert len({kind.code for kind in every}) == len(every) == 13


def test_a_refusal_carries_message_member_and_facts():
    refused = Refusal("No.", member="subject", limit=3)
    assert (str(refused), refused.message, refused.member, refused.facts) == ("No.", "No.", "subject", {"limit": 3})
