"""What the formula language needs from an engine that evaluates one return."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from gongmai.core.formula.types import Checked, Row, Value, View


class RowEvaluator(Protocol):
    """Evaluates many formulas over one enterprise's return, or over a small group, at once."""

    def evaluate(
        self,
        formulas: Sequence[Checked],
        rows: Sequence[Row],
        *,
        lines: Mapping[str, Sequence[Row]] | None = None,
        view: View = View.MONTH,
        at: date | None = None,
    ) -> list[Value | list[Value]]:
        """Evaluate row and line formulas on the last of an enterprise's rows.

        `rows` is the enterprise's history, each with `period` (202212) and cell keys; order does not
        matter, the latest period is the return at hand. A missing key is unknown. `lines` are the
        repeating tables of that return. The result is one value per formula, in order: a number
        (float), boolean, text or None (unknown); for a row formula with a `table` a list with one
        value per line. `at` is the day for parameters (default: the end of the period).
        """
        ...

    def evaluate_group(
        self,
        formulas: Sequence[Checked],
        rows: Sequence[Row],
        *,
        by: Sequence[str] = (),
        view: View = View.MONTH,
        period: int | None = None,
        at: date | None = None,
    ) -> list[dict[str, Value]]:
        """Evaluate aggregate formulas over the rows of several enterprises.

        Each row has `enterprise_id` and `period`. The result is one mapping per group: the names of
        `by` and one key per formula code.
        """
        ...
