"""Reading and writing the members of a case through each API, as `laws.members` names them."""

from __future__ import annotations

from typing import Any

from laws.bottlecrm import BottleCrmDoor
from laws.doors import LawDoor, Person, Refused
from laws.egain import EgainDoor
from laws.ibm import IbmDoor


async def members(door: LawDoor, person: Person, number: int) -> dict[str, Any]:
    """Return a case as the door answers it, nested values taken out."""
    if isinstance(door, IbmDoor):
        return dict((await door._ask(person, "GET", f"/CS{number:07d}")).json())
    if isinstance(door, BottleCrmDoor):
        answer = await door._ask(person, "GET", f"{await door._uid(number, person)}/")
        return dict(answer.json()["case_obj"])
    assert isinstance(door, EgainDoor)
    answer = await door._ask(person, "GET", f"/{number}", **{"$attribute": "all"})
    case = dict(answer.json()["case"][0])
    case["severity"], case["status"] = case["severity"]["value"], case["status"]["value"]
    case["customer"] = case["customer"]["id"] if "customer" in case else None
    case["owner"] = case["owner"]["user"]["id"] if "owner" in case else None
    return case


async def write(door: LawDoor, person: Person, number: int, member: str, value: Any) -> None:
    """Write one member. Raises `Refused`."""
    if isinstance(door, IbmDoor):
        await door._write(person, "PUT", f"/CS{number:07d}/status", value)
    elif isinstance(door, BottleCrmDoor):
        await door._write(person, "PATCH", f"{await door._uid(number, person)}/", {member: value})
    elif member == "close":
        await door.resolve(person, number)
    else:
        assert isinstance(door, EgainDoor)
        answer = await door._ask(person, "GET", f"/{number}")
        if answer.status_code != 200:
            raise Refused(answer.status_code)
        modified = answer.json()["case"][0]["lastModified"]
        sent = {"value": value} if member == "severity" else value
        await door._write(person, "PATCH", "", {"id": str(number), "lastModified": modified, member: sent})
