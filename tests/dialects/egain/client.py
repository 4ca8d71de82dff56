"""The eGain door as tests use it, and the world they play in: departments, shares, licenses, grants."""

import copy
import itertools

import httpx

from casting import Cast

CASE = "/core/casemgr/v3/case"
LOCALES = (
    "en-US", "es-ES", "fr-FR", "it-IT", "de-DE", "nl-NL", "pt-BR", "pt-PT", "da-DK", "ru-RU", "fr-CA", "zh-CN",
    "ja-JP", "ko-KR", "sv-SE",
)  # fmt: skip
OLD = "2020-01-01T00:00:00.000Z"

_MAIL = {"licenses": ["mailplus"]}
USERS = [
    {"key": "global", "roles": ["admin"], "pull_from": ["sam", "bill"], "transfer_to": ["sam", "bill", "lex"]},
    {
        "key": "sam", "roles": ["agent"], "department": "service", "foreign_departments": ["legal"], **_MAIL,
        "pull_from": ["sue"], "transfer_to": ["sue", "gone", "nolic", "bill"],
    },
    {"key": "sue", "roles": ["agent"], "department": "service", "licenses": ["chatplus"]},
    {"key": "bill", "roles": ["agent"], "department": "billing", **_MAIL},
    {"key": "lex", "roles": ["agent"], "department": "legal", "foreign_departments": ["service"], **_MAIL},
    {"key": "pat", "roles": ["agent"], "department": "service", **_MAIL},
    {"key": "gone", "roles": ["agent"], "department": "service", "disabled": True, **_MAIL},
    {"key": "nolic", "roles": ["agent"], "department": "service"},
    {"key": "vic", "roles": ["viewer"], "department": "service", **_MAIL},
    {"key": "noedit", "roles": ["agent"], "denied": ["case.edit"], "department": "service", **_MAIL},
    {"key": "own", "roles": ["restricted"], "department": "service", **_MAIL},
    {"key": "cass", "kind": "customer", "roles": ["customer"]},
]  # fmt: skip
TENANT = {
    "key": "egain",
    "name": "eGain tests",
    "dialects": {"egain": {"redirect_uris": ["https://app.example/callback"]}},
    "departments": [{"key": key, "name": key.title()} for key in ("service", "billing", "legal", "secret")],
    "shares": [
        {"from": "billing", "to": "service", "activities": True},
        {"from": "secret", "to": "service", "activities": False},
    ],
    "users": [
        {
            "name": f"{u['key'].title()} Tester",
            "email": f"{u['key']}@egain.example",
            "password": f"{u['key']}-pass-word-1",
            **u,
        }
        for u in USERS
    ],
    "keys": [{"key": u["key"], "user": u["key"], "secret": f"egain-{u['key']}-secret-0001"} for u in USERS]
    + [
        {"key": "reader", "user": "sam", "secret": "egain-reader-secret-0001", "scopes": ["read"]},
        {"key": "app", "client": True, "secret": "egain-app-secret-0001", "scopes": ["app.manage"]},
        {"key": "appread", "client": True, "secret": "egain-appread-secret-0001", "scopes": ["app.read"]},
    ],
    "persons": [
        {"key": "kit", "first_name": "Kit", "last_name": "Customer", "email": "kit@egain.example"},
        {"key": "lou", "first_name": "Lou", "last_name": "Customer", "email": "lou@egain.example"},
    ],
    "fields": [
        {"name": "region", "title": "Region", "type": "enum", "values": ["north", "south"]},
        {"name": "tags", "type": "string", "many": True},
        {"name": "size", "type": "integer", "min": 1, "max": 99},
    ],
}


class Door:
    """One credential at the eGain door."""

    def __init__(self, world: "World", secret: str | None, **headers: str) -> None:
        self.world = world
        self.headers = {**({"Authorization": f"Bearer {secret}"} if secret else {}), **headers}

    def send(self, method: str, path: str, **more) -> httpx.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        return self.world.http.request(method, f"{self.world.base}{path}", headers=headers, **more)

    def get(self, number: int | str, attribute: str | None = "all") -> dict:
        answer = self.send("GET", f"{CASE}/{number}", params={"$attribute": attribute} if attribute else {})
        assert answer.status_code == 200, answer.text
        return answer.json()["case"][0]

    def modified(self, number: int) -> str:
        return self.world.door("global").get(number, None)["lastModified"]

    def edit(self, number: int, *, headers: dict | None = None, modified: str | None = None, **members):
        """Send a PATCH with the case's present lastModified."""
        body = {"id": str(number), "lastModified": modified or self.modified(number), **members}
        return self.send("PATCH", CASE, json=body, headers=headers or {})

    def edit_xml(self, number: int, inner: str, *, head: str = ""):
        body = f'{head}<case id="{number}"><lastModified>{self.modified(number)}</lastModified>{inner}</case>'
        return self.send("PATCH", CASE, content=body.encode(), headers={"Content-Type": "application/xml"})


class World:
    """A server with the tenant of these tests in it."""

    def __init__(self, server: Cast) -> None:
        self.server = server
        self.base = f"{server.url}/egain"
        self.http = httpx.Client(timeout=60)
        self.ids = server.apply({"tenants": [TENANT]})
        self._counter = itertools.count(1)

    def door(self, key: str, **headers: str) -> Door:
        return Door(self, f"egain-{key}-secret-0001", **headers)

    def user(self, key: str) -> str:
        return str(self.ids["users"][f"egain/{key}"]["number"])

    def number(self, kind: str, key: str) -> str:
        return str(self.ids[kind][f"egain/{key}"]["number"])

    def cases(self, *members: dict) -> list[int]:
        """Make cases, in this order; each is open, in the department `service`, and nobody's, unless it says so."""
        first = next(self._counter)
        listed = []
        for index, own in enumerate(members):
            case = {"key": f"t{first}-{index}", "subject": f"Case {first}-{index}", "department": "service", **own}
            listed.append({name: value for name, value in case.items() if value is not None})
        ids = self.server.apply({"tenants": [{"key": "egain", "cases": copy.deepcopy(listed)}]})
        return [ids["cases"][f"egain/{case['key']}"]["number"] for case in listed]

    def case(self, **members) -> int:
        return self.cases(members)[0]


def code(answer: httpx.Response) -> str:
    """Return the code of an error answer, after a look at its form."""
    body = answer.json()
    assert answer.status_code == int(body["code"][:3]), answer.text
    assert set(body) <= {"code", "developerMessage", "details", "userMessage"}
    assert body["developerMessage"]
    return body["code"]


def links(*numbers: int | str) -> list[dict]:
    return [{"rel": "case", "href": f"{CASE}/{number}"} for number in numbers]


def attributes(**values) -> dict:
    """Return the element `customAttributes`; a tuple gives several values."""
    return {
        "customAttribute": [
            {
                "attribName": name,
                "attribValues": {
                    "attribValue": [{"value": text} for text in (value if isinstance(value, tuple) else (value,))]
                },
            }
            for name, value in values.items()
        ]
    }


def owner(number: str) -> dict:
    return {"user": {"id": number}}
