"""Members as commands write them: which ones may be, and what becomes of the values."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, get_type_hints

import msgspec

from casework.domain.case import Case, Comment
from casework.domain.refusals import Invalid

_FREE = frozenset({"fields", "extra", "stage"})
"""Members whose values are read elsewhere."""
_TYPES = {name: kind for name, kind in get_type_hints(Case).items() if name not in _FREE}
RANKS = range(1, 5)


def typed(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return members of a case with lists as the tuples that a case has.

    Raises:
        Invalid: A value is not of the kind that the member has.
    """
    found = dict(given)
    for name, value in given.items():
        if name not in _TYPES:
            continue
        try:
            found[name] = msgspec.convert(value, _TYPES[name])
        except msgspec.ValidationError as error:
            msg = f"'{name}' cannot have this value."
            raise Invalid(msg, member=name) from error
    if found.get("rank") is not None and found["rank"] not in RANKS:
        msg = "A rank is a number from 1 to 4."
        raise Invalid(msg, member="rank")
    return found


def only(wanted: Iterable[str], allowed: Collection[str]) -> None:
    """Raise Invalid for the first of `wanted` that is not allowed."""
    for name in wanted:
        if name not in allowed:
            msg = f"'{name}' cannot be set this way."
            raise Invalid(msg, member=name)


def merged(thing: Case | Comment, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return `wanted` with its `fields` and `extra` as they will be: writes merge by name (DOMAIN §3).

    None takes a value away. In `extra` the names lie below the API that knows them.
    """
    whole = typed(wanted) if isinstance(thing, Case) else dict(wanted)
    if isinstance(thing, Case) and "fields" in whole:
        whole["fields"] = overlaid(thing.fields, whole["fields"])
    if "extra" in whole:
        by_api = {api: overlaid(thing.extra.get(api, {}), own) for api, own in whole["extra"].items()}
        whole["extra"] = {api: own for api, own in {**thing.extra, **by_api}.items() if own}
    return whole


def overlaid(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return values merged by name; None takes one away."""
    return {name: value for name, value in {**old, **new}.items() if value is not None}


def further(first: int | None, listed: Iterable[int]) -> tuple[int, ...]:
    """Return who is assigned besides the first: each once, and not the first again."""
    return tuple(dict.fromkeys(number for number in listed if number != first))
