"""From the case to this API's shape, and back from its members to commands (spec/peach §4, §5; DOMAIN §2, §3)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from casework.dialects.peach import ids, wire
from casework.domain.case import Case, Stage
from casework.domain.commands import Assign, Command, Edit, SetStatus
from casework.domain.lifecycle import PEACH, Machine
from casework.domain.vocabulary import Vocabulary
from casework.store.people.users import UserCard

assert PEACH.machine is not None  # noqa: S101 - narrows the type
MACHINE: Machine = PEACH.machine
API = "peach"
COLUMNS = (
    "number", "uid", "external_id", "subject", "type", "stage", "reopened", "borrowers", "owner", "team", "outcome",
    "outcome_at", "outcome_by", "status_at", "status_by", "snoozed_at", "snoozed_until", "escalated_at",
    "escalated_team", "escalated_user", "escalation_urgent", "fields", "extra", "opened_at", "created_at", "created_by",
    "created_via", "revision", "updated_at", "touched_at", "touched_by", "deleted_at",
)  # fmt: skip
PARTS = ("viewed",)
SORTS: Mapping[str, str] = {
    "caseType": "type",
    "createdAt": "created_at",
    "createdByUserFirstName": "creator_first",
    "createdByUserLastName": "creator_last",
    "externalId": "external_id",
    "lastViewedAt": "viewed_at",
    "lastSubresourceUpdatedAt": "touched_at",
    "name": "subject",
    "outcome": "outcome",
    "status": "state",
    "statusUpdatedAt": "status_at",
    "owningEmployeeFirstName": "owner_first",
    "owningEmployeeLastName": "owner_last",
}
"""What lists may be sorted by, and how the store calls it."""
STATE_LABELS = {**{stage.value: label for stage, label in MACHINE.states.items()}, "reopened": MACHINE.again}
PLAIN = {"creationProcedure": "api", "autoCreated": False, "matchToDataSource": False, "lenderAck": False}
"""Members that only this API knows, with what they are until somebody says otherwise."""
KEPT = (*PLAIN, "matchDetails", "metaData", "workflowId", *wire.EVERY_OWN_FIELD)
"""Members that are kept as they came, among the case's extras."""


class Frame(msgspec.Struct, frozen=True):
    """What answers need to know beside the rows: the tenant, its words, and users by number."""

    tenant: int
    vocabulary: Vocabulary
    users: Mapping[int, UserCard]


def moment(at: datetime | None) -> str | None:
    """Return a time as this API writes it: microseconds and an offset (spec/peach §2)."""
    return at.isoformat(timespec="microseconds") if at is not None else None


def moment_of(text: str | None) -> str | None:
    """Return a time that came out of a nested row as this API writes it."""
    return moment(msgspec.convert(text, datetime, strict=False).astimezone(UTC)) if text is not None else None


def day(value: date | None) -> str | None:
    """Return a date as this API writes it."""
    return value.isoformat() if value is not None else None


def users_of(row: Mapping[str, Any]) -> set[int]:
    """Return the users that a case's answer names."""
    named = {row[name] for name in ("created_by", "status_by", "outcome_by", "touched_by", "owner")}
    if (seen := viewed(row)) is not None:
        named.add(seen[1])
    return named - {None}


def viewed(row: Mapping[str, Any]) -> tuple[datetime, int] | None:
    """Return when and by whom the case was viewed last."""
    text = row.get("viewed")
    if text is None:
        return None
    at, by = msgspec.json.decode(text)
    return msgspec.convert(at, datetime, strict=False).astimezone(UTC), by


def user_ref(frame: Frame, number: int | None) -> dict[str, Any] | None:
    """Return somebody as this API names who did something."""
    card = frame.users.get(number) if number is not None else None
    if card is None:
        return None
    kind = {"service": "system", "customer": "borrower"}.get(card.kind, "admin" if "admin" in card.roles else "agent")
    return {
        "id": ids.spelt(ids.USER, card.number),
        "name": card.name,
        "userType": kind,
        "descriptor": f"{kind} {card.address}",
        "employee": {"id": ids.spelt(ids.EMPLOYEE, card.number)} if card.kind == "agent" else None,
    }


