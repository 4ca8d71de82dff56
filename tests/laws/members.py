"""What each API reads and writes of a case, member by member: the source of laws 2 and 3 and of docs/members.md.

A further API adds its `Api` to `APIS`. `wire` names what an answer shows, `write` what a request sets; a member without
`shows` is in the written matrix only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from casework.dialects.bottlecrm import translate as bottlecrm
from casework.dialects.egain import translate as egain
from casework.dialects.ibm import rendering
from casework.dialects.ibm import translate as ibm
from casework.domain.case import Case

Shows = Callable[[Case], Any]


@dataclass(frozen=True)
class Edits:
    """How laws write a member: members of the case that may move, and wire values with what the case then has."""

    moves: frozenset[str]
    values: tuple[tuple[Any, Mapping[str, Any]], ...]


@dataclass(frozen=True)
class Member:
    """A member at an API: its name in answers and in requests (empty: none), and what the API cannot show of it."""

    wire: str = ""
    write: str = ""
    loss: str = ""
    shows: Shows | None = None
    edits: Edits | None = None


@dataclass(frozen=True)
class Api:
    """One column of the matrix; `door` is the name of its `LawDoor`."""

    door: str
    title: str
    members: Mapping[str, Member] = field(default_factory=dict)


CONSEQUENCES = frozenset(
    {
        "stage", "status", "reopened", "reopened_at", "outcome", "reacted_at", "resolved_at", "closed_on",
        "last_closed_at", "planned_reaction_at", "planned_resolve_at",
    }
)  # fmt: skip
"""What a change of stage may move besides (DOMAIN §2, §5)."""
DUE = datetime(2099, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
TEXTS = ("Printer on fire", "héllo 日本語 \U0001f600", "a' or 1=1 --")


def plain(member: str, values: Mapping[Any, Any], *also: str) -> Edits:
    """Return the edits of one member: wire value to the core's."""
    return Edits(frozenset({member, *also}), tuple((wire, {member: core}) for wire, core in values.items()))


def _texts(member: str) -> Edits:
    return plain(member, {text: text for text in TEXTS})


_RANK_MOVES = ("priority", "planned_reaction_at", "planned_resolve_at")

