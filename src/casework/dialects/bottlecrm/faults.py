"""From refusals to this API's answers: BottleCRM's members and Django REST framework's in one body (spec §1)."""

from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException

from casework.domain.refusals import Refusal

STATUS = {
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "invalid": 400,
    "illegal_move": 400,
    "stale": 409,
    "duplicate": 400,
    "too_large": 413,
    "unsupported": 415,
    "too_many": 429,
    "too_broad": 400,
    "unavailable": 503,
}
MEMBERS = {
    "subject": "name",
    "text": "comment",
    "stage": "status",
    "rank": "priority",
    "category": "case_type",
    "organization": "account",
    "file": "attachment",
}
"""Members of the core that this API calls something else."""
WHOLE = "non_field_errors"
"""Where Django REST framework reports what is wrong with a body as a whole."""

_log = structlog.get_logger("casework.bottlecrm")


def render(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Return the answer to a request that failed in any way."""
    status = 500
    headers: dict[str, str] = {}
    errors: str | dict[str, list[str]] = "Something went wrong on our side."
    if isinstance(error, Refusal):
        status, errors, headers = _refused(error)
    elif isinstance(error, NotFoundException):
        status, errors = 404, "Not found."
    elif isinstance(error, MethodNotAllowedException):
        status, errors, headers = 405, f'Method "{request.method}" not allowed.', dict(error.headers or {})
    elif isinstance(error, HTTPException) and error.status_code < 500:
        status, errors = error.status_code, error.detail
    else:
        _log.error("unexpected failure", trace=request.scope["state"]["trace"], exc_info=error)
    if isinstance(errors, str):
        detail = errors
    else:
        detail = " ".join(f"{name}: {text}" for name, texts in errors.items() for text in texts)
    body = {"error": True, "errors": errors, "detail": detail}
    return Response(msgspec.json.encode(body), status_code=status, media_type="application/json", headers=headers)


def _refused(error: Refusal) -> tuple[int, str | dict[str, list[str]], dict[str, str]]:
    """Return status, errors by member or one text, and headers."""
    status = STATUS[error.code]
    wait = error.facts.get("retry_after")
    headers = {} if wait is None else {"Retry-After": str(wait)}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status != 400:
        return status, error.message, headers
    member = MEMBERS.get(error.member or "", error.member or WHOLE)
    return status, error.facts.get("errors", {member: [error.message]}), headers
