"""The served API documents and the page that shows them, the latter in a real browser where there is one."""

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from casework.web.openapi import document, page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

DOCUMENT = r"""
openapi: 3.1.0
info: {title: Small, version: 1.0, description: "Times are `UTC`.\n\n- one\n- **two**"}
servers: [{url: 'http://localhost:8080/small/v1'}]
tags: [{name: things, description: All about things}]
security: [{bearer: []}]
paths:
  /things/{id}:
    parameters: [{$ref: '#/components/parameters/Id'}]
    put:
      tags: [things]
      operationId: replace_thing
      summary: Replace <b>one</b> thing
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Thing'}
            example: {name: "<img src=x onerror=alert(1)>", at: 2026-01-31, pause: 12:30, sure: no, code: 010}
      responses:
        200: {description: The thing, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
        404: {$ref: '#/components/responses/Missing'}
  /token:
    servers: [{url: 'http://localhost:8080'}]
    post:
      operationId: get_token
      responses: {'200': {description: A token}}
  /health:
    get:
      operationId: health
      servers: [{url: 'http://localhost:8080/ops/'}, {url: '/ops2'}]
      responses: {'204': {description: Fine}}
webhooks:
  thingChanged:
    post: {responses: {'200': {description: Received}}}
components:
  parameters:
    Id: {name: id, in: path, required: true, schema: {type: integer, minimum: 1}}
  responses:
    Missing:
      description: There is no such thing
      content: {application/json: {schema: {$ref: '#/components/schemas/Gone~1Away'}}}
  schemas:
    Gone/Away: {type: object, properties: {reason: {type: string, enum: [lost, stolen]}}}
    Thing:
      allOf:
        - type: object
          required: [name]
          properties: {name: {type: string, maxLength: 9, default: ''}, parent: {$ref: '#/components/schemas/Thing'}}
        - properties:
            parts: {type: array, items: {$ref: '#/components/schemas/Thing'}}
            endless: {$ref: '#/components/schemas/Loop'}
    Loop: {$ref: '#/components/schemas/Loop'}
  securitySchemes:
    bearer: {type: http, scheme: bearer}
    oauth:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: /oauth/token, refreshUrl: 'https://elsewhere.example/r', scopes: {}}}
"""


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "openapi.yaml"
    path.write_text(DOCUMENT)
    return path


def served(path: Path, *servers: str) -> dict:
    return json.loads(document(path, list(servers)))


def test_the_servers_are_those_that_were_asked_for(path):
    urls = ["https://cases.example/small/v1", "/small/v1"]
    assert served(path, *urls)["servers"] == [{"url": url} for url in urls]
    assert served(path, "https://other.example/small/v1")["servers"] == [{"url": "https://other.example/small/v1"}]


def test_what_stands_beside_the_api_moves_along(path):
    found = served(path, "https://cases.example/door/small/v1/", "/door/small/v1")
    assert found["paths"]["/token"]["servers"] == [{"url": "https://cases.example/door"}, {"url": "/door"}]
    assert found["paths"]["/health"]["get"]["servers"] == [
        {"url": f"{root}/{name}"} for root in ("https://cases.example/door", "/door") for name in ("ops", "ops2")
    ]
    assert found["components"]["securitySchemes"]["oauth"]["flows"]["clientCredentials"] == {
        "tokenUrl": "https://cases.example/door/oauth/token",
        "refreshUrl": "https://elsewhere.example/r",
        "scopes": {},
    }
    assert served(path, "/small/v1")["paths"]["/token"]["servers"] == [{"url": "/"}]


def test_a_server_that_does_not_fit_is_refused(path):
    with pytest.raises(ValueError, match="does not end with '/small/v1'"):
        document(path, ["https://cases.example/v1"])
    with pytest.raises(ValueError, match="needs a base URL"):
        document(path, [])


def test_a_document_with_nothing_beside_it_may_be_anywhere(tmp_path):
    path = tmp_path / "plain.yaml"
    path.write_text("{openapi: 3.1.0, paths: {/a: {get: {responses: {}}}}, components: {schemas: {}}}")
    assert served(path, "/anywhere") == {
        "openapi": "3.1.0",
        "paths": {"/a": {"get": {"responses": {}}}},
        "components": {"schemas": {}},
        "servers": [{"url": "/anywhere"}],
    }


def test_the_rest_is_kept_with_yaml_read_as_json_would_be(path):
    found = served(path, "/small/v1")
    assert list(found) == ["openapi", "info", "servers", "tags", "security", "paths", "webhooks", "components"]
    operation = found["paths"]["/things/{id}"]["put"]
    assert operation["requestBody"]["content"]["application/json"]["example"] == {
        "name": "<img src=x onerror=alert(1)>",
        "at": "2026-01-31",
        "pause": "12:30",
        "sure": "no",
        "code": "010",
    }
    assert list(operation["responses"]) == ["200", "404"]
    assert operation["requestBody"]["required"] is True
    assert found["info"]["version"] == 1.0


