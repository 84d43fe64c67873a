"""Names and printed forms: cuts, groups, items, indicators, periods, and growth that needs a word."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongmai.core.access.queries import scope
from gongmai.core.access.types import Actor
from gongmai.core.formula.types import Kind
from gongmai.core.panel.queries.items import items_by_code
from gongmai.core.period.types import Period
from gongmai.core.registry import queries as registry
from gongmai.monitor.indicator import messages
from gongmai.monitor.indicator.queries import catalogue, cuts
from gongmai.monitor.indicator.rules import printing
from gongmai.monitor.indicator.types import Cut, Indicator, IndicatorError
from gongmai.monitor.indicator.views.cells import Cell, make_cell, show
from gongmai.monitor.indicator.views.once import once
from gongmai.ui.templatetags.display import DASH

CHANGES = ("growth", "change")
SHAPES = {"money": "yi", "count": "count", "percent": "share", "points": "points"}


def language() -> str:
    """The key of the reader's language in labels."""
    return "en" if (get_language() or "").startswith("en") else "zh-Hans"


def word(label: Mapping[str, str]) -> str:
    """The text of a label in the reader's language, whatever there is where it lacks."""
    return label.get(language()) or next(iter(label.values()), "")


def cut_of(code: str) -> Cut:
    """A cut by its code or alias."""
    return once(("cut", code), lambda: cuts.get_cut(code))


def city_label() -> str:
    """The name of the city."""
    here = once("city", registry.city)
    if here is None:
        return _("Whole city")
    return here.label_en if language() == "en" and here.label_en else here.label_zh


def scope_label(actor: Actor) -> str:
    """What the actor's totals cover: the city, or the parts that are within reach."""
    reach = scope(actor, "indicator.view")
    if reach.everything:
        return city_label()
    parts = [("unit", reach.units), ("region", reach.regions), ("park", reach.parks)]
    names = [group_label(cut, code) for cut, codes in parts for code in sorted(codes)]
    return ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")  # noqa: PLR2004


def cut_label(code: str) -> str:
    """The name of a cut."""
    return word(cut_of(code).label)


def group_label(cut: str, code: str) -> str:
    """The name of a group; industries with their code, as statisticians read them."""
    if not code:
        return _("Not stated")
    entry = cut_of(cut)
    labels = once(("labels", entry.code), lambda: cuts.labels_of([entry])[entry.code])
    label = word(labels.get(code, {}))
    if not label:
        return code
    return f"{code} {label}" if cut.startswith("industry_") else label


def indicator_of(code: str, period: Period) -> Indicator | None:
    """The version of an indicator in force, None when there is none."""
    try:
        return catalogue.get_indicator(code, period)
    except IndicatorError:
        return None


def indicator_label(code: str, item: str, period: Period) -> str:
    """The name of an indicator, with the item's where it is about any item."""
    indicator = indicator_of(code, period)
    if indicator is None:
        return code
    return f"{item_label(item)} · {word(indicator.label)}" if indicator.per_item else word(indicator.label)


def indicator_name(code: str, period: Period) -> str:
    """The name of an indicator alone."""
    indicator = indicator_of(code, period)
    return word(indicator.label) if indicator else code


def item_label(code: str) -> str:
    """The name of an item."""
    return word(catalogue.get_item(code).label)


def item_unit(code: str) -> str:
    """The unit in which an item is shown."""
    unit = items_by_code()[code].unit
    return {
        "kcny": _("100 million yuan"),
        "mwh10": _("10,000 kWh"),
        "person": _("persons"),
        "tce": _("tonnes of standard coal"),
    }.get(unit, unit)


def item_kind(code: str) -> str:
    """How an item's figures are printed."""
    unit = items_by_code()[code].unit
    return "yi" if unit == "kcny" else "count" if unit == "person" else "decimal"


def has_month(item: str) -> bool:
    """Whether the item has a figure for the month alone; the finance form's flows are cumulative only."""
    return catalogue.get_item(item).kind is not Kind.CUMULATIVE


def kind_of(code: str, item: str, period: Period) -> str:
    """How the values of an indicator are printed: a kind of `cells`."""
    indicator = indicator_of(code, period)
    if indicator is None:
        return "decimal"
    if indicator.shape == "money" and indicator.per_item:
        return item_kind(item)
    if indicator.shape == "percent" and code.endswith(CHANGES):
        return "growth"
    return SHAPES.get(indicator.shape, "decimal")


def note_of(code: str, values: Mapping[str, float | None], note: str, period: Period) -> str:
    """The code of the printing rule that applies to a growth rate: of the item, or as the catalogue names."""
    indicator = indicator_of(code, period)
    rule = indicator.formula.extra.get("note") if indicator else None
    if rule:
        return printing.growth_note(values.get(rule["value"]), values.get(rule["base"]))
    return note if code == "growth" else ""


def print_value(
    code: str, values: Mapping[str, float | None], note: str, *, item: str, period: Period
) -> Cell:
    """An indicator's value as it is printed: a loss turned to profit is a word, not a rate."""
    kind = kind_of(code, item, period)
    applied = note_of(code, values, note, period)
    if not applied or kind != "growth":
        return make_cell(kind, values.get(code))
    wording = str(messages.NOTES[applied])
    if printing.rate_is_printed(applied):
        return make_cell(kind, values.get(code), note=wording)
    css = {printing.TURNED_TO_PROFIT: "up", printing.LOSS_REDUCED: "up", printing.LOSS_INCREASED: "down"}
    return Cell(None, wording, css=css.get(applied, "flat"), kind=kind)


def shape_label(shape: str) -> str:
    """How the values of an indicator are printed, in words."""
    return {
        "money": _("amount"),
        "count": _("number of firms"),
        "percent": _("per cent"),
        "points": _("percentage points"),
        "number": _("number"),
        "days": _("days"),
        "ratio": _("ratio"),
    }.get(shape, shape)


def needs(code: str, period: Period) -> tuple[str, ...]:
    """The indicators that must be asked for with one, to print it rightly."""
    indicator = indicator_of(code, period)
    rule: dict[str, Any] = (indicator.formula.extra.get("note") if indicator else None) or {}
    return (code, *rule.values())


def period_option(period: Period) -> str:
    """A period as it is listed: the merged one says which months it is."""
    return f"{period.year}-01/02" if period.is_merged else str(period)


def period_label(period: Period, view: str) -> str:
    """A period in words, such as "January to December 2022" for the cumulative view."""
    if view == "month":
        return _("Month %(month)d of %(year)d") % {"year": period.year, "month": period.month}
    return _("January to month %(month)d of %(year)d") % {"year": period.year, "month": period.month}


def dates(valid_from: date | None, valid_to: date | None) -> str:
    """The time in which something is in force."""
    start = valid_from.isoformat() if valid_from else ""
    return f"{start} {DASH} {valid_to.isoformat()}" if valid_to else _("since %(start)s") % {"start": start}


def plain(kind: str, value: float | None) -> str:
    """A value as text."""
    return show(kind, value)
