"""The same statements from pgbench: what the database alone can do, with a client that costs next to nothing."""

import os
import re
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import msgspec

from bench.recording import Call, Hole, Recording
from bench.replay import Values
from bench.stores import Store
from bench.texts import Texts
from casework.store.postgres.database import APP
from casework.store.postgres.embedded import find_binaries

_PLACEHOLDER = re.compile(r"\$(\d+)")


def script(recording: Recording, cases: int) -> str:
    """Return a pgbench script of the recording. Times and ids are the database's; texts are the same ones each time."""
    texts = Texts(12)
    words = {"subject": texts.subject(), "description": texts.description(), "comment": texts.comment()}
    lines = [f"\\set number random(1, {cases})"]
    for call in recording.calls:
        sql = " ".join(_PLACEHOLDER.sub(lambda m, c=call: _value(c.args[int(m[1]) - 1], words), call.sql).split())
        lines.append(sql.rstrip(";") + _ending(call))
    return "\n".join(lines) + "\n"


def _ending(call: Call) -> str:
    if call.gives == "child":
        return " \\gset child_"
    if call.gives == "number":
        return " \\gset new_\n\\set number :new_nextval"
    return " \\gset row_\n\\set next :row_version + 1" if call.gives == "version" else ";"


def _value(value: Any, words: dict[str, str]) -> str:
    if isinstance(value, Hole):
        holes = {
            "number": ":number",
            "case": "(select uid from cases where tenant_id = casework_tenant() and number = :number)",
            "numbers": "array[:number]::bigint[]",
            "version": ":next",
            "now": "now()",
            "child": ":child_nextval",
            "uid": "gen_random_uuid()",
        }
        if value.what in holes:
            return holes[value.what]
        text = value.template.format(number=Values(0, words).number, **words)
        return _quoted(text)
    if value is None:
        return "null"
    if isinstance(value, bool | int | float):
        return str(value).lower()
    if isinstance(value, bytes):
        return f"decode('{value.hex()}', 'hex')"
    if isinstance(value, dict):
        return _quoted(msgspec.json.encode(value).decode())
    if isinstance(value, list | tuple):
        inner = ",".join('"' + str(entry).replace('"', '\\"') + '"' for entry in value)
        return _quoted("{" + inner + "}")
    if isinstance(value, datetime | UUID):
        return _quoted(str(value))
    return _quoted(str(value))


def _quoted(text: str) -> str:
    """Return a literal without colons, which pgbench would take for variables."""
    escaped = text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a").replace("\n", "\\n")
    return f"E'{escaped}'"


class Pgbench:
    """Runs the script of one recording."""

    def __init__(self, store: Store, recording: Recording) -> None:
        folder = store.folder / "pgbench"
        folder.mkdir(exist_ok=True)
        self._script: Path = folder / f"{recording.operation.name}.sql"
        self._script.write_text(script(recording, store.cases))
        self._program = find_binaries() / "pgbench"
        self._dsn = store.dsn
        options = f"-c role={APP} -c casework.tenant={store.cast.tenant} -c jit=off -c search_path=public"
        self._environment = {**os.environ, "PGOPTIONS": options, **_connection(store.dsn)}

    def slice(self, connections: int, seconds: int) -> float:
        """Return transactions a second; 0 when a statement failed."""
        command = [str(self._program), "-n", "-M", "prepared", "-f", str(self._script)]
        command += ["-c", str(connections), "-j", "1", "-T", str(seconds)]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        found = re.search(r"tps = ([\d.]+) \(without initial", done.stdout)
        if done.returncode or not found:
            raise RuntimeError(f"pgbench: {self._script.name}: {done.stderr[-500:]}")
        return float(found[1])


def _connection(dsn: str) -> dict[str, str]:
    parts = urlsplit(dsn)
    query = parse_qs(parts.query)
    known = {
        "PGHOST": query.get("host", [parts.hostname or ""])[0],
        "PGPORT": query.get("port", [str(parts.port or 5432)])[0],
        "PGUSER": parts.username or "",
        "PGPASSWORD": parts.password or "",
        "PGDATABASE": parts.path[1:],
    }
    return {name: value for name, value in known.items() if value}
