"""Borrowers on the wire (spec/peach §11)."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from casework.casebook.servicing.borrowers import Borrower, GivenIdentity
from casework.dialects.peach.support.shapes import Given, Long, Short, Text, company, moment, own, stamps, told
from casework.dialects.spellings import peach
from casework.domain.nouns import Person
from casework.domain.refusals import Invalid

NamePart = Annotated[str, Meta(max_length=100)]
Kind = Literal["person", "business"]
PRIVATE = ("dateOfBirth", "addresses", "phone", "middleName", "prefix", "suffix")
OWN = ("status", "collectionsIntensity", "businessDetails", "commPreferences", "metaData")


class Name(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person's name."""

    firstName: NamePart = ""  # noqa: N815 - the wire's name
    lastName: NamePart = ""  # noqa: N815 - the wire's name
    middleName: NamePart | None = None  # noqa: N815 - the wire's name
    prefix: NamePart | None = None
    suffix: NamePart | None = None


class IdentityBody(msgspec.Struct, frozen=True):
    """What identifies a borrower; only keyed hashes of the value are kept."""

    identityType: Annotated[str, Meta(min_length=1, max_length=50)]  # noqa: N815 - the wire's name
    value: Annotated[str, Meta(min_length=1, max_length=100)]

    def __repr__(self) -> str:
        """Say nothing: values like this must not get into logs."""
        return f"IdentityBody({self.identityType!r}, …)"


class Business(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a business borrower is."""

    businessLegalName: Text | None = None  # noqa: N815 - the wire's name
    businessName: Text | None = None  # noqa: N815 - the wire's name
    name: Text | None = None
    businessType: Short | None = None  # noqa: N815 - the wire's name
    description: Long | None = None


class Address(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where somebody lives."""

    addressLine1: Text | None = None  # noqa: N815 - the wire's name
    addressLine2: Text | None = None  # noqa: N815 - the wire's name
    city: Short | None = None
    state: Short | None = None
    postalCode: Short | None = None  # noqa: N815 - the wire's name
    country: Short | None = None


class BorrowerBody(Given, frozen=True, kw_only=True):
    """A borrower to make or to change."""

    borrowerType: Kind | UnsetType = UNSET  # noqa: N815 - the wire's name
    status: Literal["active", "inactive"] | UnsetType = UNSET
    collectionsIntensity: Literal["light", "normal", "heavy"] | UnsetType = UNSET  # noqa: N815 - the wire's name
    name: Name | UnsetType | None = UNSET
    dateOfBirth: date | UnsetType | None = UNSET  # noqa: N815 - the wire's name
    identity: IdentityBody | UnsetType | None = UNSET
    businessDetails: Business | UnsetType | None = UNSET  # noqa: N815 - the wire's name
    commPreferences: dict[str, Any] | UnsetType | None = UNSET  # noqa: N815 - the wire's name
    addresses: Annotated[list[Address], Meta(max_length=20)] | UnsetType | None = UNSET
    email: Short | UnsetType | None = UNSET
    phone: Short | UnsetType | None = UNSET


def identity(values: Mapping[str, Any]) -> GivenIdentity | None:
    """Return the identity that a body names."""
    said = values.get("identity")
    return GivenIdentity(said.identityType, said.value) if said is not None else None


def columns(values: Mapping[str, Any], *, business: bool) -> dict[str, Any]:
    """Return the columns that a body asks for.

    Raises:
        Invalid: A member is for the other kind of borrower.
    """
    wrong = "dateOfBirth" if business else "businessDetails"
    if values.get(wrong) is not None:
        msg = f"'{wrong}' does not go with this kind of borrower."
        raise Invalid(msg, member=wrong)
    found: dict[str, Any] = {}
    if "externalId" in values:
        found["external_id"] = values["externalId"]
    extra = own(values, *OWN)
    if business:
        extra |= own(values, "addresses", "phone", "email")
        if (legal := _legal_name(values)) is not None:
            found["name"] = legal
    else:
        found |= _person(values)
    return {**found, "extra": {"peach": extra}} if extra else found


def _person(values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    private = own(values, "dateOfBirth", "addresses", "phone")
    if "name" in values:
        name: Name = values["name"] or Name()
        found |= {"first_name": name.firstName, "last_name": name.lastName}
        private |= {"middleName": name.middleName, "prefix": name.prefix, "suffix": name.suffix}
    if "email" in values:
        found["email"] = values["email"]
    return {**found, "private": private} if private else found


def _legal_name(values: Mapping[str, Any]) -> str | None:
    details: Business | None = values.get("businessDetails")
    named: Name | None = values.get("name")
    if details is not None:
        said = details.businessLegalName or details.businessName or details.name
        if said:
            return said
    return f"{named.firstName} {named.lastName}".strip() if named is not None else None


def render(borrower: Borrower) -> dict[str, Any]:
    """Return a borrower as this API shows it: of identities their types, never a digit."""
    noun, said = borrower.noun, told(borrower.noun)
    person = noun if isinstance(noun, Person) else None
    private = person.private if person else said
    return {
        "id": peach("BO", noun.number),
        "object": "person",
        **stamps(noun),
        "companyId": company(noun.tenant_id),
        "displayId": str(noun.number),
        "externalId": noun.external_id,
        "borrowerType": "business" if borrower.business else "person",
        "status": said.get("status", "active"),
        "collectionsIntensity": said.get("collectionsIntensity", "normal"),
        "name": _name(person) if person else None,
        "displayName": _display(borrower),
        "dateOfBirth": (private.get("dateOfBirth") or said.get("dateOfBirth")) if person else None,
        "email": person.email if person else said.get("email"),
        "phone": private.get("phone"),
        "addresses": private.get("addresses") or [],
        "identities": [
            {
                "id": peach("BI", known.number),
                "object": "identity",
                "identityType": known.kind,
                "createdAt": moment(known.created_at),
            }
            for known in borrower.identities
        ],
        "businessDetails": _business(borrower),
        "commPreferences": said.get("commPreferences"),
        "metaData": said.get("metaData"),
    }


def _name(person: Person) -> dict[str, Any]:
    first, last = person.first_name, person.last_name
    if not first and not last and person.name:
        first, _, last = person.name.partition(" ")
    more = {name: person.private.get(name) for name in ("middleName", "prefix", "suffix")}
    return {"id": peach("BN", person.number), "firstName": first, "lastName": last, **more}


def _business(borrower: Borrower) -> dict[str, Any] | None:
    if not borrower.business:
        return None
    return {"businessLegalName": borrower.noun.name, **(told(borrower.noun).get("businessDetails") or {})}


def _display(borrower: Borrower) -> str:
    noun = borrower.noun
    if isinstance(noun, Person):
        return noun.name or f"{noun.first_name} {noun.last_name}".strip()
    return noun.name