def state(row: Mapping[str, Any]) -> str:
    """Return the state of a case (DOMAIN §2)."""
    stage = Stage(row["stage"])
    return MACHINE.again if row["reopened"] and not stage.done else MACHINE.states[stage]


def base(vocabulary: Vocabulary, row: Mapping[str, Any]) -> str:
    """Return the base type of a case."""
    kind = vocabulary.types.get(row["type"] or 0)
    return kind.base if kind is not None else "generic"


def name(vocabulary: Vocabulary, row: Mapping[str, Any]) -> str | None:
    """Return what a case is called: without a subject by its type (DOMAIN §3)."""
    kind = vocabulary.types.get(row["type"] or 0)
    return row["subject"] or (kind.name if kind is not None else None)


def case(
    frame: Frame, row: Mapping[str, Any], associations: Sequence[Mapping[str, Any]] | None = None
) -> dict[str, Any]:
    """Return a case as this API shows it."""
    said = row["extra"].get(API, {})
    borrowers = ids.every(ids.BORROWER, row["borrowers"])
    kind = base(frame.vocabulary, row)
    seen = viewed(row)
    urgent = row["escalation_urgent"] if row["escalated_at"] is not None else None
    return {
        "id": ids.spelt(ids.CASE, row["number"]),
        "object": "case",
        "createdAt": moment(row["created_at"]),
        "updatedAt": moment(row["updated_at"]) if row["revision"] else None,
        "deletedAt": moment(row["deleted_at"]),
        "externalId": row["external_id"],
        "companyId": ids.spelt(ids.COMPANY, frame.tenant),
        "people": borrowers,
        "borrowerIds": borrowers,
        "name": name(frame.vocabulary, row),
        "caseType": kind,
        "typeId": ids.spelt(ids.CASE_TYPE, row["type"]),
        "caseTypeMeta": _meta(frame.vocabulary, row),
        "createdByUser": user_ref(frame, row["created_by"]),
        **{member: said.get(member, default) for member, default in PLAIN.items()},
        "matchDetails": said.get("matchDetails"),
        "owningEmployeeId": ids.spelt(ids.EMPLOYEE, row["owner"]),
        "owningEmployee": _employee(frame, row["owner"]),
        "status": state(row),
        "statusUpdatedAt": moment(row["status_at"]),
        "statusUpdatedBy": user_ref(frame, row["status_by"]),
        "outcome": row["outcome"],
        "outcomeUpdatedAt": moment(row["outcome_at"]),
        "outcomeUpdatedBy": user_ref(frame, row["outcome_by"]),
        "snoozedAt": moment(row["snoozed_at"]),
        "snoozedUntil": day(row["snoozed_until"]),
        "customFields": row["fields"],
        "metaData": said.get("metaData"),
        "workflowId": said.get("workflowId"),
        "escalatedAt": moment(row["escalated_at"]),
        "escalatedTeamId": ids.spelt(ids.TEAM, row["escalated_team"]),
        "escalatedEmployeeId": ids.spelt(ids.EMPLOYEE, row["escalated_user"]),
        "escalationIsUrgent": urgent,
        "associations": associations,
        "creatingSupercaseId": _supercase(said.get("creatingSupercaseId")),
        "lastViewedAt": moment(seen[0]) if seen else None,
        "lastViewedBy": user_ref(frame, seen[1]) if seen else None,
        "lastSubresourceUpdatedAt": moment(row["touched_at"]),
        "lastSubresourceUpdatedBy": user_ref(frame, row["touched_by"]),
        "openedAt": moment(row["opened_at"] or row["created_at"]),
        **{member: said.get(member) for member in wire.OWN_FIELDS.get(kind, ())},
    }


def _meta(vocabulary: Vocabulary, row: Mapping[str, Any]) -> dict[str, Any] | None:
    kind = vocabulary.types.get(row["type"] or 0)
    if kind is None:
        return None
    return {
        "base": kind.base,
        "id": ids.spelt(ids.CASE_TYPE, kind.number),
        "name": kind.name,
        "derivedFromTypeId": ids.spelt(ids.CASE_TYPE, kind.derived_from),
        "version": kind.type_version,
    }


