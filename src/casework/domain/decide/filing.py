"""Tasks that follow from what happened to a case, at doors that file any (spec/peach §4, §8, §9, §11)."""

from collections.abc import Iterable, Iterator

import msgspec

from casework.domain.case import Case
from casework.domain.commands import AddComment, Command, Open, Wake
from casework.domain.decide.context import Context
from casework.domain.events import Event

_ESCALATIONS = frozenset({"escalated", "escalation_recorded"})


class Filed(msgspec.Struct, frozen=True):
    """A task to come; the members are those of `nouns.Task`."""

    kind: str
    case: int
    person: int | None = None
    team: int | None = None
    user: int | None = None
    urgent: bool = False
    note: str = ""


def filed(
    before: Case | None, after: Case, command: Command, happened: Iterable[Event], context: Context
) -> Iterator[Filed]:
    """Yield the tasks that a command files.

    A case that nobody human made, one whose snooze ended on its day, an escalation (again when it goes to somebody else
    or becomes urgent), and a note that instructs.
    """
    if not context.door.profile.files:
        return
    person = next(iter(after.borrowers), None)
    kinds = {event.kind for event in happened}
    if isinstance(command, Open) and command.review:
        yield Filed("reviewAutoCreatedCase", after.number, person, after.team, after.owner)
    if isinstance(command, AddComment) and command.review:
        yield Filed("reviewCaseInstructions", after.number, person, after.team, after.owner, note=command.text)
    if isinstance(command, Wake) and "woken" in kinds and before is not None:
        until, today = before.snoozed_until, command.today
        if until is not None and today is not None and today >= until:
            yield Filed("reviewSnoozedCase", after.number, person, after.team, after.owner)
    if kinds & _ESCALATIONS:
        target = "Agent" if after.escalated_user is not None else "Team"
        urgent = after.escalation_urgent
        kind = f"reviewEscalatedCase{target}{'Urgent' if urgent else ''}"
        yield Filed(kind, after.number, person, after.escalated_team, after.escalated_user, urgent=urgent)
