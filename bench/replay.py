"""Recordings, made runnable: each request fills the holes with values of its own."""

import os
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from bench.recording import Hole, Recording
from bench.texts import Texts
from casework.domain.ids import uuid7


class Values:
    """What one request fills the holes with."""

    __slots__ = ("case", "children", "now", "number", "texts", "uids", "version")

    def __init__(self, number: int, texts: dict[str, str], case: UUID | None = None) -> None:
        self.number = number
        self.case = case
        self.texts = texts
        self.now = datetime.now(UTC)
        self.version = 0
        self.children: list[int] = []
        self.uids: dict[int, UUID] = {}

    def uid(self, index: int) -> UUID:
        """Return an id of this request; the same one for the same index."""
        if index not in self.uids:
            self.uids[index] = uuid7(self.now, os.urandom(10))
        return self.uids[index]


def _filler(hole: Any) -> Callable[[Values], Any]:
    if not isinstance(hole, Hole):
        return lambda _: hole
    index, template = hole.index, hole.template
    fillers: dict[str, Callable[[Values], Any]] = {
        "number": lambda values: values.number,
        "case": lambda values: values.case,
        "numbers": lambda values: [values.number],
        "version": lambda values: values.version,
        "now": lambda values: values.now,
        "child": lambda values: values.children[index],
        "uid": lambda values: values.uid(index),
        "text": lambda values: template.format(number=values.number, **values.texts),
    }
    return fillers[hole.what]


class _Step(msgspec.Struct):
    method: str
    sql: str
    constant: list[Any] | None
    fillers: list[Callable[[Values], Any]]
    gives: str


class Replay:
    """Runs the statements of a recording."""

    def __init__(self, recording: Recording, targets: list[int], uids: Mapping[int, UUID]) -> None:
        self.answer = recording.answer
        self._uids = uids
        self._targets = targets
        self._steps = []
        for call in recording.calls:
            fixed = not any(isinstance(value, Hole) for value in call.args)
            fillers = [_filler(value) for value in call.args]
            self._steps.append(_Step(call.method, call.sql, call.args if fixed else None, fillers, call.gives))
        texts = Texts(11)
        self._texts = [
            {"subject": texts.subject(), "description": texts.description(), "comment": texts.comment()}
            for _ in range(200)
        ]

    async def run(self, connection: Any) -> None:
        """Carry out one request on a connection."""
        number = random.choice(self._targets)
        values = Values(number, random.choice(self._texts), self._uids.get(number))
        for step in self._steps:
            args = step.constant if step.constant is not None else [fill(values) for fill in step.fillers]
            result = await getattr(connection, step.method)(step.sql, *args)
            if step.gives == "number":
                values.number = result
            elif step.gives == "version":
                values.version = result[0]["version"] + 1
            elif step.gives == "child":
                values.children = [row[0] for row in result]
