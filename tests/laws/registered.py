"""Every door. A further dialect implements `laws.doors.LawDoor` and registers itself here."""

from __future__ import annotations

from collections.abc import Callable

from casework.casebook import Casebook
from casting import Cast
from laws.bottlecrm import BottleCrmDoor
from laws.doors import CasebookDoor, LawDoor
from laws.egain import EgainDoor
from laws.ibm import IbmDoor
from laws.peach import PeachDoor
from laws.webitel import WebitelDoor

DOORS: tuple[Callable[[Cast, Casebook], LawDoor], ...] = (
    CasebookDoor,
    IbmDoor,
    BottleCrmDoor,
    EgainDoor,
    PeachDoor,
    WebitelDoor,
)
"""All of them; every law holds through each, and through any mixture."""
