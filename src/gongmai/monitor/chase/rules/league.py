"""Ranking the units by their score, and how far each moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gongmai.monitor.chase.types import Figures, Place


def add_up(rows: Iterable[Figures], unit: str) -> Figures:
    """Several rows of figures as one; the days of review are weighted by what was reviewed."""
    rows = list(rows)
    reviewed = sum(row.reviewed for row in rows)
    days = sum((row.review_days or 0) * row.reviewed for row in rows)
    names = ("due", "filed", "on_time", "late", "extended", "corrected", "returned")
    counts = {name: sum(getattr(row, name) for row in rows) for name in names}
    return Figures(unit=unit, reviewed=reviewed, review_days=days / reviewed if reviewed else None, **counts)


def rank(scored: Sequence[tuple[Figures, float | None]]) -> list[Place]:
    """By score, the best first; equals share a rank; who has no score comes last, in order of codes."""
    ordered = sorted(scored, key=lambda pair: (pair[1] is None, -(pair[1] or 0), pair[0].unit))
    found: list[Place] = []
    for place, (figures, score) in enumerate(ordered, 1):
        before = found[-1] if found else None
        same = before is not None and before.score == score
        found.append(Place(figures, score, before.rank if same and before else place))
    return found


def with_moves(places: Sequence[Place], before: Mapping[str, int]) -> list[Place]:
    """The places with the ranks won (positive) or lost since `before`: unit -> rank then."""
    return [
        replace(
            place, moved=before[place.figures.unit] - place.rank if place.figures.unit in before else None
        )
        for place in places
    ]
