"""Several writes in one statement, so that a change costs one round trip to the database."""

from collections.abc import Iterable
from typing import Any


class Params:
    """Collects the values of a statement; `add` returns the placeholder."""

    def __init__(self, *values: Any) -> None:
        self.values: list[Any] = list(values)

    def add(self, value: Any, cast: str = "") -> str:
        """Return `$n`, with a cast where the statement does not tell the type."""
        self.values.append(value)
        return f"${len(self.values)}{cast and '::' + cast}"


class Batch:
    """Data-modifying statements that become one `with a as (…), b as (…) select`.

    They all see the same snapshot: none sees what another one writes.
    """

    def __init__(self) -> None:
        self._params = Params()
        self._parts: list[str] = []

    def add(self, sql: str, *values: Any) -> None:
        """Add a statement; each `{}` in it stands for the next value."""
        self._parts.append(sql.format(*(self._params.add(value) for value in values)))

    def insert(self, table: str, columns: Iterable[str], *rows: Iterable[Any], then: str = "") -> None:
        """Add an insert of rows; `then` is an `on conflict` clause."""
        names = ", ".join(f'"{name}"' for name in columns)
        tuples = ", ".join(f"({', '.join(self._params.add(value) for value in row)})" for row in rows)
        self._parts.append(f"insert into {table} ({names}) values {tuples} {then}")

    async def run(self, connection: Any) -> None:
        """Send the statement; nothing happens when the batch is empty."""
        if self._parts:
            names = ", ".join(f"s{i} as ({part})" for i, part in enumerate(self._parts))
            await connection.fetchval(f"with {names} select 1", *self._params.values)
