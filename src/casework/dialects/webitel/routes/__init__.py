"""HTTP handlers: parse, call the casebook, render. No rules, no SQL."""

from casework.dialects.webitel.routes import cases

HANDLERS = [*cases.HANDLERS]
