"""Between BottleCRM's words and the core's: wire → commands and filters, rows → answers. Pure (DOMAIN §1-3)."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec

from casework.casebook.people import UserCard
from casework.dialects.bottlecrm import wire
from casework.domain.case import Audience, Comment, Stage
from casework.domain.commands import Assign, Command, Edit, Open, SetStatus
from casework.domain.nouns import Organization, Person, Team
from casework.domain.vocabulary import Vocabulary

LABELS = {
    Stage.NEW: "New",
    Stage.OPEN: "In Progress",
    Stage.WAITING: "On Hold",
    Stage.PROPOSED: "On Hold",
    Stage.RESOLVED: "Closed",
    Stage.CLOSED: "Closed",
    Stage.CANCELED: "Closed",
}
WRITTEN = {"New": Stage.NEW, "In Progress": Stage.OPEN, "On Hold": Stage.WAITING, "Closed": Stage.CLOSED}
"""Of the stages that read alike, the one that is written (DOMAIN §2)."""
RANKS = {"Critical": 1, "High": 2, "Normal": 3, "Low": 4}
PRIORITIES = {rank: label for label, rank in RANKS.items()}
CATEGORIES = {
    "Technical": "technical",
    "Billing": "billing_and_invoice",
    "General": "general",
    "Bug Report": "bug_report",
    "Feature Request": "feature_request",
}
TYPES = {key: label for label, key in CATEGORIES.items()}
ORDERS = {
    "created_at": ("created_at, uid", False),
    "-created_at": ("created_at, uid", True),
    "priority": ("rank", True),
    "-priority": ("rank", False),
    "name": ("subject", False),
    "-name": ("subject", True),
    "id": ("uid", False),
    "-id": ("uid", True),
}
"""`ordering` to the core's sort key and direction; the least urgent priority is the smallest."""
COLUMNS = (
    "uid", "subject", "type", "description", "stage", "rank", "category", "organization", "contacts", "owner",
    "assignees", "team", "teams", "created_at", "created_by", "closed_on",
)  # fmt: skip
PARTS = ("comments", "files")

_MENTION = re.compile(r"(?<![\w.@])@([\w.%+-]+)")


class Frame(msgspec.Struct, frozen=True):
    """What the rows of one answer share: uids by number, the tenant's words, its uid, and the path of the API."""

    uids: Mapping[int, UUID]
    vocabulary: Vocabulary
    org: UUID
    path: str


# ---- core to wire


def moment(at: datetime | str) -> str:
    """Return a time as RFC 3339 in UTC; rows' JSON has ISO text."""
    value = datetime.fromisoformat(at) if isinstance(at, str) else at
    return value.astimezone(UTC).isoformat(timespec="milliseconds" if value.microsecond else "seconds")[:-6] + "Z"


def name(vocabulary: Vocabulary, row: Mapping[str, Any]) -> str:
    """Return the subject; a case without one reads as its type's name (DOMAIN §3)."""
    kind = vocabulary.types.get(row["type"])
    return str(row["subject"]) or (kind.name if kind else "Case")


def case_type(category: str | None) -> str | None:
    """Return the type; what only another API knows reads as General (DOMAIN §1)."""
    return None if category is None else TYPES.get(category, "General")


