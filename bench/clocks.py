"""`python -m bench.clocks`: how many cases a core can replay a second for their service level clocks."""

import cProfile
import pstats
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from casework.domain.case import Stage
from casework.domain.events import Envelope, Event
from casework.domain.nouns import Calendar, Sla
from casework.domain.sla.calendar import DAYS, WorkingTime
from casework.domain.sla.clocks import clocks
from casework.domain.sla.policy import Policy, policy

CASES = 20_000
START = datetime(2024, 1, 1, tzinfo=UTC)
ACTIVE = (Stage.OPEN, Stage.WAITING, Stage.OPEN, Stage.PROPOSED)


def calendars() -> list[WorkingTime]:
    """Return three offices with lunch breaks and days off."""
    hours = [(day, *span) for day in DAYS[:5] for span in (("09:00", "12:30"), ("13:30", "17:00"))]
    return [
        WorkingTime(
            Calendar(
                tenant_id=1,
                number=number,
                uid=UUID(int=number),
                timezone=zone,
                hours=tuple({"day": day, "from": start, "to": end} for day, start, end in hours),
                days=tuple({"date": f"{year}-12-{day}", "name": "Rest"} for year in (2024, 2025) for day in (25, 26)),
            )
        )
        for number, zone in enumerate(("Europe/Berlin", "America/New_York", "Asia/Kolkata"), 1)
    ]


def policies() -> list[Policy]:
    """Return two policies for each calendar."""
    return [
        policy(
            Sla(
                tenant_id=1,
                number=n,
                uid=UUID(int=n),
                name="P",
                calendar=n % 3 + 1,
                reaction=n * 1800,
                resolution=n * 7200,
            ),
            None,
            1,
        )
        for n in range(10, 16)
    ]


def history(luck: random.Random, agreed: Policy) -> list[tuple[Event, Envelope]]:
    """Return what happens on a case: 8 to 20 events over some days, half of them comments."""
    at = START + timedelta(minutes=luck.randrange(600_000))
    said = {"subject": "x", "priority": 3, "sla": agreed.key[0], "sla_versions": agreed.key[2:]}
    told: list[tuple[Event, Envelope]] = [(Event("opened", said), Envelope(at, 1, "ibm", 1))]
    reacted = False
    for version in range(2, luck.randrange(8, 20)):
        at += timedelta(minutes=luck.expovariate(1 / 400))
        event = Event("commented", {"text": "x"}, noun="comment")
        if luck.random() < 0.5:
            event = Event("assigned", {"owner": 5}, {"owner": None})
        elif luck.random() < 0.6:
            said = {"stage": luck.choice(ACTIVE), "status": 5, **({} if reacted else {"reacted_at": at})}
            event, reacted = Event("status_changed", said), True
        told.append((event, Envelope(at, 1, "ibm", version)))
    at += timedelta(minutes=luck.expovariate(1 / 900))
    if luck.random() < 0.8:
        done = Event("status_changed", {"stage": Stage.RESOLVED, "resolved_at": at, "reacted_at": at})
        told.append((done, Envelope(at, 1, "ibm", len(told) + 1)))
    return told


def main() -> None:
    """Replay every case once, five times over, and print the best."""
    luck = random.Random(7)
    agreed = policies()
    known = {found.key: found for found in agreed}
    by_key = {calendar.key: calendar for calendar in calendars()}
    cases = [history(luck, luck.choice(agreed)) for _ in range(CASES)]
    until = START + timedelta(days=500)

    def replay() -> float:
        start = time.process_time()
        for case in cases:
            clocks(case, known, by_key, until)
        return CASES / (time.process_time() - start)

    print(f"first round (years are worked out): {replay():,.0f} replays/s")
    events = sum(map(len, cases)) / CASES
    print(f"best of five: {max(replay() for _ in range(5)):,.0f} replays/s, {events:.1f} events a case")
    if "--profile" in sys.argv:
        with cProfile.Profile() as profile:
            replay()
        pstats.Stats(profile).sort_stats("tottime").print_stats(12)


if __name__ == "__main__":
    main()
