"""Bodies of requests, with the limits that bind writers, and shapes of answers (spec/bottlecrm openapi.yaml).

Unknown members are ignored. UNSET stands for an absent member, which keeps its value.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

Status = Literal["New", "In Progress", "On Hold", "Closed"]
Priority = Literal["Low", "Normal", "High", "Critical"]
CaseType = Literal["Technical", "Billing", "General", "Bug Report", "Feature Request"]
Name = Annotated[str, Meta(max_length=255, pattern=r"\S")]
Text = Annotated[str, Meta(max_length=10_000, pattern=r"\S")]
Email = Annotated[str, Meta(max_length=320, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]

LISTS = frozenset({"contacts", "assigned_to", "teams"})
NULLABLE = frozenset({"account", "case_type", "closed_on", "description"})
FILE_PARTS = frozenset({"attachment", "case_attachment"})
"""The file's name in a form: the documentation's and the code's (spec/bottlecrm §8.9)."""


class CasePatch(msgspec.Struct, frozen=True, kw_only=True):
    """`PUT` and `PATCH /api/cases/{pk}/`; `is_internal` is about the files that come with it."""

    name: Name | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    status: Status | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    case_type: CaseType | UnsetType | None = UNSET
    account: UUID | UnsetType | None = UNSET
    contacts: list[UUID] | UnsetType = UNSET
    assigned_to: list[UUID] | UnsetType = UNSET
    teams: list[UUID] | UnsetType = UNSET
    closed_on: str | UnsetType | None = UNSET
    is_internal: bool | UnsetType = UNSET


class CaseWrite(CasePatch, frozen=True, kw_only=True):
    """`POST /api/cases/`: only the name is required (spec/bottlecrm §1)."""

    name: Name


class CommentWrite(msgspec.Struct, frozen=True, kw_only=True):
    """`PUT` and `PATCH /api/cases/comment/{pk}/`."""

    comment: Text
    is_internal: bool | UnsetType = UNSET


class CommentAdd(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /api/cases/{pk}/`: text, files, or both."""

    comment: Text | UnsetType = UNSET
    is_internal: bool | UnsetType = UNSET


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /api/auth/login/`."""

    email: Email
    password: Annotated[str, Meta(min_length=1, max_length=4096)]
    org_id: UUID | None = None


class Refresh(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /api/auth/refresh-token/`."""

    refresh: Annotated[str, Meta(min_length=1)]


class Case(msgspec.Struct, frozen=True):
    """A case in lists and in answers to writers."""

    id: UUID
    name: str
    description: str | None
    status: str
    priority: str
    case_type: str | None
    account: UUID | None
    contacts: list[UUID]
    assigned_to: list[UUID]
    teams: list[UUID]
    created_on: str
    created_by: UUID | None
    closed_on: str | None
    org: UUID


class Comment(msgspec.Struct, frozen=True):
    """A comment; `commented_by` is a user (spec/bottlecrm §8.4)."""

    id: UUID | str
    comment: str
    case: UUID
    commented_on: str
    commented_by: UUID | None
    is_internal: bool


class Attachment(msgspec.Struct, frozen=True):
    """A file; `attachment` and `file_path` are the same reference, relative to the host."""

    id: UUID | str
    attachment: str
    case: UUID
    created_on: str
    created_by: UUID | None
    file_name: str
    file_path: str
    size: int


class Page(msgspec.Struct, frozen=True):
    """One page of a list."""

    count: int
    next: str | None
    previous: str | None
    results: list[Any]
