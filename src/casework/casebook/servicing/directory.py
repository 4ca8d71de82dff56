"""Teams and employees: an employee is a user on the staff, with what a servicer keeps of it beside (spec/peach §11)."""

from collections.abc import Mapping, Sequence
from typing import Any

from casework.casebook.reference import Change, Reference
from casework.domain.access import Principal
from casework.domain.doors import Door
from casework.domain.nouns import Team, User
from casework.domain.refusals import Duplicate, Invalid, NotFound
from casework.store import nouns
from casework.store.postgres.database import Database
from casework.store.servicing import listing
from casework.store.servicing.listing import Slice, Window

WRITE = "people.edit"
STAFF = ["agent", "service"]


class Directory:
    """Finds and changes teams and employees."""

    def __init__(self, database: Database, reference: Reference) -> None:
        self._database = database
        self._reference = reference

    async def employees(self, tenant: int, window: Window, **wanted: Any) -> tuple[Slice, list[Team]]:
        """Return a page of employees and the teams that they are in."""
        async with self._database.tenant(tenant) as connection:
            found = await listing.page(connection, tenant, User, window, {"kind": STAFF, **wanted})
            return found, await _teams_of(connection, tenant, [user.number for user in found.rows])

    async def employee(self, tenant: int, number: int) -> tuple[User, list[Team]]:
        """Return an employee and its teams.

        Raises:
            NotFound: There is none.
        """
        async with self._database.tenant(tenant) as connection:
            return await _employee(connection, tenant, number)

    async def set_employee(
        self, who: Principal, door: Door, number: int, members: Mapping[str, Any], teams: Sequence[int] | None = None
    ) -> tuple[User, list[Team]]:
        """Change what is kept of an employee; `extra` is merged by name, `manager` in it must be one as well.

        Args:
            who: Who asks.
            door: The way in.
            number: The employee's.
            members: Columns of the user.
            teams: The static teams that the employee is to be in; None leaves them.

        Raises:
            NotFound: There is no such user on the staff.
            Duplicate: The external id is taken.
            Invalid: There is no such manager or team.
        """
        async with self._reference.changing(who, door, WRITE) as change:
            user, present = await _employee(change.connection, who.tenant_id, number)
            new = dict(members)
            await _check_free(change, User, new.get("external_id"), number)
            manager = new.get("extra", {}).get(door.name, {}).get("manager")
            if manager is not None:
                await _check_staff(change, [manager], "managerEmployeeId")
            if "extra" in new:
                own = {name: {**user.extra.get(name, {}), **part} for name, part in new["extra"].items()}
                new["extra"] = {**user.extra, **own}
            await change.set(await change.get(User, number), **new)
            if teams is not None:
                await _join(change, number, present, teams)
            return await _employee(change.connection, who.tenant_id, number)

    async def named(self, tenant: int, kind: type[User] | type[Team], external_id: str) -> int | None:
        """Return the number of the employee or team with this external id."""
        async with self._database.tenant(tenant) as connection:
            found = await nouns.find(connection, tenant, kind, "external_id", [external_id])
        return found[0].number if found else None

    async def teams(self, tenant: int, window: Window, **wanted: Any) -> Slice:
        """Return a page of teams."""
        async with self._database.tenant(tenant) as connection:
            return await listing.page(connection, tenant, Team, window, wanted)

    async def team(self, tenant: int, number: int) -> Team:
        """Return a team.

        Raises:
            NotFound: There is none.
        """
        async with self._database.tenant(tenant) as connection:
            found = await nouns.find(connection, tenant, Team, "number", [number])
        if not found:
            msg = "There is no such team."
            raise NotFound(msg)
        return found[0]

    async def users(self, tenant: int, numbers: list[int]) -> dict[int, User]:
        """Return users by number."""
        async with self._database.tenant(tenant) as connection:
            return {user.number: user for user in await nouns.find(connection, tenant, User, "number", numbers)}

    async def add_team(self, who: Principal, door: Door, members: Mapping[str, Any]) -> Team:
        """Make a team.

        Raises:
            Duplicate: The external id is taken.
            Invalid: A member of it is no employee.
        """
        async with self._reference.changing(who, door, WRITE) as change:
            await _check_free(change, Team, members.get("external_id"), None)
            await _check_staff(change, members.get("members", ()), "employees")
            return await change.add(Team, **members)

    async def set_team(self, who: Principal, door: Door, number: int, members: Mapping[str, Any]) -> Team:
        """Change a team; `extra` is merged by name.

        Raises:
            NotFound: There is none.
            Duplicate: The external id is taken.
            Invalid: A member of it is no employee.
        """
        async with self._reference.changing(who, door, WRITE) as change:
            team = await change.get(Team, number)
            new = dict(members)
            await _check_free(change, Team, new.get("external_id"), number)
            await _check_staff(change, new.get("members", ()), "employees")
            if "extra" in new:
                own = {name: {**team.extra.get(name, {}), **part} for name, part in new["extra"].items()}
                new["extra"] = {**team.extra, **own}
            return await change.set(team, **new)

    async def remove_team(self, who: Principal, door: Door, number: int) -> None:
        """Take a team out of sight.

        Raises:
            NotFound: There is none.
        """
        async with self._reference.changing(who, door, WRITE) as change:
            await change.remove(await change.get(Team, number))


async def _join(change: Change, user: int, present: Sequence[Team], wanted: Sequence[int]) -> None:
    """Put a user into these teams, and out of all others."""
    known = {team.number for team in await change.find(Team, "number", *wanted)}
    if set(wanted) - known:
        msg = "There is no such team."
        raise Invalid(msg, member="teams")
    for number in sorted(known | {team.number for team in present}):
        team = await change.get(Team, number)
        others = tuple(member for member in team.members if member != user)
        if (number in known) != (user in team.members):
            await change.set(team, members=(*others, user) if number in known else others)


async def _employee(connection: Any, tenant: int, number: int) -> tuple[User, list[Team]]:
    found = [u for u in await nouns.find(connection, tenant, User, "number", [number]) if u.kind in STAFF]
    if not found:
        msg = "There is no such employee."
        raise NotFound(msg)
    return found[0], await _teams_of(connection, tenant, [number])


async def _teams_of(connection: Any, tenant: int, users: list[int]) -> list[Team]:
    """Return the teams in which any of these users is."""
    every = await nouns.everything(connection, tenant, Team)
    return [team for team in every if team.deleted_at is None and not set(users).isdisjoint(team.members)]


async def _check_free(change: Change, kind: type[User] | type[Team], external_id: str | None, own: int | None) -> None:
    if external_id is None:
        return
    for taken in await change.find(kind, "external_id", external_id):
        if taken.number != own:
            msg = "Another one has this external id."
            raise Duplicate(msg, member="external_id", existing=taken.number)


async def _check_staff(change: Change, numbers: Any, member: str) -> None:
    wanted = list(dict.fromkeys(numbers))
    known = {user.number for user in await change.find(User, "number", *wanted) if user.kind in STAFF}
    if missing := [number for number in wanted if number not in known]:
        msg = "There is no such employee."
        raise Invalid(msg, member=member, missing=missing)
