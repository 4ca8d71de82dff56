"""What a body asks of a case: the command that opens one, and the parts of an update (spec/webitel §5.2, §5.4)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from casework.dialects.webitel import conventions, etag
from casework.dialects.webitel.cases import custom, fields
from casework.dialects.webitel.cases.frame import reporter_of
from casework.dialects.webitel.cases.parts import TYPES
from casework.domain.case import Stage
from casework.domain.commands import Assign, Command, Edit, NewLink, Open, Rate, Relate, SetStatus
from casework.domain.decide.serving import default_priority
from casework.domain.nouns import Status
from casework.domain.refusals import Invalid
from casework.domain.vocabulary import Vocabulary

Body = Mapping[str, Any]
CONTACTS = ("assignee", "reporter", "impacted")
TEXTS = {
    "subject": "subject",
    "description": "description",
    "contact_info": "contact_info",
    "close_result": "close_note",
}
"""Members that are text to what the core calls them."""
LINKED = {"source": "source", "service": "service", "priority": "priority", "close_reason": "close_reason"}
PERSONS = {"reporter": "requester", "impacted": "impacted"}
OBLIGATORY = ("subject", "status", "priority", "source", "service")
"""Members that an update may not empty."""
MOST_HUNG = 100
"""Links or relations that may come with a new case."""


class World(msgspec.Struct, frozen=True):
    """What bodies refer to: the tenant's words, and the contacts that are there with the user that each is."""

    words: Vocabulary
    contacts: Mapping[int, int | None]

    def contact(self, body: Body, name: str) -> int | None:
        """Return the contact that a link names."""
        number = conventions.reference(body.get(name), name)
        if number is not None and number not in self.contacts:
            msg = f"'{name}' names no contact."
            raise Invalid(msg, member=name)
        return number

    def assignee(self, body: Body) -> int | None:
        """Return the user that the assigned contact is."""
        contact = self.contact(body, "assignee")
        if contact is None:
            return None
        user = self.contacts[contact]
        if user is None:
            msg = "Only a contact who is a user can be assigned."
            raise Invalid(msg, member="assignee")
        return user

    def group(self, body: Body) -> int | None:
        """Return the group that is named."""
        return self._there(self.words.teams, body, "group")

    def source(self, body: Body) -> int | None:
        """Return the source that is named."""
        return self._there(self.words.sources, body, "source")

    def _there(self, known: Mapping[int, Any], body: Body, name: str) -> int | None:
        number = conventions.reference(body.get(name), name)
        if number is not None and (number not in known or known[number].deleted_at is not None):
            msg = f"'{name}' names what is not there."
            raise Invalid(msg, member=name)
        return number


def contacts_in(body: Body) -> set[int]:
    """Return the contacts that a body names."""
    numbers = (conventions.reference(body.get(name), name) for name in CONTACTS)
    return {number for number in numbers if number is not None}


def unfolded(body: Body) -> dict[str, Any]:
    """Return a body with the objects `close` and `rate` of the older generation as plain members (spec/webitel §1)."""
    found = dict(body)
    for name, inner in fields.LEGACY.items():
        nested = found.pop(name, None)
        if isinstance(nested, dict) and name != "timing":
            found = {**{member: value for member, value in nested.items() if member in inner}, **found}
    return found


# ---- a new case


def opening(world: World, body: Body, rights: Mapping[str, str]) -> list[Command]:
    """Return the commands for a new case: it with its links, and its relations; `rights` is its first access list.

    Raises:
        Invalid: Something is missing, malformed or not there.
    """
    subject = conventions.text(body.get("subject"), "subject")
    if not subject.strip():
        raise _required("subject")
    for name in ("source", "service", "reporter"):
        if conventions.reference(body.get(name), name) is None:
            raise _required(f"{name}.id")
    members: dict[str, Any] = {
        target: conventions.text(body.get(name), name) for name, target in TEXTS.items() if body.get(name)
    }
    members |= {target: world.contact(body, name) for name, target in PERSONS.items()}
    members |= {"source": world.source(body), "owner": world.assignee(body), "team": world.group(body)}
    for name in ("service", "priority", "close_reason", "close_reason_group"):
        members[name] = conventions.reference(body.get(name), name)
    members["status"] = _first_status(world.words, body, members["service"])
    members |= _rated(body)
    known = world.words.fields_for(None)
    members["fields"] = {
        name: value for name, value in custom.received(known, body.get("custom")).items() if value is not None
    }
    custom.check_required(known, members["fields"])
    wanted = {name: value for name, value in members.items() if value is not None}
    if rights:
        wanted["acl"] = dict(rights)
    if members["priority"] is None and default_priority(world.words, members["service"]) is None:
        wanted["sla_condition"] = None  # the priority that takes the empty place chooses none (spec/webitel §5.2)
    return [Open(set=wanted, links=_links(body)), *_relations(body)]


