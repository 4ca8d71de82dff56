"""How each API spells the ids of things (DOMAIN §1), and all spellings of what a world file made (WORLD.md)."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from casework.casebook.world import Applied, Ids

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WEBITEL = "QRSTVWXYZabcdefghjklmnpqrstvwxyz"
ETAG_KINDS: Mapping[str, int] = {"case": 1, "comment": 2, "link": 3, "relation": 4, "communication": 5, "contact": 6}
"""spec/webitel §3; it numbers five kinds, contacts are of another service."""
PEACH: Mapping[str, str] = {
    "tenants": "CP",
    "users": "UR",
    "teams": "TM",
    "persons": "BO",
    "organizations": "BO",
    "cases": "CS",
    "case_types": "CT",
    "identities": "BI",
    "tasks": "TK",
    "workflows": "WF",
    "supercases": "SC",
}
"""Peach's prefixes by kind; a business borrower is an organization here."""
_PEACH = re.compile(rf"([A-Z][A-Z0-9])-([{CROCKFORD}]{{4,10}})-([{CROCKFORD}]{{4}})")
PEACH_EMPLOYEE = "EM"
PEACH_OBJECTS: Mapping[str, str] = {"loan": "LN", "interaction": "IN", "document": "DC"}


def ibm_case(number: int) -> str:
    """Return a case's number as IBM has it: `CS0004711`.

    >>> ibm_case(4711)
    'CS0004711'
    """
    return f"CS{number:07d}"


def ibm_account(uid: UUID) -> str:
    """Return a tenant's id as IBM has account ids: 32 hexadecimal digits."""
    return uid.hex


def webitel(number: int) -> str:
    """Return a number as Webitel has it: decimal text."""
    return str(number)


def webitel_etag(kind: str, number: int, revision: int) -> str:
    """Return Webitel's etag of a case, comment, link, relation or communication (spec/webitel §3).

    >>> webitel_etag("case", 42, 3)
    'QdQkm'
    """
    raw = _varint(revision) + _varint(ETAG_KINDS[kind]) + _varint(number)
    places = -(-len(raw) * 8 // 5)
    whole = int.from_bytes(raw, "big") << (places * 5 - len(raw) * 8)
    return "".join(WEBITEL[whole >> 5 * i & 31] for i in reversed(range(places)))


def _varint(value: int) -> bytes:
    """Return a number as a protobuf varint."""
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes((*found, value))


def peach(prefix: str, number: int) -> str:
    """Return an id as Peach has it: a prefix and Crockford's base32 of the number, in two groups.

    >>> peach("CS", 4711)
    'CS-0000-04K7'
    """
    text = ""
    while number:
        number, digit = divmod(number, 32)
        text = CROCKFORD[digit] + text
    text = text.rjust(8, "0")
    return f"{prefix}-{text[:-4]}-{text[-4:]}"


def peach_number(prefix: str, text: str) -> int | None:
    """Return the number that an id of Peach's names, digits included; None when it is no id with this prefix.

    >>> peach_number("CS", "CS-0000-04K7"), peach_number("CS", "4711"), peach_number("CS", "BO-0000-04K7")
    (4711, 4711, None)
    """
    if text.isascii() and text.isdigit():
        number = int(text) if len(text) < 20 else 0
    else:
        found = _PEACH.fullmatch(text)
        if found is None or found[1] != prefix:
            return None
        number = 0
        for sign in found[2] + found[3]:
            number = number * 32 + CROCKFORD.index(sign)
    return number if 0 < number < 2**63 else None


def bottlecrm(uid: UUID) -> str:
    """Return an id as BottleCRM has it: the uid."""
    return str(uid)


def egain(number: int) -> str:
    """Return a number as eGain has it: decimal text."""
    return str(number)


def spell(applied: Applied) -> dict[str, dict[str, dict[str, Any]]]:
    """Return kind → `<tenant>/<key>` → ids in every spelling: what `casework apply --json` prints."""
    return {kind: {name: _spelt(kind, ids) for name, ids in rows.items()} for kind, rows in applied.ids.items()}


def _spelt(kind: str, ids: Ids) -> dict[str, Any]:
    found: dict[str, Any] = {"uid": str(ids.uid), "number": ids.number}
    if kind == "tenants":
        found["ibm"] = ibm_account(ids.uid)
    elif kind == "users":
        found["ibm"] = ids.address
    elif kind == "cases":
        found["ibm"] = ibm_case(ids.number)
    found["webitel"] = webitel(ids.number)
    if kind == "cases":
        found["webitel_etag"] = webitel_etag("case", ids.number, ids.revision or 0)
    elif kind == "persons":
        found["webitel_contact"] = webitel(ids.number)
    elif kind == "users" and ids.person is not None:
        found["webitel_contact"] = webitel(ids.person)
    if (prefix := PEACH_OBJECTS.get(ids.kind or "") if kind == "objects" else PEACH.get(kind)) is not None:
        found["peach"] = peach(prefix, ids.number)
    if kind == "users":
        found["peach_employee"] = peach(PEACH_EMPLOYEE, ids.number)
    found["bottlecrm"] = bottlecrm(ids.uid)
    if kind != "tenants":
        found["egain"] = egain(ids.number)
    if ids.secret is not None:
        found["secret"] = ids.secret
    return found
