"""All settings, read once: environment variables `CASEWORK_*`, over a TOML file named by `CASEWORK_CONFIG`."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec


class SettingsError(ValueError):
    """A setting has a wrong value; the message names it."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an installation can choose. `casework settings` prints this with the values in force."""

    data: Annotated[Path, msgspec.Meta(description="folder for the embedded database and for blobs")] = Path("data")
    host: Annotated[str, msgspec.Meta(description="address to listen on")] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(description="port to listen on", ge=0, le=65535)] = 8080
    workers: Annotated[int, msgspec.Meta(description="web processes", ge=1, le=256)] = 1
    database_url: Annotated[str, msgspec.Meta(description="PostgreSQL 15 or newer; empty: the embedded one")] = ""
    database_size: Annotated[int, msgspec.Meta(description="connections per web process", ge=1, le=500)] = 8
    database_pooled: Annotated[bool, msgspec.Meta(description="a pooler in transaction mode stands between")] = False
    blob_url: Annotated[str, msgspec.Meta(description="file:///…, s3://…, gs://…, az://…; empty: below `data`")] = ""
    world: Annotated[str, msgspec.Meta(description="world file that an empty installation starts with")] = ""
    public_url: Annotated[str, msgspec.Meta(description="address that links are built from; empty: the client's")] = ""
    doors: Annotated[str, msgspec.Meta(description="hosts of their own: ibm=ibm.cases.example, …")] = ""
    trust_forwarded: Annotated[bool, msgspec.Meta(description="believe X-Forwarded-Proto, -Host, -For of a proxy")] = (
        False
    )
    log_level: Annotated[str, msgspec.Meta(description="debug, info, warning or error")] = "info"
    log_format: Annotated[str, msgspec.Meta(description="text or json")] = "text"
    rate_limit: Annotated[int, msgspec.Meta(description="requests a minute, credential and process; 0: any", ge=0)] = 0
    access_log: Annotated[bool, msgspec.Meta(description="log every request")] = False
    ibm_extensions: Annotated[str, msgspec.Meta(description="further file extensions that IBM uploads may have")] = ""

    @property
    def blobs(self) -> str:
        """Return the URL of the blob store."""
        return self.blob_url or (self.data.absolute() / "blobs").as_uri()

    @property
    def door_hosts(self) -> dict[str, str]:
        """Return host name to dialect."""
        pairs = [entry.split("=", 1) for entry in self.doors.split(",") if entry.strip()]
        if any(len(pair) != 2 for pair in pairs):
            msg = "CASEWORK_DOORS: write it as ibm=ibm.cases.example, peach=peach.cases.example"
            raise SettingsError(msg)
        return {host.strip().lower(): door.strip() for door, host in pairs}


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings in force.

    Raises:
        SettingsError: A value does not fit, or the file has an unknown name.
    """
    values: dict[str, object] = {}
    if path := environment.get("CASEWORK_CONFIG"):
        try:
            values.update(tomllib.loads(Path(path).read_text(encoding="utf-8")))
        except (OSError, tomllib.TOMLDecodeError) as error:
            msg = f"CASEWORK_CONFIG: {path} cannot be read: {error}"
            raise SettingsError(msg) from error
    names = Settings.__struct_fields__
    if unknown := set(values) - set(names):
        msg = f"{path}: there is no setting '{min(unknown)}'"
        raise SettingsError(msg)
    values.update({n: environment[f"CASEWORK_{n.upper()}"] for n in names if f"CASEWORK_{n.upper()}" in environment})
    try:
        return msgspec.convert(values, Settings, strict=False, dec_hook=lambda kind, value: kind(value))
    except (msgspec.ValidationError, ValueError) as error:
        msg = f"a setting has a wrong value: {error}".replace("$.", "CASEWORK_")
        raise SettingsError(msg) from error
