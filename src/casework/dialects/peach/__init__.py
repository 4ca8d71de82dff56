"""Peach Finance Cases."""

from pathlib import Path

from casework.dialects.dialect import Dialect
from casework.dialects.peach import faults, routes, support

PEACH = Dialect(
    name="peach",
    title="Peach Finance Cases",
    routes=[*routes.HANDLERS, *support.HANDLERS],
    fault=faults.render,
    openapi=Path(__file__).with_name("openapi.yaml"),
    root="/api",
)
