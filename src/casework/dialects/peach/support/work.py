"""`/tasks`, `/workflows` and `/supercases` (spec/peach §11)."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post, put
from msgspec import UNSET, Meta, UnsetType

from casework.dialects.peach import ids
from casework.dialects.peach.routes import requests
from casework.dialects.peach.routes.requests import Ask
from casework.dialects.peach.support import asking
from casework.dialects.peach.support.asking import WRITE
from casework.dialects.peach.support.shapes import Id, Long, Short, company, moment, stamps
from casework.dialects.spellings import peach
from casework.domain.access import Principal
from casework.domain.doors import PEACH_DOOR
from casework.domain.nouns import Supercase, Task, Workflow
from casework.domain.refusals import Invalid, NotFound

TASKS = "/api/tasks"
WORKFLOWS = "/api/workflows"
SUPERCASES = "/api/supercases"
STATUSES = ("open", "completed")


class TaskBody(msgspec.Struct, frozen=True, kw_only=True):
    """A task to change."""

    status: Literal["open", "completed"] | UnsetType = UNSET
    note: Long | UnsetType | None = UNSET
    employeeId: Id | UnsetType | None = UNSET  # noqa: N815 - the wire's name


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a checklist."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    id: Short | None = None
    status: Literal["open", "completed", "skipped"] = "open"


Steps = Annotated[list[Step], Meta(max_length=200)]


class WorkflowBody(msgspec.Struct, frozen=True, kw_only=True):
    """A checklist to make or to change."""

    name: Short | UnsetType = UNSET
    caseId: Id | UnsetType | None = UNSET  # noqa: N815 - the wire's name
    steps: Steps | UnsetType = UNSET


class SupercaseBody(msgspec.Struct, frozen=True, kw_only=True):
    """A supercase to make."""

    caseType: Literal["generic", "federalEmergency"] | UnsetType = UNSET  # noqa: N815 - the wire's name
    name: Annotated[str, Meta(min_length=1, max_length=128)]
    femaDisasterNumber: Annotated[int, Meta(ge=0, le=2**31)] | UnsetType | None = UNSET  # noqa: N815 - the wire's name
    borrowerIds: list[Id] | UnsetType = UNSET  # noqa: N815 - the wire's name
    people: list[Id] | UnsetType = UNSET


def task_of(task: Task) -> dict[str, Any]:
    """Return a task as this API shows it."""
    return {
        "id": peach(ids.TASK, task.number),
        "object": "task",
        **stamps(task),
        "companyId": company(task.tenant_id),
        "taskType": task.kind,
        "status": task.status,
        "isUrgent": task.urgent,
        "caseId": ids.spelt(ids.CASE, task.case),
        "personId": ids.spelt(ids.BORROWER, task.person),
        "teamId": ids.spelt(ids.TEAM, task.team),
        "employeeId": ids.spelt(ids.EMPLOYEE, task.user),
        "note": task.note or None,
        "completedAt": moment(task.completed_at),
        "completedByUserId": ids.spelt(ids.USER, task.completed_by),
    }


def workflow_of(workflow: Workflow) -> dict[str, Any]:
    """Return a checklist as this API shows it."""
    return {
        "id": peach(ids.WORKFLOW, workflow.number),
        "object": "workflow",
        **stamps(workflow),
        "companyId": company(workflow.tenant_id),
        "name": workflow.name,
        "caseId": ids.spelt(ids.CASE, workflow.case),
        "steps": list(workflow.steps),
    }


def supercase_of(supercase: Supercase) -> dict[str, Any]:
    """Return a supercase as this API shows it."""
    return {
        "id": peach(ids.SUPERCASE, supercase.number),
        "object": "supercase",
        **stamps(supercase),
        "companyId": company(supercase.tenant_id),
        "caseType": supercase.kind,
        "name": supercase.name,
        "femaDisasterNumber": supercase.members.get("femaDisasterNumber"),
        "caseIds": ids.every(ids.CASE, supercase.cases),
    }


async def _filter(request: Ask, name: str, prefix: str) -> list[int]:
    return [await asking.in_body(prefix, text, name) for text in asking.chosen(request, name)]


@get(TASKS)
async def tasks(request: Ask) -> Response[bytes]:
    """`GET /tasks`, newest first; those about cases that the user may not read are left out."""
    who = await asking.staff(request)
    work = asking.casebook(request).servicing.work

    async def find(text: str) -> int:
        return (await work.task(who, await ids.in_path(ids.TASK, text, "task"))).number

    window = await asking.window(request, find)
    wanted: dict[str, Any] = {
        "status": asking.chosen(request, "status", STATUSES),
        "kind": asking.chosen(request, "taskType"),
        "case": await _filter(request, "caseId", ids.CASE),
        "person": await _filter(request, "personId", ids.BORROWER),
        "user": await _filter(request, "employeeId", ids.EMPLOYEE),
        "team": await _filter(request, "teamId", ids.TEAM),
    }
    found = await work.tasks(who, window, **{name: values for name, values in wanted.items() if values})
    return asking.many(request, found, [task_of(task) for task in found.rows])


@get(TASKS + "/{task_id:str}")
async def one_task(request: Ask, task_id: str) -> Response[bytes]:
    """`GET /tasks/{taskId}`."""
    who = await asking.staff(request)
    number = await ids.in_path(ids.TASK, task_id, "task")
    return requests.one(task_of(await asking.casebook(request).servicing.work.task(who, number)))


@put(TASKS + "/{task_id:str}")
async def update_task(request: Ask, task_id: str) -> Response[bytes]:
    """`PUT /tasks/{taskId}`: completes it, gives it to somebody, notes something."""
    who = await asking.staff(request, WRITE)
    number = await ids.in_path(ids.TASK, task_id, "task")
    work = asking.casebook(request).servicing.work
    await work.task(who, number)
    values = await asking.given(request, TaskBody)
    members = {name: values[name] for name in ("status",) if name in values}
    if "note" in values:
        members["note"] = values["note"] or ""
    if "employeeId" in values:
        text = values["employeeId"]
        members["user"] = await asking.in_body(ids.EMPLOYEE, text, "employeeId") if text else None
    return requests.one(task_of(await work.set_task(who, PEACH_DOOR, number, members)), "Updated")


async def _workflow_columns(request: Ask, who: Principal, values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "name" in values:
        found["name"] = values["name"]
    if "caseId" in values:
        found["case"] = await _case(request, who, values["caseId"]) if values["caseId"] else None
    if "steps" in values:
        found["steps"] = tuple(
            {"id": step.id or str(place), "name": step.name, "status": step.status}
            for place, step in enumerate(values["steps"], 1)
        )
    return found


async def _case(request: Ask, who: Principal, text: str) -> int:
    number = await asking.in_body(ids.CASE, text, "caseId")
    try:
        await asking.casebook(request).read.one(who, number, ("number",))
    except NotFound as error:
        raise Invalid(error.message, member="caseId") from error
    return number


@get(WORKFLOWS)
async def workflows(request: Ask) -> Response[bytes]:
    """`GET /workflows`, newest first."""
    who = await asking.staff(request)
    work = asking.casebook(request).servicing.work

    async def find(text: str) -> int:
        return (await work.workflow(who, await ids.in_path(ids.WORKFLOW, text, "workflow"))).number

    window = await asking.window(request, find)
    cases = await _filter(request, "caseId", ids.CASE)
    found = await work.workflows(who, window, **({"case": cases} if cases else {}))
    return asking.many(request, found, [workflow_of(workflow) for workflow in found.rows])


@post(WORKFLOWS, status_code=200)
async def create_workflow(request: Ask) -> Response[bytes]:
    """`POST /workflows`."""
    who = await asking.staff(request, WRITE)
    members = await _workflow_columns(request, who, await asking.given(request, WorkflowBody))
    made = await asking.casebook(request).servicing.work.add_workflow(who, PEACH_DOOR, members)
    return requests.one(workflow_of(made), "Created")


@get(WORKFLOWS + "/{workflow_id:str}")
async def one_workflow(request: Ask, workflow_id: str) -> Response[bytes]:
    """`GET /workflows/{workflowId}`."""
    who = await asking.staff(request)
    number = await ids.in_path(ids.WORKFLOW, workflow_id, "workflow")
    return requests.one(workflow_of(await asking.casebook(request).servicing.work.workflow(who, number)))


@put(WORKFLOWS + "/{workflow_id:str}")
async def update_workflow(request: Ask, workflow_id: str) -> Response[bytes]:
    """`PUT /workflows/{workflowId}`: members that are left out stay; steps are replaced whole."""
    who = await asking.staff(request, WRITE)
    number = await ids.in_path(ids.WORKFLOW, workflow_id, "workflow")
    work = asking.casebook(request).servicing.work
    await work.workflow(who, number)
    members = await _workflow_columns(request, who, await asking.given(request, WorkflowBody))
    return requests.one(workflow_of(await work.set_workflow(who, PEACH_DOOR, number, members)), "Updated")


@get(SUPERCASES)
async def supercases(request: Ask) -> Response[bytes]:
    """`GET /supercases`, newest first."""
    who = await asking.staff(request)
    made = asking.casebook(request).servicing.supercases

    async def find(text: str) -> int:
        return (await made.one(who, await ids.in_path(ids.SUPERCASE, text, "supercase"))).number

    found = await made.page(who, await asking.window(request, find))
    return asking.many(request, found, [supercase_of(one) for one in found.rows])


@post(SUPERCASES, status_code=200)
async def create_supercase(request: Ask) -> Response[bytes]:
    """`POST /supercases`: makes a case for each borrower."""
    who = await asking.staff(request, "case.create")
    values = await asking.given(request, SupercaseBody)
    kind, fema = values.get("caseType", "generic"), values.get("femaDisasterNumber")
    if fema is not None and kind != "federalEmergency":
        msg = "'femaDisasterNumber' goes with federalEmergency only."
        raise Invalid(msg, member="femaDisasterNumber")
    named = [*values.get("borrowerIds", ()), *values.get("people", ())]
    borrowers = [await asking.borrower_in_body(request, who, text, "borrowerIds") for text in named[:1000]]
    casebook = asking.casebook(request)
    base = (await casebook.catalogue.vocabulary(who.tenant_id)).type_for(kind)

    def opening(number: int, borrower: int) -> dict[str, Any]:
        told = {"creatingSupercaseId": peach(ids.SUPERCASE, number), "creationProcedure": "supercase"}
        if fema is not None:
            told["femaDisasterNumber"] = fema
        return {
            "type": base.number if base else None,
            "subject": values["name"],
            "borrowers": (borrower,),
            "extra": {"peach": told},
        }

    members = {"kind": kind, "name": values["name"], "members": {"femaDisasterNumber": fema}}
    made = await casebook.servicing.supercases.create(who, PEACH_DOOR, members, borrowers, opening)
    return requests.one(supercase_of(made), "Created")


@get(SUPERCASES + "/{supercase_id:str}")
async def one_supercase(request: Ask, supercase_id: str) -> Response[bytes]:
    """`GET /supercases/{supercaseId}`."""
    who = await asking.staff(request)
    number = await ids.in_path(ids.SUPERCASE, supercase_id, "supercase")
    return requests.one(supercase_of(await asking.casebook(request).servicing.supercases.one(who, number)))


HANDLERS = [
    tasks, one_task, update_task, workflows, create_workflow, one_workflow, update_workflow, supercases,
    create_supercase, one_supercase,
]  # fmt: skip
