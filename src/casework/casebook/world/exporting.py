"""`export`: a tenant as a world document; applied to an empty installation it gives the same export again."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from casework.casebook import Casebook
from casework.casebook.tenancy import SYSTEM_KEY
from casework.casebook.world.columns import column
from casework.casebook.world.document import schema
from casework.casebook.world.document.entries import CLIENT, KINDS, NESTED, QUALIFIED
from casework.casebook.world.document.reading import builtins
from casework.casebook.world.document.references import REFERENCES, places
from casework.casebook.world.exporting_cases import CaseExporter
from casework.casebook.world.known import founded
from casework.casebook.world.naming import Names
from casework.domain.nouns import CustomRole, Department, Key, Noun, Person, Service, User
from casework.domain.refusals import NotFound
from casework.store import nouns
from casework.store.people import tenants
from casework.store.people.tenants import Tenant
from casework.store.postgres.database import Database

SHAPES: Mapping[str, type[Any]] = {
    "departments": schema.Department,
    "roles": schema.Role,
    "users": schema.User,
    "organizations": schema.Organization,
    "persons": schema.Person,
    "teams": schema.Team,
    "objects": schema.Object,
    "priorities": schema.Priority,
    "status_sets": schema.StatusSet,
    "statuses": schema.Status,
    "sources": schema.Source,
    "close_reason_groups": schema.CloseReasonGroup,
    "close_reasons": schema.CloseReason,
    "calendars": schema.Calendar,
    "slas": schema.Sla,
    "sla_conditions": schema.SlaCondition,
    "catalogs": schema.Service,
    "services": schema.Service,
    "case_types": schema.CaseType,
    "fields": schema.FieldSpec,
    "keys": schema.ApiKey,
}
PARTS: Mapping[tuple[str, str], type[Any]] = {
    ("teams", "conditions"): schema.Condition,
    ("calendars", "hours"): schema.Hours,
    ("calendars", "exceptions"): schema.Exceptional,
    ("case_types", "fields"): schema.FieldSpec,
}
UNSAID = frozenset({"key", "password", "secret"})
DURATIONS = frozenset({"reaction", "resolution"})
UNITS = ((86400, "d"), (3600, "h"), (60, "m"))
_ORDER = tuple(dict.fromkeys(f.encode_name for shape in SHAPES.values() for f in msgspec.structs.fields(shape)))
INNER = frozenset(nesting.kind for nesting in NESTED.values())


async def export(database: Database, casebook: Casebook, tenant_key: str, folder: Path | None = None) -> dict[str, Any]:
    """Return a tenant as a world document.

    Credentials are left out, and so is what every tenant has and nobody changed. Things without a key get one from
    their number. It is configuration and cases, not a backup: histories, deleted things and numbers are not in it.

    Args:
        database: The installation's.
        casebook: On the same database.
        tenant_key: Which tenant.
        folder: Where to put the bytes of files; without one they stand in the document.

    Raises:
        NotFound: There is no such tenant, or the bytes of a file are lost.
    """
    async with database.system() as connection:
        tenant = await tenants.by_key(connection, tenant_key)
    if tenant is None:
        raise NotFound(f"There is no tenant '{tenant_key}'.")
    casebook.catalogue.forget(tenant.tenant_id)
    rows: dict[str, list[Noun]] = {}
    async with database.tenant(tenant.tenant_id) as connection:
        for kind in KINDS.values():
            found = await nouns.everything(connection, tenant.tenant_id, kind.noun)
            rows[kind.noun.table] = [noun for noun in found if noun.deleted_at is None]
    exporter = _Exporter(tenant, rows)
    document = exporter.tenant()
    cases = CaseExporter(database, casebook, tenant, exporter.names, folder)
    if entries := await cases.entries():
        document["cases"] = entries
    whole: dict[str, Any] = msgspec.to_builtins({"version": 1, "tenants": [document]})
    return whole


class _Exporter:
    """The nouns of one tenant as entries."""

    def __init__(self, tenant: Tenant, rows: Mapping[str, list[Noun]]) -> None:
        self._tenant = tenant
        self._rows = rows
        self._founded = founded()
        alone = [person for person in rows["persons"] if isinstance(person, Person) and self._is_automatic(person)]
        taken = {person.key for person in rows["persons"]} - {None, SYSTEM_KEY}
        self._automatic = {p.number for p in alone if self._users()[p.user or 0].key not in taken}
        self.names = Names(rows, self._automatic)

    def _users(self) -> dict[int, User]:
        return {user.number: user for user in self._rows["users"] if isinstance(user, User)}

    def _is_automatic(self, person: Person) -> bool:
        """Whether a user gets such a person by himself."""
        user = self._users().get(person.user or 0)
        if user is None or person.key not in {None, SYSTEM_KEY}:
            return False
        own = Person(
            person.tenant_id, person.number, person.uid, person.key, user.name, email=user.email, user=user.number
        )
        return all(getattr(own, name) == getattr(person, name) for name in (*schema.Person.__struct_fields__, "name"))

    def tenant(self) -> dict[str, Any]:
        """Return the tenant's entry, cases left out."""
        tenant = self._tenant
        found: dict[str, Any] = {"key": tenant.key}
        if tenant.name != tenant.key:
            found["name"] = tenant.name
        if tenant.timezone != "UTC":
            found["timezone"] = tenant.timezone
        if dialects := tenant.settings.get("dialects"):
            found["dialects"] = dialects
        if department := self.names.of("departments", tenant.default_department):
            found["default_department"] = department
        for kind in KINDS:
            if kind not in INNER and (entries := self._entries(kind, self._tops(kind))):
                found[kind] = entries
            if kind == "departments" and (shares := self._shares()):
                found["shares"] = shares
        return found

    def _tops(self, kind: str) -> list[Noun]:
        rows = self._rows[KINDS[kind].noun.table]
        if kind == "catalogs":
            return [row for row in rows if isinstance(row, Service) and row.parent is None]
        if kind == "persons":
            return [row for row in rows if row.number not in self._automatic]
        if kind == "users":
            return [row for row in rows if row.key != SYSTEM_KEY]
        if kind == "roles":
            return [row for row in rows if isinstance(row, CustomRole) and not row.built_in]
        if kind == "keys":
            held = [row for row in rows if isinstance(row, Key) and row.revoked_at is None]
            return [row for row in held if self.names.of("users", row.user)]
        return rows

    def _entries(self, kind: str, rows: Iterable[Noun]) -> list[dict[str, Any]]:
        found = [self._entry(kind, row, index) for index, row in enumerate(rows)]
        if kind == "users":
            clients = self._clients()
            found = [entry for entry in found if entry != clients.get(entry["key"])]
        return [entry for entry in found if len(entry) > 1 or not self._is_built_in(kind, entry)]

    def _is_built_in(self, kind: str, entry: Mapping[str, Any]) -> bool:
        key = entry.get("key", "")
        return self._founded.row(kind, f"default/{key}" if kind in QUALIFIED else key) is not None

    def _clients(self) -> dict[str, dict[str, Any]]:
        """Return the entries of the users that client applications get by themselves."""
        found = {}
        for row in self._rows["keys"]:
            if isinstance(row, Key) and row.client and (key := self.names.of("keys", row.number)):
                said = {"key": CLIENT + key, "name": row.name, "kind": "service", "roles": ["agent"]}
                found[CLIENT + key] = said
        return found

    def _entry(self, kind: str, noun: Noun, index: int) -> dict[str, Any]:
        """Return what the file has to say of a noun."""
        key = self.names.of(KINDS[kind].noun.table, noun.number) or ""
        bare = key.rpartition("/")[2] if kind in QUALIFIED else key
        members = self._members(kind, noun)
        usual = self._usual(kind, noun, key, index)
        said = {name: value for name, value in members.items() if value != usual.get(name, msgspec.UNSET)}
        found: dict[str, Any] = {"name": key} if kind == "fields" else {"key": bare}
        found |= {name: _spoken(name, value) for name, value in said.items() if name not in found}
        if (nesting := NESTED.get(kind)) is not None and (inner := self._inner(nesting.kind, noun)):
            found[nesting.member] = inner
        return found

    def _inner(self, kind: str, outer: Noun) -> list[dict[str, Any]]:
        nesting = next(nesting for nesting in NESTED.values() if nesting.kind == kind)
        rows = [row for row in self._rows[KINDS[kind].noun.table] if getattr(row, nesting.parent) == outer.number]
        if kind == "statuses":
            rows.sort(key=lambda row: (getattr(row, "position", 0), row.number))
        return self._entries(kind, rows)

    def _members(self, kind: str, noun: Noun) -> dict[str, Any]:
        """Return all members of an entry, references as keys."""
        nested = {NESTED[kind].member} if kind in NESTED else set()
        names = {field.encode_name for field in msgspec.structs.fields(SHAPES[kind])} - UNSAID - nested
        members = {name: builtins(getattr(noun, column(kind, name))) for name in _ORDER if name in names}
        for member, target in REFERENCES.get(kind, {}).items():
            for holder, place, _ in list(places(members, member.split("."))):
                holder[place] = self.names.of(target, holder[place])
            if isinstance(members.get(member), list):
                members[member] = [key for key in members[member] if key is not None]
        for (of, name), part in PARTS.items():
            if of == kind:
                known = {field.encode_name for field in msgspec.structs.fields(part)}
                members[name] = [
                    {n: v for n, v in said.items() if n in known and v is not None} for said in members[name]
                ]
        if kind == "users":
            members["roles"] = [role for role in members["roles"] if role in self.names.roles]
        elif kind == "keys" and members["client"]:
            members["user"] = None
        return members

    def _usual(self, kind: str, noun: Noun, key: str, index: int) -> dict[str, Any]:
        """Return the members that an entry need not say: a built-in thing's own, else the defaults."""
        built_in = self._founded.row(kind, noun.key or "")
        if built_in is not None:
            return self._members(kind, built_in)
        fields = msgspec.structs.fields(SHAPES[kind])
        usual = {f.encode_name: builtins(f.default) for f in fields if f.default is not msgspec.NODEFAULT}
        usual |= {f.encode_name: builtins(f.default_factory()) for f in fields if callable(f.default_factory)}
        usual["name"] = key.rpartition("/")[2] if kind in QUALIFIED else key
        if isinstance(noun, Person):
            user = self._users().get(noun.user or 0)
            spelt = noun.first_name or noun.last_name
            usual["name"] = "" if spelt else user.name if user and user.key != SYSTEM_KEY else key
        elif kind == "statuses" and not key.startswith("default/"):
            usual["position"] = index
        return usual

    def _shares(self) -> list[dict[str, Any]]:
        found = []
        for row in self._rows["departments"]:
            for number, activities in row.shared_with.items() if isinstance(row, Department) else ():
                if (to := self.names.of("departments", int(number))) is not None:
                    said = {"from": self.names.of("departments", row.number), "to": to}
                    found.append({**said, "activities": True} if activities else said)
        return found


def _spoken(name: str, value: Any) -> Any:
    """Return a duration the way people write it."""
    if name in DURATIONS and value:
        return next((f"{value // size}{unit}" for size, unit in UNITS if value % size == 0), value)
    return value
