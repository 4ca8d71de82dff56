"""What `decide` may know beside the case."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from casework.domain.access import Principal
from casework.domain.case import Audience, Case, Child, Comment, File, Relation
from casework.domain.commands import Command, Expectation
from casework.domain.doors import Door
from casework.domain.events import Envelope, Event
from casework.domain.nouns import User
from casework.domain.refusals import Invalid, NotFound, Stale
from casework.domain.sla.calendar import WorkingTime
from casework.domain.sla.policy import Key, Policy
from casework.domain.vocabulary import Vocabulary

C = TypeVar("C", bound=Child)


class Context(msgspec.Struct, frozen=True):
    """Who asks, when, through which door, and what was looked up for the command.

    `at` is already later than the case's last stamp. `uid` hands out fresh ids. `child` is the thing on the case
    that the command names, `active` the active escalation, `other` and `relation` the other case of a relation and
    the relation that the pair has. For `EditWhole`: `users` are those who may become owner, `others` the named cases,
    `relations` the ones that the case has with them (by the other's number), and `degrees` how many relations each
    case has. `absent` are the numbers that the command names in vain, by member.
    """

    principal: Principal
    at: datetime
    door: Door
    vocabulary: Vocabulary
    uid: Callable[[], UUID]
    child: Child | None = None
    active: Child | None = None
    other: Case | None = None
    relation: Relation | None = None
    default_department: int | None = None
    users: Mapping[int, User] = {}
    others: Mapping[int, Case] = {}
    relations: Mapping[int, Relation] = {}
    degrees: Mapping[int, int] = {}
    history: tuple[tuple[Event, Envelope], ...] = ()
    policies: Mapping[Key, Policy] = {}
    calendars: Mapping[tuple[int, int], WorkingTime] = {}
    absent: Mapping[str, frozenset[int]] = {}

    def named(self, kind: type[C]) -> C:
        """Return the thing on the case that the command names.

        Raises:
            NotFound: It is not there, or not for the principal's eyes.
        """
        child = self.child
        hidden = isinstance(child, (Comment, File)) and child.audience not in self.principal.audiences
        if not isinstance(child, kind) or child.deleted_at is not None or hidden:
            msg = f"There is no such {'thing' if kind is Child else kind.__name__.lower()}."
            raise NotFound(msg)
        return child

    def check_expectation(self, case: Case, expect: Expectation | None) -> None:
        """Raise Stale unless the case, or the thing on it that the command names, is as the sender believes."""
        if expect is None:
            return
        subject = case if expect.object == "case" else self.named(Child)
        current = getattr(subject, expect.counter)
        if current != expect.value:
            msg = "It was changed in the meantime."
            raise Stale(msg, counter=expect.counter, current=current)

    def audience(self, asked: Audience | None) -> Audience:
        """Return the audience of a new comment or file: a customer's is public through every door (DOMAIN §3)."""
        if not self.principal.staff:
            return Audience.PUBLIC
        return asked or self.door.audience

    def check_text(self, command: Command) -> None:
        """Raise Invalid for text that no database keeps: NUL characters and lone surrogates."""
        for name in command.__struct_fields__:
            _check(getattr(command, name), name)


def _check(value: Any, member: str) -> None:
    if isinstance(value, str):
        if "\x00" in value or not _encodes(value):
            msg = f"'{member}' contains a character that cannot be stored."
            raise Invalid(msg, member=member)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            _check(name, member)
            _check(inner, str(name))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _check(inner, member)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            _check(getattr(value, name), name)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