IBM = Api(
    "ibm",
    "IBM",
    {
        "number": Member("number", shows=lambda c: f"CS{c.number:07d}"),
        "subject": Member("short_description", "subject (create)", shows=lambda c: c.subject or ...),
        "description": Member("description", "description (create)", shows=lambda c: c.description),
        "rank": Member("severity", "severity (create)", "the tenant's own label", shows=lambda c: c.rank),
        "stage": Member(
            "status", "action (status)", "closed and canceled read alike", lambda c: ibm.LABELS[c.stage],
            Edits(
                CONSEQUENCES | {"resolution", "close_note"},
                (
                    ({"action": "resolve", "resolution_code": 1}, {"stage": "resolved", "resolution": "Client error"}),
                    ({"action": "unresolve", "comment": "Not yet"}, {"stage": "open", "resolution": ""}),
                ),
            ),
        ),
        "category": Member("", "type (create)", "in no answer"),
        "service": Member("offering", "offering (create)", "a service without a code"),
        "resolution": Member(
            "resolution", "resolution_code (status)", "while the case is active",
            lambda c: c.resolution if c.stage.done else "",
        ),
        "close_note": Member(
            "close_notes", "comment (status)", "while the case is active",
            lambda c: c.close_note if c.stage.done else "",
        ),
        "requester": Member("contact", "", "the creator stands in where there is none"),
        "watchers": Member("watchlist", "watchlist"),
        "comments": Member("comments", "comment", "internal ones"),
        "files": Member("attachments", "file", "internal ones"),
        "links": Member("resources", "crn, type, id, note"),
        "extra": Member(
            "invoice_number, eu, contact_type, support_tier, agent_close_only",
            "invoice_number, eu, sla_credit_request (create)", "what other APIs keep there; sla_credit_request",
        ),
        "created_at": Member("created_at", shows=lambda c: c.created_at and rendering.moment(c.created_at)),
        "created_by": Member("created_by"),
        "touched_at": Member("updated_at", shows=lambda c: c.touched_at and rendering.moment(c.touched_at)),
        "touched_by": Member("updated_by"),
    },
)  # fmt: skip
BOTTLECRM = Api(
    "bottlecrm",
    "BottleCRM",
    {
        "uid": Member("id", shows=lambda c: str(c.uid)),
        "subject": Member("name", "name", "", lambda c: c.subject or ..., _texts("subject")),
        "description": Member(
            "description", "description", "", lambda c: c.description or None, _texts("description")
        ),
        "rank": Member(
            "priority", "priority", "the tenant's own label", lambda c: bottlecrm.PRIORITIES[c.rank],
            plain("rank", bottlecrm.RANKS, *_RANK_MOVES),
        ),
        "stage": Member(
            "status", "status", "waiting and proposed read alike, and so do all done stages",
            lambda c: bottlecrm.LABELS[c.stage],
            Edits(CONSEQUENCES, tuple((label, {"stage": stage}) for label, stage in bottlecrm.WRITTEN.items())),
        ),
        "category": Member(
            "case_type", "case_type", "IBM's account_and_access and sales read as General",
            lambda c: bottlecrm.case_type(c.category), plain("category", bottlecrm.CATEGORIES),
        ),
        "closed_on": Member(
            "closed_on", "closed_on", "while the case is active",
            lambda c: bottlecrm.moment(c.closed_on) if c.stage.done and c.closed_on else None,
        ),
        "organization": Member("account", "account"),
        "contacts": Member("contacts", "contacts"),
        "owner": Member("assigned_to", "assigned_to", "which of those listed is the owner"),
        "assignees": Member("assigned_to", "assigned_to"),
        "team": Member("teams", "teams", "which of those listed is the first"),
        "teams": Member("teams", "teams"),
        "comments": Member("comments", "comment"),
        "files": Member("attachments", "attachment"),
        "created_at": Member("created_on", shows=lambda c: c.created_at and bottlecrm.moment(c.created_at)),
        "created_by": Member("created_by"),
    },
)  # fmt: skip
EGAIN = Api(
    "egain",
    "eGain",
    {
        "number": Member("id", shows=lambda c: str(c.number)),
        "subject": Member("subject", "subject", "", lambda c: c.subject or ..., _texts("subject")),
        "description": Member("description", "description", "", lambda c: c.description, _texts("description")),
        "solution": Member("solution", "solution", "", lambda c: c.solution, _texts("solution")),
        "rank": Member(
            "severity", "severity", "the tenant's own label", lambda c: egain.SEVERITIES[c.rank],
            plain("rank", egain.RANKS, *_RANK_MOVES),
        ),
        "stage": Member(
            "status", "close", "which of the active or done stages it is",
            lambda c: "closed" if c.stage.done else "open", Edits(CONSEQUENCES, (("closed", {"stage": "closed"}),)),
        ),
        "due_at": Member(
            "dueDate", "dueDate", "", lambda c: egain.moment(c.due_at) if c.due_at else None,
            Edits(frozenset({"due_at"}), (("2099-01-02T03:04:05.678Z", {"due_at": DUE}), ("", {"due_at": None}))),
        ),
        "owner": Member("owner", "owner", "", lambda c: None if c.owner is None else str(c.owner)),
        "department": Member("department"),
        "source": Member("originatingChannel"),
        "requester": Member(
            "customer", "customer (changecustomer)", "the first borrower or contact stands in where none was set",
            lambda c: next((str(shown) for shown in (c.requester, *c.borrowers, *c.contacts) if shown), None),
        ),
        "fields": Member("customAttributes", "customAttributes"),
        "last_closed_at": Member(
            "lastClosed", shows=lambda c: egain.moment(c.last_closed_at) if c.last_closed_at else None
        ),
        "comments": Member("note", "content (note)", "the audience"),
        "created_at": Member("created", shows=lambda c: c.created_at and egain.moment(c.created_at)),
        "updated_at": Member("lastModified", shows=lambda c: c.updated_at and egain.moment(c.updated_at)),
        "updated_by": Member("lastModifiedBy"),
        "relations": Member("relatedCases", "relatedCases", "types other than relates_to"),
    },
)  # fmt: skip
APIS = (IBM, BOTTLECRM, EGAIN)
"""The columns, in the order of the written matrix. The casebook itself reads and writes all."""
