"""Random work on cases: the steps that hypothesis draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from casework.domain.doors import COMMAND_LINE, IBM_DOOR, Door

CORE_DOORS = (COMMAND_LINE, IBM_DOOR, Door("native"))

DOOR_ACTS = ("open", "comment", "resolve", "reopen", "watch")
"""What every door may be able to do; the other acts are commands given to the casebook."""
CORE_ACTS = (
    "edit", "status", "action", "assign", "say", "edit_comment", "remove_comment", "attach", "detach", "link", "unlink",
    "relate", "unrelate", "associate", "dissociate", "unwatch", "escalate", "deescalate", "snooze", "wake", "rate",
    "grant", "delete", "restore", "silence", "unsilence",
)  # fmt: skip

TEXTS = st.one_of(
    st.sampled_from(
        ["", "null", "true", "0", "Hello", "héllo wörld", "日本語 テスト", "a' or 1=1 --", "%_\\", "\U0001f600"]
    ),
    st.text(max_size=40),
)
FLOATS = st.floats(-(2.0**53), 2.0**53, allow_nan=False)
"""Beyond these, jsonb writes a float as an integer of other value."""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | FLOATS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def bounded(examples: int) -> settings:
    """Return settings under which a law takes the same examples every time."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@dataclass(frozen=True)
class Step:
    """One thing that somebody tries. Numbers choose among what is there at the time."""

    act: str
    who: int
    where: int
    what: int
    text: str
    json: Any
    flag: bool

    def __repr__(self) -> str:
        said = f"{self.text!r}, {self.json!r}, {self.flag}"
        return f"{self.act}(who={self.who}, where={self.where}, what={self.what}, {said})"


def steps(*acts: str) -> st.SearchStrategy[Step]:
    """Return the strategy of steps; without names, of all."""
    number = st.integers(0, 99)
    return st.builds(
        Step,
        act=st.sampled_from(acts or DOOR_ACTS + CORE_ACTS),
        who=st.just(0) | st.just(0) | number,  # most often the admin, whom nobody refuses
        where=st.integers(0, 2),
        what=number,
        text=TEXTS,
        json=JSON,
        flag=st.booleans(),
    )
