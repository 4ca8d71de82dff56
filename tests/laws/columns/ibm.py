"""IBM's column (spec/ibm §5-§7)."""

from __future__ import annotations

from typing import Any

from casework.dialects.ibm import rendering
from casework.domain import commands as c
from casework.domain.case import Audience, Comment, File, Link, Stage
from laws.columns import CONSEQUENCES, Api, Body, Member, Scene, edits, plain, texts, value

OFFERING = {"name": "Cloud Object Storage", "type": {"group": "crn_service_name", "key": "cloud-object-storage"}}
CRN = "crn:v1:bluemix:public:databases-for-redis:eu-de:a/1:2::"
LABELS = {
    "new": "New", "open": "In Progress", "waiting": "Waiting on Client", "proposed": "Resolution Provided",
    "resolved": "Resolved", "closed": "Closed", "canceled": "Closed",
}  # fmt: skip
"""DOMAIN §2."""


def _public(scene: Scene, kind: type[Any]) -> list[Any]:
    return [child for child in scene.every(kind) if child.audience is Audience.PUBLIC]


def _said(text: str) -> tuple[str, dict[str, Any]]:
    return "comment", {"text": text, "audience": Audience.PUBLIC}


IBM = Api(
    "ibm",
    "IBM",
    {
        "number": Member("number", shows=lambda s: f"CS{s.row.number:07d}"),
        "subject": Member(
            "short_description", opens="subject", openings=texts("subject"), shows=lambda s: s.row.subject or ...
        ),
        "description": Member(
            "description", opens="description", openings=texts("description"), shows=lambda s: s.row.description
        ),
        "rank": Member(
            "severity", "", "the tenant's own label", lambda s: s.row.rank,
            opens="severity", openings=plain("rank", {1: 1, 2: 2, 3: 3, 4: 4}),
        ),
        "stage": Member(
            "status", "action", "closed and canceled read alike", lambda s: LABELS[s.row.stage],
            edits(
                CONSEQUENCES | {"resolution", "close_note"},
                value("resolve", {"action": "resolve", "resolution_code": 1},
                      {"stage": "resolved", "resolution": "Client error", "close_note": ""}),
                value("resolve-note", {"action": "resolve", "resolution_code": 6, "comment": "Gone"},
                      {"stage": "resolved", "resolution": "Solution no longer required", "close_note": "Gone"},
                      _said("Close notes: Gone")),
                value("unresolve", {"action": "unresolve", "comment": "Not yet"},
                      {"stage": "open", "resolution": "", "close_note": ""},
                      _said("Not yet"), before=c.SetStatus(stage=Stage.RESOLVED, set={"close_note": "Done"})),
                value("accept", {"action": "accept"},
                      {"stage": "resolved", "resolution": "Solution provided by IBM support engineer"},
                      before=c.SetStatus(stage=Stage.PROPOSED)),
                value("accept-note", {"action": "accept", "comment": "Fine"},
                      {"stage": "resolved", "close_note": "Fine"},
                      _said("Close notes: Fine"), before=c.SetStatus(stage=Stage.PROPOSED)),
            ),
        ),
        "category": Member(
            "", "", "in no answer", opens="type",
            openings=(
                *plain("category", {name: name for name in ("account_and_access", "billing_and_invoice", "sales")}),
                value("technical", Body(type="technical", offering=OFFERING), {"category": "technical"}),
            ),
        ),
        "service": Member(
            "offering", "", "a service without a code", lambda s: s.row.extra.get("ibm", {}).get("offering", ...),
            opens="offering",
            openings=(value("offering", OFFERING, {"extra": {"ibm": {"offering": OFFERING}}}),),
        ),
        "resolution": Member(
            "resolution", "resolution_code (action)", "while the case is active",
            lambda s: s.row.resolution if s.row.stage.done else "",
        ),
        "close_note": Member(
            "close_notes", "comment (action)", "while the case is active",
            lambda s: s.row.close_note if s.row.stage.done else "",
        ),
        "requester": Member(
            "contact", "", "the creator stands in where there is none",
            lambda s: s.address(s.row.created_by) if s.row.requester is None else s.email(s.row.requester),
        ),
        "watchers": Member(
            "watchlist", "watchlist", "", lambda s: [s.address(number) for number in s.row.watchers],
            edits(
                "watchers",
                value("bob", lambda s: [s.society["bob"].address],
                      lambda s: {"watchers": (s.user("carl"), s.user("bob"))}),
                value("nobody", lambda s: ("DELETE", [s.society["carl"].address]), {"watchers": ()}),
            ),
            opens="watchlist",
            openings=(
                value("bob", lambda s: [{"realm": "IBMid", "user_id": s.society["bob"].address}],
                      lambda s: {"watchers": (s.user("bob"),)}),
            ),
        ),
        "comments": Member(
            "comments", "comment", "internal ones", lambda s: [one.text for one in _public(s, Comment)],
            edits("", value("text", "Said at IBM", {}, _said("Said at IBM"))),
        ),
        "files": Member(
            "attachments", "file", "internal ones",
            lambda s: [(one.name, one.size) for one in _public(s, File)],
            edits("", value("text", ("ibm.txt", b"abc"), {},
                            ("file", {"name": "ibm.txt", "size": 3, "audience": Audience.PUBLIC})),
                  value("remove", lambda s: s.things["file"].uid.hex, {}, removes="file")),
        ),
        "links": Member(
            "resources", "resource", "",
            lambda s: [
                (one.name, one.url, one.extra.get("ibm", {}).get("crn", ""), one.extra.get("ibm", {}).get("note"))
                for one in s.every(Link)
            ],
            edits(
                "",
                value("crn", {"crn": CRN, "note": "Look"}, {},
                      ("link", {"extra": {"ibm": {"crn": CRN, "type": None, "note": "Look"}}})),
                value("device", {"type": "Bare Metal", "id": 12}, {}, ("link", {"name": "12"})),
            ),
            opens="resources",
            openings=(
                value("crn", [{"crn": CRN}], {},
                      ("link", {"extra": {"ibm": {"crn": CRN, "type": None, "note": None}}})),
            ),
        ),
        "extra": Member(
            "invoice_number, eu, contact_type, support_tier, agent_close_only", "",
            "what other APIs keep there; sla_credit_request",
            lambda s: (
                s.row.extra.get("ibm", {}).get("invoice_number", ""),
                bool(s.row.extra.get("ibm", {}).get("eu", {}).get("supported")),
            ),
            opens="invoice_number, eu, sla_credit_request",
            openings=(
                value("invoice", Body(invoice_number="I-9"), {"extra": {"ibm": {"invoice_number": "I-9"}}}),
                value("eu", Body(eu={"supported": True, "data_center": 7}),
                      {"extra": {"ibm": {"eu": {"supported": True, "data_center": "7"}}}}),
                value("sla", Body(sla_credit_request=True), {"extra": {"ibm": {"sla_credit_request": True}}}),
            ),
        ),
        "created_at": Member("created_at", shows=lambda s: s.row.created_at and rendering.moment(s.row.created_at)),
        "created_by": Member("created_by", shows=lambda s: s.row.created_by and s.address(s.row.created_by)),
        "touched_at": Member("updated_at", shows=lambda s: s.row.touched_at and rendering.moment(s.row.touched_at)),
        "touched_by": Member("updated_by", shows=lambda s: s.row.touched_by and s.address(s.row.touched_by)),
    },
)  # fmt: skip
