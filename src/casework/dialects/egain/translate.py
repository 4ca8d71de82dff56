"""Between eGain's words and the core's: wire → command, rows → answers. Pure (DOMAIN §1-3, spec/egain §4, §7)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from casework.casebook.people import PersonCard, UserCard
from casework.dialects.egain import language
from casework.dialects.egain.identity import number
from casework.dialects.egain.refusal import Fault
from casework.domain.case import ACTIVE, DONE, Stage
from casework.domain.commands import EditWhole, Expectation
from casework.domain.fields import texts as fields
from casework.domain.nouns import Field
from casework.domain.vocabulary import Vocabulary

CASES = "/core/casemgr/v3/case"
"""Hrefs in bodies are names and never carry our prefix (ARCHITECTURE §3)."""
RANKS = {"urgent": 1, "high": 2, "medium": 3, "low": 4}
SEVERITIES = {rank: value for value, rank in RANKS.items()}
STAGES = {"open": tuple(s for s in Stage if s in ACTIVE), "closed": tuple(s for s in Stage if s in DONE)}
SORTS = {
    "id": "number",
    "lastModified": "updated_at",
    "severity": "rank",
    "subject": "subject",
    "created": "created_at",
}
LONGEST_TEXT = 1024
LONGEST_NOTE = 1500
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
TITLES = {"open": "Open", "closed": "Closed", "urgent": "Urgent", "high": "High", "medium": "Medium", "low": "Low"}


class Frame(msgspec.Struct, frozen=True):
    """What the rows of one answer share."""

    users: Mapping[int, UserCard]
    persons: Mapping[int, PersonCard]
    vocabulary: Vocabulary
    related: Mapping[int, list[int]]
    locale: str


# ---- wire to core


def instant(text: str) -> datetime | None:
    """Return a date-time to the millisecond, or None when the text is none."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found.replace(microsecond=found.microsecond // 1000 * 1000)


def edit(body: Mapping[str, Any]) -> EditWhole:
    """Return the command of an edit. What cannot be read travels as its `flaw`, to be refused in its turn."""
    flaws: list[Fault] = []
    wanted = _members(body, flaws)
    modified = instant(body["lastModified"])
    if modified is None:
        flaws.insert(0, _bad("lastModified", "must be a date-time with a zone"))
    owner: int | msgspec.UnsetType = msgspec.UNSET
    if "owner" in body:
        text = body["owner"]["user"]["id"]
        found = number(text.strip())
        if found is None:
            flaws.append(_bad("owner.user.id", "must be the id of a user"))
        else:
            owner = found
    related = body.get("relatedCases", {})
    return EditWhole(
        expect=None if modified is None else Expectation("updated_at", modified),
        set=wanted,
        fields=_attributes(body, flaws),
        owner=owner,
        link=_cases(related, "link", flaws),
        unlink=_cases(related, "unlink", flaws),
        flaw=flaws[0] if flaws else None,
    )


def _members(body: Mapping[str, Any], flaws: list[Fault]) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for name in ("subject", "description", "solution"):
        if name in body:
            wanted[name] = body[name]
            if len(body[name]) > LONGEST_TEXT:
                flaws.append(_bad(name, f"may have at most {LONGEST_TEXT} characters"))
    if "dueDate" in body:
        text = (body["dueDate"] or "").strip()
        wanted["due_at"] = instant(text) if text else None
        if text and wanted["due_at"] is None:
            flaws.append(_bad("dueDate", "must be a date-time with a zone"))
    if "severity" in body:
        value = body["severity"]["value"].strip()
        wanted["rank"] = RANKS.get(value, 3)
        if value not in RANKS:
            msg = f"'severity.value' must be one of {', '.join(RANKS)}."
            flaws.append(Fault("400-196", msg, element="severity.value"))
    return wanted


def _attributes(body: Mapping[str, Any], flaws: list[Fault]) -> dict[str, tuple[str, ...]]:
    """Return custom fields by name; one without a value, or with an empty one, is cleared."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in body.get("customAttributes", {}).get("customAttribute", []):
        name = entry["attribName"].strip()
        values = entry.get("attribValues", {}).get("attribValue", [])
        if name in found or not name:
            flaws.append(_bad("customAttributes", f"names '{name[:80]}' twice, or nothing"))
        found[name] = tuple(text for value in values if (text := value.get("value", "")))
    return found


def _cases(related: Mapping[str, Any], name: str, flaws: list[Fault]) -> tuple[int, ...]:
    found: list[int] = []
    for entry in related.get(name, []):
        case = linked_case(entry["href"])
        if entry["rel"] != "case" or case is None:
            flaws.append(_bad(f"relatedCases.{name}", "takes links with rel 'case' and the href of a case"))
        found.append(case or 0)
    return tuple(found)


def linked_case(href: str) -> int | None:
    """Return the case that a link names: the last segment of its path, whatever stands in front."""
    try:
        path = urlsplit(href.strip()).path
    except ValueError:
        return None
    return number(path.rstrip("/").rpartition("/")[2])


def _bad(element: str, what: str) -> Fault:
    return Fault("400-152", f"'{element}' {what}.", element=element)


# ---- core to wire


def moment(at: datetime | str) -> str:
    """Return a time as the API writes it: UTC, to the millisecond."""
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return found.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def titled(frame: Frame, value: str) -> dict[str, str]:
    """Return an enumerated value with its title in the language of the answer."""
    return {"value": value, "displayValue": language.text(frame.locale, TITLES[value])}


def user(frame: Frame, who: int) -> dict[str, Any]:
    """Return a user: the last word of the name is the last name."""
    card = frame.users.get(who)
    first, _, last = (card.name if card else "").rpartition(" ")
    names = {"firstName": first, "lastName": last} if first else {"firstName": last, "lastName": ""}
    return {"user": {"id": str(who), **names}}


def customer_of(row: Mapping[str, Any]) -> int | None:
    """Return whom reading shows as customer (DOMAIN §3)."""
    others = () if row["requester_cleared"] else (*row["borrowers"][:1], *row["contacts"][:1])
    for shown in (row["requester"], *others):
        if shown is not None:
            return int(shown)
    return None


def case_link(case: int, rel: str = "self") -> dict[str, str]:
    """Return a link to a case."""
    return {"rel": rel, "href": f"{CASES}/{case}"}


def _department(frame: Frame, row: Mapping[str, Any]) -> dict[str, str]:
    if row["department"] is None:
        return {}
    found = frame.vocabulary.departments.get(row["department"])
    return {"id": str(row["department"]), "name": found.name if found else ""}


def _customer(frame: Frame, row: Mapping[str, Any]) -> dict[str, Any] | None:
    shown = customer_of(row)
    if shown is None:
        return None
    card = frame.persons.get(shown)
    link = {"rel": "customer", "href": f"/core/customermgr/v3/customer/{shown}"}
    return {"id": str(shown), "customerName": card.name if card else "", "link": [link]}


def _subject(frame: Frame, row: Mapping[str, Any]) -> str:
    """A case without a subject reads as its type's name (DOMAIN §3)."""
    kind = frame.vocabulary.types.get(row["type"])
    return str(row["subject"] or (kind.name if kind else ""))


