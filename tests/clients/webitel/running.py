"""Webitel's unmodified clients in a Node process: installed once, bundled once, driven line by line."""

import fcntl
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "node"
CACHE = Path(__file__).parents[3] / "build" / "webitel-node"
MISSING = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
INSTALL = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
BUNDLE = ["node", "bundle.mjs"]
IDS = {
    400: "api.process.bad_args",
    401: "api.process.unauthenticated",
    403: "api.process.unauthorized",
    404: "api.process.not_found",
}


def bundled() -> Path:
    """Return the bundle of the clients and the driver, whichever test process has to make it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    sources = sorted(HERE.iterdir())
    wanted = "\n".join(f"{source.name}\n{source.read_text()}" for source in sources)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = CACHE / "bundled.txt"
        if not stamp.exists() or stamp.read_text() != wanted:
            for source in sources:
                shutil.copy(source, CACHE)
            for command in (INSTALL, BUNDLE):
                done = subprocess.run(command, cwd=CACHE, capture_output=True, text=True, timeout=600, check=False)
                assert done.returncode == 0, done.stderr
            stamp.write_text(wanted)
    return CACHE / "driver.bundle.mjs"


class Driver:
    """The Node process that holds the clients."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            ["node", str(bundled())], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._asked = 0
        self.ready = json.loads(self._line())["ready"]

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the driver ended with status {self._process.wait()}"
        return line

    def ask(self, token: str, call: str, args: tuple[Any, ...]) -> dict[str, Any]:
        """Run one function of the clients, and return what the driver says of it."""
        assert self._process.stdin is not None
        self._asked += 1
        command = {"id": self._asked, "token": token, "call": call, "args": args}
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._line())
        assert answer["id"] == self._asked
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


class Client:
    """The clients with one person's token."""

    def __init__(self, driver: Driver, token: str) -> None:
        self._driver = driver
        self.token = token

    def __call__(self, call: str, *args: Any) -> Any:
        """Call `api.Wrapper.function`, `gen.getObject.function` or `sdk.Class.method`; it must succeed."""
        answer = self._driver.ask(self.token, call, args)
        assert "error" not in answer, answer
        return answer["value"]

    def refused(self, status: int, call: str, *args: Any) -> dict[str, Any]:
        """Call what must be refused with this status, look at the error's form, and return the driver's answer."""
        answer = self._driver.ask(self.token, call, args)
        assert "error" in answer, answer
        error = answer["error"]
        assert error["status"] == status, answer
        assert error["body"]["id"] == IDS[status], error
        assert error["body"]["code"] == status
        assert error["body"]["detail"]
        if call.startswith("api."):
            assert answer["told"] == [error["body"]["detail"]]
        return answer
