"""The hidden pages of a drawn return: code lists for the dropdowns, and what the workbook is."""

import re

from gongmai.core.document.types import Box, Look, Page
from gongmai.monitor.filing.rules.workbook.layout import (
    LAYOUT_VERSION,
    LISTS_PAGE,
    META_PAGE,
    Occasion,
    address,
    label_of,
)

LIST_COLUMNS = 2


def _lists(occasion: Occasion) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every list of the hidden page in order: name, entries as (text, unit)."""
    lists = [
        (table.code, [(option.text, option.unit) for option in occasion.options.get(table.code, ())])
        for table in occasion.form.tables
    ]
    for column in occasion.form.columns:
        if column.choices:
            entries = [(label_of(label, occasion.language), "") for label in column.choices.values()]
            lists.append((column.code, entries))
    return lists


def list_range(occasion: Occasion, name: str, columns: int = 1) -> str:
    """The range of a list as a formula, empty for a list without entries."""
    for number, (code, entries) in enumerate(_lists(occasion)):
        if code == name and entries:
            start = number * LIST_COLUMNS
            first, last = address(0, start), address(len(entries) - 1, start + columns - 1)
            return f"='{LISTS_PAGE}'!{_fixed(first)}:{_fixed(last)}"
    return ""


def _fixed(place: str) -> str:
    """A cell name that does not move when copied: $D$7."""
    return re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", place)


def lists_page(occasion: Occasion) -> Page:
    """The hidden page from which the dropdowns are fed."""
    boxes = [
        Box(row, number * LIST_COLUMNS + offset, text, Look.FACT)
        for number, (_, entries) in enumerate(_lists(occasion))
        for row, entry in enumerate(entries)
        for offset, text in enumerate(entry)
        if text
    ]
    return Page(LISTS_PAGE, boxes, hidden=True)


def meta_page(occasion: Occasion, names: dict[str, str]) -> Page:
    """The hidden page that says what this workbook is."""
    facts = {
        "layout": str(LAYOUT_VERSION),
        "form": occasion.form.code,
        "period": str(occasion.period),
        "credit_code": occasion.credit_code,
    } | {f"page:{page}": name for page, name in names.items()}
    boxes = [
        Box(row, column, text, Look.FACT)
        for row, entry in enumerate(facts.items())
        for column, text in enumerate(entry)
    ]
    return Page(META_PAGE, boxes, hidden=True)
