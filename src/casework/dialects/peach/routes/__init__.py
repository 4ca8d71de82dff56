"""HTTP handlers: parse, call the casebook, render. No rules, no SQL."""

from litestar.types import ControllerRouterHandler

HANDLERS: list[ControllerRouterHandler] = []
