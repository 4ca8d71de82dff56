"""HTTP load by wrk: one thread, a second at a time, a fresh script for each operation."""

import random
import shutil
import subprocess

import msgspec

from bench.doors import NUMBER
from bench.operations import Operation
from bench.stores import Store

MISSING = "wrk is not installed (Debian, Ubuntu: apt install wrk): nothing that goes over HTTP is measured"

_SCRIPT = """
local bodies, numbers, sent = {}, {}, 0
function init(args)
  math.randomseed(tonumber(args[1]))
  sent = math.random(0, 1000)
  for line in io.lines("%(bodies)s") do
    bodies[#bodies + 1] = (line:gsub("..", function(hex) return string.char(tonumber(hex, 16)) end))
  end
  for line in io.lines("%(numbers)s") do
    numbers[#numbers + 1] = line
  end
end
function request()
  sent = sent + 1
  local path = string.format("%(path)s", #numbers > 0 and numbers[math.random(#numbers)] or 0)
  return wrk.format("%(method)s", path, nil, #bodies > 0 and bodies[sent %% #bodies + 1] or nil)
end
%(headers)s
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('{"requests":%%d,"microseconds":%%d,"failed":%%d,"lost":%%d,"p50":%%d,"p99":%%d}',
    summary.requests, summary.duration, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99)), "\\n")
end
"""


class Slice(msgspec.Struct, frozen=True):
    """What wrk saw in one run. `failed` counts answers of 400 and above, `lost` what broke off; times are µs."""

    requests: int
    microseconds: int
    failed: int
    lost: int
    p50: int
    p99: int

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return (self.requests - self.failed) / (self.microseconds / 1e6)


def targets(store: Store, operation: Operation) -> list[int]:
    """Return numbers of cases that an operation is about: any for reading, those that take changes for writing."""
    if NUMBER not in operation.path:
        return []
    return store.open_cases if operation.writes else sorted(store.uids)


def present() -> bool:
    """Tell whether wrk is there."""
    return shutil.which("wrk") is not None


class Load:
    """Sends one operation to one server."""

    def __init__(self, store: Store, name: str, operation: Operation, *, url: str, path: str, credential: str) -> None:
        folder = store.folder
        self._url = url
        self._script = folder / f"{name}-{operation.name}.lua"
        bodies = folder / f"{operation.name}.bodies"
        numbers = folder / f"{name}-{operation.name}.numbers"
        spell = operation.door.spell
        numbers.write_text("".join(f"{spell(n, store.uids[n])}\n" for n in targets(store, operation)))
        bodies.write_text("".join(f"{body.hex()}\n" for body in operation.bodies()))
        headers = {
            **operation.door.headers(credential, store.cast.tenant_uid),
            "Content-Type": operation.content_type,
        }
        values = {
            "bodies": bodies,
            "numbers": numbers,
            "path": path.replace("%", "%%").replace(NUMBER, "%s"),
            "method": operation.method,
            "headers": "\n".join(f'wrk.headers["{name}"] = "{text}"' for name, text in headers.items()),
        }
        self._script.write_text(_SCRIPT % values)

    def slice(self, connections: int, seconds: int) -> Slice:
        """Send requests over so many connections for so long."""
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(self._script)]
        command += [self._url, "--", str(random.randrange(10**6))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        last = done.stdout.strip().rpartition("\n")[2]
        if done.returncode or not last.startswith("{"):
            raise RuntimeError(f"wrk: {done.stdout[-300:]} {done.stderr[-300:]}")
        return msgspec.json.decode(last, type=Slice)
