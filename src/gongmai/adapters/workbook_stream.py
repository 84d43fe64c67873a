"""Writes tables to .xlsx while they are read: no row, no sheet and no file is ever held.

The archive goes out as it is made (each part is followed by its sizes, as APPNOTE 4.3.9 allows), so that the
first bytes leave at once and the memory is the same for ten rows and for a million. User text is written as
inline strings: a cell is a formula only where `<f>` is written, and here it never is.
Source of the structure: ECMA-376, part 1, chapter 18.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from zipfile import ZIP_DEFLATED, ZipFile

from gongmai.adapters.workbook_cells import Styles, attribute, cell_writers, escape, letters_of
from gongmai.core.document.rules.text import clean_sheet_name
from gongmai.core.document.types import Column, Kind, Table, Value

# level 4: a third of the time of the default level for a file that is a tenth larger
LEVEL = 4
MAX_ROWS = 1_048_576
# a part without the fields for huge files may have 4 GB; a sheet ends long before
MAX_SHEET_BYTES = 1_500_000_000
CHUNK_ROWS = 200
WIDTHS = {
    Kind.TEXT: 18,
    Kind.INTEGER: 14,
    Kind.DECIMAL: 14,
    Kind.PERCENT: 11,
    Kind.DATE: 12,
    Kind.DATETIME: 17,
}
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."


class _Outlet:
    """What the archive writes to: bytes wait here until they are taken."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep the bytes until `take`."""
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        """What has been written since the last time."""
        data = b"".join(self._waiting)
        self._waiting.clear()
        return data


