"""What the core must know of a door: its name, its stricter legality and its defaults (DOMAIN §2, §3)."""

import msgspec

from casework.domain.case import Audience
from casework.domain.lifecycle import BOTTLECRM, CORE, EGAIN, IBM, PEACH, WEBITEL, Profile


class Door(msgspec.Struct, frozen=True):
    """A way in. `audience` is what staff write when they do not say; `rank` the priority of a case without one.

    Rank 0 leaves it at the first of all priorities.
    """

    name: str
    profile: Profile = CORE
    audience: Audience = Audience.INTERNAL
    source: str = "API"
    rank: int = 3


COMMAND_LINE = Door("cli", audience=Audience.PUBLIC, source="MANUAL")
WORLD = Door("world")
IBM_DOOR = Door("ibm", profile=IBM, audience=Audience.PUBLIC, rank=4)
EGAIN_DOOR = Door("egain", profile=EGAIN)
BOTTLECRM_DOOR = Door("bottlecrm", profile=BOTTLECRM)
WEBITEL_DOOR = Door("webitel", profile=WEBITEL, rank=0)
PEACH_DOOR = Door("peach", profile=PEACH)
