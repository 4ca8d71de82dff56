"""The addresses of Webitel's lookups and the permission that each needs."""

from __future__ import annotations

API = "/webitel/api"
READ, EDIT, PEOPLE, TENANT = "case.read", "catalogue.edit", "people.edit", "tenant.edit"

_SETS = {
    **dict.fromkeys(
        (
            "/cases/sources",
            "/cases/priorities",
            "/cases/statuses",
            "/statuses/{status_id:str}/status",
            "/cases/close_reason_groups",
            "/close_reason_groups/{close_reason_group_id:str}/close_reasons",
            "/cases/slas",
            "/cases/catalogs",
            "/cases/services",
        ),
        EDIT,
    ),
    "/contacts/groups": PEOPLE,
    "/contacts/groups/{group_id:str}/conditions": PEOPLE,
}
"""Lists whose rows lie at `/{id}` below them, and the permission that changes them."""


def _rows() -> dict[tuple[str, str], str | None]:
    found: dict[tuple[str, str], str | None] = {}
    for path, permission in _SETS.items():
        one = path + "/{id:str}"
        found |= {("GET", API + path): READ, ("POST", API + path): permission, ("GET", API + one): READ}
        found |= {(method, API + one): permission for method in ("PUT", "PATCH", "DELETE")}
    return found


LOOKUPS: dict[tuple[str, str], str | None] = {
    **_rows(),
    ("GET", API + "/slas/{sla_id:str}/sla_conditions"): READ,
    ("POST", API + "/slas/{sla_id:str}/sla_condition"): EDIT,
    ("GET", API + "/slas/{sla_id:str}/sla_condition/{id:str}"): READ,
    ("PUT", API + "/slas/{sla_id:str}/sla_condition/{id:str}"): EDIT,
    ("PATCH", API + "/slas/{sla_id:str}/sla_condition/{id:str}"): EDIT,
    ("DELETE", API + "/slas/{sla_id:str}/sla_condition/{id:str}"): EDIT,
    ("GET", API + "/calendars"): READ,
    ("POST", API + "/calendars"): EDIT,
    ("GET", API + "/calendars/timezones"): READ,
    ("GET", API + "/calendars/{id:str}"): READ,
    ("PUT", API + "/calendars/{id:str}"): EDIT,
    ("DELETE", API + "/calendars/{id:str}"): EDIT,
    ("GET", API + "/contacts"): READ,
    ("POST", API + "/contacts"): PEOPLE,
    ("GET", API + "/contacts/{etag:str}"): READ,
    ("PUT", API + "/contacts/{etag:str}"): PEOPLE,
    ("PATCH", API + "/contacts/{etag:str}"): PEOPLE,
    ("DELETE", API + "/contacts/{etag:str}"): PEOPLE,
    ("GET", API + "/contacts/groups/dynamic"): READ,
    ("POST", API + "/contacts/groups/dynamic"): PEOPLE,
    ("GET", API + "/contacts/groups/{id:str}/dynamic"): READ,
    ("PUT", API + "/contacts/groups/{id:str}/dynamic"): PEOPLE,
    ("PATCH", API + "/contacts/groups/{id:str}/dynamic"): PEOPLE,
    ("DELETE", API + "/contacts/groups/{id:str}/dynamic"): PEOPLE,
    ("GET", API + "/contacts/groups/conditions/{id:str}"): READ,
    ("PUT", API + "/contacts/groups/conditions/{id:str}"): PEOPLE,
    ("PATCH", API + "/contacts/groups/conditions/{id:str}"): PEOPLE,
    ("DELETE", API + "/contacts/groups/conditions/{id:str}"): PEOPLE,
    ("GET", API + "/roles"): READ,
    ("GET", API + "/cases/{etag:str}/acl"): READ,
    ("PATCH", API + "/cases/{etag:str}/acl"): "case.share",
    ("GET", API + "/{object:str}/{etag:str}/acl"): READ,
    ("PATCH", API + "/{object:str}/{etag:str}/acl"): "case.share",
    ("GET", API + "/acl/{object:str}/{object_id:str}"): READ,
    ("PATCH", API + "/acl/{object:str}/{object_id:str}/grantor/{grantor:str}"): TENANT,
    ("GET", API + "/types/extensions"): READ,
    ("GET", API + "/types/extensions/{repository:str}"): READ,
    ("POST", API + "/types/extensions/{repository:str}"): EDIT,
    ("PUT", API + "/types/extensions/{repository:str}"): EDIT,
    ("PATCH", API + "/types/extensions/{repository:str}"): EDIT,
    ("DELETE", API + "/types/extensions/{repository:str}"): EDIT,
    ("GET", API + "/call_center/communication_type"): READ,
}
