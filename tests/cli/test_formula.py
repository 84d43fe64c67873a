import json

import pytest
import yaml
from click.testing import CliRunner

from gongmai.cli.formula import formula
from gongmai.core.formula.models import RuleVersion


def run(*args):
    return CliRunner().invoke(formula, list(args), catch_exceptions=False)


GOOD = """
formulas:
  - code: sells
    label: {zh-Hans: 有销售, en: sells}
    formula: sales > 0
    valid_from: 2020-01-01
    source: test
    examples: [{name: some, given: {sales: 1}, expect: true}]
"""


def test_a_good_file_has_no_findings_and_exits_with_zero(tmp_path):
    path = tmp_path / "good.yaml"
    path.write_text(GOOD, encoding="utf-8")
    result = run("check", str(path), "--format", "json")
    assert (result.exit_code, json.loads(result.output)) == (0, [])


def test_a_file_with_a_mistake_exits_with_one_and_says_where(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(GOOD.replace("sales > 0", "0 < nosuch"), encoding="utf-8")
    result = run("check", str(path), "--format", "json")
    assert result.exit_code == 1
    (finding,) = json.loads(result.output)
    assert (finding["formula"], finding["code"], finding["position"]) == ("sells", "unknown_item", 4)


def test_a_missing_file_is_a_usage_error():
    assert run("check", "nosuch.yaml").exit_code == 2


def test_an_unknown_code_or_firm_is_a_usage_error(small_city):
    assert run("explain", "nosuch", "--enterprise", "x", "--period", "2022-12").exit_code == 2
    assert run("explain", "growth", "--enterprise", "x", "--period", "2022-12").exit_code == 2


def test_an_indicator_is_explained_on_the_published_facts_of_a_firm(small_city, monkeypatch):
    monkeypatch.setattr("gongmai.cli.formula.find_by_credit_codes", lambda codes: dict.fromkeys(codes, 1))
    asked = ["explain", "growth", "--enterprise", "firm", "--period", "2022-12", "--cumulative"]
    answer = json.loads(run(*asked, "--format", "json").output)
    assert answer["value"] == pytest.approx(0.1)
    assert {part["value"] for part in answer["parts"]} == {1100, 1000}
    shown = run(*asked, "--format", "csv").output
    assert "10%" in shown


def test_a_period_that_is_not_published_is_a_usage_error(small_city, monkeypatch):
    monkeypatch.setattr("gongmai.cli.formula.find_by_credit_codes", lambda codes: dict.fromkeys(codes, 1))
    assert run("explain", "growth", "--enterprise", "firm", "--period", "2019-12").exit_code == 2


@pytest.mark.django_db
def test_the_export_is_a_catalogue_that_holds_the_approved_versions(tmp_path):
    RuleVersion.objects.create(
        catalogue="audits", kind="param", code="month_limit", entry={"value": 0.4}, valid_from="2023-06-01",
        state="approved", author="one", changed_at="2023-06-01T00:00:00Z", decided_at="2023-06-01T00:00:00Z",
    )  # fmt: skip
    path = tmp_path / "rules.yaml"
    assert run("export", str(path)).exit_code == 0
    assert run("check", str(path), "--format", "json").output.strip() == "[]"
    params = {each["code"]: each for each in yaml.safe_load(path.read_text("utf-8"))["params"]}
    assert [value["value"] for value in params["month_limit"]["values"]] == [0.5, 0.4]
    assert str(params["month_limit"]["values"][0]["valid_to"]) == "2023-05-31"
