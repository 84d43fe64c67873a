"""The reference for rule writers is complete and its formulas are right."""

import re
from pathlib import Path

import pytest

from gongmai.adapters.sqlite_rows import SqliteRowEvaluator
from gongmai.core.formula.queries import build_vocabulary, check_file, load_yaml, phrases
from gongmai.core.formula.rules import words

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "formula.md").read_text(encoding="utf-8")
ITEMS = load_yaml(ROOT / "src" / "gongmai" / "core" / "panel" / "data" / "items.yaml")["items"]


@pytest.mark.parametrize("word", sorted(words.FUNCTIONS))
def test_every_word_is_on_the_page(word: str) -> None:
    assert f"`{word}(" in PAGE


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_every_word_has_a_phrase_in_both_languages(language: str) -> None:
    spoken = {*words.FUNCTIONS, "and", "or", "not", "in", "between", "case"} - {"in_unit", "param"}
    assert spoken - phrases()[language].keys() == set()


def test_the_limits_on_the_page_are_the_limits() -> None:
    limits = f"{words.MAX_TEXT // 1024} KB of text, {words.MAX_DEPTH} levels, {words.MAX_LIST} entries"
    assert limits in PAGE
    assert f"{words.MAX_NODES} parts" in PAGE
    assert f"At most {words.MAX_SPAN} periods" in PAGE


def test_the_catalogue_on_the_page_holds(tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    path = tmp_path / "page.yaml"
    path.write_text(block.group(1), encoding="utf-8")
    assert check_file(path, build_vocabulary(ITEMS), evaluator=SqliteRowEvaluator()) == []
