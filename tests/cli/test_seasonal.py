"""The command on files as people have them."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.monitor.outlook.seasons import make

from gongmai.cli.seasonal import seasonal


def write(path: Path, years: int, season: int, *, named: bool = False) -> Path:
    made = make(years, season, seed=13, festival=-0.25)
    with path.open("w", encoding="utf-8") as file:
        file.write("unique_id,ds,y\n" if named else "ds,y\n")
        for period, value in zip(made.periods, made.series.values[0], strict=True):
            file.write(f"{'a,' if named else ''}{period // 12}-{period % 12 + 1:02d},{value:.3f}\n")
    return path


def test_a_series_without_a_name_gives_figures_and_words(tmp_path: Path):
    source, out, revised = write(tmp_path / "in.csv", 10, 11), tmp_path / "out.csv", tmp_path / "revised.csv"
    done = CliRunner().invoke(seasonal, [str(source), "--out", str(out), "--revisions", str(revised)])
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert len(rows) == 110
    assert rows[0]["change"] == ""
    before, last = rows[-2:]
    assert float(last["change"]) == pytest.approx(float(last["adjusted"]) / float(before["adjusted"]) - 1)
    merged = next(row for row in rows if row["ds"] == "2020-02")
    assert float(merged["per_month"]) == pytest.approx(float(merged["y"]) / 2)
    assert len(list(csv.DictReader(revised.open(encoding="utf-8")))) == 12
    for word in ("春节假期后", "Q =", "残余季节性", "修订"):
        assert word in done.stderr


def test_named_series_and_a_method(tmp_path: Path):
    source = write(tmp_path / "in.csv", 6, 12, named=True)
    done = CliRunner().invoke(seasonal, [str(source), "--method", "stl", "--mode", "additive", "--quiet"])
    assert done.exit_code == 0
    assert done.stdout.startswith("unique_id,ds,y,per_month,adjusted,change")
    assert done.stdout.count("\na,") == 72
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ds,y\n2023-02,5\n2023-03,6\n", "33"),
        ("ds,z\n2023-02,5\n", "y"),
        ("ds,y\n2023-13,5\n", "2023-13"),
        ("ds,y\n2023-02,much\n", "much"),
    ],
)
def test_what_cannot_be_read_or_is_too_short_is_said(tmp_path: Path, text: str, said: str):
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(seasonal, [str(tmp_path / "in.csv")])
    assert done.exit_code == 1
    assert said in done.stderr
