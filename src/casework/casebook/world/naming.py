"""Keys for everything that an export names: its own, or one made of its number."""

import re
from collections.abc import Collection, Mapping

from casework.casebook.tenancy import SYSTEM_KEY
from casework.casebook.world.document.entries import KINDS, LABELS, NESTED, QUALIFIED
from casework.domain.access import ROLES
from casework.domain.nouns import Noun, Person, Service

FIT = re.compile(r"[^/\x00-\x1f]{1,200}")
SYSTEMS = frozenset({("users", SYSTEM_KEY), ("persons", SYSTEM_KEY)})


class Names:
    """The keys of a tenant's nouns in an export.

    Args:
        rows: The nouns by table.
        automatic: Numbers of persons that users get by themselves: they go by the keys of their users.
    """

    def __init__(self, rows: Mapping[str, list[Noun]], automatic: Collection[int]) -> None:
        self._names: dict[tuple[str, int], str] = {}
        for kind, of in KINDS.items():
            mine = [row for row in rows[of.noun.table] if row.number not in automatic or kind != "persons"]
            if kind == "catalogs":
                self._name(kind, _tree(mine))
            elif kind != "services":
                self._name(kind, mine)
        self._automatic(rows["persons"], automatic)
        self.roles = {key for (table, _), key in self._names.items() if table == "roles"} | set(ROLES)
        self._clashing = self.roles & {key for (table, _), key in self._names.items() if table == "users"}

    def _name(self, kind: str, rows: list[Noun]) -> None:
        table = KINDS[kind].noun.table
        taken = {row.key for row in rows if row.key is not None}
        for row in rows:
            outer = self._outer(kind, row)
            if outer is None or (kind, row.key) in SYSTEMS:
                continue
            own = (row.key or "").removeprefix(outer)
            if not FIT.fullmatch(own):
                own = base = f"{LABELS[kind].lower().replace(' ', '-')}-{row.number}"
                while outer + own in taken:
                    own = f"{own}-{base}"
            taken.add(outer + own)
            self._names[table, row.number] = outer + own

    def _outer(self, kind: str, row: Noun) -> str | None:
        """Return what stands before the keys of things within another; None when that other one is gone."""
        if kind not in QUALIFIED:
            return ""
        nesting, outer = next((n, of) for of, n in NESTED.items() if n.kind == kind)
        found = self._names.get((KINDS[outer].noun.table, getattr(row, nesting.parent)))
        return None if found is None else f"{found}/"

    def _automatic(self, persons: list[Noun], automatic: Collection[int]) -> None:
        """Persons who go by their users' keys, where no other person has that key."""
        taken = {key for (table, _), key in self._names.items() if table == "persons"}
        for person in persons:
            if isinstance(person, Person) and person.number in automatic:
                user = self._names.get(("users", person.user or 0))
                if user is not None and user not in taken:
                    self._names["persons", person.number] = user

    def of(self, kind: str, number: int | None) -> str | None:
        """Return the key of something; None for nothing, and for what is not exported."""
        if number is None:
            return None
        if kind != "subjects":
            return self._names.get(("services" if kind in {"nodes", "catalogs"} else kind, number))
        for table in ("users", "roles"):
            if (key := self._names.get((table, number))) is not None:
                return f"{table[:-1]}/{key}" if key in self._clashing else key
        return None


def _tree(rows: list[Noun]) -> list[Noun]:
    """Return catalogs and services whose parents are all there."""
    nodes = {row.number: row for row in rows if isinstance(row, Service)}

    def rooted(node: Service) -> bool:
        seen = set()
        while node.parent is not None:
            if node.number in seen or node.parent not in nodes:
                return False
            seen.add(node.number)
            node = nodes[node.parent]
        return True

    return [node for node in nodes.values() if rooted(node)]
