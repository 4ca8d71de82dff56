"""BottleCRM's column (spec/bottlecrm §1-§3)."""

from __future__ import annotations

from datetime import UTC, datetime

from casework.dialects.bottlecrm import translate as bottlecrm
from casework.domain import commands as c
from casework.domain.case import Audience, Comment, File, Stage
from laws.columns import CONSEQUENCES, RANK_MOVES, Api, Body, Edits, Member, Scene, edits, plain, texts, value

CLOSED_ON = datetime(2024, 2, 5, 6, 7, 8, tzinfo=UTC)
PRIORITIES = {1: "Critical", 2: "High", 3: "Normal", 4: "Low"}
RANKS = {label: rank for rank, label in PRIORITIES.items()}
LABELS = {
    "new": "New", "open": "In Progress", "waiting": "On Hold", "proposed": "On Hold", "resolved": "Closed",
    "closed": "Closed", "canceled": "Closed",
}  # fmt: skip
"""DOMAIN §2."""
CATEGORIES = {
    "Technical": "technical", "Billing": "billing_and_invoice", "General": "general", "Bug Report": "bug_report",
    "Feature Request": "feature_request",
}  # fmt: skip
TYPES = {key: label for label, key in CATEGORIES.items()}


def _uid(scene: Scene, number: int | None) -> str | None:
    return next(iter(scene.uids(number)), None)


def _comment(internal: bool) -> dict[str, object]:
    return {"text": "Said at BottleCRM", "audience": Audience.INTERNAL if internal else Audience.PUBLIC}


_STATUS = tuple(
    value(label, label, {"stage": stage})
    for label, stage in (("New", "new"), ("In Progress", "open"), ("On Hold", "waiting"), ("Closed", "closed"))
)
_CONTACTS = (
    value("lou", lambda s: [s.uid("persons", "lou")], lambda s: {"contacts": (s.named("persons", "lou"),)}),
    value("both", lambda s: [s.uid("persons", "lou"), s.uid("persons", "kit")],
          lambda s: {"contacts": (s.named("persons", "lou"), s.named("persons", "kit"))}),
    value("none", [], {"contacts": ()}),
)  # fmt: skip
_ACCOUNT = (
    value("acme", lambda s: s.uid("organizations", "acme"),
          lambda s: {"organization": s.named("organizations", "acme")}),
    value("none", None, {"organization": None}),
)  # fmt: skip
_ASSIGNED = (
    value("rita", lambda s: [s.uid("users", "rita"), s.uid("users", "ron")],
          lambda s: {"owner": s.user("rita"), "assignees": (s.user("ron"),)}),
    value("none", [], {"owner": None, "assignees": ()}),
)  # fmt: skip
_STAYS = value(
    "stays", lambda s: [s.uid("users", "rita"), s.uid("users", "alice")],
    lambda s: {"owner": s.user("alice"), "assignees": (s.user("rita"),)},
)  # fmt: skip
_TEAMS = (
    value("desk", lambda s: [s.uid("teams", "desk")], lambda s: {"team": s.named("teams", "desk"), "teams": ()}),
    value("none", [], {"team": None, "teams": ()}),
)  # fmt: skip

