"""What a case takes from its service, several changes as one, and what doors without a rank of their own do."""

import pytest

from casework.domain import commands as c
from casework.domain.case import Link, Relation, Stage
from casework.domain.commands import Edit, Expectation, Open, Several
from casework.domain.decide import decide
from casework.domain.doors import WEBITEL_DOOR
from casework.domain.nouns import Priority, Service, Sla
from casework.domain.refusals import Invalid, NotFound, Stale
from domain.cast import (
    ALSO_HIGH,
    CASE,
    CRITICAL,
    FRESH,
    GONE_PRIORITY,
    LOW,
    NOON,
    SHORT_SET,
    STRANGER,
    TEAM,
    Desk,
    a_case,
    admin,
    child,
    context,
    kinds,
    noun,
    status,
    uid,
    words,
)

TOP, MIDDLE, LEAF, BARE, BAD, SLA = 701, 702, 703, 704, 705, 711
GROUP = 721


def catalogue():
    """A catalog with everything, a service in it with people, one in that with a priority, and one with nothing."""
    nodes = (
        noun(Service, TOP, sla=SLA, status_set=SHORT_SET, close_reason_group=GROUP, team=TEAM),
        noun(Service, MIDDLE, parent=TOP, assignee=STRANGER),
        noun(Service, LEAF, parent=MIDDLE, default_priority=ALSO_HIGH),
        noun(Service, BARE),
        noun(Service, BAD, parent=TOP, default_priority=GONE_PRIORITY),
    )
    return words(services={node.number: node for node in nodes}, slas={SLA: noun(Sla, SLA, pauses=())})


def opened(door=WEBITEL_DOOR, known=None, **members):
    return decide(None, Open(set=members), context(door=door, vocabulary=known or catalogue()))[0].set


def test_people_close_reasons_and_priority_come_from_the_nearest_node():
    fresh = opened(service=LEAF)
    assert (fresh["owner"], fresh["close_reason_group"], fresh["priority"]) == (STRANGER, GROUP, ALSO_HIGH)
    assert "team" not in fresh
    assert (opened(service=TOP)["team"], opened(service=TOP)["sla"]) == (TEAM, SLA)


def test_what_is_said_counts_more():
    fresh = opened(service=LEAF, owner=7, priority=LOW, close_reason_group=8)
    assert (fresh["owner"], fresh["priority"], fresh["close_reason_group"]) == (7, LOW, 8)


def test_without_any_priority_the_first_one_is_taken():
    assert opened(service=TOP)["priority"] == CRITICAL
    assert opened(service=BAD)["priority"] == CRITICAL


def test_a_door_may_ask_for_a_service_that_has_everything():
    with pytest.raises(NotFound) as refused:
        opened(service=BARE)
    assert refused.value.member == "service"
    for lacking in ("status_set", "close_reason_group"):
        with pytest.raises(Invalid):
            opened(service=TOP, known=_lacking(lacking))
    assert opened(service=TOP, known=_lacking("status_set"), status=FRESH)["status"] == FRESH
    assert opened(service=TOP, known=_lacking("close_reason_group"), close_reason_group=5)["close_reason_group"] == 5


def _lacking(member):
    known = catalogue()
    whole = {"sla": SLA, "status_set": SHORT_SET, "close_reason_group": GROUP}
    known.services[TOP] = noun(Service, TOP, **{**whole, member: None})
    return known


def edited(case, known=None, **members):
    return decide(case, Edit(set=members), context(vocabulary=known or catalogue()))


def test_another_service_brings_its_priority_and_people():
    edit, assigned = edited(a_case(service=TOP, priority=LOW, rank=4, assignees=(STRANGER,), team=TEAM), service=LEAF)
    assert (edit.set["priority"], edit.set["rank"]) == (ALSO_HIGH, 2)
    assert assigned.set == {"owner": STRANGER, "assignees": (), "team": None}


