"""`filters_v1`: one CEL expression over a case, as a condition on cases (spec/webitel §5.6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework.casebook.reading import MEMBERS, Condition, Group, Where
from casework.dialects.webitel import conventions
from casework.dialects.webitel.cases.expressions import Call, Literal, Name, Node, Search, parse, unsupported
from casework.domain.refusals import Invalid

COMPARISONS = {"_==_": "=", "_!=_": "<>", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">="}
MIRRORED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
LISTS: Mapping[str, str] = {"comments": "comment", "links": "link", "files": "file", "related": "relation"}
"""Lists of a case to what hangs on it."""
_ITSELF = "case"


def condition(text: str) -> Condition:
    """Return the condition that an expression is.

    Raises:
        Invalid: It cannot be read, names what a case has not, or compares what cannot be compared.
    """
    return _Reader({}).condition(parse(text))


class _Reader:
    """Reads conditions; `variables` are those of the lists that are being looked through, with the list's noun."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def condition(self, node: Node) -> Condition:
        if isinstance(node, Literal) and isinstance(node.value, bool):
            return Where("everything" if node.value else "nothing")
        if isinstance(node, Name):
            return self._compare(node, "=", value=True)
        if isinstance(node, Search) and not node.filter:
            return self._search(node)
        if not isinstance(node, Call):
            raise unsupported("this")
        function, arguments = node.function, node.arguments
        if function in {"_&&_", "_||_"}:
            return Group(tuple(self.condition(part) for part in arguments), "and" if function == "_&&_" else "or")
        if function == "!_":
            return Group((self.condition(arguments[0]),), negated=True)
        if function in COMPARISONS:
            return self._comparison(arguments, COMPARISONS[function])
        if function == "@in":
            return self._in(arguments)
        return self._function(function, arguments)

    def _function(self, function: str, arguments: tuple[Node, ...]) -> Condition:
        first = arguments[0] if arguments else None
        if function in {"isnull", "notnull", "has"} and isinstance(first, Name) and len(arguments) == 1:
            absent = self._compare(first, "=", None)
            return absent if function == "isnull" else Group((absent,), negated=True)
        if len(arguments) == 2 and isinstance(first, Name):
            second = arguments[1]
            if not isinstance(second, Literal) or not isinstance(second.value, str):
                raise unsupported(function)
            if function == "like":
                return self._like(first, second.value)
            patterns = {"contains": ("%", "%"), "startsWith": ("", "%"), "endsWith": ("%", "")}
            if function in patterns:
                before, after = patterns[function]
                return self._like(first, f"{before}{conventions.escaped(second.value)}{after}")
        raise unsupported(function)

    def _like(self, name: Name, text: str) -> Condition:
        path = self._path(name)
        if path.startswith("custom.") or MEMBERS[path][1] != "text":
            raise unsupported("like")
        return Where("like", (path, text if "%" in text else f"%{text}%"))

    def _comparison(self, arguments: tuple[Node, ...], operator: str) -> Condition:
        left, right = arguments
        if isinstance(left, Literal) and not isinstance(right, Literal):
            left, right, operator = right, left, MIRRORED[operator]
        if not isinstance(right, Literal):
            raise unsupported("a comparison of two members")
        if isinstance(left, Call) and left.function == "size" and isinstance(left.arguments[0], Search):
            return self._size(left.arguments[0], operator, right.value)
        if isinstance(left, Name):
            return self._compare(left, operator, right.value)
        inner = self.condition(left)
        if operator not in {"=", "<>"} or not isinstance(right.value, bool):
            raise unsupported("this comparison")
        return Group((inner,), negated=(operator == "=") is not right.value)

    def _size(self, search: Search, operator: str, value: Any) -> Condition:
        if (operator, value) in {(">", 0), ("<>", 0), (">=", 1)}:
            return self._search(search)
        if (operator, value) in {("=", 0), ("<=", 0), ("<", 1)}:
            return Group((self._search(search),), negated=True)
        raise unsupported("size")

    def _in(self, arguments: tuple[Node, ...]) -> Condition:
        name, listed = arguments
        if not isinstance(name, Name) or not isinstance(listed, Literal) or not isinstance(listed.value, tuple):
            raise unsupported("in")
        return Group(tuple(self._compare(name, "=", value) for value in listed.value), "or")

    def _compare(self, name: Name, operator: str, value: Any) -> Condition:
        path = self._path(name)
        if path.startswith("custom."):
            return _custom(path.removeprefix("custom."), operator, value)
        if value is None:
            return Group((Where("absent", path),), negated=operator == "<>")
        return Where("compare", (path, operator, _value(path, value)))

    def _search(self, search: Search) -> Condition:
        noun = LISTS.get(_plain(search.name))
        if noun is None or self._variables:
            raise unsupported(_plain(search.name))
        return Where("hangs", (noun, _Reader({search.variable: noun}).condition(search.test)))

    def _path(self, name: Name) -> str:
        """Return the member that a name means; a link to another row means its id."""
        first, *rest = name.path
        if self._variables:
            noun = self._variables.get(first)
            path = f"{noun}/{'.'.join(map(conventions.snake, rest))}"
        else:
            path = _plain(name)
        if path.startswith("custom.") or path in MEMBERS:
            return path
        if f"{path}.id" in MEMBERS:
            return f"{path}.id"
        raise unsupported(".".join(name.path))


def _plain(name: Name) -> str:
    path = name.path[1:] if name.path[0] == _ITSELF and len(name.path) > 1 else name.path
    if path[0] == "custom":
        return ".".join(path)
    return ".".join(conventions.snake(part) for part in path)


def _custom(field: str, operator: str, value: Any) -> Condition:
    if value is None:
        return Group((Where("custom", (field, "set", "")),), negated=operator == "=")
    if isinstance(value, bool):
        value = "true" if value else "false"
    return Where("custom", (field, operator, str(value)))


def _value(path: str, value: Any) -> Any:
    """Return a literal as a value of the member's type."""
    kind = MEMBERS[path][1]
    if kind == "bigint":
        return conventions.integer(value, path)
    if kind == "timestamptz":
        return _time(path, value)
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind == "text" and isinstance(value, str):
        return value
    msg = f"'{path}' cannot be compared with {str(value)[:80]!r}."
    raise Invalid(msg, member="filters_v1")


def _time(path: str, value: Any) -> datetime:
    return conventions.at(conventions.integer(value, path), path)
