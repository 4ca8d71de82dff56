"""Peach's Cases API over HTTP, as the laws see it (spec/peach)."""

from __future__ import annotations

from typing import Any

import httpx

from casework.casebook import Casebook
from casework.dialects.spellings import peach, peach_number
from casting import Cast
from laws.columns import Body
from laws.doors import Facts, Person, Refused

_USERS = {
    "created_by": "createdByUser",
    "touched_by": "lastSubresourceUpdatedBy",
    "status_by": "statusUpdatedBy",
    "outcome_by": "outcomeUpdatedBy",
}
"""Who did what, by the case's own names."""


class PeachDoor:
    """A door for staff; it works on cases of borrowers, and shows the others."""

    name = "peach"

    def __init__(self, server: Cast, casebook: Casebook) -> None:
        self._http = httpx.AsyncClient(base_url=f"{server.url}/peach/api", timeout=60)
        self._casebook = casebook

    def can(self, action: str) -> bool:
        return action in {"open", "comment", "resolve", "reopen", "get", "list", "search", "count", "internal"}

    def serves(self, person: Person) -> bool:
        return not person.key.partition("/")[2].startswith("c")

    async def open(self, person: Person, subject: str, description: str) -> int:
        borrower = await self._write(person, "POST", "/people", {"name": {"firstName": "Lee", "lastName": "Law"}})
        body = {"caseType": "generic", "name": subject[:128], "metaData": {"text": description[:500]}}
        case = await self._write(person, "POST", f"/people/{borrower['id']}/cases", body)
        return _number(case)

    async def comment(self, person: Person, number: int, text: str) -> None:
        await self._write(person, "POST", f"{await self._path(person, number)}/notes", {"content": text})

    async def resolve(self, person: Person, number: int) -> None:
        path = await self._path(person, number)
        await self._write(person, "PUT", path, {"status": "completed", "outcome": "approved"})

    async def reopen(self, person: Person, number: int) -> None:
        await self._write(person, "PUT", await self._path(person, number), {"status": "reopened"})

    async def watch(self, _person: Person, _number: int, _watcher: Person) -> None:
        raise Refused(404)

    async def get(self, person: Person, number: int) -> Facts | None:
        answer = await self._ask(person, "GET", f"/cases/{peach('CS', number)}", associations="all")
        if answer.status_code != 200:
            return None
        case = answer.json()["data"]
        return Facts(
            subject=case["name"],
            description=(case["metaData"] or {}).get("text", ""),
            done=case["status"] in {"completed", "canceled"},
            comments=tuple(note["content"] for note in reversed(await self._notes(person, case))),
            files=(),
        )

    async def _notes(self, person: Person, case: Any) -> Any:
        if not case["people"]:
            return []
        path = f"/people/{case['people'][0]}/cases/{case['id']}/notes"
        return (await self._ask(person, "GET", path, limit=100)).json().get("data", [])

    async def list(self, person: Person, size: int = 100) -> list[int]:
        """Follow the links forwards, and then backwards from the last case, which must show the same."""
        found = await self._walk(person, "nextUrl", size)
        if found:
            last = found[-1]["id"]
            back = await self._walk(person, "previousUrl", size, endingBefore=last)
            assert [case["id"] for case in back] == [case["id"] for case in found[:-1]]
        return [_number(case) for case in found]

    async def _walk(self, person: Person, link: str, size: int, **first: Any) -> Any:
        found: Any = []
        query = {"limit": size, "includeUnbound": "true", **first}
        while True:
            answer = await self._ask(person, "GET", "/cases", **query)
            if answer.status_code != 200:
                return []
            page = answer.json()
            assert page["count"] == len(page["data"])
            found = [*found, *page["data"]] if link == "nextUrl" else [*page["data"], *found]
            if page[link] is None:
                return found
            query = dict(httpx.URL(page[link]).params)

    async def search(self, person: Person, text: str) -> list[int]:
        """Look for the text in the names of all cases: there is no search here."""
        cases = await self._walk(person, "nextUrl", 100)
        return [_number(case) for case in cases if text.lower() in (case["name"] or "").lower()]

    async def count(self, person: Person) -> int:
        answer = await self._ask(person, "GET", "/cases", limit=1, includeUnbound="true")
        return int(answer.json()["total"]) if answer.status_code == 200 else 0

    async def says(self, person: Person, number: int, _search: str) -> str:
        facts = await self.get(person, number)
        answers = [
            await self._ask(person, "GET", f"/cases/{peach('CS', number)}", associations="all"),
            await self._ask(person, "GET", "/cases", limit=100, includeUnbound="true"),
        ]
        return "\n".join([str(facts), *(answer.text for answer in answers)])

    async def members(self, person: Person, number: int) -> dict[str, Any]:
        """Return a case by the names of `laws.columns.peach`; notes and escalations only where there is a borrower."""
        answer = await self._ask(person, "GET", f"/cases/{peach('CS', number)}", associations="all")
        case = dict(answer.json()["data"])
        kept = ("metaData", "autoCreated", "lenderAck", "matchToDataSource", "creationProcedure")
        match = {name: said for name, said in (case["matchDetails"] or {}).items() if said is not None}
        linked = case["associations"]
        return {
            **case,
            "type": (case["typeId"], case["caseType"], case["caseTypeMeta"]["name"]),
            "owner": case["owningEmployeeId"],
            "borrowers": case["people"],
            "extra": {name: case[name] for name in kept} | {"matchDetails": match or None},
            "comments": [note["content"] for note in await self._notes(person, case)],
            "escalations": await self._escalations(person, case),
            "relations": sorted(one["objectId"] for one in linked if one["objectType"] == "case"),
            "associations": [(one["objectType"], one["objectId"]) for one in linked if one["objectType"] != "case"],
            **{name: (case[wire] or {}).get("id") for name, wire in _USERS.items()},
        }

    async def _escalations(self, person: Person, case: Any) -> Any:
        if not case["people"]:
            return []
        path = f"/people/{case['people'][0]}/cases/{case['id']}/escalations"
        return [
            (
                one["escalatedTeamId"],
                one["escalatedEmployeeId"],
                one["note"],
                one["isUrgent"],
                one["status"] == "active",
            )
            for one in (await self._ask(person, "GET", path)).json()["data"]
        ]

    async def write(self, person: Person, number: int, member: str, value: Any) -> None:
        """Write one member: by an update, but for those with operations of their own."""
        path = await self._path(person, number)
        below = {"snoozeFor": "snooze", "escalation": "escalations", "associations": "associations"}.get(member)
        if member == "content (note)" and isinstance(value, tuple):
            method, note, body = value
            await self._write(person, method, f"{path}/notes/{note}", body)
        elif member == "content (note)":
            await self.comment(person, number, value)
        elif isinstance(value, tuple):
            method, thing = value
            await self._write(person, method, f"{path}/{below}/{thing}", None)
        elif below is not None:
            await self._write(person, "POST", f"{path}/{below}", {member: value} if below == "snooze" else value)
        else:
            await self._write(person, "PUT", path, dict(value) if isinstance(value, Body) else {member: value})

    async def create(self, person: Person, body: dict[str, Any], borrower: int) -> int:
        """Open a case with these members for a borrower."""
        path = f"/people/{peach('BO', borrower)}/cases"
        return _number(
            await self._write(person, "POST", path, ({} if "typeId" in body else {"caseType": "generic"}) | body)
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def _path(self, person: Person, number: int) -> str:
        """Return the path of a case below its first borrower; whoever has none is asked for in vain."""
        async with self._casebook.database.system() as connection:
            borrower = await connection.fetchval(
                "select c.borrowers[1] from cases c join tenants t on t.tenant_id = c.tenant_id"
                " where c.number = $1 and t.key = $2",
                number,
                person.key.partition("/")[0],
            )
        return f"/people/{peach('BO', borrower or 2**40)}/cases/{peach('CS', number)}"

    async def _ask(self, person: Person, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        headers = {"X-API-KEY": person.secret}
        answer = await self._http.request(method, path, headers=headers, json=body, params=query or None)
        assert answer.status_code < 500, f"{method} {path} {body} {query}: {answer.text}"
        return answer

    async def _write(self, person: Person, method: str, path: str, body: Any) -> Any:
        answer = await self._ask(person, method, path, body)
        if answer.status_code not in {200, 204}:
            raise Refused(answer.status_code)
        return answer.json()["data"] if answer.status_code == 200 else None


def _number(case: Any) -> int:
    number = peach_number("CS", case["id"])
    assert number is not None
    return number
