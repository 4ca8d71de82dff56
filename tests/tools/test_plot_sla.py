"""The picture and the text of the guide to service levels are what the engine says."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def drawn(*arguments: str) -> str:
    command = [sys.executable, str(ROOT / "tools" / "plot_sla.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_picture_is_up_to_date():
    assert drawn() == (ROOT / "docs" / "pictures" / "sla.svg").read_text(encoding="utf-8")


def test_the_explanation_in_the_guide_is_up_to_date():
    assert drawn("--explain") in (ROOT / "docs" / "guides" / "sla.md").read_text(encoding="utf-8")
