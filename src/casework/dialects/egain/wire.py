"""Request bodies: which elements there are, whether written as JSON or as XML (spec/egain §4, §8).

This looks at form only: unknown and missing elements, objects where texts belong. Values are `translate`'s matter,
because they are judged after the right to edit the case.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from casework.dialects.egain.markup import Node
from casework.dialects.egain.refusal import Fault


class Element(msgspec.Struct, frozen=True):
    """One element. Without children it is a text.

    `many` may be repeated (a list in JSON); `lenient` has further members that nobody looks at; `nullable` keeps a
    null instead of taking it as not provided; `dated` is a time that XML may write as an attribute `date`.
    """

    children: Mapping[str, "Element"] = {}
    required: bool = False
    many: bool = False
    lenient: bool = False
    nullable: bool = False
    dated: bool = False


_TEXT, _NEEDED = Element(), Element(required=True)
_LINKS = Element({"rel": _NEEDED, "href": _NEEDED}, many=True)
_VALUE = Element({"value": Element()}, many=True, lenient=True)
_ATTRIBUTE = Element({"attribName": _NEEDED, "attribValues": Element({"attribValue": _VALUE})}, many=True, lenient=True)
EDIT = Element(
    {
        "id": _NEEDED,
        "lastModified": Element(required=True, dated=True),
        "dueDate": Element(nullable=True, dated=True),
        "owner": Element({"user": Element({"id": _NEEDED}, required=True, lenient=True)}, lenient=True),
        "severity": Element({"value": _NEEDED, "displayValue": _TEXT}),
        "subject": _TEXT,
        "description": _TEXT,
        "solution": _TEXT,
        "relatedCases": Element({"link": _LINKS, "unlink": _LINKS}),
        "customAttributes": Element({"customAttribute": _ATTRIBUTE}),
    }
)
NOTE = Element({"content": _NEEDED})
CUSTOMER = Element({"customer": Element({"id": _NEEDED}, required=True, lenient=True)})
LOGIN = Element({"userName": _TEXT, "username": _TEXT, "password": _NEEDED})


def checked(tree: Mapping[str, Any], element: Element, path: str = "") -> dict[str, Any]:
    """Return the known members of an object; nulls count as not provided.

    Raises:
        Fault: An element is unknown (400-150), missing (400-151) or of the wrong form (400-152).
    """
    found: dict[str, Any] = {}
    for name, value in tree.items():
        inner = element.children.get(name)
        at = f"{path}{name}"
        if inner is None:
            if element.lenient:
                continue
            msg = f"The element '{at[:200]}' is not known, or not allowed here."
            raise Fault("400-150", msg, element=at)
        if value is not None or inner.nullable:
            found[name] = value if value is None else _member(value, inner, at)
    for name, inner in element.children.items():
        if inner.required and name not in found:
            msg = f"The element '{path}{name}' is required."
            raise Fault("400-151", msg, element=f"{path}{name}")
    return found


def _member(value: Any, element: Element, path: str) -> Any:
    if element.many:
        if not isinstance(value, list):
            raise _misshapen(path, "a list")
        return [_single(entry, element, f"{path}[{index}]") for index, entry in enumerate(value)]
    return _single(value, element, path)


def _single(value: Any, element: Element, path: str) -> Any:
    if element.children:
        if not isinstance(value, dict):
            raise _misshapen(path, "an object")
        return checked(value, element, f"{path}.")
    if not isinstance(value, str):
        raise _misshapen(path, "a text")
    return value


def _misshapen(path: str, form: str) -> Fault:
    msg = f"'{path}' must be {form}."
    return Fault("400-152", msg, element=path)


def from_xml(node: Node, element: Element, path: str = "") -> Any:
    """Return an XML element in the form that JSON has: attributes and child elements alike, by local name.

    Raises:
        Fault: An element that may stand once is repeated, or text stands where elements belong.
    """
    if node.nil:
        return None
    if element.dated and (node.attributes or node.children):
        return _text_of(node, "date")
    if not element.children and not node.children and not node.attributes:
        return node.text
    if element.children and node.text.strip():
        raise _misshapen(path or node.name, "elements, without text between them")
    found: dict[str, Any] = dict(node.attributes)
    for child in node.children:
        inner = element.children.get(child.name, Element())
        at = f"{path}{child.name}"
        value = from_xml(child, inner, f"{at}.")
        if inner.many:
            found.setdefault(child.name, []).append(value)
        elif child.name in found and child.name in element.children:
            msg = f"'{at}' may stand once only."
            raise Fault("400-152", msg, element=at)
        else:
            found[child.name] = value
    return found


def _text_of(node: Node, name: str) -> str:
    """Return a text that is an attribute or a child element of this name."""
    child = next((child.text for child in node.children if child.name == name), None)
    return node.attributes.get(name, child if child is not None else node.text)
