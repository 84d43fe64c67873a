"""Random damage to a workbook never does more than refuse it."""

import contextlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.specimens.hostile import SHEET, make_workbook, sparse_pair_without_addresses

from gongmai.adapters import workbook_reader
from gongmai.core.document.queries import read_upload
from gongmai.core.document.rules.archive import check_archive
from gongmai.core.document.rules.csv_text import read_csv
from gongmai.core.document.rules.scan import scan_workbook
from gongmai.core.document.types import DEFAULT_LIMITS, FileRefused, Sheets
from gongmai.core.ports import adapter

WHOLE = make_workbook(
    SHEET.format('<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><v>x</v></c></row>' * 3)
)
damage = st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6)


def broken(changes):
    data = bytearray(WHOLE)
    for position, value in changes:
        data[position] = value
    return bytes(data)


@settings(max_examples=300, deadline=None)
@given(damage)
def test_the_checks_before_the_parser_know_only_one_way_to_fail(changes):
    data = broken(changes)
    with contextlib.suppress(FileRefused):
        scan_workbook(data, check_archive(data, DEFAULT_LIMITS), DEFAULT_LIMITS)


@settings(max_examples=10, deadline=None)
@given(damage)
def test_so_does_the_whole_reader(changes):
    with contextlib.suppress(FileRefused):
        assert isinstance(read_upload("a.xlsx", broken(changes)), Sheets)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_csv_file_or_refused(content):
    with contextlib.suppress(FileRefused):
        assert isinstance(read_csv(content, DEFAULT_LIMITS), Sheets)


def test_a_cut_file_is_refused_wherever_it_is_cut():
    for length in range(0, len(WHOLE), 7):
        with pytest.raises(FileRefused):
            check_archive(WHOLE[:length], DEFAULT_LIMITS)


def test_uploads_beyond_the_places_are_asked_to_come_again(monkeypatch):
    reader = workbook_reader.ChildProcessReader()
    monkeypatch.setattr(workbook_reader, "PATIENCE_SECONDS", 0.01)
    for _ in range(workbook_reader.AT_ONCE):
        reader._places.acquire()
    with pytest.raises(FileRefused) as refused:
        reader.read(WHOLE, DEFAULT_LIMITS)
    assert refused.value.code == "busy"


def test_a_place_is_free_again_after_a_bomb():
    reader = adapter("workbook_reader")
    for _ in range(workbook_reader.AT_ONCE + 1):
        with pytest.raises(FileRefused):
            reader.read(sparse_pair_without_addresses()[1], DEFAULT_LIMITS)
    assert reader.read(WHOLE, DEFAULT_LIMITS).sheets[0].name == "S"


def test_no_more_than_the_limit_is_read_from_an_endless_file():
    class Endless(BytesIO):
        taken = 0

        def read(self, size=-1, /):
            assert 0 <= size <= DEFAULT_LIMITS.file_bytes + 1
            return b"PK\x03\x04" + bytes(size - 4)

    with pytest.raises(FileRefused) as refused:
        read_upload("a.xlsx", Endless())
    assert refused.value.code == "too_large"
