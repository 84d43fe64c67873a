"""Sending tables as files, and taking a file out of a request.

`table_response` is the one way by which a page or an API sends a table as Excel or CSV:

    if (wanted := wanted_format(request)) is not None:
        return table_response(request, Table(title=..., columns=..., rows=..., firm_level=True), name, wanted)

Firm-level tables leave a line in the trail before the first byte leaves.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO, StringIO
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header

from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.document.ports import WorkbookWriter
from gongmai.core.document.rules.text import clean_file_name, clean_text, quote_for_csv
from gongmai.core.document.types import DEFAULT_LIMITS, FileRefused, Format, Kind, Table, Value
from gongmai.core.ports import adapter

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK_ROWS = 500
_MEGABYTE = 1024 * 1024


def wanted_format(request: HttpRequest) -> Format | None:
    """The download asked for by ``?format=xlsx|csv``, or None for the page itself."""
    asked = request.GET.get("format", "")
    return Format(asked) if asked in set(Format) else None


def table_response(
    request: HttpRequest,
    table: Table | list[Table],
    name: str,
    format: Format | str,  # noqa: A002 - the word of the address
) -> HttpResponseBase:
    """Send a table (or, as Excel, several: a sheet for each) as a file called `name`, without suffix.

    The rows are read while the file leaves, so that the memory does not grow with them; a file whose making
    fails half-way ends without its directory, and no program takes it for whole. Raises ValueError for an
    unknown format. The caller has applied the reader's scope to the rows.
    """
    wanted = Format(format)
    tables = [table] if isinstance(table, Table) else table
    if any(one.firm_level for one in tables):
        _record_download(request, tables, name, wanted)
    if wanted is Format.CSV:
        pieces, kind = write_csv(tables[0]), "text/csv; charset=utf-8"
    else:
        writer: WorkbookWriter = adapter("workbook_writer")
        pieces, kind = writer.stream(tables), XLSX_TYPE
    response = StreamingHttpResponse(pieces, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=clean_file_name(name, f".{wanted.value}")
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def save_table(actor: Actor, table: Table, path: Path, wanted: Format) -> int:
    """Write a table to a file on disk, as the command line does; give the number of its rows.

    The file takes its name when it is whole.
    """
    counted = _Counted(table)
    writer: WorkbookWriter = adapter("workbook_writer")
    pieces = write_csv(counted.table) if wanted is Format.CSV else writer.stream([counted.table])
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("wb") as handle:
        for piece in pieces:
            handle.write(piece)
    unfinished.replace(path)
    if table.firm_level:
        with transaction.atomic():
            payload = {"titles": [table.title], "format": wanted.value, "rows": counted.rows}
            record(
                actor=actor,
                action="document.export",
                kind="export",
                object_id=path.name[:60],
                payload=payload,
            )
    return counted.rows


class _Counted:
    """A table that counts its rows while they are read."""

    def __init__(self, table: Table) -> None:
        self.rows = 0
        self.table = replace(table, rows=self._count(table.rows))

    def _count(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            self.rows += 1
            yield row


def send_workbook(data: bytes, name: str) -> FileResponse:
    """Send a drawn workbook as a file called `name`, without suffix. The caller writes the trail."""
    response = FileResponse(
        BytesIO(data),
        as_attachment=True,
        filename=clean_file_name(name, ".xlsx"),
        content_type=XLSX_TYPE,
    )
    response["Cache-Control"] = "private, no-store"
    return response


def write_csv(table: Table) -> Iterator[bytes]:
    """The table as CSV, UTF-8 with a byte order mark (so that Excel reads Chinese), in chunks of rows."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    kinds = [column.kind for column in table.columns]
    header: list[Any] = [_text_cell(" ".join((*column.groups, column.label))) for column in table.columns]
    body: Iterator[list[Any]] = (
        [_csv_cell(*pair) for pair in zip(values, kinds, strict=False)] for values in table.values()
    )
    buffer.write("\ufeff")
    for number, row in enumerate(chain(iter([header]), body)):
        writer.writerow(row)
        if number % _CHUNK_ROWS == _CHUNK_ROWS - 1:
            yield _take(buffer)
    yield _take(buffer)


def _take(buffer: StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _text_cell(text: str) -> str:
    return quote_for_csv(clean_text(text))


def _csv_cell(value: Value, kind: Kind) -> Any:
    """A number as a number, a date as ISO text, user text with the quote where it looks like a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        moment = timezone.localtime(value) if timezone.is_aware(value) else value
        return moment.isoformat(" ", "seconds" if kind is Kind.DATETIME else "minutes").split("+")[0]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _text_cell(value)
    return value


def _record_download(request: HttpRequest, tables: list[Table], name: str, wanted: Format) -> None:
    """One line: who took which firm-level table, with which filters."""
    with transaction.atomic():
        record(
            actor=request.actor,  # type: ignore[attr-defined]
            action="document.export",
            kind="export",
            object_id=name[:60],
            payload={
                "titles": [table.title for table in tables],
                "format": wanted.value,
                "address": request.path,
                "query": request.GET.urlencode()[:500],
            },
        )


def received_file(request: HttpRequest, field: str) -> "UploadedFile[Any]":
    """The uploaded file; FileRefused tells one that was stopped while it arrived from one never chosen."""
    upload = request.FILES.get(field)
    if isinstance(upload, UploadedFile):
        return upload
    if int(request.META.get("CONTENT_LENGTH") or 0) > DEFAULT_LIMITS.file_bytes:
        raise FileRefused("too_large", megabytes=DEFAULT_LIMITS.file_bytes // _MEGABYTE)
    raise FileRefused("no_file")
