"""The command line on the folder of another city: other province, own codes, a workbook, four firms.

The real command in a process of its own, on a data folder and an embedded database of its own.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SPECIMEN = Path(__file__).parents[1] / "specimens" / "another_city"
COMMAND = [sys.executable, "-c", "from gongmai.cli.main import main; main()"]


class Shell:
    """Runs ``gongmai`` in its own data folder."""

    def __init__(self, data: Path) -> None:
        self.env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "gongmai.config.settings",
            "GONGMAI_DATA": str(data),
            "DATABASE_URL": "",
            "PYTHONPATH": "src",
        }

    def run(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [*COMMAND, *arguments], env=self.env, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def rows(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run(*arguments, "--format", "json", code=code))
        return found


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    shell = Shell(tmp_path_factory.mktemp("another"))
    counts = {row["what"]: row["count"] for row in shell.rows("init-city", str(SPECIMEN))}
    assert (counts["enterprises"], counts["returns"], counts["vintage"]) == (4, 4, 1)
    return shell


def test_its_indicators_come_out_by_its_own_counties_and_groups(city: Shell) -> None:
    rows = city.rows("indicators", "--period", "2024-02", "--cumulative", "--by", "county")
    assert [(row["county"], row["firms"], row["output"], row["output_base"]) for row in rows] == [
        ("529902", 2, 39300, 33000),
        ("529981", 2, 54000, 50000),
    ]
    assert sum(row["pull"] for row in rows) == pytest.approx(93300 / 83000 - 1)
    groups = city.rows("indicators", "--period", "2024-02", "--by", "group:spirits")
    assert {row["group:spirits"]: row["output"] for row in groups} == {
        "liquor": 54000,
        "tea": 3300,
        "other": 36000,
    }


def test_the_doctor_finds_it_in_order_and_its_trail_whole(city: Shell, tmp_path: Path) -> None:
    city.run("backup", "make", str(tmp_path / "backups"))
    checks = {row["check"]: row for row in city.rows("doctor")}
    assert "529900" in checks["city"]["seen"]
    assert checks["clock"]["seen"].startswith("real")
    assert json.loads(city.run("trail", "verify", "--format", "json"))["breaches"] == []
    assert json.loads(city.run("panel", "rebuild", "--format", "json"))["findings"] == []


def test_a_second_city_is_only_taken_on_request(city: Shell) -> None:
    (finding,) = city.rows("init-city", str(SPECIMEN), code=1)
    assert finding["rule"] == "city_exists"


def test_a_city_without_a_history_begins_with_a_file_of_returns(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    shutil.copytree(SPECIMEN, folder)
    shutil.move(folder / "returns", tmp_path / "later")
    shell = Shell(tmp_path / "var")
    counts = {row["what"]: row["count"] for row in shell.rows("init-city", str(folder))}
    assert (counts["returns"], counts["vintage"]) == (0, 0)
    shell.run("indicators", "--period", "2024-02", code=1)
    file = tmp_path / "later" / "monthly.2024-02.csv"
    arguments = ("import-returns", str(file), "--form", "monthly", "--period", "2024-02")
    file.write_text(file.read_text().replace(",3300,", ",3300x,", 1))
    (finding, *_rest) = shell.rows(*arguments, "--dry-run", code=1)
    assert (finding["file"], finding["row"], finding["cell"], finding["rule"], finding["value"]) == (
        "monthly.2024-02.csv",
        4,
        "output__ytd",
        "not_a_number",
        "3300x",
    )
    file.write_text(file.read_text().replace(",3300x,", ",3300,"))
    assert shell.rows(*arguments, "--dry-run") == [{"returns": 0, "checked": 4}]
    assert shell.rows(*arguments) == [{"returns": 4, "checked": 4}]
    assert {row["rule"] for row in shell.rows(*arguments, code=1)} == {"not_open"}


def test_before_there_is_a_city_the_command_says_what_to_do(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "var")
    done = subprocess.run(
        [*COMMAND, "indicators", "--period", "2024-02"],
        env=shell.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "gongmai doctor" in done.stderr, "Traceback" in done.stderr) == (2, True, False)
