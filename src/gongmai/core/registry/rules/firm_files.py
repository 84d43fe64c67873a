"""Enterprises, their dated attributes and the roster of a city's folder."""

from collections import defaultdict

from gongmai.core.period.types import Period
from gongmai.core.registry.rules.cells import TableReader, last_day
from gongmai.core.registry.rules.code_files import Codes, is_valid
from gongmai.core.registry.rules.credit import check_credit_code, normalise_credit_code
from gongmai.core.registry.rules.industry import check_industry_code, is_within
from gongmai.core.registry.rules.roster import check_stays
from gongmai.core.registry.rules.size import compute_size_class
from gongmai.core.registry.rules.unit import Index, split_by_unit
from gongmai.core.registry.types import CityFile, Finding, Firm, Place, Reference, Row, Stay, Table

IDENTITY = ("registered_on", "address", "contact", "contact_phone")
PLACE = ("region", "town", "park", "industry", "workers", "revenue", "size", "tags")
SIZES = ("L", "M", "S", "XS")


class FirmFiles:
    """Reads the files of firms against the lists, the unit mapping and the reference data."""

    def __init__(
        self,
        city: CityFile,
        codes: dict[str, Codes],
        units: Index,
        reference: Reference,
        findings: list[Finding],
    ) -> None:
        self.city = city
        self.codes = codes
        self.units = units
        self.reference = reference
        self.findings = findings
        self.rows: dict[str, tuple[TableReader, Row]] = {}
        self.classes = {
            code
            for code, entries in codes["industry"].items()
            if any(entry.extra.get("level", "class") == "class" for entry in entries)
        }
        self.derived = [
            (code, tuple(entry.extra["industries"]), entry)
            for code, entries in codes["tag"].items()
            for entry in entries
            if entry.extra.get("industries")
        ]

    def firms(self, table: Table) -> tuple[dict[str, Firm], dict[str, tuple[TableReader, Row]]]:
        """The firms by credit code, and for those that state attributes in this file their row."""
        reader = TableReader(table, self.findings)
        firms: dict[str, Firm] = {}
        stated: dict[str, tuple[TableReader, Row]] = {}
        if not reader.check_header(("credit_code", "name"), (*IDENTITY, *PLACE)):
            return firms, stated
        for row in table.rows:
            code = normalise_credit_code(row.cells["credit_code"])
            for rule in check_credit_code(code):
                reader.add(row, "credit_code", rule)
            if code in firms:
                reader.add(row, "credit_code", "firm_twice")
            firms[code] = Firm(
                credit_code=code,
                name=reader.text(row, "name", 120, required=True),
                registered_on=reader.day(row, "registered_on"),
                address=reader.text(row, "address"),
                contact=reader.text(row, "contact", 60),
                contact_phone=reader.text(row, "contact_phone", 30),
            )
            self.rows[code] = reader, row
            if any(row.cells.get(column) for column in PLACE):
                stated[code] = reader, row
        return firms, stated

    def profiles(
        self, table: Table | None, firms: dict[str, Firm], stated: dict[str, tuple[TableReader, Row]]
    ) -> None:
        """Give each firm its spans, from profiles or from its own row of enterprises."""
        dated = self._dated(table, firms)
        start = self.city.history_from.key
        for code, firm in firms.items():
            rows = dated.get(code, [])
            if rows and code in stated:
                reader, row = stated[code]
                reader.add(row, "industry", "profile_in_both")
            elif code in stated:
                rows = [(start, *stated[code])]
            if not rows and code not in dated:
                reader, row = self.rows[code]
                reader.add(row, "region", "profile_missing")
                continue
            ends = [Period.from_key(later[0]).previous().key for later in rows[1:]]
            for (first, reader, row), last in zip(rows, [*ends, None], strict=False):
                self._span(firm, reader, row, first, last)

    def _dated(
        self, table: Table | None, firms: dict[str, Firm]
    ) -> dict[str, list[tuple[int, TableReader, Row]]]:
        dated: dict[str, list[tuple[int, TableReader, Row]]] = defaultdict(list)
        if table is None:
            return dated
        reader = TableReader(table, self.findings)
        needed = ("credit_code", "valid_from", "region", "industry")
        if not reader.check_header(needed, PLACE):
            return dated
        for row in table.rows:
            code = normalise_credit_code(row.cells["credit_code"])
            first = reader.period(row, "valid_from", required=True)
            if code not in firms:
                reader.add(row, "credit_code", "firm_unknown")
            elif first is not None:
                if any(first == other for other, *_ in dated[code]):
                    reader.add(row, "valid_from", "profile_twice")
                else:
                    dated[code].append((first, reader, row))
        for rows in dated.values():
            rows.sort(key=lambda entry: entry[0])
        return dated

    def _span(self, firm: Firm, reader: TableReader, row: Row, first: int, last: int | None) -> None:
        before = len(self.findings)
        place = self._place(reader, row, first, last)
        if len(self.findings) > before:
            return
        spans, gap = split_by_unit(self.units, place, first, last)
        if gap is not None:
            reader.add(
                row, "town" if place.town else "region", "unit_missing", period=str(Period.from_key(gap))
            )
        firm.profiles += spans

    def _place(self, reader: TableReader, row: Row, first: int, last: int | None) -> Place:
        ends = {first, last or max(first, self.city.current_period.key)}
        for column, required in (("region", True), ("town", False), ("park", False)):
            code = reader.text(row, column, 20, required=required)
            if code and not all(is_valid(self.codes[column], code, last_day(end)) for end in ends):
                known = code in self.codes[column]
                reader.add(row, column, "code_not_valid" if known else "code_unknown", known=f"{column}s")
        region, town = row.cells.get("region", ""), row.cells.get("town", "")
        if town in self.codes["town"] and all(e.parent != region for e in self.codes["town"][town]):
            reader.add(row, "town", "town_outside_region", region=region)
        industry = row.cells.get("industry", "")
        for rule in check_industry_code(industry, self.classes, self.reference.edition):
            reader.add(row, "industry", rule, edition=self.reference.edition.edition)
        workers, revenue = reader.integer(row, "workers"), reader.integer(row, "revenue")
        size = self._size(reader, row, workers, revenue, first)
        tags = self._tags(reader, row, industry, first)
        return Place(region, town, row.cells.get("park", ""), industry, workers, revenue, size, tags)

    def _size(
        self, reader: TableReader, row: Row, workers: int | None, revenue: int | None, first: int
    ) -> str:
        size = row.cells.get("size", "")
        if size and size not in SIZES:
            reader.add(row, "size", "code_unknown", known=", ".join(SIZES))
        if (workers is None) != (revenue is None):
            reader.add(row, "workers" if workers is None else "revenue", "size_half")
        if workers is None or revenue is None:
            return size
        computed = compute_size_class(workers, revenue, last_day(first), self.reference.floors)
        if size and size != computed:
            reader.add(row, "size", "size_contradicts", computed=computed)
        return computed

    def _tags(self, reader: TableReader, row: Row, industry: str, first: int) -> tuple[str, ...]:
        stated = [tag for tag in row.cells.get("tags", "").split("|") if tag]
        follows = {code for code, _, _ in self.derived}
        for tag in stated:
            if tag not in self.codes["tag"]:
                reader.add(row, "tags", "code_unknown", known=", ".join(self.codes["tag"]))
            elif tag in follows:
                reader.add(row, "tags", "tag_derived", tag=tag)
        day = last_day(first)
        added = [
            code
            for code, industries, entry in self.derived
            if entry.holds_on(day) and is_within(industry, industries)
        ]
        return tuple(sorted({*stated, *added}))

    def roster(self, table: Table, firms: dict[str, Firm]) -> None:
        """Give each firm its stays."""
        reader = TableReader(table, self.findings)
        needed = ("credit_code", "from_period", "to_period", "entry_type", "exit_type")
        if not reader.check_header(needed, ()):
            return
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in table.rows:
            code = normalise_credit_code(row.cells["credit_code"])
            first = reader.period(row, "from_period", required=True)
            last = reader.period(row, "to_period")
            if code not in firms:
                reader.add(row, "credit_code", "firm_unknown")
            elif first is not None:
                firms[code].stays.append(Stay(first, last, row.cells["entry_type"], row.cells["exit_type"]))
                rows[code].append(row)
        for code, firm in firms.items():
            self._check_firm(reader, firm, rows[code])

    def _check_firm(self, reader: TableReader, firm: Firm, rows: list[Row]) -> None:
        faults = check_stays(firm.stays, self.reference.entry_months, self.reference.exit_types)
        for position, column, rule in faults:
            types = self.reference.exit_types if column == "exit_type" else self.reference.entry_months
            reader.add(rows[position], column, rule, known=", ".join(types))
        if not firm.stays:
            return
        first = min(firm.stays, key=lambda stay: stay.from_period)
        row = rows[firm.stays.index(first)]
        if firm.profiles and firm.profiles[0].valid_from > first.from_period:
            start = str(Period.from_key(firm.profiles[0].valid_from))
            reader.add(row, "from_period", "profile_late", start=start)
