"""The addresses of Webitel's cases and what hangs on them, and the permission that each needs."""

from __future__ import annotations

API = "/webitel/api"
CASES = API + "/cases"
CASE = CASES + "/{etag:str}"
FILE = API + "/storage/file/{uuid:str}"
READ, EDIT, SAY = "case.read", "case.edit", "case.comment"
SIGNED_IN = ""

CASE_ROUTES: dict[tuple[str, str], str | None] = {
    ("GET", CASES): READ,
    ("POST", CASES): "case.create",
    ("GET", API + "/contacts/{contact:str}/cases"): READ,
    ("GET", CASES + "/export"): "case.export",
    ("GET", CASE): READ,
    ("PUT", CASE): EDIT,
    ("PATCH", CASE): EDIT,
    ("DELETE", CASE): "case.delete",
    ("GET", CASE + "/comments"): READ,
    ("POST", CASE + "/comments"): SAY,
    ("GET", CASES + "/comments/{comment:str}"): READ,
    ("PUT", CASES + "/comments/{comment:str}"): SAY,
    ("PATCH", CASES + "/comments/{comment:str}"): SAY,
    ("DELETE", CASES + "/comments/{comment:str}"): "case.delete",
    ("GET", CASE + "/links"): READ,
    ("POST", CASE + "/links"): EDIT,
    ("GET", CASE + "/links/{link:str}"): READ,
    ("PUT", CASE + "/links/{link:str}"): EDIT,
    ("PATCH", CASE + "/links/{link:str}"): EDIT,
    ("DELETE", CASE + "/links/{link:str}"): EDIT,
    ("GET", CASE + "/related"): READ,
    ("POST", CASE + "/related"): EDIT,
    ("GET", CASE + "/related/{relation:str}"): READ,
    ("PUT", CASE + "/related/{relation:str}"): EDIT,
    ("PATCH", CASE + "/related/{relation:str}"): EDIT,
    ("DELETE", CASE + "/related/{relation:str}"): EDIT,
    ("GET", CASE + "/communication"): READ,
    ("POST", CASE + "/communication"): EDIT,
    ("DELETE", CASE + "/communication/{communication:str}"): EDIT,
    ("PUT", API + "/communications/{kind:str}/{ident:str}"): EDIT,
    ("GET", CASE + "/timeline"): READ,
    ("GET", CASE + "/timeline/counter"): READ,
    ("GET", CASE + "/files"): READ,
    ("DELETE", CASE + "/files/{file:str}"): EDIT,
    ("POST", FILE + "/upload"): EDIT,
    ("GET", FILE + "/download"): READ,
    ("GET", API + "/logger/{object:str}/record/{record:str}/logs"): READ,
    ("GET", API + "/search"): READ,
    ("GET", API + "/userinfo"): SIGNED_IN,
}
BODIES: dict[str, object] = {
    "/comments": {"text": "x"},
    "/links": {"url": "https://x.example"},
    "/related": {"related_case": {"id": "1"}, "relation_type": "BLOCKS"},
    "/communication": {"communication_type": {"id": "1"}, "communication_id": "x"},
}
"""Bodies by the end of the path, for addresses of this API."""
