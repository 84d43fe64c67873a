"""The league of units: timeliness, completeness and quality of filing, by month and over twelve of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.formula.queries import build_vocabulary, check_all, load_catalogue, load_yaml, row_evaluator
from gongmai.core.formula.types import Checked
from gongmai.core.period import clock
from gongmai.core.period.types import PERIODS_PER_YEAR, Period
from gongmai.monitor.chase.rules.league import add_up, rank, with_moves
from gongmai.monitor.chase.types import Figures, Place
from gongmai.monitor.filing.queries.extensions import first_due
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.outstanding import Timeliness, timeliness

DATA = Path(__file__).parents[1] / "data" / "league.yaml"
SPANS = (1, PERIODS_PER_YEAR)


def league(actor: Actor, period: Period, *, form: str = "", span: int = 1) -> list[Place]:
    """The units by score over `span` periods up to `period`, with the places won since the period before.

    `form`: one form, or all where it is empty. Aggregates of units only; no firm can be read from it.
    Raises NotAllowed.
    """
    check_may(actor, "league.view")
    chosen = [form] if form else list(forms())
    try:
        first = Period.from_index(period.index - span)
    except ValueError:  # before the first year that a period can name
        return []
    rows = timeliness(chosen, first, period)
    now = _places(rows, Period.from_index(period.index - span + 1), period)
    then = _places(rows, first, period.previous())
    return with_moves(now, {place.figures.unit: place.rank for place in then})


def total(places: Sequence[Place]) -> Place:
    """All units as one row, without a rank."""
    figures = add_up([place.figures for place in places], "")
    return Place(figures, score(figures, None), 0)


def is_still_open(form: str, period: Period) -> bool:
    """Whether a deadline of the period is still to come, so that nobody can be called late for it yet."""
    chosen = [form] if form else list(forms())
    return any(first_due(code, period) >= clock.today() for code in chosen)


def formula_in_force(day: date) -> Checked:
    """The formula of the score that holds on a day."""
    return next(checked for checked in reversed(_formulas()) if checked.formula.in_force(day))


def score(figures: Figures, day: date | None) -> float | None:
    """The score of a unit by the formula in force; None where nothing was due."""
    if not figures.due:
        return None
    place = Place(figures, None, 0)
    row: Mapping[str, Any] = {
        "period": 202012 if day is None else day.year * 100 + max(day.month, 2),
        "on_time_share": place.on_time_share,
        "filed_share": place.filed_share,
        "returned_share": place.returned_share,
        "corrected_share": place.corrected_share,
        "review_days": figures.review_days,
    }
    checked = formula_in_force(day or date.max)
    value = row_evaluator().evaluate([checked], [row])[0]
    return round(float(value), 1) if isinstance(value, int | float) else None


def _places(rows: Sequence[Timeliness], first: Period, last: Period) -> list[Place]:
    by_unit: dict[str, list[Figures]] = {}
    for row in rows:
        if first.key <= row.period <= last.key:
            by_unit.setdefault(row.unit, []).append(_figures(row))
    day = date(last.year, last.month, 28)
    summed = [add_up(figures, unit) for unit, figures in by_unit.items()]
    return rank([(figures, score(figures, day)) for figures in summed])


def _figures(row: Timeliness) -> Figures:
    return Figures(
        unit=row.unit,
        due=row.due,
        filed=row.filed,
        on_time=row.on_time,
        late=row.late,
        extended=row.extended,
        corrected=row.corrected,
        returned=row.returned,
        reviewed=row.reviewed,
        review_days=row.review_days,
    )


@lru_cache(maxsize=1)
def _formulas() -> tuple[Checked, ...]:
    vocabulary = build_vocabulary(load_yaml(DATA)["items"])
    return tuple(check_all(load_catalogue(DATA).formulas, vocabulary))
