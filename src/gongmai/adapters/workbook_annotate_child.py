"""The child process that writes findings into an uploaded workbook, under the same limits as the reader.

Standard input: the length of the orders (8 bytes), the orders as JSON, the workbook. Standard output: the
annotated workbook. The cells keep their values and formats; marked ones get a colour and a note, and a list
of all with links comes in front. Links to other files, and what the library does not know, are left out.
"""

import json
import sys
from io import BytesIO
from typing import Any

LENGTH_BYTES = 8
COLOURS = {"error": "FBD5D5", "warning": "FDEBC8", "": "DCE6EF"}
NOTE_WIDTH, NOTE_HEIGHT = 360, 140
LONGEST_NAME = 31
LINK = "0B5CAD"


def annotate(content: bytes, orders: dict[str, Any]) -> bytes:
    """The workbook with notes and colours on its cells, and the list as its first sheet."""
    from openpyxl import load_workbook
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    book = load_workbook(BytesIO(content), keep_links=False)
    for mark in orders["marks"]:
        if mark["sheet"] not in book.sheetnames:
            continue
        sheet = book[mark["sheet"]]
        cell = sheet.cell(mark["row"] + 1, mark["column"] + 1)
        if isinstance(cell, MergedCell):
            continue
        colour = COLOURS[mark["look"]]
        cell.fill = PatternFill("solid", start_color=colour, end_color=colour)
        before = cell.comment.text + "\n" if cell.comment is not None else ""
        cell.comment = Comment(before + mark["text"], "", height=NOTE_HEIGHT, width=NOTE_WIDTH)
    _list(book, orders)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _list(book: Any, orders: dict[str, Any]) -> None:
    """The list of everything that was found, each with a link to its cell."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    name = orders["title"]
    if name in book.sheetnames:  # from the last time round
        del book[name]
    sheet = book.create_sheet(name[:LONGEST_NAME], 0)
    sheet.cell(1, 1, name).font = Font(bold=True, size=14)
    for column, text in enumerate(orders["header"], 1):
        cell = sheet.cell(2, column, text)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color=COLOURS[""], end_color=COLOURS[""])
    for row, entry in enumerate(orders["rows"], 3):
        for column, text in enumerate(entry["texts"], 1):
            cell = sheet.cell(row, column)
            cell.value = text
            if isinstance(text, str):
                cell.data_type = "s"  # a text is never a formula, whatever it begins with
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        if entry["sheet"] in book.sheetnames:
            place = f"{get_column_letter(entry['column'] + 1)}{entry['row'] + 1}"
            quoted = entry["sheet"].replace("'", "''")
            cell = sheet.cell(row, orders["link_column"] + 1)
            cell.value, cell.data_type = f"{entry['sheet']} {place}", "s"
            cell.hyperlink = f"#'{quoted}'!{place}"
            cell.font = Font(color=LINK, underline="single")
    for column, width in enumerate(orders["widths"], 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A3"
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
    book.active = 0


def main() -> None:
    """Confine, annotate, answer."""
    root, limits = sys.argv[1], json.loads(sys.argv[2])
    sys.path.insert(0, root)
    from gongmai.adapters.workbook_child import confine

    confine(limits)
    from gongmai.core.document.rules.archive import check_archive
    from gongmai.core.document.rules.scan import scan_workbook
    from gongmai.core.document.types import Limits

    given = sys.stdin.buffer
    length = int.from_bytes(given.read(LENGTH_BYTES), "big")
    orders = json.loads(given.read(length))
    content = given.read()
    bounds = Limits(**limits)
    scan_workbook(content, check_archive(content, bounds), bounds)  # a refusal ends the process
    sys.stdout.buffer.write(annotate(content, orders))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
