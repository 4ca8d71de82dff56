"""From refusals to this API's answers: `{status, message, error, errors?}` (spec/peach §3)."""

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
    "duplicate": 409,
    "too_large": 413,
    "unsupported": 400,
    "too_many": 429,
    "too_broad": 400,
    "unavailable": 503,
}
NAMES = {
    "unauthenticated": "unauthorized",
    "invalid": "validationError",
    "illegal_move": "illegalTransition",
    "not_found": "notFound",
    "duplicate": "conflict",
    "stale": "conflict",
    "too_many": "tooManyRequests",
    "too_large": "tooLarge",
    "too_broad": "validationError",
    "unsupported": "validationError",
}
"""Short machine names; codes that are missing here are their own name."""
MEMBERS = {
    "subject": "name",
    "external_id": "externalId",
    "text": "content",
    "type": "caseType",
    "stage": "status",
    "owner": "owningEmployeeId",
    "borrowers": "borrowerIds",
    "user": "escalatedEmployeeId",
    "team": "escalatedTeamId",
    "opened_at": "openedAt",
    "name": "name",
    "other": "objectId",
    "action": "status",
}
"""Members of the core that this API calls something else."""

_log = structlog.get_logger("casework.peach")


def render(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Return the answer to a request that failed in any way."""
    headers: dict[str, str] = {}
    body: dict[str, Any] = {"status": 500, "message": "Something went wrong on our side.", "error": "internalError"}
    if isinstance(error, Refusal):
        body, headers = _refused(error)
    elif isinstance(error, NotFoundException):
        body = {"status": 404, "message": "There is nothing at this address.", "error": "notFound"}
    elif isinstance(error, MethodNotAllowedException):
        body = {"status": 405, "message": f"{request.method} is not possible here.", "error": "methodNotAllowed"}
        headers = dict(error.headers or {})
    elif isinstance(error, HTTPException) and error.status_code < 500:
        body = {"status": error.status_code, "message": error.detail, "error": "badRequest"}
    else:
        _log.error("unexpected failure", trace=request.scope["state"]["trace"], exc_info=error)
    encoded = msgspec.json.encode(body)
    return Response(encoded, status_code=body["status"], media_type="application/json", headers=headers)


def _refused(error: Refusal) -> tuple[dict[str, Any], dict[str, str]]:
    status = STATUS[error.code]
    body: dict[str, Any] = {
        "status": status,
        "message": error.message,
        "error": NAMES.get(error.code, error.code),
    }
    wait = error.facts.get("retry_after")
    headers = {} if wait is None else {"Retry-After": str(wait)}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    member = MEMBERS.get(error.member or "", error.member)
    if status in {400, 409} and member is not None:
        wrong = error.facts.get("errors", {member: [error.message]})
        body["errors"] = [{"field": name, "message": text} for name, texts in wrong.items() for text in texts]
        if "errors" in error.facts:
            body["message"] = " ".join(f"{entry['field']}: {entry['message']}" for entry in body["errors"])
    if isinstance(existing := error.facts.get("existing"), str):
        body["existingId"] = existing
    return body, headers
