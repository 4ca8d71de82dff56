"""HTTP handlers: parse, call the casebook, render. No rules, no SQL."""

from casework.dialects.webitel.routes.cases import HANDLERS as CASES

HANDLERS = [*CASES]
