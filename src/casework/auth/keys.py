"""API keys: what is handed out, and what is kept of it."""

import hashlib
import secrets

MARK = "cwk_"
SHORTEST = 12
"""Characters of a secret that somebody chose himself; generated ones have 47."""


def generate() -> str:
    """Return a fresh secret with 256 bits of randomness and a mark by which leaked ones can be found."""
    return MARK + secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Return what is stored of a secret. A plain digest is enough: it is no password but a random value."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def prefix(secret: str) -> str:
    """Return the part that lists may show, so that people find their key again."""
    return secret[: 8 if len(secret) >= 32 else 4]
