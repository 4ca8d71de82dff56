"""What of a case can be compared with a value and sorted by, as SQL on `cases c`."""

from collections.abc import Mapping

from casework.domain.case import DONE

SHOWN_REQUESTER = (
    "coalesce(c.requester, case when not c.requester_cleared then coalesce(c.borrowers[1], c.contacts[1]) end)"
)
"""Whom reading shows as requester: if there never was one the first borrower, then the first contact (DOMAIN §3)."""
PREFIX = """coalesce((with recursive up as (
  select s.parent, nullif(s.prefix, '') as prefix, 1 as depth from services s
    where s.tenant_id = c.tenant_id and s.number = c.service
  union all select s.parent, nullif(s.prefix, ''), up.depth + 1 from up join services s
    on s.tenant_id = c.tenant_id and s.number = up.parent and up.prefix is null and up.depth < 10
) select prefix from up where prefix is not null limit 1), 'CASE')"""
"""Of the catalog that the case's service lies in (spec/webitel §5.1)."""


def _of(table: str, column: str, number: str) -> str:
    return f"(select x.{column} from {table} x where x.tenant_id = c.tenant_id and x.number = {number})"


_PERSON_NAME = "coalesce(nullif(x.name, ''), trim(x.first_name || ' ' || x.last_name))"
_PERSON_OF = "(select u.person from users u where u.tenant_id = c.tenant_id and u.number = {})"
_SET = _of("statuses", "status_set", "c.status")
_REFERENCES = {
    "created_by": ("c.created_by", "users"),
    "updated_by": ("c.updated_by", "users"),
    "author": (_PERSON_OF.format("c.created_by"), "persons"),
    "assignee": (_PERSON_OF.format("c.owner"), "persons"),
    "reporter": (SHOWN_REQUESTER, "persons"),
    "impacted": ("c.impacted", "persons"),
    "source": ("c.source", "sources"),
    "priority": ("c.priority", "priorities"),
    "status": (_SET, "status_sets"),
    "status_condition": ("c.status", "statuses"),
    "close_reason": ("c.close_reason", "close_reasons"),
    "close_reason_group": ("c.close_reason_group", "close_reason_groups"),
    "sla": ("c.sla", "slas"),
    "sla_condition": ("c.sla_condition", "sla_conditions"),
    "group": ("c.team", "teams"),
    "service": ("c.service", "services"),
}
_DONE = ", ".join(f"'{stage.value}'" for stage in sorted(DONE))


def _name(table: str, number: str) -> str:
    if table != "persons":
        return _of(table, "name", number)
    return f"(select {_PERSON_NAME} from persons x where x.tenant_id = c.tenant_id and x.number = {number})"


MEMBERS: Mapping[str, tuple[str, str]] = {
    "id": ("c.number", "bigint"),
    "ver": ("c.revision", "bigint"),
    "subject": ("c.subject", "text"),
    "description": ("c.description", "text"),
    "contact_info": ("c.contact_info", "text"),
    "close_result": ("nullif(c.close_note, '')", "text"),
    "rating_comment": ("nullif(c.rating_comment, '')", "text"),
    "rating": ("c.rating", "bigint"),
    "name": (f"({PREFIX} || '_' || c.number)", "text"),
    **{
        name: (f"c.{name}", "timestamptz")
        for name in (
            "created_at",
            "updated_at",
            "planned_reaction_at",
            "planned_resolve_at",
            "reacted_at",
            "resolved_at",
        )
    },
    **{f"{name}.id": (number, "bigint") for name, (number, _) in _REFERENCES.items()},
    **{f"{name}.name": (_name(table, number), "text") for name, (number, table) in _REFERENCES.items()},
    "priority.color": (_of("priorities", "color", "c.priority"), "text"),
    "source.type": (_of("sources", "type", "c.source"), "text"),
    "group.type": (_of("teams", "kind", "c.team"), "text"),
    "status_condition.initial": (_of("statuses", "initial", "c.status"), "boolean"),
    "status_condition.final": (f"(c.stage in ({_DONE}))", "boolean"),
}
"""Path of a member to its SQL and the type of its values."""
_STAMPED = {
    "id": ("p.number", "bigint"),
    "ver": ("p.revision", "bigint"),
    "created_at": ("p.created_at", "timestamptz"),
    "updated_at": ("coalesce(p.updated_at, p.created_at)", "timestamptz"),
    "created_by.id": ("p.created_by", "bigint"),
}
_HANGING: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "comment": {"text": ("p.text", "text")},
    "link": {"name": ("p.name", "text"), "url": ("p.url", "text")},
    "file": {"name": ("p.name", "text"), "mime": ("p.content_type", "text"), "size": ("p.size", "bigint")},
    "relation": {"relation_type": ("upper(p.type)", "text"), "related_case.id": ("p.other", "bigint")},
}
HANGING: Mapping[str, tuple[str, str]] = {
    f"{noun}/{member}": found for noun, own in _HANGING.items() for member, found in {**_STAMPED, **own}.items()
}
"""The same for things `p` that hang on a case: `comment/text`."""
