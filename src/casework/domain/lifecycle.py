"""Moves between stages: what follows from each, and the profiles in which a door allows fewer of them (DOMAIN §2)."""

from datetime import datetime
from typing import Any

import msgspec

from casework.domain.case import ACTIVE, DONE, Case, Stage
from casework.domain.refusals import IllegalMove, Invalid


class Move(msgspec.Struct, frozen=True):
    """A named move: from which stages, to which.

    `needs` names members of the command that must be given, `reserved` a flag among the case's extras for this API:
    where it is set, the move is for staff only.
    """

    sources: frozenset[Stage]
    target: Stage
    needs: tuple[str, ...] = ()
    reserved: str | None = None


class Editing(msgspec.Struct, frozen=True):
    """What binds an edit of a whole case (`EditWhole`) at a door, beyond permissions and reach (spec/egain §5).

    `grants` asks for Pull on the present owner and Transfer on the next one, `licensed_owner` for an enabled owner
    with a license, `owner_department` for one who belongs to the case's department, `due_ahead` for due dates in the
    future. `most_relations` is how many relations a request may add and a case may have.
    """

    grants: bool = False
    licensed_owner: bool = False
    owner_department: bool = False
    due_ahead: bool = False
    most_relations: int | None = None


class Machine(msgspec.Struct, frozen=True):
    """States of an API's own over the stages, and the only ways between them (spec/peach §5).

    A case is in the state `states` has for its stage, or in `again` while it is active and its flag `reopened` is set.
    `targets` has the stage that entering a state writes, `moves` which states may follow which, and `needs` the member
    that a case must have to enter a state.
    """

    states: dict[Stage, str]
    targets: dict[str, Stage]
    moves: dict[str, frozenset[str]]
    again: str
    needs: dict[str, str] = {}

    def state(self, case: Case) -> str:
        """Return the state that a case is in."""
        return self.again if case.reopened and not case.stage.done else self.states[case.stage]


class Profile(msgspec.Struct, frozen=True):
    """A door's stricter legality, as data.

    `machine` replaces named moves by named states: the action of a command is the state to enter. `files` tells whether
    changes through this door file tasks for whoever reviews them (`decide/filing.py`), `fields` whether custom fields
    that it writes must fit the schemas of the case's type.

    `moves` is None where any stage may be set from any; elsewhere they are the only ways to move. `frozen` maps a
    permission to the stages in which what it allows is refused; a key "*" stands for every other permission. What
    `homebound` permissions allow is refused outside the home and foreign departments of a user who has a home,
    whatever the reach of the roles. `creators` are permissions that a case's creator has on it and otherwise
    administrators only; `authors` are the kinds of things on a case (keys of `CHILDREN`) that are changed and removed
    by who made them, or by who may moderate. A `served` door opens cases only about services that have an SLA, a status
    and a close reason group. `best_rating` is the most content that somebody can be.
    """

    name: str
    moves: dict[str, Move] | None = None
    frozen: dict[str, frozenset[Stage]] = {}
    homebound: frozenset[str] = frozenset()
    editing: Editing = Editing()
    creators: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()
    served: bool = False
    best_rating: int = 5
    machine: Machine | None = None
    files: bool = False
    fields: bool = False


_IBM_SHUT = frozenset({Stage.CLOSED, Stage.CANCELED})

CORE = Profile("core")
IBM = Profile(
    "ibm",  # spec/ibm §7.2
    moves={
        "resolve": Move(ACTIVE, Stage.RESOLVED, needs=("resolution",), reserved="agent_close_only"),
        "unresolve": Move(frozenset({Stage.RESOLVED, Stage.PROPOSED}), Stage.OPEN, needs=("comment",)),
        "accept": Move(frozenset({Stage.PROPOSED}), Stage.RESOLVED, reserved="agent_close_only"),
    },
    frozen={"case.comment": _IBM_SHUT, "case.attach": _IBM_SHUT, "case.link": _IBM_SHUT},
)
EGAIN = Profile(
    "egain",  # spec/egain §5
    frozen={"case.edit": DONE, "case.status": DONE},
    homebound=frozenset({"case.edit", "case.status"}),
    editing=Editing(grants=True, licensed_owner=True, owner_department=True, due_ahead=True, most_relations=75),
)
BOTTLECRM = Profile(
    "bottlecrm",  # spec/bottlecrm §3: any status from any; deleting is the creator's, a comment or file its author's
    creators=frozenset({"case.delete"}),
    authors=frozenset({"comment", "file"}),
)
WEBITEL = Profile("webitel", served=True, best_rating=32767)  # spec/webitel §4, §5.2; ratings have no bound there


