"""The tables and charts of the forecast page, as plain data."""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from gongmai.core.document import types as document
from gongmai.core.period.types import Period
from gongmai.monitor.outlook.queries.forecast_reading import Outlook
from gongmai.monitor.outlook.queries.forecast_vintages import BANDS
from gongmai.monitor.outlook.types import Level, Record
from gongmai.monitor.outlook.views import forecast_words as words
from gongmai.ui.templatetags.display import KCNY_PER_100M

SHOWN_BACK = 33  # periods of history beside the fan: three years
COLOUR = "#0d6b84"
OPACITY = {95: 0.12, 80: 0.16, 50: 0.22}
UNKNOWN, TO, MINUS = "\u2013", "\u2013", "\u2212"


def _scale(item: str) -> float:
    return KCNY_PER_100M if words.item_kind(item) == "yi" else 1.0


def _round(value: float, item: str) -> float | None:
    """Two places of the shown unit; more for small firms."""
    if not np.isfinite(value):
        return None
    shown = float(value) / _scale(item)
    return round(shown, 2 if abs(shown) >= 1 else 4)


def _print(value: float, item: str) -> str:
    shown = _round(value, item)
    if shown is None:
        return UNKNOWN
    return f"{shown:,.2f}" if abs(shown) >= 1 or shown == 0 else f"{shown:,.4f}"


def fan_chart(outlook: Outlook, horizon: int) -> dict[str, Any]:
    """History, forecast, and three bands, the widest at the back."""
    item = outlook.file.item
    back = min(SHOWN_BACK, len(outlook.periods))
    past, ahead = list(outlook.periods[-back:]), outlook.ahead()[:horizon]
    labels = [str(period) for period in [*past, *ahead]]
    history = [_round(value, item) for value in outlook.history[-back:]]
    gap: list[float | None] = [None] * (back - 1)
    joint = history[-1]
    point = [*gap, joint, *(_round(value, item) for value in outlook.made.point[0, :horizon])]
    naive = [*gap, joint, *(_round(value, item) for value in outlook.made.naive[0, :horizon])]
    bands = []
    for band in sorted(BANDS, reverse=True):
        low = [joint, *(_round(v, item) for v in outlook.made.lower[band][0, :horizon])]
        high = [joint, *(_round(v, item) for v in outlook.made.upper[band][0, :horizon])]
        bands += _band(band, [*gap, *low], [*gap, *high])
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {
            "top": 0,
            "type": "scroll",
            "data": [_("Comparable history"), _("Forecast figure"), _("Last year's same period")]
            + [_("%(share)s%% interval") % {"share": band} for band in BANDS],
        },
        "grid": {"left": 8, "right": 16, "top": 56, "bottom": 4, "containLabel": True},
        "xAxis": {
            "type": "category",
            "data": labels,
            "boundaryGap": False,
            "axisLabel": {"hideOverlap": True},
        },
        "yAxis": {"type": "value", "name": words.item_unit(item), "scale": True},
        "series": [
            *bands,
            _line(_("Comparable history"), history + [None] * len(ahead), "#33434b"),
            _line(_("Last year's same period"), naive, "#9aa7ae", "dotted"),
            _line(_("Forecast figure"), point, COLOUR, "dashed"),
        ],
    }


def _line(name: str, data: list[float | None], colour: str, kind: str = "solid") -> dict[str, Any]:
    return {
        "name": name,
        "type": "line",
        "data": data,
        "symbolSize": 4,
        "lineStyle": {"width": 2, "type": kind, "color": colour},
        "itemStyle": {"color": colour},
    }


def _band(band: int, low: list[float | None], high: list[float | None]) -> list[dict[str, Any]]:
    """Two stacked lines, the area between them filled; the lower one draws nothing itself."""
    name = _("%(share)s%% interval") % {"share": band}
    between = [None if a is None or b is None else round(b - a, 4) for a, b in zip(low, high, strict=True)]
    shared = {
        "type": "line",
        "stack": f"band{band}",
        "stackStrategy": "all",
        "symbol": "none",
        "silent": True,
        "lineStyle": {"opacity": 0},
        "tooltip": {"show": False},
    }
    return [
        {**shared, "name": f"low{band}", "data": low},
        {
            **shared,
            "name": name,
            "data": between,
            "itemStyle": {"color": COLOUR, "opacity": OPACITY[band] + 0.15},
            "areaStyle": {"color": COLOUR, "opacity": OPACITY[band]},
        },
    ]


def fan_table(outlook: Outlook, horizon: int) -> dict[str, Any]:
    """The chart in words: history, then the forecast."""
    item = outlook.file.item
    back = min(SHOWN_BACK, len(outlook.periods))
    past = zip(outlook.periods[-back:], outlook.history[-back:], strict=True)
    ahead = zip(outlook.ahead()[:horizon], outlook.made.point[0, :horizon], strict=True)
    return {
        "columns": [_("Period"), _("Comparable history"), _("Forecast figure")],
        "rows": [[str(period), _print(value, item), UNKNOWN] for period, value in past]
        + [[str(period), UNKNOWN, _print(value, item)] for period, value in ahead],
    }


def rows(outlook: Outlook, horizon: int) -> list[dict[str, Any]]:
    """The forecast by period, with growth on a year ago and the intervals."""
    item, made = outlook.file.item, outlook.made
    found = []
    for step, period in enumerate(outlook.ahead()[:horizon]):
        before = outlook.year_before(step)
        growth = made.point[0, step] / before - 1 if before > 0 else None
        found.append(
            {
                "period": words.period_option(period),
                "point": _print(made.point[0, step], item),
                "growth": UNKNOWN if growth is None else f"{100 * growth:+.1f}%".replace("-", MINUS),
                "css": "" if growth is None else "up" if growth >= 0 else "down",
                "before": _print(before, item),
                "bands": [
                    f" {TO} ".join(_print(side[band][0, step], item) for side in (made.lower, made.upper))
                    for band in BANDS
                ],
            }
        )
    return found


