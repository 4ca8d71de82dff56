"""What stands around the case: borrowers with their objects, teams, employees, case types, tasks, supercases."""

from litestar.types import ControllerRouterHandler

from casework.dialects.peach.support import directory, objects, people, types, webhooks, work

HANDLERS: list[ControllerRouterHandler] = [
    *people.HANDLERS,
    *objects.HANDLERS,
    *directory.HANDLERS,
    *types.HANDLERS,
    *work.HANDLERS,
    *webhooks.HANDLERS,
]
