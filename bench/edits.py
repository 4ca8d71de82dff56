"""`python -m bench.edits`: eGain's edit of a case, with twelve departments and 75 related cases.

Each edit carries the lastModified that the one before left, as the API demands: the load is made here, not by wrk.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from bench import processes

CASE = "/egain/core/casemgr/v3/case"
SECRET = "bench-egain-secret-000000000001"
DEPARTMENTS, RELATED, WORKERS, SECONDS = 12, 75, 8, 20


def world() -> dict[str, Any]:
    """Return a tenant whose departments all share their activities with the first one, the home of the user."""
    departments = [{"key": f"d{n}", "name": f"Department {n}"} for n in range(DEPARTMENTS)]
    agent = {
        "key": "agent", "roles": ["agent"], "department": "d0", "licenses": ["mailplus"],
        "foreign_departments": ["d1", "d2", "d3"],
    }  # fmt: skip
    edited = [{"key": f"e{n}", "subject": f"Edited {n}", "department": "d0"} for n in range(WORKERS)]
    others = [{"key": f"o{n}", "subject": f"Other {n}", "department": f"d{n % DEPARTMENTS}"} for n in range(RELATED)]
    tenant = {
        "key": "bench",
        "name": "Bench",
        "departments": departments,
        "shares": [{"from": d["key"], "to": "d0", "activities": True} for d in departments[1:]],
        "users": [agent],
        "keys": [{"key": "agent", "user": "agent", "secret": SECRET}],
        "cases": edited + others,
    }
    return {"version": 1, "tenants": [tenant]}


class Worker:
    """Edits one case over and over."""

    def __init__(self, client: httpx.AsyncClient, case: int, others: list[int]) -> None:
        self._client, self._case, self._turn = client, case, 0
        self._links = {"link": [{"rel": "case", "href": f"{CASE.removeprefix('/egain')}/{n}"} for n in others]}

    async def subject(self) -> float:
        """Write a subject."""
        self._turn += 1
        return await self._edit(subject=f"Edited again {self._turn}")

    async def known(self) -> float:
        """Write a subject and name the 75 cases that are related already."""
        self._turn += 1
        return await self._edit(subject=f"Edited again {self._turn}", relatedCases=self._links)

    async def fresh(self) -> float:
        """Relate 75 cases, after taking them away; only the relating counts."""
        await self._edit(relatedCases={"unlink": self._links["link"]})
        return await self._edit(relatedCases=self._links)

    async def _edit(self, **members: Any) -> float:
        found = (await self._client.get(f"{CASE}/{self._case}")).json()["case"][0]
        began = time.perf_counter()
        answer = await self._client.patch(
            CASE, json={"id": str(self._case), "lastModified": found["lastModified"], **members}
        )
        taken = time.perf_counter() - began
        if answer.status_code != 204:
            raise RuntimeError(answer.text)
        return taken


async def measure(url: str, ids: dict[str, int]) -> None:
    """Measure the kinds of edit in turns and print them."""
    others = [ids[f"bench/o{n}"] for n in range(RELATED)]
    headers = {"Authorization": f"Bearer {SECRET}", "Accept": "application/json"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
        workers = [Worker(client, ids[f"bench/e{n}"], others) for n in range(WORKERS)]
        for worker in workers:
            await worker.known()
        taken: dict[str, list[float]] = {"subject": [], "known": [], "fresh": []}
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            for kind in taken:
                turns: list[Callable[[], Awaitable[float]]] = [getattr(worker, kind) for worker in workers]
                taken[kind] += await asyncio.gather(*(turn() for turn in turns))
    print(f"{WORKERS} edits at once, {DEPARTMENTS} departments; milliseconds of one edit")
    print(f"{'edit':28}{'p50':>8}{'p99':>8}{'edits':>8}")
    names = {"subject": "subject", "known": f"subject, {RELATED} known relations", "fresh": f"{RELATED} new relations"}
    for kind, found in taken.items():
        ordered = sorted(found)
        p99 = ordered[len(ordered) * 99 // 100] * 1000
        print(f"{names[kind]:28}{median(found) * 1000:8.1f}{p99:8.1f}{len(found):8}")


def main() -> None:
    """Start a server with the world and measure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        file = folder / "world.json"
        file.write_text(json.dumps(world()))
        port = processes.free_port()
        url = f"http://127.0.0.1:{port}"
        environment = {"CASEWORK_PORT": str(port), "CASEWORK_DATA": name, "CASEWORK_WORLD": str(file)}
        with processes.running(["casework", "run"], f"{url}/readyz", folder / "log", environment):
            command = [sys.executable, "-m", "casework", "apply", str(file), "--json"]
            done = subprocess.run(
                command, env={**os.environ, **environment}, capture_output=True, text=True, check=True
            )
            cases = json.loads(done.stdout)["cases"]
            asyncio.run(measure(url, {key: ids["number"] for key, ids in cases.items()}))


if __name__ == "__main__":
    main()
