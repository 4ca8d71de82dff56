"""`EditWhole`: members, custom fields, owner and relations in one change (spec/egain §4, §5).

The order of the checks is part of the contract: who may not edit the case learns nothing of what else is wrong.
"""

from typing import Any

import msgspec

from casework.domain.access import Principal, in_departments, may_read, require, require_home, require_write
from casework.domain.case import Case
from casework.domain.commands import EditWhole
from casework.domain.decide.changing import settled
from casework.domain.decide.context import Context
from casework.domain.decide.members import further
from casework.domain.decide.naming import check_named
from casework.domain.events import Event, changed
from casework.domain.fields import texts as fields
from casework.domain.lifecycle import check_frozen
from casework.domain.refusals import Forbidden, Invalid, NotFound


def edit_whole(case: Case | None, command: EditWhole, context: Context) -> list[Event]:
    """Return `edited`, `assigned` when the owner differs, and `related` or `unrelated` for each relation.

    Raises:
        NotFound, Forbidden, IllegalMove, Invalid, Stale: `facts["rule"]` names the rule that was broken.
    """
    seen = _editable(case, command, context)
    principal, editing = context.principal, context.door.profile.editing
    if command.empty:
        msg = "Nothing is to be changed."
        raise Invalid(msg, rule="nothing")
    context.check_expectation(seen, command.expect)
    strange = seen.owner is not None and seen.owner != principal.user
    if editing.grants and strange and not principal.client and seen.owner not in principal.pull_from:
        msg = "You may not take work away from the present owner of the case."
        raise Forbidden(msg, rule="pull")
    if command.flaw is not None:
        raise command.flaw
    check_named(context.absent)
    events = _members(seen, command, context)
    events += _owner(seen, command, context)
    return events + _relations(seen, command, context)


def _editable(case: Case | None, command: EditWhole, context: Context) -> Case:
    """Return the case, or raise: it must be there, be the principal's to edit, and be open."""
    principal = context.principal
    require(principal, "case.read")
    if case is None or case.deleted_at is not None or case.tenant_id != principal.tenant_id:
        msg = "There is no such case."
        raise NotFound(msg)
    if command.permission in context.door.profile.homebound:
        require(principal, command.permission)
        require_home(principal, case)
    seen = require_write(principal, case, command.permission)
    check_frozen(context.door.profile, seen, command.permission)
    return seen


def _members(case: Case, command: EditWhole, context: Context) -> list[Event]:
    wanted = dict(command.set)
    due = wanted.get("due_at")
    if context.door.profile.editing.due_ahead and due is not None and due != case.due_at and due <= context.at:
        msg = "The due date must be in the future."
        raise Invalid(msg, member="due_at")
    if command.fields:
        wanted["fields"] = fields.from_texts(context.vocabulary.fields_for(case.type), command.fields)
    return [Event("edited", *changed(case, **settled(case, wanted, context)))]


def _owner(case: Case, command: EditWhole, context: Context) -> list[Event]:
    owner = command.owner
    if owner is msgspec.UNSET or owner == case.owner:
        return []
    _permit(context.principal, "case.assign")
    if isinstance(owner, int) and owner != context.principal.user:
        _check_owner(case, owner, context)
    return [Event("assigned", *changed(case, owner=owner, assignees=further(owner, case.assignees)))]


def _check_owner(case: Case, owner: int, context: Context) -> None:
    editing, principal = context.door.profile.editing, context.principal
    user = context.users.get(owner)
    if user is None or user.kind == "customer":
        msg = "There is no such user."
        raise Invalid(msg, member="owner")
    if editing.licensed_owner and user.disabled:
        msg = "The new owner is disabled."
        raise Invalid(msg, member="owner", rule="disabled")
    if editing.licensed_owner and not user.licenses:
        msg = "The new owner has no license."
        raise Invalid(msg, member="owner", rule="unlicensed")
    if editing.grants and not principal.client and owner not in principal.transfer_to:
        msg = "You may not transfer work to this user."
        raise Forbidden(msg, rule="transfer")
    places = (user.department, *user.foreign_departments)
    if editing.owner_department and None not in {user.department, case.department} and case.department not in places:
        msg = "The new owner does not belong to the department of the case."
        raise Forbidden(msg, rule="owner_department")


def _relations(case: Case, command: EditWhole, context: Context) -> list[Event]:
    if not command.link and not command.unlink:
        return []
    most = context.door.profile.editing.most_relations
    if most is not None and len(command.link) > most:
        raise _too_many(most)
    _permit(context.principal, "case.relate")
    link, unlink = dict.fromkeys(command.link), dict.fromkeys(command.unlink)
    for number in (*unlink, *link):
        if number == case.number or number not in context.others or (number in link and number in unlink):
            msg = f"Case {number} cannot be related to or separated from this case."
            raise Invalid(msg, member="relatedCases", case=number)
    if missing := next((number for number in unlink if number not in context.relations), None):
        msg = f"Case {missing} is not related to this one."
        raise Invalid(msg, member="relatedCases", case=missing)
    fresh = [number for number in link if number not in context.relations]
    if most is not None and fresh:
        after = context.degrees.get(case.number, 0) - len(unlink) + len(fresh)
        if after > most or any(context.degrees.get(number, 0) >= most for number in fresh):
            raise _too_many(most)
    for number in link:
        _check_other(context.others[number], context)
    gone = [context.relations[number] for number in unlink]
    events = [
        Event("unrelated", {"deleted_at": context.at}, {"deleted_at": None}, noun="relation", child=relation.uid)
        for relation in gone
    ]
    both: dict[str, Any] = {"type": command.type, "forward": True, "backward": True}
    events += [Event("related", {"other": number, **both}, noun="relation", child=context.uid()) for number in fresh]
    return events


def _check_other(other: Case, context: Context) -> None:
    """A linked case lies in a department of the principal's, or in one that shares activities with the home (P5)."""
    principal = context.principal
    if principal.client:
        return
    places = principal.departments + principal.shared
    if principal.home is not None and not in_departments(principal, other, places).allowed:
        msg = f"Case {other.number} belongs to a department that shares nothing with yours."
        raise Forbidden(msg, rule="related")
    if not may_read(principal, other).allowed:
        msg = f"Case {other.number} is out of your reach."
        raise Forbidden(msg, rule="related")


def _permit(principal: Principal, permission: str) -> None:
    if permission not in principal.permissions:
        msg = "You may not change this part of a case."
        raise Forbidden(msg, permission=permission)


def _too_many(most: int) -> Invalid:
    msg = f"A request adds at most {most} related cases, and a case has at most {most}."
    return Invalid(msg, member="relatedCases", rule="limit", limit=most)
