"""What the worker does for the forecasts."""

from django.utils import timezone

from gongmai.core.panel.queries.items import items_by_code
from gongmai.core.period import clock
from gongmai.monitor.outlook.actions.foreseeing import foresee, is_due
from gongmai.monitor.outlook.queries.forecast_vintages import settings_of_city
from gongmai.monitor.outlook.types import SeriesError


def forecast_at_night() -> str:
    """Outside office hours, forecast one item of which a newer vintage has been published; give its code.

    One at a time, so that deliveries wait for no more than one. Empty text where nothing is due.
    """
    settings = settings_of_city()
    hour = timezone.localtime(clock.now()).hour
    if settings["not_before"] > hour >= settings["not_after"]:
        return ""
    for item in settings["items"]:
        if item in items_by_code() and is_due(item):
            try:
                foresee(item)
            except SeriesError:  # nobody files this item
                continue
            return str(item)
    return ""
