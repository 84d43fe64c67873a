"""What forecasting says, in the reader's language."""

from collections.abc import Mapping
from math import expm1

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gongmai.monitor.outlook.rules.calendar import write_month
from gongmai.monitor.outlook.rules.electricity import Fault
from gongmai.monitor.outlook.types import (
    Adjustment,
    Effect,
    Level,
    Mode,
    Presence,
    Quality,
    SeriesError,
    Style,
)

_ERRORS = {
    "not_text": gettext_lazy("The file is not text in UTF-8. Save it as “CSV UTF-8”."),
    "not_csv": gettext_lazy("The file cannot be read as CSV: %(text)s"),
    "too_large": gettext_lazy("The file is larger than %(limit)s bytes."),
    "missing_column": gettext_lazy(
        "The column %(name)s is missing; the heading must have unique_id, ds and y. Found: %(found)s"
    ),
    "short_row": gettext_lazy("The row has fewer columns than the heading."),
    "bad_month": gettext_lazy(
        "“%(text)s” is not a month: write it as 2023-06, 2023-06-30, 202306 or 1, 2, 3."
    ),
    "bad_value": gettext_lazy("“%(text)s” is not a number."),
    "twice": gettext_lazy("Series %(id)s has the month %(month)s twice."),
    "mixed_styles": gettext_lazy("Months are written in different ways; write all of them alike."),
    "too_many_gaps": gettext_lazy(
        "Series %(id)s lacks %(gaps)s of its %(periods)s periods: too many to fill."
    ),
    "no_rows": gettext_lazy("The file has no rows below its heading."),
    "no_values": gettext_lazy("Series %(id)s has no value."),
    "too_short": gettext_lazy("Series %(id)s has %(periods)s values; at least %(least)s are needed."),
    "too_short_season": gettext_lazy(
        "Series %(id)s has %(periods)s periods. Seasonal adjustment needs at least %(least)s (%(years)s "
        "whole years): with fewer, a season cannot be told from chance. Add earlier months."
    ),
    "too_long_season": gettext_lazy(
        "Series %(id)s has %(periods)s periods, more than %(most)s; leave out the oldest years."
    ),
    "not_positive": gettext_lazy(
        "Series %(id)s has values of zero or less; factors cannot be taken out of it. Choose "
        "additive or auto."
    ),
    "unknown_method": gettext_lazy("The method %(method)s is not known; choose one of %(known)s."),
    "unknown_months": gettext_lazy(
        "%(gaps)s of the %(periods)s figures of this series are not known or not shown to you; "
        "that is too many."
    ),
    "bad_horizon": gettext_lazy("The horizon must be between 1 and %(longest)s periods."),
    "bad_level": gettext_lazy("A level is a percentage between 1 and 99, not %(level)s."),
}


def word_error(error: SeriesError) -> str:
    """What is wrong, with the row of the file where there is one."""
    text = str(_ERRORS[error.code]) % error.params
    return _("Row %(row)s: %(text)s") % {"row": error.row, "text": text} if error.row else text


GOOD = 1.0  # a grade of seasonal adjustment up to here is good
CLEAR = 0.01  # p value under which a season is left

EFFECTS = {
    "before": gettext_lazy("%(days)s days before the Spring Festival"),
    "during": gettext_lazy("the seven days of the Spring Festival"),
    "after": gettext_lazy("%(days)s days after the Spring Festival holiday"),
    "leap": gettext_lazy("leap day"),
    "weekday": gettext_lazy("one weekday more (and 5/2 days of weekend fewer)"),
}
PRESENCE = {
    Presence.PRESENT: gettext_lazy("The series has an identifiable season."),
    Presence.WEAK: gettext_lazy("The season is weak: use the adjusted figures with care."),
    Presence.ABSENT: gettext_lazy("No season can be identified: none is taken out."),
}
MODES = {
    Mode.MULTIPLICATIVE: gettext_lazy("factors (multiplicative)"),
    Mode.ADDITIVE: gettext_lazy("amounts (additive)"),
}
OUTLIERS = {
    "additive": gettext_lazy("single value"),
    "shift": gettext_lazy("shift of the level"),
}


def word_effect(made: Adjustment, effect: Effect) -> str:
    """What an effect of the calendar is, and how much it weighs if all its days fall in a month."""
    label = str(EFFECTS[effect.code]) % {"days": made.window}
    size = f"{expm1(effect.value):+.1%}" if made.mode is Mode.MULTIPLICATIVE else f"{effect.value:+.6g}"
    return _("%(effect)s: %(size)s (t = %(t)s)") % {"effect": label, "size": size, "t": f"{effect.t:.1f}"}


