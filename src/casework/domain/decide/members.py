"""Members as commands write them: which ones may be, and what becomes of the values."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from casework.domain.case import Case, Comment
from casework.domain.refusals import Invalid


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
    whole = dict(wanted)
    if isinstance(thing, Case) and "fields" in whole:
        whole["fields"] = _overlaid(thing.fields, whole["fields"])
    if "extra" in whole:
        by_api = {api: _overlaid(thing.extra.get(api, {}), own) for api, own in whole["extra"].items()}
        whole["extra"] = {api: own for api, own in {**thing.extra, **by_api}.items() if own}
    return whole


def _overlaid(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**old, **new}.items() if value is not None}


def further(first: int | None, listed: Iterable[int]) -> tuple[int, ...]:
    """Return who is assigned besides the first: each once, and not the first again."""
    return tuple(dict.fromkeys(number for number in listed if number != first))
