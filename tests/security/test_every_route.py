"""Every address of every API and the permission that it needs: a route that is not in the table fails the build."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler

from casework.server import DIALECTS
from security.webitel_cases import BODIES as WEBITEL_BODIES
from security.webitel_cases import CASE_ROUTES
from security.webitel_lookups import LOOKUPS

if TYPE_CHECKING:
    from casting import Cast

CASES = "/ibm/case-management/v1/cases"
EGAIN = "/egain/core/casemgr/v3/case"
TOKEN = None
"""Instead of a permission: the address is where credentials are exchanged."""
CRM = "/bottlecrm/api"
PEACH = "/peach/api"
PEACH_CASE = "/people/{person:str}/cases/{case:str}"
SIGNED_IN = ""
"""Any credential will do."""

TABLE: dict[tuple[str, str], str | None] = {
    ("POST", "/ibm/identity/token"): TOKEN,
    ("GET", CASES): "case.read",
    ("POST", CASES): "case.create",
    ("GET", CASES + "/{number:str}"): "case.read",
    ("PUT", CASES + "/{number:str}/status"): "case.resolve",
    ("GET", CASES + "/{number:str}/comments"): "case.read",
    ("PUT", CASES + "/{number:str}/comments"): "case.comment",
    ("PUT", CASES + "/{number:str}/watchlist"): "case.watch",
    ("DELETE", CASES + "/{number:str}/watchlist"): "case.watch",
    ("PUT", CASES + "/{number:str}/resources"): "case.link",
    ("PUT", CASES + "/{number:str}/attachments"): "case.attach",
    ("GET", CASES + "/{number:str}/attachments/{file_id:str}"): "case.read",
    ("DELETE", CASES + "/{number:str}/attachments/{file_id:str}"): "case.attach",
    ("GET", "/ibm/case-management/utilities/v1/eu-support"): SIGNED_IN,
    ("GET", "/ibm/case-management/utilities/v1/offerings/technical"): SIGNED_IN,
    ("GET", "/ibm/case-management/utilities/v1/constants/resolution-codes"): SIGNED_IN,
    ("GET", "/ibm/case-management/utilities/v1/constants/statuses"): SIGNED_IN,
    ("POST", "/egain/oauth2/v2.0/token"): TOKEN,
    ("GET", "/egain/oauth2/v2.0/authorize"): TOKEN,
    ("POST", "/egain/oauth2/v2.0/authorize"): TOKEN,
    ("POST", "/egain/ws/v12/authentication/user/login"): TOKEN,
    ("POST", "/egain/ws/v12/authentication/user/logout"): TOKEN,
    ("GET", EGAIN): "case.read",
    ("PATCH", EGAIN): "case.edit",
    ("GET", EGAIN + "/attributes"): "case.read",
    ("GET", EGAIN + "/{ids:str}"): "case.read",
    ("PUT", EGAIN + "/{case:str}/close"): "case.status",
    ("PUT", EGAIN + "/{case:str}/changecustomer"): "case.edit",
    ("GET", EGAIN + "/{case:str}/note"): "case.read",
    ("POST", EGAIN + "/{case:str}/note"): "case.comment",
    ("GET", EGAIN + "/{case:str}/note/{ids:str}"): "case.read",
    ("DELETE", EGAIN + "/{case:str}/note/{ids:str}"): "case.comment",
    ("POST", CRM + "/auth/login"): TOKEN,
    ("POST", CRM + "/auth/refresh-token"): TOKEN,
    ("GET", CRM + "/auth/me"): SIGNED_IN,
    ("GET", CRM + "/org"): SIGNED_IN,
    ("GET", CRM + "/cases"): "case.read",
    ("POST", CRM + "/cases"): "case.create",
    ("GET", CRM + "/cases/{pk:str}"): "case.read",
    ("PUT", CRM + "/cases/{pk:str}"): "case.edit",
    ("PATCH", CRM + "/cases/{pk:str}"): "case.edit",
    ("DELETE", CRM + "/cases/{pk:str}"): "case.delete",
    ("POST", CRM + "/cases/{pk:str}"): "case.comment",
    ("PUT", CRM + "/cases/comment/{pk:str}"): "case.comment",
    ("PATCH", CRM + "/cases/comment/{pk:str}"): "case.comment",
    ("DELETE", CRM + "/cases/comment/{pk:str}"): "case.comment",
    ("GET", CRM + "/cases/attachment/{pk:str}"): "case.read",
    ("DELETE", CRM + "/cases/attachment/{pk:str}"): "case.attach",
    **{
        ("GET", f"{CRM}/{noun}{one}"): "case.read"
        for noun in ("accounts", "contacts", "teams", "users")
        for one in ("", "/{pk:str}")
    },
    **CASE_ROUTES,
    **LOOKUPS,
    **{
        ("GET", f"{PEACH}/{path}"): "case.read"
        for noun, one in (
            ("people", "person"),
            ("employees", "employee"),
            ("companies/{company_id:str}/employees", "employee"),
            ("teams", "team"),
            ("case-types", "type"),
            ("tasks", "task"),
            ("workflows", "workflow"),
            ("supercases", "supercase"),
            ("people/{person_id:str}/loans", "thing"),
            ("people/{person_id:str}/interactions", "thing"),
            ("people/{person_id:str}/documents", "thing"),
        )
        for path in (noun, f"{noun}/{{{one}_id:str}}")
    },
    ("GET", PEACH + "/case-type/{type_id:str}"): "case.read",
    ("GET", PEACH + "/people/{person_id:str}/documents/{thing_id:str}/content"): "case.read",
    **{
        (method, f"{PEACH}/{path}"): permission
        for permission, written in {
            "case.edit": {
                "people": "POST",
                "people/{person_id:str}": "PUT DELETE",
                "tasks/{task_id:str}": "PUT",
                **{f"people/{{person_id:str}}/{kind}": "POST" for kind in ("loans", "interactions", "documents")},
                **{
                    f"people/{{person_id:str}}/{kind}/{{thing_id:str}}": "PUT DELETE"
                    for kind in ("loans", "interactions", "documents")
                },
                "people/{person_id:str}/documents/{thing_id:str}/content": "PUT POST",
                "workflows": "POST",
                "workflows/{workflow_id:str}": "PUT",
            },
            "people.edit": {
                "employees": "POST",
                "employees/{employee_id:str}": "PUT",
                "companies/{company_id:str}/employees": "POST",
                "companies/{company_id:str}/employees/{employee_id:str}": "PUT",
                "teams": "POST",
                "teams/{team_id:str}": "PUT DELETE",
            },
            "catalogue.edit": {
                "case-types": "POST",
                "case-types/{type_id:str}": "PUT",
                "case-type/{type_id:str}": "PUT",
            },
            "case.create": {"supercases": "POST"},
            "tenant.edit": {"webhooks": "GET POST", "webhooks/{webhook_id:str}": "GET DELETE"},
        }.items()
        for path, methods in written.items()
        for method in methods.split()
    },
    **{
        (method, PEACH + path): "case.read"
        for method, path in (
            ("GET", "/cases"),
            ("GET", "/cases/{case:str}"),
            ("GET", "/case-escalations"),
            ("GET", "/cases/escalations"),
            ("GET", "/people/{person:str}/cases"),
            ("GET", PEACH_CASE),
            ("POST", PEACH_CASE + "/views"),
            ("GET", PEACH_CASE + "/escalations"),
            ("GET", PEACH_CASE + "/escalations/active"),
            ("GET", PEACH_CASE + "/escalation"),
            ("GET", PEACH_CASE + "/notes"),
            ("GET", PEACH_CASE + "/notes/{note:str}"),
            ("GET", PEACH_CASE + "/do-not-interacts"),
            ("GET", PEACH_CASE + "/do-not-interacts/{instance:str}"),
        )
    },
    ("POST", PEACH + "/people/{person:str}/cases"): "case.create",
    ("PUT", PEACH + PEACH_CASE): "case.edit",
    ("PATCH", PEACH + PEACH_CASE): "case.edit",
    ("POST", PEACH + PEACH_CASE + "/associations"): "case.associate",
    ("DELETE", PEACH + PEACH_CASE + "/associations"): "case.associate",
    ("DELETE", PEACH + PEACH_CASE + "/associations/{thing:str}"): "case.associate",
    ("DELETE", PEACH + PEACH_CASE + "/associations/{kind:str}/{thing:str}"): "case.associate",
    ("POST", PEACH + PEACH_CASE + "/escalations"): "case.escalate",
    ("POST", PEACH + PEACH_CASE + "/escalate"): "case.escalate",
    ("POST", PEACH + PEACH_CASE + "/snooze"): "case.snooze",
    ("POST", PEACH + PEACH_CASE + "/notes"): "case.comment",
    ("PUT", PEACH + PEACH_CASE + "/notes/{note:str}"): "case.comment",
    ("PATCH", PEACH + PEACH_CASE + "/notes/{note:str}"): "case.comment",
    ("POST", PEACH + PEACH_CASE + "/do-not-interacts"): "case.edit",
    **{
        (method, PEACH + PEACH_CASE + "/do-not-interacts/{instance:str}"): "case.edit"
        for method in ("PUT", "PATCH", "DELETE")
    },
}
BODIES = {
    "/status": {"action": "resolve", "resolution_code": 1},
    "/comments": {"comment": "x"},
    "/watchlist": {"watchlist": [{"realm": "IBMid", "user_id": "x"}]},
    "/resources": {"crn": "crn:v1:a:b"},
    "/case": {"id": "1", "lastModified": "2024-01-01T00:00:00Z", "subject": "x"},
    "/changecustomer": {"customer": {"id": "1"}},
    "/note": {"content": "x"},
    "/acl": [{"grantee": 1, "grants": "r"}],
    "/cases": {"type": "sales", "subject": "x", "description": "x"},
}


def _routes() -> set[tuple[str, str]]:
    return {
        (str(method), dialect.prefix + path)
        for dialect in DIALECTS
        for handler in dialect.routes
        if isinstance(handler, HTTPRouteHandler)
        for path in handler.paths
        for method in handler.http_methods
    }


def test_every_route_is_in_the_table() -> None:
    assert _routes() == set(TABLE)


def _send(server: Cast, method: str, path: str, user: str | None, case: str) -> httpx.Response:
    """Send a request as a user; what it is about is a case of the world, or nothing of its kind."""
    ids = server.ids["cases"][case]
    path = path.replace("{number:str}", ids["ibm"]).replace("/cases/{pk:str}", f"/cases/{ids['bottlecrm']}")
    path = path.replace("{case:str}", ids["egain"]).replace("{ids:str}", ids["egain"])
    if path.startswith("/webitel/"):
        path = path.replace("{object:str}", "cases").replace("/cases/{etag:str}", f"/cases/{ids['webitel']}")
        path = re.sub(r"\{\w+:str\}", "1", path)
    url = server.url + path.replace("{file_id:str}", "0" * 32).replace("{pk:str}", str(UUID(int=4 << 76)))
    url += "?$attribute=all" if path.endswith("/attributes") else ""
    tenant = (user or case).partition("/")[0]
    headers = {"organization-id": server.ids["tenants"][tenant]["bottlecrm"]}
    if user is not None:
        headers["Authorization"] = f"Bearer {server.secret(user)}"
        headers["X-Webitel-Access"] = server.secret(user)
    known = {**BODIES, **WEBITEL_BODIES} if path.startswith("/webitel/") else BODIES
    body = next((body for end, body in known.items() if path.endswith(end)), None)
    if path.endswith("/attachments"):
        return httpx.request(method, url, headers=headers, files={"file": ("a.txt", b"x")})
    return httpx.request(method, url, headers=headers, json=body if method != "GET" else None)


NEEDING = sorted((route, permission) for route, permission in TABLE.items() if permission is not TOKEN)
ABOUT_A_CASE = [
    entry
    for entry in NEEDING
    if any(
        part in entry[0][1]
        for part in ("{number", "/cases/{pk", "{case:", "{ids:", "/cases/{etag:", "{object:str}/{etag")
    )
]


@pytest.mark.parametrize(("route", "permission"), NEEDING)
def test_it_refuses_who_shows_no_credential(server: Cast, route: tuple[str, str], permission: str) -> None:
    assert _send(server, *route, None, "acme/first").status_code == 401


@pytest.mark.parametrize(("route", "permission"), NEEDING)
def test_it_refuses_who_lacks_the_permission(server: Cast, route: tuple[str, str], permission: str) -> None:
    answer = _send(server, *route, "acme/otto", "acme/first")
    assert answer.status_code == (200 if permission == SIGNED_IN else 403)


@pytest.mark.parametrize(("route", "permission"), ABOUT_A_CASE)
def test_it_knows_nothing_of_another_tenants_case(server: Cast, route: tuple[str, str], permission: str) -> None:
    case = max(
        (key for key in server.ids["cases"] if key.startswith("acme/")), key=lambda k: server.ids["cases"][k]["number"]
    )
    others = {row["ibm"] for key, row in server.ids["cases"].items() if key.startswith("globex/")}
    assert server.ids["cases"][case]["ibm"] not in others
    assert _send(server, *route, "globex/gina", case).status_code == 404
