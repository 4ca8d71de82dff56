"""Links between the Markdown files of this tree: every target exists, and every #fragment is a heading there.

Links that leave the tree (https:, mailto:) are not followed: no network. Usage: check_links.py [ROOT].
Exit status 1 when anything was found.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from check_tree import Finding, listed_files

FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
CODE_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
INLINE = re.compile(r"\]\(\s*(?:<([^<>]*)>|([^()\s]*(?:\([^()\s]*\)[^()\s]*)*))(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)")
DEFINITION = re.compile(r"^\s{0,3}\[[^\]]+\]:\s+(?:<([^<>]*)>|(\S+))")
ATTRIBUTE = re.compile(r"<(?:a|img)\s[^>]*?(?:href|src)=\"([^\"]*)\"()", re.IGNORECASE)
ANCHOR = re.compile(r"<[a-z]+\s[^>]*?(?:id|name)=\"([^\"]+)\"", re.IGNORECASE)
HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*$")
UNDERLINE = re.compile(r"^\s{0,3}(?:=+|-+)\s*$")
OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def prose(text: str) -> Iterator[tuple[int, str]]:
    """The numbered lines outside fenced code."""
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        match = FENCE.match(line)
        if fence:
            if match and match[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
        elif match:
            fence = match[1]
        else:
            yield number, line


def links(text: str) -> Iterator[tuple[int, str]]:
    """Line and target of every link and image."""
    for number, line in prose(text):
        plain = CODE_SPAN.sub("", line)
        for pattern in (INLINE, DEFINITION, ATTRIBUTE):
            for match in pattern.finditer(plain):
                yield number, match[1] or match[2] or ""


@cache
def anchors(path: Path) -> frozenset[str]:
    """The fragments that a Markdown file offers: its headings as forges spell them, and explicit ids."""
    found: set[str] = set()
    seen: Counter[str] = Counter()
    before = ""
    for _, line in prose(path.read_text(encoding="utf-8")):
        found.update(ANCHOR.findall(line))
        match = HEADING.match(line)
        title = match[1] if match else before if UNDERLINE.match(line) else ""
        if title:
            words = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", title).strip().lower()
            slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
        before = line.strip()
    return frozenset(found)


def check_link(root: Path, page: PurePosixPath, link: str) -> str | None:
    """What is wrong with a link on `page`; None when nothing is."""
    if OUTSIDE.match(link):
        return None
    name, _, fragment = link.partition("#")
    name = unquote(name.partition("?")[0])
    start = root if name.startswith("/") else root / page.parent
    target = (start / name.lstrip("/") if name else root / page).resolve()
    if not target.is_relative_to(root):
        return f"{link} leads out of the tree"
    if not target.exists():
        return f"{link} leads nowhere"
    if fragment and target.suffix == ".md" and unquote(fragment) not in anchors(target):
        return f"{link}: no heading #{fragment} there"
    return None


def check(root: Path) -> Iterator[Finding]:
    """Every broken link of every Markdown file."""
    for page in listed_files(root):
        if page.suffix != ".md":
            continue
        for line, link in links((root / page).read_text(encoding="utf-8")):
            if message := check_link(root, page, link):
                yield Finding(page, line, message)


def main() -> int:
    """Print the findings; 1 when there are any."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    findings = list(check(root.resolve()))
    for finding in findings:
        print(finding)
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main())
