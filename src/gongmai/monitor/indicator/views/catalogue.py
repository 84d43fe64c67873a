"""The catalogue: every indicator with its formula, dates, source and worked examples."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongmai.core.document.actions import wanted_format
from gongmai.monitor.indicator.messages import word_source
from gongmai.monitor.indicator.queries.catalogue import list_indicators
from gongmai.monitor.indicator.types import Indicator
from gongmai.monitor.indicator.views import downloads, frame, words
from gongmai.monitor.indicator.views.cells import Board, Cell, Column, Line
from gongmai.ui.templatetags.display import DASH


@require_GET
@frame.for_readers
def catalogue(request: HttpRequest) -> HttpResponseBase:
    """The list, searched by name or code."""
    selection = frame.select(request, extra={"q": None})
    sought = selection.get("q").casefold()
    entries = [_entry(indicator) for indicator in list_indicators()]
    found = [
        entry
        for entry in entries
        if sought in entry["code"]
        or sought in entry["label"].casefold()
        or sought in entry["words"].casefold()
    ]
    if (wanted := wanted_format(request)) is not None:
        name = _("Indicator catalogue")
        return downloads.send(request, [(name, _board(found))], name, selection, wanted)
    return frame.show(
        request, "indicator/catalogue.html", selection, {"entries": found, "q": selection.get("q")}
    )


def _entry(indicator: Indicator) -> dict[str, Any]:
    formula = indicator.formula
    views = [frame.view_label(view) for view in ("month", "cumulative") if view in indicator.views]
    return {
        "code": indicator.code,
        "label": words.word(indicator.label),
        "formula": formula.text,
        "words": words.word(indicator.about),
        "shape": words.shape_label(indicator.shape),
        "views": ", ".join(views),
        "valid": words.dates(formula.valid_from, formula.valid_to),
        "source": word_source(formula.source),
        "examples": [_example(example) for example in formula.examples],
    }


def _example(example: Mapping[str, Any]) -> dict[str, Any]:
    """A worked example as a small table of what is given and what must come out."""
    given = example.get("given", [])
    columns = list(dict.fromkeys(key for row in given for key in row))
    expect = example.get("expect")
    return {
        "name": example.get("name", ""),
        "columns": columns,
        "rows": [[_plain(row.get(key)) for key in columns] for row in given],
        "expect": ", ".join(f"{key}: {_plain(value)}" for key, value in expect.items())
        if isinstance(expect, Mapping)
        else _plain(expect),
    }


def _plain(value: Any) -> str:
    return DASH if value is None else str(value)


def _board(found: list[dict[str, Any]]) -> Board:
    fields = (
        ("code", _("Code")),
        ("label", _("Indicator")),
        ("formula", _("Formula")),
        ("words", _("In words")),
        ("shape", _("Printed as")),
        ("views", _("Views")),
        ("valid", _("In force")),
        ("source", _("Source")),
    )
    return Board(
        tuple(Column(key, label) for key, label in fields),
        tuple(Line(tuple(Cell(entry[key], entry[key]) for key, _label in fields)) for entry in found),
    )