def test_but_none_that_is_named_nor_for_done_cases():
    (edit, _) = edited(a_case(service=TOP, priority=LOW, rank=4), service=LEAF, rank=1)
    assert edit.set["priority"] == CRITICAL
    assert kinds(edited(a_case(service=TOP, stage=Stage.RESOLVED, resolved_at=NOON), service=LEAF)) == ["edited"]
    assert kinds(edited(a_case(service=TOP), service=BARE)) == ["edited"]
    assert kinds(edited(a_case(service=LEAF), service=None)) == ["edited"]
    assert edited(a_case(service=LEAF), service=LEAF) == []


def test_a_condition_that_is_initial_and_final_leaves_a_case_fresh():
    only = 799
    known = words(statuses={only: status(only, Stage.RESOLVED, initial=True), FRESH: status(FRESH, Stage.OPEN)})
    fresh = decide(None, Open(set={"status": only}), context(vocabulary=known))[0].set
    assert "stage" not in fresh
    assert fresh["reacted_at"] == fresh["resolved_at"] > NOON
    case = a_case(stage=Stage.NEW, status=FRESH)
    (moved,) = decide(case, c.SetStatus(status=only), context(vocabulary=known))
    assert moved.set["status"] == only
    assert "stage" not in moved.set
    back = a_case(stage=Stage.NEW, status=only, reacted_at=NOON, resolved_at=NOON)
    (left,) = decide(back, c.SetStatus(status=FRESH), context(vocabulary=known))
    assert left.set["resolved_at"] is None


def test_several_changes_are_one():
    desk = Desk(a_case(version=3, revision=2))
    moved, owned = c.SetStatus(stage=Stage.WAITING), c.Assign(set={"owner": 7})
    parts = (Edit(set={"subject": "New"}), moved, c.Rate(rating=4), owned)
    events = desk.do(Several(parts=parts))
    assert kinds(events) == ["edited", "status_changed", "rated", "assigned"]
    assert (desk.case.version, desk.case.revision, desk.case.subject, desk.case.rating) == (4, 3, "New", 4)
    assert Several(parts=parts).set == {"subject": "New", "owner": 7}


def test_each_part_builds_on_the_ones_before():
    desk = Desk(a_case(subject="Old"))
    first, second = desk.do(Several(parts=(Edit(set={"subject": "A"}), Edit(set={"subject": "B"}))))
    assert (first.was, second.was) == ({"subject": "Old"}, {"subject": "A"})


def test_several_changes_without_news():
    command = Several(parts=(Edit(set={}),))
    assert decide(a_case(), command, context()) == []
    (event,) = decide(a_case(), Several(parts=(), always=True), context())
    assert (event.kind, event.set) == ("edited", {})
    with pytest.raises(Stale):
        decide(a_case(revision=3), Several(parts=(), expect=Expectation("revision", 2)), context())


def test_ratings_are_bounded_by_the_door():
    with pytest.raises(Invalid):
        decide(a_case(), c.Rate(rating=6), context())
    assert decide(a_case(), c.Rate(rating=10), context(door=WEBITEL_DOOR))


def test_links_and_relations_change_when_they_differ():
    link = child(Link, 501, name="Old", url="https://x.example")
    (event,) = decide(a_case(), c.EditLink(link=uid(501), set={"name": "New"}), context(child=link))
    assert (event.kind, event.set, event.was) == ("link_edited", {"name": "New"}, {"name": "Old"})
    assert decide(a_case(), c.EditLink(link=uid(501), set={"name": "Old"}), context(child=link)) == []
    relation = child(Relation, 501, other=1, type="blocks")
    (event,) = decide(a_case(), c.EditRelation(relation=uid(501), type="causes"), context(child=relation))
    assert (event.kind, event.set) == ("relation_edited", {"type": "causes"})
    assert decide(a_case(), c.EditRelation(relation=uid(501), type="blocks"), context(child=relation)) == []


def test_a_relation_may_be_claimed_by_both_sides():
    other = a_case(4799)
    (event,) = decide(a_case(CASE), c.Relate(other=4799, both=True), context(admin, other=other))
    assert (event.set["forward"], event.set["backward"]) == (True, True)


def test_the_first_priority_is_one_that_is_there():
    known = words(priorities={1: noun(Priority, 1, deleted_at=NOON), 2: noun(Priority, 2)})
    assert known.first_priority().number == 2
