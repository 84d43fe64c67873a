"""Cells and styles of a workbook that is written while it is read."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.utils import timezone

from gongmai.core.document.rules.text import clean_text, cut_text, looks_like_formula
from gongmai.core.document.types import Column, Kind, Value

CellWriter = Callable[[Value, int], str]
MAX_TEXT = 32_767
_FIRST_DAY = date(1899, 12, 30)
# from here on the serial numbers of spreadsheet programs agree with the calendar
_SERIAL_FROM = date(1900, 3, 1)
_DAY_SECONDS = 86_400
_CACHED_TEXTS = 8192
_MARKUP = re.compile("[&<>\r\ufffe\uffff]|_x(?=[0-9A-Fa-f]{4}_)")
_ESCAPES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "\r": "\n",
    "\ufffe": "",
    "\uffff": "",
    # a program would read _x0041_ as the letter A
    "_x": "_x005F_x",
}
_FONT = '<sz val="10"/><name val="Microsoft YaHei"/>'


def letters_of(number: int) -> str:
    """The letters of a column counted from 1: 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=_CACHED_TEXTS)
def escape(text: str) -> str:
    """Text as it stands in an element: as long as a cell may hold, without what XML cannot hold."""
    return _MARKUP.sub(lambda match: _ESCAPES[match[0]], cut_text(clean_text(text), MAX_TEXT))


def attribute(text: str) -> str:
    """Text as it stands in an attribute or in a quoted sheet name."""
    return escape(text).replace('"', "&quot;")


class Styles:
    """The cell formats of a workbook: a fixed few, and one for each kind of number."""

    def __init__(self) -> None:
        self._formats: dict[str, int] = {}
        self._xfs: list[str] = []
        wrap = '<alignment horizontal="center" vertical="center" wrapText="1"/>'
        self.plain = self._add("", "")
        self.title = self._add('fontId="1" applyFont="1"', "")
        self.note = self._add('fontId="2" applyFont="1"', "")
        self.header = self._add(
            'fontId="3" fillId="2" borderId="1" applyFont="1" applyFill="1" applyBorder="1" '
            'applyAlignment="1"',
            wrap,
        )
        self.quoted = self._add('quotePrefix="1" numFmtId="49" applyNumberFormat="1"', "")
        self._numbers: dict[str, int] = {}

    def _add(self, attributes: str, inner: str) -> int:
        self._xfs.append(f"<xf {attributes}>{inner}</xf>" if inner else f"<xf {attributes}/>")
        return len(self._xfs) - 1

    def of(self, column: Column) -> int:
        """The style of a column's cells by its kind."""
        code = _number_format(column)
        if code not in self._numbers:
            number = self._formats.setdefault(code, 164 + len(self._formats)) if code != "@" else 49
            inner = '<alignment horizontal="left"/>' if code == "@" else ""
            aligned = ' applyAlignment="1"' if inner else ""
            self._numbers[code] = self._add(f'numFmtId="{number}" applyNumberFormat="1"{aligned}', inner)
        return self._numbers[code]

    def xml(self) -> str:
        """The part styles.xml."""
        formats = "".join(
            f'<numFmt numFmtId="{number}" formatCode="{attribute(code)}"/>'
            for code, number in self._formats.items()
        )
        numbers = f'<numFmts count="{len(self._formats)}">{formats}</numFmts>' if formats else ""
        edges = "".join(
            f'<{side} style="thin"><color rgb="FFB8C4D0"/></{side}>'
            for side in ("left", "right", "top", "bottom")
        )
        return (
            '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f'{numbers}<fonts count="4"><font>{_FONT}</font>'
            '<font><b/><sz val="14"/><name val="Microsoft YaHei"/></font>'
            '<font><sz val="10"/><color rgb="FF5A6672"/><name val="Microsoft YaHei"/></font>'
            f"<font><b/>{_FONT}</font></fonts>"
            '<fills count="3"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid">'
            '<fgColor rgb="FFE8EEF4"/><bgColor indexed="64"/></patternFill></fill></fills>'
            '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
            f"<border>{edges}<diagonal/></border></borders>"
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f'<cellXfs count="{len(self._xfs)}">{"".join(self._xfs)}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
            "</styleSheet>"
        )


def cell_writers(columns: Sequence[Column], styles: Styles) -> list[CellWriter]:
    """For each column what writes a value, at a row, as the XML of its cell."""
    return [
        _writer(letters_of(number), styles.of(column), styles.quoted)
        for number, column in enumerate(columns, 1)
    ]


def _writer(letters: str, style: int, quoted: int) -> CellWriter:
    number_end = f'" s="{style}"><v>'
    start = f'<c r="{letters}'
    text_end = f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
    quoted_end = f'" s="{quoted}" t="inlineStr"><is><t xml:space="preserve">'

    def write(value: Value, row: int) -> str:
        kind = type(value)
        if isinstance(value, str):
            end = quoted_end if looks_like_formula(value) else text_end
            return f"{start}{row}{end}{escape(value)}</t></is></c>"
        if kind is int:
            return f"{start}{row}{number_end}{value}</v></c>"
        if kind is float:
            text = repr(value)
            # what is not a finite number (inf, nan) stays empty
            return "" if text[-1] in "fn" else f"{start}{row}{number_end}{text}</v></c>"
        return _rare(value, f"{start}{row}", style, write, row)

    return write


def _rare(value: Value, place: str, style: int, write: CellWriter, row: int) -> str:
    """What is neither text nor a plain number: truth, decimals, dates."""
    if isinstance(value, bool):
        return f'{place}" s="{style}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, Decimal):
        return f'{place}" s="{style}"><v>{value}</v></c>' if value.is_finite() else ""
    if isinstance(value, date) and (value.date() if isinstance(value, datetime) else value) < _SERIAL_FROM:
        return write(value.isoformat(), row)
    if isinstance(value, date):
        return f'{place}" s="{style}"><v>{_serial(value)!r}</v></c>'
    if isinstance(value, int | float):  # numbers of other libraries
        return write(float(value) if isinstance(value, float) else int(value), row)
    return write(str(value), row)


def _serial(value: date) -> float:
    """A date, or a moment in local time, as spreadsheet programs count: days since the end of 1899."""
    if not isinstance(value, datetime):
        return (value - _FIRST_DAY).days
    moment = timezone.localtime(value) if timezone.is_aware(value) else value
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1_000_000
    return (moment.date() - _FIRST_DAY).days + seconds / _DAY_SECONDS


def _number_format(column: Column) -> str:
    """The format code of a column's cells by its kind."""
    decimals = "." + "0" * column.digits if column.digits else ""
    formats = {
        Kind.TEXT: "@",
        Kind.INTEGER: "#,##0",
        Kind.DECIMAL: f"#,##0{decimals}",
        Kind.PERCENT: f"0{decimals}%",
        Kind.DATE: "yyyy-mm-dd",
        Kind.DATETIME: "yyyy-mm-dd hh:mm",
    }
    return formats[column.kind]