def record_of(record: Record | None) -> dict[str, Any] | None:
    """A record in words; none where there was no trial."""
    if record is None:
        return None
    return {
        "smape": f"{record.smape:.2f}%",
        "naive": f"{record.naive_smape:.2f}%",
        "ratio": f"{record.mae_ratio:.2f}" if np.isfinite(record.mae_ratio) else UNKNOWN,
        "better": record.beats_naive,
        "origins": record.origins,
        "series": record.series,
        "coverage": [f"{record.coverage[band]:.1f}%" for band in BANDS],
    }


def trial_chart(outlook: Outlook) -> dict[str, Any] | None:
    """What was forecast at each origin, beside what came."""
    if not outlook.trials:
        return None
    item = outlook.file.item
    first = min(trial.origin.index for trial in outlook.trials) + 1
    last = max(trial.origin.index + trial.point.shape[1] for trial in outlook.trials)
    places = range(first, last + 1)
    actual: dict[int, float] = {}
    lines = []
    for trial in outlook.trials:
        steps = {trial.origin.index + n + 1: n for n in range(trial.point.shape[1])}
        if trial.actual is not None:
            actual |= {index: float(trial.actual[0, n]) for index, n in steps.items()}
        data = [_round(trial.point[0, steps[at]], item) if at in steps else None for at in places]
        lines.append(
            {
                "name": _("Forecast made after %(period)s") % {"period": trial.origin},
                "type": "line",
                "data": data,
                "lineStyle": {"type": "dashed"},
            }
        )
    came = [_round(actual[at], item) if at in actual else None for at in places]
    return {
        "legend": {"top": 0, "type": "scroll"},
        "grid": {"left": 8, "right": 16, "top": 56, "bottom": 4, "containLabel": True},
        "xAxis": {
            "type": "category",
            "data": [str(Period.from_index(at)) for at in places],
            "boundaryGap": False,
            "axisLabel": {"hideOverlap": True},
        },
        "yAxis": {"type": "value", "name": words.item_unit(item), "scale": True},
        "series": [_line(_("What came"), came, "#33434b"), *lines],
    }


def trial_rows(outlook: Outlook) -> list[dict[str, Any]]:
    """By origin: mean absolute error of the forecast and of last year's same period."""
    found = []
    for trial in outlook.trials:
        if trial.actual is None:
            continue
        off = float(np.abs(trial.point - trial.actual).mean())
        naive = float(np.abs(trial.naive - trial.actual).mean())
        found.append(
            {
                "origin": words.period_option(trial.origin),
                "steps": trial.point.shape[1],
                "error": _print(off, outlook.file.item),
                "naive": _print(naive, outlook.file.item),
                "better": off < naive,
            }
        )
    return found


def tables(outlook: Outlook, title: str, horizon: int) -> list[document.Table]:
    """The forecast, the history and the trials as sheets, in the stored unit."""
    firm_level = outlook.level is Level.ENTERPRISE
    item, made = outlook.file.item, outlook.made
    unit = _("thousand yuan") if words.item_kind(item) == "yi" else words.item_unit(item)
    notes = [
        f"{title} · {unit} · "
        + _("vintage %(number)s, last period %(last)s")
        % {"number": outlook.file.vintage, "last": outlook.file.last}
    ]
    number = document.Kind.DECIMAL
    bounds = [
        document.Column(key=f"{end}{band}", label=f"{band}% {word}", kind=number)
        for band in BANDS
        for end, word in (("lo", _("lower")), ("hi", _("upper")))
    ]
    period = document.Column(key="period", label=_("Period"), kind=document.Kind.TEXT)
    ahead: list[list[document.Value]] = [
        [
            str(each),
            float(made.point[0, step]),
            _plain(outlook.year_before(step)),
            *(float(side[band][0, step]) for band in BANDS for side in (made.lower, made.upper)),
        ]
        for step, each in enumerate(outlook.ahead()[:horizon])
    ]
    past: list[list[document.Value]] = [
        [str(each), _plain(v)] for each, v in zip(outlook.periods, outlook.history, strict=True)
    ]
    tried: list[list[document.Value]] = [
        [
            str(t.origin),
            str(Period.from_index(t.origin.index + n + 1)),
            *(float(each[0, n]) for each in (t.point, t.naive, t.actual)),
        ]
        for t in outlook.trials
        if t.actual is not None
        for n in range(t.point.shape[1])
    ]
    before = document.Column(key="before", label=_("Same period of the year before"), kind=number)
    point = document.Column(key="point", label=_("Forecast figure"), kind=number)
    return [
        document.Table(
            _("Forecast figure"), [period, point, before, *bounds], ahead, notes, firm_level=firm_level
        ),
        document.Table(
            _("Comparable history"),
            [period, document.Column(key="value", label=_("Comparable history"), kind=number)],
            past,
            notes,
            firm_level=firm_level,
        ),
        document.Table(
            _("Back-test"),
            [
                document.Column(key="origin", label=_("Made after"), kind=document.Kind.TEXT),
                period,
                point,
                document.Column(key="naive", label=_("Last year's same period"), kind=number),
                document.Column(key="actual", label=_("What came"), kind=number),
            ],
            tried,
            notes,
            firm_level=firm_level,
        ),
    ]


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
