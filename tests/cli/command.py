"""Running the real command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any


class Command:
    """The `casework` command in an environment."""

    def __init__(self, **environment: str) -> None:
        self.environment = environment

    def run(self, *words: str, code: int = 0, **more: str) -> str:
        """Return what the command prints; fail unless it ends with `code`."""
        done = subprocess.run(
            [sys.executable, "-m", "casework", *words],
            env={**os.environ, **self.environment, **more},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout if code == 0 else done.stdout + done.stderr

    def json(self, *words: str) -> Any:
        """Return what the command prints with `--json`."""
        return json.loads(self.run(*words, "--json"))
