"""The tenant that the clients work in, made through the clients themselves."""

import itertools
from typing import Any

import httpx

from casting import Cast
from clients.webitel.running import Client, Driver
from dialects.webitel.catalogue import Shop

_COUNT = itertools.count(1)
ALWAYS = [{"day": day, "disabled": False, "start": 0, "end": 1440} for day in range(7)]
PERSONS = [
    {"key": "kit", "first_name": "Kit", "last_name": "Caller", "email": "kit@clients.example"},
    {"key": "lou", "first_name": "Lou", "last_name": "Caller", "email": "lou@clients.example"},
]


def ref(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["id"]}


def unique(text: str) -> str:
    return f"{text} {next(_COUNT)}"


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


class Premises(Shop):
    """A tenant, its people at the clients, and a catalogue that cases can be opened in."""

    def __init__(self, server: Cast, http: httpx.Client, driver: Driver) -> None:
        super().__init__(server, http, prefix="clients", persons=PERSONS)
        self.driver = driver
        self._ibm: str | None = None
        root = self.root = self.client("root")
        self.kit, self.lou = self._person("kit"), self._person("lou")
        self.anna = {"id": self.contact("anna")}
        calendar = {"name": "Always", "timezone": {"name": "UTC"}, "accepts": ALWAYS}
        self.calendar = root("api.CalendarsAPI.add", {"itemInstance": calendar})
        self.source = root("gen.getSources.createSource", {"name": "Web form", "type": "API"})
        self.urgent = root("api.CasePrioritiesAPI.add", {"itemInstance": {"name": "Urgent", "color": "red"}})
        self.usual = root("api.CasePrioritiesAPI.add", {"itemInstance": {"name": "Usual", "color": "blue"}})
        self.status = root("api.CaseStatusesAPI.add", {"itemInstance": {"name": "Flow"}})
        self.fresh, self.busy, self.done = (self._condition(name) for name in ("Fresh", "Busy", "Done"))
        marked = {"parentId": self.status["id"], "id": self.done["id"], "changes": {"final": True}}
        root("api.CaseStatusConditionsAPI.patch", marked)
        root("api.CaseStatusConditionsAPI.patch", marked | {"id": self.fresh["id"], "changes": {"final": False}})
        self.reasons = root("api.CaseCloseReasonGroupsAPI.add", {"itemInstance": {"name": "Standard"}})
        self.fixed = root(
            "api.CaseCloseReasonsAPI.add", {"itemInstance": {"name": "Fixed"}, "parentId": self.reasons["id"]}
        )
        self.sla = self.new_sla("Gold")
        self.sla_condition = root(
            "api.SLAConditionsAPI.add",
            {
                "itemInstance": {
                    "name": "Urgent ones",
                    "priorities": [ref(self.urgent)],
                    "reactionTime": "600",
                    "resolutionTime": "7200",
                },
                "parentId": self.sla["id"],
            },
        )
        self.catalog = self.new_catalog("IT")
        self.service = self.new_service("Mail", self.catalog)

    def client(self, key: str) -> Client:
        return Client(self.driver, self._secret(key))

    def stranger(self) -> Client:
        return Client(self.driver, "nobody-s-secret-0001")

    def _person(self, key: str) -> dict[str, Any]:
        return {"id": self.number("persons", key)}

    def _condition(self, name: str) -> dict[str, Any]:
        arguments = {"itemInstance": {"name": name}, "parentId": self.status["id"]}
        return self.root("api.CaseStatusConditionsAPI.add", arguments)

    def new_sla(self, name: str) -> dict[str, Any]:
        item = {"name": name, "calendar": ref(self.calendar), "reactionTime": "1800", "resolutionTime": "28800"}
        return self.root("api.SlasAPI.add", {"itemInstance": item})

    def new_catalog(self, name: str, **more: Any) -> dict[str, Any]:
        item = {
            "name": name,
            "prefix": "IT",
            "state": True,
            "sla": ref(self.sla),
            "status": ref(self.status),
            "closeReasonGroup": ref(self.reasons),
            "defaultPriority": ref(self.usual),
            **more,
        }
        return self.root("api.ServiceCatalogsAPI.add", {"itemInstance": item})

    def new_service(self, name: str, root: dict[str, Any], **more: Any) -> dict[str, Any]:
        item = {"name": name, "state": True, **more}
        arguments = {"itemInstance": item, "rootId": root["id"], "catalogId": self.catalog["id"]}
        return self.root("api.ServicesAPI.add", arguments)

    def new(self, **members: Any) -> dict[str, Any]:
        """Return the body of a new case."""
        needed = {
            "subject": unique("Case"),
            "source": ref(self.source),
            "service": ref(self.service),
            "reporter": self.kit,
        }
        return {**needed, **members}

    def case(self, **members: Any) -> dict[str, Any]:
        """Open a case through the generated function, as administrator."""
        return self.root("gen.getCases.createCase", self.new(**members))

    def _storage(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = self.http.request(
            method, f"{self.base}{path}", headers={"X-Webitel-Access": self._secret("root")}, **more
        )
        assert answer.status_code == 200, answer.text
        return answer

    def upload(self, case: dict[str, Any], *files: tuple[str, bytes]) -> list[dict[str, Any]]:
        """Upload as the application does: none of the clients' functions does it."""
        parts = [("file", file) for file in files]
        return self._storage("POST", f"/storage/file/{case['id']}/upload?channel=case", files=parts).json()

    def download(self, file: dict[str, Any]) -> bytes:
        return self._storage("GET", f"/storage/file/{file['id']}/download").content

    def communicated(self, kind: str, ident: str, what: dict[str, Any]) -> None:
        """Tell the server what a communication was, which is our own operation."""
        self._storage("PUT", f"/communications/{kind}/{ident}", json=what)

    def at_ibm(self, number: str) -> dict[str, Any]:
        """Return a case as IBM's door shows it to the administrator."""
        if self._ibm is None:
            form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": self._secret("root")}
            answer = self.http.post(f"{self.server.url}/ibm/identity/token", data=form)
            assert answer.status_code == 200, answer.text
            self._ibm = answer.json()["access_token"]
        name = f"CS{int(number):07d}"
        answer = self.http.get(
            f"{self.server.url}/ibm/case-management/v1/cases/{name}", headers={"Authorization": f"Bearer {self._ibm}"}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()
