"""From members of an entry to columns of its noun."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from casework.auth import keys
from casework.casebook.world.document.entries import Item
from casework.casebook.world.document.reading import refuse
from casework.domain.nouns import Noun, Person, Status

RENAMED: Mapping[str, Mapping[str, str]] = {
    "teams": {"default": "default_team"},
    "case_types": {"version": "type_version"},
}
"""Kind → member → column, where they differ."""
APART = {"users": frozenset({"password"}), "keys": frozenset({"secret"})}
"""Members that are no columns."""


def columns(
    item: Item, resolved: Mapping[str, Any], names: Iterable[str], row: Noun | None, known: Mapping[int, Noun]
) -> dict[str, Any]:
    """Return the columns that these members of an entry ask for.

    Args:
        item: The entry.
        resolved: Its members with numbers in place of keys.
        names: Which members count.
        row: The noun as it is, or None when it is to be made; then what it needs is filled.
        known: Its siblings by number.

    Raises:
        Invalid: A new one lacks something.
    """
    apart = APART.get(item.kind, frozenset())
    found = {column(item.kind, name): _column(resolved[name]) for name in names if name not in apart}
    if "name" in found and found["name"] is None:
        found["name"] = item.bare_key
    if item.kind == "keys" and "secret" in names and resolved["secret"] is not None:
        found |= secret_columns(resolved["secret"])
    if item.kind == "statuses":
        _settle_status(item, found, row, known)
    if row is None:
        found["key"] = item.key
        if item.kind != "persons":
            found.setdefault("name", item.bare_key)
    if item.kind == "persons":
        _settle_person(item, found, row)
    return found


def column(kind: str, member: str) -> str:
    """Return the column of an entry's member; of a secret, the one that always goes with it."""
    return "digest" if (kind, member) == ("keys", "secret") else RENAMED.get(kind, {}).get(member, member)


def secret_columns(secret: str) -> dict[str, Any]:
    """Return what is kept of a key's secret."""
    return {"digest": keys.digest(secret), "prefix": keys.prefix(secret)}


def _column(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_column(part) for part in value)
    if isinstance(value, dict):
        return msgspec.to_builtins(value)
    return value


def _settle_status(item: Item, found: dict[str, Any], row: Noun | None, known: Mapping[int, Noun]) -> None:
    """A new status needs a stage and stands behind those of its set."""
    for name in ("stage", "position"):
        if found.get(name) is None:
            found.pop(name, None)
    if row is None:
        if "stage" not in found:
            raise refuse(f"{item.path}.stage", "is missing")
        of_set = [s for s in known.values() if isinstance(s, Status) and s.status_set == found["status_set"]]
        behind = max((s.position + 1 for s in of_set), default=0)
        found.setdefault("position", behind + item.index)


def _settle_person(item: Item, found: dict[str, Any], row: Noun | None) -> None:
    """A person's name is only kept where first and last name do not say it."""
    before = row if isinstance(row, Person) else None
    said = found.get("first_name", "") or found.get("last_name", "")
    spelt = said or (before is not None and (before.first_name or before.last_name))
    if "name" in item.members:
        return
    if said and before is not None:
        found["name"] = ""
    elif before is None and not spelt:
        found.setdefault("name", item.bare_key)
