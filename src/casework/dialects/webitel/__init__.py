"""Webitel Cases."""

from pathlib import Path

from casework.dialects.dialect import Dialect
from casework.dialects.webitel import faults, routes
from casework.dialects.webitel.lookups.registered import HANDLERS as LOOKUPS

WEBITEL = Dialect(
    name="webitel",
    title="Webitel Cases",
    routes=[*routes.HANDLERS, *LOOKUPS],
    fault=faults.render,
    openapi=Path(__file__).with_name("openapi.yaml"),
    root="/api",
)
