"""The nouns beside the case, as values: people, teams, and the tenant's catalogue (DOMAIN §1).

Each struct is one table of the same name; `store/nouns.py` derives its SQL from the members. All are soft-deleted.
"""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from casework.domain.case import Stage


class Noun(msgspec.Struct, frozen=True):
    """What every noun has. `number` is unique within the tenant over all nouns but cases, `key` per kind."""

    table: ClassVar[str] = ""
    tenant_id: int
    number: int
    uid: UUID
    key: str | None = None
    name: str = ""
    extra: dict[str, Any] = {}
    version: int = 1
    created_at: datetime | None = None
    created_by: int | None = None
    updated_at: datetime | None = None
    updated_by: int | None = None
    deleted_at: datetime | None = None


class Department(Noun, frozen=True):
    """`shared_with` maps departments that may look in to whether activities are shared as well."""

    table = "departments"
    shared_with: dict[str, bool] = {}


class User(Noun, frozen=True):
    """Somebody or something that acts. Has exactly one person."""

    table = "users"
    kind: str = "agent"
    email: str | None = None
    realm: str = "IBMid"
    login: int | None = None
    roles: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    department: int | None = None
    foreign_departments: tuple[int, ...] = ()
    licenses: tuple[str, ...] = ()
    disabled: bool = False
    person: int | None = None
    pull_from: tuple[int, ...] = ()
    transfer_to: tuple[int, ...] = ()
    external_id: str | None = None


class CustomRole(Noun, frozen=True):
    """A role that a tenant made beside the built-in ones; the built-in ones have a row as well, for their number."""

    table = "roles"
    permissions: tuple[str, ...] = ()
    read: str = "tenant"
    write: str = "tenant"
    built_in: bool = False


class Key(Noun, frozen=True):
    """A credential for programs. Only a digest of the secret is kept; `prefix` helps people to find it."""

    table = "keys"
    prefix: str = ""
    digest: bytes = b""
    user: int = 0
    client: bool = False
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class Team(Noun, frozen=True):
    """Users who share work; a dynamic team only routes to others by its conditions."""

    table = "teams"
    kind: str = "static"
    members: tuple[int, ...] = ()
    conditions: tuple[dict[str, Any], ...] = ()
    default_team: int | None = None
    external_id: str | None = None


class Person(Noun, frozen=True):
    """Whom cases are about. `private` holds birth date, addresses and the like; histories keep it erasably."""

    table = "persons"
    first_name: str = ""
    last_name: str = ""
    email: str | None = None
    external_id: str | None = None
    borrower: bool = False
    user: int | None = None
    organization: int | None = None
    private: dict[str, Any] = {}


class Identity(Noun, frozen=True):
    """A number that identifies a person or organization (an SSN), as keyed hashes of it and of its last four digits."""

    table = "identities"
    person: int = 0
    kind: str = "SSN"
    digest: bytes = b""
    tail: bytes | None = None


class Organization(Noun, frozen=True):
    """A company that persons belong to."""

    table = "organizations"
    external_id: str | None = None


class Object(Noun, frozen=True):
    """Something of another system that cases are associated with: a loan, an interaction, a document.

    A document's content lies in the blob store under `blob` (SHA-256, hex) once it was uploaded.
    """

    table = "objects"
    kind: str = ""
    person: int | None = None
    external_id: str | None = None
    blob: str | None = None
    size: int | None = None
    content_type: str | None = None


class Priority(Noun, frozen=True):
    """`rank` 1 is the most urgent, 4 the least."""

    table = "priorities"
    rank: int = 3
    color: str | None = None
    description: str = ""


class StatusSet(Noun, frozen=True):
    """A named set of statuses."""

    table = "status_sets"
    description: str = ""


class Status(Noun, frozen=True):
    """A label for a stage; `position` orders the labels of a set."""

    table = "statuses"
    status_set: int = 0
    stage: Stage = Stage.OPEN
    initial: bool = False
    position: int = 0
    description: str = ""


class Source(Noun, frozen=True):
    """Where cases come from; `type` is one of CALL CHAT SOCIAL_MEDIA EMAIL API MANUAL."""

    table = "sources"
    type: str = "API"
    description: str = ""


class CloseReasonGroup(Noun, frozen=True):
    """A named set of close reasons."""

    table = "close_reason_groups"
    description: str = ""


