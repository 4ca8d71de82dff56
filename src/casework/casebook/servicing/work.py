"""Tasks that rules file, and workflows: checklists (spec/peach §11)."""

from collections.abc import Mapping
from typing import Any

from casework.casebook.reference import Reference
from casework.domain.access import Principal, require
from casework.domain.doors import Door
from casework.domain.nouns import Task, User, Workflow
from casework.domain.refusals import Invalid, NotFound
from casework.store.postgres.database import Database
from casework.store.servicing import listing
from casework.store.servicing.listing import Slice, Window

WRITE = "case.edit"
OPEN = "open"
COMPLETED = "completed"


class Work:
    """Finds and changes tasks and workflows."""

    def __init__(self, database: Database, reference: Reference) -> None:
        self._database = database
        self._reference = reference

    async def tasks(self, who: Principal, window: Window, **wanted: Any) -> Slice:
        """Return a page of tasks, newest first; those about cases that may not be read are left out."""
        async with self._database.tenant(who.tenant_id) as connection:
            return await listing.about_cases(connection, who, Task, window, wanted)

    async def task(self, who: Principal, number: int) -> Task:
        """Return a task.

        Raises:
            NotFound: There is none, or it is about a case that may not be read.
        """
        found = await self.tasks(who, Window(limit=1), number=number)
        if not found.rows:
            msg = "There is no such task."
            raise NotFound(msg)
        task: Task = found.rows[0]
        return task

    async def set_task(self, who: Principal, door: Door, number: int, members: Mapping[str, Any]) -> Task:
        """Change a task; completing it notes who did it and when, opening it again forgets that.

        Raises:
            NotFound: As `task`.
            Invalid: It is given to somebody who is no employee.
        """
        require(who, WRITE)
        await self.task(who, number)
        async with self._reference.changing(who, door, WRITE) as change:
            task = await change.get(Task, number)
            new = dict(members)
            if new.get("user") is not None:
                users = await change.find(User, "number", new["user"])
                if not users or users[0].kind == "customer":
                    msg = "There is no such employee."
                    raise Invalid(msg, member="employeeId")
            if new.get("status", task.status) != task.status:
                done = new["status"] == COMPLETED
                new |= {"completed_at": change.at if done else None, "completed_by": who.user if done else None}
            return await change.set(task, **new)

    async def workflows(self, who: Principal, window: Window, **wanted: Any) -> Slice:
        """Return a page of workflows, newest first; those of cases that may not be read are left out."""
        async with self._database.tenant(who.tenant_id) as connection:
            return await listing.about_cases(connection, who, Workflow, window, wanted)

    async def workflow(self, who: Principal, number: int) -> Workflow:
        """Return a workflow.

        Raises:
            NotFound: There is none, or it is of a case that may not be read.
        """
        found = await self.workflows(who, Window(limit=1), number=number)
        if not found.rows:
            msg = "There is no such workflow."
            raise NotFound(msg)
        workflow: Workflow = found.rows[0]
        return workflow

    async def add_workflow(self, who: Principal, door: Door, members: Mapping[str, Any]) -> Workflow:
        """Make a workflow."""
        async with self._reference.changing(who, door, WRITE) as change:
            return await change.add(Workflow, **members)

    async def set_workflow(self, who: Principal, door: Door, number: int, members: Mapping[str, Any]) -> Workflow:
        """Change a workflow.

        Raises:
            NotFound: There is none.
        """
        async with self._reference.changing(who, door, WRITE) as change:
            return await change.set(await change.get(Workflow, number), **members)
