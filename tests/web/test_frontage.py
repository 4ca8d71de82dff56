"""What stands in front of every door, on a real server."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from casting import Cast, free_port, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CASES = "/case-management/v1/cases"


def _serving(server: Cast, folder: Path, **more: str) -> Any:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        "CASEWORK_PORT": str(port),
        "CASEWORK_DATA": str(folder),
        "CASEWORK_DATABASE_URL": server.dsn,
        "CASEWORK_BLOB_URL": server.blobs,
        "CASEWORK_DATABASE_SIZE": "2",
        **more,
    }
    return url, serving(environment, url, folder / "log")


@pytest.fixture(scope="module")
def fronted(server: Cast, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("fronted")
    url, running = _serving(
        server,
        folder,
        CASEWORK_DOORS="ibm=ibm.cases.example",
        CASEWORK_TRUST_FORWARDED="true",
        CASEWORK_RATE_LIMIT="30",
        CASEWORK_ACCESS_LOG="true",
        CASEWORK_LOG_FORMAT="json",
        CASEWORK_LOG_LEVEL="info",
    )
    with running:
        yield url, folder


def _bearer(server: Cast, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.secret(who)}"}


def test_a_host_of_its_own_serves_the_vendors_own_paths(server: Cast, fronted: tuple[str, Path]) -> None:
    headers = {**_bearer(server, "acme/alice"), "Host": "ibm.cases.example"}
    answer = httpx.get(fronted[0] + CASES, headers=headers)
    assert answer.json()["first"]["href"].startswith(f"http://ibm.cases.example{CASES}?")
    assert httpx.get(fronted[0] + "/nothing", headers=headers).json()["status_code"] == 404


def test_links_follow_what_a_trusted_proxy_says(server: Cast, fronted: tuple[str, Path]) -> None:
    headers = {**_bearer(server, "acme/alice"), "X-Forwarded-Host": "desk.example", "X-Forwarded-Proto": "https"}
    answer = httpx.get(f"{fronted[0]}/ibm{CASES}", headers=headers)
    assert answer.json()["first"]["href"].startswith(f"https://desk.example/ibm{CASES}?")


def test_a_strange_host_never_gets_into_a_link(server: Cast, fronted: tuple[str, Path]) -> None:
    headers = {**_bearer(server, "acme/alice"), "X-Forwarded-Host": 'x"><script>'}
    assert "<script>" not in httpx.get(f"{fronted[0]}/ibm{CASES}", headers=headers).text


def test_too_many_requests_are_told_when_to_come_back(server: Cast, fronted: tuple[str, Path]) -> None:
    answers = [httpx.get(f"{fronted[0]}/ibm{CASES}", headers=_bearer(server, "acme/vera")) for _ in range(70)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
    assert refused[0].json()["errors"][0]["code"] == "too_many_requests"


def test_every_request_is_in_the_log_with_its_trace(fronted: tuple[str, Path]) -> None:
    answer = httpx.get(f"{fronted[0]}/healthz")
    assert answer.text == "ok\n"
    deadline = time.monotonic() + 5
    while answer.headers["X-Request-Id"] not in (fronted[1] / "log").read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert answer.headers["X-Request-Id"] in (fronted[1] / "log").read_text()


def test_operators_see_health_metrics_and_documents(fronted: tuple[str, Path]) -> None:
    url = fronted[0]
    assert httpx.get(f"{url}/ibm{CASES}").status_code == 401
    assert httpx.get(f"{url}/readyz").text == "ready\n"
    assert 'casework_requests_total{door="ibm"' in httpx.get(f"{url}/metrics").text
    assert httpx.get(f"{url}/openapi/ibm.json").json()["servers"] == [{"url": f"{url}/ibm/case-management/v1"}]
    page = httpx.get(f"{url}/openapi/ibm")
    assert "nonce-" in page.headers["Content-Security-Policy"]
    assert "IBM Cloud Case Management" in page.text
    assert httpx.get(f"{url}/openapi/none.json").status_code == 404
    assert httpx.get(f"{url}/nowhere").status_code == 404
    allowed = httpx.options(f"{url}/ibm{CASES}").headers["Allow"]
    assert allowed == "GET, OPTIONS, POST"


def test_several_processes_serve_and_end_with_the_one_that_started_them(server: Cast, tmp_path: Path) -> None:
    url, running = _serving(server, tmp_path, CASEWORK_WORKERS="2", CASEWORK_PUBLIC_URL="https://cases.example")
    with running as process:
        first = httpx.get(f"{url}/ibm{CASES}", headers=_bearer(server, "acme/alice")).json()["first"]["href"]
        assert first.startswith(f"https://cases.example/ibm{CASES}?")
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{url}/healthz", timeout=1)
            except httpx.TransportError:
                return
            time.sleep(0.2)
        pytest.fail("orphans still answer")
