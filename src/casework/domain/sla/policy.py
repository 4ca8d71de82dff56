"""What was agreed for a case: one version of an SLA, of its condition for the priority, and of its calendar."""

from collections.abc import Mapping
from typing import Any

import msgspec

from casework.domain.nouns import Sla, SlaCondition

Key = tuple[int, ...]
"""SLA, its condition (0: none), and the versions of both and of the calendar: names one `Policy` for good."""


class Policy(msgspec.Struct, frozen=True, gc=False):
    """Targets in whole minutes of working time, and the stages in which the clocks stand.

    `calendar` is the key of a `WorkingTime`; `name` is what people call the policy.
    """

    key: Key
    name: str
    calendar: tuple[int, int]
    reaction: int
    resolution: int
    pauses: frozenset[str]


def policy(sla: Sla, condition: SlaCondition | None, calendar: int) -> Policy:
    """Return what an SLA agrees; `calendar` is its calendar's version.

    The times of the condition replace those of the SLA, both of them; seconds beyond a minute are dropped
    (spec/webitel §5.2, §5.3).
    """
    timed = condition or sla
    own = condition.version if condition else 0
    name = f"{sla.name or sla.key or sla.number}, version {sla.version}"
    if condition is not None:
        name += f", condition {condition.name or condition.key or condition.number}"
    return Policy(
        key=(sla.number, condition.number if condition else 0, sla.version, own, calendar),
        name=name,
        calendar=(sla.calendar or 0, calendar),
        reaction=timed.reaction // 60,
        resolution=timed.resolution // 60,
        pauses=frozenset(sla.pauses),
    )


def key_of(said: Mapping[str, Any]) -> Key | None:
    """Return which policy counts, by the members of a case in `AGREED`; None for a case without one."""
    if said.get("sla") is None or not said.get("sla_versions"):
        return None
    return (said["sla"], said.get("sla_condition") or 0, *said["sla_versions"])


AGREED = ("sla", "sla_condition", "sla_versions")
"""The members of a case that name its policy."""
