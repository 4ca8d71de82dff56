"""Doors that leave deleting to creators and comments to their authors (spec/bottlecrm §3)."""

import pytest

from casework.domain import commands as c
from casework.domain.case import Comment, File
from casework.domain.decide import decide
from casework.domain.doors import BOTTLECRM_DOOR
from casework.domain.refusals import Forbidden, NotFound
from domain.cast import (
    NATIVE,
    STRANGER,
    a_case,
    admin,
    agent,
    child,
    context,
    departmental,
    kinds,
    principal,
    restricted,
    uid,
    viewer,
)


def deleted_by(who, **members):
    return kinds(decide(a_case(**members), c.Delete(), context(who, door=BOTTLECRM_DOOR)))


@pytest.mark.parametrize("who", [admin, agent, restricted], ids=lambda who: who.roles[0])
def test_its_creator_deletes_a_case(who):
    assert deleted_by(who, created_by=who.user) == ["deleted"]


def test_an_administrator_deletes_any_case():
    assert deleted_by(admin) == ["deleted"]


def test_an_administrator_of_departments_deletes_in_his_own():
    who = departmental("admin")
    assert deleted_by(who, department=who.home) == ["deleted"]
    with pytest.raises(Forbidden):
        deleted_by(who, department=who.shared[0])


@pytest.mark.parametrize("who", [agent, viewer], ids=lambda who: who.roles[0])
def test_nobody_else_deletes_it(who):
    with pytest.raises(Forbidden):
        deleted_by(who)


def test_reaching_a_case_is_not_enough():
    with pytest.raises(Forbidden, match="creator"):
        deleted_by(restricted, owner=restricted.user)


def test_a_creator_who_may_not_edit_any_more_does_not_delete():
    with pytest.raises(Forbidden):
        deleted_by(viewer, created_by=viewer.user)


def test_a_case_out_of_sight_is_not_there():
    with pytest.raises(NotFound):
        deleted_by(restricted)


def test_other_doors_know_no_creators():
    with pytest.raises(Forbidden):
        decide(a_case(created_by=agent.user), c.Delete(), context(agent, door=NATIVE))
    owned = a_case(owner=restricted.user)
    assert kinds(decide(owned, c.Delete(), context(restricted, door=NATIVE))) == ["deleted"]


CHANGES = [
    (c.EditComment(comment=uid(501), set={"text": "Better"}), Comment, "comment_edited"),
    (c.RemoveComment(comment=uid(501)), Comment, "comment_removed"),
    (c.Detach(file=uid(501)), File, "detached"),
]


def changed_by(who, command, kind, by, door=BOTTLECRM_DOOR):
    thing = child(kind, 501, by=by, audience="public")
    return kinds(decide(a_case(), command, context(who, door=door, child=thing)))


@pytest.mark.parametrize(("command", "kind", "event"), CHANGES)
def test_its_author_and_moderators_change_a_thing(command, kind, event):
    assert changed_by(agent, command, kind, agent.user) == [event]
    assert changed_by(admin, command, kind, STRANGER) == [event]


@pytest.mark.parametrize(("command", "kind", "event"), CHANGES)
def test_others_do_not(command, kind, event):
    with pytest.raises(Forbidden, match="author"):
        changed_by(agent, command, kind, STRANGER)


@pytest.mark.parametrize(("command", "kind", "event"), CHANGES)
def test_a_moderator_needs_no_other_role(command, kind, event):
    who = principal("agent", agent.user, permissions=agent.permissions | {"case.moderate"})
    assert changed_by(who, command, kind, STRANGER) == [event]


def test_other_doors_let_only_its_author_edit_a_comment():
    with pytest.raises(Forbidden):
        changed_by(admin, *CHANGES[0][:2], STRANGER, door=NATIVE)


def test_other_doors_let_whoever_comments_remove():
    for command, kind, event in CHANGES[1:]:
        assert changed_by(agent, command, kind, STRANGER, door=NATIVE) == [event]
