"""Bodies of requests about cases, with the limits that bind writers (spec/peach §4, §7-§11).

Unknown members are ignored, and so are those that the server owns. An absent member keeps its value.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from casework.domain.defaults import BASE_TYPES

BASES = tuple(base for base, _ in BASE_TYPES)
STATES = ("initiated", "processing", "completed", "canceled", "reopened")
OUTCOMES = ("approved", "denied")
"""What a case comes to, unless the tenant says otherwise (`dialects.peach.outcomes`)."""
PROCEDURES = (
    "automatedCollectionsDetection", "automatedBankruptcyDetection", "automatedDeceasedDetection",
    "automatedMilitaryDutyDetection", "automatedFederalEmergencyDetection", "automatedOFACDetection", "supercase",
    "manual", "api",
)  # fmt: skip
ASSOCIATED = ("document", "case", "interaction", "loan")
CATEGORIES = ("generic", "escalationCreateReason", "escalationUpdateReason", "escalationCancelReason")

ExternalId = Annotated[str, Meta(min_length=1, max_length=50)]
MetaKey = Annotated[str, Meta(max_length=100)]
MetaValue = Annotated[str, Meta(max_length=500)] | bool | int | float | None
MetaData = Annotated[dict[MetaKey, MetaValue], Meta(max_length=50)]
Id = Annotated[str, Meta(min_length=1, max_length=100)]
Ids = Annotated[list[Id], Meta(max_length=100)]
Text = Annotated[str, Meta(max_length=100)]
NoteText = Annotated[str, Meta(max_length=10_000)]
State = Literal["initiated", "processing", "completed", "canceled", "reopened"]
Match = Literal["match", "noMatch", "notAvailable"]
Whole = Annotated[int, Meta(ge=0, le=2**53)]

Chapter = Literal["chapter7", "chapter11", "chapter12", "chapter13", "unknown"]
Disposition = Literal["dismissed", "discharged", "reinstated"]
CourtStatus = Literal[
    "filed", "dismissed", "discharged", "conversion", "reinstated", "closedFiledInError", "closedTransferredOut",
    "closedDischargeNA", "closedUndeterminedReason",
]  # fmt: skip

_DATES: Mapping[str, tuple[str, ...]] = {
    "creditBureauDispute": ("responseDueDate",),
    "debtValidation": ("requestDate",),
    "deceased": ("deceasedNoticeReceivedDate",),
    "disputeOfDebt": ("noticeReceivedDate",),
    "identityTheft": ("reportReceivedDate",),
    "legalAction": ("legalActionIntiatedDate", "legalJudgementEffectiveDate"),
    "militaryDuty": ("dutyStartDate", "dutyEndDate"),
}
OWN_FIELDS: Mapping[str, Mapping[str, Any]] = {
    "bankruptcy": {
        "courtCaseFiledDate": date,
        "courtCaseNumber": Text,
        "courtCaseChapter": Chapter,
        "courtCaseDebtorDisposition": Disposition,
        "courtCaseDebtorDispositionDate": date,
        "courtCaseLastStatus": CourtStatus,
        "courtCaseLastStatusUpdatedDate": date,
        "courtCaseClosedDate": date,
        "creditorClaimDeadlineDate": date,
        "anticipatedCaseCompletionDate": date,
        "listedOutstandingDebt": bool,
    },
    "federalEmergency": {"femaDisasterNumber": Whole},
    **{base: dict.fromkeys(names, date) for base, names in _DATES.items()},
}
"""Base type to the members that only its cases have (spec/peach §4)."""
EVERY_OWN_FIELD = {name: kind for fields in OWN_FIELDS.values() for name, kind in fields.items()}
OwnFields = msgspec.defstruct(
    "OwnFields", [(name, kind | UnsetType | None, UNSET) for name, kind in EVERY_OWN_FIELD.items()]
)


class MatchDetails(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """How a borrower was found in somebody's list."""

    ssn_match: Match | None = None
    last4: Match | None = msgspec.field(name="last4SSNMatch", default=None)
    name_match: Match | None = None
    address_match: Match | None = None
    date_of_birth_match: Match | None = None
    match_done_by: Literal["dataVendor", "peach", "lender"] | None = None
    external_match_code: Annotated[str, Meta(max_length=500)] | None = None


class AssociationBody(msgspec.Struct, frozen=True, rename="camel"):
    """What a case is associated with."""

    object_type: Literal["document", "case", "interaction", "loan"]
    object_id: Id
    relation: Literal["related"] = "related"


