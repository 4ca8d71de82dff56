"""The IBM door as a program sees it: addresses, tokens, and the worlds that tests need behind it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx

API = "/ibm/case-management/v1"
UTILITIES = "/ibm/case-management/utilities/v1"
IAM = "/ibm/identity/token"
GRANT = "urn:ibm:params:oauth:grant-type:apikey"
OFFERING = {"name": "Cloud Object Storage", "type": {"group": "crn_service_name", "key": "cloud-object-storage"}}
TENANT_NAMES = {"acme": "Acme Lending", "globex": "Globex"}
FILE_ID = "0123456789abcdef0123456789abcdef"

# Every operation of the API with a body that would be accepted: what refusals common to all of them are tried on.
OPERATIONS: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("GET", "/cases", None),
    ("POST", "/cases", {"type": "sales", "subject": "s", "description": "d"}),
    ("GET", "/cases/{number}", None),
    ("PUT", "/cases/{number}/status", {"action": "resolve", "resolution_code": 1}),
    ("GET", "/cases/{number}/comments", None),
    ("PUT", "/cases/{number}/comments", {"comment": "c"}),
    ("PUT", "/cases/{number}/watchlist", {"watchlist": [{"realm": "IBMid", "user_id": "x@x.example"}]}),
    ("DELETE", "/cases/{number}/watchlist", {"watchlist": [{"realm": "IBMid", "user_id": "x@x.example"}]}),
    ("PUT", "/cases/{number}/resources", {"crn": "crn:v1:bluemix:public:x:global:a/1:2::"}),
    ("PUT", "/cases/{number}/attachments", None),
    ("GET", "/cases/{number}/attachments/" + FILE_ID, None),
    ("DELETE", "/cases/{number}/attachments/" + FILE_ID, None),
)
READS = tuple(op for op in OPERATIONS if op[0] == "GET")
WRITES = tuple(op for op in OPERATIONS if op[0] != "GET")
ON_ONE_CASE = tuple(op for op in OPERATIONS if "{number}" in op[1])


def spoken(operation: tuple[str, str, Any]) -> str:
    """An operation as a test's id says it: `PUT comments`."""
    return f"{operation[0]} {operation[1].replace('/cases/{number}/', '').replace(FILE_ID, 'file')}"


def unique(words: str) -> str:
    """The words with a token that no other test uses, so that searching finds exactly what this test made."""
    return f"{words} {token_word()}"


def token_word() -> str:
    """A word of letters that occurs nowhere else, safe under any search language."""
    return "zq" + uuid.uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))[:16]


