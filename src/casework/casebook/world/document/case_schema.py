"""The shape of a world file, first half: what a case consists of, and the kinds of values (WORLD.md)."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from casework.domain.case import Audience, Stage

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\A[^/\x00-\x1f]+\Z")]
"""A slash parts the keys of nested things: status `default/new`, SLA condition `gold/urgent`."""
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Rank = Annotated[int, msgspec.Meta(ge=1, le=4)]
Clock = Annotated[str, msgspec.Meta(pattern=r"\A(([01]\d|2[0-3]):[0-5]\d|24:00)\Z")]
Small = Annotated[int, msgspec.Meta(ge=0, le=32767)]
Letters = Annotated[str, msgspec.Meta(pattern=r"\A[xrwd]+\Z")]


class Seconds(int):
    """A duration: seconds, or a number with a unit such as `30m`, `8h`, `2d`."""


class Zone(str):
    """An IANA time zone."""

    __slots__ = ()


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something within an entry, without a key."""


class Comment(Part, frozen=True):
    """A comment; without `by` the system's, without `at` as old as what stands before it."""

    text: Annotated[str, msgspec.Meta(min_length=1)]
    by: str | None = None
    audience: Audience | None = None
    at: Moment | None = None


class Link(Part, frozen=True):
    """A link."""

    name: str = ""
    url: str | None = None


class Relation(Part, frozen=True):
    """A relation to another case; this case is the primary side."""

    to: str
    type: str = "relates_to"


class Association(Part, frozen=True):
    """An association with an object."""

    object: str
    relation: str = "related"


class Escalation(Part, frozen=True):
    """The active call for help."""

    team: str | None = None
    user: str | None = None
    note: str = ""
    urgent: bool = False


class Rating(Part, frozen=True):
    """How content the requester is."""

    value: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    comment: str = ""


class File(Part, frozen=True):
    """A file, with its content in one of three forms; `path` is relative to the world file."""

    name: Annotated[str, msgspec.Meta(min_length=1)]
    path: str | None = None
    text: str | None = None
    base64: str | None = None
    content_type: str | None = None
    by: str | None = None
    audience: Audience | None = None
    at: Moment | None = None


class Grant(Part, frozen=True):
    """Rights on the case for a user or role (`user/<key>` or `role/<key>` where both have the key)."""

    to: str
    grants: Letters


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case and everything on it."""

    key: Key
    subject: str = ""
    description: str = ""
    solution: str = ""
    contact_info: str = ""
    type: str | None = None
    category: str | None = None
    source: str | None = None
    stage: Stage | None = None
    status: str | None = None
    priority: str | None = None
    rank: Rank | None = None
    service: str | None = None
    requester: str | None = None
    impacted: str | None = None
    borrowers: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    organization: str | None = None
    assignees: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    department: str | None = None
    external_id: str | None = None
    created_at: Moment | None = None
    created_by: str | None = None
    updated_at: Moment | None = None
    closed_on: Moment | None = None
    due_at: Moment | None = None
    snoozed_until: date | None = None
    outcome: str | None = None
    close_reason: str | None = None
    close_note: str = ""
    resolution: str = ""
    fields: dict[str, Any] = {}
    extra: dict[str, dict[str, Any]] = {}
    comments: tuple[Comment, ...] = ()
    links: tuple[Link, ...] = ()
    relations: tuple[Relation, ...] = ()
    watchers: tuple[str, ...] = ()
    associations: tuple[Association, ...] = ()
    escalation: Escalation | None = None
    rating: Rating | None = None
    files: tuple[File, ...] = ()
    acl: tuple[Grant, ...] = ()
