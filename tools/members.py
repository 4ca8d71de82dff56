"""docs/members.md: what each API reads and writes of a case, made from `laws.columns`.

Usage: members.py [--write]. Without it, exit status 1 when the page is out of date.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "members.md"
HEAD = """# What each API reads and writes

Made by `tools/members.py --write` from the columns in `tests/laws/columns/`, over which laws 2 (one case) and 3 (no
clobber) run: change a column, not this page. To add an API, register its door in `tests/laws/registered.py`, give it
the methods of `MemberDoor` (`tests/laws/members.py`), write its column, add that to `APIS`, and run the tool.

A cell tells by which names an API reads a member, writes it on a case that is there, and opens a case with it.
"""


def rows(title: str, cells: Iterator[list[str]], titles: list[str]) -> Iterator[str]:
    """A section with one table."""
    yield f"\n## {title}\n"
    yield "| " + " | ".join(["Member", *titles]) + " |"
    yield "|---" * (len(titles) + 1) + "|"
    for row in cells:
        yield "| " + " | ".join(row) + " |"


def cell(member: Any) -> str:
    """What an API does with a member."""
    names = {"reads": member.wire, "writes": member.write, "opens with": member.opens}
    return "; ".join(f"{verb} {name}" for verb, name in names.items() if name)


def page() -> str:
    """The whole page."""
    sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
    from casework.domain.case import CHILDREN, MEMBERS
    from laws.columns import Member
    from laws.members import APIS

    stamps = tuple(
        f"{what}_{how}" for what in ("created", "updated", "touched", "status", "outcome") for how in ("at", "by")
    )
    known = ("number", "uid", *MEMBERS, *stamps, *(f"{noun}s" for noun in CHILDREN))
    if strange := {name for api in APIS for name in api.members} - set(known):
        raise SystemExit(f"tests/laws/columns names what no case has: {', '.join(sorted(strange))}")
    titles, none = [api.title for api in APIS], Member()

    def matrix() -> Iterator[list[str]]:
        for name in known:
            found = [api.members.get(name, none) for api in APIS]
            if any(member != none for member in found):
                cells = [cell(m) if m != none else "-" for m in found]
                yield [f"`{name}`", *cells]

    def losses() -> Iterator[list[str]]:
        for name in known:
            found = [api.members.get(name, none) for api in APIS]
            cells = [m.loss or ("" if m.wire else "all of it") for m in found]
            if any(cells):
                yield [f"`{name}`", *cells]

    lines = [*rows("Members", matrix(), titles), *rows("What an API cannot show", losses(), titles)]
    return HEAD + "\n".join(lines) + "\n"


def main() -> int:
    """Write the page, or tell whether it is up to date."""
    made = page()
    if "--write" in sys.argv[1:]:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != made:
        print("docs/members.md is out of date: run tools/members.py --write")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