def _employee(frame: Frame, number: int | None) -> dict[str, Any] | None:
    card = frame.users.get(number) if number is not None else None
    if card is None:
        return None
    return {"id": ids.spelt(ids.EMPLOYEE, card.number), "displayName": card.name, "twilioWorkerSid": None}


def _supercase(said: Any) -> str | None:
    return ids.spelt(ids.SUPERCASE, said) if isinstance(said, int) else said


def kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the given members that are kept among the extras, as JSON has them."""
    found = {member: msgspec.to_builtins(values[member]) for member in KEPT if member in values}
    return {member: None if value == {} and member == "matchDetails" else value for member, value in found.items()}


def moment_in(value: datetime) -> datetime:
    """Return a time that a client wrote, in UTC and as fine as it was given; only stamps are whole milliseconds."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def changes(vocabulary: Vocabulary, before: Case, wanted: Mapping[str, Any]) -> list[Command]:
    """Return the commands of an update: what differs from what reading shows, and nothing else (echo rule, DOMAIN §2).

    A move out of a frozen state comes first, any other move last, so that one request can reopen and change a case, or
    change and complete it.

    Args:
        vocabulary: The tenant's words.
        before: The case as it is.
        wanted: Members of `wire.CaseChange` with ids as numbers: `owner`, `borrowers`.
    """
    edits = _edits(vocabulary, before, wanted)
    commands: list[Command] = []
    outcome = {"outcome": wanted["outcome"]} if wanted.get("outcome", before.outcome) != before.outcome else {}
    status, present = wanted.get("status"), MACHINE.state(before)
    move: Command | None = None
    if status is not None and status != present:
        leaves = before.stage.done
        move = SetStatus(action=status, set={} if leaves else outcome)
        if leaves:
            commands.append(move)
            edits |= {"outcome": wanted["outcome"]} if wanted.get("outcome") is not None else {}
    else:
        edits |= outcome
    if edits:
        commands.append(Edit(set=edits))
    if wanted.get("owner", before.owner) != before.owner:
        commands.append(Assign(set={"owner": wanted["owner"]}))
    if move is not None and move not in commands:
        commands.append(move)
    return commands


def _edits(vocabulary: Vocabulary, before: Case, wanted: Mapping[str, Any]) -> dict[str, Any]:
    edits: dict[str, Any] = {}
    kind = vocabulary.types.get(before.type or 0)
    shown = before.subject or (kind.name if kind is not None else "")
    if "name" in wanted and (wanted["name"] or "") != before.subject and wanted["name"] != shown:
        edits["subject"] = wanted["name"] or ""
    if wanted.get("externalId", before.external_id) != before.external_id:
        edits["external_id"] = wanted["externalId"]
    if set(wanted.get("borrowers", before.borrowers)) != set(before.borrowers):
        edits["borrowers"] = wanted["borrowers"]
    if (opened := wanted.get("openedAt")) is not None and moment_in(opened) != before.opened_at:
        edits["opened_at"] = moment_in(opened)
    fields = wanted.get("customFields") or {}
    if news := {member: value for member, value in fields.items() if not _same(value, before.fields.get(member))}:
        edits["fields"] = news
    said = before.extra.get(API, {})
    told = {m: v for m, v in kept(wanted).items() if not _same(v, said.get(m, PLAIN.get(m)))}
    if told:
        edits["extra"] = {API: told}
    return edits


def _same(one: Any, other: Any) -> bool:
    return msgspec.json.encode(one, order="deterministic") == msgspec.json.encode(other, order="deterministic")


def foreign_fields(kind: str, given: Mapping[str, Any]) -> Iterable[str]:
    """Return the members of a body that belong to another base type than this one and are not null."""
    own = wire.OWN_FIELDS.get(kind, {})
    return [member for member in wire.EVERY_OWN_FIELD if given.get(member) is not None and member not in own]
