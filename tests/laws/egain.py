"""eGain's Case Manager API over HTTP, as the laws see it (spec/egain)."""

from __future__ import annotations

from typing import Any

import httpx

from casework.casebook import Casebook
from casting import Cast
from laws.doors import Facts, Person, Refused

MOST = 75
"""The largest page."""


class EgainDoor:
    """A door for licensed staff: it makes no cases, reopens none, has no watchers and no search in texts."""

    name = "egain"
    ROOT = "/egain/core/casemgr/v3/case"

    def __init__(self, server: Cast, _casebook: Casebook) -> None:
        self._http = httpx.AsyncClient(base_url=server.url, timeout=60)

    def can(self, action: str) -> bool:
        return action in {"comment", "resolve", "get", "list", "count", "internal"}

    def serves(self, person: Person) -> bool:
        return person.licensed and not person.key.partition("/")[2].startswith("c")

    async def open(self, _person: Person, _subject: str, _description: str) -> int:
        raise Refused("open")

    async def comment(self, person: Person, number: int, text: str) -> None:
        await self._write(person, "POST", f"/{number}/note", {"content": text})

    async def resolve(self, person: Person, number: int) -> None:
        await self._write(person, "PUT", f"/{number}/close")

    async def reopen(self, _person: Person, _number: int) -> None:
        raise Refused("reopen")

    async def watch(self, _person: Person, _number: int, _watcher: Person) -> None:
        raise Refused("watch")

    async def get(self, person: Person, number: int) -> Facts | None:
        answer = await self._ask(person, "GET", f"/{number}", **{"$attribute": "all"})
        if answer.status_code != 200:
            return None
        case = answer.json()["case"][0]
        notes = await self._ask(person, "GET", f"/{number}/note")
        return Facts(
            subject=case["subject"],
            description=case["description"],
            done=case["status"]["value"] == "closed",
            comments=tuple(note["content"] for note in notes.json()["note"]) if notes.status_code == 200 else (),
            files=(),
        )

    async def list(self, person: Person, size: int = 100) -> list[int]:
        found: list[int] = []
        page = 1
        while cases := (await self._page(person, page, min(size, MOST)))["case"]:
            found += [int(case["id"]) for case in cases]
            page += 1
        return found

    async def search(self, _person: Person, _text: str) -> list[int]:
        """Find nothing: there are filters only."""
        return []

    async def count(self, person: Person) -> int:
        return int((await self._page(person, 1, 1))["paginationInfo"]["count"])

    async def says(self, person: Person, number: int, _search: str) -> str:
        asked = [
            await self._ask(person, "GET", f"/{number}", **{"$attribute": "all"}),
            await self._ask(person, "GET", f"/{number}/note"),
            await self._ask(person, "GET", "", **{"$attribute": "all", "$sort": "lastModified", "$order": "desc"}),
        ]
        return "\n".join(answer.text for answer in asked)

    async def members(self, person: Person, number: int) -> dict[str, Any]:
        """Return a case by the names of `laws.columns.egain`."""
        answer = await self._ask(person, "GET", f"/{number}", **{"$attribute": "all"})
        case = dict(answer.json()["case"][0])
        notes = await self._ask(person, "GET", f"/{number}/note")
        listed = notes.json()["note"] if notes.status_code == 200 else []
        attributes = case.get("customAttributes", {}).get("customAttribute", [])
        return {
            **case,
            "rank": case["severity"]["value"],
            "stage": case["status"]["value"],
            "requester": case["customer"]["id"] if "customer" in case else None,
            "owner": case["owner"]["user"]["id"] if "owner" in case else None,
            "department": case["department"].get("id"),
            "updated_by": case["lastModifiedBy"]["user"]["id"],
            "comments": sorted(note["content"] for note in listed),
            "relations": sorted(link["href"].rpartition("/")[2] for link in case["relatedCases"]["link"]),
            "fields": {
                entry["attribName"]: [one["value"] for one in entry["attribValues"]["attribValue"]]
                for entry in attributes
            },
        }

    async def write(self, person: Person, number: int, member: str, value: Any) -> None:
        """Write one member: by the edit of open cases, but for those with operations of their own."""
        if member == "close":
            await self.resolve(person, number)
        elif member == "changecustomer":
            await self._write(person, "PUT", f"/{number}/changecustomer", value)
        elif isinstance(value, tuple):
            method, note = value
            await self._write(person, method, f"/{number}/note/{note}")
        elif member == "content (note)":
            await self.comment(person, number, value)
        else:
            answer = await self._ask(person, "GET", f"/{number}")
            if answer.status_code != 200:
                raise Refused(answer.status_code)
            modified = answer.json()["case"][0]["lastModified"]
            sent = {"value": value} if member == "severity" else value
            await self._write(person, "PATCH", "", {"id": str(number), "lastModified": modified, member: sent})

    async def create(self, _person: Person, _body: dict[str, Any], _borrower: int) -> int:
        """Refuse: this API opens no cases."""
        raise Refused("open")

    async def close(self) -> None:
        await self._http.aclose()

    async def _page(self, person: Person, page: int, size: int) -> Any:
        answer = await self._ask(person, "GET", "", **{"$pagenum": page, "$pagesize": size})
        return answer.json() if answer.status_code == 200 else {"case": [], "paginationInfo": {"count": 0}}

    async def _ask(self, person: Person, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {person.secret}", "Accept": "application/json"}
        answer = await self._http.request(method, self.ROOT + path, headers=headers, json=body, params=query)
        assert answer.status_code < 500, f"{method} {path} {body} {query}: {answer.text}"
        return answer

    async def _write(self, person: Person, method: str, path: str, body: Any = None) -> None:
        answer = await self._ask(person, method, path, body)
        if answer.status_code not in {201, 204}:
            raise Refused(answer.status_code)
