"""What must hold within a world file, whatever is stored already."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from casework.auth.keys import SHORTEST
from casework.casebook.tenancy import SYSTEM_KEY
from casework.casebook.world.document.entries import LABELS, Item, items
from casework.casebook.world.document.reading import World, refuse
from casework.domain import defaults
from casework.domain.access import ROLES

BASES = frozenset(base for base, _ in defaults.BASE_TYPES)
EARLIEST = 1970
"""Year before which nothing can have happened: ids carry the time since then."""


def check(world: World) -> list[list[Item]]:
    """Return the items of each tenant.

    Raises:
        Invalid: Something stands twice, contradicts something else, or is out of range.
    """
    _unique(("", t.key, f"tenants[{i}].key", f"tenant '{t.key}'") for i, t in enumerate(world.tenants))
    found = [items(world, i) for i in range(len(world.tenants))]
    _unique(_members([item for tenant in found for item in tenant], "keys", "secret", "this secret"))
    for tenant in found:
        _unique(_keys(tenant))
        _unique(_members(tenant, "users", "email", "this address"))
        _unique(_members(tenant, "persons", "user", "a person of this user"))
        for kind in ("persons", "organizations", "objects", "cases"):
            _unique(_members(tenant, kind, "external_id", "this external_id"))
        for item in tenant:
            if item.kind in _RULES and not item.implied:
                _RULES[item.kind](item)
    return found


_Claim = tuple[str, Any, str, str]
"""(scope, value, path, words for it)."""


def _unique(claims: Iterable[_Claim]) -> None:
    seen: set[tuple[str, Any]] = set()
    for scope, value, path, words in claims:
        if (scope, value) in seen:
            raise refuse(path, f"{words} stands here for the second time")
        seen.add((scope, value))


def _keys(tenant: list[Item]) -> Iterator[_Claim]:
    for item in tenant:
        if not item.implied:
            scope = "services" if item.kind == "catalogs" else item.kind
            member = {"fields": ".name", "shares": ""}.get(item.kind, ".key")
            yield scope, item.key, item.path + member, f"{LABELS[item.kind]} '{item.bare_key}'"


def _members(found: list[Item], kind: str, member: str, words: str) -> Iterator[_Claim]:
    for item in found:
        value = item.members.get(member)
        if item.kind == kind and value is not None:
            scope = item.members["kind"] if kind == "objects" else ""
            yield scope, value.lower() if member == "email" else value, f"{item.path}.{member}", words


# ---- one entry


def _user(item: Item) -> None:
    _not_reserved(item)
    if item.members.get("email") == "":
        raise refuse(f"{item.path}.email", "is empty; leave it out")


def _not_reserved(item: Item) -> None:
    if item.key == SYSTEM_KEY:
        raise refuse(f"{item.path}.key", f"'{SYSTEM_KEY}' is the user who acts for the system itself")


def _role(item: Item) -> None:
    if item.key in ROLES:
        raise refuse(f"{item.path}.key", f"'{item.key}' is built in")


def _key(item: Item) -> None:
    members = item.members
    client = members.get("client")
    if client and members.get("user") != f"client-{item.key}":
        raise refuse(item.path, "a key is of a user or of a client, not of both")
    if not client and members.get("user") is None:
        raise refuse(item.path, "a key needs a user, or client: true")
    if (secret := members.get("secret")) is not None and len(secret) < SHORTEST:
        raise refuse(f"{item.path}.secret", f"has fewer than {SHORTEST} characters")


def _share(item: Item) -> None:
    if item.members["from"] == item.members["to"]:
        raise refuse(item.path, "a department shares with another one")


def _condition(item: Item) -> None:
    if not item.bare_key or "/" in item.key.removeprefix(f"{item.members['sla']}/"):
        raise refuse(item.path, "a condition needs a key, or a name without a slash")


def _case_type(item: Item) -> None:
    if (base := item.members.get("base", "generic")) not in BASES:
        raise refuse(f"{item.path}.base", f"'{base}' is none of {', '.join(sorted(BASES))}")
    fields = item.members.get("fields", [])
    claims = (("", field["name"], f"{item.path}.fields[{i}].name", "this field") for i, field in enumerate(fields))
    _unique(claims)


def _case(item: Item) -> None:
    members, path = item.members, item.path
    for one, other in (("stage", "status"), ("priority", "rank")):
        if members.get(one) is not None and members.get(other) is not None:
            raise refuse(f"{path}.{other}", f"give {one} or {other}, not both")
    _times(members, path)
    for i, file in enumerate(members.get("files", ())):
        if sum(file.get(form) is not None for form in ("path", "text", "base64")) != 1:
            raise refuse(f"{path}.files[{i}]", "a file needs one of path, text and base64")
    for i, link in enumerate(members.get("links", ())):
        if not any(link.values()):
            raise refuse(f"{path}.links[{i}]", "a link needs a name or a url")
    for i, relation in enumerate(members.get("relations", ())):
        if relation["to"] == item.key:
            raise refuse(f"{path}.relations[{i}].to", "a case cannot be related to itself")
    escalation = members.get("escalation")
    if escalation is not None and not (escalation.get("team") or escalation.get("user")):
        raise refuse(f"{path}.escalation", "an escalation needs a team or a user")


def _times(members: dict[str, Any], path: str) -> None:
    opened = members.get("created_at")
    said = [(name, members.get(name)) for name in ("created_at", "updated_at")]
    for many in ("comments", "files"):
        said += [(f"{many}[{i}].at", part.get("at")) for i, part in enumerate(members.get(many, ()))]
    for name, at in said:
        if at is not None and at.year < EARLIEST:
            raise refuse(f"{path}.{name}", f"lies before {EARLIEST}")
        if at is not None and opened is not None and at < opened:
            raise refuse(f"{path}.{name}", "lies before created_at")


_RULES: dict[str, Callable[[Item], None]] = {
    "users": _user,
    "persons": _not_reserved,
    "roles": _role,
    "keys": _key,
    "shares": _share,
    "sla_conditions": _condition,
    "case_types": _case_type,
    "cases": _case,
}
