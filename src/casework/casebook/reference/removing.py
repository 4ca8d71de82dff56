"""What stands against the removal of a noun, what goes with it, and which references become empty (spec/webitel §9).

All of it happens in the transaction of the removal, while nobody else changes the catalogue and no case is being given
a reference: what was found to be unused stays so.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

import msgspec

from casework.casebook.reference.changing import Change, called
from casework.domain.nouns import (
    Calendar,
    CloseReason,
    CloseReasonGroup,
    Noun,
    Person,
    Priority,
    Service,
    Sla,
    SlaCondition,
    Source,
    Status,
    StatusSet,
    Team,
)
from casework.domain.refusals import Invalid
from casework.store import references

N = TypeVar("N", bound=Noun)
Naming = tuple[type[Noun], str]
"""A kind of noun and the member by which it names another."""


class Rule(msgspec.Struct, frozen=True):
    """What holds for the removal of a kind.

    Args:
        cases: Members of cases that keep it from going.
        nouns: Other nouns that keep it from going.
        emptied: Members of other nouns that become empty.
        forgotten: The member of cases that becomes empty.
        parts: What is a part of it and goes too.
    """

    cases: tuple[str, ...] = ()
    nouns: tuple[Naming, ...] = ()
    emptied: tuple[Naming, ...] = ()
    forgotten: Literal["close_reason"] | None = None
    parts: tuple[Naming, ...] = ()


RULES: Mapping[type[Noun], Rule] = {
    Source: Rule(cases=("source",)),
    Priority: Rule(
        cases=("priority",), nouns=((SlaCondition, "priorities"),), emptied=((Service, "default_priority"),)
    ),
    StatusSet: Rule(nouns=((Service, "status_set"),), parts=((Status, "status_set"),)),
    Status: Rule(),
    CloseReasonGroup: Rule(
        cases=("close_reason_group",),
        nouns=((Service, "close_reason_group"),),
        parts=((CloseReason, "close_reason_group"),),
    ),
    CloseReason: Rule(forgotten="close_reason"),
    Calendar: Rule(nouns=((Sla, "calendar"),)),
    Sla: Rule(cases=("sla",), emptied=((Service, "sla"),), parts=((SlaCondition, "sla"),)),
    SlaCondition: Rule(),
    Service: Rule(cases=("service",)),
    Team: Rule(cases=("team", "teams"), nouns=((Service, "team"), (Team, "default_team"))),
    Person: Rule(cases=("requester", "impacted", "contacts", "borrowers")),
}


async def remove(change: Change, noun: N) -> N:
    """Remove a noun as its kind's rule says.

    Raises:
        Invalid: It is in use, or others cannot do without it.
    """
    await change.alone()
    await references.keep_cases_out(change.connection, change.tenant)
    if isinstance(noun, Status):
        await _keep_flags(change, noun)
    return await _remove(change, noun)


async def remove_branches(change: Change, nodes: Iterable[Service]) -> list[Service]:
    """Remove catalogs or services, each with everything below it, and return the ones that were named.

    Raises:
        Invalid: A case uses one of them, or something below it.
    """
    await change.alone()
    await references.keep_cases_out(change.connection, change.tenant)
    named = list(nodes)
    whole = await references.below(change.connection, change.tenant, [node.number for node in named])
    await _refuse_in_use(change, Service, whole)
    gone = {}
    for node in await change.find(Service, "number", *whole):
        gone[node.number] = await change.remove(node)
    return [gone[node.number] for node in named]


async def _remove(change: Change, noun: N) -> N:
    await _refuse_in_use(change, type(noun), [noun.number])
    if isinstance(noun, StatusSet):
        await _keep_used_set(change, noun)
    elif isinstance(noun, Sla):
        await _keep_sla_of_catalog(change, noun)
    elif isinstance(noun, Person) and noun.user is not None:
        msg = "The contact is a user."
        raise Invalid(msg, member="id")
    rule = RULES[type(noun)]
    for kind, member in rule.parts:
        for part in await change.find(kind, member, noun.number):
            await _remove(change, part)
    for kind, member in rule.emptied:
        for other in await change.find(kind, member, noun.number):
            await change.set(other, **{member: None})
    gone = await change.remove(noun)
    if rule.forgotten is not None:
        await change.forget(rule.forgotten, noun.number)
    return gone


async def _refuse_in_use(change: Change, kind: type[Noun], numbers: list[int]) -> None:
    rule, connection, tenant = RULES[kind], change.connection, change.tenant
    for other, member in rule.nouns:
        if await references.nouns_name(connection, tenant, other, member, numbers):
            raise _in_use(kind, f"a {called(other)} names it")
    if rule.cases and await references.cases_name(connection, tenant, rule.cases, numbers):
        raise _in_use(kind, "a case uses it")


def _in_use(kind: type[Noun], why: str) -> Invalid:
    msg = f"The {called(kind)} cannot be removed: {why}."
    return Invalid(msg, member="id", rule="in_use")


async def _keep_used_set(change: Change, noun: StatusSet) -> None:
    """A status set is used by the cases that have one of its statuses; the tenant's first one serves all doors."""
    if noun.number == change.words.vocabulary.default_set:
        msg = "Cases without a status of their own use this one."
        raise Invalid(msg, member="id", rule="in_use")
    labels = {label.number for label in await change.find(Status, "status_set", noun.number)}
    labels |= {label.number for label in change.words.vocabulary.statuses.values() if label.status_set == noun.number}
    if await references.cases_name(change.connection, change.tenant, ("status",), labels):
        raise _in_use(StatusSet, "a case uses it")


async def _keep_sla_of_catalog(change: Change, noun: Sla) -> None:
    if any(node.parent is None for node in await change.find(Service, "sla", noun.number)):
        raise _in_use(Sla, "a catalog uses it")


async def _keep_flags(change: Change, noun: Status) -> None:
    """A set keeps a status that cases start with and one that ends them."""
    rest = [label for label in await change.find(Status, "status_set", noun.status_set) if label.number != noun.number]
    if noun.initial and not any(label.initial for label in rest):
        raise _in_use(Status, "it is the initial one")
    if noun.stage.done and not any(label.stage.done for label in rest):
        raise _in_use(Status, "it is the last final one")
