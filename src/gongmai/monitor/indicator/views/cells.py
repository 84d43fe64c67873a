"""Tables as the screens show and export them: typed columns, cells with their raw value beside the text."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gongmai.ui.templatetags.display import DASH, decimal, percent, points, signed, trend, wan, yi

KINDS_OF_CHANGE = ("growth", "points", "change")
HIDDEN_MARK = "\u00d7"
MINUS, TRUE_MINUS = "-", "\u2212"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `kind` decides alignment, format and the type in a workbook; `head` groups columns.

    Kinds: text, yi and wan (money kept in thousand yuan), growth and share (fractions), points
    (fractions shown as percentage points), count, decimal, change (money with its sign, in wan).
    """

    key: str
    label: str
    kind: str = "text"
    head: str = ""
    sortable: bool = False
    sorted: str = ""
    sort_url: str = ""

    @property
    def is_number(self) -> bool:
        """Whether the column is aligned to the right."""
        return self.kind != "text"

    @property
    def export_label(self) -> str:
        """The heading in a workbook or CSV file, with the unit of the stored value."""
        unit = {"yi": _("thousand yuan"), "wan": _("thousand yuan"), "change": _("thousand yuan")}.get(
            self.kind
        )
        return f"{self.label} ({unit})" if unit else self.label


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: `raw` for export, `text` and `css` for the page, `url` where it leads, `note` as a hint."""

    raw: Any
    text: str
    css: str = ""
    kind: str = "text"
    url: str = ""
    drawer: str = ""
    note: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table; `url` is where a click leads."""

    cells: tuple[Cell, ...]
    url: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """A table: columns, rows, perhaps a total. `page_notes` do not go into downloads (the unit shown)."""

    columns: tuple[Column, ...]
    rows: tuple[Line, ...]
    total: Line | None = None
    caption: str = ""
    notes: tuple[str, ...] = ()
    page_notes: tuple[str, ...] = ()

    @property
    def grouped_heads(self) -> list[tuple[str, int]]:
        """The upper row of a two-row heading: label and width; no label where there is none."""
        groups: list[list[Any]] = []
        for column in self.columns:
            if groups and groups[-1][0] == column.head and column.head:
                groups[-1][1] += 1
            else:
                groups.append([column.head, 1])
        return [(label, width) for label, width in groups]

    @property
    def has_heads(self) -> bool:
        """Whether the heading has two rows."""
        return any(column.head for column in self.columns)


def show(kind: str, value: Any, digits: int | None = None) -> str:
    """The text of a value of a kind; a dash for unknown."""
    if value is None or value == "":
        return DASH if kind != "text" else ""
    shown = {
        "text": lambda: str(value),
        "yi": lambda: yi(value, 2 if digits is None else digits),
        "wan": lambda: wan(value, 0 if digits is None else digits),
        "growth": lambda: signed(value, 1 if digits is None else digits),
        "share": lambda: percent(value, 1 if digits is None else digits),
        "points": lambda: points(value, 2 if digits is None else digits),
        "count": lambda: decimal(value, 0),
        "decimal": lambda: decimal(value, 2 if digits is None else digits),
        "change": lambda: ("+" if value > 0 else "") + wan(value, 0 if digits is None else digits),
    }[kind]()
    return shown.replace(MINUS, TRUE_MINUS) if kind != "text" else shown


def make_cell(kind: str, value: Any, digits: int | None = None, **more: str) -> Cell:
    """A cell of a kind; a change has the colour of its sign as printed, so that 0.0 has none."""
    text = show(kind, value, digits)
    css = ""
    if kind in KINDS_OF_CHANGE:
        css = "dash" if value is None else trend(value) if text.strip("0.,%") else "flat"
    return Cell(raw=value, text=text, css=css, kind=kind, **more)


def unshown_cell(reason: str) -> Cell:
    """A value that would mislead, with the reason."""
    return Cell(raw=None, text=DASH, css="dash hidden-cell", kind="hidden", note=reason)


def hidden_cell(reason: str) -> Cell:
    """A value that this reader may not see: a mark, on the page and in downloads, with the reason."""
    return Cell(raw=HIDDEN_MARK, text=HIDDEN_MARK, css="confidential hidden-cell", kind="hidden", note=reason)


def hidden_notes(reasons: Iterable[str]) -> tuple[str, ...]:
    """The legend of the mark, one sentence for each reason that occurs."""
    return tuple(f"{HIDDEN_MARK}  {reason}" for reason in dict.fromkeys(reasons))
