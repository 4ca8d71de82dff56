"""Running a monitor over all borrowers of a tenant."""

from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

import msgspec

from casework.auth.sealing import Seals
from casework.casebook import Casebook
from casework.casebook.servicing.matching import NewCase
from casework.domain.access import Principal
from casework.domain.doors import Door
from casework.domain.refusals import Invalid, Refusal
from casework.monitors.matching import KINDS, Kind, Monitor
from casework.monitors.watchlist import watch_list

GROUP: Final = "casework.monitors"
BUILT_IN: Final = "watchlist"
DOOR: Final = Door("monitor")


class Setup(msgspec.Struct, frozen=True):
    """What a monitor is made with: what to look for, the file or folder that it may read, and the keyed hashes."""

    kind: Kind
    path: Path
    seals: Seals
    tenant: int


class Refused(msgspec.Struct, frozen=True):
    """A match whose case was refused: the borrower's number and why. It stays new, so that the next run tries again."""

    borrower: int
    why: str


class Report(msgspec.Struct, frozen=True):
    """What a run did: borrowers looked at, matches found, the numbers of the cases that were opened, and refusals."""

    borrowers: int
    matches: int
    cases: list[int]
    refused: list[Refused]


async def make(casebook: Casebook, who: Principal, *, kind: str, path: Path, monitor: str = BUILT_IN) -> Monitor:
    """Return a monitor.

    Args:
        casebook: The casebook.
        who: Who runs it.
        kind: What to look for: one of `KINDS`.
        path: The list.
        monitor: `watchlist`, or the name of an entry point.

    Raises:
        Invalid: There is no such kind or monitor, or the list cannot be read as one.
        OSError: The file cannot be read at all.
    """
    wanted = KINDS.get(kind)
    if wanted is None:
        msg = f"A monitor looks for one of: {', '.join(KINDS)}."
        raise Invalid(msg, member="kind")
    seals = await casebook.servicing.matches.seals.ready()
    if monitor == BUILT_IN:
        return watch_list(path, wanted, seals, who.tenant_id)
    for entry in entry_points(group=GROUP, name=monitor):
        made: Monitor = entry.load()(Setup(wanted, path, seals, who.tenant_id))
        return made
    msg = f"There is no monitor '{monitor}'."
    raise Invalid(msg, member="monitor")


async def run(casebook: Casebook, who: Principal, monitor: Monitor) -> Report:
    """Compare every borrower, and open one case with a review task for each match that has none yet.

    Any number of runs may go on at once: a match gets one case (`Matches.open`). A case that is refused stops nothing.
    """
    matches = casebook.servicing.matches
    taken = await matches.taken(who, monitor.name)
    borrowers, found, opened, refused = 0, 0, list[int](), list[Refused]()
    async for candidate in matches.candidates(who):
        borrowers += 1
        for match in monitor.matches(candidate):
            found += 1
            if match.fingerprint in taken:
                continue
            members = {
                **match.members,
                "autoCreated": True,
                "creationProcedure": monitor.kind.procedure,
                "matchToDataSource": True,
                "matchDetails": dict(match.details),
            }
            note = "A monitor found this borrower on a list; check whether it is the same person."
            asked = NewCase(monitor.kind.base, candidate.number, members, note)
            try:
                number = await matches.open(who, DOOR, monitor.name, match.fingerprint, asked)
            except Refusal as refusal:
                refused.append(Refused(candidate.number, refusal.message))
                continue
            if number is not None:
                opened.append(number)
    return Report(borrowers, found, opened, refused)
