"""Measuring several servers beside each other: a second each, in turns, so that a noisy moment hits all of them."""

from collections.abc import Callable, Mapping
from statistics import median

import msgspec

from bench.processes import processor_time, spent
from bench.wrk import Load

WORTH = 40
"""Answers that a slice should hold on each connection; slow operations get longer slices."""
LONGEST = 6
"""Seconds of a slice."""


class Sample(msgspec.Struct, frozen=True):
    """One slice. Times are milliseconds, `app` and `database` microseconds of processor time a request."""

    rate: float
    p50: float = 0
    p99: float = 0
    failed: int = 0
    app: float = 0
    database: float = 0


class Figures(msgspec.Struct, frozen=True):
    """All slices of one contender: medians, and the least disturbed quarter for processor time."""

    rate: float
    p50: float
    p99: float
    failed: int
    app: float
    database: float
    slices: int


class Contender:
    """Something that answers an operation: how to run a slice of it, and which processes it costs."""

    def __init__(self, load: Load, app: int | None, database: int | None) -> None:
        self._load = load
        self._app = app
        self._database = database

    def slice(self, connections: int, seconds: int) -> Sample:
        """Run one slice."""
        app, database = processor_time(self._app), processor_time(self._database)
        seen = self._load.slice(connections, seconds)
        requests = max(1, seen.requests)
        return Sample(
            rate=seen.rate,
            p50=seen.p50 / 1000,
            p99=seen.p99 / 1000,
            failed=seen.failed + seen.lost,
            app=spent(app, processor_time(self._app)) / requests,
            database=spent(database, processor_time(self._database)) / requests,
        )


Slicer = Callable[[int, int], Sample]


class Result(msgspec.Struct, frozen=True):
    """What contenders did; `ratios` are the first one's rates to each other one's, medians over the rounds."""

    connections: int
    figures: dict[str, Figures]
    ratios: dict[str, float]


def measure(contenders: Mapping[str, Slicer], connections: int, seconds: int) -> Result:
    """Run all contenders in turns until each had `seconds`, after a slice each that does not count."""
    warm = {name: run(connections, 1) for name, run in contenders.items()}
    slowest = max(0.1, min(sample.rate for sample in warm.values()))
    length = max(1, min(LONGEST, round(WORTH * connections / slowest / 4)))
    rounds = max(3, seconds // length)
    samples: dict[str, list[Sample]] = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            samples[name].append(contenders[name](connections, length))
    first, *others = names
    ratios = {
        other: median(a.rate / b.rate if b.rate else 0 for a, b in zip(samples[first], samples[other], strict=True))
        for other in others
    }
    return Result(connections, {name: _figures(taken) for name, taken in samples.items()}, ratios)


def _figures(samples: list[Sample]) -> Figures:
    def quiet(values: list[float]) -> float:
        return sorted(values)[len(values) // 4]

    return Figures(
        rate=median(s.rate for s in samples),
        p50=median(s.p50 for s in samples),
        p99=median(s.p99 for s in samples),
        failed=sum(s.failed for s in samples),
        app=quiet([s.app for s in samples]),
        database=quiet([s.database for s in samples]),
        slices=len(samples),
    )
