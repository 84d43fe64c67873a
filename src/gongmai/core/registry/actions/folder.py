"""Reading a city's folder from disk: each file as a table of text, whatever its encoding and kind."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from gongmai.core.document.types import FileRefused, Limits
from gongmai.core.ports import adapter
from gongmai.core.registry.types import Finding, Row, Table

CITY = "city.yaml"
KINDS = (".csv", ".xlsx")
_LIMITS = Limits(
    rows=300_000, cells=6_000_000, answer_bytes=256 * 1024 * 1024, cpu_seconds=60, wall_seconds=90
)


def read_folder(folder: Path, names: Iterable[str]) -> tuple[Any, dict[str, Table], list[Finding]]:
    """city.yaml as parsed, the named tables and all of codes/ by name, and what could not be read."""
    findings: list[Finding] = []
    codes = sorted({f"codes/{path.stem}" for path in (folder / "codes").glob("*") if path.suffix in KINDS})
    tables = {
        name: table for name in (*names, *codes) if (table := read_named(folder, name, findings)) is not None
    }
    return _read_city(folder, findings), tables, findings


def read_named(folder: Path, name: str, findings: list[Finding]) -> Table | None:
    """The table of a name such as ``regions`` or ``codes/product``; None when it is not there."""
    paths = [path for kind in KINDS if (path := folder / f"{name}{kind}").is_file()]
    if len(paths) > 1:
        findings.append(Finding(f"{name}.xlsx", None, "", "file_twice", f"{name}.csv"))
    return read_table(paths[0], f"{name}{paths[0].suffix}", findings) if paths else None


def read_table(path: Path, file: str, findings: list[Finding]) -> Table | None:
    """A CSV file or the first sheet of a workbook; None (and a finding) when it cannot be read."""
    try:
        lines = _workbook_lines(path) if path.suffix == ".xlsx" else _csv_lines(path)
    except UnicodeDecodeError:
        findings.append(Finding(file, None, "", "file_encoding"))
        return None
    except (FileRefused, csv.Error) as error:
        findings.append(Finding(file, None, "", "file_unreadable", str(error)[:80]))
        return None
    if not lines:
        findings.append(Finding(file, 1, "", "file_empty"))
        return None
    header = tuple(lines[0][1])
    twice = sorted({name for name in header if header.count(name) > 1})
    findings += [Finding(file, 1, column, "header_twice", column) for column in twice]
    rows = []
    for number, values in lines[1:]:
        if len(values) > len(header):
            findings.append(Finding(file, number, "", "row_width", ",".join(values)[:80]))
        padded = [*values, *[""] * (len(header) - len(values))]
        rows.append(Row(number, dict(zip(header, padded, strict=False))))
    return Table(file, header, tuple(rows))


def _csv_lines(path: Path) -> list[tuple[int, list[str]]]:
    """Line number and stripped cells of each row that is not empty."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines = []
    for values in reader:
        stripped = [value.strip() for value in values]
        if any(stripped):
            lines.append((reader.line_num, stripped))
    return lines


def _workbook_lines(path: Path) -> list[tuple[int, list[str]]]:
    sheet = adapter("workbook_reader").read(path.read_bytes(), _LIMITS).first_visible
    if sheet is None:
        return []
    lines = []
    for position, values in enumerate(sheet.rows):
        stripped = [*[""] * sheet.first_column, *_texts(values)]
        while stripped and not stripped[-1]:
            stripped.pop()
        if stripped:
            lines.append((sheet.first_row + position + 1, stripped))
    return lines


def _texts(values: Sequence[object]) -> list[str]:
    """Cells as the same text that a CSV file would hold."""
    return [
        ""
        if value is None
        else value.date().isoformat()
        if isinstance(value, datetime)
        else value.isoformat()
        if isinstance(value, date)
        else str(value).strip()
        for value in values
    ]


def _read_city(folder: Path, findings: list[Finding]) -> Any:
    try:
        return yaml.safe_load((folder / CITY).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        findings.append(Finding(CITY, None, "", "file_missing"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        findings.append(Finding(CITY, None, "", "file_unreadable", " ".join(str(error).split())[:80]))
    return None