def custom_attributes(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return custom fields as the API nests them."""
    return {
        "customAttribute": [
            {"attribName": name, "attribValues": {"attribValue": [{"value": text} for text in fields.to_texts(value)]}}
            for name, value in sorted(values.items())
        ]
    }


def _related(frame: Frame, row: Mapping[str, Any]) -> dict[str, Any]:
    return {"link": [case_link(other, "case") for other in frame.related.get(row["number"], [])]}


def _channel(frame: Frame, row: Mapping[str, Any]) -> str | None:
    source = frame.vocabulary.sources.get(row["source"])
    return source.type.lower() if source else None


def _optional(at: datetime | None) -> str | None:
    return None if at is None else moment(at)


def case(frame: Frame, row: Mapping[str, Any], more: frozenset[str]) -> dict[str, Any]:
    """Return a case with the attributes that always come, and `more` of those in `ADDITIONAL`."""
    href = f"/core/casemgr/v3/activity?case={row['number']}"
    found: dict[str, Any] = {
        "link": [case_link(row["number"])],
        "id": str(row["number"]),
        "activities": {"link": [{"rel": "activity", "href": href}]},
        "department": _department(frame, row),
        "status": titled(frame, "closed" if Stage(row["stage"]).done else "open"),
        "lastModified": moment(row["updated_at"]),
        "lastModifiedBy": user(frame, row["updated_by"]),
        "dueDate": _optional(row["due_at"]),
        "owner": None if row["owner"] is None else user(frame, row["owner"]),
        "customer": _customer(frame, row),
        "severity": titled(frame, SEVERITIES[row["rank"]]),
        "subject": _subject(frame, row),
    }
    additional = {
        "description": row["description"],
        "solution": row["solution"],
        "relatedCases": _related(frame, row) if "relatedCases" in more else None,
        "customAttributes": custom_attributes(row["fields"]),
        "originatingChannel": _channel(frame, row),
        "created": _optional(row["created_at"]),
        "lastClosed": _optional(row["last_closed_at"]),
    }
    found |= {name: value for name, value in additional.items() if name in more}
    return {name: value for name, value in found.items() if value is not None}


COLUMNS = (
    "number", "department", "stage", "updated_at", "updated_by", "due_at", "owner", "requester", "requester_cleared",
    "borrowers", "contacts", "rank", "subject", "type", "description", "solution", "fields", "source", "created_at",
    "last_closed_at",
)  # fmt: skip
ADDITIONAL = (
    "description", "solution", "relatedCases", "customAttributes", "originatingChannel", "created", "lastClosed",
)  # fmt: skip
ALWAYS = (
    "id", "link", "activities", "department", "status", "lastModified", "lastModifiedBy", "dueDate", "owner",
    "customer", "severity", "subject",
)  # fmt: skip


def note(frame: Frame, case: int, entry: list[Any]) -> dict[str, Any]:
    """Return a note from an entry of the part `comments` (`store.lists.listing`)."""
    return {
        "id": str(entry[0]),
        "content": entry[1],
        "created": {"date": moment(entry[2]), **user(frame, entry[3])},
        "link": [{"rel": "self", "href": f"{CASES}/{case}/note/{entry[0]}"}],
    }


_TYPES = {"int": "integer", "float": "number", "decimal": "number", "bool": "boolean"}


def attribute(field: Field) -> dict[str, Any]:
    """Return the description of a custom attribute."""
    return {
        "name": field.key or field.name,
        "displayName": field.title or field.name or field.key or "",
        "dataType": _TYPES.get(field.type, field.type),
        "multiValued": field.many,
        "enumeration": list(field.values) or None,
    }


STANDARD = (
    ("subject", "string"), ("description", "string"), ("solution", "string"), ("dueDate", "datetime"),
    ("severity", "enum"), ("owner", "user"), ("customer", "customer"), ("department", "department"),
    ("status", "enum"),
)  # fmt: skip


def standard_attributes() -> list[dict[str, Any]]:
    """Return the descriptions of the attributes that every case has."""
    values = {"severity": list(RANKS), "status": list(STAGES)}
    return [
        {"name": name, "displayName": name, "dataType": kind, "multiValued": False, "enumeration": values.get(name)}
        for name, kind in STANDARD
    ]
