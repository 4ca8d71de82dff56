"""Writing a world document as YAML that reads back as it was."""

from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    """PyYAML's, but for texts with U+0085, which it would write in a way that reads back as a space."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if "\x85" in text else None)


_Dumper.add_representer(str, _text)


def dump(document: dict[str, Any]) -> str:
    """Return a world document, as `export` returns it, as YAML."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text
