"""One indicator over periods, for the whole selection or for groups of a cut."""

from collections.abc import Sequence

from gongmai.core.access.types import Actor
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.forms import Selection
from gongmai.monitor.indicator.queries.trend import trend
from gongmai.monitor.indicator.types import Trend
from gongmai.monitor.indicator.views import reading

Values = list[float | None]


def _ask(
    actor: Actor, selection: Selection, periods: Sequence[Period], code: str, by: Sequence[str], view: str
) -> Trend:
    request = reading.make_request(selection, by, indicators=(code,), view=view, whole_years=True)
    return trend(actor, request, tuple(periods))


def read_total(
    actor: Actor, selection: Selection, periods: Sequence[Period], code: str, *, view: str = ""
) -> Values:
    """The values of the whole selection, None where a period has none."""
    found = _ask(actor, selection, periods, code, (), view)
    return list(found.series[0].values[code]) if found.series else [None] * len(periods)


def read_by_group(
    actor: Actor, selection: Selection, periods: Sequence[Period], code: str, cut: str
) -> dict[str, Values]:
    """The values of each group of a cut."""
    found = _ask(actor, selection, periods, code, (cut,), "")
    return {next(iter(series.codes.values()), ""): list(series.values[code]) for series in found.series}