class CaseChange(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a case may be given at any time."""

    external_id: ExternalId | UnsetType | None = UNSET
    people: Ids | UnsetType | None = UNSET
    borrower_ids: Ids | UnsetType | None = UNSET
    name: Annotated[str, Meta(max_length=128)] | UnsetType | None = UNSET
    case_type: Literal[BASES] | UnsetType = UNSET  # type: ignore[valid-type]  # the list of domain/defaults.py
    type_id: Id | UnsetType | None = UNSET
    creation_procedure: Literal[PROCEDURES] | UnsetType = UNSET  # type: ignore[valid-type]  # as above
    owning_employee_id: Id | UnsetType | None = UNSET
    auto_created: bool | UnsetType = UNSET
    status: State | UnsetType = UNSET
    outcome: str | UnsetType | None = UNSET
    match_to_data_source: bool | UnsetType = UNSET
    match_details: MatchDetails | UnsetType | None = UNSET
    lender_ack: bool | UnsetType = UNSET
    custom_fields: dict[MetaKey, Any] | UnsetType | None = UNSET
    meta_data: MetaData | UnsetType | None = UNSET
    workflow_id: Id | UnsetType | None = UNSET
    opened_at: datetime | UnsetType | None = UNSET


class CaseNew(CaseChange, frozen=True, rename="camel", kw_only=True):
    """A case to come, with what may hang on it from the beginning."""

    escalated_team_id: Id | UnsetType | None = UNSET
    escalated_employee_id: Id | UnsetType | None = UNSET
    escalation_is_urgent: bool | UnsetType | None = UNSET
    associations: Annotated[list[AssociationBody], Meta(max_length=100)] | UnsetType | None = UNSET
    create_review_task: bool | UnsetType = UNSET


class EscalationBody(msgspec.Struct, frozen=True, rename="camel"):
    """A call for help; without a team and an employee the end of it."""

    escalated_team_id: Id | None = None
    escalated_employee_id: Id | None = None
    note: NoteText | None = None
    is_urgent: bool = False


class SnoozeBody(msgspec.Struct, frozen=True, rename="camel"):
    """For how many days a case is put aside; null takes it back."""

    snooze_for: Annotated[int, Meta(ge=1, le=3650)] | None


class NoteChange(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a note may be given at any time."""

    content: Annotated[NoteText, Meta(pattern=r"\S")] | UnsetType = UNSET
    status: Literal["active", "inactive"] | UnsetType = UNSET
    important: bool | UnsetType = UNSET
    category: Literal[CATEGORIES] | UnsetType = UNSET  # type: ignore[valid-type]  # as above
    sensitive_data: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    taskable_instruction: bool | UnsetType = UNSET


class NoteNew(NoteChange, frozen=True, rename="camel", kw_only=True):
    """A note to come."""

    content: Annotated[NoteText, Meta(pattern=r"\S")]


Channel = Literal["all", "voice", "email", "fax", "text", "chat", "mail"]
Theme = Literal[
    "all", "opsCollDebt", "opsCollLocateBorrower", "opsCollVerifyEmployment", "opsCollContactEmployerNotice",
    "opsServicingDebtValidation", "opsServicingNegativeCreditReportNotice", "opsServicingTimeBarredNotice",
    "opsServicing",
]  # fmt: skip
Hour = Annotated[int, Meta(ge=0, le=24)]
Day = Annotated[int, Meta(ge=0, le=7)]


class Hours(msgspec.Struct, frozen=True, rename="camel"):
    """A part of the day."""

    from_hour: Hour
    to_hour: Hour


class DoNotInteractBody(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """When, how and about what a borrower must be left alone (spec/peach §10)."""

    channels: Annotated[list[Channel], Meta(max_length=20)] | UnsetType | None = UNSET
    themes: Annotated[list[Theme], Meta(max_length=20)] | UnsetType | None = UNSET
    start_date: date | UnsetType | None = UNSET
    end_date: date | UnsetType | None = UNSET
    days_of_week: Annotated[list[Day], Meta(max_length=8)] | UnsetType | None = UNSET
    timezone: Text | UnsetType | None = UNSET
    times_of_day: Annotated[list[Hours], Meta(max_length=24)] | UnsetType | None = UNSET
    contact_labels: Annotated[list[Text], Meta(max_length=20)] | UnsetType | None = UNSET
    external_id: ExternalId | UnsetType | None = UNSET
