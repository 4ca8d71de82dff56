"""Every "no" of the core, as one hierarchy with stable codes.

Adapters map the codes to their own statuses in one table each (`dialects/*/faults.py`). An exception that is not a
Refusal is a bug.
"""

from typing import Any, ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours
    """The command or question is turned down; nothing has changed.

    Args:
        message: One sentence for the person who asked, in English.
        member: The offending member as the core names it, or None.
        facts: Machine-readable details (limits, ids, stages).
    """

    code: ClassVar[str] = "refused"

    def __init__(self, message: str, *, member: str | None = None, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.member = member
        self.facts = facts


class Unauthenticated(Refusal):
    """No credential, or one that is unknown, expired or revoked."""

    code = "unauthenticated"


class Forbidden(Refusal):
    """The principal is known and lacks the permission; `facts['permission']` names it."""

    code = "forbidden"


class NotFound(Refusal):
    """There is no such thing in what the principal may read; another tenant's things are not there either."""

    code = "not_found"


class Invalid(Refusal):
    """A value is missing, malformed or out of range."""

    code = "invalid"


class IllegalMove(Refusal):
    """The case's stage does not allow this."""

    code = "illegal_move"


class Stale(Refusal):
    """The expectation that came with the command does not hold any more."""

    code = "stale"


class Duplicate(Refusal):
    """Something unique exists already."""

    code = "duplicate"


class TooLarge(Refusal):
    """A file or body is over its limit; `facts['limit']` is in bytes."""

    code = "too_large"


class Unsupported(Refusal):
    """The kind of body or file is not accepted."""

    code = "unsupported"


class TooMany(Refusal):
    """Asked too often; `facts['retry_after']` is in seconds."""

    code = "too_many"


class Unavailable(Refusal):
    """The store cannot answer right now; asking again later may help. `facts['retry_after']` is in seconds."""

    code = "unavailable"


class TooBroad(Refusal):
    """A search would take too long; narrowing it helps."""

    code = "too_broad"
