"""Ids as this API spells them (spec/peach §2, DOMAIN §1): `LL-XXXX-XXXX`, digits, or `ext-` and an external id."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager

from casework.dialects.spellings import peach, peach_number
from casework.domain.refusals import Duplicate, NotFound

CASE, CASE_TYPE, BORROWER, USER, EMPLOYEE, TEAM = "CS", "CT", "BO", "UR", "EM", "TM"
LOAN, INTERACTION, DOCUMENT = "LN", "IN", "DC"
NOTE, TASK, WORKFLOW, SUPERCASE, DO_NOT_INTERACT = "NT", "TK", "WF", "SC", "DN"
COMPANY, IDENTITY, WEBHOOK = "CP", "BI", "WH"
EXTERNAL = "ext-"
LONGEST = 50
"""Characters of an external id."""

Find = Callable[[str], Awaitable[int | None]]
"""Looks an external id up."""


def spelt(prefix: str, number: int | None) -> str | None:
    """Return the id of something, None for nothing."""
    return None if number is None else peach(prefix, number)


def every(prefix: str, numbers: Iterable[int]) -> list[str]:
    """Return the ids of several things of a kind."""
    return [peach(prefix, number) for number in numbers]


def read(prefix: str, text: str) -> int | str | None:
    """Return what an AnyId names: a number, an external id (text), or None when it can be no id of this kind."""
    if text.startswith(EXTERNAL):
        rest = text[len(EXTERNAL) :]
        return rest if 0 < len(rest) <= LONGEST and "\x00" not in rest else None
    return peach_number(prefix, text)


async def resolve(prefix: str, text: str, find: Find | None = None) -> int | None:
    """Return the number that an AnyId names, None when nothing can have such an id.

    A number is not looked up: whoever uses it says whether there is such a thing. External ids are, with `find`.
    """
    named = read(prefix, text)
    if isinstance(named, str):
        return await find(named) if find is not None else None
    return named


async def in_path(prefix: str, text: str, what: str, find: Find | None = None) -> int:
    """Return the number that an AnyId in a path names.

    Raises:
        NotFound: Nothing can have such an id.
    """
    number = await resolve(prefix, text, find)
    if number is None:
        msg = f"There is no such {what}."
        raise NotFound(msg)
    return number


@contextmanager
def naming(prefix: str) -> Iterator[None]:
    """Name the thing that has an external id already by its id in the refusal (spec/peach §13)."""
    try:
        yield
    except Duplicate as error:
        existing = error.facts.get("existing")
        if not isinstance(existing, int):
            raise
        found = peach(prefix, existing)
        msg = f"{error.message} It is {found}."
        raise Duplicate(msg, member=error.member, existing=found) from error
