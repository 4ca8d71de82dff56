"""IBM Cloud Case Management v1 over HTTP, as the laws see it (spec/ibm)."""

from __future__ import annotations

from typing import Any

import httpx

from casework.casebook import Casebook
from casting import Cast
from laws.doors import DOOR_METHODS, Facts, Person, Refused


class IbmDoor:
    """A door for everybody that shows public comments and files only."""

    name = "ibm"
    ROOT = "/ibm/case-management/v1/cases"

    def __init__(self, server: Cast, _casebook: Casebook) -> None:
        self._http = httpx.AsyncClient(base_url=server.url, timeout=60)
        self._tokens: dict[str, str] = {}

    def can(self, action: str) -> bool:
        return action in DOOR_METHODS

    def serves(self, _person: Person) -> bool:
        return True

    async def open(self, person: Person, subject: str, description: str) -> int:
        body = {"type": "sales", "subject": subject, "description": description}
        return _number((await self._write(person, "POST", "", body))["number"])

    async def comment(self, person: Person, number: int, text: str) -> None:
        await self._write(person, "PUT", f"/CS{number:07d}/comments", {"comment": text})

    async def resolve(self, person: Person, number: int) -> None:
        await self._write(person, "PUT", f"/CS{number:07d}/status", {"action": "resolve", "resolution_code": 1})

    async def reopen(self, person: Person, number: int) -> None:
        body = {"action": "unresolve", "comment": "Not yet"}
        await self._write(person, "PUT", f"/CS{number:07d}/status", body)

    async def watch(self, person: Person, number: int, watcher: Person) -> None:
        body = {"watchlist": [{"realm": "IBMid", "user_id": watcher.address}]}
        await self._write(person, "PUT", f"/CS{number:07d}/watchlist", body)

    async def get(self, person: Person, number: int) -> Facts | None:
        answer = await self._ask(person, "GET", f"/CS{number:07d}")
        if answer.status_code != 200:
            return None
        case = answer.json()
        return Facts(
            subject=case["short_description"],
            description=case["description"],
            done=case["status"] in {"Resolved", "Closed"},
            comments=tuple(comment["value"] for comment in case["comments"]),
            files=tuple(file["filename"] for file in case["attachments"]),
        )

    async def list(self, person: Person, size: int = 100) -> list[int]:
        found: list[int] = []
        offset: str | None = "0"
        while offset is not None:
            page = await self._page(person, limit=size, offset=offset)
            found += [_number(case["number"]) for case in page["cases"]]
            offset = httpx.URL(page["next"]["href"]).params["offset"] if "next" in page else None
        return found

    async def search(self, person: Person, text: str) -> list[int]:
        page = await self._page(person, limit=100, search=text)
        assert len(page["cases"]) == min(page["total_count"], 100)
        return [_number(case["number"]) for case in page["cases"]]

    async def count(self, person: Person) -> int:
        return int((await self._page(person, limit=1))["total_count"])

    async def says(self, person: Person, number: int, search: str) -> str:
        asked = [
            await self._ask(person, "GET", f"/CS{number:07d}"),
            await self._ask(person, "GET", f"/CS{number:07d}/comments"),
            await self._ask(person, "GET", "", limit=10),
        ]
        found = await self._page(person, limit=10, search=search)
        return "\n".join([*(answer.text for answer in asked), str(found["cases"])])

    async def members(self, person: Person, number: int) -> dict[str, Any]:
        """Return a case by the names of `laws.columns.ibm`."""
        case = dict((await self._ask(person, "GET", f"/CS{number:07d}")).json())
        return {
            **case,
            "watchers": [user["user_id"] for user in case["watchlist"]],
            "created_by": case["created_by"]["user_id"],
            "touched_by": case["updated_by"]["user_id"],
            "requester": case["contact"]["user_id"],
            "comments": [comment["value"] for comment in case["comments"]],
            "files": [(file["filename"], file["size_in_bytes"]) for file in case["attachments"]],
            "links": [(link["name"], link["url"], link["crn"], link["note"]) for link in case["resources"]],
            "extra": (case["invoice_number"], case["eu"]["support"]),
        }

    async def write(self, person: Person, number: int, member: str, value: Any) -> None:
        """Write one member by its operation; there is no other way to edit a case here."""
        path = f"/CS{number:07d}"
        if member == "file" and isinstance(value, str):
            await self._write(person, "DELETE", f"{path}/attachments/{value}", None)
        elif member == "file":
            name, content = value
            headers = {"Authorization": f"Bearer {await self._token(person)}"}
            url = f"{self.ROOT}{path}/attachments"
            answer = await self._http.put(url, headers=headers, files={"file": (name, content, "text/plain")})
            if answer.status_code != 200:
                raise Refused(answer.status_code)
        elif member == "watchlist":
            method, addresses = value if isinstance(value, tuple) else ("PUT", value)
            users = [{"realm": "IBMid", "user_id": address} for address in addresses]
            await self._write(person, method, f"{path}/watchlist", {"watchlist": users})
        else:
            below = {"action": "status", "comment": "comments", "resource": "resources"}[member]
            body = {"comment": value} if member == "comment" else value
            await self._write(person, "PUT", f"{path}/{below}", body)

    async def create(self, person: Person, body: dict[str, Any], _borrower: int) -> int:
        """Open a case with these members."""
        needed = {"type": "technical" if "offering" in body else "sales", "subject": "Opened", "description": "Text"}
        return _number((await self._write(person, "POST", "", needed | body))["number"])

    async def close(self) -> None:
        await self._http.aclose()

    async def _page(self, person: Person, **query: Any) -> Any:
        answer = await self._ask(person, "GET", "", fields="number,short_description,description,comments", **query)
        return answer.json() if answer.status_code == 200 else {"total_count": 0, "cases": []}

    async def _ask(self, person: Person, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {await self._token(person)}"}
        answer = await self._http.request(method, self.ROOT + path, headers=headers, json=body, params=query)
        assert answer.status_code < 500, f"{method} {path} {body} {query}: {answer.text}"
        return answer

    async def _write(self, person: Person, method: str, path: str, body: Any) -> Any:
        answer = await self._ask(person, method, path, body)
        if answer.status_code != 200:
            raise Refused(answer.status_code)
        return answer.json()

    async def _token(self, person: Person) -> str:
        if person.secret not in self._tokens:
            form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": person.secret}
            answer = await self._http.post("/ibm/identity/token", data=form)
            assert answer.status_code == 200, answer.text
            self._tokens[person.secret] = answer.json()["access_token"]
        return self._tokens[person.secret]


def _number(text: str) -> int:
    return int(text.removeprefix("CS"))
