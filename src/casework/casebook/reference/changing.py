"""What may be done to nouns within one transaction."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, TypeVar

from casework.casebook.catalogue import Words
from casework.casebook.executing import Executor
from casework.casebook.registry import Registry
from casework.domain.access import PERMISSIONS, Principal, Reach
from casework.domain.commands import Forget
from casework.domain.doors import Door
from casework.domain.nouns import Noun
from casework.domain.refusals import NotFound
from casework.store import nouns, references
from casework.store.upkeep import worlds

N = TypeVar("N", bound=Noun)


def called(kind: type[Noun]) -> str:
    """Return what people call a noun of this kind.

    >>> called(Noun)
    'noun'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__.removeprefix("Custom")).lower()


class Change:
    """What may be done within one transaction; it is over when the block of `Reference.changing` ends."""

    def __init__(
        self,
        connection: Any,
        principal: Principal,
        door: Door,
        clock: Callable[[], datetime],
        *,
        executor: Executor,
        words: Words,
    ) -> None:
        self.connection = connection
        self.tenant = principal.tenant_id
        self.at = clock()
        self.words = words
        self._principal = principal
        self._door = door
        self._executor = executor
        self._registry = Registry(clock, principal.user, door.name)

    async def alone(self) -> None:
        """Wait until nobody else changes the catalogue, and keep others from it until the end."""
        await worlds.lock(self.connection, self.tenant)

    async def get(self, kind: type[N], number: int) -> N:
        """Return a noun as it is, locked until the end.

        Raises:
            NotFound: There is none.
        """
        found = await nouns.lock(self.connection, self.tenant, kind, number)
        if found is None:
            msg = f"There is no such {called(kind)}."
            raise NotFound(msg)
        return found

    async def find(self, kind: type[N], member: str, *wanted: Any) -> list[N]:
        """Return the nouns whose member is one of these, deleted ones left out."""
        return await nouns.find(self.connection, self.tenant, kind, member, wanted)

    async def number(self) -> int:
        """Return a number that nothing of the tenant has, for a part of a noun."""
        (found,) = await nouns.numbers(self.connection, self.tenant)
        return found

    async def everything(self, kind: type[N]) -> list[N]:
        """Return all nouns of a kind of which there are not many, deleted ones left out."""
        found = await nouns.everything(self.connection, self.tenant, kind)
        return [noun for noun in found if noun.deleted_at is None]

    async def add(self, kind: type[N], /, **members: Any) -> N:
        """Make a noun and return it."""
        return await self._registry.add(self.connection, kind, self.tenant, **members)

    async def set(self, noun: N, /, **members: Any) -> N:
        """Change members of a noun and return it; nothing happens when none differs."""
        return await self._registry.change(self.connection, noun, **members)

    async def remove(self, noun: N) -> N:
        """Take a noun out of sight, whoever names it; its number stays taken, its key does not."""
        return await self._registry.change(self.connection, noun, event="deleted", key=None, deleted_at=self.at)

    async def forget(self, member: Literal["close_reason"], *numbers: int) -> None:
        """Make a member of every case that names one of these nouns empty, each by a command of its own."""
        anywhere = _without_reach(self._principal)
        for case in await references.cases_naming(self.connection, self.tenant, member, numbers):
            command = Forget(member=member)
            await self._executor.within(self.connection, anywhere, self._door, command, case, words=self.words)


def _without_reach(principal: Principal) -> Principal:
    """Return the principal as one who reaches every case: what follows from a removal is not for a reach to stop."""
    return Principal(
        tenant_id=principal.tenant_id,
        user=principal.user,
        kind=principal.kind,
        person=principal.person,
        permissions=PERMISSIONS,
        read=Reach.TENANT,
        write=Reach.TENANT,
        on_behalf_of=principal.on_behalf_of,
    )
