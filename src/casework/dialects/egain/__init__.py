"""eGain Case Manager v3."""

from pathlib import Path

from casework.dialects.dialect import Dialect
from casework.dialects.egain import faults, routes

EGAIN = Dialect(
    name="egain",
    title="eGain Case Manager v3",
    routes=routes.HANDLERS,
    fault=faults.render,
    openapi=Path(__file__).with_name("openapi.yaml"),
    root="/core/casemgr/v3",
)
