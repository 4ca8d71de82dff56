"""Opening a case: what the sender did not say is filled (DOMAIN §3)."""

from typing import Any
from uuid import UUID

from casework.domain.case import MEMBERS, Stage
from casework.domain.commands import Open
from casework.domain.decide import serving
from casework.domain.decide.children import new_link
from casework.domain.decide.context import Context
from casework.domain.decide.members import further, merged
from casework.domain.events import OPENED, Event, blank, changed
from casework.domain.fields.schemas import check_fields, default_of
from casework.domain.lifecycle import check_state, consequences
from casework.domain.refusals import Invalid

NOWHERE = blank(0, 0, UUID(int=0))
"""A case of which nothing has been said."""


def open_case(command: Open, context: Context) -> list[Event]:
    """Return `opened` and one `linked` for each link."""
    if unknown := set(command.set) - set(MEMBERS):
        msg = f"A case has no member '{min(unknown)}'."
        raise Invalid(msg, member=min(unknown))
    members = merged(NOWHERE, {name: value for name, value in command.set.items() if (name, value) != ("rank", None)})
    _check_profile(members, context)
    _fill_priority(members, context)
    _fill_status(members, context)
    serving.opened(members, command.set, context)
    _fill_people(members, context)
    principal, words = context.principal, context.vocabulary
    home = principal.home if principal.home is not None else context.default_department
    members.setdefault("department", home)
    source = words.source_for(context.door.source)
    members.setdefault("source", source.number if source else None)
    kind = words.type_for("generic")
    members.setdefault("type", kind.number if kind else None)
    members.setdefault("opened_at", context.at)
    fresh, _ = changed(NOWHERE, **members)
    return [Event(OPENED, fresh), *(new_link(link, context) for link in command.links)]


def _check_profile(members: dict[str, Any], context: Context) -> None:
    """Raise Invalid where the door is stricter: on the state that a case begins in, and on custom fields.

    Defaults of the type's fields are filled in first.
    """
    profile = context.door.profile
    if profile.machine is not None:
        state = profile.machine.states[_stage(members.get("stage"))]
        check_state(profile.machine, state, members.get("outcome"))
    if profile.fields:
        schemas = context.vocabulary.schemas_for(members.get("type"))
        defaults = {schema["name"]: value for schema in schemas if (value := default_of(schema)) is not None}
        given = {**defaults, **members.get("fields", {})}
        check_fields(schemas, {}, given)
        members["fields"] = given


def _fill_priority(members: dict[str, Any], context: Context) -> None:
    """Take the given priority or rank, else the service's priority, else the door's rank, else the first of all."""
    words = context.vocabulary
    if members.get("priority") is None and members.get("rank") is None:
        default = serving.default_priority(words, members.get("service"))
        if default is None and not context.door.rank:
            default = words.first_priority().number
        members |= {"priority": default, "rank": context.door.rank}
    if members.get("priority") is not None:
        members["rank"] = words.priority(members["priority"]).rank
    else:
        members["priority"] = words.priority_for(members["rank"]).number


def _fill_status(members: dict[str, Any], context: Context) -> None:
    """Take the given status with its stage, else the label of the stage in the service's status set."""
    words = context.vocabulary
    if members.get("status") is not None:
        label = words.status(members["status"])
        stage = label.stage
        if label.initial and stage.done:  # the case is fresh, though its clocks have stopped (DOMAIN §2)
            stage = Stage.NEW
            members |= {"reacted_at": context.at, "resolved_at": context.at}
    else:
        stage = _stage(members.get("stage"))
        nodes = words.chain(members.get("service"))
        own = next((node.status_set for node in nodes if node.status_set is not None), words.default_set)
        members["status"] = words.status_for(stage, own).number
    members["stage"] = stage
    for name, value in consequences(NOWHERE, stage, context.at).items():
        members.setdefault(name, value)


def _stage(given: Any) -> Stage:
    try:
        return Stage.NEW if given is None else Stage(given)
    except ValueError as error:
        msg = "There is no such stage."
        raise Invalid(msg, member="stage") from error


def _fill_people(members: dict[str, Any], context: Context) -> None:
    if not context.principal.staff:
        members.setdefault("requester", context.principal.person)
    for one, many in (("owner", "assignees"), ("team", "teams")):
        members[many] = further(members.get(one), members.get(many, ()))
    members["watchers"] = further(None, members.get("watchers", ()))
