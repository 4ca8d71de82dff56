"""Reading a world file: YAML or JSON to checked structs. Whatever is wrong is refused with its path."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import yaml

from casework.casebook.world.document import schema
from casework.casebook.world.document.case_schema import Seconds, Zone
from casework.domain.refusals import Invalid

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DEEPEST = 100
_LONGEST = 10 * 366 * 86400
_DURATION = re.compile(r"(\d{1,9})([smhd]?)")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.*)`", re.DOTALL)


class World(msgspec.Struct, frozen=True):
    """A world file that was read: its tenants, and the plain document, which tells what the file really says."""

    tenants: tuple[schema.Tenant, ...]
    document: dict[str, Any]


def refuse(path: str, text: str) -> Invalid:
    """Return the refusal of what stands at `path` in a world file."""
    return Invalid(f"{path}: {text}" if path else text, path=path)


def load(path: Path) -> World:
    """Read a world file.

    Raises:
        Invalid: It is no world file; the message starts with the path of what is wrong.
        OSError: It cannot be read.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(f"{path} is not text in UTF-8") from error
    return load_value(_parse(text, str(path)))


def load_value(value: Any) -> World:
    """Check a parsed document, as `load` does."""
    plain = _plain(value, "")
    if not isinstance(plain, dict):
        raise Invalid("a world file is an object with the members version and tenants")
    try:
        document = msgspec.convert(plain, schema.Document, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise _explain(error) from error
    return World(document.tenants, plain)


def builtins(value: Any) -> Any:
    """Return structs as lists and dicts; times stay values, in UTC and whole milliseconds."""
    return _settle(msgspec.to_builtins(value, builtin_types=(datetime, date), enc_hook=_encode))


def _settle(value: Any) -> Any:
    if isinstance(value, datetime):
        at = value.astimezone(UTC)
        return at.replace(microsecond=at.microsecond // 1000 * 1000)
    if isinstance(value, dict):
        return {name: _settle(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_settle(member) for member in value]
    return value


# ---- text to plain values


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the base is chosen at run time
    """YAML 1.2's core schema: no sexagesimal numbers (12:30), no `no` that means false, no dates; keys stand once."""

    yaml_implicit_resolvers: Final[dict[str, Any]] = {}


for _tag, _pattern, _first in (
    ("merge", r"<<", "<"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_first))


def _decimal(loader: Any, node: yaml.ScalarNode) -> int:
    return int(loader.construct_scalar(node))


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"]
    _once(keys, f"line {node.start_mark.line + 1}: ")
    loader.flatten_mapping(node)
    return {
        loader.construct_object(key, deep=True): loader.construct_object(value, deep=True) for key, value in node.value
    }


_Loader.add_constructor("tag:yaml.org,2002:int", _decimal)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def _once(keys: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise Invalid(f"{where}'{key}' stands twice in one object")
        seen.add(key)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _once((name for name, _ in pairs), "")
    return dict(pairs)


def _parse(text: str, name: str) -> Any:
    if text.lstrip().startswith(("{", "[")):
        try:
            return json.loads(text, object_pairs_hook=_pairs)
        except ValueError:
            pass  # YAML has braces too
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader with other scalars
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise Invalid(f"{name} is neither YAML nor JSON: {' '.join(str(error).split())}") from error


_CASE = re.compile(r"tenants\[\d+\]\.cases\[\d+\]")
_TEXTS = frozenset({"subject", "description", "solution", "contact_info"})
"""Texts of a case that say nothing when they are null."""


def _plain(value: Any, path: str, depth: int = 0) -> Any:
    """Return what JSON could say of a parsed document: dates as text, nothing that cannot be stored."""
    if depth > _DEEPEST:
        raise refuse("", "the document is nested too deeply")
    if isinstance(value, Mapping):
        for name in value:
            if not isinstance(name, str):
                raise refuse(path, f"{name!r} is no name; put it in quotes")
        dot = f"{path}." if path else ""
        return {
            _plain(name, path): _plain(member, f"{dot}{name}", depth + 1)
            for name, member in value.items()
            if member is not None or name not in _TEXTS or not _CASE.fullmatch(path)
        }
    if isinstance(value, (list, tuple)):
        return [_plain(member, f"{path}[{i}]", depth + 1) for i, member in enumerate(value)]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise refuse(path, "contains a character that cannot be stored")
        return value
    if value is None or isinstance(value, (bool, float)) or (isinstance(value, int) and abs(value) < 2**63):
        return value
    raise refuse(path, f"{value!r} cannot be stored")


# ---- plain values to structs


def _decode(kind: type, value: Any) -> Any:
    if kind is Seconds:
        return _seconds(value)
    if kind is Zone:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError, TypeError, AttributeError) as error:
            raise ValueError(f"{value!r} is no IANA time zone") from error
        return Zone(value)
    raise NotImplementedError(kind)


def _seconds(value: Any) -> Seconds:
    found = _DURATION.fullmatch(str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
    if found is None:
        raise ValueError(f"{value!r} is no duration; write seconds, or such as 30m, 8h, 2d")
    seconds = int(found[1]) * _UNITS[found[2]]
    if seconds > _LONGEST:
        raise ValueError(f"{value!r} is longer than ten years")
    return Seconds(seconds)


def _encode(value: Any) -> Any:
    if isinstance(value, Seconds):
        return int(value)
    if isinstance(value, Zone):
        return str(value)
    raise NotImplementedError(type(value))


def _explain(error: msgspec.ValidationError) -> Invalid:
    text, _, where = str(error).partition(" - at `$")
    path = where.rstrip("`").lstrip(".")
    for pattern, said in ((_UNKNOWN, "unknown member"), (_MISSING, "is missing")):
        if found := pattern.fullmatch(text):
            return refuse(f"{path}.{found[1]}".lstrip("."), said)
    if "regex" in text:
        is_key = path.endswith(("key", "name"))
        text = "has a slash or a control character" if is_key else "does not have the right form"
    return refuse(path, text[:1].lower() + text[1:])
