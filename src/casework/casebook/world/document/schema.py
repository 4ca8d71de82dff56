"""The shape of a world file, second half: a tenant with its people, catalogue and cases (WORLD.md).

What a file leaves out has the defaults that stand here. References are keys of other entries of the same tenant;
`references.py` knows which member names what.
"""

from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from casework.casebook.world.document.case_schema import Case, Clock, Key, Moment, Part, Rank, Seconds, Small, Zone
from casework.domain.case import Stage

Reaches = Literal["tenant", "departments", "own", "granted"]


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something with a key of its own."""

    key: Key
    name: str | None = None
    extra: dict[str, Any] = {}


class Department(Entry, frozen=True):
    """A department."""


class Share(Part, frozen=True):
    """`to` may look into the cases of `from`, with `activities` into what hangs on them as well."""

    source: str = msgspec.field(name="from")
    to: str
    activities: bool = False


class User(Entry, frozen=True):
    """A user."""

    email: str | None = None
    password: Annotated[str, msgspec.Meta(min_length=1)] | None = None
    kind: Literal["agent", "customer", "service"] = "agent"
    roles: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    department: str | None = None
    foreign_departments: tuple[str, ...] = ()
    licenses: tuple[str, ...] = ()
    disabled: bool = False
    realm: str = "IBMid"
    pull_from: tuple[str, ...] = ()
    transfer_to: tuple[str, ...] = ()


class Role(Entry, frozen=True):
    """A role beside the built-in ones."""

    permissions: tuple[str, ...] = ()
    read: Reaches = "tenant"
    write: Reaches = "tenant"


class ApiKey(Entry, frozen=True):
    """A credential for programs, of a user or of a client application."""

    user: str | None = None
    client: bool = False
    secret: str | None = None
    expires_at: Moment | None = None
    scopes: tuple[str, ...] = ()


class Condition(Part, frozen=True):
    """A rule of a dynamic team."""

    expression: str
    team: str | None = None
    assignee: str | None = None


class Team(Entry, frozen=True):
    """A team."""

    kind: Literal["static", "dynamic"] = "static"
    members: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    default: str | None = None


class Person(Entry, frozen=True):
    """A person; with `user`, the one that this user is."""

    first_name: str = ""
    last_name: str = ""
    email: str | None = None
    external_id: str | None = None
    borrower: bool = False
    user: str | None = None
    organization: str | None = None


class Organization(Entry, frozen=True):
    """An organization."""

    external_id: str | None = None


class Object(Entry, frozen=True):
    """Something of another system."""

    kind: str
    person: str | None = None
    external_id: str | None = None


class Priority(Entry, frozen=True):
    """A priority."""

    rank: Rank = 3
    color: str | None = None
    description: str = ""


class Status(Entry, frozen=True):
    """A status of a set. A new one needs a stage; without `position` it comes after those before it."""

    stage: Stage | None = None
    initial: bool = False
    position: Small | None = None
    description: str = ""


class StatusSet(Entry, frozen=True):
    """A set of statuses."""

    description: str = ""
    statuses: tuple[Status, ...] = ()


class Source(Entry, frozen=True):
    """A source."""

    type: Literal["CALL", "CHAT", "SOCIAL_MEDIA", "EMAIL", "API", "MANUAL"] = "API"
    description: str = ""


class CloseReason(Entry, frozen=True):
    """A close reason of a group."""

    description: str = ""


class CloseReasonGroup(Entry, frozen=True):
    """A group of close reasons."""

    description: str = ""
    reasons: tuple[CloseReason, ...] = ()


class Hours(Part, frozen=True):
    """Working time on a day of the week."""

    day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    start: Clock = msgspec.field(name="from")
    end: Clock = msgspec.field(name="to")


class Exceptional(Part, frozen=True):
    """A day unlike the others."""

    date: date
    repeat: Literal["yearly"] | None = None
    working: bool = False
    start: Clock | None = msgspec.field(name="from", default=None)
    end: Clock | None = msgspec.field(name="to", default=None)
    name: str | None = None


class Calendar(Entry, frozen=True):
    """Working time."""

    timezone: Zone = Zone("UTC")
    hours: tuple[Hours, ...] = ()
    exceptions: tuple[Exceptional, ...] = ()
    holidays: str | None = None


class SlaCondition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Other targets for some priorities. Its key is its name unless it has one."""

    key: Key | None = None
    name: str | None = None
    extra: dict[str, Any] = {}
    priorities: tuple[str, ...] = ()
    reaction: Seconds = Seconds(0)
    resolution: Seconds = Seconds(0)


class Sla(Entry, frozen=True):
    """A service level agreement."""

    calendar: str | None = None
    reaction: Seconds = Seconds(0)
    resolution: Seconds = Seconds(0)
    pauses: tuple[Stage, ...] = (Stage.WAITING,)
    valid_from: date | None = None
    valid_to: date | None = None
    description: str = ""
    conditions: tuple[SlaCondition, ...] = ()


class Service(Entry, frozen=True):
    """A service of a catalog, or of another service."""

    prefix: str | None = None
    code: str | None = None
    state: bool = True
    description: str = ""
    sla: str | None = None
    status_set: str | None = None
    close_reason_group: str | None = None
    default_priority: str | None = None
    team: str | None = None
    assignee: str | None = None
    teams: tuple[str, ...] = ()
    services: "tuple[Service, ...]" = ()


class FieldSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A custom field; its name is its key."""

    name: Key
    title: str = ""
    type: str = "string"
    many: bool = False
    required: bool = False
    values: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None
    extra: dict[str, Any] = {}


class CaseType(Entry, frozen=True):
    """A type of case."""

    base: str = "generic"
    version: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    status: Literal["draft", "active", "deprecated"] = "active"
    derived_from: str | None = None
    fields: tuple[FieldSpec, ...] = ()
    description: str = ""


class Tenant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tenant with everything in it."""

    key: Key
    name: str | None = None
    timezone: Zone = Zone("UTC")
    dialects: dict[str, dict[str, Any]] = {}
    default_department: str | None = None
    departments: tuple[Department, ...] = ()
    shares: tuple[Share, ...] = ()
    users: tuple[User, ...] = ()
    roles: tuple[Role, ...] = ()
    keys: tuple[ApiKey, ...] = ()
    teams: tuple[Team, ...] = ()
    persons: tuple[Person, ...] = ()
    organizations: tuple[Organization, ...] = ()
    objects: tuple[Object, ...] = ()
    priorities: tuple[Priority, ...] = ()
    status_sets: tuple[StatusSet, ...] = ()
    sources: tuple[Source, ...] = ()
    close_reason_groups: tuple[CloseReasonGroup, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    slas: tuple[Sla, ...] = ()
    catalogs: tuple[Service, ...] = ()
    case_types: tuple[CaseType, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    cases: tuple[Case, ...] = ()


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file."""

    version: Literal[1]
    tenants: tuple[Tenant, ...] = ()
