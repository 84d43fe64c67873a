"""Finding the returns of a city folder: its files and the states of returns still open."""

import codecs
import csv
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from gongmai.core.document.messages import word_refusal
from gongmai.core.document.rules.csv_text import decode_text
from gongmai.core.document.types import FileRefused
from gongmai.core.period.types import Period
from gongmai.core.ports import adapter
from gongmai.core.review.types import State
from gongmai.monitor.filing.ports import FileFinding, SourceFile
from gongmai.monitor.filing.queries.firms import enterprise_model
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.rules.files import OpenReturn, names_twice, read_name
from gongmai.monitor.filing.types import FilingError

STATES = "states.csv"
_STATE_COLUMNS = {"credit_code", "form", "period", "state", "submitted_at", "reason", "explanation"}


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of `returns/`, and what is wrong with their names."""

    files: list[SourceFile] = field(default_factory=list)
    findings: list[FileFinding] = field(default_factory=list)


def list_sources(folder: Path) -> Sources:
    """Every file of `returns/` with the form, table and period that its name states."""
    found = Sources()
    place = folder / "returns"
    if not place.is_dir():
        return found
    paths = sorted(path for path in place.iterdir() if path.is_file() and not path.name.startswith("."))
    for stem in names_twice(path.name for path in paths):
        found.findings.append(FileFinding(f"returns/{stem}", None, "", "file_twice", stem))
    for path in paths:
        try:
            form, table, period = read_name(path.name, forms())
        except ValueError as problem:
            found.findings.append(FileFinding(f"returns/{path.name}", None, "", str(problem), path.name))
            continue
        try:
            found.files.append(source_of(path, f"returns/{path.name}", form, table, period))
        except FilingError as refused:
            found.findings.append(
                FileFinding(f"returns/{path.name}", None, "", refused.code, path.name, params=refused.params)
            )
    return found


def source_of(path: Path, name: str, form: str, table: str, period: Period) -> SourceFile:
    """A source for one file: a CSV is read in place, a workbook's first sheet becomes text columns.

    Raises FilingError `file_refused` for a file that is damaged, hostile or in no known encoding.
    """
    try:
        if path.suffix.lower() == ".xlsx":
            return SourceFile(name, form, table, period, columns=_sheet_columns(path))
        return SourceFile(name, form, table, period, path=str(_as_utf8(path)))
    except FileRefused as refusal:
        raise FilingError("file_refused", text=word_refusal(refusal)) from refusal


def _as_utf8(path: Path) -> Path:
    """The path itself, or a copy in UTF-8 where the file is in GB 18030."""
    data = path.read_bytes()
    try:
        codecs.decode(data, "utf-8")
    except UnicodeDecodeError:
        text = decode_text(data)
        copy = Path(tempfile.mkdtemp(prefix="gongmai-")) / path.name
        copy.write_text(text, encoding="utf-8")
        return copy
    return path


def _sheet_columns(path: Path) -> dict[str, list[str | None]]:
    rows: Sequence[Sequence[Any]] = adapter("workbook_reader").read_table(path.read_bytes())
    header = [str(value or "").strip() for value in rows[0]] if rows else []
    columns: dict[str, list[str | None]] = {name: [] for name in header if name}
    for row in rows[1:]:
        if all(value is None or value == "" for value in row):
            continue
        for name, value in zip(header, row, strict=False):
            if name:
                columns[name].append(_as_text(value))
    return columns


def _as_text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def read_states(folder: Path) -> tuple[dict[tuple[int, str, int], OpenReturn], list[FileFinding]]:
    """What states.csv says, by (enterprise id, form, period key), and what is wrong in it."""
    path = folder / STATES
    if not path.exists():
        return {}, []
    ids = dict(enterprise_model().objects.values_list("credit_code", "pk"))
    opened: dict[tuple[int, str, int], OpenReturn] = {}
    findings: list[FileFinding] = []
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        unknown = sorted(set(reader.fieldnames or ()) - _STATE_COLUMNS)
        findings += [FileFinding(STATES, 1, column, "unknown_column", column) for column in unknown]
        for number, row in enumerate(reader, 2):
            try:
                key, entry = _read_state(row, ids)
            except ValueError as problem:
                column, rule = problem.args
                findings.append(FileFinding(STATES, number, column, rule, row.get(column)))
            else:
                opened[key] = entry
    return opened, findings


def _read_state(row: dict[str, str], ids: dict[str, int]) -> tuple[tuple[int, str, int], OpenReturn]:
    firm = ids.get((row.get("credit_code") or "").strip().upper())
    if firm is None:
        raise ValueError("credit_code", "unknown_firm")
    if row.get("form") not in forms():
        raise ValueError("form", "unknown_form")
    try:
        period = Period.parse(row["period"])
    except ValueError:
        raise ValueError("period", "bad_period") from None
    try:
        state = State(row["state"])
    except ValueError:
        raise ValueError("state", "unknown_state") from None
    moment = row.get("submitted_at") or ""
    try:
        at = datetime.fromisoformat(moment) if moment else None
    except ValueError:
        raise ValueError("submitted_at", "bad_time") from None
    if at is not None and at.tzinfo is None:
        raise ValueError("submitted_at", "time_without_zone")
    reason = (row.get("reason") or "").strip()
    if state is State.RETURNED and not reason:
        raise ValueError("reason", "reason_missing")
    return (firm, row["form"], period.key), OpenReturn(
        state, at, reason, (row.get("explanation") or "").strip()
    )
