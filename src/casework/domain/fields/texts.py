"""Custom fields: from what people write to the value that a case keeps (DOMAIN §3)."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from casework.domain.nouns import Field
from casework.domain.refusals import Invalid

_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?", re.ASCII)
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text)


def _boolean(text: str) -> bool:
    if text.lower() not in _BOOLEANS:
        raise ValueError(text)
    return _BOOLEANS[text.lower()]


def _date(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).isoformat()


READERS: Mapping[str, Callable[[str], Any]] = {
    "integer": _integer,
    "int": _integer,
    "number": _number,
    "float": _number,
    "decimal": _number,
    "boolean": _boolean,
    "bool": _boolean,
    "date": _date,
    "datetime": _moment,
}
"""How the text of each type of field is read; texts, enumerations and unknown types keep it as it is."""


def from_texts(known: Mapping[str, Field], given: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return the values of the named fields; None for those that are cleared.

    Raises:
        Invalid: There is no such field, or a value does not fit it; `rule` is "listed" where only listed ones do.
    """
    found: dict[str, Any] = {}
    for name, texts in given.items():
        field = known.get(name)
        if field is None:
            msg = f"There is no custom attribute '{name[:100]}'."
            raise Invalid(msg, member=name)
        if len(texts) > 1 and not field.many:
            msg = f"'{name}' takes one value."
            raise Invalid(msg, member=name)
        values = [_value(field, name, text) for text in texts]
        found[name] = (values if field.many else values[0]) if values else None
    return found


def _value(field: Field, name: str, text: str) -> Any:
    if field.values and text not in field.values:
        msg = f"'{name}' does not have the value '{text[:100]}'."
        raise Invalid(msg, member=name, rule="listed")
    try:
        value = READERS.get(field.type, str)(text)
    except ValueError as error:
        msg = f"'{text[:100]}' is no value of '{name}', which is of type {field.type}."
        raise Invalid(msg, member=name) from error
    low, high = field.min, field.max
    if isinstance(value, int | float) and ((low is not None and value < low) or (high is not None and value > high)):
        msg = f"'{name}' is out of range."
        raise Invalid(msg, member=name)
    return value


def to_texts(value: Any) -> list[str]:
    """Return a field's value as texts, one for each value of a many-valued field."""
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return [text for entry in value for text in to_texts(entry)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return [str(int(value))]
    return [str(value)]
