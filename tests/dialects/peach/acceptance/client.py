"""The Peach door as a program sees it, written from the facts sheet and the OpenAPI document alone."""

import re
import uuid
from typing import Any

import httpx

API = "/peach/api"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")
BASES = (
    "generic", "bankruptcy", "ceaseCommunication", "collection", "deceased", "disputeOfDebt", "federalEmergency",
    "identityTheft", "legalAction", "militaryDuty", "debtValidation", "oFACSanctionedIndividual",
    "disputeOfPurchase", "creditBureauDispute",
)  # fmt: skip

# Every operation with a body that would be accepted, aliases included: what refusals common to all are tried on.
ON_ONE_CASE: tuple[tuple[str, str, Any], ...] = (
    ("GET", "", None),
    ("PUT", "", {"name": "Another"}),
    ("PATCH", "", {"name": "Another"}),
    ("POST", "/associations", {"objectType": "case", "objectId": "CS-0000-0001"}),
    ("DELETE", "/associations/case/CS-0000-0001", None),
    ("DELETE", "/associations/CS-0000-0001", None),
    ("DELETE", "/associations?objectType=case&objectId=CS-0000-0001", None),
    ("POST", "/views", None),
    ("POST", "/escalations", {"escalatedTeamId": None, "escalatedEmployeeId": None}),
    ("POST", "/escalate", {"escalatedTeamId": None, "escalatedEmployeeId": None}),
    ("GET", "/escalations", None),
    ("GET", "/escalations/active", None),
    ("GET", "/escalation", None),
    ("POST", "/snooze", {"snoozeFor": 1}),
    ("GET", "/notes", None),
    ("POST", "/notes", {"content": "A note"}),
    ("GET", "/do-not-interacts", None),
    ("POST", "/do-not-interacts", {"channels": ["all"], "startDate": "2030-01-01"}),
)
ON_THE_COMPANY: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/cases", None),
    ("GET", "/case-escalations", None),
    ("GET", "/cases/escalations", None),
    ("GET", "/case-types", None),
    ("POST", "/case-types", {"caseType": "generic", "name": "A type"}),
    ("POST", "/people", {"name": {"firstName": "Kit", "lastName": "Borrower"}}),
)
ON_A_PERSON: tuple[tuple[str, str, Any], ...] = (
    ("GET", "", None),
    ("PUT", "", {"status": "active"}),
    ("GET", "/cases", None),
    ("POST", "/cases", {"caseType": "generic", "name": "A case"}),
    ("GET", "/documents", None),
    ("POST", "/documents", {"type": "other"}),
    ("POST", "/interactions", {"channel": "email"}),
)

OPENED: list[httpx.Client] = []
"""To be closed at the end."""


def word() -> str:
    """A word of letters that occurs nowhere else."""
    return "zq" + uuid.uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))[:16]


def spoken(operation: tuple[str, str, Any]) -> str:
    return f"{operation[0]} {operation[1] or 'itself'}"