def assigned(row: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the numbers of the owner and the further assignees."""
    return _all(row["owner"], row["assignees"])


def teams(row: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the numbers of the team and the further teams."""
    return _all(row["team"], row["teams"])


def _all(first: int | None, others: Iterable[int]) -> tuple[int, ...]:
    return (*(() if first is None else (first,)), *others)


def case(frame: Frame, row: Mapping[str, Any]) -> wire.Case:
    """Return a case."""
    done = Stage(row["stage"]).done

    def listed(numbers: Iterable[int]) -> list[UUID]:
        return [frame.uids[number] for number in numbers if number in frame.uids]

    return wire.Case(
        id=row["uid"],
        name=name(frame.vocabulary, row),
        description=row["description"] or None,
        status=LABELS[Stage(row["stage"])],
        priority=PRIORITIES[row["rank"]],
        case_type=case_type(row["category"]),
        account=frame.uids.get(row["organization"]),
        contacts=listed(row["contacts"]),
        assigned_to=listed(assigned(row)),
        teams=listed(teams(row)),
        created_on=moment(row["created_at"]),
        created_by=frame.uids.get(row["created_by"]),
        closed_on=moment(row["closed_on"]) if done and row["closed_on"] else None,
        org=frame.org,
    )


def comments(frame: Frame, row: Mapping[str, Any]) -> list[wire.Comment]:
    """Return a case's comments, newest first."""
    found = [
        wire.Comment(uid, text, row["uid"], moment(at), frame.uids.get(by), audience == Audience.INTERNAL)
        for _, text, at, by, audience, uid in nested(row, "comments")
    ]
    return found[::-1]


def comment(frame: Frame, stored: Comment, case_uid: UUID) -> wire.Comment:
    """Return a comment that has been read or written by itself."""
    internal = stored.audience is Audience.INTERNAL
    by = frame.uids.get(stored.created_by)
    return wire.Comment(stored.uid, stored.text, case_uid, moment(stored.created_at), by, internal)


def attachments(frame: Frame, row: Mapping[str, Any]) -> list[wire.Attachment]:
    """Return a case's files, oldest first."""
    found = []
    for uid, file_name, size, at, by in nested(row, "files"):
        path = f"{frame.path}/api/cases/attachment/{uid}/"
        found.append(wire.Attachment(uid, path, row["uid"], moment(at), frame.uids.get(by), file_name, path, size))
    return found


def user_ref(card: UserCard) -> dict[str, Any]:
    """Return an assigned user; the same facts once more nested, as the code has them."""
    shown = {"id": card.uid, "email": card.address, "is_active": not card.disabled, "profile_pic": None}
    return {**shown, "name": card.name or None, "role": role(card.roles), "user_details": shown}


def mention(card: UserCard) -> dict[str, Any]:
    """Return somebody who can be mentioned; `username` is what to type after the at sign."""
    return {
        "id": card.uid,
        "user__email": card.address,
        "username": card.address.partition("@")[0],
        "name": card.name or None,
    }


def team_ref(team: Team) -> dict[str, Any]:
    """Return a team."""
    return {"id": team.uid, "name": team.name, "description": team.extra.get("bottlecrm", {}).get("description")}


def account_ref(organization: Organization) -> dict[str, Any]:
    """Return an account."""
    return {"id": organization.uid, "name": organization.name}


def contact_ref(person: Person) -> dict[str, Any]:
    """Return a contact; somebody known by one name only has it as the last one."""
    both = person.first_name or person.last_name
    return {
        "id": person.uid,
        "first_name": person.first_name,
        "last_name": person.last_name if both else person.name,
        "email": person.email,
    }


def role(roles: Iterable[str]) -> str:
    """Return ADMIN for administrators, USER for everybody else (DOMAIN §6)."""
    return "ADMIN" if "admin" in roles else "USER"


def nested(row: Mapping[str, Any], part: str) -> list[list[Any]]:
    """Return the entries of a nested part; `store.lists.listing` says what is in each."""
    found: list[list[Any]] = msgspec.json.decode(row[part])
    return found


def named(row: Mapping[str, Any]) -> set[int]:
    """Return the numbers of everything but cases that an answer with this row names."""
    found = {row["created_by"], row["organization"], *row["contacts"], *assigned(row), *teams(row)}
    if "comments" in row:
        found |= {entry[3] for entry in nested(row, "comments")} | {entry[4] for entry in nested(row, "files")}
    return found - {None}


# ---- wire to core


def labelled(labels: Mapping[str, Any], texts: Iterable[str]) -> set[str]:
    """Return the labels that contain one of the texts, in any case of letters (spec/bottlecrm §8.3)."""
    lowered = [text.lower() for text in texts]
    return {label for label in labels if any(text in label.lower() for text in lowered)}


def stages(labels: Iterable[str]) -> set[Stage]:
    """Return every stage that reads as one of these statuses."""
    shown = set(labels)
    return {stage for stage, label in LABELS.items() if label in shown}


def closing(text: str) -> datetime:
    """Return a time of closing: RFC 3339, or a date, which is its midnight in UTC; to the millisecond.

    Raises:
        ValueError: It is neither, or no time that UTC can tell.
    """
    try:
        if len(text) == len("2023-02-05"):
            at = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        else:
            at = msgspec.convert(text, datetime)
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        msg = "Expected a date-time as in RFC 3339, or a date."
        raise ValueError(msg) from error
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def mentioned(text: str, members: Iterable[UserCard]) -> tuple[int, ...]:
    """Return the members whose e-mail's local part stands behind an at sign (spec/bottlecrm §3)."""
    found = {match.rstrip(".-").lower() for match in _MENTION.findall(text)}
    return tuple(card.number for card in members if card.address.partition("@")[0].lower() in found)


def opening(wanted: Mapping[str, Any]) -> Open:
    """Return the command for a new case.

    Args:
        wanted: Members of `wire.CaseWrite` with ids as numbers and `closed_on` as a time.
    """
    stage = WRITTEN[wanted.get("status", "New")]
    members: dict[str, Any] = {
        "subject": wanted["name"],
        "description": wanted.get("description") or "",
        "rank": RANKS[wanted.get("priority", "Normal")],
        "stage": stage,
        "organization": wanted.get("account"),
        "contacts": wanted.get("contacts", ()),
        **_shared(wanted.get("assigned_to", ()), None, "owner", "assignees"),
        **_shared(wanted.get("teams", ()), None, "team", "teams"),
    }
    if wanted.get("case_type") is not None:
        members["category"] = CATEGORIES[wanted["case_type"]]
    if stage.done and wanted.get("closed_on") is not None:
        members["closed_on"] = wanted["closed_on"]
    return Open(set=members)


Differs = Callable[[Vocabulary, Mapping[str, Any], Any], bool]
_PLAIN: dict[str, tuple[Differs, Callable[[Any], tuple[str, Any]]]] = {
    "name": (lambda v, row, x: x != name(v, row), lambda x: ("subject", x)),
    "description": (lambda _v, row, x: (x or "") != row["description"], lambda x: ("description", x or "")),
    "priority": (lambda _v, row, x: RANKS[x] != row["rank"], lambda x: ("rank", RANKS[x])),
    "case_type": (
        lambda _v, row, x: x != case_type(row["category"]),
        lambda x: ("category", None if x is None else CATEGORIES[x]),
    ),
    "account": (lambda _v, row, x: x != row["organization"], lambda x: ("organization", x)),
    "contacts": (lambda _v, row, x: set(x) != set(row["contacts"]), lambda x: ("contacts", x)),
}
"""Member to whether it differs from what reading shows (the echo rule, DOMAIN §2), and what it sets."""


def changes(vocabulary: Vocabulary, row: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[Command]:
    """Return the commands of an update; the first one is always there, so that permission is always asked for.

    Args:
        vocabulary: The tenant's words.
        row: The case as it is, with `COLUMNS`.
        wanted: Members of `wire.CasePatch` with ids as numbers and `closed_on` as a time.
    """
    edits: dict[str, Any] = {}
    for member, (differs, write) in _PLAIN.items():
        if member in wanted and differs(vocabulary, row, wanted[member]):
            target, value = write(wanted[member])
            edits[target] = value
    status = wanted.get("status")
    moves = status is not None and status != LABELS[Stage(row["stage"])]
    if "closed_on" in wanted and not moves and Stage(row["stage"]).done:
        edits["closed_on"] = wanted["closed_on"]
    found: list[Command] = [Edit(set=edits)]
    if moves and status is not None:
        stage, at = WRITTEN[status], wanted.get("closed_on")
        found.append(SetStatus(stage=stage, set={"closed_on": at} if stage.done and at is not None else {}))
    lists: dict[str, Any] = {}
    if "assigned_to" in wanted and set(wanted["assigned_to"]) != set(assigned(row)):
        lists |= _shared(wanted["assigned_to"], row["owner"], "owner", "assignees")
    if "teams" in wanted and set(wanted["teams"]) != set(teams(row)):
        lists |= _shared(wanted["teams"], row["team"], "team", "teams")
    if lists:
        found.append(Assign(set=lists))
    return found


def _shared(listed: Iterable[int], present: int | None, one: str, many: str) -> dict[str, Any]:
    """Return a list as the first one and the others: the present first one stays if it is listed (DOMAIN §3)."""
    numbers = tuple(dict.fromkeys(listed))
    first = present if present in numbers else next(iter(numbers), None)
    return {one: first, many: tuple(number for number in numbers if number != first)}
