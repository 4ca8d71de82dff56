"""IBM Cloud Case Management v1."""

from pathlib import Path

from casework.dialects.dialect import Dialect
from casework.dialects.ibm import faults, routes

IBM = Dialect(
    name="ibm",
    title="IBM Cloud Case Management v1",
    routes=routes.HANDLERS,
    fault=faults.render,
    openapi=Path(__file__).with_name("openapi.yaml"),
    root="/case-management/v1",
)
