"""The first world of an installation, and what a newcomer is told about it."""

import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Any

from casework.casebook import world
from casework.cli.session import Session
from casework.dialects.spellings import spell
from casework.settings import Settings
from casework.store.people import tenants

NOTE = "first-start.json"
"""File in the data folder with what the first start made up: readable by its owner only, safe to delete."""


async def load_world(session: Session) -> None:
    """Load the configured world, or the demo, into an installation that has no tenant yet."""
    async with session.database.system() as connection:
        if await tenants.every(connection):
            return
    chosen = session.settings
    path = Path(chosen.world) if chosen.world else Path(str(files("casework") / "demo.yaml"))
    print(f"Loading {'the demo world' if not chosen.world else path} …", flush=True)
    loaded = world.load(path)
    applied = await world.apply(session.database, session.casebook, session.blobs, loaded, folder=path.parent)
    _remember(chosen, spell(applied), loaded)


def _remember(chosen: Settings, ids: dict[str, Any], loaded: world.World) -> None:
    tenant = loaded.tenants[0]
    admin = next((u for u in tenant.users if "admin" in u.roles and u.password), None)
    key = next((k for k in tenant.keys if admin is None or k.user == admin.key), None)
    note = {
        "email": admin.email if admin else None,
        "password": admin.password if admin else None,
        "api_key": ids["keys"][f"{tenant.key}/{key.key}"]["secret"] if key else None,
    }
    target = chosen.data / NOTE
    with os.fdopen(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(note, file)


def banner(chosen: Settings) -> str:
    """Return what `casework run` prints when it is ready."""
    host = "127.0.0.1" if chosen.host in {"0.0.0.0", "::"} else chosen.host  # noqa: S104 - compared, not bound
    url = chosen.public_url.rstrip("/") or f"http://{host}:{chosen.port}"
    lines = ["", f"Casework is ready at {url}", ""]
    try:
        note = json.loads((chosen.data / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "\n".join([*lines, "Stop it with Ctrl-C.", ""])
    return "\n".join(lines) + _INTRODUCTION.format(url=url, **note)


_INTRODUCTION = """
  User:     {email}  (password: {password})
  API key:  {api_key}

Three lines of Python (pip install ibm-platform-services):

  from ibm_platform_services import CaseManagementV1; from ibm_cloud_sdk_core.authenticators import IAMAuthenticator
  cases = CaseManagementV1(IAMAuthenticator("{api_key}", url="{url}/ibm")); \
cases.set_service_url("{url}/ibm/case-management/v1")
  cases.create_case("sales", "Hello", "My first case"); print(cases.get_cases().get_result())

API reference: {url}/openapi/ibm    Stop it with Ctrl-C.
"""
