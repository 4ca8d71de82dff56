"""From refusals to this API's answers: `{id, detail, status, code}` with one of five ids (spec/webitel §4)."""

from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException

from casework.domain.refusals import Refusal

UNAUTHENTICATED = "api.process.unauthenticated"
UNAUTHORIZED = "api.process.unauthorized"
NOT_FOUND = "api.process.not_found"
BAD_ARGS = "api.process.bad_args"
INTERNAL = "api.process.internal"
STATUS: dict[str, tuple[int, str]] = {
    "unauthenticated": (401, UNAUTHENTICATED),
    "forbidden": (403, UNAUTHORIZED),
    "not_found": (404, NOT_FOUND),
    "invalid": (400, BAD_ARGS),
    "illegal_move": (400, BAD_ARGS),
    "stale": (404, NOT_FOUND),
    "duplicate": (400, BAD_ARGS),
    "too_large": (413, BAD_ARGS),
    "unsupported": (415, BAD_ARGS),
    "too_many": (429, INTERNAL),
    "too_broad": (400, BAD_ARGS),
    "unavailable": (503, INTERNAL),
}
"""Refusal code to status and id."""

_log = structlog.get_logger("casework.webitel")


def render(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Return the answer to a request that failed in any way."""
    trace: str = request.scope["state"]["trace"]
    headers: dict[str, str] = {}
    if isinstance(error, Refusal):
        code, ident = _refused(error)
        detail = error.message
        if (wait := error.facts.get("retry_after")) is not None:
            headers["Retry-After"] = str(wait)
    elif isinstance(error, NotFoundException):
        code, ident, detail = 404, NOT_FOUND, "There is nothing at this address."
    elif isinstance(error, MethodNotAllowedException):
        code, ident, detail = 405, BAD_ARGS, f"{request.method} is not possible here."
        headers = dict(error.headers or {})
    elif isinstance(error, HTTPException) and error.status_code < 500:
        code, ident, detail = error.status_code, BAD_ARGS, error.detail
    else:
        code, ident, detail = 500, INTERNAL, "Something went wrong on our side."
        _log.error("unexpected failure", trace=trace, path=request.scope["path"], exc_info=error)
    body = {"id": ident, "detail": detail, "status": HTTPStatus(code).phrase, "code": code, "request_id": trace}
    return Response(msgspec.json.encode(body), status_code=code, media_type="application/json", headers=headers)


def _refused(error: Refusal) -> tuple[int, str]:
    """Return status and id. What the permission allows but the row does not is as good as absent (spec/webitel §3)."""
    why = str(error.facts.get("why", "no permission"))
    if error.code == "forbidden" and not why.startswith("no permission"):
        return STATUS["not_found"]
    return STATUS[error.code]
