"""JSON and XML in both directions, as one tree of objects, lists and texts (spec/egain §8).

The XML parser builds the tree itself, event by event: a document type, a thing too deep or too wide ends it at once,
so nothing is ever expanded or fetched.
"""

import re
from collections.abc import Mapping
from typing import Any, cast

import msgspec
from litestar import Response
from lxml import etree

from casework.dialects.egain.refusal import Fault

DEEPEST = 20
MOST_NODES = 20_000
_MODEL = "http://bindings.egain.com/ws/model/v12/gen"
CASE, COMMON, PLATFORM = f"{_MODEL}/interaction/case", f"{_MODEL}/common", f"{_MODEL}/platform"
PREFIXES = {"common": COMMON, "platform": PLATFORM}
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_IN_COMMON = frozenset(
    {
        "value", "displayValue", "customAttribute", "attribName", "attribValues", "attribValue", "user",
    }
)  # fmt: skip
_IN_PLATFORM = frozenset({"name", "firstName", "lastName"})
_ATTRIBUTES = frozenset({"id", "rel", "href"})
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Node(msgspec.Struct):
    """An XML element: local name, attributes by local name, children, text between them."""

    name: str
    attributes: dict[str, str]
    children: list["Node"] = msgspec.field(default_factory=list)
    text: str = ""
    nil: bool = False


class _Builder:
    """Receives the parser's events."""

    def __init__(self) -> None:
        self._open: list[Node] = []
        self._nodes = 0
        self.root: Node | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._nodes += 1 + len(attributes)
        if len(self._open) >= DEEPEST or self._nodes > MOST_NODES:
            msg = "The XML document is nested too deeply or has too many elements."
            raise Fault("400-103", msg)
        own = {_local(name): value for name, value in attributes.items() if not name.startswith(f"{{{XSI}}}")}
        node = Node(_local(tag), own, nil=attributes.get(f"{{{XSI}}}nil", "").strip() in {"true", "1"})
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, _tag: str) -> None:
        self._open.pop()

    def data(self, data: str | bytes) -> None:
        if self._open:
            self._open[-1].text += data if isinstance(data, str) else data.decode()

    def comment(self, text: str | bytes) -> None:
        """Nobody reads comments."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Nobody reads processing instructions."""

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        msg = "A document type is not allowed."
        raise Fault("400-103", msg)

    def close(self) -> Node | None:
        return self.root


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def read_xml(raw: bytes) -> Node:
    """Return the root of an XML document.

    Raises:
        Fault: It is not well-formed, has a document type, or is too deep or too large.
    """
    parser = etree.XMLParser(
        target=cast("Any", _Builder()),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )
    try:
        root = cast("Node | None", etree.fromstring(raw, parser))
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        msg = f"The body is not well-formed XML: {str(error)[:300]}"
        raise Fault("400-103", msg) from error
    if root is None:
        msg = "The body is empty."
        raise Fault("400-103", msg)
    return root


def read_json(raw: bytes) -> dict[str, Any]:
    """Return a JSON object.

    Raises:
        Fault: It is no JSON, no object, or nested too deeply.
    """
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        msg = f"The body is not valid JSON: {error}"
        raise Fault("400-103", msg) from error
    except RecursionError as error:
        msg = "The body is nested too deeply."
        raise Fault("400-103", msg) from error
    if not isinstance(found, dict):
        msg = "The body must be an object."
        raise Fault("400-103", msg)
    return found


def write_xml(root: str, body: Mapping[str, Any]) -> bytes:
    """Return a tree as an XML document with the namespaces of the older generation."""
    home = COMMON if root == "error" else CASE
    spaces: dict[Any, str] = {None: home, **{prefix: space for prefix, space in PREFIXES.items() if space != home}}
    top = etree.Element(f"{{{home}}}{root}", nsmap=spaces)
    _fill(top, body, home)
    return etree.tostring(top, xml_declaration=True, encoding="UTF-8")


def _fill(element: Any, members: Mapping[str, Any], home: str) -> None:
    for name, value in members.items():
        if value is None:
            continue
        if name in _ATTRIBUTES and isinstance(value, str):
            element.set(name, _writable(value))
            continue
        for entry in value if isinstance(value, list) else [value]:
            space = COMMON if name in _IN_COMMON else PLATFORM if name in _IN_PLATFORM else home
            child = etree.SubElement(element, f"{{{space}}}{name}")
            if isinstance(entry, Mapping):
                _fill(child, entry, home)
            else:
                child.text = _writable(_plain(entry))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _writable(text: str) -> str:
    """Return a text without the characters that no XML document may have."""
    return _UNWRITABLE.sub("\ufffd", text)


def response(
    media: str, root: str, body: Mapping[str, Any], status: int = 200, headers: dict[str, str] | None = None
) -> Response[bytes]:
    """Return an answer with a body."""
    if media == "xml":
        return Response(
            write_xml(root, body), status_code=status, media_type="application/xml; charset=utf-8", headers=headers
        )
    return Response(msgspec.json.encode(body), status_code=status, media_type="application/json", headers=headers)
