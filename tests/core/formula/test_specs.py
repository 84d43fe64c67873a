"""The worked examples of the specification files hold, and a file with mistakes is told so."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from gongmai.adapters.sqlite_rows import SqliteRowEvaluator
from gongmai.core.formula.messages import word
from gongmai.core.formula.queries import build_vocabulary, check_file, load_yaml
from gongmai.core.formula.types import Vocabulary

ROOT = Path(__file__).parents[3]
SPECS = sorted((ROOT / "tests" / "specs" / "formula").glob("*.yaml"))
ITEMS = ROOT / "src" / "gongmai" / "core" / "panel" / "data" / "items.yaml"
ENERGY = ROOT / "src" / "gongmai" / "monitor" / "filing" / "data" / "forms" / "energy.yaml"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """The items of the product and the lines of its energy form."""
    tables = {table["code"]: table["columns"] for table in load_yaml(ENERGY)["tables"]}
    return build_vocabulary(load_yaml(ITEMS)["items"], tables=tables)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_worked_example_holds(path: Path, vocabulary: Vocabulary) -> None:
    findings = check_file(path, vocabulary, evaluator=SqliteRowEvaluator())
    assert [word(finding) for finding in findings] == []
    assert all(formula["examples"] for formula in load_yaml(path)["formulas"])


def entry(**changes: Any) -> dict[str, Any]:
    base = {
        "code": "x",
        "label": {"zh-Hans": "甲", "en": "x"},
        "formula": "output > 0",
        "valid_from": "2020-01-01",
        "source": "a law",
    }
    return {**base, **changes}


@pytest.mark.parametrize(
    ("formulas", "codes"),
    [
        ([entry(formula="nosuch > 0")], ["unknown_item"]),
        ([entry(formula="output > workforce")], ["unit_mismatch"]),
        ([entry(formula="output > 2000")], ["bare_number"]),
        ([entry(unit="person", formula="output")], ["unit_declared"]),
        ([entry(source="")], ["no_source"]),
        ([entry(valid_from=None)], ["no_date"]),
        ([entry(valid_to="2019-12-31")], ["dates_reversed"]),
        ([entry(valid_to="2021-12-31"), entry(valid_from="2021-12-31")], ["overlap"]),
        ([entry(valid_to="2021-12-31"), entry(valid_from="2022-01-01")], []),
        ([entry(examples=[{"name": "wrong", "given": {"output": 1}, "expect": False}])], ["example_failed"]),
        ([entry(examples=[{"name": "no such view", "view": "week", "expect": False}])], ["schema"]),
        ([entry(formula="x2 > 0"), entry(code="x2", formula="x2")], ["circular", "circular"]),
        ([entry(formula="param('p') > 0")], ["unknown_param"]),
        ([entry(code="has space")], ["schema"]),
        ([{"code": "x"}], ["schema"] * 4),
        ([entry(mode="lines")], ["unknown_table"]),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file_is_found(
    formulas: list[dict[str, Any]], codes: list[str], tmp_path: Path, vocabulary: Vocabulary
) -> None:
    path = tmp_path / "catalogue.yaml"
    path.write_text(yaml.safe_dump({"formulas": formulas}, allow_unicode=True), encoding="utf-8")
    findings = check_file(path, vocabulary, evaluator=SqliteRowEvaluator())
    assert [finding.code for finding in findings] == codes
    assert all(word(finding) for finding in findings)


def test_one_formula_may_name_another_of_the_file(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "catalogue.yaml"
    example = {"name": "slow", "given": {"sales": 6, "output": 10}, "expect": True}
    formulas = [
        entry(code="sales_rate", formula="sales / output"),
        entry(code="slow", formula="sales_rate < 0.7", examples=[example]),
    ]
    path.write_text(yaml.safe_dump({"formulas": formulas}, allow_unicode=True), encoding="utf-8")
    assert check_file(path, vocabulary, evaluator=SqliteRowEvaluator()) == []


def test_an_entry_may_stand_for_several_items(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "catalogue.yaml"
    example = {"name": "none", "given": {"{item}": 0}, "expect": True}
    formulas = [
        entry(code="none_{item}", formula="{item} = 0", for_each=["output", "sales"], examples=[example])
    ]
    path.write_text(yaml.safe_dump({"formulas": formulas}, allow_unicode=True), encoding="utf-8")
    assert check_file(path, vocabulary, evaluator=SqliteRowEvaluator()) == []
    formulas[0]["for_each"] = ["nosuch"]
    path.write_text(yaml.safe_dump({"formulas": formulas}, allow_unicode=True), encoding="utf-8")
    assert [finding.code for finding in check_file(path, vocabulary)] == ["unknown_item"]


def test_a_formula_of_any_item_is_tried_on_the_items_of_its_examples(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    path = tmp_path / "catalogue.yaml"
    examples = [
        {"name": "by default", "given": {"output": 5}, "expect": 5},
        {"name": "of another", "item": "sales", "given": {"sales": 7}, "expect": 8},
    ]
    formulas = [entry(code="level", mode="aggregate", formula="sum({item})", examples=examples)]
    path.write_text(yaml.safe_dump({"formulas": formulas}, allow_unicode=True), encoding="utf-8")
    (finding,) = check_file(path, vocabulary, evaluator=SqliteRowEvaluator(), item="output")
    assert (finding.code, finding.params["example"], finding.params["found"]) == (
        "example_failed",
        "of another",
        7,
    )
