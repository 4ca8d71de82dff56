"""The built-in monitor: a local list of people as CSV or JSON.

Each entry may have `code` (or `id`), `name` or `first_name` and `last_name`, `birth_date`, `ssn`, `last4`, `address`,
and members of the case under the servicer's names (`dutyStartDate`). Columns are found whatever their case and
separators; others are ignored. Numbers are hashed while the file is read and kept nowhere else.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from casework.auth.sealing import Seals, normal
from casework.casebook.servicing.matching import SOCIAL_SECURITY, Candidate
from casework.domain.refusals import Invalid
from casework.monitors.matching import Entry, Kind, Match, compare, convinces, names, plain

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "id", "externalmatchcode"),
    "name": ("name", "fullname"),
    "first_name": ("firstname", "givenname"),
    "last_name": ("lastname", "surname", "familyname"),
    "birth_date": ("birthdate", "dateofbirth", "dob"),
    "ssn": ("ssn", "socialsecuritynumber"),
    "last4": ("last4", "last4ssn", "ssnlast4"),
    "address": ("address",),
}


class WatchList:
    """A list that was read, ready to compare."""

    def __init__(self, name: str, kind: Kind, seals: Seals, tenant: int, entries: list[Entry]) -> None:
        self.name = name
        self.kind = kind
        self._seals = seals
        self._tenant = tenant
        self._by_digest: dict[bytes, list[Entry]] = {}
        self._by_name: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.digest is not None:
                self._by_digest.setdefault(entry.digest, []).append(entry)
            if entry.name:
                self._by_name.setdefault(entry.name, []).append(entry)

    def matches(self, candidate: Candidate) -> Iterator[Match]:
        """Yield how this borrower matches entries of the list, each entry once."""
        near = [entry for name in sorted(names(candidate)) for entry in self._by_name.get(name, ())]
        near += [entry for identity in candidate.identities for entry in self._by_digest.get(identity.digest, ())]
        seen: set[bytes] = set()
        for entry in near:
            details = compare(candidate, entry)
            mark = self._fingerprint(candidate, entry)
            if convinces(details) and mark not in seen:
                seen.add(mark)
                said = {**details, "matchDoneBy": "lender", "externalMatchCode": entry.code}
                yield Match(mark, said, entry.members)

    def _fingerprint(self, candidate: Candidate, entry: Entry) -> bytes:
        """Return what tells this match from others: the entry's code, or all that identifies who is meant."""
        secret = "" if entry.digest is None else entry.digest.hex()
        who = [entry.code] if entry.code else [entry.name, entry.birth_date or "", secret, plain(entry.address)]
        return self._seals.fingerprint(self._tenant, self.kind.base, str(candidate.number), *who)


def watch_list(path: Path, kind: Kind, seals: Seals, tenant: int) -> WatchList:
    """Read a list.

    Raises:
        Invalid: The file cannot be read as a list; the entry is named, its content is not repeated.
        OSError: The file cannot be read at all.
    """
    entries = []
    for place, row in enumerate(_rows(path), 1):
        try:
            entries.append(_entry(row, kind, seals, tenant))
        except ValueError as error:
            msg = f"Entry {place} of the list: {error}"
            raise Invalid(msg, member=f"entry {place}") from None
    return WatchList(f"watchlist/{kind.base}", kind, seals, tenant, entries)


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() != ".json":
            return [dict(row) for row in csv.DictReader(io.StringIO(text))]
        found = msgspec.json.decode(text)
        rows = found.get("entries") if isinstance(found, dict) else found
        return msgspec.convert(rows, list[dict[str, Any]])
    except (UnicodeDecodeError, csv.Error, msgspec.DecodeError, msgspec.ValidationError):
        msg = "The list is neither CSV with a header nor a JSON list of objects."
        raise Invalid(msg, member="list") from None


def _entry(row: Mapping[str, Any], kind: Kind, seals: Seals, tenant: int) -> Entry:
    said = {"".join(sign for sign in str(name).casefold() if sign.isalnum()): value for name, value in row.items()}
    given = {
        member: next((str(said[name]).strip() for name in spelt if said.get(name)), "")
        for member, spelt in _COLUMNS.items()
    }
    name = plain(given["name"] or f"{given['first_name']} {given['last_name']}")
    digits = normal(given["ssn"])
    if digits and not (digits.isdigit() and len(digits) == 9):
        msg = "the social security number does not have nine digits"
        raise ValueError(msg)
    last = normal(given["last4"])
    if last and not (last.isdigit() and len(last) == 4):
        msg = "last4 does not have four digits"
        raise ValueError(msg)
    sealed = seals.seal(tenant, SOCIAL_SECURITY, digits) if digits else None
    tail = sealed.tail if sealed else (seals.tail(tenant, SOCIAL_SECURITY, last) if last else None)
    if not name and sealed is None:
        msg = "it has neither a name nor a social security number"
        raise ValueError(msg)
    return Entry(
        code=given["code"] or None,
        name=name,
        birth_date=_date(given["birth_date"], "birth date"),
        digest=sealed.digest if sealed else None,
        tail=tail,
        address=given["address"],
        members=_members(said, kind),
    )


def _members(said: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for member in sorted(kind.members):
        text = str(said.get(member.casefold()) or "").strip()
        if text:
            found[member] = _date(text, member) if member.endswith("Date") else text
    return found


def _date(text: str, what: str) -> str | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        msg = f"the {what} is no date of the form YYYY-MM-DD"
        raise ValueError(msg) from None
