"""What a dynamic team decides for a case: the names that its expressions compare are read first."""

from typing import Any

from casework.domain.case import Case
from casework.domain.nouns import (
    CloseReason,
    CloseReasonGroup,
    Noun,
    Person,
    Service,
    Sla,
    SlaCondition,
    StatusSet,
    Team,
    User,
)
from casework.domain.routing import Choice, choose, facts
from casework.domain.vocabulary import Vocabulary
from casework.store import nouns

_KINDS: tuple[type[Noun], ...] = (
    CloseReason, CloseReasonGroup, Person, Service, Sla, SlaCondition, StatusSet, Team, User,
)  # fmt: skip


async def choice(connection: Any, team: Team, case: Case, words: Vocabulary) -> Choice:
    """Return where a dynamic team sends the case; a team or user that is gone is nobody."""
    named: dict[int, str] = {}
    facts(case, words, lambda number: named.setdefault(number, ""))
    names = await nouns.names(connection, case.tenant_id, dict.fromkeys(_KINDS, named))
    found = choose(team, facts(case, words, lambda number: names.get(number, "")))
    chosen = words.teams.get(found.team or 0)
    owner = found.owner
    if owner is not None:
        users = await nouns.find(connection, case.tenant_id, User, "number", [owner])
        owner = next((user.number for user in users if not user.disabled), None)
    return Choice(chosen.number if chosen is not None and chosen.deleted_at is None else None, owner)