def fetch_token(url: str, secret: str) -> str:
    answer = httpx.post(f"{url}{IAM}", data={"grant_type": GRANT, "apikey": secret}, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


@dataclass(frozen=True)
class Part:
    """One part of a multipart body, written on the wire exactly as given.

    `disposition` replaces the whole Content-Disposition value, for headers that no sane client sends.
    """

    data: bytes
    filename: str | None = None
    type: str | None = None
    name: str = "file"
    disposition: str | None = None

    def encode(self) -> bytes:
        shown = self.disposition
        if shown is None:
            shown = f'form-data; name="{self.name}"'
            if self.filename is not None:
                shown += '; filename="{}"'.format(self.filename.replace('"', "%22"))
        head = f"Content-Disposition: {shown}\r\n"
        if self.type is not None:
            head += f"Content-Type: {self.type}\r\n"
        return head.encode() + b"\r\n" + self.data


def multipart(*parts: Part, boundary: str = "casework-boundary-7f3a") -> tuple[bytes, str]:
    """A multipart body and its content type."""
    mark = b"--" + boundary.encode()
    body = b"".join(mark + b"\r\n" + part.encode() + b"\r\n" for part in parts) + mark + b"--\r\n"
    return body, f"multipart/form-data; boundary={boundary}"


class Door:
    """One user's way in. Methods named after an operation expect it to succeed; `http` judges nothing."""

    def __init__(self, url: str, secret: str) -> None:
        self.base = f"{url}{API}"
        self.token = fetch_token(url, secret)
        self.http = httpx.Client(
            base_url=self.base, headers={"Authorization": f"Bearer {self.token}"}, timeout=60, follow_redirects=False
        )

    def request(self, method: str, path: str, **how: Any) -> httpx.Response:
        return self.http.request(method, path, **how)

    def result(self, method: str, path: str, **how: Any) -> Any:
        answer = self.http.request(method, path, **how)
        assert answer.status_code == 200, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        assert answer.headers["content-type"].split(";")[0] == "application/json"
        return answer.json()

    def cases(self, **query: Any) -> dict[str, Any]:
        return self.result("GET", "/cases", params=query)

    def numbers(self, **query: Any) -> list[str]:
        return [case["number"] for case in self.cases(**query)["cases"]]

    def open(self, subject: str = "", **members: Any) -> dict[str, Any]:
        wanted = {"type": "sales", "subject": subject or unique("A case"), "description": "Please look into it."}
        return self.result("POST", "/cases", json=wanted | members)

    def case(self, number: str, **query: Any) -> dict[str, Any]:
        return self.result("GET", f"/cases/{number}", params=query)

    def set_status(self, number: str, action: str, **members: Any) -> dict[str, Any]:
        return self.result("PUT", f"/cases/{number}/status", json={"action": action} | members)

    def comments(self, number: str) -> list[dict[str, Any]]:
        return self.result("GET", f"/cases/{number}/comments")["comments"]

    def comment(self, number: str, text: str) -> dict[str, Any]:
        return self.result("PUT", f"/cases/{number}/comments", json={"comment": text})

    def watch(self, number: str, *users: dict[str, Any]) -> dict[str, Any]:
        return self.result("PUT", f"/cases/{number}/watchlist", json={"watchlist": list(users)})

    def unwatch(self, number: str, *users: dict[str, Any]) -> list[dict[str, Any]]:
        return self.result("DELETE", f"/cases/{number}/watchlist", json={"watchlist": list(users)})["watchlist"]

    def add_resource(self, number: str, **members: Any) -> dict[str, Any]:
        return self.result("PUT", f"/cases/{number}/resources", json=members)

    def send_parts(self, number: str, *parts: Part) -> httpx.Response:
        body, kind = multipart(*parts)
        return self.request("PUT", f"/cases/{number}/attachments", content=body, headers={"Content-Type": kind})

    def upload(self, number: str, data: bytes, filename: str | None = "notes.txt", **part: Any) -> dict[str, Any]:
        answer = self.send_parts(number, Part(data, filename, **part))
        assert answer.status_code == 200, answer.text[:500]
        return answer.json()

    def download(self, number: str, file_id: str) -> httpx.Response:
        return self.request("GET", f"/cases/{number}/attachments/{file_id}")

    def attachments(self, number: str) -> list[dict[str, Any]]:
        return self.case(number, fields="attachments")["attachments"]

    def close(self) -> None:
        self.http.close()


class Doors:
    """Signed-in users by name (`acme/alice`) or by key secret, each opened once."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self._open: dict[str, Door] = {}

    def of(self, user: str) -> Door:
        return self.by_key(self.server.secret(user))

    def by_key(self, secret: str) -> Door:
        if secret not in self._open:
            self._open[secret] = Door(self.server.url, secret)
        return self._open[secret]

    def close(self) -> None:
        for door in self._open.values():
            door.close()


def user_ref(server: Any, user: str, realm: str = "IBMid") -> dict[str, str]:
    """A user of the world as IBM's clients name one in a request."""
    return {"realm": realm, "user_id": server.ids["users"][user]["ibm"]}


def place_cases(server: Any, cases: Iterable[dict[str, Any]], tenant: str = "acme") -> list[str]:
    """Put cases into a tenant of the cast through a world document; their numbers, in the order given."""
    rows = [{"key": token_word(), "subject": unique("Placed"), "description": "By the world.", **c} for c in cases]
    world = {"version": 1, "tenants": [{"key": tenant, "name": TENANT_NAMES[tenant], "cases": rows}]}
    ids = server.apply(world)
    return [ids["cases"][f"{tenant}/{row['key']}"]["ibm"] for row in rows]


def place_case(server: Any, tenant: str = "acme", **members: Any) -> str:
    return place_cases(server, [members], tenant)[0]


@dataclass(frozen=True)
class Tenant:
    """A tenant of a test's own, for whatever depends on everything in a tenant."""

    key: str
    ids: dict[str, Any]
    secrets: dict[str, str]

    def numbers(self) -> list[str]:
        """Its cases in file order."""
        mine = [row for name, row in self.ids["cases"].items() if name.startswith(f"{self.key}/")]
        return [row["ibm"] for row in sorted(mine, key=lambda row: row["number"])]


def found_tenant(
    server: Any, cases: Iterable[dict[str, Any]] = (), users: Iterable[dict[str, Any]] = (), **members: Any
) -> Tenant:
    """Apply a world with a tenant that nobody else uses; it always has the admin `ann`."""
    key = token_word()
    people = [{"key": "ann", "name": "Ann Admin", "roles": ["admin"]}, *users]
    people = [{"kind": "agent", "email": f"{who['key']}@{key}.example", **who} for who in people]
    secrets = {who["key"]: f"{who['key']}-{key}-secret-000000000001" for who in people}
    tenant = {
        "key": key,
        "name": f"Tenant {key}",
        "users": people,
        "keys": [{"key": name, "user": name, "secret": secret} for name, secret in secrets.items()],
        "cases": [{"key": f"case{n}", "subject": f"Case {n}", "description": "…", **c} for n, c in enumerate(cases)],
        **members,
    }
    return Tenant(key, server.apply({"version": 1, "tenants": [tenant]}), secrets)
