"""A tenant of a world file as a flat list of items: what there is, under which key, and what the file says of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from casework.casebook.world.document import schema
from casework.casebook.world.document.reading import World, builtins
from casework.domain import nouns
from casework.domain.nouns import Noun


class Kind(NamedTuple):
    """A kind of entry: the noun that it becomes, and what people call one."""

    noun: type[Noun]
    label: str


KINDS: Mapping[str, Kind] = {
    "departments": Kind(nouns.Department, "department"),
    "roles": Kind(nouns.CustomRole, "role"),
    "users": Kind(nouns.User, "user"),
    "organizations": Kind(nouns.Organization, "organization"),
    "persons": Kind(nouns.Person, "person"),
    "teams": Kind(nouns.Team, "team"),
    "objects": Kind(nouns.Object, "object"),
    "priorities": Kind(nouns.Priority, "priority"),
    "status_sets": Kind(nouns.StatusSet, "status set"),
    "statuses": Kind(nouns.Status, "status"),
    "sources": Kind(nouns.Source, "source"),
    "close_reason_groups": Kind(nouns.CloseReasonGroup, "close reason group"),
    "close_reasons": Kind(nouns.CloseReason, "close reason"),
    "calendars": Kind(nouns.Calendar, "calendar"),
    "slas": Kind(nouns.Sla, "SLA"),
    "sla_conditions": Kind(nouns.SlaCondition, "SLA condition"),
    "catalogs": Kind(nouns.Service, "catalog"),
    "services": Kind(nouns.Service, "service"),
    "case_types": Kind(nouns.CaseType, "case type"),
    "fields": Kind(nouns.Field, "field"),
    "keys": Kind(nouns.Key, "key"),
}
"""The kinds that are nouns, in the order in which they are made."""

LABELS = {"tenants": "tenant", "shares": "share", "cases": "case", **{kind: of.label for kind, of in KINDS.items()}}


class Nesting(NamedTuple):
    """Entries within entries: the member that holds them, their kind, and the member that names the outer one."""

    member: str
    kind: str
    parent: str


NESTED: Mapping[str, Nesting] = {
    "status_sets": Nesting("statuses", "statuses", "status_set"),
    "close_reason_groups": Nesting("reasons", "close_reasons", "close_reason_group"),
    "slas": Nesting("conditions", "sla_conditions", "sla"),
    "catalogs": Nesting("services", "services", "parent"),
    "services": Nesting("services", "services", "parent"),
}
QUALIFIED = frozenset({"statuses", "close_reasons", "sla_conditions"})
"""Kinds whose keys are unique within the outer entry only: they are kept as `<outer key>/<key>`."""
TENANT_MEMBERS = ("name", "timezone", "dialects", "default_department")
CLIENT = "client-"
"""Before a key's key: the key of the service user that a client application is."""


class Item(msgspec.Struct, frozen=True):
    """One entry. `members` are those that the file gives, references as keys.

    `index` is its place among its siblings; an `implied` one stands in no file and is made when it is missing.
    """

    kind: str
    key: str
    path: str
    members: dict[str, Any]
    index: int = 0
    implied: bool = False

    @property
    def bare_key(self) -> str:
        """The key as the file has it."""
        return self.key.rpartition("/")[2]


def items(world: World, i: int) -> list[Item]:
    """Return the entries of the file's tenant number `i`, in the order in which they are made."""
    tenant, raw, path = world.tenants[i], world.document["tenants"][i], f"tenants[{i}]"
    members = _given(tenant, {name: raw[name] for name in TENANT_MEMBERS if name in raw})
    found = [Item("tenants", tenant.key, path, members)]
    for kind in (*KINDS, "cases"):
        if kind in raw:
            found += _entries(kind, getattr(tenant, kind), raw[kind], f"{path}.{kind}")
    for index, share in enumerate(tenant.shares):
        said = {"from": share.source, "to": share.to, "activities": share.activities}
        found.append(Item("shares", f"{share.source}/{share.to}", f"{path}.shares[{index}]", said, index))
    found += _clients(found)
    order = {kind: place for place, kind in enumerate(("tenants", *KINDS, "shares", "cases"))}
    return sorted(found, key=lambda item: order[item.kind])


def _given(entry: Any, raw: Mapping[str, Any], skip: tuple[str, ...] = ()) -> dict[str, Any]:
    found: dict[str, Any] = _said(builtins(entry), {name: raw[name] for name in raw if name not in skip})
    return found


def _said(whole: Any, raw: Any) -> Any:
    """Return what the file gives of an entry and its parts, defaults that it leaves out left out."""
    if isinstance(raw, dict):
        return {name: _said(whole[name], member) for name, member in raw.items()}
    if isinstance(raw, list):
        return [_said(part, member) for part, member in zip(whole, raw, strict=True)]
    return whole


def _entries(
    kind: str, entries: Sequence[Any], raws: Sequence[Any], path: str, outer: tuple[str, str] | None = None
) -> Iterator[Item]:
    nesting = NESTED.get(kind)
    for index, (entry, raw) in enumerate(zip(entries, raws, strict=True)):
        key = _key(entry)
        if outer is not None and kind in QUALIFIED:
            key = f"{outer[1]}/{key}"
        members = _given(entry, raw, ("key", *((nesting.member,) if nesting else ())))
        if outer is not None:
            members[outer[0]] = outer[1]
        if kind == "keys" and entry.client and entry.user is None:
            members["user"] = CLIENT + key
        yield Item(kind, key, f"{path}[{index}]", members, index)
        if nesting is not None and nesting.member in raw:
            inner = (getattr(entry, nesting.member), raw[nesting.member], f"{path}[{index}].{nesting.member}")
            yield from _entries(nesting.kind, *inner, (nesting.parent, key))


def _key(entry: Any) -> str:
    if isinstance(entry, schema.FieldSpec):
        return entry.name
    if isinstance(entry, schema.SlaCondition):
        return entry.key or entry.name or ""
    key: str = entry.key
    return key


def _clients(found: list[Item]) -> Iterator[Item]:
    """Yield the users that client applications are, where the file does not name them itself."""
    named = {item.key for item in found if item.kind == "users"}
    for item in found:
        if item.kind == "keys" and item.members.get("client") and CLIENT + item.key not in named:
            members = {"name": item.members.get("name") or item.key, "kind": "service", "roles": ["agent"]}
            yield Item("users", CLIENT + item.key, item.path, members, implied=True)
