"""What hangs on cases, as answers show it: comments, links, files and relations (spec/webitel §6-8, §11)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from casework.dialects.webitel import etag
from casework.dialects.webitel.cases import fields
from casework.dialects.webitel.cases.frame import Frame
from casework.dialects.webitel.conventions import int64, milliseconds, seconds
from casework.domain.case import Child, Comment, File, Link, Relation

TYPES = (
    "DUPLICATES", "IS_DUPLICATED_BY", "BLOCKS", "IS_BLOCKED_BY", "CAUSES", "IS_CAUSED_BY", "IS_CHILD_OF",
    "IS_PARENT_OF", "RELATES_TO",
)  # fmt: skip
"""Types of relations, from 1 on; the core has them in lower case."""
Render = Callable[[Frame, Any], Any]


def _stamped(kind: str, at: Callable[[Any], str | None]) -> dict[str, Render]:
    """Return the fields that comments, links and relations share."""
    return {
        "id": lambda _frame, child: str(child.number),
        "etag": lambda _frame, child: etag.encode(kind, child.number, child.revision),
        "ver": lambda _frame, child: child.revision,
        "created_by": lambda frame, child: frame.user(child.created_by),
        "created_at": lambda _frame, child: at(child.created_at),
        "updated_by": lambda frame, child: frame.user(child.updated_by or child.created_by),
        "updated_at": lambda _frame, child: at(child.updated_at or child.created_at),
    }


def _edited(_frame: Frame, comment: Comment) -> bool:
    return comment.updated_at is not None and comment.updated_at > comment.created_at


def _side(which: str) -> Render:
    def side(frame: Frame, relation: Relation) -> Any:
        row = frame.others.get(relation.case_number if which == "primary_case" else relation.other)
        if row is None:
            return None
        priority = frame.words.priorities.get(row["priority"])
        return {
            "id": str(row["number"]),
            "etag": etag.encode("case", row["number"], row["revision"]),
            "name": fields.name(frame.words, row),
            "subject": fields.title(frame.words, row),
            "color": priority.color if priority else None,
        }

    return side


def _creator(frame: Frame, file: File) -> dict[str, Any] | None:
    found = frame.user(file.created_by)
    return {**found, "type": "user"} if found else None


COMMENT: Mapping[str, Render] = {
    **_stamped("comment", seconds),
    "text": lambda _frame, comment: comment.text,
    "edited": _edited,
    "can_edit": lambda frame, comment: comment.created_by == frame.who.user,
    "author": lambda frame, comment: frame.contact_of(comment.created_by),
}
LINK: Mapping[str, Render] = {
    **_stamped("link", milliseconds),
    "author": lambda frame, link: frame.contact_of(link.created_by),
    "name": lambda _frame, link: link.name,
    "url": lambda _frame, link: link.url,
}
FILE: Mapping[str, Render] = {
    "id": lambda _frame, file: str(file.number),
    "size": lambda _frame, file: int64(file.size),
    "mime": lambda _frame, file: file.content_type or "application/octet-stream",
    "name": lambda _frame, file: file.name,
    "created_at": lambda _frame, file: milliseconds(file.created_at),
    "created_by": _creator,
    "source": lambda _frame, _file: "direct",
    "url": lambda _frame, file: f"/storage/file/{file.number}/download",
}
RELATION: Mapping[str, Render] = {
    **_stamped("relation", milliseconds),
    "relation": lambda _frame, relation: relation.type.upper(),
    "related_case": _side("related_case"),
    "primary_case": _side("primary_case"),
}
SHAPES: Mapping[type[Child], tuple[Mapping[str, Render], tuple[str, ...]]] = {
    Comment: (
        COMMENT,
        ("etag", "created_at", "created_by", "updated_at", "updated_by", "text", "edited", "can_edit", "author"),
    ),
    Link: (LINK, ("etag", "created_by", "created_at", "author", "name", "url")),
    File: (FILE, ("id", "size", "mime", "name", "created_at", "created_by", "source")),
    Relation: (RELATION, tuple(name for name in RELATION if name != "ver")),
}
"""Kind to its fields and those that an answer has by default."""
NESTED_COMMENT = ("etag", "text", "created_by", "author", "created_at", "can_edit")
_WIRE = {"relation": "relation_type"}


def chosen(kind: type[Child], wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the fields of an answer: the named ones that exist; an id where there is no etag (spec/webitel §3)."""
    known, default = SHAPES[kind]
    names = list(wanted)
    if not names:
        return default
    found = [name for name in names if name in known]
    if "etag" not in found and "id" not in found:
        found.append("id")
    return tuple(found)


def shown(frame: Frame, child: Child, names: Iterable[str]) -> dict[str, Any]:
    """Return a comment, link, file or relation with these fields."""
    known, _ = SHAPES[type(child)]
    return {_WIRE.get(name, name): known[name](frame, child) for name in names}
