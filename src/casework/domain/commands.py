"""Everything that can be asked of a case. One command is one transaction and at most one new version."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

import msgspec

from casework.domain.case import Audience, Stage
from casework.domain.refusals import Refusal


class Expectation(msgspec.Struct, frozen=True):
    """What the sender believes: `counter` of `object` has `value`.

    `object` is the case, or the thing on it that the command names; things have no `version`.
    """

    counter: Literal["version", "revision", "updated_at"]
    value: Any
    object: Literal["case", "thing"] = "case"


class NewLink(msgspec.Struct, frozen=True):
    """A link to come."""

    name: str = ""
    url: str | None = None
    extra: Mapping[str, Mapping[str, Any]] = {}


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """What is common to all. `permission` is what the principal needs, on top of reach.

    `timed` commands may change what the clocks of a case depend on: stage, service, priority, SLA.
    `at` is when it happened if that was not now: importing history needs `case.impersonate`.
    """

    permission: ClassVar[str] = ""
    timed: ClassVar[bool] = False
    expect: Expectation | None = None
    at: datetime | None = None


class Open(Command, frozen=True, kw_only=True):
    """A new case with these members (names of `Case`), links and watchers. Missing ones are filled (DOMAIN §3).

    `review` files a task for reviewing it, at doors that file tasks.
    """

    permission = "case.create"
    set: Mapping[str, Any]
    links: tuple[NewLink, ...] = ()
    review: bool = False


class Edit(Command, frozen=True, kw_only=True):
    """New values for plain members; `fields` and `extra` are merged by name, where None takes a value away.

    `always` records an edit even when nothing differs (Webitel, eGain).
    """

    permission = "case.edit"
    timed = True
    set: Mapping[str, Any]
    always: bool = False


class EditWhole(Command, frozen=True, kw_only=True):
    """An edit of plain members, custom fields, owner and relations at once: all of it or nothing (spec/egain §4).

    It always has an `edited`, and so moves `revision` even when nothing differs (DOMAIN §4).

    Args:
        set: New values for plain members; `rank` picks the priority.
        fields: Custom fields by name, as texts; an empty tuple clears one.
        owner: The new owner, None to clear, `msgspec.UNSET` to leave.
        link: Cases to relate to; who is related already stays so.
        unlink: Cases whose relation ends, before any is added.
        type: The type of those relations.
        flaw: What is wrong with a value that the door could not even read. It is raised only once the sender is known
            to be allowed to edit the case as it stands.
    """

    permission = "case.edit"
    timed = True
    set: Mapping[str, Any] = {}
    fields: Mapping[str, tuple[str, ...]] = {}
    owner: int | msgspec.UnsetType | None = msgspec.UNSET
    link: tuple[int, ...] = ()
    unlink: tuple[int, ...] = ()
    type: str = "relates_to"
    flaw: Refusal | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is asked for."""
        asked = self.set or self.fields or self.link or self.unlink or self.flaw
        return not asked and self.owner is msgspec.UNSET


class Forget(Command, frozen=True, kw_only=True):
    """What the case named is gone for good: the member that named it becomes empty. Nobody edited the case by that."""

    permission = "catalogue.edit"
    member: Literal["close_reason"]


class Several(Command, frozen=True, kw_only=True):
    """Changes of one case that are one change: all or nothing, one version, one revision.

    `parts` are commands about the case's own members. `always` records an edit even when nothing differs (DOMAIN §4).
    """

    permission = "case.edit"
    timed = True
    parts: tuple[Command, ...]
    always: bool = False

    @property
    def set(self) -> Mapping[str, Any]:
        """The members that the parts name."""
        return {name: value for part in self.parts for name, value in getattr(part, "set", {}).items()}


class SetStatus(Command, frozen=True, kw_only=True):
    """Move to a stage, a status, or by a profile's named action; `set` are close members, `comment` goes with it.

    Where the profile has a machine, the action is the state to enter.
    """

    permission = "case.status"
    timed = True
    stage: Stage | None = None
    status: int | None = None
    action: str | None = None
    set: Mapping[str, Any] = {}
    comment: str | None = None


class Assign(Command, frozen=True, kw_only=True):
    """New values for owner, assignees, team, teams; members left out stay."""

    permission = "case.assign"
    set: Mapping[str, Any]


class AddComment(Command, frozen=True, kw_only=True):
    """A comment; without `audience` the door's default applies, and a customer's is always public.

    `review` files a task for what it instructs to, at doors that file tasks.
    """

    permission = "case.comment"
    text: str
    audience: Audience | None = None
    extra: Mapping[str, Mapping[str, Any]] = {}
    review: bool = False