class Door:
    """One credential at the Peach door."""

    def __init__(self, server: Any, user: str, **headers: str) -> None:
        self.server = server
        self.user = user
        self.ids = server.ids
        credential = headers or {"X-API-KEY": server.secret(user)}
        self.http = httpx.Client(base_url=server.url + API, headers=credential, timeout=60, follow_redirects=False)
        OPENED.append(self.http)

    def send(self, method: str, path: str, body: Any = None, **how: Any) -> httpx.Response:
        if body is not None:
            how["json"] = body
        return self.http.request(method, path, **how)

    def ok(self, method: str, path: str, body: Any = None, **how: Any) -> Any:
        """The whole body of a 200."""
        answer = self.send(method, path, body, **how)
        assert answer.status_code == 200, f"{method} {path}: {answer.status_code} {answer.text[:600]}"
        return answer.json()

    def data(self, method: str, path: str, body: Any = None, **how: Any) -> Any:
        """The `data` of a 200 with the envelope of one object."""
        found = self.ok(method, path, body, **how)
        assert found["status"] == 200, found
        return found["data"]

    def done(self, method: str, path: str, body: Any = None, **how: Any) -> None:
        answer = self.send(method, path, body, **how)
        assert answer.status_code == 204, f"{method} {path}: {answer.status_code} {answer.text[:600]}"
        assert answer.content == b""

    def refused(self, status: int, method: str, path: str, body: Any = None, **how: Any) -> dict[str, Any]:
        answer = self.send(method, path, body, **how)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:600]}"
        found = answer.json()
        assert found["status"] == status, found
        assert isinstance(found["message"], str) and found["message"], found
        return found

    def wrong(self, member: str, method: str, path: str, body: Any = None, **how: Any) -> None:
        """A 400 that names the member."""
        found = self.refused(400, method, path, body, **how)
        named = [error["field"] for error in found.get("errors", [])]
        assert any(field == member or field.startswith((f"{member}.", f"{member}[")) for field in named), found
        assert all(error["message"] for error in found["errors"]), found

    def person(self, **members: Any) -> dict[str, Any]:
        name = {"firstName": "Kit", "lastName": word().title()}
        return self.data("POST", "/people", {"borrowerType": "person", "name": name, **members})

    def open(self, person: str | None = None, **members: Any) -> "Case":
        """A new case, of a new borrower unless one is named; generic unless a type is named."""
        person = person or self.person()["id"]
        body = {"name": f"Case {word()}", **({} if "typeId" in members else {"caseType": "generic"}), **members}
        return Case(self, person, self.data("POST", f"/people/{person}/cases", body))

    def type(self, **members: Any) -> dict[str, Any]:
        """A new active case type."""
        body = {"caseType": "generic", "name": word(), "status": "active", **members}
        return self.data("POST", "/case-types", body)

    def listed(self, path: str, **query: Any) -> list[str]:
        return [case["id"] for case in self.ok("GET", path, params={"limit": 100, **query})["data"]]

    def employee(self, key: str) -> str:
        return self.ids["users"][key]["peach_employee"]

    def team(self) -> str:
        return self.ids["teams"]["acme/escalations"]["peach"]


class Case:
    """One case as its address and what its creation answered."""

    def __init__(self, door: Door, person: str, made: dict[str, Any]) -> None:
        self.door = door
        self.person = person
        self.made = made
        self.id: str = made["id"]
        self.path = f"/people/{person}/cases/{self.id}"

    def get(self, **query: Any) -> dict[str, Any]:
        return self.door.data("GET", self.path, params=query)

    def put(self, **members: Any) -> dict[str, Any]:
        return self.door.data("PUT", self.path, members)

    def not_put(self, **members: Any) -> dict[str, Any]:
        return self.door.refused(400, "PUT", self.path, members)

    def do(self, action: str, **members: Any) -> None:
        """An operation below the case that answers 204."""
        self.door.done("POST", f"{self.path}/{action}", members)

    def not_do(self, action: str, status: int = 400, **members: Any) -> dict[str, Any]:
        return self.door.refused(status, "POST", f"{self.path}/{action}", members)

    def walk(self, *statuses: str) -> "Case":
        """Go through these statuses; a completed case is approved."""
        for status in statuses:
            assert self.put(status=status, **({"outcome": "approved"} if status == "completed" else {}))
        return self

    def escalate(self, **members: Any) -> None:
        self.do("escalations", **members)

    def escalations(self) -> list[dict[str, Any]]:
        body = self.door.ok("GET", f"{self.path}/escalations")
        assert set(body) == {"status", "count", "data"} and body["count"] == len(body["data"])
        return body["data"]

    def links(self, kind: str = "all") -> list[tuple[str, str]]:
        return [(link["objectType"], link["objectId"]) for link in self.get(associations=kind)["associations"]]

    def link(self, kind: str, target: str, **members: Any) -> None:
        self.do("associations", objectType=kind, objectId=target, **members)

    def note(self, content: str = "A note", **members: Any) -> dict[str, Any]:
        return self.door.data("POST", f"{self.path}/notes", {"content": content, **members})

    def notes(self, **query: Any) -> list[dict[str, Any]]:
        return self.door.ok("GET", f"{self.path}/notes", params=query)["data"]


def unchanged(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert after == before, {k: (before.get(k), after.get(k)) for k in before if before.get(k) != after.get(k)}
