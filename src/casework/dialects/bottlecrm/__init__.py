"""BottleCRM (django-crm) Cases."""

from pathlib import Path

from casework.dialects.bottlecrm import faults, routes
from casework.dialects.dialect import Dialect

BOTTLECRM = Dialect(
    name="bottlecrm",
    title="BottleCRM Cases",
    routes=routes.HANDLERS,
    fault=faults.render,
    openapi=Path(__file__).with_name("openapi.yaml"),
)