class EditComment(Command, frozen=True, kw_only=True):
    """Another text, audience or extra for a comment; `extra` is merged by name."""

    permission = "case.comment"
    comment: UUID
    set: Mapping[str, Any]


class RemoveComment(Command, frozen=True, kw_only=True):
    """Take a comment away."""

    permission = "case.comment"
    comment: UUID


class Attach(Command, frozen=True, kw_only=True):
    """A file whose bytes are in the blob store already."""

    permission = "case.attach"
    name: str
    size: int
    digest: str
    content_type: str | None = None
    audience: Audience | None = None
    extra: Mapping[str, Mapping[str, Any]] = {}


class Detach(Command, frozen=True, kw_only=True):
    """Take a file away; its bytes stay until nothing refers to them."""

    permission = "case.attach"
    file: UUID


class AddLink(Command, frozen=True, kw_only=True):
    """A link."""

    permission = "case.link"
    link: NewLink


class EditLink(Command, frozen=True, kw_only=True):
    """Another name or address for a link."""

    permission = "case.link"
    link: UUID
    set: Mapping[str, Any]


class RemoveLink(Command, frozen=True, kw_only=True):
    """Take a link away."""

    permission = "case.link"
    link: UUID


class Relate(Command, frozen=True, kw_only=True):
    """Relate the case to another; relating what is related so already changes nothing.

    `one_way` claims the relation for this case's side only (DOMAIN §3), `both` for either side.
    """

    permission = "case.relate"
    other: int
    type: str = "relates_to"
    one_way: bool = False
    both: bool = False


class Separate(Command, frozen=True, kw_only=True):
    """Take back this case's side of its relation to another; when no side is left, the relation ends (DOMAIN §3)."""

    permission = "case.relate"
    other: int
    type: str = "relates_to"


class EditRelation(Command, frozen=True, kw_only=True):
    """Another type for a relation."""

    permission = "case.relate"
    relation: UUID
    type: str


class Unrelate(Command, frozen=True, kw_only=True):
    """End a relation."""

    permission = "case.relate"
    relation: UUID


class Associate(Command, frozen=True, kw_only=True):
    """Associate the case with a foreign object."""

    permission = "case.associate"
    object: int
    relation: str = "related"


class Dissociate(Command, frozen=True, kw_only=True):
    """End an association."""

    permission = "case.associate"
    association: UUID


class Watch(Command, frozen=True, kw_only=True):
    """Add watchers: they read and write this one case."""

    permission = "case.watch"
    users: tuple[int, ...]


class Unwatch(Command, frozen=True, kw_only=True):
    """Remove watchers; users who do not watch are ignored."""

    permission = "case.watch"
    users: tuple[int, ...]


class Escalate(Command, frozen=True, kw_only=True):
    """Call for help, or change the active call."""

    permission = "case.escalate"
    team: int | None = None
    user: int | None = None
    note: str = ""
    urgent: bool = False


class Deescalate(Command, frozen=True, kw_only=True):
    """End the active escalation, if there is one."""

    permission = "case.escalate"


class Snooze(Command, frozen=True, kw_only=True):
    """Put aside until a date in the tenant's zone."""

    permission = "case.snooze"
    until: date


class Wake(Command, frozen=True, kw_only=True):
    """End the snooze. `today` is the date in the tenant's zone: from the snooze's date on, a review task is filed."""

    permission = "case.snooze"
    today: date | None = None


class Silence(Command, frozen=True, kw_only=True):
    """Ask that the borrower be left alone, or change what is asked; a case has at most one such request.

    It is no edit of the case itself (DOMAIN §4): `revision` stays. Where a value is None, it is taken away.
    """

    permission = "case.edit"
    set: Mapping[str, Any]
    new: bool = False


class Unsilence(Command, frozen=True, kw_only=True):
    """Take that request back."""

    permission = "case.edit"


class Rate(Command, frozen=True, kw_only=True):
    """How content the requester is: 1 to 5, or None to take the rating back."""

    permission = "case.rate"
    rating: int | None
    comment: str = ""


class Grant(Command, frozen=True, kw_only=True):
    """The access list of the case: subject number to letters out of x r w d (doubled: may pass it on)."""

    permission = "case.share"
    acl: Mapping[str, str]


class Delete(Command, frozen=True, kw_only=True):
    """Take the case out of sight; events and rows stay."""

    permission = "case.delete"


class Restore(Command, frozen=True, kw_only=True):
    """Bring a deleted case back; whoever may delete it may."""

    permission = "case.delete"
