"""A damaged or hostile file among returns to be imported is a finding, never a crash."""

import pytest

from gongmai.core.period.types import Period
from gongmai.monitor.filing.messages import word
from gongmai.monitor.filing.queries.folder import list_sources, source_of
from gongmai.monitor.filing.types import FilingError
from tests.specimens import hostile, other_kinds

FILES = [
    ("monthly.2023-06.xlsx", hostile.sparse_pair()[1]),
    ("monthly.2023-05.xlsx", hostile.error_in_a_cell()[1]),
    ("monthly.2023-04.xlsx", b"<html>"),
    ("monthly.2023-03.csv", other_kinds.csv_in_no_encoding()[1]),
]


def test_every_refused_file_of_a_folder_is_a_finding_with_its_reason(tmp_path):
    (tmp_path / "returns").mkdir()
    for name, content in FILES:
        (tmp_path / "returns" / name).write_bytes(content)
    (tmp_path / "returns" / "monthly.2022-12.csv").write_text("credit_code\n")
    sources = list_sources(tmp_path)
    assert [file.name for file in sources.files] == ["returns/monthly.2022-12.csv"]
    assert {(finding.file, finding.rule) for finding in sources.findings} == {
        (f"returns/{name}", "file_refused") for name, _ in FILES
    }
    assert all(finding.params["text"] in word(finding.rule, finding.params) for finding in sources.findings)


@pytest.mark.parametrize(("name", "content"), FILES)
def test_a_single_refused_file_is_a_refusal_in_words(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FilingError) as refused:
        source_of(tmp_path / name, name, "monthly", "", Period(2023, 6))
    assert refused.value.code == "file_refused"


def test_a_workbook_with_one_row_for_each_firm_becomes_columns(tmp_path):
    row = (
        '<row r="1"><c r="A1" t="str"><v>credit_code</v></c><c r="B1" t="str"><v>output</v></c></row>'
        '<row r="2"><c r="A2" t="str"><v>91X</v></c><c r="B2"><v>12</v></c></row>'
    )
    (tmp_path / "a.xlsx").write_bytes(hostile.make_workbook(hostile.SHEET.format(row)))
    source = source_of(tmp_path / "a.xlsx", "a", "monthly", "", Period(2023, 6))
    assert source.columns == {"credit_code": ["91X"], "output": ["12"]}
