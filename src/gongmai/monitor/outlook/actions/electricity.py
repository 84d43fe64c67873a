"""Taking daily electricity: all of a file or nothing, and a file taken twice changes nothing."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from django.db import transaction

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.document.actions import save_table
from gongmai.core.document.queries import read_file
from gongmai.core.document.types import FileRefused, Format, Limits, Sheet
from gongmai.core.period import clock
from gongmai.core.registry.queries import code_list, find_by_credit_codes
from gongmai.monitor.filing.actions.bulk import insert_rows, next_id, sync_sequence
from gongmai.monitor.outlook.models import ElectricityImport, ElectricityMonth
from gongmai.monitor.outlook.queries.electricity import reading_table
from gongmai.monitor.outlook.queries.nowcast_rules import document
from gongmai.monitor.outlook.rules.electricity import (
    Fault,
    Months,
    find_columns,
    overlay,
    pack,
    read_rows,
    unpack_stored,
)

IMPORT_ACTION = "electricity.import"
EXPORT_ACTION = "electricity.export"
_MEGABYTE = 1024 * 1024
# a month of 4,000 firms is 124,000 rows: a quarter fits
LIMITS = Limits(
    file_bytes=40 * _MEGABYTE,
    unpacked_bytes=400 * _MEGABYTE,
    rows=400_000,
    columns=40,
    cells=2_000_000,
    memory_bytes=2048 * _MEGABYTE,
    cpu_seconds=120,
    wall_seconds=180,
    answer_bytes=200 * _MEGABYTE,
)
_CODES = 900
LINES_ABOVE = 8


class ReadingsRefused(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """A file of readings with faults: nothing of it was written."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(len(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file: readings in it, months of customers added, changed and found the same."""

    kind: str
    readings: int
    added: int
    changed: int
    same: int


def import_readings(actor: Actor, path: Path) -> Taken:
    """Take a CSV or Excel file with a column for the customer, the day and the kWh.

    Raises NotAllowed, FileRefused (not readable), ReadingsRefused (rows that are wrong).
    """
    check_may(actor, IMPORT_ACTION)
    sheet = read_file(path, LIMITS).first_visible
    if sheet is None or not sheet.rows:
        raise FileRefused("empty")
    kind, places, line = _heading(sheet)
    body = sheet.rows[line + 1 :]
    codes = {str(row[places["code"]] or "").strip().upper() for row in body}
    known = _known(kind, codes)
    first = sheet.first_row + line + 2
    months, faults, count = read_rows(body, places, known, clock.today(), first)
    if not months and not faults:
        faults = [Fault(first, "no_rows")]
    if faults:
        raise ReadingsRefused(faults)
    months = {(known[code], month): days for (code, month), days in months.items()}
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return store_readings(actor, kind, months, count, name=path.name, digest=digest)


def store_readings(
    actor: Actor, kind: str, months: Months, readings: int, *, name: str, digest: str = ""
) -> Taken:
    """Lay months over what is kept, in one transaction with its audit line. Raises NotAllowed."""
    check_may(actor, IMPORT_ACTION)
    added = changed = 0
    with transaction.atomic():
        for month, group in groupby(sorted(months, key=lambda key: key[1]), key=lambda key: key[1]):
            codes = [code for code, _month in group]
            rows = ElectricityMonth.objects.filter(kind=kind, month=month)
            kept = {code: bytes(days) for code, days in rows.values_list("code", "days")}
            fresh: list[tuple[str, bytes]] = []
            stale: list[str] = []
            for code in codes:
                old = kept.get(code)
                new = months[code, month]
                days = pack(new if old is None else overlay(unpack_stored(old), new))
                if days != old:
                    fresh.append((code, days))
                    stale += [] if old is None else [code]
            _replace(kind, month, stale, fresh)
            added, changed = added + len(fresh) - len(stale), changed + len(stale)
        sync_sequence(ElectricityMonth)
        taken = Taken(kind, readings, added, changed, len(months) - added - changed)
        row = ElectricityImport.objects.create(
            at=clock.now(),
            name=name[:255],
            digest=digest,
            kind=kind,
            readings=readings,
            changed=added + changed,
        )
        record(
            actor=actor,
            action="electricity.import",
            kind="electricity",
            object_id=row.pk,
            payload={
                "file": name[:255],
                "digest": digest,
                "of": kind,
                "readings": readings,
                "added": added,
                "changed": changed,
            },
        )
    return taken


def _heading(sheet: Sheet) -> tuple[str, dict[str, int], int]:
    """What the rows are about, the columns, and the line of the heading: titles may stand above it."""
    missing = ""
    for line, row in enumerate(sheet.rows[:LINES_ABOVE]):
        try:
            kind, places = find_columns(row, document()["electricity_headings"])
        except ValueError as error:
            missing = missing or str(error)
            continue
        return kind, places, line
    raise ReadingsRefused([Fault(sheet.first_row + 1, "missing_column", missing)])


def _replace(kind: str, month: int, stale: list[str], fresh: list[tuple[str, bytes]]) -> None:
    """Put rows of a month in the place of those that they change."""
    for part in _parts(stale):
        ElectricityMonth.objects.filter(kind=kind, month=month, code__in=part).delete()
    first = next_id(ElectricityMonth)
    rows = [(first + number, kind, code, month, days) for number, (code, days) in enumerate(fresh)]
    insert_rows(ElectricityMonth, ("id", "kind", "code", "month", "days"), rows)


def export_readings(actor: Actor, kind: str, since: int, until: int, target: Path, wanted: Format) -> int:
    """Write the readings of these calendar months in the layout that the import takes; give the rows.

    The trail has a line for readings of firms. Raises NotAllowed.
    """
    check_may(actor, EXPORT_ACTION)
    return save_table(actor, reading_table(actor, kind, since, until), target, wanted)


def _known(kind: str, codes: set[str]) -> dict[str, str]:
    """The codes of a file that exist -> how they are kept."""
    if kind == "enterprise":
        found: dict[str, str] = {}
        for part in _parts(sorted(codes)):
            found.update({code: str(pk) for code, pk in find_by_credit_codes(part).items()})
        return found
    listed = code_list("industry") if kind == "industry" else code_list("unit")
    kept = {row.code.upper(): row.code for row in listed}
    if kind == "industry":
        kept = {code: kept[code] for code in kept if len(code) == 2 and code.isdigit()}  # noqa: PLR2004
    return {code: kept[code] for code in codes if code in kept}


def _parts(codes: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(codes), _CODES):
        yield codes[start : start + _CODES]
