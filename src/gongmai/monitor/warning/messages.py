"""The words of warnings: colours, levels, states, moves, refusals, values."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gongmai.core.registry.queries import labeller
from gongmai.monitor.warning.models import Alert
from gongmai.monitor.warning.queries.triggers import trigger_of
from gongmai.monitor.warning.types import Colour, Label, Level, Move, State, Step, Trigger, WarningRefused
from gongmai.ui.templatetags.display import decimal, percent, points, signed

Words = Mapping[str, str | Promise]
COLOURS: Mapping[Colour, str | Promise] = {
    Colour.RED: gettext_lazy("Red alert"),
    Colour.ORANGE: gettext_lazy("Orange alert"),
    Colour.YELLOW: gettext_lazy("Yellow alert"),
    Colour.BLUE: gettext_lazy("Blue alert"),
    Colour.NONE: gettext_lazy("Signal ended"),
}
LEVELS: Mapping[Level, str | Promise] = {
    Level.ENTERPRISE: gettext_lazy("Enterprise warning"),
    Level.INDUSTRY: gettext_lazy("Industry warning"),
    Level.COUNTY: gettext_lazy("County warning"),
}
STATES: Mapping[State, str | Promise] = {
    State.FOUND: gettext_lazy("To be assigned"),
    State.ASSIGNED: gettext_lazy("To be verified"),
    State.TRUE: gettext_lazy("True, to be handled"),
    State.ERROR: gettext_lazy("Figure wrong, to be sent back"),
    State.CORRECTING: gettext_lazy("With the firm for correction"),
    State.HANDLED: gettext_lazy("Being handled"),
    State.REPORTED: gettext_lazy("Reported back, to be closed"),
    State.ESCALATED: gettext_lazy("Escalated"),
    State.CLOSED: gettext_lazy("Closed warning"),
    State.FALSE: gettext_lazy("False alarm"),
}
MOVES: Mapping[Move, str | Promise] = {
    Move.ASSIGN: gettext_lazy("Assign to the county"),
    Move.CONFIRM: gettext_lazy("It is true"),
    Move.CALL_ERROR: gettext_lazy("The figure is wrong"),
    Move.CALL_FALSE: gettext_lazy("It is a false alarm"),
    Move.SEND_BACK: gettext_lazy("Send the cell back to the firm"),
    Move.HANDLE: gettext_lazy("Enter the measures"),
    Move.REPORT: gettext_lazy("Report back"),
    Move.CLOSE: gettext_lazy("Close the warning"),
    Move.ESCALATE: gettext_lazy("Escalate"),
    Move.REOPEN: gettext_lazy("Fired again: opened again"),
    Move.LAPSE: gettext_lazy("No longer firing: lapsed"),
}
HINTS: Mapping[Move, str | Promise] = {
    Move.CALL_ERROR: gettext_lazy("Which figure, and what it should be"),
    Move.CALL_FALSE: gettext_lazy("Why it is none, such as a stop that was planned"),
    Move.SEND_BACK: gettext_lazy("What the firm has to correct"),
    Move.HANDLE: gettext_lazy("What is done, by whom, until when"),
    Move.REPORT: gettext_lazy("What came of the measures"),
    Move.ESCALATE: gettext_lazy("Why, and what is asked of the county"),
}
REFUSALS: Words = {
    "move_not_open": gettext_lazy("The warning has moved on; this step is not open."),
    "stale": gettext_lazy("Somebody moved this warning meanwhile. Look again."),
    "text_missing": gettext_lazy("Say it in a few words."),
    "no_cell": gettext_lazy("No single figure stands behind this warning."),
    "four_eyes": gettext_lazy("Another person than who reported it has to close it."),
    "no_return": gettext_lazy("There is no return of this period that could go back."),
    "none_chosen": gettext_lazy("Choose at least one warning."),
    "too_many": gettext_lazy("At most %(limit)s warnings at once."),
    "not_there": gettext_lazy("There is no such warning."),
    "older_period": gettext_lazy("A later period, %(period)s, was evaluated already."),
}


def word(error: WarningRefused) -> str:
    """A refusal in the reader's words."""
    return str(REFUSALS.get(error.code, error.code)) % error.params


def say(label: Label) -> str:
    """A ``{zh-Hans, en}`` label in the reader's language."""
    return label["en"] if (get_language() or "").startswith("en") else label["zh-Hans"]


def value_text(trigger: Trigger, value: float | None) -> str:
    """A trigger's value as it is printed; a dash where it is unknown."""
    if value is None:
        return decimal(None)
    if trigger.shape == "percent":
        return percent(value) if trigger.code in {"suspected_stop", "county_stopped"} else signed(value)
    if trigger.shape == "points":
        return _("%(value)s points of percent") % {"value": points(value)}
    return decimal(value)


def step_text(trigger: Trigger, step: Step) -> str:
    """When a colour is given, in words."""
    if step.condition:
        return say(step.label) if step.label else step.condition
    limit = step.below if step.below is not None else step.above
    if trigger.method == "breach":
        return _("false discovery rate below %(limit)s") % {"limit": limit}
    text = _("below %(limit)s") if step.below is not None else _("above %(limit)s")
    text = text % {"limit": value_text(trigger, limit)}
    if step.months > 1:
        text += _(", %(n)d months running") % {"n": step.months}
    return text


def subjects(rows: list[Alert]) -> dict[int, str]:
    """The name of the firm, industry or county of each warning, by its number."""
    words = labeller()
    found = {}
    for row in rows:
        if row.enterprise is not None:
            found[row.pk] = row.enterprise.name
        else:
            found[row.pk] = words("industry" if row.level == Level.INDUSTRY else "unit", row.key)
    return found


def title(row: Alert) -> Mapping[str, str]:
    """A warning in notices: its trigger and subject, in each language."""
    label, name = trigger_of(row.trigger).label, subjects([row])[row.pk]
    return {language: f"{name} {label[language]}" for language in ("zh-Hans", "en")}
