"""Commands about what hangs on a case: comments, files, links, relations, associations, escalations."""

from collections.abc import Mapping
from typing import Any

from casework.domain.access import may_read
from casework.domain.case import Association, Audience, Case, Child, Comment, File, Link, Relation, Stage
from casework.domain.commands import (
    AddComment,
    AddLink,
    Associate,
    Attach,
    Deescalate,
    Detach,
    Dissociate,
    EditComment,
    EditLink,
    EditRelation,
    Escalate,
    NewLink,
    Relate,
    RemoveComment,
    RemoveLink,
    Separate,
    Unrelate,
)
from casework.domain.decide.context import Context
from casework.domain.decide.members import merged, only
from casework.domain.events import Event, changed
from casework.domain.lifecycle import consequences
from casework.domain.refusals import Forbidden, Invalid, NotFound

EDITABLE = frozenset({"text", "audience", "extra"})
"""Members of a comment that its author may change."""


def new_comment(
    text: str, audience: Audience | None, context: Context, extra: Mapping[str, Any] | None = None
) -> Event:
    """Return the event of a comment by the principal."""
    wanted: dict[str, Any] = {"text": text, "audience": context.audience(audience)}
    if extra:
        wanted["extra"] = dict(extra)
    return Event("commented", wanted, noun="comment", child=context.uid())


def add_comment(case: Case, command: AddComment, context: Context) -> list[Event]:
    """Return `commented`; a customer's answer to a waiting case sets it to work again (spec/ibm §7.2)."""
    if not command.text:
        msg = "A comment needs a text."
        raise Invalid(msg, member="text")
    events = [new_comment(command.text, command.audience, context, command.extra)]
    if case.stage is Stage.WAITING and not context.principal.staff:
        status = context.vocabulary.status_for(Stage.OPEN, context.vocabulary.set_of(case.status))
        wanted = {"stage": Stage.OPEN, "status": status.number, **consequences(case, Stage.OPEN, context.at)}
        events.append(Event("status_changed", *changed(case, **wanted)))
    return events


def edit_comment(_case: Case, command: EditComment, context: Context) -> list[Event]:
    """Return `comment_edited` with what differs; its author edits a comment, a moderator where the door has them."""
    comment = context.named(Comment)
    if "comment" not in context.door.profile.authors and comment.created_by != context.principal.user:
        msg = "Only its author may edit a comment."
        raise Forbidden(msg, permission="case.comment")
    _check_author(comment, context)
    only(command.set, EDITABLE)
    wanted = merged(comment, command.set)
    if not wanted.get("text", "some"):
        msg = "A comment needs a text."
        raise Invalid(msg, member="text")
    if "audience" in wanted:
        wanted["audience"] = context.audience(wanted["audience"])
    new, was = changed(comment, **wanted)
    return [Event("comment_edited", new, was, noun="comment", child=comment.uid)] if new else []


def remove_comment(_case: Case, _command: RemoveComment, context: Context) -> list[Event]:
    """Return `comment_removed`."""
    return [_removal("comment_removed", Comment, context)]


def attach(_case: Case, command: Attach, context: Context) -> list[Event]:
    """Return `attached`."""
    wanted: dict[str, Any] = {
        "name": command.name,
        "size": command.size,
        "digest": command.digest,
        "content_type": command.content_type,
        "audience": context.audience(command.audience),
    }
    if command.extra:
        wanted["extra"] = dict(command.extra)
    return [Event("attached", wanted, noun="file", child=context.uid())]


def detach(_case: Case, _command: Detach, context: Context) -> list[Event]:
    """Return `detached`."""
    return [_removal("detached", File, context)]


def add_link(_case: Case, command: AddLink, context: Context) -> list[Event]:
    """Return `linked`."""
    return [new_link(command.link, context)]


def new_link(link: NewLink, context: Context) -> Event:
    """Return the event of a link."""
    wanted: dict[str, Any] = {"name": link.name, "url": link.url, "extra": dict(link.extra)}
    return Event("linked", wanted, noun="link", child=context.uid())


def edit_link(_case: Case, command: EditLink, context: Context) -> list[Event]:
    """Return `link_edited` with what differs."""
    link = context.named(Link)
    only(command.set, {"name", "url"})
    new, was = changed(link, **command.set)
    return [Event("link_edited", new, was, noun="link", child=link.uid)] if new else []


def remove_link(_case: Case, _command: RemoveLink, context: Context) -> list[Event]:
    """Return `unlinked`."""
    return [_removal("unlinked", Link, context)]


