"""How values travel: names in any casing, long numbers as text, times in milliseconds, no zeros (spec/webitel §2)."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from casework.domain.refusals import Invalid

HIGHEST = 2**63 - 1
DEFAULT_SIZE = 10
EVERYTHING = 1_000
"""Rows of a page with a negative size; `next` tells of more (issue 3)."""
LARGEST_PAGE = 10_000
UNTOUCHED = frozenset({"custom", "old_value", "new_value"})
"""Members whose inside belongs to the tenant: neither re-cased nor thinned out."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SEPARATOR = re.compile(r"[,\s]+")


def snake(name: str) -> str:
    """Return a name as we know it, whether it came in snake_case, lowerCamelCase, or as a path of members.

    >>> snake("contactId"), snake("filtersV1"), snake("userID"), snake("input.userID.id"), snake("inputUserIdId")
    ('contact_id', 'filters_v1', 'user_id', 'input_user_id_id', 'input_user_id_id')
    """
    return _HUMP.sub("_", name).replace(".", "_").lower()


def recased(value: Any) -> Any:
    """Return a body with every member's name in snake_case; of two spellings the exact one counts."""
    if isinstance(value, list):
        return [recased(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for name, inner in sorted(value.items(), key=lambda item: item[0] == snake(item[0])):
        plain = snake(name)
        found[plain] = inner if plain in UNTOUCHED else recased(inner)
    return found


# ---- reading


def number(value: Any, member: str) -> int:
    """Return a whole number that came as a number or as text; nothing is 0.

    Raises:
        Invalid: It is neither, negative, or beyond 64 bits.
    """
    if value is None or value == "":
        return 0
    found = integer(value, member)
    if found < 0:
        msg = f"'{member}' must not be negative."
        raise Invalid(msg, member=member)
    return found


def integer(value: Any, member: str) -> int:
    """Return a whole number of 64 bits that came as a number or as text."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value, re.ASCII):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > HIGHEST:
        msg = f"'{member}' must be a whole number."
        raise Invalid(msg, member=member)
    return value


def text(value: Any, member: str, most: int | None = None) -> str:
    """Return text; nothing is empty text.

    Raises:
        Invalid: It is something else, or longer than `most` characters.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        msg = f"'{member}' must be text."
        raise Invalid(msg, member=member)
    if most is not None and len(value) > most:
        msg = f"'{member}' may have at most {most} characters."
        raise Invalid(msg, member=member)
    return value


def flag(value: Any, member: str) -> bool:
    """Return a boolean that came as such or as text."""
    known = {"true": True, "1": True, "false": False, "0": False, "": False}
    if isinstance(value, str) and value.lower() in known:
        return known[value.lower()]
    if value is None or isinstance(value, bool):
        return bool(value)
    msg = f"'{member}' must be true or false."
    raise Invalid(msg, member=member)


def reference(value: Any, member: str) -> int | None:
    """Return the id that a link `{id, name}` holds; None for an empty link, id 0 or nothing at all: cleared."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        msg = f"'{member}' must be an object with an id."
        raise Invalid(msg, member=member)
    return number(value.get("id"), f"{member}.id") or None


def instant(value: Any, member: str) -> datetime | None:
    """Return a time from Unix milliseconds; None for 0 and nothing.

    Raises:
        Invalid: It is no number, or no time between the years 1 and 9999.
    """
    if value is None or value == "":
        return None
    found = integer(value, member)
    return at(found, member) if found else None


def at(found: int, member: str) -> datetime:
    """Return the time of a number of milliseconds.

    Raises:
        Invalid: It lies before the year 1 or after 9999.
    """
    try:
        return _EPOCH + timedelta(milliseconds=found)
    except OverflowError as error:
        msg = f"'{member}' is no time in milliseconds."
        raise Invalid(msg, member=member) from error


# ---- writing


def int64(value: int | None) -> str | None:
    """Return a 64-bit number as answers have it: text; None for zero, which is left out."""
    return str(value) if value else None


def milliseconds(at: datetime | str | None) -> str | None:
    """Return a time as answers have it: text of Unix milliseconds. Rows' JSON has ISO text."""
    if at is None:
        return None
    value = datetime.fromisoformat(at) if isinstance(at, str) else at
    return int64((value - _EPOCH) // timedelta(milliseconds=1))


def seconds(at: datetime | str | None) -> str | None:
    """Return the time of a comment: cut to whole seconds before it becomes milliseconds (spec/webitel §2)."""
    if at is None:
        return None
    value = datetime.fromisoformat(at) if isinstance(at, str) else at
    return int64((value - _EPOCH) // timedelta(seconds=1) * 1000)


def lookup(ident: int | None, name: str | None, **more: Any) -> dict[str, Any] | None:
    """Return a link to a row; None, which is left out, for no row."""
    return None if ident is None else {"id": str(ident), "name": name, **more}


def thinned(value: Any, keep: frozenset[str] = frozenset()) -> Any:
    """Return an answer without members that are zero of their type; the members in `keep` stay whatever they are."""
    if isinstance(value, list):
        return [thinned(entry, keep) for entry in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for name, inner in value.items():
        shown = inner if name in UNTOUCHED else thinned(inner, keep)
        if name in keep or not (shown is None or shown is False or shown in ("", 0, [])):
            found[name] = shown
    return found


# ---- questions


class Parameters(msgspec.Struct, frozen=True):
    """The query of a request by snake_case name, every value in order."""

    values: Mapping[str, list[str]]

    def one(self, name: str) -> str:
        """Return the last value of a parameter, or empty text."""
        return self.values.get(name, [""])[-1]

    def many(self, name: str) -> list[str]:
        """Return the values of a parameter; each may itself be a list, by commas or spaces."""
        return [part for value in self.values.get(name, []) for part in _SEPARATOR.split(value) if part]

    def numbers(self, name: str) -> list[int]:
        """Return the ids that a parameter lists."""
        return [number(part, name) for part in self.many(name)]

    def flag(self, name: str) -> bool | None:
        """Return a boolean parameter, None where it is absent."""
        return flag(self.one(name), name) if name in self.values else None


def parameters(pairs: Iterable[tuple[str, Any]]) -> Parameters:
    """Return a query with its names in snake_case."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(snake(name), []).append(str(value))
    return Parameters(found)


class Window(msgspec.Struct, frozen=True):
    """A page of a list: from `offset` on `size` rows; one more is fetched to see whether there is a next page."""

    page: int
    size: int

    @property
    def offset(self) -> int:
        """How many rows lie before the page."""
        return min((self.page - 1) * self.size, HIGHEST)

    @property
    def limit(self) -> int:
        """How many rows to fetch."""
        return self.size + 1

    def cut(self, rows: list[Any]) -> tuple[list[Any], bool]:
        """Return the rows of the page and whether there are more."""
        return rows[: self.size], len(rows) > self.size


def window(asked: Parameters) -> Window:
    """Return the page that is asked for: 1 and 10 where nothing, or 0, is given; a negative size means everything."""
    page, size = integer(asked.one("page") or 0, "page"), integer(asked.one("size") or 0, "size")
    if page < 0:
        msg = "'page' must not be negative."
        raise Invalid(msg, member="page")
    return Window(page or 1, min(size or DEFAULT_SIZE, LARGEST_PAGE) if size >= 0 else EVERYTHING)


def fields(asked: Parameters, name: str = "fields") -> list[str]:
    """Return the names that an answer shall have; empty where none are given."""
    return list(dict.fromkeys(snake(entry) for entry in asked.many(name)))


def order(asked: Parameters) -> tuple[str, bool]:
    """Return the field to sort by, empty for the default, and whether descending.

    A plus sign in a query is a space once it is decoded.
    """
    given = asked.one("sort").strip()
    return snake(given.lstrip("+-").strip()), given.startswith("-")


class Pattern(msgspec.Struct, frozen=True):
    """What `q` looks for: `value` as a part of a text, in any case of letters, or as a regular expression."""

    value: str
    expression: bool = False

    @property
    def like(self) -> str:
        """The pattern for `ilike`."""
        return f"%{escaped(self.value)}%"


def escaped(value: str) -> str:
    """Return a text as it stands for itself in a pattern of `like`."""
    return re.sub(r"([\\%_])", r"\\\1", value)


def pattern(asked: Parameters, name: str = "q") -> Pattern | None:
    """Return what is searched for; None for nothing (spec/webitel §2)."""
    given = asked.one(name)
    if len(given) > 2 and given.startswith("/") and given.endswith("/"):
        return Pattern(given[1:-1], expression=True)
    given = given.strip("*")
    return Pattern(given) if given else None