BOTTLECRM = Api(
    "bottlecrm",
    "BottleCRM",
    {
        "uid": Member("id", shows=lambda s: str(s.row.uid)),
        "subject": Member(
            "name", "name", "", lambda s: s.row.subject or ..., edits("subject", *texts("subject")),
            "name", texts("subject"),
        ),
        "description": Member(
            "description", "description", "", lambda s: s.row.description or None,
            edits("description", *texts("description"), value("null", None, {"description": ""})),
            "description", texts("description"),
        ),
        "rank": Member(
            "priority", "priority", "the tenant's own label", lambda s: PRIORITIES[s.row.rank],
            edits(frozenset({"rank", *RANK_MOVES}), *plain("rank", RANKS)),
            "priority", plain("rank", RANKS),
        ),
        "stage": Member(
            "status", "status", "waiting and proposed read alike, and so do all done stages",
            lambda s: LABELS[s.row.stage], Edits(CONSEQUENCES, _STATUS), "status", _STATUS,
        ),
        "category": Member(
            "case_type", "case_type", "IBM's account_and_access and sales read as General",
            lambda s: s.row.category and TYPES.get(s.row.category, "General"),
            edits("category", *plain("category", CATEGORIES), value("null", None, {"category": None})),
            "case_type", plain("category", CATEGORIES),
        ),
        "closed_on": Member(
            "closed_on", "closed_on", "while the case is active",
            lambda s: bottlecrm.moment(s.row.closed_on) if s.row.stage.done and s.row.closed_on else None,
            edits(
                "closed_on",
                value("time", "2024-02-05T07:07:08+01:00", {"closed_on": CLOSED_ON},
                      before=c.SetStatus(stage=Stage.CLOSED)),
                value("date", "2024-02-05", {"closed_on": datetime(2024, 2, 5, tzinfo=UTC)},
                      before=c.SetStatus(stage=Stage.RESOLVED)),
            ),
            "closed_on, with status Closed",
            (value("time", Body(status="Closed", closed_on="2024-02-05T06:07:08Z"),
                   {"closed_on": CLOSED_ON, "stage": "closed"}),),
        ),
        "organization": Member(
            "account", "account", "", lambda s: _uid(s, s.row.organization), edits("organization", *_ACCOUNT),
            "account", _ACCOUNT,
        ),
        "contacts": Member(
            "contacts", "contacts", "", lambda s: sorted(s.uids(*s.row.contacts)), edits("contacts", *_CONTACTS),
            "contacts", _CONTACTS,
        ),
        "owner": Member(
            "assigned_to", "assigned_to", "which of those listed is the owner",
            lambda s: sorted(s.uids(s.row.owner, *s.row.assignees)),
            edits("owner assignees", _STAYS, *_ASSIGNED), "assigned_to", _ASSIGNED,
        ),
        "assignees": Member("assigned_to", "assigned_to", opens="assigned_to"),
        "team": Member(
            "teams", "teams", "which of those listed is the first",
            lambda s: sorted(s.uids(s.row.team, *s.row.teams)), edits("team teams", *_TEAMS), "teams", _TEAMS,
        ),
        "teams": Member("teams", "teams", opens="teams"),
        "watchers": Member(
            "", "comment (a mention)", "",
            edits=edits("watchers", value("bob", "@bob", lambda s: {"watchers": (s.user("carl"), s.user("bob"))},
                                          ("comment", {"text": "@bob"}))),
        ),
        "comments": Member(
            "comments", "comment", "",
            lambda s: [(one.text, one.audience is Audience.INTERNAL) for one in reversed(s.every(Comment))],
            edits(
                "",
                value("internal", "Said at BottleCRM", {}, ("comment", _comment(internal=True))),
                value("public", Body(comment="Said at BottleCRM", is_internal=False), {},
                      ("comment", _comment(internal=False))),
                value("edit", lambda s: ("PATCH", s.things["comment"].uid, {"comment": "Edited"}), {},
                      changes={"comment": {"text": "Edited"}}),
                value("remove", lambda s: ("DELETE", s.things["comment"].uid, None), {}, removes="comment"),
            ),
        ),
        "files": Member(
            "attachments", "attachment", "the audience", lambda s: [(one.name, one.size) for one in s.every(File)],
            edits("", value("text", ("crm.txt", b"abcd"), {},
                            ("file", {"name": "crm.txt", "size": 4, "audience": Audience.INTERNAL})),
                  value("remove", lambda s: s.things["file"].uid, {}, removes="file")),
            "case_attachment",
            (value("text", ("crm.txt", b"abcd"), {}, ("file", {"name": "crm.txt", "size": 4})),),
        ),
        "created_at": Member("created_on", shows=lambda s: s.row.created_at and bottlecrm.moment(s.row.created_at)),
        "created_by": Member("created_by", shows=lambda s: _uid(s, s.row.created_by)),
    },
)  # fmt: skip
