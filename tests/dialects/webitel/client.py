"""The Webitel door as tests use it, and the world they play in: people, a service catalogue, reference data."""

import copy
import itertools
from typing import Any

import httpx

from casting import Cast

USERS = [
    {"key": "root", "roles": ["admin"]},
    {"key": "anna", "roles": ["agent"]},
    {"key": "bert", "roles": ["agent"]},
    {"key": "vera", "roles": ["viewer"]},
    {"key": "rita", "roles": ["restricted"]},
    {"key": "otto", "roles": ["operator"]},
    {"key": "cass", "kind": "customer", "roles": ["customer"]},
]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TENANT: dict[str, Any] = {
    "key": "webitel",
    "name": "Webitel tests",
    "users": [{"name": f"{u['key'].title()} Tester", "email": f"{u['key']}@webitel.example", **u} for u in USERS],
    "keys": [{"key": u["key"], "user": u["key"], "secret": f"webitel-{u['key']}-secret-0001"} for u in USERS],
    "persons": [
        {"key": "kit", "first_name": "Kit", "last_name": "Caller", "email": "kit@webitel.example"},
        {"key": "lou", "first_name": "Lou", "last_name": "Caller", "email": "lou@webitel.example"},
    ],
    "teams": [{"key": "desk", "name": "Desk", "members": ["anna", "bert"]}, {"key": "night", "name": "Night"}],
    "priorities": [
        {"key": "p1", "name": "Urgent", "rank": 1, "color": "red"},
        {"key": "p3", "name": "Usual", "rank": 3, "color": "blue"},
    ],
    "sources": [{"key": "web", "name": "Web form", "type": "API"}],
    "status_sets": [
        {
            "key": "flow",
            "name": "Flow",
            "statuses": [
                {"key": "fresh", "name": "Fresh", "stage": "new", "initial": True},
                {"key": "busy", "name": "Busy", "stage": "open"},
                {"key": "hold", "name": "On hold", "stage": "waiting"},
                {"key": "done", "name": "Done", "stage": "resolved"},
            ],
        }
    ],
    "close_reason_groups": [
        {"key": "std", "name": "Standard", "reasons": [{"key": "fixed", "name": "Fixed"}, {"key": "no", "name": "No"}]}
    ],
    "calendars": [
        {
            "key": "always",
            "name": "Always",
            "timezone": "UTC",
            "hours": [{"day": day, "from": "00:00", "to": "24:00"} for day in DAYS],
        }
    ],
    "slas": [
        {
            "key": "gold",
            "name": "Gold",
            "calendar": "always",
            "reaction": "30m",
            "resolution": "8h",
            "conditions": [{"name": "Urgent ones", "priorities": ["p1"], "reaction": "10m", "resolution": "2h"}],
        }
    ],
    "catalogs": [
        {
            "key": "it",
            "name": "IT",
            "prefix": "IT",
            "sla": "gold",
            "status_set": "flow",
            "close_reason_group": "std",
            "default_priority": "p3",
            "services": [
                {"key": "mail", "name": "Mail", "services": [{"key": "spam", "name": "Spam"}]},
                {"key": "net", "name": "Network", "default_priority": "p1"},
            ],
        },
        {"key": "bare", "name": "Bare"},
    ],
    "fields": [
        {"name": "region", "title": "Region", "type": "string"},
        {"name": "size", "title": "Size", "type": "integer"},
        {"name": "tags", "title": "Tags", "type": "string", "many": True},
    ],
}


class Door:
    """One credential at the Webitel door."""

    def __init__(self, world: "World", secret: str | None) -> None:
        self.world = world
        self.headers = {"X-Webitel-Access": secret} if secret else {}

    def send(self, method: str, path: str, **more) -> httpx.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        return self.world.http.request(method, f"{self.world.base}{path}", headers=headers, **more)

    def ok(self, method: str, path: str, body: Any = None, **params) -> Any:
        """Send a request that must succeed, and return the answer's body."""
        more = {} if body is None else {"json": body}
        answer = self.send(method, path, params={k: v for k, v in params.items() if v is not None}, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get(self, path: str, **params) -> Any:
        return self.ok("GET", path, **params)

    def post(self, path: str, body: Any = None, **params) -> Any:
        return self.ok("POST", path, {} if body is None else body, **params)

    def patch(self, path: str, body: Any, **params) -> Any:
        return self.ok("PATCH", path, body, **params)

    def delete(self, path: str, **params) -> Any:
        return self.ok("DELETE", path, **params)

    def refused(self, method: str, path: str, status: int, body: Any = None, **params) -> dict:
        """Send a request that must be refused with this status, look at the error's form, and return it."""
        more = {} if body is None else {"json": body}
        answer = self.send(method, path, params=params, **more)
        assert answer.status_code == status, answer.text
        found = answer.json()
        assert found["code"] == status
        assert found["id"] == IDS[status], found
        assert found["detail"]
        assert found["status"] == PHRASES[status]
        return found


IDS = {
    400: "api.process.bad_args",
    401: "api.process.unauthenticated",
    403: "api.process.unauthorized",
    404: "api.process.not_found",
    405: "api.process.bad_args",
    413: "api.process.bad_args",
    415: "api.process.bad_args",
}
PHRASES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
}


class World:
    """A server with the tenant of these tests in it."""

    def __init__(self, server: Cast) -> None:
        self.server = server
        self.base = f"{server.url}/webitel/api"
        self.http = httpx.Client(timeout=60)
        self.ids = server.apply({"tenants": [TENANT]})
        self._counter = itertools.count(1)

    def door(self, key: str | None) -> Door:
        return Door(self, f"webitel-{key}-secret-0001" if key else None)

    def number(self, kind: str, key: str) -> str:
        return str(self.ids[kind][f"webitel/{key}"]["number"])

    def contact(self, key: str) -> str:
        """Return the contact that a user is."""
        return self.ids["users"][f"webitel/{key}"]["webitel_contact"]

    def ref(self, kind: str, key: str) -> dict:
        return {"id": self.number(kind, key)}

    def subject(self, text: str = "Case") -> str:
        """Return a subject that no other case of this process has."""
        return f"{text} {next(self._counter)}"

    def new(self, **members) -> dict:
        """Return the body of a new case; None takes a member out."""
        body = {
            "subject": self.subject(),
            "source": self.ref("sources", "web"),
            "service": self.ref("services", "mail"),
            "reporter": self.ref("persons", "kit"),
            **members,
        }
        return {name: value for name, value in body.items() if value is not None}

    def case(self, **members) -> dict:
        """Open a case as administrator and return it with all fields."""
        return self.door("root").post("/cases", self.new(**members))

    def cases(self, *members: dict) -> list[int]:
        """Make cases through a world document, in this order."""
        first = next(self._counter)
        listed = [{"key": f"t{first}-{i}", "subject": f"Case {first}-{i}", **own} for i, own in enumerate(members)]
        ids = self.server.apply({"tenants": [{"key": "webitel", "cases": copy.deepcopy(listed)}]})
        return [ids["cases"][f"webitel/{case['key']}"]["number"] for case in listed]
