"""eGain's column (spec/egain §4, §7)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from casework.dialects.egain import translate as egain
from casework.domain.case import Audience, Comment
from laws.columns import CONSEQUENCES, RANK_MOVES, Api, Member, Scene, Site, edits, plain, texts, value

DUE = datetime(2099, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
SEVERITIES = {1: "urgent", 2: "high", 3: "medium", 4: "low"}
RANKS = {value: rank for rank, value in SEVERITIES.items()}


def _linked(kind: str, case: str) -> Any:
    def wire(site: Site) -> Any:
        return {kind: [{"rel": "case", "href": f"/core/casemgr/v3/case/{getattr(site, case)}"}]}

    return wire


def _attribute(*texts: str) -> Any:
    return {"customAttribute": [
        {"attribName": "colour", "attribValues": {"attribValue": [{"value": text} for text in texts]}}
    ]}  # fmt: skip


def _customer(scene: Scene) -> str | None:
    row = scene.row
    return next((str(shown) for shown in (row.requester, *row.borrowers, *row.contacts) if shown), None)


EGAIN = Api(
    "egain",
    "eGain",
    {
        "number": Member("id", shows=lambda s: str(s.row.number)),
        "subject": Member(
            "subject", "subject", "", lambda s: s.row.subject or ..., edits("subject", *texts("subject"))
        ),
        "description": Member(
            "description", "description", "", lambda s: s.row.description,
            edits("description", *texts("description"), value("empty", "", {"description": ""})),
        ),
        "solution": Member(
            "solution", "solution", "", lambda s: s.row.solution, edits("solution", *texts("solution"))
        ),
        "rank": Member(
            "severity", "severity", "the tenant's own label", lambda s: SEVERITIES[s.row.rank],
            edits(frozenset({"rank", *RANK_MOVES}), *plain("rank", RANKS)),
        ),
        "stage": Member(
            "status", "close", "which of the active or done stages it is",
            lambda s: "closed" if s.row.stage.done else "open",
            edits(CONSEQUENCES, value("close", "closed", {"stage": "closed"})),
        ),
        "due_at": Member(
            "dueDate", "dueDate", "", lambda s: egain.moment(s.row.due_at) if s.row.due_at else None,
            edits("due_at", *plain("due_at", {"2099-01-02T03:04:05.678Z": DUE, "": None})),
        ),
        "owner": Member(
            "owner", "owner", "", lambda s: None if s.row.owner is None else str(s.row.owner),
            edits("owner assignees", value("bob", lambda s: {"user": {"id": str(s.user("bob"))}},
                                           lambda s: {"owner": s.user("bob"), "assignees": ()})),
        ),
        "department": Member(
            "department", "", "", lambda s: None if s.row.department is None else str(s.row.department)
        ),
        "source": Member(
            "originatingChannel", "", "which of the sources of a type",
            lambda s: None if s.row.source is None else s.words.sources[s.row.source].type.lower(),
        ),
        "requester": Member(
            "customer", "changecustomer", "the first borrower or contact stands in where none was set", _customer,
            edits("requester", value("lou", lambda s: {"customer": {"id": str(s.named("persons", "lou"))}},
                                     lambda s: {"requester": s.named("persons", "lou")})),
        ),
        "fields": Member(
            "customAttributes", "customAttributes", "",
            lambda s: {name: [str(entry)] for name, entry in s.row.fields.items()},
            edits(
                "fields",
                value("set", _attribute("red"), {"fields": {"shape": "round", "colour": "red"}}),
                value("clear", _attribute(), {"fields": {"shape": "round"}}),
            ),
        ),
        "last_closed_at": Member(
            "lastClosed", shows=lambda s: egain.moment(s.row.last_closed_at) if s.row.last_closed_at else None
        ),
        "comments": Member(
            "note", "content (note)", "the audience", lambda s: sorted(one.text for one in s.every(Comment)),
            edits("", value("text", "Said at eGain", {},
                            ("comment", {"text": "Said at eGain", "audience": Audience.INTERNAL})),
                  value("remove", lambda s: ("DELETE", s.things["internal"].number), {}, removes="internal")),
        ),
        "relations": Member(
            "relatedCases", "relatedCases", "types other than relates_to; which side claims it",
            lambda s: sorted(str(other) for other, kind, _ in s.relations if kind == "relates_to"),
            edits(
                "",
                value("link", _linked("link", "spare"), {}, ("relation", {"type": "relates_to", "forward": True})),
                value("again", _linked("link", "related"), {}),
                value("unlink", _linked("unlink", "related"), {}),
                touches="relation",
            ),
        ),
        "created_at": Member("created", shows=lambda s: s.row.created_at and egain.moment(s.row.created_at)),
        "updated_at": Member("lastModified", shows=lambda s: s.row.updated_at and egain.moment(s.row.updated_at)),
        "updated_by": Member("lastModifiedBy", shows=lambda s: str(s.row.updated_by)),
    },
)  # fmt: skip
