"""The checks of tools/, run the way `make check` runs them, on small trees of our own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
HASH = "#"  # comments below are data: the checks of this very file must not take them for its own
SLASH = "/"
HOST = "registry" + ".npmjs.org"

Check = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Writes files (path=text) into a new git tree, runs one tool on it; gives exit status and findings."""

    def run(tool: str, files: dict[str, str | bytes]) -> tuple[int, list[str]]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        subprocess.run(["git", "init", "-q", str(tmp_path)], check=True, env=environment)
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
        command = [sys.executable, str(TOOLS / f"{tool}.py"), str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert not done.stderr
        return done.returncode, done.stdout.splitlines()

    return run


def function(lines: int, docstring: int = 0) -> str:
    """A decorated function of so many lines from `def` to its end, beside a docstring of so many."""
    text = '    """' + "\n" * (docstring - 1) + '"""\n' if docstring else ""
    return "@decorated\ndef long():\n" + text + "    x = 1\n" * (lines - 1)


# The tree


def test_a_tidy_tree_passes(check: Check) -> None:
    files = {
        "src/a/__init__.py": "",
        "src/a/case.py": function(60, docstring=5),
        "src/a/lines.py": "x = 1\n" * 400,
        "notes.md": "\n" * 500,
        "logo.png": b"\0\xff",
        "latin.txt": b"\xe4",
    }
    assert check("check_tree", files) == (0, [])


@pytest.mark.parametrize("suffix", ["py", "js", "css", "html", "sql", "mjs"])
def test_files_over_400_lines_are_found(check: Check, suffix: str) -> None:
    found = check("check_tree", {f"a.{suffix}": "\n" * 401})
    assert found == (1, [f"a.{suffix}:401: file of 401 lines, 400 are allowed"])


def test_functions_over_60_lines_are_found(check: Check) -> None:
    found = check("check_tree", {"a.py": "class A:\n  pass\n" + function(61, docstring=3)})
    assert found == (1, ["a.py:4: function long of 61 lines, 60 are allowed"])


def test_crowded_folders_are_found_under_src_only(check: Check) -> None:
    crowd = {f"{folder}/m{n}.py": "" for folder in ("src/full", "src/fuller", "tests") for n in range(12)}
    found = check("check_tree", crowd | {"src/full/__init__.py": "", "src/fuller/m12.py": "", "src/full/sub/m.py": ""})
    assert found == (1, ["src/fuller:1: folder of 13 modules, 12 are allowed"])


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "manager", "misc"])
def test_vague_names_are_found(check: Check, name: str) -> None:
    code, found = check("check_tree", {f"src/{name}.py": "", f"static/{name}/a.js": "", f"{name}.md": ""})
    assert code == 1
    assert [line.split(" named")[0] for line in found] == [f"src/{name}.py:1:", f"static/{name}/a.js:1:"]


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "XX" + "X"])
def test_leftovers_are_found_in_any_text_file(check: Check, word: str) -> None:
    found = check("check_tree", {"a.md": f"fine\n{word} later\nA{word}B is a name"})
    assert found == (1, [f"a.md:2: {word}: do it, or open an issue"])


@pytest.mark.parametrize("silencer", ["type: ignore", "type: ignore[arg-type]", "noqa", "noqa: S608, E501"])
def test_silencers_need_a_reason(check: Check, silencer: str) -> None:
    source = f"""\
        a = 1  {HASH} {silencer}
        b = 1  {HASH} {silencer}  {HASH} the stub is wrong
        c = "{HASH} {silencer}"
        d = 1  {HASH} {silencer}  {HASH} noqa: E501
        """
    message = f"`{silencer}` without a reason after it"
    assert check("check_tree", {"a.py": source}) == (1, [f"a.py:1: {message}", f"a.py:4: {message}"])


def test_registries_are_found(check: Check) -> None:
    found = check("check_tree", {"lock.json": f'"https://{HOST}/x"\n"https://{HOST}anic.example"'})
    assert found == (1, [f"lock.json:1: names the package registry {HOST}"])


@pytest.mark.parametrize("folder", ["work", "root"])
def test_machine_paths_are_found(check: Check, folder: str) -> None:
    path = f"{SLASH}{folder}{SLASH}"
    found = check("check_tree", {"a.toml": f"a = '{path}x'\nb = 'https://example.org{path}x'\nc = './{folder}/x'"})
    assert found == (1, [f"a.toml:1: names a path of one machine, {path}…"])


def test_what_git_ignores_is_not_looked_at(check: Check) -> None:
    assert check("check_tree", {".gitignore": "build/\n", "build/utils.py": "\n" * 500}) == (0, [])


def test_python_that_does_not_parse_is_found(check: Check) -> None:
    code, found = check("check_tree", {"a.py": "x = 1\ndef"})
    assert (code, found[0].split(": ")[0:2]) == (1, ["a.py:2", "does not parse"])


