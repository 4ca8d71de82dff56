"""Between IBM's words and the core's: wire → command members. Pure (DOMAIN §1-3)."""

from typing import Any

import msgspec

from casework.dialects.ibm import wire
from casework.domain.case import Stage
from casework.domain.commands import NewLink
from casework.domain.refusals import Invalid
from casework.domain.vocabulary import Vocabulary

LABELS = {
    Stage.NEW: "New",
    Stage.OPEN: "In Progress",
    Stage.WAITING: "Waiting on Client",
    Stage.PROPOSED: "Resolution Provided",
    Stage.RESOLVED: "Resolved",
    Stage.CLOSED: "Closed",
    Stage.CANCELED: "Closed",
}
STAGES = {
    "new": (Stage.NEW,),
    "in_progress": (Stage.OPEN,),
    "waiting_on_client": (Stage.WAITING,),
    "resolution_provided": (Stage.PROPOSED,),
    "resolved": (Stage.RESOLVED,),
    "closed": (Stage.CLOSED, Stage.CANCELED),
}
RESOLUTIONS = {
    1: "Client error",
    2: "Defect found with Component/Service",
    3: "Documentation Error",
    4: "Solution found in forums",
    5: "Solution found in public Documentation",
    6: "Solution no longer required",
    7: "Solution provided by IBM outside of support case",
    8: "Solution provided by IBM support engineer",
}
SORTS = {
    "number": "number",
    "short_description": "subject",
    "severity": "rank",
    "updated_at": "touched_at",
    "created_at": "created_at",
}


def whole(value: float, member: str) -> int:
    """Return a number that has no fraction; IBM's clients may send 4.0."""
    if not value.is_integer():
        msg = f"'{member}' must be a whole number."
        raise Invalid(msg, member=member)
    return int(value)


def opening(body: wire.CreateCase, watchers: tuple[int, ...], vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the members of a new case.

    Raises:
        Invalid: A technical case without offering.
    """
    if body.type == "technical" and body.offering is None:
        msg = "'offering' is required for a technical case."
        raise Invalid(msg, member="offering")
    extra: dict[str, Any] = {}
    if body.invoice_number:
        extra["invoice_number"] = body.invoice_number
    if body.sla_credit_request:
        extra["sla_credit_request"] = True
    if body.eu is not None and (body.eu.supported is not None or body.eu.data_center is not None):
        center = body.eu.data_center
        named = "" if center is None else str(whole(center, "eu.data_center"))
        extra["eu"] = {"supported": bool(body.eu.supported), "data_center": named}
    members: dict[str, Any] = {
        "subject": body.subject,
        "description": body.description,
        "category": body.type,
        "watchers": watchers,
    }
    if body.offering is not None:
        extra["offering"] = msgspec.to_builtins(body.offering)
        service = vocabulary.service_for(body.offering.type.key)
        members["service"] = service.number if service else None
    if body.severity is not None:
        members["rank"] = whole(body.severity, "severity")
    if extra:
        members["extra"] = {"ibm": extra}
    return members


def new_link(resource: wire.Resource) -> NewLink:
    """Return the link for a resource (spec/ibm §11, 17 and 18).

    Raises:
        Invalid: Neither a crn nor type and id are given.
    """
    if resource.crn:
        parts = [part for part in resource.crn.split(":") if part]
        name = parts[-1].rsplit("/", 1)[-1] if parts else resource.crn
        return NewLink(name, None, {"ibm": {"crn": resource.crn, "type": resource.type, "note": resource.note}})
    if resource.type and resource.id is not None:
        device = str(whole(resource.id, "id"))
        return NewLink(device, None, {"ibm": {"crn": device, "type": resource.type, "note": resource.note}})
    msg = "A resource needs a 'crn', or 'type' and 'id'."
    raise Invalid(msg, member="crn")
