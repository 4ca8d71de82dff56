"""Peach's column (spec/peach §4-§9; DOMAIN §2, §3)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from casework.dialects.spellings import peach
from casework.domain import commands as c
from casework.domain.case import Association, Audience, Comment, Escalation, Stage
from laws.columns import CONSEQUENCES, Api, Body, Member, Scene, edits, merged, plain, texts, value

STATES = {
    "new": "initiated", "open": "processing", "waiting": "processing", "proposed": "processing",
    "resolved": "completed", "closed": "completed", "canceled": "canceled",
}  # fmt: skip
OPENED = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
MATCH = {"nameMatch": "match", "matchDoneBy": "lender"}
ESCALATED = "escalated_at escalated_team escalated_user escalation_urgent"


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="microseconds")


def _id(prefix: str, number: int | None) -> str | None:
    return None if number is None else peach(prefix, number)


def _state(scene: Scene) -> str:
    return "reopened" if scene.row.reopened and not scene.row.stage.done else STATES[scene.row.stage]


def _notes(scene: Scene) -> Any:
    return [one.text for one in reversed(scene.every(Comment))] if scene.row.borrowers else ...


def _kept(scene: Scene) -> Any:
    said = scene.row.extra.get("peach", {})
    return {
        "metaData": said.get("metaData"),
        "matchDetails": {k: v for k, v in (said.get("matchDetails") or {}).items() if v is not None} or None,
        "autoCreated": said.get("autoCreated", False),
        "lenderAck": said.get("lenderAck", False),
        "matchToDataSource": said.get("matchToDataSource", False),
        "creationProcedure": said.get("creationProcedure", "api"),
    }


def _calls(scene: Scene) -> Any:
    if not scene.row.borrowers:
        return ...
    return [
        (_id("TM", one.team), _id("EM", one.user), one.note or None, one.urgent, one.ended_at is None)
        for one in reversed(scene.every(Escalation))
    ]


_KEPT = (
    ("metaData", {"text": "Meta", "n": 1}), ("autoCreated", True), ("lenderAck", True), ("matchToDataSource", True),
    ("matchDetails", MATCH), ("creationProcedure", "manual"),
)  # fmt: skip
_SAID = ("comment", {"text": "Said at Peach", "audience": Audience.INTERNAL})
_WORKED = c.SetStatus(stage=Stage.OPEN, set={"outcome": "approved"})
_DONE = c.SetStatus(stage=Stage.RESOLVED, set={"outcome": "approved"})

PEACH = Api(
    "peach",
    "Peach",
    {
        "number": Member("id", shows=lambda s: peach("CS", s.row.number)),
        "external_id": Member(
            "externalId", "externalId", "", lambda s: s.row.external_id,
            edits("external_id", value("set", lambda s: f"P-{s.number}", lambda s: {"external_id": f"P-{s.number}"})),
            "externalId", (value("set", "opened-here", {"external_id": "opened-here"}),),
        ),
        "subject": Member(
            "name", "name", "", lambda s: s.row.subject or ..., edits("subject", *texts("subject")),
            "name", texts("subject"),
        ),
        "type": Member(
            "typeId, caseType, caseTypeMeta", "", "",
            lambda s: (_id("CT", s.row.type), s.words.types[s.row.type].base, s.words.types[s.row.type].name),
            opens="caseType or typeId",
            openings=(
                value("base", Body(caseType="legalAction"), lambda s: {"type": s.words.type_for("legalAction").number}),
                value("id", lambda s: Body(typeId=_id("CT", s.words.type_for("deceased").number)),
                      lambda s: {"type": s.words.type_for("deceased").number}),
            ),
        ),
        "stage": Member(
            "status", "status", "open, waiting and proposed read alike, and so do resolved and closed", _state,
            edits(
                CONSEQUENCES,
                value("processing", "processing", {"stage": "open"}),
                value("initiated", "initiated", {"stage": "new"}, before=_WORKED),
                value("completed", "completed", {"stage": "resolved", "outcome": "approved"}, before=_WORKED),
                value("canceled", "canceled", {"stage": "canceled"}),
                value("reopened", "reopened", {"stage": "open", "reopened": True, "outcome": None}, before=_DONE),
            ),
            "status",
            (
                *(value(state, state, {"stage": stage})
                  for state, stage in (("initiated", "new"), ("processing", "open"), ("canceled", "canceled"))),
                value("completed", Body(status="completed", outcome="approved"),
                      {"stage": "resolved", "outcome": "approved"}),
            ),
        ),
        "outcome": Member(
            "outcome", "outcome", "", lambda s: s.row.outcome,
            edits("outcome", *plain("outcome", {"approved": "approved", "denied": "denied"})),
            "outcome", plain("outcome", {"denied": "denied"}),
        ),
        "reopened": Member("status", "status (reopened)", "while the case is done"),
        "owner": Member(
            "owningEmployeeId, owningEmployee", "owningEmployeeId", "", lambda s: _id("EM", s.row.owner),
            edits(
                "owner assignees",
                value("rita", lambda s: peach("EM", s.user("rita")), lambda s: {"owner": s.user("rita")}),
                value("none", None, {"owner": None}),
            ),
            "owningEmployeeId",
            (value("rita", lambda s: peach("EM", s.user("rita")), lambda s: {"owner": s.user("rita")}),),
        ),
        "borrowers": Member(
            "people, borrowerIds", "people, borrowerIds", "", lambda s: [peach("BO", one) for one in s.row.borrowers],
            edits("borrowers", value("lou", lambda s: Body(people=[peach("BO", s.named("persons", "lou"))]),
                  lambda s: {"borrowers": (s.named("persons", "kit"), s.named("persons", "lou"))})),
            "people, borrowerIds, and the path",
            (value("lou", lambda s: Body(borrowerIds=[peach("BO", s.named("persons", "lou"))]),
                   lambda s: {"borrowers": (s.named("persons", "kit"), s.named("persons", "lou"))}),),
        ),
        "fields": Member(
            "customFields", "customFields", "", lambda s: s.row.fields,
            edits(
                "fields",
                value("set", {"colour": "red"}, {"fields": {"shape": "round", "colour": "red"}}),
                value("clear", {"colour": None}, {"fields": {"shape": "round"}}),
            ),
            "customFields", (value("set", {"colour": "red"}, {"fields": {"colour": "red"}}),),
        ),
        "extra": Member(
            "metaData, matchDetails, matchToDataSource, lenderAck, autoCreated, creationProcedure, workflowId, the"
            " type's own members, creatingSupercaseId", "the same but creatingSupercaseId",
            "what other APIs keep there", _kept,
            edits("extra", *(value(name, Body({name: said}), merged("peach", **{name: said})) for name, said in _KEPT)),
            "the same but creatingSupercaseId",
            tuple(value(name, Body({name: said}), {"extra": {"peach": {name: said}}}) for name, said in _KEPT),
        ),
        "opened_at": Member(
            "openedAt", "openedAt", "", lambda s: _at(s.row.opened_at or s.row.created_at),
            edits("opened_at", value("time", "2024-05-06T07:08:09.123456Z", {"opened_at": OPENED})),
            "openedAt", (value("time", "2024-05-06T07:08:09.123456Z", {"opened_at": OPENED}),),
        ),
        "snoozed_at": Member("snoozedAt", "snoozeFor", "", lambda s: _at(s.row.snoozed_at)),
        "snoozed_until": Member(
            "snoozedUntil", "snoozeFor", "",
            lambda s: None if s.row.snoozed_until is None else s.row.snoozed_until.isoformat(),
            edits(
                "snoozed_at snoozed_until",
                value("days", 3, {}),
                value("wake", None, {"snoozed_at": None, "snoozed_until": None},
                      before=c.Snooze(until=date(2099, 1, 1))),
            ),
        ),
        "escalated_at": Member("escalatedAt", "escalation", "", lambda s: _at(s.row.escalated_at)),
        "escalated_team": Member(
            "escalatedTeamId", "escalation", "", lambda s: _id("TM", s.row.escalated_team), opens="escalatedTeamId",
            openings=(value("crew", lambda s: peach("TM", s.named("teams", "crew")),
                            lambda s: {"escalated_team": s.named("teams", "crew")},
                            ("escalation", {"urgent": False})),),
        ),
        "escalated_user": Member(
            "escalatedEmployeeId", "escalation", "", lambda s: _id("EM", s.row.escalated_user),
            opens="escalatedEmployeeId",
            openings=(
                value("bob", lambda s: peach("EM", s.user("bob")), lambda s: {"escalated_user": s.user("bob")},
                      ("escalation", {"urgent": False})),
            ),
        ),
        "escalation_urgent": Member(
            "escalationIsUrgent", "escalation", "while nothing is escalated",
            lambda s: s.row.escalation_urgent if s.row.escalated_at else None, opens="escalationIsUrgent",
            openings=(
                value("bob", lambda s: Body(escalatedEmployeeId=peach("EM", s.user("bob")), escalationIsUrgent=True),
                      lambda s: {"escalated_user": s.user("bob"), "escalation_urgent": True},
                      ("escalation", {"urgent": True})),
            ),
        ),
        "escalations": Member(
            "escalations", "escalation", "", _calls,
            edits(
                ESCALATED,
                value("team", lambda s: {"escalatedTeamId": peach("TM", s.named("teams", "crew")), "isUrgent": True},
                      lambda s: {"escalated_team": s.named("teams", "crew"), "escalation_urgent": True},
                      ("escalation", {"urgent": True})),
                value("note", lambda s: {"escalatedEmployeeId": peach("EM", s.user("bob")), "note": "Help"},
                      lambda s: {"escalated_user": s.user("bob")},
                      ("escalation", {"note": "Help"}),
                      ("comment", {"text": "Help", "extra": {"peach": {"category": "escalationCreateReason"}}})),
                value("end", {"escalatedTeamId": None, "escalatedEmployeeId": None},
                      {"escalated_at": None, "escalated_team": None},
                      before=lambda s: c.Escalate(user=s.user("rita"), note="Core")),
                touches="escalation",
            ),
        ),
        "comments": Member(
            "notes", "content (note)", "the audience; archived ones unless asked for", _notes,
            edits(
                "",
                value("text", "Said at Peach", {}, _SAID),
                value("edit", lambda s: ("PUT", peach("NT", s.things["comment"].number), {"content": "Edited"}), {},
                      changes={"comment": {"text": "Edited"}}),
                value("flag", lambda s: ("PUT", peach("NT", s.things["internal"].number), {"important": True}), {},
                      changes={"internal": {"extra": {"peach": {"important": True}}}}),
            ),
        ),
        "relations": Member(
            "associations (case)", "associations", "types other than relates_to; those only the other side claims",
            lambda s: sorted(peach("CS", other) for other, kind, mine in s.relations if kind == "relates_to" and mine),
            edits(
                "",
                value("link", lambda s: {"objectType": "case", "objectId": peach("CS", s.spare)}, {},
                      ("relation", {"type": "relates_to", "forward": True, "backward": False})),
                value("again", lambda s: {"objectType": "case", "objectId": peach("CS", s.related)}, {}),
                value("unlink", lambda s: ("DELETE", f"case/{peach('CS', s.related)}"), {}),
                touches="relation",
            ),
            "associations",
            (value("case", lambda s: [{"objectType": "case", "objectId": peach("CS", s.spare)}], {},
                   ("relation", {"type": "relates_to"})),),
        ),
        "associations": Member(
            "associations", "associations", "objects other than loans, interactions and documents",
            lambda s: [("loan", peach("LN", one.object)) for one in s.every(Association)],
            edits(
                "",
                value("loan", lambda s: {"objectType": "loan", "objectId": peach("LN", s.named("objects", "car"))}, {},
                      ("association", {"relation": "related"})),
                value("end", lambda s: ("DELETE", f"loan/{peach('LN', s.named('objects', 'loan'))}"), {}),
                touches="association",
            ),
            "associations",
            (value("loan", lambda s: [{"objectType": "loan", "objectId": peach("LN", s.named("objects", "loan"))}], {},
                   ("association", {"relation": "related"})),),
        ),
        "deleted_at": Member(
            "deletedAt", "", "a deleted case is not read at all", lambda s: _at(s.row.deleted_at)
        ),
        "created_at": Member("createdAt", shows=lambda s: _at(s.row.created_at)),
        "created_by": Member("createdByUser", shows=lambda s: _id("UR", s.row.created_by)),
        "updated_at": Member(
            "updatedAt", "", "before the first edit", lambda s: _at(s.row.updated_at) if s.row.revision else None
        ),
        "touched_at": Member("lastSubresourceUpdatedAt", shows=lambda s: _at(s.row.touched_at)),
        "touched_by": Member("lastSubresourceUpdatedBy", shows=lambda s: _id("UR", s.row.touched_by)),
        "status_at": Member("statusUpdatedAt", shows=lambda s: _at(s.row.status_at)),
        "status_by": Member("statusUpdatedBy", shows=lambda s: _id("UR", s.row.status_by)),
        "outcome_at": Member("outcomeUpdatedAt", shows=lambda s: _at(s.row.outcome_at)),
        "outcome_by": Member("outcomeUpdatedBy", shows=lambda s: _id("UR", s.row.outcome_by)),
    },
)  # fmt: skip
