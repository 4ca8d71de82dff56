"""The Peach door as the tests of what stands around the case use it: two companies of their own."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from casting import Cast

ROLES = {"ada": "admin", "ben": "agent", "vic": "viewer", "own": "restricted", "otto": "operator", "cus": "customer"}


def tenant(key: str) -> dict[str, Any]:
    return {
        "key": key,
        "name": key.title(),
        "users": [
            {
                "key": user,
                "name": f"{user.title()} Tester",
                "email": f"{user}@{key}.example",
                "roles": [role],
                "kind": "customer" if role == "customer" else "agent",
            }
            for user, role in ROLES.items()
        ],
        "keys": [{"key": user, "user": user, "secret": f"{key}-{user}-secret-000001"} for user in ROLES],
        "teams": [{"key": "desk", "name": "Desk", "members": ["ben"]}],
        "persons": [
            {"key": "kit", "first_name": "Kit", "last_name": "Borrower", "external_id": "kit-1", "borrower": True},
            {"key": "lou", "first_name": "Lou", "last_name": "Borrower", "borrower": True},
        ],
        "organizations": [{"key": "corp", "name": "Corp Ltd", "external_id": "corp-1"}],
        "objects": [{"key": "loan", "kind": "loan", "person": "kit", "external_id": "L-1"}],
        "case_types": [
            {
                "key": "complaint", "base": "generic", "name": "Complaint", "version": 2, "status": "active",
                "fields": [{"name": "severity", "title": "Severity", "type": "integer", "min": 1, "max": 5}],
            }
        ],
        "fields": [{"name": "region", "title": "Region", "type": "string"}],
    }  # fmt: skip


class Office:
    """A company and its people at the Peach door."""

    def __init__(self, server: Cast, key: str) -> None:
        self.server = server
        self.key = key
        self.ids = server.apply({"tenants": [tenant(key)]})
        self.http = httpx.Client(base_url=f"{server.url}/peach/api", timeout=60)
        self._names = itertools.count(1)

    def id(self, kind: str, key: str, spelling: str = "peach") -> str:
        return str(self.ids[kind][f"{self.key}/{key}"][spelling])

    def send(self, method: str, path: str, user: str | None = "ada", **more: Any) -> httpx.Response:
        headers = {"X-API-KEY": f"{self.key}-{user}-secret-000001"} if user else {}
        return self.http.request(method, path, headers={**headers, **more.pop("headers", {})}, **more)

    def get(self, path: str, user: str = "ada", **params: Any) -> Any:
        answer = self.send("GET", path, user, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def data(self, path: str, user: str = "ada", **params: Any) -> Any:
        return self.get(path, user, **params)["data"]

    def post(self, path: str, body: Any, user: str = "ada") -> Any:
        answer = self.send("POST", path, user, json=body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["status"] == 200
        return answer.json()["data"]

    def put(self, path: str, body: Any, user: str = "ada") -> Any:
        answer = self.send("PUT", path, user, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def refused(self, method: str, path: str, body: Any = None, *, status: int = 400, user: str | None = "ada") -> Any:
        """Send what must be refused, and return the error body after a look at its form."""
        answer = self.send(method, path, user, **({} if body is None else {"json": body}))
        assert answer.status_code == status, answer.text
        found = answer.json()
        assert found["status"] == status
        assert found["message"]
        assert found["error"]
        return found

    def wrong(self, method: str, path: str, body: Any) -> set[str]:
        """Return the members that a 400 names."""
        return {entry["field"] for entry in self.refused(method, path, body)["errors"]}

    def name(self) -> str:
        return f"n{next(self._names)}-{self.key}"

    def person(self, **members: Any) -> str:
        return str(self.post("/people", {"name": {"firstName": "Pat", "lastName": self.name()}, **members})["id"])


class Two:
    """The company of the tests, and another one."""

    def __init__(self, here: Office, there: Office) -> None:
        self.here = here
        self.there = there


@contextmanager
def companies(server: Cast, name: str) -> Iterator[Two]:
    """Make the two companies of a module."""
    found = Two(Office(server, name), Office(server, f"{name}-other"))
    yield found
    found.here.http.close()
    found.there.http.close()
