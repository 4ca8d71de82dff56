"""The tenant's words as the core needs them to decide: statuses, priorities, sources, types, fields."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec

from casework.domain.case import Stage
from casework.domain.nouns import (
    CaseType,
    Department,
    Field,
    Priority,
    Service,
    Sla,
    SlaCondition,
    Source,
    Status,
    Team,
)
from casework.domain.refusals import Invalid
from casework.domain.sla.calendar import WorkingTime
from casework.domain.sla.policy import Policy, policy

NIL = UUID(int=0)
DEEPEST = 10
"""Services between a case and the catalog that are looked at (spec/webitel §5.2)."""


class Vocabulary(msgspec.Struct, frozen=True):
    """A consistent reading of a tenant's catalogue; `version` tells readings apart."""

    version: int
    statuses: dict[int, Status]
    priorities: dict[int, Priority]
    sources: dict[int, Source]
    types: dict[int, CaseType]
    services: dict[int, Service]
    default_set: int
    fields: dict[int, Field] = {}
    departments: dict[int, Department] = {}
    teams: dict[int, Team] = {}
    slas: dict[int, Sla] = {}
    conditions: dict[int, SlaCondition] = {}
    calendars: dict[int, WorkingTime] = {}

    def fields_for(self, case_type: int | None) -> dict[str, Field]:
        """Return the custom fields that a case of this type may have, by name: the tenant's and the type's own."""
        kind = self.types.get(case_type) if case_type is not None else None
        own = [
            msgspec.convert({"tenant_id": 0, "number": 0, "uid": NIL, "key": f.get("name"), **f}, Field)
            for f in (kind.fields if kind else ())
        ]
        live = [f for f in self.fields.values() if f.deleted_at is None]
        return {f.key or f.name: f for f in (*own, *live)}

    def schemas_for(self, case_type: int | None) -> list[dict[str, Any]]:
        """Return the schemas of the custom fields of cases of a type: the type's own, then the tenant's."""
        kind = self.types.get(case_type) if case_type is not None else None
        live = [f for f in self.fields.values() if f.deleted_at is None]
        tenants = [
            {
                "name": f.key or f.name,
                "type": f.type,
                "many": f.many,
                "required": f.required,
                "values": f.values,
                "min": f.min,
                "max": f.max,
            }
            for f in live
        ]
        return [*(kind.fields if kind else ()), *tenants]

    def status_for(self, stage: Stage, status_set: int | None = None) -> Status:
        """Return the first status of `stage` in the set, else the nearest label (DOMAIN §2).

        A set without labels borrows those of the default set.
        """
        labels = self._labels(status_set) or self._labels(self.default_set)
        for label in labels:
            if label.stage is stage:
                return label
        if stage.done:
            return next((s for s in labels if s.stage.done), labels[-1])
        plain = [s for s in labels if not s.stage.done and not s.initial]
        return (plain or [s for s in labels if s.initial] or labels)[0]

    def _labels(self, status_set: int | None) -> list[Status]:
        live = (s for s in self.statuses.values() if s.status_set == status_set and s.deleted_at is None)
        return sorted(live, key=lambda s: (s.position, s.number))

    def status(self, number: int) -> Status:
        """Return the status with this number.

        Raises:
            Invalid: There is none.
        """
        found = self.statuses.get(number)
        if found is None or found.deleted_at is not None:
            msg = "There is no such status."
            raise Invalid(msg, member="status")
        return found

    def set_of(self, status: int | None) -> int:
        """Return the status set that a case's status belongs to, the default one for a case without."""
        found = self.statuses.get(status) if status is not None else None
        return found.status_set if found else self.default_set

    def priority(self, number: int) -> Priority:
        """Return the priority with this number.

        Raises:
            Invalid: There is none.
        """
        found = self.priorities.get(number)
        if found is None or found.deleted_at is not None:
            msg = "There is no such priority."
            raise Invalid(msg, member="priority")
        return found

    def priority_for(self, rank: int) -> Priority:
        """Return the first priority with this rank, else the one whose rank is nearest."""
        live = [p for p in self.priorities.values() if p.deleted_at is None] or list(self.priorities.values())
        return min(live, key=lambda p: (abs(p.rank - rank), p.number))

    def first_priority(self) -> Priority:
        """Return the priority with the lowest number."""
        return min(self.priorities.values(), key=lambda p: (p.deleted_at is not None, p.number))

    def source_for(self, kind: str) -> Source | None:
        """Return the first source of a type such as `API`, or None."""
        return min(
            (s for s in self.sources.values() if s.type == kind and s.deleted_at is None),
            key=lambda s: s.number,
            default=None,
        )

    def type_for(self, base: str) -> CaseType | None:
        """Return the built-in type of this base."""
        return min((t for t in self.types.values() if t.base == base), key=lambda t: t.number, default=None)

    def chain(self, service: int | None) -> Iterator[Service]:
        """Yield the service and what it lies in, up to the catalog."""
        for _ in range(DEEPEST):
            node = self.services.get(service) if service is not None else None
            if node is None:
                return
            yield node
            service = node.parent

    def service_for(self, code: str) -> Service | None:
        """Return the node of the catalogue with this code."""
        return min(
            (s for s in self.services.values() if s.code == code and s.deleted_at is None),
            key=lambda s: s.number,
            default=None,
        )

    def sla_for(self, service: int | None) -> int | None:
        """Return the SLA of the nearest node of the service's chain that has one (spec/webitel §5.2)."""
        named = (self.slas.get(node.sla or 0) for node in self.chain(service))
        return next((sla.number for sla in named if sla is not None and sla.deleted_at is None), None)

    def condition_for(self, sla: int | None, priority: int | None) -> int | None:
        """Return the first condition of an SLA that lists the priority."""
        live = (c for c in self.conditions.values() if c.sla == sla and c.deleted_at is None)
        return min((c.number for c in live if priority in c.priorities), default=None)

    def current(self, sla: int, condition: int | None) -> Policy | None:
        """Return what an SLA with a condition of its own agrees today, None where one of them is not there."""
        try:
            return self.policy(sla, condition)
        except Invalid:
            return None

    def policy(self, sla: int, condition: int | None) -> Policy:
        """Return what an SLA with a condition of its own agrees today.

        Raises:
            Invalid: There is no such SLA, condition or calendar.
        """
        found = self.slas.get(sla)
        if found is None:
            msg = "There is no such SLA."
            raise Invalid(msg, member="sla")
        own = self.conditions.get(condition) if condition is not None else None
        if condition is not None and (own is None or own.sla != sla):
            msg = "There is no such condition of the SLA."
            raise Invalid(msg, member="sla_condition")
        calendar = self.calendars.get(found.calendar or 0)
        if found.calendar is not None and calendar is None:
            msg = "There is no such calendar."
            raise Invalid(msg, member="calendar")
        return policy(found, own, calendar.key[1] if calendar else 0)
