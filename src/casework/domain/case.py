"""The case and what hangs on it, as values.

A `Case` is the fold of its events (`fold.py`); the row in the database is a cache of exactly these members.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec


class Stage(StrEnum):
    """The one lifecycle under all labels (DOMAIN §2)."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    PROPOSED = "proposed"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELED = "canceled"

    @property
    def done(self) -> bool:
        """Whether work on the case has ended."""
        return self in DONE


DONE = frozenset({Stage.RESOLVED, Stage.CLOSED, Stage.CANCELED})
ACTIVE = frozenset(Stage) - DONE


class Audience(StrEnum):
    """Who may see a comment or file: `public` everybody on the case, `internal` staff only."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Case(msgspec.Struct, frozen=True):
    """One case. Numbers name other nouns of the same tenant; times are UTC with millisecond precision.

    `requester_cleared` keeps reading from falling back to the borrowers or contacts of a case whose requester was taken
    away on purpose (DOMAIN §3).
    `sla_versions` are the versions of the SLA, its condition and its calendar that count (0: none).
    The members up to `deleted_at` are set by events; the stamps behind them follow from the events' envelopes.
    """

    tenant_id: int
    number: int
    uid: UUID
    external_id: str | None = None
    subject: str = ""
    description: str = ""
    solution: str = ""
    contact_info: str = ""
    type: int | None = None
    category: str | None = None
    service: int | None = None
    source: int | None = None
    priority: int | None = None
    rank: int = 3
    stage: Stage = Stage.NEW
    status: int | None = None
    requester: int | None = None
    requester_cleared: bool = False
    impacted: int | None = None
    organization: int | None = None
    contacts: tuple[int, ...] = ()
    borrowers: tuple[int, ...] = ()
    owner: int | None = None
    assignees: tuple[int, ...] = ()
    team: int | None = None
    teams: tuple[int, ...] = ()
    department: int | None = None
    watchers: tuple[int, ...] = ()
    acl: dict[str, str] = {}
    close_reason_group: int | None = None
    close_reason: int | None = None
    close_note: str = ""
    resolution: str = ""
    outcome: str | None = None
    rating: int | None = None
    rating_comment: str = ""
    reopened: bool = False
    reopened_at: datetime | None = None
    opened_at: datetime | None = None
    reacted_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_on: datetime | None = None
    last_closed_at: datetime | None = None
    due_at: datetime | None = None
    sla: int | None = None
    sla_condition: int | None = None
    sla_versions: tuple[int, ...] = ()
    planned_reaction_at: datetime | None = None
    planned_resolve_at: datetime | None = None
    snoozed_at: datetime | None = None
    snoozed_until: date | None = None
    escalation: int | None = None
    escalated_at: datetime | None = None
    escalated_team: int | None = None
    escalated_user: int | None = None
    escalation_urgent: bool = False
    fields: dict[str, Any] = {}
    extra: dict[str, dict[str, Any]] = {}
    merged_into: int | None = None
    deleted_at: datetime | None = None
    # stamps: derived from envelopes, never named by an event
    created_at: datetime | None = None
    created_by: int | None = None
    created_via: str = ""
    version: int = 0
    touched_at: datetime | None = None
    touched_by: int | None = None
    revision: int = 0
    updated_at: datetime | None = None
    updated_by: int | None = None
    status_at: datetime | None = None
    status_by: int | None = None
    outcome_at: datetime | None = None
    outcome_by: int | None = None
    hash: bytes = b""


STAMPS = frozenset(
    {
        "created_at", "created_by", "created_via", "version", "touched_at", "touched_by", "revision", "updated_at",
        "updated_by", "status_at", "status_by", "outcome_at", "outcome_by", "hash",
    }
)  # fmt: skip
IDENTITY = frozenset({"tenant_id", "number", "uid"})
MEMBERS = tuple(f for f in Case.__struct_fields__ if f not in STAMPS | IDENTITY)
"""What events may set."""


class Child(msgspec.Struct, frozen=True):
    """What every thing that hangs on a case has. `revision` counts its own edits from 0."""

    tenant_id: int
    number: int
    uid: UUID
    case_number: int
    created_at: datetime
    created_by: int
    updated_at: datetime | None = None
    updated_by: int | None = None
    revision: int = 0
    deleted_at: datetime | None = None


class Comment(Child, frozen=True):
    """A text on a case."""

    text: str = ""
    audience: Audience = Audience.INTERNAL
    extra: dict[str, dict[str, Any]] = {}


class File(Child, frozen=True):
    """A file on a case; `digest` (SHA-256, hex) names its bytes in the blob store, `size` counts them."""

    name: str = ""
    content_type: str | None = None
    size: int = 0
    digest: str = ""
    audience: Audience = Audience.INTERNAL
    extra: dict[str, dict[str, Any]] = {}


class Link(Child, frozen=True):
    """A pointer to something outside: a web address or a cloud resource name."""

    name: str = ""
    url: str | None = None
    extra: dict[str, dict[str, Any]] = {}


class Relation(Child, frozen=True):
    """Case to case. `case_number` is the primary side; `forward` and `backward` tell which sides claimed it."""

    other: int = 0
    type: str = "relates_to"
    forward: bool = True
    backward: bool = False
    extra: dict[str, dict[str, Any]] = {}


class Association(Child, frozen=True):
    """Case to a foreign object (loan, interaction, document, …)."""

    object: int = 0
    relation: str = "related"
    extra: dict[str, dict[str, Any]] = {}


class Escalation(Child, frozen=True):
    """A call for help: to a team, a user, or a user in a team. Active until `ended_at`."""

    team: int | None = None
    user: int | None = None
    note: str = ""
    urgent: bool = False
    ended_at: datetime | None = None
    extra: dict[str, dict[str, Any]] = {}


CHILDREN: dict[str, type[Child]] = {
    "comment": Comment,
    "file": File,
    "link": Link,
    "relation": Relation,
    "association": Association,
    "escalation": Escalation,
}


def involved(case: Case) -> frozenset[tuple[int, str]]:
    """Whom the case concerns, as (subject number, how): the rows behind the reaches "own" and "granted" (DOMAIN §6)."""
    workers = {case.created_by, case.owner, case.team, *case.assignees, *case.teams} - {None}
    return frozenset(
        {(number, "involved") for number in workers if number is not None}
        | {(number, "watching") for number in case.watchers}
        | {(int(number), "granted") for number, letters in case.acl.items() if "r" in letters}
    )
