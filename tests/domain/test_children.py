"""What hangs on a case: comments, files, links, relations, associations, escalations (DOMAIN §1, §3, §4)."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain import commands as c
from casework.domain.case import Association, Audience, Child, Comment, Escalation, File, Link, Relation
from casework.domain.decide import decide
from casework.domain.doors import IBM_DOOR
from casework.domain.events import Envelope, Event, apply_child
from casework.domain.refusals import Forbidden, Invalid, NotFound
from domain.cast import (
    BOUNDED,
    CASE,
    NATIVE,
    NOON,
    OTHER,
    TEAM,
    TENANT,
    TICK,
    Desk,
    a_case,
    admin,
    agent,
    child,
    context,
    customer,
    kinds,
    uid,
)

PUBLIC, INTERNAL = Audience.PUBLIC, Audience.INTERNAL


def desk(who=admin, **members):
    return Desk(a_case(created_by=who.user, **members))


def test_every_child_knows_its_case_and_who_made_it_when():
    on = desk()
    on.do(c.AddComment(text="Hello"))
    comment = on.only(Comment)
    assert (comment.tenant_id, comment.case_number, comment.number) == (TENANT, CASE, 1)
    assert (comment.created_at, comment.created_by) == (NOON + TICK, admin.user)
    assert (comment.updated_at, comment.updated_by, comment.revision, comment.deleted_at) == (None, None, 0, None)


# ---- audience


@pytest.mark.parametrize(
    ("who", "door", "asked", "written"),
    [
        (agent, NATIVE, None, INTERNAL),
        (agent, IBM_DOOR, None, PUBLIC),
        (agent, NATIVE, PUBLIC, PUBLIC),
        (agent, IBM_DOOR, INTERNAL, INTERNAL),
        (customer, NATIVE, None, PUBLIC),
        (customer, NATIVE, INTERNAL, PUBLIC),
        (customer, IBM_DOOR, None, PUBLIC),
    ],
)
def test_the_door_decides_for_staff_who_do_not_say_and_customers_are_always_public(who, door, asked, written):
    on = desk(who)
    on.do(c.AddComment(text="Hello", audience=asked), who, door)
    on.do(c.Attach(name="a", size=1, digest="0", audience=asked), who, door)
    assert on.only(Comment).audience is written
    assert on.only(File).audience is written


@pytest.mark.parametrize(("door", "written"), [(NATIVE, INTERNAL), (IBM_DOOR, PUBLIC)])
def test_the_comment_that_comes_with_a_move_follows_the_door(door, written):
    on = desk(stage=c.Stage.RESOLVED)
    action = "unresolve" if door is IBM_DOOR else None
    on.do(c.SetStatus(action=action, comment="Again"), admin, door)
    assert on.only(Comment).audience is written


# ---- comments


def test_a_comment_needs_a_text():
    with pytest.raises(Invalid) as refused:
        desk().do(c.AddComment(text=""))
    assert refused.value.member == "text"


def test_a_comment_keeps_what_only_one_api_knows():
    on = desk()
    on.do(c.AddComment(text="Hello", extra={"peach": {"category": "generic"}}))
    assert on.only(Comment).extra == {"peach": {"category": "generic"}}


def commented(who=admin, **members):
    on = desk(who)
    on.do(c.AddComment(text="Hello", audience=PUBLIC, **members), who)
    return on, on.only(Comment).uid


def test_its_author_changes_text_and_audience():
    on, comment = commented()
    (event,) = on.do(c.EditComment(comment=comment, set={"text": "Better", "audience": INTERNAL}))
    assert event == Event(
        "comment_edited",
        {"text": "Better", "audience": INTERNAL},
        {"text": "Hello", "audience": PUBLIC},
        "comment",
        comment,
    )
    after = on.only(Comment)
    assert (after.text, after.audience, after.revision) == ("Better", INTERNAL, 1)
    assert (after.updated_at, after.updated_by) == (NOON + 2 * TICK, admin.user)


def test_the_same_text_changes_nothing():
    on, comment = commented()
    assert on.do(c.EditComment(comment=comment, set={"text": "Hello", "audience": PUBLIC})) == []


def test_nobody_edits_the_comment_of_another():
    on, comment = commented()
    with pytest.raises(Forbidden):
        on.do(c.EditComment(comment=comment, set={"text": "x"}), agent)


@pytest.mark.parametrize("name", ["created_by", "case_number", "deleted_at", "revision", "nonsense"])
def test_only_text_audience_and_extra_are_edited(name):
    on, comment = commented()
    with pytest.raises(Invalid) as refused:
        on.do(c.EditComment(comment=comment, set={name: 1}))
    assert refused.value.member == name


def test_a_comment_cannot_be_emptied():
    on, comment = commented()
    with pytest.raises(Invalid) as refused:
        on.do(c.EditComment(comment=comment, set={"text": ""}))
    assert refused.value.member == "text"


def test_a_customers_comment_stays_public_when_edited():
    on, comment = commented(customer)
    assert on.do(c.EditComment(comment=comment, set={"audience": INTERNAL}), customer) == []
    assert on.only(Comment).audience is PUBLIC


def test_editing_leaves_the_extras_of_other_apis_alone():
    on, comment = commented(extra={"peach": {"a": 1}, "webitel": {"b": 1}})
    on.do(c.EditComment(comment=comment, set={"extra": {"webitel": {"b": 2}}}))
    assert on.only(Comment).extra == {"peach": {"a": 1}, "webitel": {"b": 2}}


def test_removing_a_comment_keeps_its_row():
    on, comment = commented()
    assert kinds(on.do(c.RemoveComment(comment=comment))) == ["comment_removed"]
    removed = on.children[comment]
    assert (removed.deleted_at, removed.text, removed.revision) == (NOON + 2 * TICK, "Hello", 1)
    with pytest.raises(NotFound):
        on.do(c.RemoveComment(comment=comment))


# ---- files and links


def test_a_file_is_attached_and_detached():
    on = desk()
    on.do(c.Attach(name="a b.txt", size=3, digest="ff", content_type="text/plain", extra={"ibm": {"x": 1}}))
    file = on.only(File)
    assert (file.name, file.size, file.digest, file.content_type) == ("a b.txt", 3, "ff", "text/plain")
    assert file.extra == {"ibm": {"x": 1}}
    assert kinds(on.do(c.Detach(file=file.uid))) == ["detached"]
    assert on.of(File) == []


def test_a_link_is_added_and_removed_and_the_same_link_may_be_there_twice():
    on = desk()
    link = c.NewLink("Runbook", "https://x.example", {"ibm": {"crn": "c"}})
    on.do(c.AddLink(link=link))
    on.do(c.AddLink(link=link))
    first, second = on.of(Link)
    assert (first.name, first.url, first.extra) == ("Runbook", "https://x.example", {"ibm": {"crn": "c"}})
    assert kinds(on.do(c.RemoveLink(link=first.uid))) == ["unlinked"]
    assert on.of(Link) == [second]


# ---- relations


def test_relating_makes_the_case_the_primary_side():
    on = desk()
    (event,) = on.do(c.Relate(other=OTHER, type="blocks"))
    relation = on.only(Relation)
    assert (event.kind, relation.case_number, relation.other, relation.type) == ("related", CASE, OTHER, "blocks")


def test_what_is_related_so_already_is_not_related_again():
    on = desk()
    assert on.do(c.Relate(other=OTHER))
    assert on.do(c.Relate(other=OTHER)) == []
    assert on.do(c.Relate(other=OTHER, type="blocks"))


def test_a_case_is_not_related_to_itself():
    with pytest.raises(Invalid) as refused:
        desk().do(c.Relate(other=CASE))
    assert refused.value.member == "other"


def test_relating_to_a_case_that_is_not_there_is_refused():
    with pytest.raises(NotFound) as refused:
        desk().do(c.Relate(other=9999))
    assert refused.value.member == "other"


def test_a_relation_ends():
    on = desk()
    on.do(c.Relate(other=OTHER))
    assert kinds(on.do(c.Unrelate(relation=on.only(Relation).uid))) == ["unrelated"]
    assert on.of(Relation) == []
    assert on.do(c.Relate(other=OTHER))


# ---- associations


def test_an_association_is_made_once_and_ends():
    on = desk()
    assert kinds(on.do(c.Associate(object=601))) == ["associated"]
    assert on.do(c.Associate(object=601)) == []
    found = on.only(Association)
    assert (found.object, found.relation) == (601, "related")
    assert kinds(on.do(c.Dissociate(association=found.uid))) == ["dissociated"]
    assert on.do(c.Associate(object=601))


# ---- escalations


def test_escalating_records_it_and_shows_on_the_case():
    on = desk()
    events = on.do(c.Escalate(team=TEAM, user=5, note="Help", urgent=True))
    assert kinds(events) == ["escalated", "escalation_recorded"]
    case, record = on.case, on.only(Escalation)
    assert (case.escalated_at, case.escalated_team, case.escalated_user) == (NOON + TICK, TEAM, 5)
    assert case.escalation_urgent
    assert (record.team, record.user, record.note, record.urgent, record.ended_at) == (TEAM, 5, "Help", True, None)


def test_an_escalation_needs_a_target():
    with pytest.raises(Invalid) as refused:
        desk().do(c.Escalate(note="Help"))
    assert refused.value.member == "team"


def test_escalating_again_changes_the_active_one():
    on = desk()
    on.do(c.Escalate(team=TEAM, note="Help"))
    events = on.do(c.Escalate(user=5, note="Help", urgent=True))
    assert kinds(events) == ["escalated", "escalation_changed"]
    assert (events[1].set, events[1].was) == (
        {"team": None, "user": 5, "urgent": True},
        {"team": TEAM, "user": None, "urgent": False},
    )
    record = on.only(Escalation)
    assert (record.team, record.user, record.urgent, record.revision) == (None, 5, True, 1)
    assert (on.case.escalated_at, on.case.escalated_team, on.case.escalated_user) == (NOON + TICK, None, 5)


def test_another_note_alone_changes_the_record_only():
    on = desk()
    on.do(c.Escalate(team=TEAM, note="Help"))
    assert kinds(on.do(c.Escalate(team=TEAM, note="Help!"))) == ["escalation_changed"]


def test_escalating_as_before_changes_nothing():
    on = desk()
    on.do(c.Escalate(team=TEAM, note="Help"))
    assert on.do(c.Escalate(team=TEAM, note="Help")) == []


def test_deescalating_ends_the_active_one_and_keeps_its_history():
    on = desk()
    assert on.do(c.Deescalate()) == []
    on.do(c.Escalate(team=TEAM))
    assert kinds(on.do(c.Deescalate())) == ["deescalated", "escalation_ended"]
    assert (on.case.escalated_at, on.case.escalated_team, on.case.escalation_urgent) == (None, None, False)
    assert on.only(Escalation).ended_at == NOON + 3 * TICK
    assert on.do(c.Deescalate()) == []
    on.do(c.Escalate(user=5))
    assert len(on.of(Escalation)) == 2


@BOUNDED
@given(
    st.lists(
        st.builds(c.Escalate, team=st.sampled_from([None, 1, 2]), user=st.just(5), urgent=st.booleans())
        | st.builds(c.Deescalate),
        max_size=6,
    )
)
def test_at_most_one_escalation_is_active_and_the_case_mirrors_it(wishes):
    on = desk()
    for wish in wishes:
        on.do(wish)
        active = [e for e in on.of(Escalation) if e.ended_at is None]
        assert len(active) <= 1
        shown = (on.case.escalated_team, on.case.escalated_user, on.case.escalation_urgent)
        assert shown == ((active[0].team, active[0].user, active[0].urgent) if active else (None, None, False))
        assert (on.case.escalated_at is not None) == bool(active)


# ---- the fold of children


def test_an_event_of_the_case_is_none_of_a_child():
    envelope = Envelope(at=NOON, actor=1, via="native", version=2)
    for event in (Event("edited"), Event("commented", noun="comment"), Event("commented", child=uid(1))):
        with pytest.raises(ValueError, match="no event of a child"):
            apply_child(None, event, envelope, case=a_case(), number=1)


@pytest.mark.parametrize("kind", [Comment, File, Link, Relation, Association, Escalation])
def test_each_kind_is_made_and_changed_by_its_events_alone(kind):
    envelope = Envelope(at=NOON, actor=7, via="native", version=2)
    noun = kind.__name__.lower()
    made = apply_child(None, Event("made", {}, noun=noun, child=uid(1)), envelope, case=a_case(), number=3)
    assert made == kind(TENANT, 3, uid(1), CASE, NOON, 7)
    later = msgspec.structs.replace(envelope, at=NOON + TICK, actor=8)
    gone = apply_child(
        made, Event("gone", {"deleted_at": NOON}, noun=noun, child=uid(1)), later, case=a_case(), number=0
    )
    assert gone == msgspec.structs.replace(made, deleted_at=NOON, revision=1, updated_at=NOON + TICK, updated_by=8)


def test_hidden_and_missing_children_are_the_same():
    hidden = child(Comment, 501, audience=INTERNAL)
    assert isinstance(hidden, Child)
    case = a_case(created_by=customer.user)
    messages = []
    for found in (hidden, None):
        with pytest.raises(NotFound) as refused:
            decide(case, c.RemoveComment(comment=uid(501)), context(customer, child=found))
        messages.append(refused.value.message)
    assert messages[0] == messages[1]
