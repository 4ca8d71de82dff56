"""Results as a table while they come, and as JSON beside it."""

import json
import os
import platform
import time
from pathlib import Path
from typing import Any

import msgspec

from bench.operations import Operation
from bench.processes import cores
from bench.rounds import Result

_COLUMNS = "{:>8} {:18} {:>4} {:>9} {:>8} {:>8} {:>9} {:>6} {:>9} {:>6} {:>9} {:>13} {:>6}"


def heading(seconds: int) -> str:
    """Return the lines over the table."""
    served, load = (",".join(map(str, sorted(chosen))) for chosen in cores())
    head = f"servers and database on cores {served}, load from {load}; {seconds} s each, in slices, in turns"
    names = ("cases", "operation", "conn", "req/s", "p50 ms", "p99 ms", "floor", "ratio", "pgbench", "ratio")
    more = ("app µs", "database µs", "failed")
    return head + "\n" + _COLUMNS.format(*names, *more)


class Report:
    """Everything that was measured."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.memory: dict[str, int] = {}
        self.scale: list[tuple[Operation, Result]] = []

    def add(self, cases: int, operation: Operation, result: Result) -> None:
        """Keep and print one row."""
        self.rows.append({"cases": cases, "operation": operation.name, **msgspec.to_builtins(result)})
        ours, floor, bench = (result.figures[name] for name in ("casework", "floor", "pgbench"))
        line = _COLUMNS.format(
            cases,
            operation.name,
            result.connections,
            f"{ours.rate:.0f}",
            f"{ours.p50:.1f}",
            f"{ours.p99:.1f}",
            f"{floor.rate:.0f}",
            f"{result.ratios['floor']:.2f}",
            f"{bench.rate:.0f}",
            f"{result.ratios['pgbench']:.2f}",
            f"{ours.app:.0f}/{floor.app:.0f}",
            f"{ours.database:.0f}/{floor.database:.0f}",
            f"{ours.failed}/{floor.failed}",
        )
        print(line, flush=True)

    def write(self, folder: Path) -> str:
        """Write the JSON and return the closing lines."""
        folder.mkdir(exist_ok=True)
        path = folder / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
        scale = [{"operation": operation.name, **msgspec.to_builtins(result)} for operation, result in self.scale]
        machine = {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}
        everything = {"machine": machine, "rows": self.rows, "memory": self.memory, "scale": scale}
        path.write_text(json.dumps(everything, indent=1))
        lines = [f"memory, {when}: {used / 1e6:.0f} MB" for when, used in self.memory.items()]
        return "\n".join([*lines, f"written: {path}"])


def print_scale(operation: Operation, result: Result) -> None:
    """Print how much slower an operation is in the larger store."""
    (small, first), (large, second) = result.figures.items()
    print(
        f"{operation.name:18} {small:>8}: {first.rate:8.0f}/s  {large:>8}: {second.rate:8.0f}/s"
        f"  {result.ratios[large]:5.2f} times slower  p50 {first.p50:.1f} / {second.p50:.1f} ms",
        flush=True,
    )
