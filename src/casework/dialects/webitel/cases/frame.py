"""What the rows of one answer share: the names of everything that they refer to, read in a few statements."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from casework.casebook import Casebook
from casework.casebook.people import Face
from casework.dialects.webitel.conventions import lookup
from casework.domain.access import Principal
from casework.domain.nouns import CloseReason, CloseReasonGroup, Person, Sla, SlaCondition, StatusSet, Team
from casework.domain.vocabulary import Vocabulary

NAMED = {
    Person: ("requester", "impacted"),
    Sla: ("sla",),
    SlaCondition: ("sla_condition",),
    CloseReasonGroup: ("close_reason_group",),
    CloseReason: ("close_reason",),
}
"""Kinds of nouns to the members of a case that name them."""
USERS = ("created_by", "updated_by", "owner")


class Frame(msgspec.Struct, frozen=True):
    """Names by number.

    `parts` holds what hangs on the cases, rendered, by kind and the case's number, `others` rows of cases that
    relations name.
    """

    who: Principal
    words: Vocabulary
    names: Mapping[int, str]
    faces: Mapping[int, Face]
    teams: Mapping[int, Team]
    parts: Mapping[str, Mapping[int, Any]] = {}
    others: Mapping[int, Mapping[str, Any]] = {}

    def named(self, number: int | None) -> dict[str, Any] | None:
        """Return the link to a noun; None for none, and for one that is gone."""
        return lookup(number, self.names[number]) if number is not None and number in self.names else None

    def user(self, number: int | None) -> dict[str, Any] | None:
        """Return the link to a user."""
        face = self.faces.get(number or 0)
        return lookup(number, face.name) if face else None

    def contact_of(self, user: int | None) -> dict[str, Any] | None:
        """Return the link to the contact that a user is."""
        face = self.faces.get(user or 0)
        return lookup(face.person, face.person_name) if face else None


def reporter_of(row: Mapping[str, Any]) -> int | None:
    """Return whom reading shows as reporter: if there never was one the first borrower or contact (DOMAIN §3)."""
    number: int | None = row["requester"]
    if number is None and not row["requester_cleared"]:
        number = next(iter((*row["borrowers"], *row["contacts"])), None)
    return number


async def frame(
    casebook: Casebook, who: Principal, rows: Iterable[Mapping[str, Any]], users: Iterable[int] = ()
) -> Frame:
    """Return what the rendering of these rows needs to know; `users` are named beside the rows."""
    rows = list(rows)
    words = await casebook.catalogue.vocabulary(who.tenant_id)
    asked: dict[Any, set[int | None]] = {
        kind: {row[name] for row in rows for name in names} for kind, names in NAMED.items()
    }
    asked[Person] |= {reporter_of(row) for row in rows}
    asked[StatusSet] = {words.set_of(row["status"]) for row in rows}
    numbers = {kind: [number for number in found if number is not None] for kind, found in asked.items()}
    people = {row[name] for row in rows for name in USERS} | set(users)
    return Frame(
        who=who,
        words=words,
        names=await casebook.identities.names(who.tenant_id, numbers),
        faces=await casebook.people.faces(who.tenant_id, people - {None}),
        teams=await casebook.people.teams(who.tenant_id, {row["team"] for row in rows} - {None}),
    )
