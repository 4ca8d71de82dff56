"""`decide`: from a command to events, or a refusal. Pure: everything it needs to know is in the context."""

from collections.abc import Callable
from typing import Any

import msgspec

from casework.domain import commands as c
from casework.domain.access import require, require_creator, require_home, require_write
from casework.domain.case import Case
from casework.domain.commands import Command
from casework.domain.decide import changing, children, opening, silencing, whole
from casework.domain.decide.context import Context
from casework.domain.decide.naming import check_named
from casework.domain.decide.opening import NOWHERE
from casework.domain.decide.planning import planned
from casework.domain.events import Envelope, Event, apply
from casework.domain.lifecycle import check_frozen

__all__ = ["Context", "decide"]

_RULES: dict[type[Command], Callable[[Any, Any, Context], list[Event]]] = {
    c.Edit: changing.edit,
    c.Forget: changing.forget,
    c.SetStatus: changing.set_status,
    c.Assign: changing.assign,
    c.Watch: changing.watch,
    c.Unwatch: changing.unwatch,
    c.Snooze: changing.snooze,
    c.Wake: changing.wake,
    c.Rate: changing.rate,
    c.Grant: changing.grant,
    c.Delete: changing.delete,
    c.Restore: changing.restore,
    c.AddComment: children.add_comment,
    c.EditComment: children.edit_comment,
    c.RemoveComment: children.remove_comment,
    c.Attach: children.attach,
    c.Detach: children.detach,
    c.AddLink: children.add_link,
    c.EditLink: children.edit_link,
    c.RemoveLink: children.remove_link,
    c.Relate: children.relate,
    c.EditRelation: children.edit_relation,
    c.Unrelate: children.unrelate,
    c.Separate: children.separate,
    c.Associate: children.associate,
    c.Dissociate: children.dissociate,
    c.Escalate: children.escalate,
    c.Deescalate: children.deescalate,
    c.Silence: silencing.silence,
    c.Unsilence: silencing.unsilence,
}


def decide(case: Case | None, command: Command, context: Context) -> list[Event]:
    """Return the events that the command has; an empty list when nothing would differ.

    Args:
        case: The locked case, or None for `Open` and for a case that does not exist.
        command: What is asked.
        context: Who asks, when, through which door, and what was looked up.

    Raises:
        Refusal: The command is turned down; see the codes in `refusals.py`.
    """
    events = _decided(case, command, context)
    if isinstance(command, c.Several):  # its parts have been seen to
        return events
    return planned(case or NOWHERE, events, getattr(command, "set", {}), context)


def _decided(case: Case | None, command: Command, context: Context) -> list[Event]:
    context.check_text(command)
    if command.at is not None:
        require(context.principal, "case.impersonate")
    if isinstance(command, c.Open):
        require(context.principal, command.permission)
        check_named(context.absent)
        return opening.open_case(command, context)
    if isinstance(command, c.EditWhole):
        return whole.edit_whole(case, command, context)
    permission = _permission(command, context)
    if isinstance(command, c.Restore) and case is not None:
        require_write(context.principal, msgspec.structs.replace(case, deleted_at=None), permission)
        seen = case
    else:
        by_creator = permission in context.door.profile.creators
        seen = (require_creator if by_creator else require_write)(context.principal, case, permission)
        if permission in context.door.profile.homebound:
            require_home(context.principal, seen)
    check_frozen(context.door.profile, seen, command.permission)
    context.check_expectation(seen, command.expect)
    check_named(context.absent)
    if isinstance(command, c.Several):
        return _several(seen, command, context)
    return _RULES[type(command)](seen, command, context)


def _several(case: Case, command: c.Several, context: Context) -> list[Event]:
    """Return the events of all parts, each decided on what the ones before it made of the case."""
    envelope = Envelope(context.at, context.principal.user, context.door.name, case.version + 1)
    events: list[Event] = []
    for part in command.parts:
        so_far = tuple((event, envelope) for event in events)
        for event in decide(case, part, msgspec.structs.replace(context, history=(*context.history, *so_far))):
            events.append(event)
            case = apply(case, event, envelope)
    return events or ([Event("edited")] if command.always else [])


def _permission(command: Command, context: Context) -> str:
    """Customers move their cases by named actions only, with a permission of its own."""
    named = isinstance(command, c.SetStatus) and command.action is not None
    if named and context.door.profile.machine is None:
        return "case.resolve"
    return command.permission
