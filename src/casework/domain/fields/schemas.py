"""Custom-field schemas of case types: what a schema may say, and what values it lets pass (spec/peach §11).

A schema is a mapping as `nouns.CaseType.fields` keeps it: `name`, `title`, `type`, `required`, `values`, `min`, `max`,
and in its `extra`, for those who say so, `length`, `default`, `description`, `order`, `prefix`, `postfix`, `enum`.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from casework.domain.refusals import Invalid

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,49}")
MOST_FIELDS = 100
_WHOLE = frozenset({"integer", "int", "long"})
_NUMBERS = frozenset({"number", "float", "decimal", "double", "currency", "percent"}) | _WHOLE
_BOOLEANS = frozenset({"boolean", "bool"})
_MOMENTS = frozenset({"datetime", "date-time", "date_time", "timestamp"})


def check_schemas(schemas: Sequence[Mapping[str, Any]], taken: Collection[str]) -> None:
    """Raise unless the schemas of a type are in order.

    Args:
        schemas: The schemas.
        taken: Names of the tenant's fields: a type may not use them again (DOMAIN §3).

    Raises:
        Invalid: With the first that is wrong.
    """
    if len(schemas) > MOST_FIELDS:
        msg = f"A case type has at most {MOST_FIELDS} custom fields."
        raise Invalid(msg, member="customFieldSchemas")
    seen: set[str] = set()
    for schema in schemas:
        name = schema["name"]
        if not _NAME.fullmatch(name):
            msg = "A field's name has letters, digits and underscores, at most 50, and begins with no digit."
            raise Invalid(msg, member="fieldName")
        if name in seen or name in taken:
            msg = f"There is a field '{name}' already."
            raise Invalid(msg, member="fieldName")
        seen.add(name)
        low, high = schema.get("min"), schema.get("max")
        if low is not None and high is not None and low > high:
            msg = f"The smallest value of '{name}' is above its largest."
            raise Invalid(msg, member="validation")
        if (default := default_of(schema)) is not None:
            check_value(schema, default)


def default_of(schema: Mapping[str, Any]) -> Any:
    """Return the value that a new case has in a field unless it is given one, None for none."""
    return schema.get("extra", {}).get("default")


def check_values(schemas: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> None:
    """Raise unless the custom fields of a case, as they will be, fit the schemas of its type.

    Raises:
        Invalid: With the field's name: it is unknown, missing though required, or its value does not fit.
    """
    known = {schema["name"]: schema for schema in schemas}
    for name, value in values.items():
        if name not in known:
            msg = f"The case type has no custom field '{name[:100]}'."
            raise Invalid(msg, member=name)
        if value is not None:
            check_value(known[name], value)
    for name, schema in known.items():
        if schema.get("required") and values.get(name) is None:
            msg = f"The custom field '{name}' is required."
            raise Invalid(msg, member=name)


def check_fields(schemas: Sequence[Mapping[str, Any]], present: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Raise unless custom fields may be written to a case that has some already; None takes a value away.

    What other doors wrote and no schema knows stays as it is (DOMAIN §3).

    Raises:
        Invalid: As `check_values`.
    """
    known = {schema["name"] for schema in schemas}
    kept = {name: value for name, value in present.items() if name in known and name not in given}
    check_values(schemas, {**kept, **given})


def check_value(schema: Mapping[str, Any], value: Any) -> None:
    """Raise Invalid unless a value fits its schema."""
    name, kind = schema["name"], str(schema.get("type", "string")).lower()
    longest = schema.get("extra", {}).get("length")
    many = schema.get("many") and isinstance(value, list | tuple)
    for entry in value if many else (value,):
        if not _is_of(kind, entry):
            msg = f"'{name}' is of type {kind}."
            raise Invalid(msg, member=name)
        if schema.get("values") and _text(entry) not in [_text(listed) for listed in schema["values"]]:
            msg = f"'{name}' does not have this value."
            raise Invalid(msg, member=name)
        if isinstance(entry, str) and longest is not None and len(entry) > longest:
            msg = f"'{name}' has at most {longest} characters."
            raise Invalid(msg, member=name)
        low, high = schema.get("min"), schema.get("max")
        number = isinstance(entry, int | float) and not isinstance(entry, bool)
        if number and ((low is not None and entry < low) or (high is not None and entry > high)):
            msg = f"'{name}' is out of range."
            raise Invalid(msg, member=name)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_of(kind: str, value: Any) -> bool:
    if kind in _BOOLEANS:
        return isinstance(value, bool)
    if kind in _NUMBERS:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole if kind in _WHOLE else whole or isinstance(value, float)
    if kind == "date":
        return isinstance(value, str) and _reads(date.fromisoformat, value)
    if kind in _MOMENTS:
        return isinstance(value, str) and _reads(datetime.fromisoformat, value)
    if kind == "enum":
        return isinstance(value, str | int | float)
    return isinstance(value, str)


def _reads(reader: Any, text: str) -> bool:
    try:
        reader(text)
    except ValueError:
        return False
    return True
