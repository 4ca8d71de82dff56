"""The access lint: every SQL statement that reads rows of `cases` goes through the one access predicate.

A statement names the predicate by formatting a value called `readable` into its text (`{readable.sql}`), which
`store/access.py` renders. A function whose statements are right without it says why: `# unguarded: <reason>` on its
`def` line or the line before. SQL files are for migrations alone: statements live in Python, where this lint sees them.

Usage: check_access.py [ROOT]. Exit status 1 when anything was found.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeGuard

PACKAGE = Path("src", "casework")
MIGRATIONS = PACKAGE / "store" / "postgres" / "migrations"
TABLE = r'(?:\w+\.)?"?\bcases\b(?!\s*\.)'  # not the column in `is distinct from cases.owner`
READS_CASES = re.compile(
    rf"\b(?:from|join|update|using)\s+(?:only\s+|lateral\s+)?{TABLE}"  # the table itself
    rf"|\bfrom\s+[^;()]*?,\s*(?:only\s+)?{TABLE}",  # further down a list: from tenants t, cases c
    re.IGNORECASE,
)
UNGUARDED = re.compile(r"#\s*unguarded:\s*(.*)", re.IGNORECASE)
REASON_LENGTH = 10

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Text:
    """A string expression, put back together: constants as they are, formatted values as `{source}`."""

    def __init__(self, node: ast.expr) -> None:
        self.sql = ""
        self.values: list[ast.expr] = []
        self._add(node)

    def _add(self, node: ast.expr) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.sql += node.value
        elif isinstance(node, ast.JoinedStr):
            for part in node.values:
                self._add(part)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            self._add(node.left)
            self._add(node.right)
        else:
            value = node.value if isinstance(node, ast.FormattedValue) else node
            self.sql += f"{{{ast.unparse(value)}}}"
            self.values.append(value)

    def reads_cases(self) -> bool:
        """Whether this is (part of) a statement on the table `cases`."""
        return READS_CASES.search(self.sql) is not None

    def guarded(self) -> bool:
        """Whether a value called `readable` is formatted into it."""
        return any(map(names_predicate, self.values))


def names_predicate(expression: ast.expr) -> bool:
    """Whether a name or attribute in the expression has the word `readable` in it: `readable.sql`, `case_readable`."""
    for node in ast.walk(expression):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if "readable" in name.split("_"):
            return True
    return False


def is_text(node: ast.AST) -> TypeGuard[ast.expr]:
    """Whether the expression is a string literal, an f-string, or a sum with one in it."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return is_text(node.left) or is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


class Module:
    """One Python file, and what it does to `cases`."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        self.comments = {
            token.start[0]: token
            for token in tokenize.generate_tokens(io.StringIO(source).readline)
            if token.type == tokenize.COMMENT
        }

    def findings(self) -> Iterable[tuple[int, str]]:
        """Line and message of everything that is wrong, each once."""
        return dict.fromkeys(self._walk(self.tree, None))

    def _walk(self, node: ast.AST, function: Function | None) -> Iterator[tuple[int, str]]:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return  # a docstring: nobody can execute it
        if isinstance(node, Function):
            function = node
        inside: Iterable[ast.AST] = ast.iter_child_nodes(node)
        if is_text(node):
            text = Text(node)
            inside = text.values
            if text.reads_cases() and not text.guarded() and (message := self._complaint(function)):
                yield node.lineno, message
        for child in inside:
            yield from self._walk(child, function)

    def _complaint(self, function: Function | None) -> str | None:
        """What to say about an unguarded statement in `function`; None when its exemption has a reason."""
        if function is None:
            return "SQL on cases outside a function: it can carry neither {readable} nor a reason"
        first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
        for line in (function.lineno, function.lineno - 1, first - 1):
            comment = self.comments.get(line)
            if comment is None or (line != function.lineno and comment.line[: comment.start[1]].strip()):
                continue  # a comment behind other code belongs to that code
            match = UNGUARDED.match(comment.string)
            if match and len(match[1].strip()) >= REASON_LENGTH:
                return None
            if match:
                return f"{function.name}: `unguarded:` needs a reason of at least {REASON_LENGTH} characters"
        return f"{function.name}: SQL on cases without the access predicate ({{readable.sql}})"


def check(root: Path) -> Iterator[str]:
    """Everything found under `root`, as `path:line: message`."""
    for path in sorted((root / PACKAGE).rglob("*.sql")):
        if not path.is_relative_to(root / MIGRATIONS):
            yield f"{path.relative_to(root).as_posix()}:1: SQL file outside {MIGRATIONS.as_posix()}"
    for path in sorted((root / PACKAGE).rglob("*.py")):
        name = path.relative_to(root).as_posix()
        try:
            module = Module(path.read_text(encoding="utf-8"))
        except (SyntaxError, tokenize.TokenError) as error:
            yield f"{name}:{getattr(error, 'lineno', None) or 1}: does not parse: {error}"
            continue
        for line, message in module.findings():
            yield f"{name}:{line}: {message}"


def main() -> int:
    """Print the findings; 1 when there are any."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    findings = list(check(root))
    for finding in findings:
        print(finding)
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main())
