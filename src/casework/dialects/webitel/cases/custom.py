"""Custom fields: `custom` of a case, by the types of this API, to and from what a case keeps (spec/webitel §14)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from casework.dialects.webitel import conventions
from casework.domain.nouns import Field
from casework.domain.refusals import Invalid

INTEGERS = frozenset({"int", "integer", "duration"})
NUMBERS = frozenset({"float", "number", "decimal"})
BOOLEANS = frozenset({"bool", "boolean"})
TIMES = frozenset({"datetime", "timestamp"})
EMPTY: tuple[Any, ...] = (None, "", [], {})


def received(known: Mapping[str, Field], given: Any) -> dict[str, Any]:
    """Return the fields that a body writes, as a case keeps them; None for those that it empties.

    Raises:
        Invalid: There is no such field, it may not be written, or the value does not fit its type.
    """
    if given is None:
        return {}
    if not isinstance(given, dict):
        msg = "'custom' must be an object."
        raise Invalid(msg, member="custom")
    found: dict[str, Any] = {}
    for name, value in given.items():
        field = known.get(name)
        if field is None:
            msg = f"There is no custom field '{name[:100]}'."
            raise Invalid(msg, member=f"custom.{name[:100]}")
        found[name] = None if value in EMPTY else _many(field, name, value)
    return found


def check_required(known: Mapping[str, Field], whole: Mapping[str, Any]) -> None:
    """Raise Invalid unless every field that is required has a value."""
    for name, field in known.items():
        if field.required and whole.get(name) in EMPTY:
            msg = f"'custom.{name}' is required."
            raise Invalid(msg, member=f"custom.{name}")


def _many(field: Field, name: str, value: Any) -> Any:
    if not field.many and field.type != "list":
        return _single(field, name, value)
    if not isinstance(value, list):
        raise _unfit(name, "a list")
    return [_single(field, name, entry) for entry in value]


def _single(field: Field, name: str, value: Any) -> Any:
    found = _typed(field.type, name, value)
    if field.values and found not in field.values:
        raise _unfit(name, f"one of {', '.join(field.values)}")
    if isinstance(found, int | float) and not isinstance(found, bool):
        low, high = field.min, field.max
        if (low is not None and found < low) or (high is not None and found > high):
            raise _unfit(name, "within its range")
    return found


def _typed(kind: str, name: str, value: Any) -> Any:
    member = f"custom.{name}"
    if kind in INTEGERS:
        return conventions.integer(value, member)
    if kind in NUMBERS:
        return _number(name, value)
    if kind in BOOLEANS:
        return conventions.flag(value, member)
    if kind in TIMES:
        return conventions.at(conventions.integer(value, member), member).isoformat()
    if kind in {"lookup", "list"} and isinstance(value, dict):
        return {"id": str(conventions.number(value.get("id"), member)), "name": str(value.get("name") or "")}
    return conventions.text(value, member)


def _number(name: str, value: Any) -> float:
    try:
        found = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        found = None
    if found is None or found != found or abs(found) == float("inf"):  # noqa: PLR0124 - what is not itself is not a number
        raise _unfit(name, "a number")
    return found


def _unfit(name: str, what: str) -> Invalid:
    return Invalid(f"'custom.{name}' must be {what}.", member=f"custom.{name}")


def shown(known: Mapping[str, Field], kept: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the custom fields of a case as an answer has them; None for none."""
    found = {name: _shown(known.get(name), value) for name, value in kept.items()}
    return found or None


def _shown(field: Field | None, value: Any) -> Any:
    if field is not None and field.type in TIMES and isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return value
        return conventions.milliseconds(at if at.tzinfo else at.replace(tzinfo=UTC))
    return value
