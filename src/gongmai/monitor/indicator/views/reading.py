"""The seam between the screens and the queries: figures in the shape that tables and charts need."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from gongmai.core.access.types import Actor
from gongmai.core.formula.types import View
from gongmai.core.panel.types import Layer
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.forms import Selection
from gongmai.monitor.indicator.queries.compute import compute
from gongmai.monitor.indicator.types import Basis, Request, Row
from gongmai.monitor.indicator.views import words


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a cut, worded: its codes in the order of the cuts, its values by indicator."""

    codes: tuple[str, ...]
    label: str
    values: Mapping[str, float | None]
    note: str = ""
    hidden: str = ""

    @property
    def code(self) -> str:
        """The code in the first cut, empty for the total."""
        return self.codes[0] if self.codes else ""

    @property
    def firms(self) -> int:
        """Firms on the roster."""
        return int(self.values.get("firms") or 0)


@dataclass(frozen=True, slots=True)
class Reading:
    """The groups of one question and their total; groups of an overlapping cut (tags) do not add up."""

    groups: tuple[Group, ...]
    total: Group
    overlapping: bool = False

    def keep(self, wanted: Callable[[Group], bool]) -> "Reading":
        """The same with some of the groups; the total stays that of all."""
        return replace(self, groups=tuple(group for group in self.groups if wanted(group)))

    def sort(self, key: str, *, descending: bool) -> "Reading":
        """Ordered by a value or by ``label`` (then by code); groups without the value come last."""
        if key == "label":
            ordered = sorted(self.groups, key=lambda group: group.codes, reverse=descending)
            return replace(self, groups=tuple(ordered))
        known = [group for group in self.groups if group.values.get(key) is not None]
        unknown = [group for group in self.groups if group.values.get(key) is None]
        known.sort(key=lambda group: group.values[key] or 0, reverse=descending)
        return replace(self, groups=(*known, *unknown))


def make_request(
    selection: Selection,
    by: Sequence[str] = (),
    *,
    view: str = "",
    indicators: Sequence[str] = (),
    item: str = "",
    whole_years: bool = False,
) -> Request:
    """The question that a selection asks; the item's and the period's own limits decide the view.

    With `whole_years` the month is kept where the selected period has none: other periods are asked for too.
    """
    item = item or selection.item
    chosen = view or selection.view
    if (selection.period.is_merged and not whole_years) or not words.has_month(item):
        chosen = "cumulative"
    return Request(
        period=selection.period,
        view=View(chosen),
        item=item,
        by=tuple(by),
        basis=Basis(selection.basis),
        indicators=tuple(indicators),
        filters=selection.filters,
        vintage=selection.vintage,
        layer=Layer(selection.layer),
    )


def read_groups(
    actor: Actor,
    selection: Selection,
    by: Sequence[str] = (),
    *,
    view: str = "",
    indicators: Sequence[str] = (),
    item: str = "",
) -> Reading:
    """The groups of a cut (or of two) with the standard figures and those asked for."""
    table = compute(actor, make_request(selection, by, view=view, indicators=indicators, item=item))
    cuts = [words.cut_of(code) for code in by]
    return Reading(
        groups=tuple(_group(row, [cut.code for cut in cuts]) for row in table.rows),
        total=_total(actor, table.total),
        overlapping=any(cut.overlapping for cut in cuts),
    )


def _group(row: Row, by: Sequence[str]) -> Group:
    codes = tuple(row.codes[cut] for cut in by)
    label = words.group_label(by[0], codes[0])
    return Group(codes, label, row.values, row.note, row.hidden)


def _total(actor: Actor, row: Row) -> Group:
    return Group((), words.scope_label(actor), row.values, row.note, row.hidden)


def beside(main: Reading, month: Reading | None, chosen: Reading) -> Reading:
    """Cumulative figures with the month's as ``month_...``; contribution and pull are those of `chosen`."""

    def merge(group: Group, other: Group | None, moved: Group | None) -> Group:
        values = dict(group.values)
        for code in ("level", "base", "growth"):
            values[f"month_{code}"] = other.values.get(code) if other else None
        for code in ("contribution", "pull"):
            values[code] = moved.values.get(code) if moved else None
        return replace(group, values=values, hidden=moved.hidden if moved else "")

    others = {group.codes: group for group in month.groups} if month else {}
    moved = {group.codes: group for group in chosen.groups}
    groups = tuple(merge(group, others.get(group.codes), moved.get(group.codes)) for group in main.groups)
    return replace(main, groups=groups, total=merge(main.total, month.total if month else None, chosen.total))


def periods_up_to(known: Sequence[Period], last: Period, count: int) -> list[Period]:
    """The published periods up to one, oldest first, at most so many."""
    return sorted(period for period in known if period <= last)[-count:]
