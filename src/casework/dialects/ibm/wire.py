"""Request bodies as IBM's clients send them, with the limits that bind writers (spec/ibm §5).

Null stands for absent in optional members, because IBM's Node client sends it; unknown members are ignored.
IBM's clients type whole numbers as float; `translate.whole` checks that they are whole.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Realm = Literal["IBMid", "SL", "BSS"]


class UserRef(msgspec.Struct, frozen=True):
    """A user as clients name him."""

    realm: Realm
    user_id: Annotated[str, Meta(min_length=1)]


UserRefs = Annotated[list[UserRef], Meta(min_length=1, max_length=100)]


class OfferingType(msgspec.Struct, frozen=True, omit_defaults=True):
    """What kind of offering it is."""

    group: Literal["crn_service_name", "category"]
    key: Annotated[str, Meta(max_length=100)]
    kind: str | None = None
    id: str | None = None


class Offering(msgspec.Struct, frozen=True):
    """What a technical case is about."""

    name: Annotated[str, Meta(max_length=100)]
    type: OfferingType


class Resource(msgspec.Struct, frozen=True):
    """A resource by name (`crn`), or a classic device by `type` and `id`."""

    crn: Annotated[str, Meta(max_length=600)] | None = None
    type: Annotated[str, Meta(max_length=100)] | None = None
    id: float | None = None
    note: Annotated[str, Meta(max_length=100)] | None = None


class Eu(msgspec.Struct, frozen=True):
    """Whether EU support is asked for; either member is enough."""

    supported: bool | None = None
    data_center: float | None = None


class CreateCase(msgspec.Struct, frozen=True):
    """`POST /cases`."""

    type: Literal["technical", "account_and_access", "billing_and_invoice", "sales"]
    subject: Annotated[str, Meta(min_length=1, max_length=160)]
    description: Annotated[str, Meta(min_length=1, max_length=4000)]
    severity: Annotated[float, Meta(ge=1, le=4)] | None = None
    eu: Eu | None = None
    offering: Offering | None = None
    resources: Annotated[list[Resource], Meta(min_length=1, max_length=5)] | None = None
    watchlist: UserRefs | None = None
    invoice_number: Annotated[str, Meta(max_length=200)] | None = None
    sla_credit_request: bool | None = None


class Resolve(msgspec.Struct, frozen=True, tag_field="action", tag="resolve"):
    """`PUT /cases/{n}/status`, resolve."""

    resolution_code: Annotated[float, Meta(ge=1, le=8)]
    comment: str | None = None


class Unresolve(msgspec.Struct, frozen=True, tag_field="action", tag="unresolve"):
    """`PUT /cases/{n}/status`, unresolve."""

    comment: Annotated[str, Meta(min_length=1)]


class Accept(msgspec.Struct, frozen=True, tag_field="action", tag="accept"):
    """`PUT /cases/{n}/status`, accept."""

    comment: str | None = None


StatusPayload = Resolve | Unresolve | Accept


class AddComment(msgspec.Struct, frozen=True):
    """`PUT /cases/{n}/comments`."""

    comment: Annotated[str, Meta(min_length=1, max_length=8000)]


class Watchlist(msgspec.Struct, frozen=True):
    """`PUT` and `DELETE /cases/{n}/watchlist`; SDKs send an empty object when the caller gave no list."""

    watchlist: UserRefs | None = None
