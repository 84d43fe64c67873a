"""The child process that parses one uploaded workbook: limits first, then the hostile bytes.

Started as ``python -I workbook_child.py ROOT LIMITS`` with the workbook on standard input and a file of
limited size as standard output; it needs no network, no environment and no other file. The answer is JSON.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
from datetime import date, datetime
from io import BytesIO
from typing import Any

_NO_NEW_PRIVILEGES, _DIE_WITH_PARENT = 38, 1
_NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000
_WHOLE = 2**53


def confine(limits: dict[str, int]) -> None:
    """Give up what is not needed. Limits are hard: they cannot be raised again."""
    libc = ctypes.CDLL(None)
    libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    os.nice(5)  # whoever waits for a page goes first
    libc.unshare(_NEW_USER_AND_NETWORK)  # refused on some systems: one wall less, the others stand
    for kind, soft, hard in (
        (resource.RLIMIT_AS, limits["memory_bytes"], limits["memory_bytes"]),
        (resource.RLIMIT_CPU, limits["cpu_seconds"], limits["cpu_seconds"] + 1),
        (resource.RLIMIT_FSIZE, limits["answer_bytes"], limits["answer_bytes"]),
        (resource.RLIMIT_NOFILE, 16, 16),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # an outer limit that is tighter stays
            resource.setrlimit(kind, (soft, hard))


def plain(value: Any) -> Any:
    """A cell as JSON holds it: whole numbers as int, dates as a marked pair."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _WHOLE else value
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, str):
        return value or None
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)


def read_sheet(sheet: Any, limits: Any, refused: Any) -> dict[str, Any]:
    """One sheet as rows, without the empty rows and columns behind the last filled cell."""
    start = sheet.start or (0, 0)
    rows: list[list[Any]] = []
    for cells in sheet.to_python(skip_empty_area=True):
        row = [plain(value) for value in cells]
        for value in row:
            if isinstance(value, str) and len(value) > limits.text_chars:
                raise refused("text_too_long", characters=limits.text_chars)
        rows.append(row)
    while rows and not any(value is not None for value in rows[-1]):
        rows.pop()
    return {"name": sheet.name, "first_row": start[0], "first_column": start[1], "rows": rows}


def _check_count(sheets: list[Any], limits: Any, refused: Any) -> None:
    if len(sheets) > limits.sheets:
        raise refused("too_many_sheets", sheets=limits.sheets)


def read(content: bytes, limits: Any) -> dict[str, Any]:
    """Check, count, parse. Whatever the parser says about a broken file is one code: damaged."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    from gongmai.core.document.rules.archive import check_archive
    from gongmai.core.document.rules.scan import scan_workbook
    from gongmai.core.document.types import FileRefused

    try:
        scan_workbook(content, check_archive(content, limits), limits)
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        wanted = [meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        _check_count(wanted, limits, FileRefused)
        sheets = []
        for meta in wanted:
            answer = read_sheet(book.get_sheet_by_name(meta.name), limits, FileRefused)
            sheets.append({**answer, "hidden": meta.visible != SheetVisibleEnum.Visible})
    except FileRefused as refusal:
        return {"refused": refusal.code, "params": refusal.params}
    except MemoryError:
        return {"refused": "too_costly", "params": {}}
    except Exception:  # noqa: BLE001 - the parser's own errors are of many kinds and mean one thing here
        return {"refused": "damaged", "params": {}}
    return {"sheets": sheets}


def main() -> None:
    """Confine, read, answer."""
    root, limits = sys.argv[1], json.loads(sys.argv[2])
    confine(limits)
    sys.path.insert(0, root)
    from gongmai.core.document.types import Limits

    answer = read(sys.stdin.buffer.read(limits["file_bytes"] + 1), Limits(**limits))
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
