"""HTTP handlers: parse, call the casebook, render. No rules, no SQL."""

from litestar.types import ControllerRouterHandler

from casework.dialects.peach.routes import associations, cases, do_not_interacts, escalations, notes, snooze, views

HANDLERS: list[ControllerRouterHandler] = [
    *cases.HANDLERS,
    *associations.HANDLERS,
    *escalations.HANDLERS,
    *snooze.HANDLERS,
    *views.HANDLERS,
    *notes.HANDLERS,
    *do_not_interacts.HANDLERS,
]
