"""Catalogs with the services below them, as one tree (spec/webitel §9)."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from casework.casebook import Casebook
from casework.casebook.reference import Lookup
from casework.dialects.webitel import conventions
from casework.dialects.webitel.conventions import Parameters
from casework.dialects.webitel.lookups.nodes import CATALOGS, SERVICES
from casework.dialects.webitel.lookups.table import Frame, frame, shown
from casework.domain.access import Principal
from casework.domain.nouns import Service, Team
from casework.domain.refusals import Invalid

DEEPEST = 100
CHILDREN = frozenset({"service", "services"})
"""Names by which the fields of a catalog ask for its tree."""


class Tree(msgspec.Struct, frozen=True):
    """The nodes below others, and how they are to be shown.

    `searched` are the nodes that a search found; `enabled` leaves out those that are switched off.
    """

    below: Mapping[int, list[Service]]
    shared: Frame
    wanted: list[str]
    depth: int = DEEPEST
    searched: frozenset[int] = frozenset()

    def catalog(self, row: Service, fields: list[str]) -> dict[str, Any]:
        """Return a catalog with its services."""
        found = shown(CATALOGS, row, self.shared, fields)
        return {**found, "searched": row.number in self.searched, "service": self._services(row, 1)}

    def _services(self, row: Service, level: int) -> list[dict[str, Any]]:
        if level > self.depth:
            return []
        return [self._service(node, level) for node in self.below.get(row.number, ())]

    def _service(self, row: Service, level: int) -> dict[str, Any]:
        found = shown(SERVICES, row, self.shared, self.wanted)
        if group := found.get("group"):
            group["type"] = group["type"].upper()
        return {**found, "searched": row.number in self.searched, "service": self._services(row, level + 1)}

    def holds(self, row: Service, numbers: Iterable[int]) -> bool:
        """Tell whether a node, or anything below it, is among these."""
        wanted = set(numbers)
        return row.number in wanted or any(self.holds(node, wanted) for node in self.below.get(row.number, ()))


async def tree(casebook: Casebook, who: Principal, asked: Parameters, *, enabled: bool = False) -> Tree:
    """Return the whole catalogue of services, as the query wants to see it.

    Raises:
        Invalid: `depth` is negative, or the search no regular expression.
    """
    depth = conventions.integer(asked.one("depth") or 0, "depth")
    if depth < 0:
        msg = "'depth' must not be negative."
        raise Invalid(msg, member="depth")
    equal: dict[str, tuple[Any, ...]] = {"state": (True,)} if enabled else {}
    nodes = await casebook.reference.page(who, Service, Lookup(equal=equal))
    below: dict[int, list[Service]] = {}
    for node in nodes:  # they come by name
        if node.parent is not None:
            below.setdefault(node.parent, []).append(node)
    found: frozenset[int] = frozenset()
    if query := asked.one("query") or asked.one("q"):
        hits = await casebook.reference.page(who, Service, Lookup(search=query))
        found = frozenset(hit.number for hit in hits)
    shared = await with_teams(casebook, who, nodes)
    wanted = conventions.fields(asked, "sub_fields")
    return Tree(below, shared, wanted, min(depth or DEEPEST, DEEPEST), found)


async def with_teams(casebook: Casebook, who: Principal, nodes: list[Service]) -> Frame:
    """Return what nodes refer to; of their groups also whether they are dynamic."""
    shared = await frame(casebook, who, CATALOGS, nodes)
    teams = await casebook.reference.some(who, Team, {node.team for node in nodes if node.team is not None})
    words = shared.words
    unknown = {node.parent for node in nodes} - {None} - words.services.keys()
    if unknown or {node.default_priority for node in nodes} - {None} - words.priorities.keys():
        casebook.catalogue.forget(who.tenant_id)  # made elsewhere, less than a second ago
        shared = msgspec.structs.replace(shared, words=await casebook.catalogue.vocabulary(who.tenant_id))
    return msgspec.structs.replace(shared, teams={number: team.kind for number, team in teams.items()})
