"""docs/members.md is what its tool makes."""

import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools" / "members.py"


def test_the_written_matrix_is_up_to_date():
    found = subprocess.run([sys.executable, str(TOOL)], check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr
