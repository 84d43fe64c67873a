"""Reads and annotates uploaded workbooks in a child process: a bomb kills the child and nothing else."""

import json
import logging
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any

import orjson

from gongmai.core.document.rules.archive import ZIP_MAGIC, check_archive
from gongmai.core.document.types import (
    DEFAULT_LIMITS,
    FileRefused,
    Limits,
    Listing,
    Mark,
    Sheet,
    Sheets,
    Value,
)

LOG = logging.getLogger(__name__)
CHILD = Path(__file__).with_name("workbook_child.py")
ANNOTATOR = Path(__file__).with_name("workbook_annotate_child.py")
ROOT = Path(__file__).resolve().parents[2]
# children at a time for each server process: uploads must not crowd out the filing of returns
AT_ONCE = 2
PATIENCE_SECONDS = 3


class ChildProcessReader:
    """Fills the port WorkbookReader."""

    def __init__(self) -> None:
        self._places = BoundedSemaphore(AT_ONCE)

    def read(self, content: bytes, limits: Limits) -> Sheets:
        """Look at the archive's directory here, unpack and parse it there."""
        check_archive(content, limits)
        try:
            answer = dict(orjson.loads(self._ask_child(CHILD, content, limits)))
        except orjson.JSONDecodeError as error:
            raise FileRefused("too_costly") from error
        if "refused" in answer:
            raise FileRefused(answer["refused"], **answer["params"])
        return Sheets(tuple(_sheet(raw) for raw in answer["sheets"]))

    def read_table(self, content: bytes, limits: Limits = DEFAULT_LIMITS) -> Sequence[Sequence[Value]]:
        """The rows of the first visible sheet, for files with one header row and one table."""
        sheet = self.read(content, limits).first_visible
        return sheet.rows if sheet else ()

    def annotate(self, content: bytes, marks: Sequence[Mark], listing: Listing, limits: Limits) -> bytes:
        """Write into the workbook what was found in it; FileRefused when that costs more than the limits."""
        check_archive(content, limits)
        orders = orjson.dumps({"marks": marks, **asdict(listing)})
        answer = self._ask_child(ANNOTATOR, len(orders).to_bytes(8, "big") + orders + content, limits)
        if not answer.startswith(ZIP_MAGIC):
            raise FileRefused("damaged")
        return answer

    def _ask_child(self, child: Path, given_bytes: bytes, limits: Limits) -> bytes:
        """Run a child once; its answer, or FileRefused when it did not live to give one."""
        if not self._places.acquire(timeout=PATIENCE_SECONDS):
            raise FileRefused("busy")
        try:
            with (
                tempfile.TemporaryDirectory(prefix="workbook-") as folder,
                tempfile.TemporaryFile() as given,
                tempfile.TemporaryFile() as answer,
            ):
                given.write(given_bytes)
                given.seek(0)
                code = _run_child(child, folder, given, answer, limits)
                answer.seek(0)
                text = answer.read(limits.answer_bytes)
        finally:
            self._places.release()
        if code:
            LOG.warning("a workbook of %d bytes ended its reader with code %d", len(given_bytes), code)
            raise FileRefused(
                "too_many_cells" if code == -signal.SIGXFSZ else "too_costly", cells=limits.cells
            )
        return text


def _run_child(child: Path, folder: str, given: IO[bytes], answer: IO[bytes], limits: Limits) -> int:
    """Start, wait, kill when the time is up; the exit code (negative: the signal that ended it)."""
    process = subprocess.Popen(
        [sys.executable, "-I", str(child), str(ROOT), json.dumps(asdict(limits))],
        stdin=given,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "TMPDIR": folder},
        start_new_session=True,
    )
    try:
        return process.wait(limits.wall_seconds)
    except subprocess.TimeoutExpired as error:
        raise FileRefused("too_costly") from error
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _sheet(raw: dict[str, Any]) -> Sheet:
    rows: Sequence[Sequence[Value]] = [[_value(value) for value in row] for row in raw["rows"]]
    return Sheet(raw["name"], rows, raw["first_row"], raw["first_column"], raw["hidden"])


def _value(value: Any) -> Value:
    """A cell from the child's answer; dates come as marked pairs."""
    if isinstance(value, list):
        kind, text = value
        return date.fromisoformat(text) if kind == "d" else datetime.fromisoformat(text)
    return value  # type: ignore[no-any-return]