class CloseReason(Noun, frozen=True):
    """Why a case was closed."""

    table = "close_reasons"
    close_reason_group: int = 0
    description: str = ""


class Calendar(Noun, frozen=True):
    """Working time in an IANA zone: weekly hours, dated exceptions, holidays of a country.

    `hours` are {day: mon…sun, from, to} with times of day up to 24:00, `exceptions` {date, repeat: yearly or none,
    working, from, to, name}; `holidays` names a country, or one with its subdivision (DE-BY), and `days` ({date, name})
    are its holidays, copied when the country was named so that no upgrade moves them.
    """

    table = "calendars"
    timezone: str = "UTC"
    hours: tuple[dict[str, Any], ...] = ()
    exceptions: tuple[dict[str, Any], ...] = ()
    holidays: str | None = None
    days: tuple[dict[str, Any], ...] = ()


class Sla(Noun, frozen=True):
    """Targets in seconds of working time; `pauses` are the stages in which the clocks stand."""

    table = "slas"
    calendar: int | None = None
    reaction: int = 0
    resolution: int = 0
    pauses: tuple[str, ...] = ("waiting",)
    valid_from: date | None = None
    valid_to: date | None = None
    description: str = ""


class SlaCondition(Noun, frozen=True):
    """Other targets of an SLA for some priorities."""

    table = "sla_conditions"
    sla: int = 0
    priorities: tuple[int, ...] = ()
    reaction: int = 0
    resolution: int = 0


class Service(Noun, frozen=True):
    """A node of the service catalogue; a node without parent is a catalog. `teams` are those who see a catalog."""

    table = "services"
    parent: int | None = None
    prefix: str | None = None
    code: str | None = None
    state: bool = True
    description: str = ""
    sla: int | None = None
    status_set: int | None = None
    close_reason_group: int | None = None
    default_priority: int | None = None
    team: int | None = None
    assignee: int | None = None
    teams: tuple[int, ...] = ()


class CaseType(Noun, frozen=True):
    """A versioned type of case with custom-field schemas; `base` is one of the built-in types.

    Each version is a row of its own. Versions that came from changing one type share `family`, the first one's number,
    and at most one of them is active; types that were never changed through a door have none.
    """

    table = "case_types"
    base: str = "generic"
    type_version: int = 1
    status: str = "active"
    derived_from: int | None = None
    fields: tuple[dict[str, Any], ...] = ()
    description: str = ""
    family: int | None = None


class Field(Noun, frozen=True):
    """A custom field on every case of the tenant; `name` is its key in `case.fields`."""

    table = "fields"
    title: str = ""
    type: str = "string"
    many: bool = False
    required: bool = False
    values: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None


class Task(Noun, frozen=True):
    """Work that a rule files: `kind` is a task type (spec/peach §11), `status` is open or completed.

    Tasks about a case are seen by who may read the case.
    """

    table = "tasks"
    kind: str = ""
    case: int | None = None
    person: int | None = None
    team: int | None = None
    user: int | None = None
    status: str = "open"
    urgent: bool = False
    note: str = ""
    completed_at: datetime | None = None
    completed_by: int | None = None


class Workflow(Noun, frozen=True):
    """A checklist; each step has `id`, `name` and `status`."""

    table = "workflows"
    case: int | None = None
    steps: tuple[dict[str, Any], ...] = ()


class Supercase(Noun, frozen=True):
    """Makes one case for each of many borrowers: `members` are what the cases have in common, `cases` the cases."""

    table = "supercases"
    kind: str = "generic"
    members: dict[str, Any] = {}
    cases: tuple[int, ...] = ()


class Webhook(Noun, frozen=True):
    """A subscription to events: `events` are the subscriber's own names for them, `kind` how they reach `url`."""

    table = "webhooks"
    kind: str = ""
    url: str | None = None
    events: tuple[str, ...] = ()


NOUNS: dict[str, type[Noun]] = {
    noun.table: noun
    for noun in (
        Department, User, CustomRole, Key, Team, Person, Identity, Organization, Object, Priority, StatusSet, Status,
        Source, CloseReasonGroup, CloseReason, Calendar, Sla, SlaCondition, Service, CaseType, Field, Task, Workflow,
        Supercase, Webhook,
    )
}  # fmt: skip