def test_a_tree_without_git_is_refused(tmp_path: Path) -> None:
    environment = os.environ | {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    command = [sys.executable, str(TOOLS / "check_tree.py"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert "cannot list the files" in done.stderr


# Access


def access(check: Check, source: str) -> list[str]:
    """What the access lint says about one module, without its path."""
    code, found = check("check_access", {"src/casework/store/cases.py": source})
    assert code == int(bool(found))
    return [line.removeprefix("src/casework/store/cases.py:") for line in found]


@pytest.mark.parametrize(
    "statement",
    [
        "'select 1 from cases c'",
        "'select 1 FROM\\n  Cases'",
        "'delete from only cases'",
        "'update cases set a = 1'",
        "'select 1 from persons join ' 'cases on true'",
        "'select 1 from public.\"cases\"'",
        "'select 1 from tenants t, cases c'",
        "'delete from persons using cases'",
        "'select 1 from ' + 'cases'",
        "f'select {columns} from cases where {condition}'",
        "f'select {unreadable} from cases'",
        "'select 1 from cases where {readable.sql}'",
        "f'select 1 from cases where {\"readable\"}'",
        "f'{f\"select 1 from cases\"} limit {n}'",
    ],
)
def test_unguarded_statements_are_found(check: Check, statement: str) -> None:
    found = access(check, f"async def page(db):\n    return await db.fetch({statement})\n")
    assert found == ["2: page: SQL on cases without the access predicate ({readable.sql})"]


@pytest.mark.parametrize(
    "statement",
    [
        "f'select 1 from cases c where {readable.sql}'",
        "f'select 1 from cases c where {readable}'",
        "f'select 1 from cases c where {query.readable(\"c\")}'",
        "f'select 1 from cases c where {case_readable.sql!s}'",
        "'select 1 from cases ' f'where {readable.sql}'",
        "'select 1 from cases where ' + readable.sql",
        "'select 1 from cases_archive'",
        "'select 1 from case_events'",
        "'insert into cases values ($1)'",
        "'select 1 from persons p where p.owner is distinct from cases.owner'",
    ],
)
def test_guarded_and_other_statements_pass(check: Check, statement: str) -> None:
    assert access(check, f"def page(db, readable):\n    return db.fetch({statement})\n") == []


def test_docstrings_may_speak_of_cases(check: Check) -> None:
    assert access(check, '"""Reads from cases."""\n\ndef f():\n    """Rows from cases."""\n') == []


def test_statements_outside_functions_are_found(check: Check) -> None:
    found = access(check, "PAGE = 'select 1 from cases'\n")
    assert found == ["1: SQL on cases outside a function: it can carry neither {readable} nor a reason"]


@pytest.mark.parametrize(
    "head",
    [
        "def lock(db):  # unguarded: access is checked on the locked row",
        "# unguarded: access is checked on the locked row\nasync def lock(db):",
        "# unguarded: access is checked on the locked row\n@traced\ndef lock(db):",
        "def lock(  # unguarded: access is checked on the locked row\n    db,\n):",
    ],
)
def test_an_exemption_with_a_reason_is_taken(check: Check, head: str) -> None:
    assert access(check, f"{head}\n    return db.fetch('select 1 from cases for update')\n") == []


def test_an_exemption_without_a_reason_is_not(check: Check) -> None:
    found = access(check, "def lock(db):  # unguarded: because\n    return db.fetch('select 1 from cases')\n")
    assert found == ["2: lock: `unguarded:` needs a reason of at least 10 characters"]


def test_an_exemption_is_a_comment_of_the_function_itself(check: Check) -> None:
    source = """\
        def outer(db):  # unguarded: only counts within the tenant
            def inner():
                return db.fetch("select 1 from cases")
            return inner

        MARK = "# unguarded: this is a string, no comment"
        def other(db):
            return db.fetch("select 1 from cases")
        """
    message = "SQL on cases without the access predicate ({readable.sql})"
    assert access(check, source) == [f"3: inner: {message}", f"8: other: {message}"]


def test_sql_files_lie_with_the_migrations(check: Check) -> None:
    files = {
        "src/casework/store/postgres/migrations/0001.sql": "",
        "src/casework/store/cases.sql": "",
        "bench/load.sql": "",
    }
    found = check("check_access", files)
    assert found == (1, ["src/casework/store/cases.sql:1: SQL file outside src/casework/store/postgres/migrations"])


# Links


def test_links_lead_somewhere(check: Check) -> None:
    page = """\
        # Über `this`, and that
        [self](#über-this-and-that) [file](docs/a%20b.md#two-1) [root](/docs) [web](https://example.org/x)
        `[code](no.md)` [spaced](<docs/a b.md> "title") ![image][logo]

        ```
        [fenced](no.md)
        ```
        [logo]: docs/logo.svg
        """
    files = {"README.md": page, "docs/a b.md": "Two\n---\n## Two\n", "docs/logo.svg": ""}
    assert check("check_links", files) == (0, [])


def test_broken_links_are_found(check: Check) -> None:
    page = """\
        [gone](no.md), [no heading](docs/a.md#three)
        [out](../..)
        [ref]: gone.svg
        """
    assert check("check_links", {"README.md": page, "docs/a.md": "# Two"}) == (
        1,
        [
            "README.md:1: no.md leads nowhere",
            "README.md:1: docs/a.md#three: no heading #three there",
            "README.md:2: ../.. leads out of the tree",
            "README.md:3: gone.svg leads nowhere",
        ],
    )
