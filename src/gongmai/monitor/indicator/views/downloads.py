"""Sending the tables of a screen as Excel or CSV, as typed figures in the stored unit."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from gongmai.core.document import types as document
from gongmai.core.document.actions import table_response
from gongmai.monitor.indicator.forms import Selection
from gongmai.monitor.indicator.views import frame, published, words
from gongmai.monitor.indicator.views.cells import Board

_KINDS = {
    "text": document.Kind.TEXT,
    "yi": document.Kind.INTEGER,
    "wan": document.Kind.INTEGER,
    "change": document.Kind.INTEGER,
    "count": document.Kind.INTEGER,
    "decimal": document.Kind.DECIMAL,
    "growth": document.Kind.PERCENT,
    "share": document.Kind.PERCENT,
    "points": document.Kind.PERCENT,
}


def send(
    request: HttpRequest,
    boards: Iterable[tuple[str, Board]],
    name: str,
    selection: Selection,
    wanted: document.Format,
    *,
    firm_level: bool = False,
) -> HttpResponseBase:
    """Send boards as Excel (a sheet for each) or the first as CSV, with a line that says what they are."""
    stamp = published.stamp(selection.vintage)
    notes = [
        " · ".join(
            [
                words.item_label(selection.item),
                words.period_label(selection.period, frame.effective_view(selection)),
                frame.basis_label(selection.basis),
                _("vintage %(number)s of %(time)s") % stamp,
                *(
                    crumb["label"]
                    for crumb in frame.crumbs_of(frame.actor_of_request(request), selection, "")
                ),
            ]
        )
    ]
    tables = [
        document.Table(
            title=title,
            columns=[
                document.Column(
                    key=column.key,
                    label=column.export_label,
                    kind=_KINDS[column.kind],
                    groups=(column.head,) if column.head else (),
                )
                for column in board.columns
            ],
            rows=[
                [
                    _plain(column.kind, cell.raw)
                    for column, cell in zip(board.columns, line.cells, strict=True)
                ]
                for line in ([board.total] if board.total else []) + list(board.rows)
            ],
            notes=notes + list(board.notes),
            firm_level=firm_level,
        )
        for title, board in boards
    ]
    return table_response(request, tables, name, wanted)


def _plain(kind: str, raw: Any) -> Any:
    return round(raw) if isinstance(raw, int | float) and _KINDS[kind] is document.Kind.INTEGER else raw
