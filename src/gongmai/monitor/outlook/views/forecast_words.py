"""How levels, series, items and periods of forecasts are called."""

from collections.abc import Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongmai.core.access.types import Actor
from gongmai.core.panel.queries.items import items_by_code
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import city, get_enterprise, labeller
from gongmai.monitor.outlook.queries.panel_series import JOINT
from gongmai.monitor.outlook.types import Level

LISTS = {
    Level.UNIT: ("unit",),
    Level.COUNTY: ("region",),
    Level.INDUSTRY: ("industry",),
    Level.COUNTY_INDUSTRY: ("region", "industry"),
}


def level_label(level: Level) -> str:
    """The name of a level."""
    return {
        Level.CITY: _("Whole city"),
        Level.UNIT: _("Management unit"),
        Level.COUNTY: _("County"),
        Level.INDUSTRY: _("Industry division"),
        Level.COUNTY_INDUSTRY: _("County by industry"),
        Level.ENTERPRISE: _("Firm"),
    }[level]


def key_label(actor: Actor, level: Level, key: str) -> str:
    """The name of a series; that of a firm is read within the actor's reach."""
    if level is Level.CITY:
        here = city()
        return here.label_zh if here else _("Whole city")
    if level is Level.ENTERPRISE:
        return get_enterprise(actor, int(key)).name
    say = labeller()
    return " · ".join(
        f"{code} {say(name, code)}" if name == "industry" else say(name, code) or _("Not stated")
        for name, code in zip(LISTS[level], key.split(JOINT), strict=True)
    )


def _say(label: Mapping[str, str]) -> str:
    return label["en"] if (get_language() or "").startswith("en") else label["zh-Hans"]


def item_label(code: str) -> str:
    """The name of an item."""
    return _say(items_by_code()[code].label)


def item_unit(code: str) -> str:
    """The unit in which an item is shown."""
    unit = items_by_code()[code].unit
    return {"kcny": _("100 million yuan"), "mwh10": _("10,000 kWh"), "person": _("persons")}.get(unit, unit)


def item_kind(code: str) -> str:
    """How an item's figures are printed: yi (money in 100 million yuan) or decimal."""
    return "yi" if items_by_code()[code].unit == "kcny" else "decimal"


def period_option(period: Period) -> str:
    """A period as lists show it; the merged first one with both its months."""
    return f"{period.year}-01/02" if period.is_merged else str(period)
