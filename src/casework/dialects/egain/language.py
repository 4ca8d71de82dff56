"""The fifteen languages of the API: which one is asked for, and its texts from gettext catalogues (spec/egain §2).

The catalogues are `locale/<language>/LC_MESSAGES/egain.po`; they are read once, so nothing has to be compiled.
"""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

DEFAULT = "en-US"
LOCALES = (
    "en-US", "es-ES", "fr-FR", "it-IT", "de-DE", "nl-NL", "pt-BR", "pt-PT", "da-DK", "ru-RU", "fr-CA", "zh-CN",
    "ja-JP", "ko-KR", "sv-SE",
)  # fmt: skip
FOLDER = Path(__file__).with_name("locale")
_BY_LOWER = {locale.lower(): locale for locale in LOCALES}


def known(name: str) -> str | None:
    """Return the language as we spell it, or None; letters' case does not matter, the region does."""
    return _BY_LOWER.get(name.strip().lower())


@cache
def catalogue(locale: str) -> dict[str, str]:
    """Return the texts of a language by their English originals."""
    path = FOLDER / locale.replace("-", "_") / "LC_MESSAGES" / "egain.po"
    with path.open("rb") as file:
        entries = read_po(file, locale=locale.replace("-", "_"))
        return {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string}


def text(locale: str, original: str) -> str:
    """Return a text in a language; the original where it is not translated."""
    return catalogue(locale).get(original, original)
