"""What the page of an enterprise shows, section by section; each applies the reader's own rights."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongmai.core.access.queries import check_reach, may
from gongmai.core.access.types import Actor, NotAllowed
from gongmai.core.panel.queries import engine, vintages
from gongmai.core.period.types import Period
from gongmai.core.personal.rules import mask_phone
from gongmai.core.registry.queries import current_period, label_of, labeller, list_profiles, list_stays
from gongmai.core.registry.rules.credit import check_inner_code
from gongmai.monitor.chase.queries.calls import call_rows, calls_of_firm
from gongmai.monitor.filing.queries.contradiction import contradictions_of
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.rule.messages import evidence_words

PERIODS_SHOWN = 12
TREND_SHOWN = 24
EVIDENCE_SHOWN = 3
KCNY_PER_10K = 10
COMPARED = ("region", "town", "unit", "park", "industry", "size", "tags")
_TREND = """
SELECT period, output, output__base, output__ytd, output__ytd_base, electricity__ytd, electricity__ytd_base
FROM panel WHERE enterprise_id = ? ORDER BY period
"""


def identity(actor: Actor, firm: Any) -> dict[str, Any]:
    """Name, code, place, contact; and whether the code inside the credit code fails its own check."""
    return {
        "facts": _place(firm, labeller()),
        "inner_doubt": bool(check_inner_code(firm.credit_code)),
        "may_edit": may(actor, "registry.edit"),
        "phone": mask_phone(firm.contact_phone),
        "may_reveal": may(actor, "contact.reveal"),
    }


def timeline(actor: Actor, firm: Any) -> dict[str, Any]:
    """The dated attributes, latest first, with what changed against the row before."""
    profiles = list_profiles(actor, firm)
    changed: list[set[str]] = [
        {column for column in COMPARED if getattr(later, column) != getattr(earlier, column)}
        for later, earlier in pairwise(profiles)
    ]
    label = labeller()
    rows = [
        {
            "start": str(Period.from_key(profile.valid_from)),
            "end": str(Period.from_key(profile.valid_to)) if profile.valid_to else "",
            "place": _place(profile, label),
            "workers": profile.workers,
            "revenue": profile.revenue,
            "changed": differing,
        }
        for profile, differing in zip(profiles, [*changed, set()], strict=False)
    ]
    return {"rows": rows}


def stays(actor: Actor, firm: Any) -> dict[str, Any]:
    """Stays on the roster."""
    rows = [
        {
            "start": str(Period.from_key(stay.from_period)),
            "end": str(Period.from_key(stay.to_period)) if stay.to_period else "",
            "entry": label_of("entry_type", stay.entry_type),
            "exit": label_of("exit_type", stay.exit_type) if stay.exit_type else "",
            "note": stay.note,
        }
        for stay in list_stays(actor, firm)
    ]
    return {"rows": rows, "may_edit": may(actor, "registry.edit"), "is_on": firm.on_roster}


def evidence(actor: Actor, firm: Any) -> dict[str, Any] | None:
    """What electricity, revenue, taxes, headcount and energy say about output, in the last periods filed."""
    try:
        check_reach(actor, "evidence.view", firm)
    except NotAllowed:
        return None
    period = current_period()
    rows = []
    for _step in range(EVIDENCE_SHOWN):
        found = contradictions_of(period).get(firm.pk)
        if found is not None:
            rows.append({"period": str(period), **evidence_words(found)})
        period = period.previous()
    return {"rows": rows} if rows else None


def returns(actor: Actor, firm: Any) -> dict[str, Any] | None:
    """A grid of forms by the last periods, latest first, with the state of each return."""
    try:
        check_reach(actor, "return.view", firm)
    except NotAllowed:
        return None
    periods = _last_periods(current_period(), PERIODS_SHOWN)[::-1]
    found = {
        (row.form, row.period): row
        for row in apps.get_model("filing", "Return").objects.filter(
            enterprise_id=firm.pk, period__gte=periods[-1].key
        )
    }
    words = _state_words()
    language = "zh-Hans" if (get_language() or "zh").startswith("zh") else "en"
    grid = [
        {
            "label": form.label[language],
            "cells": [_cell(found.get((code, period.key)), words) for period in periods],
        }
        for code, form in forms().items()
    ]
    return {"periods": [str(period) for period in periods], "grid": grid}


def calls(actor: Actor, firm: Any) -> dict[str, Any] | None:
    """What officers noted of calls with the firm; nothing for who does not chase."""
    try:
        rows = calls_of_firm(actor, firm)
    except NotAllowed:
        return None
    return {"rows": call_rows(rows)} if rows else None


def trend(actor: Actor, firm: Any) -> dict[str, Any] | None:
    """Output and growth of the published periods, as tiles, a chart and its table."""
    try:
        check_reach(actor, "return.view", firm)
        vintage = vintages.current_vintage()
    except (NotAllowed, vintages.NotPublished):
        return None
    periods = vintages.published_periods(vintage)[-TREND_SHOWN:]
    rows = engine.ask(_TREND, [firm.pk], vintage=vintage, periods=periods).to_pylist()
    if not rows:
        return None
    points = [_point(row) for row in rows]
    return {
        "vintage": vintage,
        "last": next((p for p in reversed(points) if p["output_ytd"] is not None), points[-1]),
        "title": _("Cumulative output and its growth"),
        "option": _option(points),
        "table": _table(points),
        "name": f"{firm.credit_code}-output",
    }


def _place(row: Any, label: Callable[[str, str], str]) -> dict[str, str]:
    """Labels of the attributes that an enterprise and its profiles share."""
    return {
        "region": label("region", row.region),
        "town": label("town", row.town) if row.town else "",
        "unit": label("unit", row.unit),
        "park": label("park", row.park) if row.park else "",
        "industry": f"{row.industry} {label('industry', row.industry)}",
        "division": label("industry", row.industry[:2]),
        "size": label("size", row.size) if row.size else "",
        "tags": "\u3001".join(label("tag", tag) for tag in row.tags.split("|") if tag),
    }


def _last_periods(last: Period, count: int) -> list[Period]:
    return [Period.from_index(index) for index in range(last.index - count + 1, last.index + 1)]


def _state_words() -> dict[str, str]:
    return {
        "draft": _("Not submitted"),
        "county": _("With the county"),
        "city": _("With the city"),
        "returned": _("Sent back"),
        "approved": _("Approved"),
    }


def _cell(row: Any, words: dict[str, str]) -> dict[str, str] | None:
    if row is None:
        return None
    try:
        url = reverse("filing:show", args=[row.pk])
    except NoReverseMatch:
        url = ""
    return {"state": row.state, "label": words[row.state], "url": url}


def _point(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "period": str(Period.from_key(row["period"])),
        "output": row["output"],
        "output_ytd": row["output__ytd"],
        "growth": _growth(row["output"], row["output__base"]),
        "growth_ytd": _growth(row["output__ytd"], row["output__ytd_base"]),
        "electricity_growth_ytd": _growth(row["electricity__ytd"], row["electricity__ytd_base"]),
    }


def _growth(value: float | None, base: float | None) -> float | None:
    """Growth as a fraction; unknown without a positive base."""
    return None if value is None or not base or base < 0 else value / base - 1


def _option(points: list[dict[str, Any]]) -> dict[str, Any]:
    """Cumulative output as bars, its growth as a line."""
    output, growth = _("Cumulative output (10,000 yuan)"), _("Cumulative growth (%)")
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"data": [output, growth], "bottom": 0},
        "grid": {"left": 64, "right": 48, "top": 20, "bottom": 56},
        "xAxis": {"type": "category", "data": [point["period"] for point in points]},
        "yAxis": [{"type": "value"}, {"type": "value", "splitLine": {"show": False}}],
        "series": [
            {"name": output, "type": "bar", "data": [_wan(point["output_ytd"]) for point in points]},
            {
                "name": growth,
                "type": "line",
                "yAxisIndex": 1,
                "data": [_percent(point["growth_ytd"]) for point in points],
            },
        ],
    }


def _table(points: list[dict[str, Any]]) -> dict[str, Any]:
    columns = [
        _("Period"),
        _("Output of the month (10,000 yuan)"),
        _("Growth (%)"),
        _("Cumulative output (10,000 yuan)"),
        _("Cumulative growth (%)"),
    ]
    rows = [
        [
            point["period"],
            _wan(point["output"]),
            _percent(point["growth"]),
            _wan(point["output_ytd"]),
            _percent(point["growth_ytd"]),
        ]
        for point in reversed(points)
    ]
    return {"columns": columns, "rows": rows}


def _wan(kcny: float | None) -> float | None:
    return None if kcny is None else round(kcny / KCNY_PER_10K, 1)


def _percent(fraction: float | None) -> float | None:
    return None if fraction is None else round(fraction * 100, 1)
