"""API documents: the OpenAPI file of a dialect as JSON, and a page to read it on.

The files are YAML 1.2 with the JSON tags, as OpenAPI asks; PyYAML alone would read 1.1, where `12:30` is a number, `no`
is false, and a date is no text.
"""

import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import yaml

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # pragma: no cover - PyYAML built without libyaml is some five times slower
    from yaml import SafeLoader  # type: ignore[assignment]  # the same interface

_STATIC = Path(__file__).parent / "static"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style nonce="{nonce}">
{style}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p id="status" role="status">Loading the document …</p>
<input id="filter" type="search" placeholder="Filter operations ( / )" aria-label="Filter operations">
<button id="unfold" type="button">Open all</button>
<a href="{spec_url}">OpenAPI document</a>
</header>
<nav aria-label="Operations"></nav>
<main data-spec="{spec_url}">
<noscript><p>This page needs JavaScript. The <a href="{spec_url}">OpenAPI document</a> itself does not.</p></noscript>
</main>
<script type="module" nonce="{nonce}">
{script}</script>
</body>
</html>
"""


class _Loader(SafeLoader):
    """YAML with null, booleans and numbers written as in JSON; everything else is text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML looks for a class attribute and fills it


_NUMBER = "-0123456789"
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:null|~|)\Z"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)\Z"), ["t", "f"])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?(?:0|[1-9][0-9]*)\Z"), [*_NUMBER])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)\Z"),
    [*_NUMBER],
)


def document(yaml_path: Path, servers: list[str]) -> bytes:
    """An OpenAPI document as JSON, with `servers` as its base URLs. The file is read once per process.

    What stands beside the API on the same host (paths with servers of their own, OAuth endpoints written as paths)
    keeps its place relative to the document's first server.

    Args:
        yaml_path: The document.
        servers: Base URLs, absolute or from the root of the host, the preferred one first. Each must end with the path
            of the document's first server where something stands beside the API.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no OpenAPI document, there are no `servers`, or one does not end as it must.
    """
    if not servers:
        raise ValueError("A document needs a base URL.")
    source = _loaded(yaml_path)
    listed = source.get("servers") or [{"url": "/"}]
    beside = _Beside(urlsplit(listed[0]["url"]).path.rstrip("/"), servers)
    result = {**source, "servers": [{"url": url} for url in servers]}
    for group in ("paths", "webhooks"):
        if group in source:
            result[group] = {path: beside.path_item(item) for path, item in source[group].items()}
    components = source.get("components", {})
    if "securitySchemes" in components:
        schemes = {name: beside.scheme(scheme) for name, scheme in components["securitySchemes"].items()}
        result["components"] = {**components, "securitySchemes": schemes}
    return msgspec.json.encode(result)


def page(title: str, spec_url: str, nonce: str) -> bytes:
    """A page of HTML that fetches the document from `spec_url` and shows it; it loads nothing else.

    Args:
        title: What the page is called.
        spec_url: Where the document is served, on the same host.
        nonce: The random text that the Content-Security-Policy header of this answer names. The page works under
            `default-src 'none'; script-src 'nonce-…'; style-src 'nonce-…'; connect-src 'self'`.
    """
    return _PAGE.format(
        title=escape(title), spec_url=escape(spec_url), nonce=escape(nonce), style=_static("css"), script=_static("js")
    ).encode()


class _Beside(msgspec.Struct, frozen=True):
    """Where things beside the API are, when it has moved from the path `base` to the URLs `servers`."""

    base: str
    servers: list[str]

    def path_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """A path item or operation whose own servers, if it has any, have moved along."""
        result = dict(item)
        if "servers" in item:
            paths = [urlsplit(server["url"]).path.rstrip("/") for server in item["servers"]]
            result["servers"] = [{"url": f"{root}{path}" or "/"} for root in self._roots() for path in paths]
        for name, operation in item.items():
            if isinstance(operation, dict) and "responses" in operation:
                result[name] = self.path_item(operation)
        return result

    def scheme(self, scheme: dict[str, Any]) -> dict[str, Any]:
        """A security scheme whose endpoints, where they are paths, have moved along."""
        if "flows" not in scheme:
            return scheme
        return {**scheme, "flows": {name: self._flow(flow) for name, flow in scheme["flows"].items()}}

    def _flow(self, flow: dict[str, Any]) -> dict[str, Any]:
        moved = {
            key: f"{self._roots()[0]}{value}"
            for key, value in flow.items()
            if key.endswith("Url") and value.startswith("/")
        }
        return {**flow, **moved}

    def _roots(self) -> list[str]:
        plain = [url.rstrip("/") for url in self.servers]
        for url in plain:
            if not url.endswith(self.base):
                raise ValueError(f"The base URL {url!r} does not end with {self.base!r}, as the document's own does.")
        return [url.removesuffix(self.base) for url in plain]


@cache
def _loaded(yaml_path: Path) -> dict[str, Any]:
    with yaml_path.open(encoding="utf-8") as file:
        try:
            loaded = yaml.load(file, _Loader)  # noqa: S506 - a subclass of the safe loader
        except yaml.YAMLError as error:
            raise ValueError(f"{yaml_path} is no YAML: {error}") from error
    if not isinstance(loaded, dict) or "openapi" not in loaded:
        raise ValueError(f"{yaml_path} is no OpenAPI document.")
    return loaded


@cache
def _static(kind: str) -> str:
    return (_STATIC / f"openapi.{kind}").read_text("utf-8")
