"""From the body of a case to members whose ids are numbers, with every rule that needs the company's words."""

from collections.abc import Mapping
from typing import Any

import msgspec

from casework.dialects.peach import ids, translate, wire
from casework.dialects.peach.routes import references
from casework.dialects.peach.routes.requests import Ask
from casework.domain.access import Principal
from casework.domain.nouns import CaseType, Workflow
from casework.domain.refusals import Invalid, NotFound
from casework.domain.vocabulary import Vocabulary
from casework.web import members


async def wanted(
    request: Ask, who: Principal, kind: type[msgspec.Struct], given: Mapping[str, Any], base: str | None
) -> dict[str, Any]:
    """Return the members of a body that fit, with `owner`, `borrowers` and the outcome looked up.

    Args:
        request: The request.
        who: Who asks.
        kind: `wire.CaseNew` or `wire.CaseChange`.
        given: The body.
        base: The base type of the case, None where it is not known yet.

    Raises:
        Invalid: With every wrong member named.
    """
    values, errors = members.check(kind, given)
    own, wrong = members.check(wire.OwnFields, given)
    errors |= wrong
    if base is not None:
        for member in translate.foreign_fields(base, given):
            errors[member] = [f"Cases of the type {base} have no such member."]
    if (outcome := values.get("outcome")) is not None:
        tenant = await references.casebook(request).catalogue.tenant(who.tenant_id)
        known = tenant.dialect("peach").get("outcomes") or wire.OUTCOMES
        if outcome not in known:
            errors["outcome"] = [f"Must be one of {', '.join(known)}."]
    members.refuse(errors)
    values |= own
    if "owningEmployeeId" in values:
        text = values["owningEmployeeId"]
        values["owner"] = None if text is None else await references.employee(request, who, text, "owningEmployeeId")
    if (workflow := values.get("workflowId")) is not None:
        values["workflowId"] = await _workflow(request, who, workflow)
    named = [(member, text) for member in ("people", "borrowerIds") for text in values.get(member) or ()]
    if named:
        values["borrowers"] = [await _borrower(request, who, member, text) for member, text in named]
    return values


async def _borrower(request: Ask, who: Principal, member: str, text: str) -> int:
    try:
        return await references.borrower(request, who, text)
    except NotFound as error:
        raise Invalid(error.message, member=member) from error


async def _workflow(request: Ask, who: Principal, text: str) -> str | None:
    number = await ids.resolve(ids.WORKFLOW, text)
    known = await references.casebook(request).identities.present(who.tenant_id, Workflow, [number] if number else [])
    if number not in known:
        msg = "There is no such workflow."
        raise Invalid(msg, member="workflowId")
    return ids.spelt(ids.WORKFLOW, number)


def case_type(vocabulary: Vocabulary, given: Mapping[str, Any]) -> CaseType:
    """Return the type that a new case is to have.

    Raises:
        Invalid: None is named, there is no such type, it is not active, or type and base do not go together.
    """
    base, text = given.get("caseType"), given.get("typeId")
    if base is None and text is None:
        msg = "'caseType' or 'typeId' is required."
        raise Invalid(msg, member="caseType")
    if base is not None and base not in wire.BASES:
        msg = f"Must be one of {', '.join(wire.BASES)}."
        raise Invalid(msg, member="caseType")
    if text is None:
        found = vocabulary.type_for(str(base))
        member = "caseType"
    else:
        number = ids.read(ids.CASE_TYPE, str(text)) if isinstance(text, str) else None
        found = vocabulary.types.get(number) if isinstance(number, int) else None
        member = "typeId"
    if found is None or found.deleted_at is not None:
        msg = "There is no such case type."
        raise Invalid(msg, member=member)
    if base is not None and found.base != base:
        msg = f"The type is derived from {found.base}."
        raise Invalid(msg, member="caseType")
    if found.status != "active":
        msg = f"The case type is {found.status}: cases are made from active types."
        raise Invalid(msg, member=member)
    return found