def stream_tables(tables: Sequence[Table], max_rows: int = MAX_ROWS) -> Iterator[bytes]:
    """Yield the bytes of a workbook with a sheet for each table, or several where one is not enough.

    Tables of a workbook are few, their rows may be many; each table's rows are read once. A sheet holds at
    most `max_rows` rows, its heading included.
    """
    outlet = _Outlet()
    styles = Styles()
    sheets: list[_Sheet] = []
    taken: set[str] = set()
    with ZipFile(outlet, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:  # type: ignore[call-overload]
        for table in tables:
            rows = iter(table.values())
            following: Sequence[Value] | None = None
            more = True
            while more:
                sheet = _Sheet(table, clean_sheet_name(table.title, taken), styles, max_rows)
                sheets.append(sheet)
                with archive.open(f"xl/worksheets/sheet{len(sheets)}.xml", "w") as part:
                    for text in sheet.parts(rows, following):
                        part.write(text.encode())
                        if data := outlet.take():
                            yield data
                following = sheet.left_over
                more = following is not None
        for name, text in _frame(sheets, styles):
            archive.writestr(name, text)
        yield outlet.take()
    yield outlet.take()


class _Sheet:
    """One sheet on its way out; `left_over` is the row for which it had no place."""

    def __init__(self, table: Table, name: str, styles: Styles, max_rows: int) -> None:
        self.table, self.name, self.styles = table, name, styles
        self.max_rows = max_rows
        self.left_over: Sequence[Value] | None = None
        self.header_row = 0
        self.merged: list[str] = []

    def parts(self, rows: Iterator[Sequence[Value]], first: Sequence[Value] | None) -> Iterator[str]:
        """Yield the XML of the sheet: heading, rows until they end or the sheet is full, closing."""
        columns = self.table.columns
        heading, row = self._heading()
        self.header_row = row - 1
        wide = len(columns) > 1  # the first column stays in view beside others
        split = 'xSplit="1" ' if wide else ""
        pane = (
            f'<pane {split}ySplit="{row - 1}" topLeftCell="{"B" if wide else "A"}{row}" '
            f'activePane="{"bottomRight" if wide else "bottomLeft"}" state="frozen"/>'
        )
        widths = "".join(
            f'<col min="{n}" max="{n}" width="{column.width or WIDTHS[column.kind]}" customWidth="1"/>'
            for n, column in enumerate(columns, 1)
        )
        yield (
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/>{f"<cols>{widths}</cols>" if widths else ""}<sheetData>'
            f"{heading}"
        )
        for text, last in self._rows(rows, first, row):
            row = last
            yield text
        merged = "".join(f'<mergeCell ref="{area}"/>' for area in self.merged)
        last_column = letters_of(max(len(columns), 1))
        yield (
            f'</sheetData><autoFilter ref="A{self.header_row}:{last_column}{max(row - 1, self.header_row)}"/>'
            + (f'<mergeCells count="{len(self.merged)}">{merged}</mergeCells>' if merged else "")
            + '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
            + '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
        )

    def _rows(
        self, rows: Iterator[Sequence[Value]], first: Sequence[Value] | None, row: int
    ) -> Iterator[tuple[str, int]]:
        """Yield the XML of some rows at a time with the number of the row after them."""
        writers = cell_writers(self.table.columns, self.styles)
        lines: list[str] = []
        written = 0
        # chain leaves the rows open when this sheet is full; a generator around them would close them
        for values in rows if first is None else chain((first,), rows):
            if row > self.max_rows or written > MAX_SHEET_BYTES:
                self.left_over = values
                break
            cells = [
                write(value, row)
                for write, value in zip(writers, values, strict=False)
                if value is not None and value != ""
            ]
            lines.append(f'<row r="{row}">{"".join(cells)}</row>')
            row += 1
            if len(lines) == CHUNK_ROWS:
                text = "".join(lines)
                written += len(text)
                lines.clear()
                yield text, row
        yield "".join(lines), row

    def _heading(self) -> tuple[str, int]:
        """Title, notes, merged group headers and labels; the number of the next row."""
        styles, table = self.styles, self.table
        rows = [[self._text("A", 1, table.title, styles.title)]]
        rows += [[self._text("A", n, note, styles.note)] for n, note in enumerate(table.notes, 2)]
        columns = table.columns
        depth = max((len(column.groups) for column in columns), default=0)
        for level in range(depth):
            rows.append(self._group_row(columns, level, len(rows) + 1))
        number = len(rows) + 1
        rows.append(
            [self._text(letters_of(n), number, c.label, styles.header) for n, c in enumerate(columns, 1)]
        )
        text = "".join(f'<row r="{n}">{"".join(cells)}</row>' for n, cells in enumerate(rows, 1))
        return text, len(rows) + 1

    def _group_row(self, columns: Sequence[Column], level: int, row: int) -> list[str]:
        labels = [column.groups[level] if level < len(column.groups) else "" for column in columns]
        parents = [column.groups[:level] for column in columns]
        cells: list[str] = []
        start = 1
        for (label, _), members in groupby(zip(labels, parents, strict=True)):
            end = start + len(list(members)) - 1
            if end > start and label:
                self.merged.append(f"{letters_of(start)}{row}:{letters_of(end)}{row}")
            for place in range(start, end + 1):
                text = label if place == start else ""
                cells.append(self._text(letters_of(place), row, text, self.styles.header))
            start = end + 1
        return cells

    @staticmethod
    def _text(letters: str, row: int, text: str, style: int) -> str:
        if not text:
            return f'<c r="{letters}{row}" s="{style}"/>'
        return f'<c r="{letters}{row}" s="{style}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def _frame(sheets: Sequence[_Sheet], styles: Styles) -> Iterator[tuple[str, str]]:
    """The parts that name all others; they are written last, when the sheets are known."""
    entries, relations, types, names = [], [], [], []
    for number, sheet in enumerate(sheets, 1):
        name = attribute(sheet.name)
        entries.append(f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>')
        relations.append(
            f'<Relationship Id="rId{number}" Type="{_RELATIONS}/worksheet" '
            f'Target="worksheets/sheet{number}.xml"/>'
        )
        types.append(
            f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}worksheet+xml"/>'
        )
        quoted = "'" + name.replace("'", "''") + "'"
        names.append(
            f'<definedName name="_xlnm.Print_Titles" localSheetId="{number - 1}">'
            f"{quoted}!${sheet.header_row}:${sheet.header_row}</definedName>"
        )
    yield (
        "xl/workbook.xml",
        (
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{"".join(entries)}</sheets>'
            f"<definedNames>{''.join(names)}</definedNames></workbook>"
        ),
    )
    relations.append(f'<Relationship Id="rIdStyles" Type="{_RELATIONS}/styles" Target="styles.xml"/>')
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(relations)}</Relationships>',
    )
    yield "xl/styles.xml", _HEAD + styles.xml()
    yield (
        "_rels/.rels",
        (
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
    )
    yield (
        "[Content_Types].xml",
        (
            f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}styles+xml"/>{"".join(types)}</Types>'
        ),
    )
