"""Draws docs/pictures/sla.svg, the clocks of one case, with the engine itself; prints the explanation of the same case.

`python tools/plot_sla.py > docs/pictures/sla.svg`, `python tools/plot_sla.py --explain` for the text in the guide.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from casework.domain.case import Stage
from casework.domain.events import Envelope, Event
from casework.domain.nouns import Calendar, Sla
from casework.domain.sla.calendar import DAYS, WorkingTime, minute, moment
from casework.domain.sla.clocks import Clock, clocks
from casework.domain.sla.explain import explain
from casework.domain.sla.policy import policy

HOURS = (("09:00", "12:30"), ("13:30", "17:00"))
OFFICE = WorkingTime(
    Calendar(
        tenant_id=1,
        number=1,
        uid=UUID(int=1),
        name="Office",
        timezone="Europe/Berlin",
        hours=tuple({"day": day, "from": start, "to": end} for day in DAYS[:5] for start, end in HOURS),
        exceptions=({"date": "2023-12-24", "repeat": "yearly", "working": False, "name": "Christmas Eve"},),
        days=(
            {"date": "2024-12-25", "name": "Christmas Day"},
            {"date": "2024-12-26", "name": "Second Day of Christmas"},
        ),
    )
)
GOLD = policy(
    Sla(tenant_id=1, number=2, uid=UUID(int=2), name="Gold", calendar=1, reaction=30 * 60, resolution=8 * 3600), None, 1
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


OPENED, TAKEN, ASKED, HEARD, DONE = map(
    at, ("2024-12-20T14:00", "2024-12-20T14:20", "2024-12-20T15:00", "2024-12-23T09:00", "2024-12-27T08:40")
)
HISTORY = [
    (Event("opened", {"sla": 2, "sla_versions": (1, 0, 1)}), Envelope(OPENED, 1, "ibm", 1)),
    (Event("status_changed", {"stage": Stage.OPEN, "reacted_at": TAKEN}), Envelope(TAKEN, 1, "ibm", 2)),
    (Event("status_changed", {"stage": Stage.WAITING}), Envelope(ASKED, 1, "ibm", 3)),
    (Event("status_changed", {"stage": Stage.OPEN}), Envelope(HEARD, 1, "ibm", 4)),
    (Event("status_changed", {"stage": Stage.RESOLVED, "resolved_at": DONE}), Envelope(DONE, 1, "ibm", 5)),
]
RUN = clocks(HISTORY, {GOLD.key: GOLD}, {OFFICE.key: OFFICE}, DONE)
LEFT, RIGHT, TOP, HEIGHT = 96, 884, 34, 236
BEGIN, END = at("2024-12-19T23:00"), at("2024-12-27T23:00")
BARS, CURVE, FLOOR = 56, 118, TOP + HEIGHT
STYLE = """
    .work { fill: #dcebff } .runs { fill: #1d5fbf } .stands { fill: #c9a227 } .due { stroke: #b3261e }
    .day { stroke: #c3ccd9 } .curve { stroke: #1d5fbf; fill: none } .target { stroke: #b3261e; stroke-dasharray: 5 4 }
    line, path { stroke-width: 2 } .day { stroke-width: 1 } text { fill: #17202e } .small { font-size: 12px }
    @media (prefers-color-scheme: dark) {
      .work { fill: #17324f } .runs { fill: #6aa8ff } .stands { fill: #d9b84a } .day { stroke: #445266 }
      .due, .target { stroke: #ff8a80 } .curve { stroke: #6aa8ff } text { fill: #e8eef6 }
    }
"""


def x(when: datetime) -> float:
    return round(LEFT + (RIGHT - LEFT) * ((when - BEGIN) / (END - BEGIN)), 1)


def line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def text(left: float, y: float, said: str, *, anchor: str = "start") -> str:
    return f'<text class="small" x="{left}" y="{y}" text-anchor="{anchor}">{said}</text>'


def bar(kind: str, start: datetime, end: datetime, y: float, height: float) -> str:
    return f'<rect class="{kind}" x="{x(start)}" y="{y}" width="{max(x(end) - x(start), 1.5):.1f}" height="{height}"/>'


def calendar() -> Iterator[str]:
    """The days, and the hours in which the office works."""
    day = BEGIN
    while day < END:
        local = day.astimezone(OFFICE.zone)
        yield line("day", x(day), TOP, x(day), FLOOR)
        yield text((x(day) + x(day + timedelta(days=1))) / 2, TOP - 10, f"{local:%a %d %b}", anchor="middle")
        slots, why = OFFICE.slots(local.date())
        for start, end in slots:
            yield bar("work", day + timedelta(minutes=start), day + timedelta(minutes=end), TOP, HEIGHT)
        if why:
            yield text((x(day) + x(day + timedelta(days=1))) / 2, FLOOR - 8, "day off", anchor="middle")
        day += timedelta(days=1)


def clock(name: str, found: Clock, y: float) -> Iterator[str]:
    """The spans of a clock, and where it was due."""
    yield text(8, y + 12, name)
    for span in found.intervals:
        yield bar("stands" if span.paused else "runs", span.start, span.end, y, 16)
    if found.due is not None:
        yield line("due", x(found.due), y - 4, x(found.due), y + 20)
        yield text(x(found.due) + 5, y + 13, f"due {found.due.astimezone(OFFICE.zone):%a %H:%M}")


def curve(found: Clock) -> Iterator[str]:
    """How much working time the clock has used, hour by hour."""

    def height(minutes: int) -> float:
        return round(FLOOR - 22 - (FLOOR - CURVE - 40) * minutes / found.target, 1)

    points, used = [], 0
    for span in found.intervals:
        start = minute(span.start)
        steps = [*range(start, minute(span.end), 30), minute(span.end)]
        points += [(x(moment(s)), height(used + (0 if span.paused else OFFICE.between(start, s)))) for s in steps]
        used += span.minutes
    yield f'<path class="curve" d="M{" L".join(f"{left} {y}" for left, y in points)}"/>'
    yield line("target", LEFT, height(found.target), RIGHT, height(found.target))
    yield text(8, height(found.target) + 4, f"{found.target // 60} h target")
    yield text(8, height(0) + 4, "hours used")


def main() -> None:
    reaction, resolution = RUN.reaction, RUN.resolution
    if "--explain" in sys.argv or reaction is None or resolution is None:
        print("\n".join(explain(RUN, {OFFICE.key: OFFICE}, DONE)))
        return
    label = "Clocks of a case over eight days: blue while they run, yellow while the case waits for the client"
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 930 {FLOOR + 12}" font-family="system-ui, sans-serif"')
    print(f'  font-size="14" role="img" aria-label="{label}">')
    print(f"  <style>{STYLE}  </style>")
    parts = [*calendar(), *clock("Reaction", reaction, BARS - 14), *clock("Resolution", resolution, BARS + 22)]
    for part in (*parts, *curve(resolution)):
        print(f"  {part}")
    print("</svg>")


if __name__ == "__main__":
    main()
