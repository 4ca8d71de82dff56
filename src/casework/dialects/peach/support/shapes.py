"""Shapes that many bodies share, with the limits that bind writers (spec/peach §2)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from casework.dialects.spellings import peach
from casework.domain.nouns import Noun

ExternalId = Annotated[str, Meta(min_length=1, max_length=50)]
MetaKey = Annotated[str, Meta(max_length=100)]
MetaValue = Annotated[str, Meta(max_length=500)] | bool | int | float | None
MetaData = Annotated[dict[MetaKey, MetaValue], Meta(max_length=50)]
Short = Annotated[str, Meta(max_length=100)]
Text = Annotated[str, Meta(max_length=500)]
Long = Annotated[str, Meta(max_length=5000)]
Id = Annotated[str, Meta(min_length=1, max_length=100)]


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A body; members that were not given are UNSET."""

    externalId: ExternalId | UnsetType | None = UNSET  # noqa: N815 - the wire's name
    metaData: MetaData | UnsetType | None = UNSET  # noqa: N815 - the wire's name


def moment(at: datetime | None) -> str | None:
    """Return a time as this API writes it: microseconds and an offset.

    >>> from datetime import UTC
    >>> moment(datetime(2024, 12, 3, 18, 16, 8, tzinfo=UTC))
    '2024-12-03T18:16:08.000000+00:00'
    """
    return at.isoformat(timespec="microseconds") if at is not None else None


def day(value: date | None) -> str | None:
    """Return a date as this API writes it."""
    return value.isoformat() if value is not None else None


def stamps(noun: Noun) -> dict[str, Any]:
    """Return the times that every object shows; `updatedAt` is null until the first update."""
    return {
        "createdAt": moment(noun.created_at),
        "updatedAt": moment(noun.updated_at) if noun.version > 1 else None,
        "deletedAt": moment(noun.deleted_at),
    }


def told(noun: Noun) -> Mapping[str, Any]:
    """Return what only this API knows of a noun."""
    found: Mapping[str, Any] = noun.extra.get("peach", {})
    return found


def own(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return those of the given members that are kept as what only this API knows."""
    return {name: msgspec.to_builtins(values[name]) for name in names if name in values}


def company(tenant: int) -> str:
    """Return the id of a company."""
    return peach("CP", tenant)


def optional(prefix: str, number: int | None) -> str | None:
    """Return an id, or None."""
    return peach(prefix, number) if number is not None else None
