"""How levels and series of forecasts are called."""

from django.utils.translation import gettext as _

from gongmai.core.access.types import Actor
from gongmai.core.registry.queries import get_enterprise
from gongmai.monitor.indicator.views import words
from gongmai.monitor.outlook.queries.panel_series import CUTS, JOINT
from gongmai.monitor.outlook.types import Level


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
        return words.city_label()
    if level is Level.ENTERPRISE:
        return get_enterprise(actor, int(key)).name
    parts = zip(CUTS[level], key.split(JOINT), strict=True)
    return " · ".join(words.group_label(cut, code) for cut, code in parts)
