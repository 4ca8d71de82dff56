"""The expressions by which dynamic teams choose: `case.priority.name == 'high' && case.source.type != 'api'`.

Dotted paths and quoted texts are compared with `==` and `!=`; `&&` binds before `||`, and parentheses before both. All
of it, values included, is compared in lower case (spec/webitel §10). What a path does not lead to is empty text.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from casework.domain.refusals import Invalid

LONGEST = 4_000
"""Characters of an expression."""
DEEPEST = 50
"""Parentheses within each other."""
_TOKEN = re.compile(r"""\s*(?:(\|\||&&|==|!=|\(|\))|'([^']*)'|"([^"]*)"|([\w.\-]+))""")
_NOTHING = frozenset({"", "null", "nil"})


class Token(msgspec.Struct, frozen=True):
    """A sign, a quoted text or a bare word."""

    kind: str
    text: str


def _tokens(expression: str) -> list[Token]:
    found: list[Token] = []
    place, end = 0, len(expression.rstrip())
    while place < end:
        match = _TOKEN.match(expression, place)
        if match is None:
            msg = f"The expression cannot be read at '{expression[place:].strip()[:20]}'."
            raise Invalid(msg, member="expression")
        sign, single, double, word = match.groups()
        if sign is not None:
            found.append(Token("sign", sign))
        elif word is not None:
            found.append(Token("word", word.lower()))
        else:
            found.append(Token("text", (single if single is not None else double).lower()))
        place = match.end()
    return found


class Expression:
    """An expression that has been read; `matches` tells whether it holds."""

    def __init__(self, expression: str) -> None:
        """Read an expression.

        Raises:
            Invalid: It is none.
        """
        if len(expression) > LONGEST:
            msg = f"An expression may have at most {LONGEST} characters."
            raise Invalid(msg, member="expression")
        self._tokens = _tokens(expression)
        self._place = self._depth = 0
        self._facts: Mapping[str, Any] = {}
        self.matches({})

    def matches(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether the expression holds for these facts, mappings within mappings."""
        self._facts, self._place, self._depth = facts, 0, 0
        found = self._either()
        if self._place < len(self._tokens):
            raise self._unexpected()
        return found

    def _either(self) -> bool:
        found = self._both()
        while self._sign("||"):
            found = self._both() or found
        return found

    def _both(self) -> bool:
        found = self._comparison()
        while self._sign("&&"):
            found = self._comparison() and found
        return found

    def _comparison(self) -> bool:
        if self._sign("("):
            self._depth += 1
            if self._depth > DEEPEST:
                raise self._unexpected()
            found = self._either()
            if not self._sign(")"):
                raise self._unexpected()
            self._depth -= 1
            return found
        left = self._operand()
        if self._sign("=="):
            return left == self._operand()
        if self._sign("!="):
            return left != self._operand()
        raise self._unexpected()

    def _sign(self, sign: str) -> bool:
        here = self._tokens[self._place : self._place + 1]
        if here != [Token("sign", sign)]:
            return False
        self._place += 1
        return True

    def _operand(self) -> str:
        if self._place >= len(self._tokens) or self._tokens[self._place].kind == "sign":
            raise self._unexpected()
        token = self._tokens[self._place]
        self._place += 1
        if token.kind == "text":
            return token.text
        if token.text in _NOTHING:
            return ""
        return _value(self._facts, token.text) if token.text.startswith("case.") else token.text

    def _unexpected(self) -> Invalid:
        here = self._tokens[self._place].text if self._place < len(self._tokens) else "the end"
        return Invalid(f"The expression cannot be read at '{here[:20]}'.", member="expression")


def _value(facts: Mapping[str, Any], path: str) -> str:
    here: Any = facts
    for step in path.split("."):
        if not isinstance(here, Mapping):
            return ""
        here = next((value for name, value in here.items() if name.lower() == step), None)
    return "" if here is None or isinstance(here, Mapping) else str(here).lower()
