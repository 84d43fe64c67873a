"""What is published: periods, vintages, completeness."""

from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongmai.core.access.types import Actor
from gongmai.core.panel.queries.vintages import (
    NotPublished,
    current_vintage,
    get_vintage,
    list_vintages,
    published_periods,
)
from gongmai.core.period import clock
from gongmai.core.period.types import FIRST_MONTH, Period
from gongmai.monitor.indicator.queries.compute import compute
from gongmai.monitor.indicator.types import Request
from gongmai.monitor.indicator.views.once import once
from gongmai.ui.templatetags.display import DASH

COMPLETE_ENOUGH = 0.9
VINTAGES_OFFERED = 12


def periods(vintage: int | None = None) -> list[Period]:
    """The periods of a vintage, the newest first; none when nothing is published."""
    return once(("periods", vintage), lambda: _periods(vintage))


def _periods(vintage: int | None) -> list[Period]:
    try:
        keys = published_periods(vintage)
    except NotPublished:
        keys = published_periods()
    return [Period.from_key(key) for key in reversed(keys)]


def newest_period() -> Period:
    """The newest published period; before the first publication the one that ended last."""
    known = periods()
    if known:
        return known[0]
    today = clock.today()
    return (
        Period(today.year, today.month).previous()
        if today.month >= FIRST_MONTH
        else Period(today.year - 1, 12)
    )


def reported_share(
    actor: Actor,
    period: Period,
    vintage: int | None = None,
    filters: tuple[tuple[str, tuple[str, ...]], ...] = (),
) -> tuple[int, int]:
    """Firms with an approved figure and firms on the roster, within the actor's reach."""
    total = compute(actor, Request(period, indicators=("reported",), filters=filters, vintage=vintage)).total
    return int(total["reported"] or 0), int(total["firms"] or 0)


def default_period(actor: Actor) -> Period:
    """The newest period that is nearly complete: one just opened would show a few firms as the city."""
    for period in periods()[:2]:
        reported, firms = reported_share(actor, period)
        if firms and reported >= firms * COMPLETE_ENOUGH:
            return period
    known = periods()
    return known[1] if len(known) > 1 else newest_period()


def completeness(
    actor: Actor,
    period: Period,
    vintage: int | None,
    filters: tuple[tuple[str, tuple[str, ...]], ...] = (),
) -> dict[str, Any]:
    """One sentence on how many firms stand behind the numbers, a warning where many are missing."""
    reported, firms = reported_share(actor, period, vintage, filters)
    if not firms:
        return {"text": _("No firm on the roster is within this selection."), "warn": True}
    values = {"reported": reported, "firms": firms, "percent": f"{reported / firms * 100:.1f}"}
    if reported == firms:
        return {"text": _("Returns of all %(firms)d firms are approved.") % values, "warn": False}
    text = _("Returns of %(reported)d of %(firms)d firms are approved (%(percent)s %%).") % values
    if reported < firms * COMPLETE_ENOUGH:
        text += " " + _("The period is still under way: growth compares only what has been approved.")
    return {"text": text, "warn": reported < firms * COMPLETE_ENOUGH}


def stamp(vintage: int | None) -> dict[str, Any]:
    """The number of the vintage shown and when it was published; zero before the first."""
    return once(("stamp", vintage), lambda: _stamp(vintage))


def _stamp(vintage: int | None) -> dict[str, Any]:
    try:
        row = get_vintage(current_vintage() if vintage is None else vintage)
    except NotPublished:
        return {"number": 0, "time": ""}
    return {"number": row.number, "time": moment(row.published_at)}


def moment(value: Any) -> str:
    """A time as it is shown."""
    return localtime(value).strftime("%Y-%m-%d %H:%M")


def vintage_options() -> list[tuple[int, str]]:
    """The latest publications for the bar of choices."""
    return [
        (row.number, f"{row.number} · {moment(row.published_at)}") for row in list_vintages(VINTAGES_OFFERED)
    ]


def reason_label(reason: str) -> str:
    """Why a vintage was published, in words; a reason that somebody wrote stays as it is."""
    return {
        "import": _("Import of a history"),
        "approved": _("Returns approved"),
        "roster changed": _("Roster changed"),
        "rebuild": _("Rebuilt"),
    }.get(reason, reason)


def list_publications(limit: int) -> list[dict[str, Any]]:
    """Publications with what they hold, the newest first."""
    listed = []
    for row in list_vintages(limit):
        keys = sorted(file.period for file in row.files.all())
        first, last = (str(Period.from_key(keys[0])), str(Period.from_key(keys[-1]))) if keys else ("", "")
        listed.append(
            {
                "number": row.number,
                "time": moment(row.published_at),
                "reason": reason_label(row.reason),
                "facts": row.facts,
                "periods": first if first == last else f"{first} {DASH} {last} ({len(keys)})",
            }
        )
    return listed
