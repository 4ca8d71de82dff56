"""From refusals to IBM's answers: one table for the case API, one for IAM (spec/ibm §2.2, §3)."""

from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException

from casework.domain.refusals import Refusal

STATUS = {
    "unauthenticated": (401, "invalid_token"),
    "forbidden": (403, "forbidden"),
    "not_found": (404, "not_found"),
    "invalid": (400, "invalid_request"),
    "illegal_move": (409, "conflict"),
    "stale": (409, "conflict"),
    "duplicate": (409, "conflict"),
    "too_large": (413, "request_too_large"),
    "unsupported": (415, "unsupported_media_type"),
    "too_many": (429, "too_many_requests"),
    "too_broad": (400, "search_too_broad"),
    "unavailable": (503, "service_unavailable"),
}

IAM_CODES = {"unauthenticated": "BXNIM0415E", "invalid": "BXNIM0109E", "too_many": "BXNIM0429E"}
IAM_NOT_ALLOWED = "BXNIM0060E"

_log = structlog.get_logger("casework.ibm")


def render(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Return the answer to a request that failed in any way."""
    trace: str = request.scope["state"]["trace"]
    status, code, message, headers = _explain(request, error, trace)
    body: dict[str, Any]
    if "/identity/" in request.scope["path"]:
        refused = IAM_CODES.get(error.code, "BXNIM0108E") if isinstance(error, Refusal) else "BXNIM0108E"
        if isinstance(error, Refusal) and error.code == "unauthenticated":
            status = 400
        body = {"errorCode": IAM_NOT_ALLOWED if status == 405 else refused, "errorMessage": message}
        if isinstance(error, Refusal) and error.member:
            body["errorDetails"] = f"Property '{error.member}': {message}"
        body["context"] = {
            "requestId": trace,
            "requestType": "incoming.Identity_Token",
            "userAgent": request.headers.get("user-agent", ""),
            "url": str(request.url.with_replacements(query="")),
        }
    else:
        body = {"trace": trace, "errors": [{"code": code, "message": message}], "status_code": status}
    headers |= {"X-Global-Transaction-Id": trace, "X-Correlation-Id": trace}
    return Response(msgspec.json.encode(body), status_code=status, media_type="application/json", headers=headers)


def _explain(request: Request[Any, Any, Any], error: Exception, trace: str) -> tuple[int, str, str, dict[str, str]]:
    """Return status, code, message and headers."""
    if isinstance(error, Refusal):
        status, code = STATUS[error.code]
        wait = error.facts.get("retry_after")
        headers = {} if wait is None else {"Retry-After": str(wait)}
        if status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return status, code, error.message, headers
    if isinstance(error, NotFoundException):
        return 404, "not_found", "There is nothing at this address.", {}
    if isinstance(error, MethodNotAllowedException):
        return 405, "method_not_allowed", f"{request.method} is not possible here.", dict(error.headers or {})
    if isinstance(error, HTTPException) and error.status_code < 500:
        return error.status_code, "invalid_request", error.detail, {}
    _log.error("unexpected failure", trace=trace, path=request.scope["path"], exc_info=error)
    return 500, "internal_error", "Something went wrong on our side; the trace helps to find it.", {}
