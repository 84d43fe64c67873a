"""Worked examples: the rows a rule writer gives, and what the formula must say of them.

An example is `{name, given, expect}` and, where needed, `view`, `lines`, `by`, `at`, `digits`. `given` is
one row or a list: for row formulas the history of one enterprise, oldest first, for aggregates one row
per enterprise. A row may carry `period` (as 2022-06 or 202206); rows without it are consecutive periods
up to December 2022 for a history, and all of June 2022 for a group.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from gongmai.core.formula.ports import RowEvaluator
from gongmai.core.formula.types import Checked, Finding, FormulaError, Mode, View
from gongmai.core.period.types import Period

_HISTORY_ENDS = Period(2022, 12)
_GROUP_AT = Period(2022, 6)


def run_examples(checked: Checked, evaluator: RowEvaluator) -> list[Finding]:
    """Run the worked examples of a formula; a finding for each that does not hold."""
    findings = []
    for example in checked.formula.examples:
        name = str(example.get("name", ""))
        try:
            found = evaluate_example(checked, example, evaluator)
        except FormulaError as error:
            findings.append(
                Finding(error.code, checked.code, {**error.params, "example": name}, error.position)
            )
            continue
        if not _same(found, example.get("expect"), example.get("digits")):
            params = {"example": name, "expected": example.get("expect"), "found": found}
            findings.append(Finding("example_failed", checked.code, params))
    return findings


def evaluate_example(checked: Checked, example: Mapping[str, Any], evaluator: RowEvaluator) -> Any:
    """Return what the formula gives for an example; with `by`, a mapping from group to value."""
    view = View(example.get("view", "month"))
    day = example.get("at")
    at = day if day is None or isinstance(day, date) else date.fromisoformat(str(day))
    if checked.formula.mode is Mode.AGGREGATE:
        rows = _rows(example, history=False)
        by = list(example.get("by", ()))
        groups = evaluator.evaluate_group([checked], rows, by=by, view=view, at=at)
        if not by:
            return groups[0][checked.code]
        return {"|".join(str(group[name]) for name in by): group[checked.code] for group in groups}
    rows = _rows(example, history=True)
    return evaluator.evaluate([checked], rows, lines=example.get("lines"), view=view, at=at)[0]


def _rows(example: Mapping[str, Any], *, history: bool) -> list[dict[str, Any]]:
    given = example.get("given", {})
    rows = [dict(row) for row in (given if isinstance(given, list) else [given])]
    for number, row in enumerate(rows):
        default = Period.from_index(_HISTORY_ENDS.index - len(rows) + 1 + number) if history else _GROUP_AT
        row["period"] = _period(row.get("period", default.key))
        row.setdefault("enterprise_id", 1 if history else number + 1)
    return rows


def _period(value: Any) -> int:
    return Period.parse(value).key if isinstance(value, str) else int(value)


def _same(found: Any, expected: Any, digits: int | None) -> bool:
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        keys = {str(key): value for key, value in expected.items()}
        return keys.keys() == found.keys() and all(_same(found[key], keys[key], digits) for key in keys)
    if isinstance(expected, Sequence) and isinstance(found, Sequence) and not isinstance(expected, str):
        return len(found) == len(expected) and all(
            _same(one, other, digits) for one, other in zip(found, expected, strict=True)
        )
    if isinstance(expected, bool) or isinstance(found, bool) or expected is None or found is None:
        return found is expected
    if isinstance(expected, int | float) and isinstance(found, int | float):
        if digits is not None:
            return math.isclose(round(found, digits), expected, abs_tol=10 ** -(digits + 2))
        return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)
    return bool(found == expected)