def _first_status(words: Vocabulary, body: Body, service: int | None) -> int | None:
    """Return the condition of a new case: the given one, else the initial one of the status."""
    given = conventions.reference(body.get("status_condition"), "status_condition")
    status = conventions.reference(body.get("status"), "status")
    if given is not None:
        return condition_of(words, given, status).number
    if status is None:
        status = next((node.status_set for node in words.chain(service) if node.status_set is not None), None)
        if status is None:
            return None
    return initial(words, status).number


def condition_of(words: Vocabulary, number: int, status: int | None) -> Status:
    """Return a condition, which must be one of the status where that is given too."""
    found = words.statuses.get(number)
    if found is None or found.deleted_at is not None or (status is not None and found.status_set != status):
        msg = "'status_condition' names no condition of the status."
        raise Invalid(msg, member="status_condition")
    return found


def initial(words: Vocabulary, status: int) -> Status:
    """Return the condition in which cases of a status begin.

    Raises:
        Invalid: There is no such status, or it has no conditions.
    """
    labels = [s for s in words.statuses.values() if s.status_set == status and s.deleted_at is None]
    if not labels:
        msg = "'status' names no status that has conditions."
        raise Invalid(msg, member="status")
    return min(
        labels, key=lambda label: (not label.initial, label.stage is not Stage.NEW, label.position, label.number)
    )


def _rated(body: Body) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if rating := conventions.number(body.get("rating"), "rating"):
        found["rating"] = _rating(rating)
    if comment := conventions.text(body.get("rating_comment"), "rating_comment"):
        found["rating_comment"] = comment
    return found


def _rating(given: int) -> int:
    if given > 32767:
        msg = "'rating' is at most 32767."
        raise Invalid(msg, member="rating")
    return given


def _links(body: Body) -> tuple[NewLink, ...]:
    return tuple(new_link(entry) for entry in _listed(body, "links"))


def new_link(given: Body) -> NewLink:
    """Return a link to come.

    Raises:
        Invalid: It has no address.
    """
    url = conventions.text(given.get("url"), "url")
    if not url.strip():
        raise _required("url")
    return NewLink(name=conventions.text(given.get("name"), "name"), url=url)


def _relations(body: Body) -> list[Command]:
    found: list[Command] = []
    for entry in _listed(body, "related"):
        other = conventions.number(entry.get("related_to"), "related_to")
        if not other and entry.get("etag"):
            other = etag.decode(conventions.text(entry["etag"], "etag"), "case").number
        if not other:
            raise _required("related_to")
        found.append(Relate(other=other, type=relation_type(entry.get("relation_type")), both=True))
    return found


def relation_type(given: Any) -> str:
    """Return a type of relation as the core has it, from its name or number.

    Raises:
        Invalid: There is no such type, or it is unspecified.
    """
    if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= len(TYPES):
        given = TYPES[given - 1]
    if not isinstance(given, str) or given.upper() not in TYPES:
        msg = f"'relation_type' must be one of {', '.join(TYPES)}."
        raise Invalid(msg, member="relation_type")
    return given.lower()


def _listed(body: Body, name: str) -> list[dict[str, Any]]:
    given = [] if body.get(name) is None else body[name]
    if not isinstance(given, list) or len(given) > MOST_HUNG or not all(isinstance(entry, dict) for entry in given):
        msg = f"'{name}' must be a list of at most {MOST_HUNG} objects."
        raise Invalid(msg, member=name)
    return given


