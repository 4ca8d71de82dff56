"""Checking a body member by member, for APIs that name every wrong one: msgspec alone reports the first only."""

from collections.abc import Mapping
from typing import Any

import msgspec

from casework.domain.refusals import Invalid

REQUIRED = "This field is required."
BLANK = "This field may not be blank."
NULL = "This field may not be null."
UNSTORABLE = "This field contains a character that cannot be stored."

Errors = dict[str, list[str]]


def check(kind: type[msgspec.Struct], body: Mapping[str, Any]) -> tuple[dict[str, Any], Errors]:
    """Return the members of `body` that fit the struct, converted, and what is wrong with the others, by name.

    Members that the struct lacks are ignored; those that are absent and have a default are in neither.
    """
    values: dict[str, Any] = {}
    errors: Errors = {}
    for field in msgspec.structs.fields(kind):
        name = field.encode_name
        if name not in body:
            if field.required:
                errors[name] = [REQUIRED]
            continue
        given = body[name]
        if _unstorable(given):
            errors[name] = [UNSTORABLE]
            continue
        try:
            values[name] = msgspec.convert(given, field.type)
        except msgspec.ValidationError as error:
            errors[name] = [_explain(given, str(error))]
    return values, errors


def refuse(errors: Errors) -> None:
    """Raise when anything is wrong.

    Raises:
        Invalid: With all of it: `member` is the first wrong one, `facts["errors"]` holds every one with its texts.
    """
    if errors:
        member, texts = next(iter(errors.items()))
        raise Invalid(texts[0], member=member, errors=errors)


def _unstorable(given: Any) -> bool:
    texts = given if isinstance(given, list) else [given]
    return any(isinstance(text, str) and "\x00" in text for text in texts)


def _explain(given: Any, message: str) -> str:
    if given is None:
        return NULL
    if isinstance(given, str) and not given.strip():
        return BLANK
    text, _, place = message.partition(" - at `$")
    if "matching regex" in text:
        text = "The value does not have the right form"
    return f"{text} (at {place.rstrip('`')})." if place else f"{text}."
