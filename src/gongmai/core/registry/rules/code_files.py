"""Regions, units, parks and further code lists of a city's folder."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from gongmai.core.registry.rules.cells import TableReader
from gongmai.core.registry.rules.industry import find_old_edition
from gongmai.core.registry.rules.unit import find_overlaps
from gongmai.core.registry.types import CodeEntry, Edition, Finding, Label, Row, Table
from gongmai.core.registry.types import Mapping as UnitMapping

CODE_COLUMNS = ("code", "label_zh")
SPAN = ("valid_from", "valid_to")
LEVELS = {"city": 6, "county": 6, "town": 9}
PARK_LEVELS = ("national", "provincial", "city")
OPEN_LISTS = ("product", "material", "energy", "tag", "industry")
CODE_LIMIT = 20

Codes = dict[str, list[CodeEntry]]


def index_codes(entries: Iterable[CodeEntry]) -> dict[str, Codes]:
    """The entries by list and code."""
    index: dict[str, Codes] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        index[entry.list][entry.code].append(entry)
    return index


def is_valid(codes: Codes, code: str, day: date) -> bool:
    """Whether a code of a list is in force on a day."""
    return any(entry.holds_on(day) for entry in codes.get(code, ()))


class CodeFiles:
    """Reads the files of codes; `start` is the first day of entries that state none."""

    def __init__(self, start: date, findings: list[Finding]) -> None:
        self.start = start
        self.findings = findings

    def regions(self, table: Table, city: str) -> list[CodeEntry]:
        """Counties into the list `region` (with the city itself), towns into the list `town`."""
        reader = TableReader(table, self.findings)
        if not reader.check_header((*CODE_COLUMNS, "parent", "level"), ("label_en", *SPAN)):
            return []
        entries = [self._region(reader, row) for row in table.rows]
        counties = {entry.code for entry in entries if entry.extra["level"] == "county"}
        for row, entry in zip(table.rows, entries, strict=True):
            level = entry.extra["level"]
            if level == "town" and entry.parent not in counties:
                reader.add(row, "parent", "parent_unknown", parents=f"{len(counties)} counties")
            if level == "county" and entry.parent != city:
                reader.add(row, "parent", "parent_unknown", parents=city)
        self._check_spans(reader, table.rows, entries)
        return entries

    def _region(self, reader: TableReader, row: Row) -> CodeEntry:
        level = row.cells["level"]
        if level not in LEVELS:
            reader.add(row, "level", "code_unknown", known=", ".join(LEVELS))
        elif len(row.cells["code"]) != LEVELS[level] or not row.cells["code"].isdecimal():
            reader.add(row, "code", "region_length", length=LEVELS[level])
        return self._entry(reader, row, "town" if level == "town" else "region", {"level": level})

    def units(self, table: Table) -> list[CodeEntry]:
        """Management units, in the order of the file."""
        reader = TableReader(table, self.findings)
        if not reader.check_header(CODE_COLUMNS, ("label_en", *SPAN)):
            return []
        entries = [self._entry(reader, row, "unit", {"order": order}) for order, row in enumerate(table.rows)]
        self._check_spans(reader, table.rows, entries)
        return entries

    def parks(self, table: Table, units: Mapping[str, object]) -> list[CodeEntry]:
        """Parks, each of a unit or of none."""
        reader = TableReader(table, self.findings)
        if not reader.check_header(CODE_COLUMNS, ("label_en", "unit", "level", *SPAN)):
            return []
        entries = []
        for row in table.rows:
            unit, level = row.cells.get("unit", ""), row.cells.get("level", "")
            if unit and unit not in units:
                reader.add(row, "unit", "code_unknown", known=", ".join(units))
            if level and level not in PARK_LEVELS:
                reader.add(row, "level", "code_unknown", known=", ".join(PARK_LEVELS))
            entries.append(self._entry(reader, row, "park", {"unit": unit, "level": level}))
        self._check_spans(reader, table.rows, entries)
        return entries

    def unit_towns(self, table: Table, codes: Mapping[str, Codes], start: int) -> list[UnitMapping]:
        """Which town or county belongs to which unit, by period; `start` for an empty valid_from."""
        reader = TableReader(table, self.findings)
        if not reader.check_header(("region", "town", "unit"), SPAN):
            return []
        rows = []
        for row in table.rows:
            for column, name in (("region", "region"), ("unit", "unit"), ("town", "town")):
                code = row.cells[column]
                if (code or column != "town") and code not in codes.get(name, {}):
                    reader.add(row, column, "code_unknown", known=f"{name}s.csv")
            first = reader.period(row, "valid_from", start) or start
            last = reader.period(row, "valid_to")
            if last is not None and last < first:
                reader.add(row, "valid_to", "span_reversed")
            rows.append(UnitMapping(row.cells["region"], row.cells["town"], row.cells["unit"], first, last))
        for position in find_overlaps(rows):
            reader.add(table.rows[position], "valid_from", "mapping_overlap")
        return rows

    def open_list(self, name: str, table: Table, edition: Edition) -> list[CodeEntry]:
        """More entries of a list; further columns are kept with the entry."""
        reader = TableReader(table, self.findings)
        if name not in OPEN_LISTS:
            known = ", ".join(OPEN_LISTS)
            self.findings.append(Finding(table.file, None, "", "list_unknown", name, {"known": known}))
            return []
        if not reader.check_header(CODE_COLUMNS, (), free=True):
            return []
        fixed = {*CODE_COLUMNS, "label_en", "parent", "source", *SPAN}
        entries = []
        for row in table.rows:
            extra: dict[str, object] = {k: v for k, v in row.cells.items() if k not in fixed and v}
            if name in ("product", "material", "energy"):
                reader.text(row, "unit", 20, required=True)
            if name == "energy":
                extra["coefficient"] = reader.number(row, "coefficient", 0, 1000)
            if name == "tag" and "industries" in extra:
                extra["industries"] = str(extra["industries"]).split("|")
            entries.append(self._entry(reader, row, name, extra))
        if name == "industry":
            self._check_edition(table, entries, edition)
        self._check_spans(reader, table.rows, entries)
        return entries

    def _check_edition(self, table: Table, entries: list[CodeEntry], edition: Edition) -> None:
        old = find_old_edition({entry.code: entry.label.zh for entry in entries}, edition)
        if old:
            detail = {"codes": ", ".join(old), "edition": edition.edition, "old": edition.superseded}
            self.findings.append(Finding(table.file, None, "code", "edition_2011", ", ".join(old), detail))

    def _entry(self, reader: TableReader, row: Row, name: str, extra: dict[str, object]) -> CodeEntry:
        last = reader.day(row, "valid_to")
        first = reader.day(row, "valid_from", self.start) or self.start
        if last is not None and last < first:
            reader.add(row, "valid_to", "span_reversed")
        return CodeEntry(
            list=name,
            code=reader.text(row, "code", CODE_LIMIT, required=True),
            label=Label(reader.text(row, "label_zh", 120, required=True), reader.text(row, "label_en")),
            valid_from=first,
            valid_to=last,
            parent=reader.text(row, "parent", CODE_LIMIT),
            source=reader.text(row, "source"),
            extra=extra,
        )

    def _check_spans(self, reader: TableReader, rows: tuple[Row, ...], entries: list[CodeEntry]) -> None:
        """A code says one thing at a time."""
        seen: dict[str, list[CodeEntry]] = defaultdict(list)
        for row, entry in zip(rows, entries, strict=True):
            ends = entry.valid_to or date.max
            if any(
                o.valid_from <= ends and entry.valid_from <= (o.valid_to or date.max)
                for o in seen[entry.code]
            ):
                reader.add(row, "code", "code_twice")
            seen[entry.code].append(entry)