def _required(name: str) -> Invalid:
    return Invalid(f"'{name}' is required.", member=name)


# ---- an update


def mask(body: Body, named: Iterable[str]) -> frozenset[str]:
    """Return the members that an update writes: those that the mask names, else those that the body has."""
    names = frozenset(conventions.snake(name.partition(".")[0]) for name in named)
    return (names & _WRITABLE if names else frozenset(body) & _WRITABLE) | _inner(names)


def _inner(names: frozenset[str]) -> frozenset[str]:
    return frozenset(member for name in names & fields.LEGACY.keys() for member in fields.LEGACY[name]) & _WRITABLE


def parts(world: World, row: Mapping[str, Any], body: Body, written: frozenset[str]) -> list[Command]:
    """Return the parts of an update.

    Args:
        world: What the body refers to.
        row: The case as it is, with `fields.COLUMNS`.
        body: The body.
        written: The members that it writes, as `mask` returns them.

    Raises:
        Invalid: A member is malformed, may not be empty, or names what is not there.
    """
    for name in OBLIGATORY:
        if name in written and _empty(body.get(name), name):
            raise _required(name)
    further = (read(world, row, body, written) for read in (_moved, _scored, _assigned))
    return [Edit(set=_edited(world, row, body, written)), *(part for part in further if part is not None)]


def _empty(given: Any, name: str) -> bool:
    if name == "subject":
        return not conventions.text(given, name).strip()
    return conventions.reference(given, name) is None


def _edited(world: World, row: Mapping[str, Any], body: Body, written: frozenset[str]) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        target: conventions.text(body.get(name), name) for name, target in TEXTS.items() if name in written
    }
    readers: dict[str, Callable[[], int | None]] = {
        "source": lambda: world.source(body),
        **{name: lambda name=name: world.contact(body, name) for name in PERSONS},  # type: ignore[misc]  # bound early
    }
    for name, target in {**LINKED, **PERSONS}.items():
        if name in written:
            read = readers.get(name)
            wanted[target] = read() if read else conventions.reference(body.get(name), name)
    if row["requester"] is None and wanted.get("requester") == reporter_of(row):
        wanted.pop("requester", None)  # what reading shows by fallback is no news (DOMAIN §2)
    if "custom" in written:
        known = world.words.fields_for(row["type"])
        wanted["fields"] = custom.received(known, body.get("custom"))
        custom.check_required(known, {**row["fields"], **wanted["fields"]})
    return wanted


def _moved(world: World, row: Mapping[str, Any], body: Body, written: frozenset[str]) -> SetStatus | None:
    words = world.words
    status = conventions.reference(body.get("status"), "status") if "status" in written else None
    given = None
    if "status_condition" in written:
        given = conventions.reference(body.get("status_condition"), "status_condition")
    if given is not None:
        number = condition_of(words, given, status).number
    elif status is not None and status != words.set_of(row["status"]):
        initial(words, status)
        number = words.status_for(Stage(row["stage"]), status).number
    else:
        return None
    return None if number == fields.condition(words, row).number else SetStatus(status=number)


def _scored(_world: World, row: Mapping[str, Any], body: Body, written: frozenset[str]) -> Rate | None:
    if not written & {"rating", "rating_comment"}:
        return None
    rating, comment = row["rating"], row["rating_comment"]
    if "rating" in written:
        rating = _rating(conventions.number(body.get("rating"), "rating")) or None
    if "rating_comment" in written:
        comment = conventions.text(body.get("rating_comment"), "rating_comment")
    return Rate(rating=rating, comment=comment)


def _assigned(world: World, _row: Mapping[str, Any], body: Body, written: frozenset[str]) -> Assign | None:
    wanted: dict[str, Any] = {}
    if "assignee" in written:
        wanted["owner"] = world.assignee(body)
    if "group" in written:
        wanted["team"] = world.group(body)
    return Assign(set=wanted) if wanted else None


_WRITABLE = frozenset(
    {*TEXTS, *LINKED, *PERSONS, "assignee", "group", "status", "status_condition", "rating", "rating_comment", "custom"}
)