def relate(case: Case, command: Relate, context: Context) -> list[Event]:
    """Return `related`, or nothing when the pair is related so already."""
    other = context.other
    if other is None or not may_read(context.principal, other).allowed:
        msg = "There is no such case to relate to."
        raise NotFound(msg, member="other")
    if other.number == case.number:
        msg = "A case cannot be related to itself."
        raise Invalid(msg, member="other")
    present = context.relation
    if present is None:
        wanted: dict[str, Any] = {"other": other.number, "type": command.type}
        if command.both:
            wanted |= {"forward": True, "backward": True}
        return [Event("related", wanted, noun="relation", child=context.uid())]
    if not command.one_way:
        return []
    new, was = changed(present, **{_side(present, case): True})
    return [Event("related", new, was, noun="relation", child=present.uid)] if new else []


def separate(case: Case, _command: Separate, context: Context) -> list[Event]:
    """Return `unrelated`: this side's claim is taken back, or the relation ends with its last one."""
    present = context.relation
    if present is None or not getattr(present, _side(present, case)):
        msg = "The case is not related to such a case."
        raise NotFound(msg, member="other")
    own = _side(present, case)
    others = present.backward if own == "forward" else present.forward
    new, was = changed(present, **({own: False} if others else {"deleted_at": context.at}))
    return [Event("unrelated", new, was, noun="relation", child=present.uid)]


def _side(relation: Relation, case: Case) -> str:
    """Return the member that says whether this case claims the relation."""
    return "forward" if relation.case_number == case.number else "backward"


def edit_relation(_case: Case, command: EditRelation, context: Context) -> list[Event]:
    """Return `relation_edited` when the type differs."""
    relation = context.named(Relation)
    new, was = changed(relation, type=command.type)
    return [Event("relation_edited", new, was, noun="relation", child=relation.uid)] if new else []


def unrelate(_case: Case, _command: Unrelate, context: Context) -> list[Event]:
    """Return `unrelated`."""
    return [_removal("unrelated", Relation, context)]


def associate(_case: Case, command: Associate, context: Context) -> list[Event]:
    """Return `associated`, or nothing when it is so already."""
    if context.child is not None:
        return []
    wanted: dict[str, Any] = {"object": command.object, "relation": command.relation}
    return [Event("associated", wanted, noun="association", child=context.uid())]


def dissociate(_case: Case, _command: Dissociate, context: Context) -> list[Event]:
    """Return `dissociated`."""
    return [_removal("dissociated", Association, context)]


def escalate(case: Case, command: Escalate, context: Context) -> list[Event]:
    """Return `escalated` (the case) and the record of it; an active escalation is changed, not doubled."""
    if command.team is None and command.user is None:
        msg = "An escalation needs a team or a user."
        raise Invalid(msg, member="team")
    target: dict[str, Any] = {
        "team": command.team,
        "user": command.user,
        "note": command.note,
        "urgent": command.urgent,
    }
    mirror = {
        "escalated_at": case.escalated_at or context.at,
        "escalated_team": command.team,
        "escalated_user": command.user,
        "escalation_urgent": command.urgent,
    }
    new, was = changed(case, **mirror)
    events = [Event("escalated", new, was)] if new else []
    if context.active is None:
        return [*events, Event("escalation_recorded", target, noun="escalation", child=context.uid())]
    new, was = changed(context.active, **target)
    if new:
        events.append(Event("escalation_changed", new, was, noun="escalation", child=context.active.uid))
    return events


def deescalate(case: Case, _command: Deescalate, context: Context) -> list[Event]:
    """Return `deescalated` when an escalation is active."""
    if context.active is None:
        return []
    cleared = {"escalated_at": None, "escalated_team": None, "escalated_user": None, "escalation_urgent": False}
    ended = Event(
        "escalation_ended", {"ended_at": context.at}, {"ended_at": None}, noun="escalation", child=context.active.uid
    )
    return [Event("deescalated", *changed(case, **cleared)), ended]


def _check_author(child: Child, context: Context) -> None:
    """Raise Forbidden where the door leaves such things to who made them, and to moderators.

    Customers never change what others wrote, through whatever door.
    """
    noun = type(child).__name__.lower()
    mine = child.created_by == context.principal.user
    kept = noun in context.door.profile.authors or (noun == "comment" and not context.principal.staff)
    if kept and not mine and "case.moderate" not in context.principal.permissions:
        msg = f"Only its author or an administrator may do this to a {noun}."
        raise Forbidden(msg, permission="case.moderate")


def _removal(kind: str, noun: type[Child], context: Context) -> Event:
    child = context.named(noun)
    _check_author(child, context)
    gone = {"deleted_at": context.at}
    return Event(kind, gone, {"deleted_at": None}, noun=noun.__name__.lower(), child=child.uid)