def describe_adjustment(made: Adjustment, *, filled: int = 0) -> list[str]:
    """How a series was adjusted and how good that is, sentence by sentence."""
    lines = [
        _("%(count)s periods, %(season)s in a year; taken out as %(mode)s.")
        % {"count": len(made.periods), "season": made.season, "mode": MODES[made.mode]}
    ]
    if filled:
        lines.append(_("%(count)s gaps of the file were filled from other years.") % {"count": filled})
    if made.tests is None:
        return [*lines, _("The series never changes; there is nothing to adjust.")]
    lines += [str(PRESENCE[made.tests.presence]), *_calendar_lines(made)]
    for kind, place in made.outliers:
        month = write_month(made.periods[place], made.style)
        lines.append(_("Outlier in %(month)s: %(kind)s.") % {"month": month, "kind": OUTLIERS[kind]})
    if made.quality is not None:
        lines += _quality_lines(made.quality)
    return [*lines, *_revision_lines(made)]


def _calendar_lines(made: Adjustment) -> list[str]:
    lines = [word_effect(made, effect) for effect in made.effects]
    if made.style is Style.NUMBER:
        return [_("Periods without a date: effects of the calendar are not looked for.")]
    festival = any(effect.code in {"before", "during", "after"} for effect in made.effects)
    if not made.festival_tried:
        lines.append(
            _("Too few Spring Festivals (or years beyond the dates known) to tell their effect apart.")
        )
    elif not festival:
        lines.append(_("No effect of the moving Spring Festival that improves the fit."))
    return lines


def _quality_lines(quality: Quality) -> list[str]:
    bad = [name for name, value in quality.grades.items() if value > GOOD]
    words = {"q": f"{quality.q:.2f}", "bad": ", ".join(bad)}
    if quality.q <= GOOD and not bad:
        line = _("Q = %(q)s: the adjustment is good; all grades are below 1.") % words
    elif quality.q <= GOOD:
        line = _("Q = %(q)s: the adjustment is acceptable; above 1: %(bad)s.") % words
    else:
        line = _("Q = %(q)s: the adjustment is poor; above 1: %(bad)s.") % words
    left = min(quality.residual.values()) < CLEAR
    values = {key: f"{value:.3f}" for key, value in quality.residual.items()}
    rest = (
        _("A season is left in the adjusted series (p = %(qs)s, last three years %(recent)s).")
        if left
        else _("No season is left in the adjusted series (p = %(qs)s, last three years %(recent)s).")
    )
    return [line, rest % values]


def _revision_lines(made: Adjustment) -> list[str]:
    # the newest period has not been revised yet
    known = made.revisions[:-1]
    if not known:
        return []
    turned = sum((each.first_change or 0) * (each.change or 0) < 0 for each in known)
    if made.relative:
        size = f"{sum(abs(each.now / each.first - 1) for each in known) / len(known):.2%}"
    else:
        size = f"{sum(abs(each.now - each.first) for each in known) / len(known):.6g}"
    return [
        _(
            "Revisions of the last %(count)s periods since their first estimate: %(size)s on average; the "
            "change on the period before turned its sign %(turned)s times."
        )
        % {"count": len(known), "size": size, "turned": turned}
    ]


_FAULTS = {
    "missing_column": gettext_lazy("The heading lacks the column %(text)s."),
    "no_rows": gettext_lazy("There are no rows below the heading."),
    "unknown_code": gettext_lazy("“%(text)s” is not known here."),
    "bad_date": gettext_lazy("“%(text)s” is not a day: write it as 2023-06-30."),
    "future": gettext_lazy("%(text)s has not come yet."),
    "bad_kwh": gettext_lazy("“%(text)s” is not a number of kWh."),
    "twice": gettext_lazy("%(text)s stands in the file twice."),
}


def word_fault(fault: Fault) -> str:
    """Why a row of readings is not taken."""
    return str(_FAULTS[fault.code]) % {"text": fault.text}


def say(label: Mapping[str, str]) -> str:
    """A label of the data in the reader's language."""
    return label["en"] if (get_language() or "").startswith("en") else label["zh-Hans"]


NO_FACTS = {
    "unknown_item": gettext_lazy("Targets are set for monthly figures of money only."),
    "no_period": gettext_lazy("Of this year, and of December before it, nothing is published yet."),
    "no_firms": gettext_lazy("No firm is within your reach."),
    "too_short": gettext_lazy("Fewer than six months are published: too few to say how growth moves."),
}

LEVEL_NAMES = {
    Level.CITY: gettext_lazy("Whole city"),
    Level.COUNTY: gettext_lazy("County"),
    Level.UNIT: gettext_lazy("Management unit"),
    Level.INDUSTRY: gettext_lazy("Industry (division)"),
    Level.COUNTY_INDUSTRY: gettext_lazy("County and industry"),
    Level.ENTERPRISE: gettext_lazy("Enterprise"),
}
