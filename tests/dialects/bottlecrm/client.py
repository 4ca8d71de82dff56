"""The BottleCRM door as a program sees it."""

import uuid
from typing import Any

import httpx

API = "/bottlecrm"
NOBODY = "00000000-0000-4000-8000-000000000000"
"""A well-formed id of nothing."""
MALFORMED = "not-a-uuid"


def unique(words: str) -> str:
    """The words with one that no other test uses."""
    return f"{words} {word()}"


def word() -> str:
    return "zq" + uuid.uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))[:16]


OPENED: list[httpx.Client] = []
"""To be closed at the end."""


class Door:
    """One user's way in, in one organization. Methods named after an operation expect it to succeed."""

    def __init__(self, server: Any, token: str, org: str | None) -> None:
        self.ids = server.ids
        self.token = token
        headers = {"Authorization": f"Bearer {token}"} | ({"organization-id": org} if org else {})
        self.http = httpx.Client(base_url=server.url + API, headers=headers, timeout=60, follow_redirects=False)
        OPENED.append(self.http)

    def request(self, method: str, path: str, **how: Any) -> httpx.Response:
        return self.http.request(method, path, **how)

    def result(self, method: str, path: str, status: int = 200, **how: Any) -> Any:
        answer = self.http.request(method, path, **how)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:800]}"
        return answer.json() if answer.content else None

    def wrong(self, method: str, path: str, **how: Any) -> dict[str, list[str]]:
        """The members that a 400 names."""
        body = self.result(method, path, 400, **how)
        assert body["error"] is True and isinstance(body["detail"], str) and body["detail"]
        assert all(texts and all(isinstance(text, str) for text in texts) for texts in body["errors"].values())
        return body["errors"]

    def refused(self, method: str, path: str, status: int, **how: Any) -> httpx.Response:
        answer = self.http.request(method, path, **how)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:800]}"
        body = answer.json()
        assert body["error"] is True and body["errors"] == body["detail"] and body["detail"], body
        return answer

    def id(self, kind: str, name: str) -> str:
        return self.ids[kind][name]["bottlecrm"]

    def open(self, name: str = "", **members: Any) -> dict[str, Any]:
        return self.result("POST", "/api/cases/", 201, json={"name": name or unique("A case"), **members})

    def page(self, **query: Any) -> dict[str, Any]:
        return self.result("GET", "/api/cases/", params=query)

    def listed(self, **query: Any) -> list[str]:
        return [case["id"] for case in self.page(**{"limit": 1000, **query})["results"]]

    def detail(self, case: str) -> dict[str, Any]:
        return self.result("GET", f"/api/cases/{case}/")

    def case(self, case: str) -> dict[str, Any]:
        return self.detail(case)["case_obj"]

    def put(self, case: str, **members: Any) -> dict[str, Any]:
        return self.result("PUT", f"/api/cases/{case}/", json=members)

    def patch(self, case: str, **members: Any) -> dict[str, Any]:
        return self.result("PATCH", f"/api/cases/{case}/", json=members)

    def comment(self, case: str, text: str, **members: Any) -> dict[str, Any]:
        """Add a comment and return it."""
        return self.result("POST", f"/api/cases/{case}/", json={"comment": text, **members})["comments"][0]

    def attach(self, case: str, data: bytes = b"data", name: str = "a.txt", **fields: str) -> dict[str, Any]:
        """Attach a file and return it."""
        body = self.result("POST", f"/api/cases/{case}/", files={"attachment": (name, data)}, data=fields)
        return body["attachments"][-1]


def tenant_of(user: str) -> str:
    return user.partition("/")[0]


class Doors:
    """Users by name (`acme/alice`), each by an API key."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self._open: dict[str, Door] = {}

    def of(self, user: str) -> Door:
        if user not in self._open:
            org = self.server.ids["tenants"][tenant_of(user)]["bottlecrm"]
            self._open[user] = Door(self.server, self.server.secret(user), org)
        return self._open[user]

    def close(self) -> None:
        while OPENED:
            OPENED.pop().close()
