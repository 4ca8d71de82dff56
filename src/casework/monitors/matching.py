"""What monitors say and how borrowers are compared (spec/peach §4, `matchDetails`)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Protocol

import msgspec

from casework.casebook.servicing.matching import Candidate

Verdict = Literal["match", "noMatch", "notAvailable"]
_APART = re.compile(r"[^a-z0-9]+")


class Kind(msgspec.Struct, frozen=True):
    """What to look for: the base type of the cases, how they say they came to be, which members entries set."""

    base: str
    procedure: str
    members: frozenset[str] = frozenset()


KINDS: Mapping[str, Kind] = {
    "militaryDuty": Kind("militaryDuty", "automatedMilitaryDutyDetection", frozenset({"dutyStartDate", "dutyEndDate"})),
    "bankruptcy": Kind(
        "bankruptcy",
        "automatedBankruptcyDetection",
        frozenset({"courtCaseFiledDate", "courtCaseNumber", "courtCaseChapter", "creditorClaimDeadlineDate"}),
    ),
    "deceased": Kind("deceased", "automatedDeceasedDetection", frozenset({"deceasedNoticeReceivedDate"})),
    "oFACSanctionedIndividual": Kind("oFACSanctionedIndividual", "automatedOFACDetection"),
}
"""What the built-in lists are about: SCRA, bankruptcy, death, OFAC."""


class Entry(msgspec.Struct, frozen=True):
    """Somebody on a list. `digest` and `tail` are the keyed hashes of the social security number or its last digits."""

    code: str | None
    name: str
    birth_date: str | None = None
    digest: bytes | None = None
    tail: bytes | None = None
    address: str = ""
    members: Mapping[str, Any] = {}


class Match(msgspec.Struct, frozen=True):
    """A candidate is on a list. `fingerprint` tells matches apart: the same one never gets a second case."""

    fingerprint: bytes
    details: Mapping[str, Any]
    members: Mapping[str, Any] = {}


class Monitor(Protocol):
    """Tells how borrowers match what it watches. `name` is part of what tells matches apart."""

    name: str
    kind: Kind

    def matches(self, candidate: Candidate) -> Iterable[Match]:
        """Return how this borrower matches."""
        ...


def plain(text: str) -> str:
    """Return a name or an address as it is compared: without case, accents and punctuation."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return _APART.sub(" ", "".join(sign for sign in bare if not unicodedata.combining(sign))).strip()


def names(candidate: Candidate) -> set[str]:
    """Return the names by which a borrower may be on a list."""
    first, last, whole = plain(candidate.first_name), plain(candidate.last_name), plain(candidate.name)
    found = {whole} if whole else set()
    if first and last:
        found |= {f"{first} {last}", f"{last} {first}"}
        if " " in first:  # lists often leave middle names out
            found |= {f"{first.split()[0]} {last}", f"{last} {first.split()[0]}"}
    return found


def places(candidate: Candidate) -> list[str]:
    """Return the addresses of a borrower as they are compared."""
    wanted = ("addressLine1", "street1", "street", "line1", "city", "state", "postalCode", "zip")
    found = []
    for address in candidate.addresses:
        parts = [str(address[name]) for name in wanted if address.get(name)]
        found.append(plain(" ".join(parts)))
    return [text for text in found if text]


def compare(candidate: Candidate, entry: Entry) -> dict[str, Verdict]:
    """Return the verdict on each thing that can be compared, under the names of `matchDetails`."""
    known, living = candidate.known_ssn, places(candidate)
    at = plain(entry.address)
    return {
        "ssnMatch": _verdict(entry.digest is not None and known, candidate.has_ssn(entry.digest)),
        "last4SSNMatch": _verdict(entry.tail is not None and known, candidate.has_tail(entry.tail)),
        "nameMatch": _verdict(bool(entry.name and names(candidate)), entry.name in names(candidate)),
        "addressMatch": _verdict(bool(at and living), any(at.startswith(p) or p.startswith(at) for p in living)),
        "dateOfBirthMatch": _verdict(
            bool(entry.birth_date and candidate.birth_date), entry.birth_date == candidate.birth_date
        ),
    }


def convinces(details: Mapping[str, Verdict]) -> bool:
    """Tell whether verdicts make a match.

    The whole social security number is enough, and another one speaks against everything else. Without it, the name
    has to agree and, beside it, one of birth date, last four digits or address, while the birth date does not differ.
    """
    if details["ssnMatch"] != "notAvailable":
        return details["ssnMatch"] == "match"
    if details["nameMatch"] != "match" or details["dateOfBirthMatch"] == "noMatch":
        return False
    return "match" in {details["dateOfBirthMatch"], details["last4SSNMatch"], details["addressMatch"]}


def _verdict(comparable: bool, equal: bool) -> Verdict:
    if not comparable:
        return "notAvailable"
    return "match" if equal else "noMatch"
