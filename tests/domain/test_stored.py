"""What lies in databases already is spelled the same for ever: stages, permissions, kinds of events, defaults."""

import inspect
import pkgutil
from importlib import import_module

import msgspec
import pytest

import casework.domain
from casework.domain.access import PERMISSIONS, Reach
from casework.domain.case import (
    CHILDREN,
    Association,
    Audience,
    Case,
    Comment,
    Escalation,
    File,
    Link,
    Relation,
    Stage,
    involved,
)
from casework.domain.commands import Command
from casework.domain.decide import decide
from casework.domain.doors import COMMAND_LINE, IBM_DOOR, WORLD
from casework.domain.events import OPENED, PERSONAL, REVISING
from domain.cast import SAMPLES, TEAM, a_case, admin, case_for, child, finding, uid

MODULES = [import_module(found.name) for found in pkgutil.walk_packages(casework.domain.__path__, "casework.domain.")]
STRUCTS = {
    kind
    for module in MODULES
    for kind in vars(module).values()
    if inspect.isclass(kind) and issubclass(kind, msgspec.Struct) and kind.__module__.startswith("casework.domain")
}


@pytest.mark.parametrize("kind", sorted(STRUCTS, key=lambda kind: kind.__qualname__), ids=lambda kind: kind.__name__)
def test_every_value_of_the_core_is_frozen(kind):
    assert kind.__struct_config__.frozen


def test_stages_audiences_and_reaches():
    assert list(Stage) == ["new", "open", "waiting", "proposed", "resolved", "closed", "canceled"]
    assert list(Audience) == ["public", "internal"]
    assert list(Reach) == ["tenant", "departments", "own", "granted"]


def test_permissions():
    assert sorted(PERMISSIONS) == [
        "case.assign", "case.associate", "case.attach", "case.comment", "case.create", "case.delete", "case.edit",
        "case.escalate", "case.export", "case.impersonate", "case.link", "case.list", "case.merge", "case.moderate",
        "case.rate", "case.read", "case.relate", "case.resolve", "case.share", "case.snooze", "case.status",
        "case.watch", "catalogue.edit", "people.edit", "tenant.edit",
    ]  # fmt: skip


@pytest.mark.parametrize("command", SAMPLES, ids=lambda command: type(command).__name__)
def test_every_command_needs_a_permission_that_exists(command: Command):
    assert command.permission in PERMISSIONS


KINDS = {
    "Forget": "forgotten",
    "Open": "opened",
    "Edit": "edited",
    "EditWhole": "edited",
    "Several": "edited",
    "SetStatus": "status_changed",
    "Assign": "assigned",
    "AddComment": "commented",
    "EditComment": "comment_edited",
    "RemoveComment": "comment_removed",
    "Attach": "attached",
    "Detach": "detached",
    "AddLink": "linked",
    "EditLink": "link_edited",
    "RemoveLink": "unlinked",
    "EditRelation": "relation_edited",
    "Relate": "related",
    "Unrelate": "unrelated",
    "Separate": "unrelated",
    "Associate": "associated",
    "Dissociate": "dissociated",
    "Watch": "watched",
    "Unwatch": "unwatched",
    "Escalate": "escalated",
    "Deescalate": "deescalated",
    "Snooze": "snoozed",
    "Wake": "woken",
    "Silence": "silenced",
    "Unsilence": "silenced",
    "Rate": "rated",
    "Grant": "shared",
    "Delete": "deleted",
    "Restore": "restored",
}
NOUNS = {
    "comment": {"AddComment", "EditComment", "RemoveComment"},
    "file": {"Attach", "Detach"},
    "link": {"AddLink", "EditLink", "RemoveLink"},
    "relation": {"Relate", "EditRelation", "Unrelate", "Separate"},
    "association": {"Associate", "Dissociate"},
}


@pytest.mark.parametrize("command", SAMPLES, ids=lambda command: type(command).__name__)
def test_kinds_of_events_and_what_they_are_about(command):
    name = type(command).__name__
    case = None if name == "Open" else case_for(command)
    events = decide(case, command, finding(command, admin))
    assert events[0].kind == KINDS[name]
    assert events[0].noun == next((noun for noun, names in NOUNS.items() if name in names), None)


def test_the_kinds_that_mean_something_to_the_fold():
    assert OPENED == "opened"
    assert {"edited", "status_changed", "assigned", "rated"} == REVISING


def test_what_is_personal_lies_where_it_can_be_erased():
    on_the_case = {"subject", "description", "solution", "contact_info", "close_note", "rating_comment"}
    assert on_the_case | {"text", "note", "name", "first_name", "last_name", "email", "private"} == PERSONAL
    assert on_the_case <= set(Case.__struct_fields__)


def test_the_nouns_of_what_hangs_on_a_case():
    assert {
        "comment": Comment, "file": File, "link": Link, "relation": Relation, "association": Association,
        "escalation": Escalation,
    } == CHILDREN  # fmt: skip


def test_what_hangs_on_a_case_starts_as_nothing():
    def own(kind):
        made = child(kind, 1)
        return {n: getattr(made, n) for n in kind.__struct_fields__ if n not in child(Link, 1).__struct_fields__[:10]}

    assert own(Comment) == {"text": "", "audience": "internal", "extra": {}}
    assert own(File) == {
        "name": "", "content_type": None, "size": 0, "digest": "", "audience": "internal", "extra": {},
    }  # fmt: skip
    assert own(Link) == {"name": "", "url": None, "extra": {}}
    assert own(Relation) == {"other": 0, "type": "relates_to", "forward": True, "backward": False, "extra": {}}
    assert own(Association) == {"object": 0, "relation": "related", "extra": {}}
    assert own(Escalation) == {"team": None, "user": None, "note": "", "urgent": False, "ended_at": None, "extra": {}}


def test_doors_by_name():
    assert [door.name for door in (COMMAND_LINE, WORLD, IBM_DOOR)] == ["cli", "world", "ibm"]
    assert [door.profile.name for door in (COMMAND_LINE, WORLD, IBM_DOOR)] == ["core", "core", "ibm"]


def test_the_rows_beside_a_case():
    acl = {"6": "rw", "7": "w", "8": "rr"}
    case = a_case(created_by=1, owner=2, assignees=(3,), team=TEAM, teams=(4,), watchers=(5, 1), acl=acl)
    assert involved(case) == {
        (1, "involved"), (2, "involved"), (3, "involved"), (TEAM, "involved"), (4, "involved"),
        (5, "watching"), (1, "watching"), (6, "granted"), (8, "granted"),
    }  # fmt: skip


def test_a_case_starts_as_nothing():
    case = Case(tenant_id=1, number=2, uid=uid(3))
    other = {"stage": Stage.NEW, "rank": 3, "tenant_id": 1, "number": 2, "uid": uid(3)}
    for name in Case.__struct_fields__:
        value = getattr(case, name)
        assert value == other[name] if name in other else not value, name
