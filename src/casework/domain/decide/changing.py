"""Commands that change the case's own members."""

import re
from collections.abc import Mapping
from typing import Any

from casework.domain.case import MEMBERS, Case, Stage
from casework.domain.commands import (
    Assign,
    Delete,
    Edit,
    Forget,
    Grant,
    Rate,
    Restore,
    SetStatus,
    Snooze,
    Unwatch,
    Wake,
    Watch,
)
from casework.domain.decide import serving
from casework.domain.decide.children import new_comment
from casework.domain.decide.context import Context
from casework.domain.decide.members import further, merged, only, typed
from casework.domain.events import Event, changed
from casework.domain.fields.schemas import check_fields
from casework.domain.lifecycle import Machine, Move, check_enter, check_move, consequences
from casework.domain.refusals import Forbidden, Invalid

PLAIN = frozenset(MEMBERS) - {
    "stage", "status", "owner", "assignees", "team", "teams", "watchers", "acl", "escalation", "escalated_at",
    "escalated_team", "escalated_user", "escalation_urgent", "snoozed_at", "snoozed_until", "merged_into",
    "deleted_at", "reopened", "reopened_at", "reacted_at", "resolved_at", "last_closed_at", "rating", "rating_comment",
    "sla_versions", "planned_reaction_at", "planned_resolve_at", "requester_cleared",
}  # fmt: skip
"""Members that `Edit` may set; the others have commands of their own."""

CLOSING = frozenset({"close_reason", "close_note", "resolution", "outcome", "closed_on"})
"""Members that may come with a move."""

GRANTS = re.compile(r"(?:xx?|rr?|ww?|dd?)*")
"""The letters of an access list; a doubled one may be passed on (spec/webitel §13)."""

LEAST = 1
"""How discontent somebody can be."""


def _row(kind: str, case: Case, **wanted: Any) -> list[Event]:
    new, was = changed(case, **wanted)
    return [Event(kind, new, was)] if new else []


def edit(case: Case, command: Edit, context: Context) -> list[Event]:
    """Return `edited` with what differs, and `assigned` when another service brings other workers."""
    wanted = settled(case, command.set, context)
    workers = serving.changed_service(case, wanted, context)
    events = [*_row("edited", case, **wanted), *_row("assigned", case, **workers)]
    return events or ([Event("edited")] if command.always else [])


