"""HTTP handlers: parse, call the casebook, render. No rules, no SQL."""

from casework.dialects.webitel.routes.cases import HANDLERS as CASES
from casework.dialects.webitel.routes.writing import HANDLERS as WRITING

HANDLERS = [*CASES, *WRITING]
