import json

import pytest
from click.testing import CliRunner

from gongmai.cli.indicators import indicators
from gongmai.cli.panel import panel as panel_group
from gongmai.core.panel.actions.publish import publish


def run(command, *args):
    return CliRunner().invoke(command, list(args), catch_exceptions=False)


def test_rows_in_json_carry_the_codes_under_the_names_asked_for(small_city):
    result = run(
        indicators,
        *["--period", "2022-12", "--cumulative", "--by", "industry", "--by", "county", "--format", "json"],
    )
    assert result.exit_code == 0
    rows = json.loads(result.output)
    assert rows[0] == {
        "industry": "13",
        "county": "999901",
        "firms": 1,
        "output": 950,
        "output_base": 900,
        "growth": pytest.approx(950 / 900 - 1),
        "contribution": pytest.approx(50 / 300),
        "pull": pytest.approx(50 / 2900),
        "period": "2022-12",
        "view": "cumulative",
        "basis": "comparable",
        "vintage": 1,
    }
    assert sum(row["output"] for row in rows) == 3200


def test_without_a_cut_json_is_a_list_of_the_total_alone(small_city):
    result = run(indicators, *["--period", "2022-12", "--cumulative", "--format", "json"])
    (total,) = json.loads(result.output)
    assert (total["output"], total["firms"]) == (3200, 5)


def test_the_month_is_the_default(small_city):
    result = run(indicators, "--period", "2022-12", "--format", "csv")
    assert result.output.splitlines()[1].startswith("5,320,290,")


def test_the_table_is_for_reading(small_city):
    result = run(indicators, "--period", "2022-12", "--by", "size", "--basis", "same-sample")
    assert result.exit_code == 0
    assert "same_sample" in result.output


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--period", "2022-01"], 2),
        (["--period", "2022-12", "--by", "moon"], 2),
        (["--period", "2022-12", "--item", "profit"], 2),
        (["--period", "2023-05"], 1),
        (["--period", "2022-12", "--vintage", "9"], 1),
    ],
)
def test_exit_codes_tell_usage_from_findings(small_city, args, code):
    assert run(indicators, *args).exit_code == code


def test_a_panel_is_exported_rebuilt_and_compared(small_city, tmp_path):
    small_city.file(202212, 1, output=200, output__ytd=1190, output__base=100, output__ytd_base=1000)
    publish()
    target = tmp_path / "out.parquet"
    assert run(panel_group, "export", "--period", "2022-12", "--out", str(target)).exit_code == 0
    assert target.exists()
    result = run(panel_group, "rebuild", "--format", "json")
    assert json.loads(result.output[result.output.index("{") :])["findings"] == []
    answer = json.loads(run(panel_group, "diff", "1", "2", "--format", "json").output)
    assert {total["cell"]: total["corrections"] for total in answer["totals"]} == {
        "output": 90,
        "output__ytd": 90,
    }
    assert run(panel_group, "diff", "1", "2").exit_code == 0
    assert run(panel_group, "diff", "1", "7").exit_code == 1


def test_a_rebuild_with_a_finding_ends_with_one(small_city):
    small_city.facts[0].cells["output"] = 1
    assert run(panel_group, "rebuild").exit_code == 1
