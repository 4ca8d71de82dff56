"""What every answer of the IBM door must look like, whatever it says."""

import re
from datetime import UTC, datetime
from typing import Any

import httpx

FIELDS = (
    "number",
    "short_description",
    "description",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "contact",
    "contact_type",
    "status",
    "severity",
    "support_tier",
    "resolution",
    "close_notes",
    "invoice_number",
    "agent_close_only",
    "eu",
    "watchlist",
    "attachments",
    "resources",
    "comments",
    "offering",
)
LABELS = {
    "new": "New",
    "in_progress": "In Progress",
    "waiting_on_client": "Waiting on Client",
    "resolution_provided": "Resolution Provided",
    "resolved": "Resolved",
    "closed": "Closed",
}
RESOLUTIONS = {
    1: "Client error",
    2: "Defect found with Component/Service",
    3: "Documentation Error",
    4: "Solution found in forums",
    5: "Solution found in public Documentation",
    6: "Solution no longer required",
    7: "Solution provided by IBM outside of support case",
    8: "Solution provided by IBM support engineer",
}
TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
TEXTS = ("short_description", "description", "support_tier", "resolution", "close_notes", "invoice_number")


def assert_refused(answer: httpx.Response, status: int, code: str | None = None) -> dict[str, Any]:
    """The refusal has this status, IBM's envelope and the trace headers; its body is returned."""
    assert answer.status_code == status, f"expected {status}, got {answer.status_code}: {answer.text[:500]}"
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    body = answer.json()
    assert set(body) == {"trace", "errors", "status_code"}
    assert re.fullmatch(r"[0-9a-f]{32}", body["trace"])
    assert body["status_code"] == status
    assert body["errors"], "Go's client indexes errors[0] unchecked"
    for error in body["errors"]:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", error["code"])
        assert isinstance(error["message"], str)
        assert error["message"]
        assert isinstance(error.get("more_info", ""), str)
    for header in ("X-Global-Transaction-Id", "X-Request-Id", "X-Correlation-Id"):
        assert answer.headers[header] == body["trace"]
    if code is not None:
        assert body["errors"][0]["code"] == code
    return body


def assert_iam_refused(answer: httpx.Response, status: int, code: str | None = None) -> dict[str, Any]:
    """The refusal has IAM's own shape, which is not the envelope of the case API."""
    assert answer.status_code == status, f"expected {status}, got {answer.status_code}: {answer.text[:500]}"
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    body = answer.json()
    assert {"errorCode", "errorMessage"} <= set(body) <= {"errorCode", "errorMessage", "errorDetails", "context"}
    assert isinstance(body["errorMessage"], str)
    assert body["errorMessage"]
    if code is not None:
        assert body["errorCode"] == code
    return body


def moment(text: str) -> datetime:
    """An IBM timestamp, which carries no zone and means UTC."""
    assert TIMESTAMP.fullmatch(text), text
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def assert_recent(text: str) -> None:
    """The stamp was made just now, by UTC and not by the tenant's zone."""
    assert abs((datetime.now(UTC) - moment(text)).total_seconds()) < 300


def assert_user(user: Any) -> None:
    assert set(user) <= {"name", "realm", "user_id", "type"}
    assert user["realm"] in {"IBMid", "SL", "BSS"}
    assert isinstance(user["user_id"], str)
    assert user["user_id"]
    assert isinstance(user["name"], str)


def assert_comment(comment: Any) -> None:
    assert {"value", "added_at", "added_by"} <= set(comment) <= {"value", "added_at", "added_by", "sys_created_by"}
    assert isinstance(comment["value"], str)
    moment(comment["added_at"])
    assert_user(comment["added_by"])


def assert_attachment(attachment: Any, base: str, number: str) -> None:
    assert set(attachment) == {"id", "filename", "size_in_bytes", "created_at", "url"}
    assert re.fullmatch(r"[0-9a-f]{32}", attachment["id"])
    assert isinstance(attachment["size_in_bytes"], int)
    moment(attachment["created_at"])
    assert attachment["url"] == f"{base}/cases/{number}/attachments/{attachment['id']}"


def assert_resource(resource: Any) -> None:
    assert set(resource) <= {"crn", "name", "type", "url", "note"}
    assert isinstance(resource.get("crn", ""), str)
    for key in ("name", "type", "url", "note"):
        assert resource.get(key) is None or isinstance(resource[key], str)


def assert_full_case(case: Any, base: str) -> None:
    """A case without field selection: every key but `offering` is there, and no array or object is null."""
    assert set(FIELDS) - {"offering"} <= set(case) <= set(FIELDS)
    assert re.fullmatch(r"CS\d{7,}", case["number"])
    for key in TEXTS:
        assert isinstance(case[key], str), key
    moment(case["created_at"])
    moment(case["updated_at"])
    for key in ("created_by", "updated_by", "contact"):
        assert_user(case[key])
    assert case["contact_type"] in {"Cloud Support Center", "IMS Console"}
    assert case["status"] in LABELS.values()
    assert type(case["severity"]) is int
    assert 1 <= case["severity"] <= 4
    assert case["support_tier"] in {"Free", "Basic", "Standard", "Premium"}
    assert isinstance(case["agent_close_only"], bool)
    assert set(case["eu"]) == {"support", "data_center"}
    assert isinstance(case["eu"]["support"], bool)
    assert isinstance(case["eu"]["data_center"], str)
    for user in case["watchlist"]:
        assert_user(user)
    for attachment in case["attachments"]:
        assert_attachment(attachment, base, case["number"])
    for resource in case["resources"]:
        assert_resource(resource)
    for comment in case["comments"]:
        assert_comment(comment)
    if "offering" in case:
        assert set(case["offering"]) == {"name", "type"}
        assert {"group", "key"} <= set(case["offering"]["type"]) <= {"group", "key", "kind", "id"}
