"""Finding cases by what people type: substrings of number and subject, words with prefixes in all texts.

Both indexes are asked through functions that keep the tenant's wall themselves (migrations/0007_search.sql).
"""

import re
from typing import Any

import msgspec

FEW = 5_000
"""Expected hits up to which the index is asked for all of them; beyond, the list is walked newest first."""
_WORD = re.compile(r"\w+", re.UNICODE)
MOST_WORDS = 12


class Terms(msgspec.Struct, frozen=True):
    """A search, as the indexes need it: a pattern for `like`, and text for `to_tsquery`, empty without any word."""

    pattern: str
    query: str


def terms(text: str, *, staff: bool) -> Terms:
    """Return the terms of a text. Customers' words match subject and public texts only, never internal ones."""
    lowered = _storable(text.strip().lower())
    words = [word for word in lowered.split() if _WORD.search(word)][:MOST_WORDS]
    weights = "" if staff else "AB"
    return Terms(_part(lowered), " & ".join(f"'{_quoted(word)}':*{weights}" for word in words))


def _quoted(word: str) -> str:
    """PostgreSQL's parser cuts a quoted word as it cut the texts: `a-z` becomes neighbours, an address stays whole."""
    return word.replace("\\", "\\\\").replace("'", "''")


def within_subject(text: str) -> Terms:
    """Return the terms of a part of the subject, any case of letters: behind the number and a space in each title."""
    return Terms(f"cs% {_part(_storable(text.lower()))}", "")


def _storable(text: str) -> str:
    """Return the text without what no stored text has: NUL and lone surrogates."""
    return text.replace("\x00", "").encode(errors="ignore").decode()


def _part(text: str) -> str:
    """Return the pattern of texts that contain this one."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"


async def estimate(connection: Any, found: Terms) -> int:
    """Return the planner's guess at how many cases match."""
    number: int = await connection.fetchval(
        "select casework_hits_estimate($1, to_tsquery('simple', $2))", found.pattern, found.query
    )
    return number
