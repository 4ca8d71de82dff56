"""Smart reviews of a case type: when which key date files a task (spec/peach §11). Stored here; jobs act on them."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from casework.domain.refusals import Invalid

KEY_DATES: Mapping[str, tuple[str, ...]] = {
    "bankruptcy": (
        "courtCaseFiledDate", "courtCaseDebtorDispositionDate", "courtCaseLastStatusUpdatedDate",
        "courtCaseClosedDate", "creditorClaimDeadlineDate", "anticipatedCaseCompletionDate",
    ),
    "creditBureauDispute": ("responseDueDate",),
    "debtValidation": ("requestDate",),
    "deceased": ("deceasedNoticeReceivedDate",),
    "disputeOfDebt": ("noticeReceivedDate",),
    "identityTheft": ("reportReceivedDate",),
    "legalAction": ("legalActionIntiatedDate", "legalJudgementEffectiveDate"),
    "militaryDuty": ("dutyStartDate", "dutyEndDate"),
}  # fmt: skip
PREVENTING = "objectsPreventingReminderTasks"
THRESHOLD = "lastOutboundInteractionThreshold"
OBJECTS = frozenset({"dni", "scheduledCall", "snooze"})
FURTHEST = 36_500
"""Days."""


class SmartReviews(msgspec.Struct, frozen=True):
    """The reviews of a type; off until they are enabled."""

    enable: bool = False
    config: dict[str, Any] | None = None


def check_reviews(base: str, reviews: SmartReviews | None, fields: Sequence[Mapping[str, Any]]) -> None:
    """Raise unless a configuration fits the base type.

    Raises:
        Invalid: It names no key date of the type, or an offset is no number of days.
    """
    dates = {*KEY_DATES.get(base, ()), *(field["name"] for field in fields if field.get("type") == "date")}
    for name, value in ((reviews and reviews.config) or {}).items():
        if base == "collection" and name == PREVENTING:
            fits = isinstance(value, list) and all(isinstance(one, str) and one in OBJECTS for one in value)
        elif base == "collection" and name == THRESHOLD:
            fits = value is None or _days(value)
        else:
            fits = name in dates and (value is None or _days(value) or _offsets(value))
        if not fits:
            msg = f"The smart reviews of a {base} case cannot have '{name[:50]}' like this."
            raise Invalid(msg, member="smartReviews")


def _offsets(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 100 and all(_days(one) for one in value)


def _days(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= FURTHEST
