"""CEL expressions as trees. Google's parser reads them; its answer, a `cel.expr.ParsedExpr`, is taken apart here.

Only what can become a condition on cases is kept: names, members, literals, calls, lists, and `exists` and `filter`.
"""

import struct
from collections.abc import Iterator
from typing import Any

import msgspec
from cel_expr_python import cel

from casework.domain.refusals import Invalid

LONGEST = 4_000
"""Characters of an expression."""
_ENVIRONMENT = cel.NewEnv()


class Name(msgspec.Struct, frozen=True):
    """A name with the members behind it: `status_condition.final` has the path of both."""

    path: tuple[str, ...]


class Literal(msgspec.Struct, frozen=True):
    """A value; a list of literals is a tuple."""

    value: Any


class Call(msgspec.Struct, frozen=True):
    """A function or operator by CEL's own name (`_==_`, `@in`, `like`) with its arguments, a receiver first."""

    function: str
    arguments: tuple["Node", ...]


class Search(msgspec.Struct, frozen=True):
    """`list.exists(variable, test)`, or with `filter` the list of what meets the test."""

    name: Name
    variable: str
    test: "Node"
    filter: bool = False


Node = Name | Literal | Call | Search


def parse(text: str) -> Node:
    """Return the tree of an expression.

    Raises:
        Invalid: It is no CEL, too long, nested too deep, or uses something that is no condition on cases.
    """
    if len(text) > LONGEST:
        msg = f"An expression may have at most {LONGEST} characters."
        raise Invalid(msg, member="filters_v1")
    try:
        raw = _ENVIRONMENT.compile(text, disable_check=True).serialize()
    except (RuntimeError, UnicodeError) as error:
        msg = f"The expression cannot be read: {str(error).splitlines()[0][:300]}"
        raise Invalid(msg, member="filters_v1") from error
    return _node(_one(_one(raw, 2), 2))


def unsupported(what: str) -> Invalid:
    """Return the refusal of a part of the language that is no condition on cases."""
    return Invalid(f"'{what[:80]}' cannot be used in an expression about cases.", member="filters_v1")


# ---- the messages (cel-spec, proto/cel/expr/syntax.proto)


def _fields(raw: bytes) -> Iterator[tuple[int, Any]]:
    """Yield number and value of each field of a message: bytes, or a number."""
    at = 0
    while at < len(raw):
        key, at = _varint(raw, at)
        value: Any
        if key & 7 == 0:
            value, at = _varint(raw, at)
        elif key & 7 == 1:
            value, at = raw[at : at + 8], at + 8
        else:
            size, at = _varint(raw, at)
            value, at = raw[at : at + size], at + size
        yield key >> 3, value


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        value |= (byte & 127) << shift
        at += 1
        shift += 7
        if byte < 128:
            return value, at


def _one(raw: bytes, number: int) -> bytes:
    return next((value for found, value in _fields(raw) if found == number), b"")


def _all(raw: bytes, number: int) -> list[bytes]:
    return [value for found, value in _fields(raw) if found == number]


_CONSTANT, _IDENT, _SELECT, _CALL, _LIST, _COMPREHENSION = 3, 4, 5, 6, 7, 9


def _node(raw: bytes) -> Node:
    for number, value in _fields(raw):
        if number == _CONSTANT:
            return Literal(_constant(value))
        if number == _IDENT:
            return Name((_one(value, 1).decode(),))
        if number == _SELECT:
            return _select(value)
        if number == _CALL:
            return _call(value)
        if number == _LIST:
            return Literal(tuple(_literal(entry) for entry in _all(value, 1)))
        if number == _COMPREHENSION:
            return _comprehension(value)
    raise unsupported("{…}")


def _constant(raw: bytes) -> Any:
    for number, value in _fields(raw):
        if number == 2:
            return bool(value)
        if number == 3:
            return value - 2**64 if value >= 2**63 else value
        if number == 4:
            return value
        if number == 5:
            return struct.unpack("<d", value)[0]
        if number == 6:
            return value.decode()
        if number == 7:
            raise unsupported("bytes")
    return None


def _literal(raw: bytes) -> Any:
    found = _negated(_node(raw))
    if not isinstance(found, Literal):
        raise unsupported("[…]")
    return found.value


def _select(raw: bytes) -> Node:
    operand, member = _node(_one(raw, 1)), _one(raw, 2).decode()
    if not isinstance(operand, Name):
        raise unsupported(f".{member}")
    name = Name((*operand.path, member))
    return Call("has", (name,)) if any(number == 3 for number, _ in _fields(raw)) else name


def _call(raw: bytes) -> Node:
    function = _one(raw, 2).decode()
    arguments = tuple(_node(value) for value in (*_all(raw, 1), *_all(raw, 3)))
    if function == "_[_]":
        operand, index = arguments
        if not isinstance(operand, Name) or not isinstance(index, Literal) or not isinstance(index.value, str):
            raise unsupported("[…]")
        return Name((*operand.path, index.value))
    return _negated(Call(function, arguments))


def _negated(node: Node) -> Node:
    """Return a literal for a minus sign before one."""
    if isinstance(node, Call) and node.function == "-_" and isinstance(node.arguments[0], Literal):
        value = node.arguments[0].value
        if isinstance(value, int | float):
            return Literal(-value)
    return node


def _comprehension(raw: bytes) -> Node:
    """Return what the macros `exists` and `filter` have become: a loop with a step that holds the test."""
    members = dict(_fields(raw))
    subject, variable = _node(members[2]), members[1].decode()
    step = _steps(members[6])
    if not isinstance(subject, Name) or step is None:
        raise unsupported("all, map or exists_one")
    test, is_filter = step
    return Search(subject, variable, test, is_filter)


def _steps(raw: bytes) -> tuple[Node, bool] | None:
    call = _one(raw, _CALL)
    function, arguments = _one(call, 2).decode(), _all(call, 3)
    if function == "_||_":
        return _node(arguments[1]), False
    if function == "_?_:_" and _one(_one(arguments[1], _CALL), 2) == b"_+_":
        added = _all(_one(arguments[1], _CALL), 3)[1]
        element = _all(_one(added, _LIST), 1)
        if element and _one(element[0], _IDENT):  # `map` adds something else than the element itself
            return _node(arguments[0]), True
    return None
