"""Compliance monitoring: compare borrowers with what others know of them, and open a case for each new match.

A monitor is anything that tells how candidates match (`matching.Monitor`). Packages add their own under the entry
point group `casework.monitors`, as a callable that takes a `Setup`; `watchlist` is built in.
"""

from casework.monitors.matching import KINDS, Kind, Match, Monitor
from casework.monitors.running import Report, Setup, make, run

__all__ = ["KINDS", "Kind", "Match", "Monitor", "Report", "Setup", "make", "run"]
