"""The tables of an adjusted series as typed figures in the stored unit, and figures as they are printed."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from gongmai.core.document.types import Column, Kind, Table, Value
from gongmai.monitor.outlook.messages import describe_adjustment
from gongmai.monitor.outlook.queries.city_seasonal import COMPARABLE, CitySeries
from gongmai.monitor.outlook.rules.calendar import FEBRUARY, MONTHS
from gongmai.ui.templatetags.display import DASH, decimal, yi


def figure(value: float | None, unit: str) -> str:
    """A figure in the unit shown: hundreds of millions of yuan, or as it is kept."""
    if value is None:
        return DASH
    return yi(float(value), 2) if unit == "kcny" else decimal(float(value), 0 if unit == "person" else 2)


def make_tables(found: CitySeries, labels: Sequence[str], unit: str, title: str) -> list[Table]:
    """A sheet each for the series, its revisions, and how good it is."""
    made = found.made
    basis = _("Comparable basis") if found.basis == COMPARABLE else _("Published levels")
    notes = [
        f"{title} · {basis} · {_('vintage %(number)s') % {'number': found.vintage}}",
        _("January-February is one period: its figures are those of a month on average, a derived value."),
    ]
    change_kind = Kind.PERCENT if made.relative else Kind.DECIMAL
    money = f" ({_('thousand yuan')})" if unit == "kcny" else ""
    columns = (
        Column("period", _("Period")),
        Column("filed", _("As filed") + money, Kind.DECIMAL),
        Column("original", _("Original (per month)") + money, Kind.DECIMAL),
        Column("adjusted", _("Seasonally adjusted") + money, Kind.DECIMAL),
        Column("change", _("On the month before, adjusted"), change_kind),
        Column("trend", _("Trend") + money, Kind.DECIMAL),
        Column("seasonal", _("Seasonal factor"), Kind.DECIMAL, digits=4),
        Column("calendar", _("Calendar factor"), Kind.DECIMAL, digits=4),
        Column("irregular", _("Irregular"), Kind.DECIMAL, digits=4),
    )
    revised = (
        Column("period", _("Period")),
        Column("first", _("First estimate") + money, Kind.DECIMAL),
        Column("now", _("As of now") + money, Kind.DECIMAL),
        Column("first_change", _("Change as first estimated"), change_kind),
        Column("change", _("Change now"), change_kind),
    )
    return [
        Table(_("Seasonal adjustment"), columns, list(_values(found, labels)), notes),
        Table(
            _("Revisions"),
            revised,
            [
                (period_label(each.period), each.first, each.now, each.first_change, each.change)
                for each in made.revisions
            ],
            notes,
        ),
        Table(
            _("Quality"),
            (Column("what", _("Diagnosis"), width=60.0), Column("value", _("Value"), Kind.DECIMAL)),
            [*((line, None) for line in describe_adjustment(made, filled=found.filled)), *_grades(found)],
            notes,
        ),
    ]


def _values(found: CitySeries, labels: Sequence[str]) -> Iterator[tuple[Value, ...]]:
    made = found.made
    parts = (made.trend, made.seasonal, made.calendar, made.irregular)
    for at, label in enumerate(labels):
        yield (
            label,
            float(made.filed[at]),
            float(made.original[at]),
            float(made.adjusted[at]),
            made.change[at],
            *(float(part[at]) for part in parts),
        )


def _grades(found: CitySeries) -> list[tuple[Value, ...]]:
    quality = found.made.quality
    return (
        [] if quality is None else [*quality.grades.items(), ("Q", quality.q), ("Q-M2", quality.q_without_m2)]
    )


def period_label(period: int) -> str:
    """A period as it is listed; the merged one says which months it is."""
    year, month = period // MONTHS, period % MONTHS + 1
    return f"{year}-01/02" if month == FEBRUARY else f"{year}-{month:02d}"
