"""Case types as servicers change them: every change is a new version, one of them is active (spec/peach §11)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from casework.casebook.catalogue import Catalogue
from casework.casebook.reference import Change, Reference
from casework.domain.access import Principal
from casework.domain.defaults import BASE_TYPES
from casework.domain.doors import Door
from casework.domain.fields.schemas import check_schemas
from casework.domain.nouns import CaseType, Field
from casework.domain.refusals import Invalid, NotFound

WRITE = "catalogue.edit"
BUILT_IN = frozenset(base for base, _ in BASE_TYPES)
STAMPS = ("published_at", "published_by", "deprecated_at", "deprecated_by")


class Types:
    """Finds types and makes versions of them."""

    def __init__(self, catalogue: Catalogue, reference: Reference) -> None:
        self._catalogue = catalogue
        self._reference = reference

    async def every(self, tenant: int) -> list[CaseType]:
        """Return all versions of all types, newest first."""
        words = await self._catalogue.vocabulary(tenant)
        return sorted((t for t in words.types.values() if t.deleted_at is None), key=lambda t: -t.number)

    async def one(self, tenant: int, number: int) -> CaseType:
        """Return one version of a type.

        Raises:
            NotFound: There is none.
        """
        found = (await self._catalogue.knowing(tenant, type=number)).types.get(number)
        if found is None or found.deleted_at is not None:
            msg = "There is no such case type."
            raise NotFound(msg)
        return found

    async def create(
        self, who: Principal, door: Door, members: Mapping[str, Any], copy_of: int | None = None
    ) -> CaseType:
        """Make a type, version 1; what `members` leave out comes from the type that it copies.

        Raises:
            NotFound: There is no such type to copy.
            Invalid: The base differs from the copied type's, or a schema is wrong.
        """
        async with self._reference.changing(who, door, WRITE) as change:
            new = dict(members)
            if copy_of is not None:
                model = await change.get(CaseType, copy_of)
                if new.get("base", model.base) != model.base:
                    msg = "A copy has the base type of what it copies."
                    raise Invalid(msg, member="caseType")
                new = _based(model, new) | {"derived_from": model.number}
            return await _add(change, who, door, new, version=1)

    async def update(self, who: Principal, door: Door, number: int, members: Mapping[str, Any]) -> CaseType:
        """Make the next version of a type from its newest one; the version before it becomes deprecated.

        Raises:
            NotFound: There is no such type.
            Invalid: It is built in, the base differs, or a schema is wrong.
        """
        async with self._reference.changing(who, door, WRITE) as change:
            await change.connection.fetchval("select pg_advisory_xact_lock(7310, $1)", who.tenant_id)
            named = await change.get(CaseType, number)
            if built_in(named):
                msg = "The built-in case types do not change; make a copy of this one."
                raise Invalid(msg, member="id")
            if members.get("base", named.base) != named.base:
                msg = "The base type of a case type does not change."
                raise Invalid(msg, member="caseType")
            first = named.family or named.number
            versions = await change.find(CaseType, "family", first) if named.family else [named]
            newest = max(versions, key=lambda version: version.type_version)
            new = _based(newest, members) | {"derived_from": newest.number, "family": first}
            if named.family is None:
                versions = [await change.set(named, family=first)]
            for version in versions:
                if version.status == "draft" or (version.status == "active" and new["status"] != "draft"):
                    await _deprecate(change, who, door, version, new["extra"].get(door.name, {}))
            return await _add(change, who, door, new, version=newest.type_version + 1)


def built_in(kind: CaseType) -> bool:
    """Tell whether a type is one of those that every tenant has."""
    return kind.key in BUILT_IN and kind.key == kind.base


def _based(model: CaseType, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a new version: those of the one it is based on, with the given ones on top."""
    kept = {name: getattr(model, name) for name in ("base", "name", "description", "fields")}
    extra = {
        name: {key: value for key, value in part.items() if key not in (*STAMPS, "deprecation_message")}
        for name, part in model.extra.items()
    }
    given = members.get("extra", {})
    merged = {name: {**extra.get(name, {}), **given.get(name, {})} for name in extra.keys() | given.keys()}
    status = {} if members.get("status") else {"status": model.status}
    return {**kept, **status, **members, "extra": merged}


async def _add(change: Change, who: Principal, door: Door, members: dict[str, Any], version: int) -> CaseType:
    fields: Sequence[Mapping[str, Any]] = members.get("fields", ())
    taken = {field.key or field.name for field in await change.find(Field, "tenant_id", change.tenant)}
    check_schemas(fields, taken)
    status = members.setdefault("status", "draft")
    members["extra"] = _stamped(members.get("extra", {}), door, who, change.at, status)
    return await change.add(CaseType, type_version=version, **members)


async def _deprecate(
    change: Change, who: Principal, door: Door, version: CaseType, successor: Mapping[str, Any]
) -> None:
    """Take a version out of use; it says why in the words of the version that comes after it."""
    extra = _stamped(version.extra, door, who, change.at, "deprecated")
    if (reason := successor.get("deprecation_message")) is not None:
        extra[door.name] = {**extra[door.name], "deprecation_message": reason}
    await change.set(version, status="deprecated", extra=extra)


def _stamped(extra: Mapping[str, Any], door: Door, who: Principal, at: datetime, status: str) -> dict[str, Any]:
    """Return the extras with who published or deprecated the version and when."""
    own = dict(extra.get(door.name, {}))
    if status == "active":
        own |= {"published_at": at.isoformat(), "published_by": who.user}
    elif status == "deprecated":
        own.setdefault("deprecated_at", at.isoformat())
        own.setdefault("deprecated_by", who.user)
    return {**extra, door.name: own}