def test_the_file_is_read_once(path):
    before = document(path, ["/small/v1"])
    path.write_text("something else")
    assert document(path, ["/small/v1"]) == before


@pytest.mark.parametrize("text", ["- a list", "a: b", "", "a: [", "a: !!python/object:os.system {}"])
def test_other_files_are_refused(tmp_path, text):
    path = tmp_path / "other.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"other\.yaml is no"):
        document(path, ["/"])


def test_the_page_loads_nothing_but_the_document():
    html = page("Small API", "/small/openapi.json", "r4nd0m").decode()
    assert not re.search(r"(?:src|@import|url\()\s*=?\s*[\"'(]?(?:https?:)?//", html)
    assert set(re.findall(r'(?:href|data-spec)="([^"]*)"', html.partition("<script")[0])) == {"/small/openapi.json"}
    assert html.count('nonce="r4nd0m"') == 2
    assert len(re.findall(r"</?(?:script|style)\b", html)) == 4
    assert " style=" not in html
    assert "innerHTML" not in html


def test_the_page_escapes_what_it_is_given():
    html = page('<script>"&', '/a"><b', '"n').decode()
    assert "<title>&lt;script&gt;&quot;&amp;</title>" in html
    assert 'data-spec="/a&quot;&gt;&lt;b"' in html
    assert 'nonce="&quot;n"' in html


POLICY = "default-src 'none'; script-src 'nonce-abc'; style-src 'nonce-abc'; connect-src 'self'"
OPEN_ALL = """<script type="module" nonce="abc">
const pause = () => new Promise((go) => setTimeout(go, 300));
await pause();
document.querySelector("#unfold").click();
for (let round = 0; round < 3; round += 1) {
  await pause();
  for (const closed of document.querySelectorAll("main details:not([open])")) closed.open = true;
}
await pause();
const filter = document.querySelector("#filter");
filter.value = "replace thing";
filter.dispatchEvent(new Event("input"));
</script></body>"""


@contextmanager
def website(api: bytes | None) -> Iterator[str]:
    """The page at / and, with everything open and then filtered, at /all."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html = page("Small API", "/openapi.json", "abc")
            pages = {"/": html, "/all": html.replace(b"</body>", OPEN_ALL.encode()), "/openapi.json": api}
            body = pages.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "application/json" if self.path.endswith("json") else "text/html")
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def dom_of(url: str, profile: Path) -> str:
    """What the browser makes of a page, as HTML from <body> to the scripts."""
    assert CHROMIUM
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-dev-shm-usage",
    ]
    command = [CHROMIUM, *flags, f"--user-data-dir={profile}", "--virtual-time-budget=5000", "--dump-dom", url]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return result.stdout.partition("<body>")[2].partition("<script")[0]


browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")


@browser
def test_a_browser_shows_the_operations_by_tag(path, tmp_path):
    with website(document(path, ["https://cases.example/small/v1"])) as url:
        dom = dom_of(f"{url}/", tmp_path / "profile")
    assert "4 operations" in dom
    assert re.findall(r"<h2>(\w+)</h2>", dom.partition("<main")[2]) == ["things", "Operations", "Webhooks"]
    assert "<li><strong>two</strong></li>" in dom
    assert "https://cases.example/small/v1" in dom
    assert "Replace &lt;b&gt;one&lt;/b&gt; thing" in dom
    assert 'class="body"' not in dom


@browser
def test_a_link_to_an_operation_opens_it(path, tmp_path):
    with website(document(path, ["/small/v1"])) as url:
        dom = dom_of(f"{url}/#operation-replace_thing", tmp_path / "profile")
    assert dom.count('class="body"') == 1
    for text in ("at most 9 characters", "≥ 1", "inside ", "array of Thing", "&lt;img src=x onerror=alert(1)&gt;"):
        assert text in dom
    assert "<img" not in dom


@browser
def test_everything_can_be_opened_and_filtered(path, tmp_path):
    with website(document(path, ["/small/v1"])) as url:
        dom = dom_of(f"{url}/all", tmp_path / "profile")
    assert dom.count('class="body"') == 4
    assert "1 of 4 operations" in dom
    assert "lost</code>, <code>stolen" in dom
    hidden = re.findall(r'<details class="operation" id="operation-(\w+)[^"]*"[^>]* hidden', dom)
    assert sorted(hidden) == ["get_token", "health", "post"]


@browser
def test_a_missing_document_is_told(tmp_path):
    with website(None) as url:
        dom = dom_of(f"{url}/", tmp_path / "profile")
    assert "cannot be shown: 404" in dom
