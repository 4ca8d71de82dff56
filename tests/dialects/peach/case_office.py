"""A company whose cases are worked on: short ways to cases of its borrowers, over the harness of the objects."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from casting import Cast
from dialects.peach.office import Office


class Desk(Office):
    """A company at the Peach door; each borrower of a test is its own."""

    def case(self, person: str, base: str = "generic", user: str = "ada", **members: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.post(f"/people/{person}/cases", {"caseType": base, **members}, user)
        return found

    def new(self, base: str = "generic", **members: Any) -> tuple[str, dict[str, Any]]:
        """Return the path and the body of a case of a new borrower."""
        person = self.person()
        case = self.case(person, base, **members)
        return f"/people/{person}/cases/{case['id']}", case

    def done(self, method: str, path: str, body: Any = None, user: str = "ada") -> httpx.Response:
        """Send what must be answered with 204 and nothing."""
        answer = self.send(method, path, user, **({} if body is None else {"json": body}))
        assert answer.status_code == 204, answer.text
        assert answer.content == b""
        return answer

    def listed(self, path: str, **params: Any) -> list[str]:
        return [one["id"] for one in self.get(path, **params)["data"]]

    def tasks(self, case: str) -> list[dict[str, Any]]:
        return [task for task in self.data("/tasks", limit=100) if task["caseId"] == case]


@contextmanager
def desks(server: Cast, name: str) -> Iterator[tuple[Desk, Desk]]:
    """Make the company of a module and another one."""
    found = Desk(server, name), Desk(server, f"{name}-other")
    yield found
    for one in found:
        one.http.close()
