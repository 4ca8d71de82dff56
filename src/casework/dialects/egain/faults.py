"""From refusals to eGain's answers: one table of codes, one of the texts that users see (spec/egain §6)."""

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException

from casework.dialects.egain import language, markup, negotiation
from casework.dialects.egain.refusal import Fault
from casework.domain.refusals import Refusal

CODES: dict[tuple[str, str | None], str] = {
    ("unauthenticated", None): "401-101",
    ("forbidden", None): "403-178",
    ("forbidden", "department"): "403-160",
    ("forbidden", "transfer"): "403-161",
    ("forbidden", "owner_department"): "403-162",
    ("forbidden", "pull"): "403-163",
    ("forbidden", "related"): "403-164",
    ("not_found", None): "404-100",
    ("invalid", None): "400-152",
    ("invalid", "listed"): "400-196",
    ("invalid", "nothing"): "400-162",
    ("invalid", "disabled"): "400-163",
    ("invalid", "unlicensed"): "400-164",
    ("invalid", "limit"): "400-10424",
    ("illegal_move", None): "400-161",
    ("stale", None): "409-100",
    ("duplicate", None): "400-152",
    ("too_large", None): "400-10424",
    ("unsupported", None): "400-103",
    ("too_broad", None): "400-102",
    ("too_many", None): "429-001",
    ("unavailable", None): "503-100",
}
"""(code of the refusal, the rule that it names) to the API's code; a rule without an entry reads as none."""

USER_MESSAGES = {
    "400-101": "The request has a parameter that is not supported.",
    "400-102": "A parameter of the request has a value that is not supported.",
    "400-103": "The request could not be read.",
    "400-105": "A parameter of the request must be a positive whole number.",
    "400-108": "The address contains an ID that is not valid.",
    "400-112": "A required parameter is missing.",
    "400-1132": "The language is not available.",
    "400-150": "The request contains an unknown element.",
    "400-151": "A required element is missing.",
    "400-152": "An element has a value that is not valid.",
    "400-160": "The case does not exist.",
    "400-161": "The case is closed.",
    "400-162": "Nothing was given to change.",
    "400-163": "The new owner is disabled.",
    "400-164": "The new owner has no license.",
    "400-196": "The value is not one of the allowed values.",
    "400-10424": "A limit was exceeded.",
    "401-101": "Your sign-in is not valid or has expired.",
    "401-104": "You must sign in.",
    "403-105": "You need a license for this action.",
    "403-112": "This kind of user may not do this.",
    "403-160": "The case is not in one of your departments.",
    "403-161": "You may not transfer work to this user.",
    "403-162": "The new owner is not in the department of the case.",
    "403-163": "You may not take over work from the present owner.",
    "403-164": "A related case is not in a department you can access.",
    "403-178": "You do not have permission for this action.",
    "403-197": "The application does not have permission for this action.",
    "404-100": "The item was not found.",
    "405-100": "This operation is not possible here.",
    "406-100": "The language is not supported.",
    "406-101": "The format is not supported.",
    "409-100": "The case was changed in the meantime. Reload it and try again.",
    "429-001": "Too many requests. Try again later.",
    "500-100": "Something went wrong. Try again later.",
    "503-100": "The service is not available right now. Try again later.",
}
ELEMENTS = {"due_at": "dueDate", "owner": "owner.user.id", "rank": "severity", "text": "content"}
"""The core's names of members that are spelled otherwise here."""
LONGEST_MESSAGE, LONGEST_DETAIL = 2048, 255

_log = structlog.get_logger("casework.egain")


def render(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Return the answer to a request that failed in any way, in the media type and language that were asked for."""
    code, message, element, headers = _explain(request, error)
    manner = negotiation.lenient(request)
    body: dict[str, Any] = {"code": code, "developerMessage": message[:LONGEST_MESSAGE]}
    if element:
        body["details"] = [{"key": "element", "value": element[:LONGEST_DETAIL]}]
    if request.headers.get("x-egain-error-message", "yes").strip().lower() != "no":
        body["userMessage"] = language.text(manner.locale, USER_MESSAGES[code])
    headers["Content-Language"] = manner.locale
    return markup.response(manner.media, "error", body, int(code[:3]), headers)


def _explain(request: Request[Any, Any, Any], error: Exception) -> tuple[str, str, str | None, dict[str, str]]:
    """Return code, developer message, the offending element, and headers."""
    if isinstance(error, Refusal):
        code = error.number if isinstance(error, Fault) else _code(error)
        wait = error.facts.get("retry_after")
        headers = {} if wait is None else {"Retry-After": str(wait)}
        if code.startswith("401"):
            headers["WWW-Authenticate"] = "Bearer"
        return code, error.message, ELEMENTS.get(error.member or "", error.member), headers
    if isinstance(error, NotFoundException):
        return "404-100", "There is nothing at this address.", None, {}
    if isinstance(error, MethodNotAllowedException):
        return "405-100", f"{request.method} is not possible here.", None, dict(error.headers or {})
    if isinstance(error, HTTPException) and error.status_code < 500:
        return "400-103", error.detail, None, {}
    _log.error("unexpected failure", trace=request.scope["state"]["trace"], path=request.url.path, exc_info=error)
    return "500-100", "Something went wrong on our side.", None, {}


def _code(refusal: Refusal) -> str:
    rule = refusal.facts.get("rule")
    if refusal.code == "forbidden" and rule is None and not refusal.facts.get("why", "no permission").startswith("no "):
        rule = "department"  # the permission is there, but this case is out of its reach
    return CODES.get((refusal.code, rule)) or CODES[refusal.code, None]
