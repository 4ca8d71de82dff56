"""Webitel's Cases API over HTTP, as the laws see it (spec/webitel)."""

from __future__ import annotations

from typing import Any

import httpx

from casework.casebook import Casebook
from casting import Cast
from laws.doors import ALL, Facts, Person, Refused


class WebitelDoor:
    """A door for staff: customers are refused, and what staff write is internal."""

    name = "webitel"
    ROOT = "/webitel/api/cases"

    def __init__(self, server: Cast, casebook: Casebook) -> None:
        self._http = httpx.AsyncClient(base_url=server.url, timeout=60)
        self._casebook = casebook
        self._shelves: dict[str, dict[str, Any]] = {}

    def can(self, action: str) -> bool:
        return action in {"open", "comment", "resolve", "reopen", "get", "list", "search", "count", "internal"}

    def serves(self, person: Person) -> bool:
        return not person.key.partition("/")[2].startswith("c")

    async def open(self, person: Person, subject: str, description: str) -> int:
        body = {"subject": subject, "description": description, **await self._shelf(person)}
        return int((await self._write(person, "POST", "", body))["id"])

    async def comment(self, person: Person, number: int, text: str) -> None:
        await self._write(person, "POST", f"/{number}/comments", {"text": text})

    async def resolve(self, person: Person, number: int) -> None:
        await self._move(person, number, "resolved")

    async def reopen(self, person: Person, number: int) -> None:
        await self._move(person, number, "open")

    async def watch(self, _person: Person, _number: int, _watcher: Person) -> None:
        """Never asked for: there are no watchers here."""
        raise Refused(404)

    async def get(self, person: Person, number: int) -> Facts | None:
        answer = await self._ask(person, "GET", f"/{number}")
        if answer.status_code != 200:
            return None
        body = answer.json()
        comments = (await self._ask(person, "GET", f"/{number}/comments", size=ALL)).json()
        files = (await self._ask(person, "GET", f"/{number}/files", size=ALL)).json()
        return Facts(
            subject=body["subject"],
            description=body.get("description", ""),
            done=body["status_condition"].get("final", False),
            comments=tuple(comment["text"] for comment in reversed(comments.get("items", []))),
            files=tuple(file["name"] for file in files.get("items", [])),
        )

    async def list(self, person: Person, size: int = 100) -> list[int]:
        found: list[int] = []
        page: dict[str, Any] = {"next": True}
        number = 0
        while page.get("next"):
            number += 1
            page = await self._page(person, size=size, page=number)
            found += [int(case["id"]) for case in page.get("items", [])]
        return found

    async def search(self, person: Person, text: str) -> list[int]:
        """Search texts, and ask for the cases that were hit, as the UI does."""
        answer = await self._http.get(
            "/webitel/api/search", headers=self._headers(person), params={"q": text, "size": ALL}
        )
        assert answer.status_code < 500, answer.text
        hits = answer.json().get("items", []) if answer.status_code == 200 else []
        return list(dict.fromkeys(int(hit["id"]) for hit in hits))

    async def count(self, person: Person) -> int:
        return len((await self._page(person, size=ALL, fields="id")).get("items", []))

    async def says(self, person: Person, number: int, search: str) -> str:
        found = await self._http.get(
            "/webitel/api/search", headers=self._headers(person), params={"q": search, "size": ALL}
        )
        asked = [
            await self._ask(person, "GET", f"/{number}"),
            await self._ask(person, "GET", f"/{number}", fields="comments,links,files,related"),
            await self._ask(person, "GET", f"/{number}/comments", size=ALL),
            await self._ask(person, "GET", f"/{number}/files", size=ALL),
            await self._ask(person, "GET", "", size=ALL),
            found,
        ]
        return "\n".join(answer.text for answer in asked)

    async def close(self) -> None:
        await self._http.aclose()

    async def _move(self, person: Person, number: int, stage: str) -> None:
        answer = await self._ask(person, "GET", f"/{number}", fields="etag")
        if answer.status_code != 200:
            raise Refused(answer.status_code)
        status = await self._value(
            "select min(s.number) from statuses s join tenants t on t.tenant_id = s.tenant_id"
            " where t.key = $1 and s.stage = $2 and s.deleted_at is null",
            person.key.partition("/")[0],
            stage,
        )
        await self._write(person, "PATCH", f"/{answer.json()['etag']}", {"status_condition": {"id": str(status)}})

    async def _page(self, person: Person, **query: Any) -> Any:
        answer = await self._ask(person, "GET", "", **query)
        return answer.json() if answer.status_code == 200 else {}

    def _headers(self, person: Person) -> dict[str, str]:
        return {"X-Webitel-Access": person.secret}

    async def _ask(self, person: Person, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        answer = await self._http.request(
            method, self.ROOT + path, headers=self._headers(person), json=body, params=query
        )
        assert answer.status_code < 500, f"{method} {path} {body} {query}: {answer.text}"
        return answer

    async def _write(self, person: Person, method: str, path: str, body: Any) -> Any:
        answer = await self._ask(person, method, path, body)
        if answer.status_code != 200:
            raise Refused(answer.status_code)
        return answer.json()

    async def _shelf(self, person: Person) -> dict[str, Any]:
        """Return what a new case must name: a source, a service and a contact of the tenant."""
        tenant = person.key.partition("/")[0]
        if tenant not in self._shelves:
            chosen = {
                "source": "select min(n.number) from sources n",
                "service": "select max(n.number) from services n",
                "reporter": "select min(n.number) from persons n",
            }
            self._shelves[tenant] = {
                name: {"id": str(await self._value(f"{sql} join tenants t using (tenant_id) where t.key = $1", tenant))}
                for name, sql in chosen.items()
            }
        return self._shelves[tenant]

    async def _value(self, sql: str, *values: Any) -> Any:
        async with self._casebook.database.system() as connection:
            return await connection.fetchval(sql, *values)
