"""BottleCRM's Cases API over HTTP, as the laws see it (spec/bottlecrm)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx

from casework.casebook import Casebook
from casting import Cast
from laws.doors import Facts, Person, Refused


class BottleCrmDoor:
    """A door for staff: customers are refused, and what staff write is internal unless they say otherwise."""

    name = "bottlecrm"
    ROOT = "/bottlecrm/api/cases/"

    def __init__(self, server: Cast, casebook: Casebook) -> None:
        self._http = httpx.AsyncClient(base_url=server.url, timeout=60)
        self._casebook = casebook
        self._orgs: dict[str, str] = {}

    def can(self, action: str) -> bool:
        return action in {"open", "comment", "resolve", "reopen", "watch", "get", "list", "search", "count", "internal"}

    def serves(self, person: Person) -> bool:
        return not person.key.partition("/")[2].startswith("c")

    async def open(self, person: Person, subject: str, description: str) -> int:
        case = await self._write(person, "POST", "", {"name": subject, "description": description})
        return await self._number(case["id"])

    async def comment(self, person: Person, number: int, text: str) -> None:
        await self._write(person, "POST", f"{await self._uid(number, person)}/", {"comment": text})

    async def resolve(self, person: Person, number: int) -> None:
        await self._write(person, "PATCH", f"{await self._uid(number, person)}/", {"status": "Closed"})

    async def reopen(self, person: Person, number: int) -> None:
        await self._write(person, "PATCH", f"{await self._uid(number, person)}/", {"status": "In Progress"})

    async def watch(self, person: Person, number: int, watcher: Person) -> None:
        """Mention somebody, which is the way to make watchers here."""
        body = {"comment": f"@{watcher.address.partition('@')[0]}"}
        await self._write(person, "POST", f"{await self._uid(number, person)}/", body)

    async def get(self, person: Person, number: int) -> Facts | None:
        answer = await self._ask(person, "GET", f"{await self._uid(number, person)}/")
        if answer.status_code != 200:
            return None
        body = answer.json()
        return Facts(
            subject=body["case_obj"]["name"],
            description=body["case_obj"]["description"] or "",
            done=body["case_obj"]["status"] == "Closed",
            comments=tuple(comment["comment"] for comment in reversed(body["comments"])),
            files=tuple(file["file_name"] for file in body["attachments"]),
        )

    async def list(self, person: Person, size: int = 100) -> list[int]:
        found: list[str] = []
        offset: str | None = "0"
        while offset is not None:
            page = await self._page(person, limit=size, offset=offset)
            found += [case["id"] for case in page["results"]]
            offset = httpx.URL(page["next"]).params["offset"] if page["next"] else None
        return await self._numbers(found)

    async def search(self, person: Person, text: str) -> list[int]:
        """Filter by name: the only search that there is here."""
        page = await self._page(person, limit=1000, name=text)
        assert len(page["results"]) == page["count"]
        return await self._numbers([case["id"] for case in page["results"]])

    async def count(self, person: Person) -> int:
        return int((await self._page(person, limit=1))["count"])

    async def says(self, person: Person, number: int, search: str) -> str:
        asked = [
            await self._ask(person, "GET", f"{await self._uid(number, person)}/"),
            await self._ask(person, "GET", "", limit=1000),
            await self._ask(person, "GET", "", limit=1000, name=search),
        ]
        return "\n".join(answer.text for answer in asked)

    async def members(self, person: Person, number: int) -> dict[str, Any]:
        """Return a case by the names of `laws.columns.bottlecrm`."""
        body = (await self._ask(person, "GET", f"{await self._uid(number, person)}/")).json()
        case = dict(body["case_obj"])
        return {
            **case,
            "contacts": sorted(case["contacts"]),
            "owner": sorted(case["assigned_to"]),
            "team": sorted(case["teams"]),
            "comments": [(comment["comment"], comment["is_internal"]) for comment in body["comments"]],
            "files": [(file["file_name"], file["size"]) for file in body["attachments"]],
        }

    async def write(self, person: Person, number: int, member: str, value: Any) -> None:
        """Write one member: comments and files are added, all else is an update."""
        path = f"{await self._uid(number, person)}/"
        if member == "attachment" and isinstance(value, UUID):
            await self._write(person, "DELETE", f"attachment/{value}/", None)
        elif member == "attachment":
            await self._send(person, path, {}, {"attachment": value})
        elif isinstance(value, tuple):
            method, comment, body = value
            await self._write(person, method, f"comment/{comment}/", body)
        elif member.startswith("comment"):
            await self._write(person, "POST", path, value if isinstance(value, dict) else {"comment": value})
        else:
            await self._write(person, "PATCH", path, {member: value})

    async def create(self, person: Person, body: dict[str, Any], _borrower: int) -> int:
        """Open a case with these members."""
        body = {"name": "Opened"} | body
        if "case_attachment" in body:
            files = {"case_attachment": body.pop("case_attachment")}
            return await self._number((await self._send(person, "", body, files))["id"])
        return await self._number((await self._write(person, "POST", "", body))["id"])

    async def _send(self, person: Person, path: str, body: dict[str, Any], files: dict[str, Any]) -> Any:
        """Post a form."""
        headers = {"Authorization": f"Bearer {person.secret}", "organization-id": await self._org(person)}
        answer = await self._http.post(self.ROOT + path, headers=headers, data=body, files=files)
        if answer.status_code not in {200, 201}:
            raise Refused(answer.status_code)
        return answer.json()

    async def close(self) -> None:
        await self._http.aclose()

    async def _page(self, person: Person, **query: Any) -> Any:
        answer = await self._ask(person, "GET", "", **query)
        return answer.json() if answer.status_code == 200 else {"count": 0, "next": None, "results": []}

    async def _ask(self, person: Person, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {person.secret}", "organization-id": await self._org(person)}
        answer = await self._http.request(method, self.ROOT + path, headers=headers, json=body, params=query)
        assert answer.status_code < 500, f"{method} {path} {body} {query}: {answer.text}"
        return answer

    async def _write(self, person: Person, method: str, path: str, body: Any) -> Any:
        answer = await self._ask(person, method, path, body)
        if answer.status_code not in {200, 201, 204}:
            raise Refused(answer.status_code)
        return answer.json() if answer.content else None

    async def _org(self, person: Person) -> str:
        """Return the tenant's uid, which `GET /api/org/` tells to staff only."""
        tenant = person.key.partition("/")[0]
        if tenant not in self._orgs:
            self._orgs[tenant] = str(await self._value("select uid from tenants where key = $1", tenant))
        return self._orgs[tenant]

    async def _uid(self, number: int, person: Person) -> str:
        return str(
            await self._value(
                "select c.uid from cases c join tenants t on t.tenant_id = c.tenant_id"
                " where c.number = $1 and t.key = $2",
                number,
                person.key.partition("/")[0],
            )
        )

    async def _number(self, uid: str) -> int:
        return int(await self._value("select number from cases where uid = $1", uid))

    async def _numbers(self, uids: list[str]) -> list[int]:
        sql = "select array_agg(c.number order by w.place) from unnest($1::uuid[]) with ordinality w(uid, place)"
        return list(await self._value(f"{sql} join cases c on c.uid = w.uid", uids) or ())

    async def _value(self, sql: str, *values: Any) -> Any:
        async with self._casebook.database.system() as connection:
            return await connection.fetchval(sql, *values)
