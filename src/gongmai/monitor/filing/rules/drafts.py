"""A draft: the content so far, and what was typed but could not be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gongmai.core.period.types import Period
from gongmai.monitor.filing.rules.lines import names_of
from gongmai.monitor.filing.rules.parsing import MAX_TEXT, parse_value, plain_text
from gongmai.monitor.filing.types import (
    CellValue,
    Content,
    FilingError,
    Finding,
    Form,
    Part,
    Severity,
    Table,
)

MAX_LINES = 200
MAX_TYPED = 200
MAX_EXPLANATIONS = 500
MAX_KEY = 120


@dataclass(slots=True)
class Draft:
    """What stands in a return that is with its firm.

    `typed`: box -> unreadable text and why; `names`: table -> names of its lines, by which pages edit them;
    `prefilled`: head boxes filled in from last period that nobody has confirmed or changed yet.
    """

    content: Content = field(default_factory=Content)
    typed: dict[str, dict[str, str]] = field(default_factory=dict)
    revision: int = 0
    names: dict[str, list[str]] = field(default_factory=dict)
    prefilled: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the draft column."""
        return {
            "cells": self.content.cells,
            "lines": self.content.lines,
            "explanations": self.content.explanations,
            "typed": self.typed,
            "names": self.names,
            "prefilled": self.prefilled,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], revision: int) -> "Draft":
        """The reverse of `as_dict`."""
        content = Content(
            dict(data.get("cells", {})),
            {code: [dict(row) for row in rows] for code, rows in data.get("lines", {}).items()},
            dict(data.get("explanations", {})),
        )
        return cls(
            content,
            {key: dict(entry) for key, entry in data.get("typed", {}).items()},
            revision,
            {code: list(names) for code, names in data.get("names", {}).items()},
            list(data.get("prefilled", [])),
        )


def merge_cells(form: Form, period: Period, draft: Draft, cells: Mapping[str, Any]) -> None:
    """Put typed head cells into the draft; FilingError `unknown_cell` for a box that the form has not."""
    known = {cell.key: cell for cell in form.cells}
    for key, raw in cells.items():
        if key in form.computed_cells:
            continue
        if key not in known or not known[key].exists_in(period):
            if key in known and raw in (None, ""):
                continue
            raise FilingError("unknown_cell", cell=key, key=key)
        draft.typed.pop(key, None)
        if key in draft.prefilled:
            draft.prefilled.remove(key)
        try:
            value = parse_value(raw, known[key].column)
        except FilingError as problem:
            draft.typed[key] = {"text": plain_text(raw, MAX_TYPED), "code": problem.code}
            draft.content.cells.pop(key, None)
            continue
        _set(draft.content.cells, key, value)


def read_lines(
    form: Form, period: Period, draft: Draft, code: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Replace the lines of one table; empty rows are dropped, unreadable boxes kept as typed."""
    try:
        table = form.table(code)
    except KeyError:
        raise FilingError("unknown_table", table=code) from None
    if len(rows) > MAX_LINES:
        raise FilingError("too_many_lines", table=code, limit=MAX_LINES)
    for key in [key for key in draft.typed if key.startswith(f"{code}.")]:
        del draft.typed[key]
    kept: list[dict[str, CellValue]] = []
    for row in rows:
        line = _read_line(table, period, draft, len(kept), row)
        if line:
            kept.append(line)
    draft.content.lines[code] = kept
    draft.names[code] = names_of(kept, table.key, keep=False)


def _read_line(
    table: Table, period: Period, draft: Draft, number: int, row: Mapping[str, Any]
) -> dict[str, CellValue]:
    line: dict[str, CellValue] = {}
    known = {cell.key: cell for cell in table.cells}
    for key in row:
        if key != table.key and key not in known:
            raise FilingError("unknown_cell", cell=f"{table.code}.{number}.{key}", key=key)
    name = plain_text(row.get(table.key) or "")
    if name:
        line[table.key] = name[:20]
    for key, cell in known.items():
        if not cell.exists_in(period):
            continue
        try:
            _set(line, key, parse_value(row.get(key), cell.column))
        except FilingError as problem:
            draft.typed[f"{table.code}.{number}.{key}"] = {
                "text": plain_text(row.get(key), MAX_TYPED),
                "code": problem.code,
            }
            line.setdefault(table.key, name)
    return line


def explain(draft: Draft, explanations: Mapping[str, Any]) -> None:
    """Put explanations into the draft, by the key of the finding that each is about."""
    for key, text in explanations.items():
        draft.content.explanations[plain_text(key, MAX_KEY)] = plain_text(text, MAX_TEXT)
    if len(draft.content.explanations) > MAX_EXPLANATIONS:
        raise FilingError("too_many_explanations", limit=MAX_EXPLANATIONS)


def _set(target: dict[str, CellValue], key: str, value: CellValue) -> None:
    if value is None:
        target.pop(key, None)
    else:
        target[key] = value


def carried_cells(form: Form, period: Period, last: Mapping[str, CellValue]) -> dict[str, CellValue]:
    """What the item dictionary lets be carried over from last period's row: stocks and levels."""
    found = {
        cell.key: last.get(cell.key)
        for cell in form.cells
        if cell.column.carried and cell.part is Part.MONTH and cell.exists_in(period)
    }
    return {key: value for key, value in found.items() if value is not None}


def typed_findings(draft: Draft) -> list[Finding]:
    """A blocking finding for each box whose text could not be read, or that waits to be confirmed."""
    found = [
        Finding("not_confirmed", Severity.BLOCKING, key, draft.content.cells.get(key))
        for key in draft.prefilled
    ]
    for key, entry in draft.typed.items():
        parts = key.split(".")
        if len(parts) == 3:  # noqa: PLR2004 - table, line, cell
            where = (parts[2], entry["text"], parts[0], int(parts[1]), {"text": entry["text"]})
            found.append(Finding(entry["code"], Severity.BLOCKING, *where))
        else:
            found.append(
                Finding(entry["code"], Severity.BLOCKING, key, entry["text"], params={"text": entry["text"]})
            )
    return found


def line_findings(form: Form, content: Content, codes: Mapping[str, frozenset[str]]) -> list[Finding]:
    """Blocking findings on the keys of lines: missing, unknown or given twice."""
    found = []
    for table in form.tables:
        seen: set[str] = set()
        allowed = codes.get(table.key_list, frozenset())
        for number, line in enumerate(content.lines.get(table.code, [])):
            name = str(line.get(table.key) or "")
            rule = ""
            if not name:
                rule = "line_without_key"
            elif allowed and name not in allowed:
                rule = "unknown_code"
            elif name in seen:
                rule = "line_twice"
            seen.add(name)
            if rule:
                found.append(
                    Finding(
                        rule, Severity.BLOCKING, table.key, name or None, table.code, number, {"code": name}
                    )
                )
    return found
