"""A tenant of its own for each test of lookups: whatever is made in it, nobody else sees."""

import itertools
from typing import Any

import httpx

from casting import Cast
from dialects.webitel.client import Door

_COUNT = itertools.count(1)
PEOPLE = (("root", "admin"), ("anna", "agent"), ("bert", "agent"), ("vera", "viewer"), ("otto", "operator"))


class Shop:
    """A tenant without any catalogue but the built-in words, and its people."""

    def __init__(self, server: Cast, http: httpx.Client, prefix: str = "shop", **more: Any) -> None:
        self.server, self.http = server, http
        self.base = f"{server.url}/webitel/api"
        self.key = f"{prefix}-{next(_COUNT)}"
        users = [{"key": key, "name": key.title(), "roles": [role]} for key, role in PEOPLE]
        keys = [{"key": key, "user": key, "secret": self._secret(key)} for key, _ in PEOPLE]
        self.ids = self.apply(users=users, keys=keys, **more)

    def _secret(self, key: str) -> str:
        return f"{self.key}-{key}-secret-0001"

    def apply(self, **members: Any) -> dict[str, Any]:
        """Apply more of a world document to the tenant."""
        return self.server.apply({"tenants": [{"key": self.key, **members}]})

    def door(self, key: str) -> Door:
        return Door(self, self._secret(key))

    def number(self, kind: str, key: str) -> str:
        return str(self.ids[kind][f"{self.key}/{key}"]["number"])

    def contact(self, key: str) -> str:
        """Return the contact that a user is."""
        return self.ids["users"][f"{self.key}/{key}"]["webitel_contact"]


class Catalogue:
    """What a case needs, made through the door itself."""

    def __init__(self, root: Door) -> None:
        self.root = root
        days = [{"day": day, "start_time_of_day": 0, "end_time_of_day": 1440} for day in range(7)]
        self.calendar = root.post("/calendars", {"name": "Always", "timezone": {"name": "UTC"}, "accepts": days})
        self.source = root.post("/cases/sources", {"name": "Web", "type": "API"})
        self.priority = root.post("/cases/priorities", {"name": "Usual", "color": "blue"})
        self.status = root.post("/cases/statuses", {"name": "Flow"})
        self.condition = root.post(self.conditions, {"name": "Fresh"})
        self.group = root.post("/cases/close_reason_groups", {"name": "Standard"})
        self.reason = root.post(f"/close_reason_groups/{self.group['id']}/close_reasons", {"name": "Fixed"})
        self.sla = self.new_sla()
        self.catalog = self.new_catalog()
        self.service = self.new_service("Mail", self.catalog)

    @property
    def conditions(self) -> str:
        return f"/statuses/{self.status['id']}/status"

    def new_sla(self, name: str = "Gold", **members: Any) -> dict:
        times = {"reaction_time": "1800", "resolution_time": "28800"}
        return self.root.post("/cases/slas", {"name": name, "calendar": ref(self.calendar), **times, **members})

    def new_catalog(self, name: str = "IT", **members: Any) -> dict:
        needed = {
            "prefix": "IT",
            "state": True,
            "sla": ref(self.sla),
            "status": ref(self.status),
            "close_reason_group": ref(self.group),
            "default_priority": ref(self.priority),
        }
        return self.root.post("/cases/catalogs", {"name": name, **needed, **members})

    def new_service(self, name: str, root: dict, **members: Any) -> dict:
        return self.root.post("/cases/services", {"name": name, "root_id": root["id"], "state": True, **members})

    def case(self, **members: Any) -> dict:
        """Open a case in this catalogue."""
        reporter = self.root.get("/contacts", size=1)["data"][0]
        needed = {
            "subject": "Help",
            "source": ref(self.source),
            "service": ref(self.service),
            "reporter": ref(reporter),
        }
        return self.root.post("/cases", {**needed, **members})


def ref(row: dict) -> dict:
    return {"id": row["id"]}
