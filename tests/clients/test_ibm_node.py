"""IBM's unmodified Node client against the IBM door: `node/ibm.mjs` does the talking and prints what it found."""

import fcntl
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "node"
CACHE = Path(__file__).parents[2] / "build" / "node"
SCRIPT = HERE / "ibm.mjs"
CHECK = re.compile(r'^\s*await check\("([^"]+)"', re.MULTILINE)
MISSING = [tool for tool in ("node", "npm") if shutil.which(tool) is None]

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not on this machine: {', '.join(MISSING)}")


@pytest.fixture(scope="module")
def packages():
    """The folder with the installed packages; installed once, whichever test process comes first."""
    CACHE.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "package.json").read_text()
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = CACHE / "installed.json"
        if not stamp.exists() or stamp.read_text() != wanted:
            (CACHE / "package.json").write_text(wanted)
            install = ["npm", "install", "--no-audit", "--no-fund"]
            done = subprocess.run(install, cwd=CACHE, capture_output=True, text=True, timeout=600, check=False)
            assert done.returncode == 0, done.stderr
            stamp.write_text(wanted)
    return CACHE


@pytest.fixture(scope="module")
def findings(server, packages):
    """What the script printed: one finding per check, by name."""
    given = {
        "CASEWORK_URL": server.url,
        "CASEWORK_PACKAGES": str(packages),
        "CASEWORK_APIKEY": server.secret("acme/alice"),
        "CASEWORK_VIEWER_APIKEY": server.secret("acme/vera"),
        "CASEWORK_OTHER_APIKEY": server.secret("globex/gina"),
        "CASEWORK_WATCHER": server.ids["users"]["acme/bob"]["ibm"],
    }
    done = subprocess.run(
        ["node", str(SCRIPT)], env=os.environ | given, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {finding["check"]: finding for finding in found}


@pytest.mark.parametrize("name", CHECK.findall(SCRIPT.read_text()))
def test_the_node_client(findings, name):
    assert findings[name]["ok"], findings[name]["detail"]


def test_every_check_of_the_script_was_run(findings):
    assert len(findings) >= 25
    assert sorted(findings) == sorted(CHECK.findall(SCRIPT.read_text()))
