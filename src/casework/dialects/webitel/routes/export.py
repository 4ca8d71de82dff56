"""All cases of a search as a file: read page by page and written as they come (spec/webitel §5.8)."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import xlsxwriter
from litestar import get
from litestar.response import Stream

from casework.casebook.reading import Query
from casework.dialects.dialect import services
from casework.dialects.webitel import conventions, identity
from casework.dialects.webitel.cases import fields, showing
from casework.dialects.webitel.routes import requests
from casework.dialects.webitel.routes.cases import CASES, question
from casework.dialects.webitel.routes.requests import Ask
from casework.domain.access import Principal, require
from casework.domain.refusals import Invalid

DEFAULT = (
    "name", "subject", "priority", "status_condition", "source", "created_at", "service", "created_by", "group",
    "assignee", "reporter", "impacted", "sla", "sla_condition", "planned_reaction_at", "planned_resolve_at",
    "reacted_at", "resolved_at", "close_reason", "close_result", "rating", "description",
)  # fmt: skip
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
AT_ONCE = 500
"""Rows that are read at once."""
_TIMES = frozenset(field for field in fields.RENDERERS if field.endswith("_at"))


@get(CASES + "/export")
async def export(request: Ask) -> Stream:
    """`GET /cases/export?format=csv|xlsx&separator=`."""
    who = await identity.entered(request, "cases", "r")
    require(who, "case.export")
    asked = requests.asked(request)
    kind = asked.one("format").lower()
    if kind not in TYPES:
        msg = "'format' must be csv or xlsx."
        raise Invalid(msg, member="format")
    columns = tuple(name for name in conventions.fields(asked) if name in fields.RENDERERS and name != "role_ids")
    columns = columns or DEFAULT
    query = await question(request, who, None, offset=0, limit=AT_ONCE)
    first = await _rows(request, who, query, columns)
    rows = _pages(request, who, query, columns, first)
    written = _csv(columns, rows, asked.one("separator")) if kind == "csv" else _xlsx(columns, rows)
    name = f"cases_{services(request).casebook.clock():%Y-%m-%d_%H-%M-%S}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Stream(written, media_type=TYPES[kind], headers=headers)


async def _rows(request: Ask, who: Principal, query: Query, columns: tuple[str, ...]) -> list[list[str]]:
    casebook = services(request).casebook
    page = await casebook.read.page(who, query, fields.COLUMNS)
    shown = await showing.cases(casebook, who, page.rows, columns)
    return [[text(name, case.get(name)) for name in columns] for case in shown]


async def _pages(
    request: Ask, who: Principal, query: Query, columns: tuple[str, ...], rows: list[list[str]]
) -> AsyncIterator[list[str]]:
    offset = 0
    while rows:
        for row in rows:
            yield row
        offset += AT_ONCE
        if len(rows) < AT_ONCE:
            return
        rows = await _rows(request, who, msgspec.structs.replace(query, offset=offset), columns)


def text(name: str, value: Any) -> str:
    """Return a field as a cell shows it: names of what is referred to, times in UTC."""
    if value is None:
        return ""
    if name in _TIMES:
        return datetime.fromtimestamp(int(value) / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dict):
        found = value.get("name")
        return str(found) if found is not None else msgspec.json.encode(value).decode()
    return str(value)


async def _csv(columns: tuple[str, ...], rows: AsyncIterator[list[str]], separator: str) -> AsyncIterator[bytes]:
    """Yield the lines; with a separator of one's own nothing is quoted (spec/webitel §5.8)."""
    yield _line(list(columns), separator)
    async for row in rows:
        yield _line(row, separator)


def _line(cells: list[str], separator: str) -> bytes:
    if separator:
        return f"{separator.join(cells)}\n".encode(errors="replace")
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_plain(cell) for cell in cells])
    return out.getvalue().encode(errors="replace")


def _plain(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} and not cell[1:].replace(".", "").isdigit() else cell


async def _xlsx(columns: tuple[str, ...], rows: AsyncIterator[list[str]]) -> AsyncIterator[bytes]:
    """Yield a workbook, which is put together in a file of its own row by row."""
    with tempfile.TemporaryDirectory(prefix="casework-export-") as folder:
        path = Path(folder) / "cases.xlsx"
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False, "tmpdir": folder})
        sheet = book.add_worksheet("cases")
        write: Callable[..., Any] = sheet.write_string
        for column, name in enumerate(columns):
            write(0, column, name)
        number = 0
        async for row in rows:
            number += 1
            for column, cell in enumerate(row):
                write(number, column, cell[:32_767])
        await asyncio.to_thread(book.close)
        with path.open("rb") as file:
            while chunk := file.read(64 * 1024):
                yield chunk


HANDLERS = [export]