_INITIATED, _PROCESSING, _COMPLETED = "initiated", "processing", "completed"
_CANCELED, _REOPENED = "canceled", "reopened"
PEACH = Profile(
    "peach",  # spec/peach §5: what is completed or canceled takes notes and views only until it is reopened
    frozen=dict.fromkeys(
        ("case.edit", "case.assign", "case.escalate", "case.snooze", "case.associate", "case.relate"), DONE
    ),
    machine=Machine(
        states={
            Stage.NEW: _INITIATED,
            **dict.fromkeys((Stage.OPEN, Stage.WAITING, Stage.PROPOSED), _PROCESSING),
            **dict.fromkeys((Stage.RESOLVED, Stage.CLOSED), _COMPLETED),
            Stage.CANCELED: _CANCELED,
        },
        targets={
            _INITIATED: Stage.NEW,
            _PROCESSING: Stage.OPEN,
            _COMPLETED: Stage.RESOLVED,
            _CANCELED: Stage.CANCELED,
            _REOPENED: Stage.OPEN,
        },
        moves={
            _INITIATED: frozenset({_PROCESSING, _CANCELED}),
            _PROCESSING: frozenset({_INITIATED, _COMPLETED, _CANCELED}),
            _COMPLETED: frozenset({_REOPENED}),
            _CANCELED: frozenset({_REOPENED}),
            _REOPENED: frozenset({_PROCESSING, _COMPLETED, _CANCELED}),
        },
        again=_REOPENED,
        needs={_COMPLETED: "outcome"},
    ),
    files=True,
    fields=True,
)


def check_move(profile: Profile, case: Case, action: str | None) -> Move | None:
    """Return the named move, or None where the profile leaves moves free.

    Raises:
        Invalid: The profile knows no such action, or only named actions.
        IllegalMove: The profile does not allow the action in the case's stage.
    """
    if profile.moves is None and action is None:
        return None
    moves = profile.moves or {}
    move = moves.get(action or "")
    if move is None:
        msg = f"Here, 'action' is one of: {', '.join(moves) or 'none'}."
        raise Invalid(msg, member="action")
    if case.stage not in move.sources:
        msg = f"The action '{action}' does not fit a case that is {case.stage.value}."
        raise IllegalMove(msg, stage=case.stage, action=action)
    return move


def check_enter(machine: Machine, case: Case, state: str, outcome: str | None) -> Stage | None:
    """Return the stage that entering a state writes; None when the case is in the state already.

    A stage that reads as the state stays: a case that waits is being processed (echo rule, DOMAIN §2).

    Args:
        machine: The states and moves.
        case: The case as it is.
        state: Where it is to go.
        outcome: The outcome that it will have.

    Raises:
        Invalid: There is no such state, or it needs an outcome.
        IllegalMove: The state does not follow the present one.
    """
    present = machine.state(case)
    if state == present:
        return None
    if state in machine.targets and state not in machine.moves[present]:
        msg = f"A case that is {present} cannot become {state}."
        raise IllegalMove(msg, member="status", stage=case.stage, action=state)
    check_state(machine, state, outcome)
    return case.stage if machine.states[case.stage] == state else machine.targets[state]


def check_state(machine: Machine, state: str, outcome: str | None) -> None:
    """Raise Invalid when there is no such state, or when it needs an outcome and there is none."""
    if state not in machine.targets:
        msg = f"The status is one of {', '.join(machine.targets)}."
        raise Invalid(msg, member="status")
    needed = machine.needs.get(state)
    if needed is not None and outcome is None:
        msg = f"A case needs an {needed} to be {state}."
        raise Invalid(msg, member=needed)


def check_frozen(profile: Profile, case: Case, permission: str) -> None:
    """Raise IllegalMove when the profile freezes this in the case's stage."""
    if case.stage in profile.frozen.get(permission, profile.frozen.get("*", frozenset())):
        msg = f"The case is {case.stage.value} and takes no more changes of this kind."
        raise IllegalMove(msg, stage=case.stage)


def consequences(case: Case, target: Stage, at: datetime) -> dict[str, Any]:
    """Return the members that a change of stage or status sets besides the two (DOMAIN §2).

    Reaching a done stage stamps `resolved_at` and `closed_on`, once; leaving it is a reopening, which clears them and
    the outcome, and keeps the last closing.
    """
    wanted: dict[str, Any] = {}
    if case.reacted_at is None and target is not Stage.NEW:
        wanted["reacted_at"] = at
    if target.done and not case.stage.done:
        wanted |= {"resolved_at": at, "closed_on": at, "last_closed_at": at, "reopened": False}
    elif case.stage.done and not target.done:
        wanted |= {
            "reopened": True, "reopened_at": at, "outcome": None, "resolved_at": None, "closed_on": None,
        }  # fmt: skip
    elif case.reopened:
        wanted["reopened"] = False
    if not target.done and case.resolved_at is not None:
        wanted["resolved_at"] = None
    return wanted