def settled(case: Case, given: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Return the plain members of an edit as they will be.

    Priority and rank go together; where both are named, the priority wins. The name of the type as subject of a case
    without one is what reading shows, and so no news (echo rule, DOMAIN §2).

    Raises:
        Invalid: A member has a command of its own, or there is no such priority.
    """
    only(given, PLAIN)
    words, wanted = context.vocabulary, merged(case, given)
    if "fields" in given and context.door.profile.fields:
        check_fields(words.schemas_for(case.type), case.fields, given["fields"])
    if wanted.get("priority") not in {None, case.priority}:
        wanted["rank"] = words.priority(wanted["priority"]).rank
    elif wanted.get("rank", case.rank) != case.rank:
        wanted["priority"] = words.priority_for(wanted["rank"]).number
    if "requester" in wanted:
        shown = (case.requester, *case.borrowers, *case.contacts)
        cleared = case.requester_cleared or any(number is not None for number in shown)
        wanted["requester_cleared"] = wanted["requester"] is None and cleared
    kind = words.types.get(case.type or 0)
    if not case.subject and kind is not None and wanted.get("subject") == kind.name:
        del wanted["subject"]
    return wanted


def forget(case: Case, command: Forget, _context: Context) -> list[Event]:
    """Return `forgotten`, which moves no revision."""
    return _row("forgotten", case, **{command.member: None})


def set_status(case: Case, command: SetStatus, context: Context) -> list[Event]:
    """Return `status_changed` with its consequences, and the comment that goes with it."""
    only(command.set, CLOSING)
    machine = context.door.profile.machine
    if machine is not None and command.action is not None:
        return _enter(machine, case, command, context)
    move = check_move(context.door.profile, case, command.action)
    if move is not None:
        _check_given(move, case, command, context)
    stage, status = _target(case, command, move, context)
    wanted: dict[str, Any] = {"stage": stage, "status": status}
    if (stage, status) != (case.stage, case.status):
        wanted |= consequences(case, stage, context.at)
    events = _row("status_changed", case, **{**wanted, **typed(command.set)})
    if command.comment:
        events.append(new_comment(command.comment, None, context))
    return events


def _enter(machine: Machine, case: Case, command: SetStatus, context: Context) -> list[Event]:
    """Return `status_changed` for a state of the door's own; being in it already is no move."""
    state, outcome = str(command.action), command.set.get("outcome", case.outcome)
    stage = check_enter(machine, case, state, outcome)
    wanted: dict[str, Any] = {}
    if stage is not None:
        words = context.vocabulary
        stays = stage is case.stage and case.status is not None
        status = case.status if stays else words.status_for(stage, words.set_of(case.status)).number
        wanted = {"stage": stage, "status": status, **consequences(case, stage, context.at)}
    return _row("status_changed", case, **{**wanted, **command.set})


def _check_given(move: Move, case: Case, command: SetStatus, context: Context) -> None:
    own = case.extra.get(context.door.profile.name, {})
    if move.reserved is not None and own.get(move.reserved) and not context.principal.staff:
        msg = "Only an agent may do this."
        raise Forbidden(msg, permission="case.status", why=move.reserved)
    given = {**command.set, "comment": command.comment}
    for name in move.needs:
        if not given.get(name):
            msg = f"'{name}' is required."
            raise Invalid(msg, member=name)


def _target(case: Case, command: SetStatus, move: Move | None, context: Context) -> tuple[Stage, int]:
    """Return where the case goes: by a status its own stage, by a stage the first such status of the case's set.

    Naming the status or stage that is there means staying, whatever the label says by now (echo rule, DOMAIN §2).
    """
    words = context.vocabulary
    if move is not None:
        stage = move.target
    elif command.status not in {None, case.status}:
        label = words.status(command.status)
        fresh = label.initial and label.stage.done and case.stage is Stage.NEW
        return case.stage if fresh else label.stage, label.number
    else:
        stage = command.stage if command.stage is not None and command.status is None else case.stage
    if stage is case.stage and case.status is not None:
        return stage, case.status
    return stage, words.status_for(stage, words.set_of(case.status)).number


def assign(case: Case, command: Assign, _context: Context) -> list[Event]:
    """Return `assigned` with what differs. The owner and team never stand among the further ones as well."""
    only(command.set, {"owner", "assignees", "team", "teams"})
    wanted = typed(command.set)
    for one, many in (("owner", "assignees"), ("team", "teams")):
        wanted[many] = further(wanted.get(one, getattr(case, one)), wanted.get(many, getattr(case, many)))
    return _row("assigned", case, **wanted)


def watch(case: Case, command: Watch, _context: Context) -> list[Event]:
    """Return `watched` when somebody new watches."""
    return _row("watched", case, watchers=tuple(dict.fromkeys((*case.watchers, *command.users))))


def unwatch(case: Case, command: Unwatch, _context: Context) -> list[Event]:
    """Return `unwatched` when somebody stops watching."""
    return _row("unwatched", case, watchers=tuple(w for w in case.watchers if w not in command.users))


def snooze(case: Case, command: Snooze, context: Context) -> list[Event]:
    """Return `snoozed`; after news the same date puts the case aside anew, before it changes nothing."""
    if (case.snoozed_until, case.snoozed_at) == (command.until, case.touched_at):
        return []
    return _row("snoozed", case, snoozed_at=context.at, snoozed_until=command.until)


def wake(case: Case, _command: Wake, _context: Context) -> list[Event]:
    """Return `woken` for a snoozed case."""
    return _row("woken", case, snoozed_at=None, snoozed_until=None)


def rate(case: Case, command: Rate, context: Context) -> list[Event]:
    """Return `rated`."""
    most = context.door.profile.best_rating
    if command.rating is not None and not LEAST <= command.rating <= most:
        msg = f"A rating is a number from {LEAST} to {most}."
        raise Invalid(msg, member="rating")
    return _row("rated", case, rating=command.rating, rating_comment=command.comment)


def grant(case: Case, command: Grant, _context: Context) -> list[Event]:
    """Return `shared` with the new access list.

    Raises:
        Invalid: A subject is no number, or the letters are not x, r, w, d, single or doubled.
    """
    for subject, letters in command.acl.items():
        if not subject.isdecimal() or not GRANTS.fullmatch(letters):
            msg = f"'{subject[:40]}: {letters[:40]}' is no grant: a number, and letters out of x r w d."
            raise Invalid(msg, member="acl")
    return _row("shared", case, acl={k: v for k, v in command.acl.items() if v})


def delete(case: Case, _command: Delete, context: Context) -> list[Event]:
    """Return `deleted`."""
    return _row("deleted", case, deleted_at=context.at)


def restore(case: Case, _command: Restore, _context: Context) -> list[Event]:
    """Return `restored` for a deleted case."""
    return _row("restored", case, deleted_at=None)
