"""House rules about the tree itself: sizes, names, leftovers, and nothing that only one machine understands.

Looks at what git tracks or would track. Usage: check_tree.py [ROOT]. Exit status 1 when anything was found.
"""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

FILE_LINES = 400
FUNCTION_LINES = 60
FOLDER_MODULES = 12
CODE = {".py", ".js", ".css", ".html", ".sql", ".mjs"}
VAGUE = {"utils", "helpers", "common", "manager", "misc"}

# Needles are put together from pieces, so that this file does not find itself.
LEFTOVER = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
HOSTS = [
    ("pypi", "org"), ("pypi", "python", "org"), ("files", "pythonhosted", "org"),
    ("registry", "npmjs", "org"), ("registry", "npmjs", "com"), ("registry", "yarnpkg", "com"),
    ("deb", "debian", "org"), ("security", "debian", "org"), ("archive", "ubuntu", "com"),
    ("crates", "io"), ("proxy", "golang", "org"), ("registry-1", "docker", "io"),
]  # fmt: skip
REGISTRY = re.compile(rf"(?<![\w-])(?:{'|'.join(re.escape('.'.join(host)) for host in HOSTS)})(?![\w-])", re.IGNORECASE)
MACHINE_PATH = re.compile(r"(?<![\w.~}\-])/(?:work|root)" + "/")
SILENCER = re.compile(
    r"type:\s*ignore(?:\[[^\]]*\])?|\bnoqa\b(?::\s*[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)?", re.IGNORECASE
)
REASON = re.compile(r"[A-Za-z]{3,}")


class Finding(NamedTuple):
    """Where something is wrong, and what."""

    path: PurePosixPath
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def listed_files(root: Path) -> list[PurePosixPath]:
    """Every file that git tracks or would track, relative to `root`; symbolic links and deleted files left out.

    Raises:
        SystemExit: `root` is not in a git work tree.
    """
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, capture_output=True, text=True, check=False)
    if listing.returncode:
        sys.exit(f"cannot list the files of {root}: {listing.stderr.strip()}")
    paths = sorted({PurePosixPath(name) for name in listing.stdout.split("\0") if name})
    return [path for path in paths if (root / path).is_file() and not (root / path).is_symlink()]


def text_of(path: Path) -> str | None:
    """The file's text, or None when it is not text."""
    data = path.read_bytes()
    if b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def check_text(path: PurePosixPath, text: str) -> Iterator[Finding]:
    """Leftovers, registries and machine paths, in any text file."""
    for number, line in enumerate(text.split("\n"), 1):
        if match := LEFTOVER.search(line):
            yield Finding(path, number, f"{match[0]}: do it, or open an issue")
        if match := REGISTRY.search(line):
            yield Finding(path, number, f"names the package registry {match[0]}")
        if match := MACHINE_PATH.search(line):
            yield Finding(path, number, f"names a path of one machine, {match[0]}…")


def check_code(path: PurePosixPath, text: str) -> Iterator[Finding]:
    """Length and name of a source file."""
    lines = len(text.splitlines())
    if lines > FILE_LINES:
        yield Finding(path, FILE_LINES + 1, f"file of {lines} lines, {FILE_LINES} are allowed")
    for name in (*path.parts[:-1], path.stem):
        if name in VAGUE:
            yield Finding(path, 1, f"named {name}: name a module by what it is about")


def check_python(path: PurePosixPath, text: str) -> Iterator[Finding]:
    """Length of functions, and silencers of the other checks."""
    try:
        tree = ast.parse(text)
        comments = [
            token for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.COMMENT
        ]
    except (SyntaxError, tokenize.TokenError) as error:
        yield Finding(path, getattr(error, "lineno", None) or 1, f"does not parse: {error}")
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (lines := own_lines(node)) > FUNCTION_LINES:
            message = f"function {node.name} of {lines} lines, {FUNCTION_LINES} are allowed"
            yield Finding(path, node.lineno, message)
    for comment in comments:
        match = SILENCER.search(comment.string)
        if match and not REASON.search(SILENCER.sub("", comment.string[match.end() :])):
            yield Finding(path, comment.start[0], f"`{match[0]}` without a reason after it")


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function from `def` to its end, its docstring not counted."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is not None:
        docstring = function.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def check_folders(paths: list[PurePosixPath]) -> Iterator[Finding]:
    """Number of modules in each folder under src/."""
    modules = Counter(
        path.parent for path in paths if path.parts[0] == "src" and path.suffix == ".py" and path.stem != "__init__"
    )
    for folder, count in sorted(modules.items()):
        if count > FOLDER_MODULES:
            yield Finding(folder, 1, f"folder of {count} modules, {FOLDER_MODULES} are allowed")


def check(root: Path) -> Iterator[Finding]:
    """Everything found in the tree, file by file."""
    paths = listed_files(root)
    yield from check_folders(paths)
    for path in paths:
        text = text_of(root / path)
        if text is None:
            continue
        yield from check_text(path, text)
        if path.suffix in CODE:
            yield from check_code(path, text)
        if path.suffix == ".py":
            yield from check_python(path, text)


def main() -> int:
    """Print the findings; 1 when there are any."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    found = 0
    for found, finding in enumerate(check(root), 1):  # noqa: B007 - the count is what is left of the loop
        print(finding)
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
