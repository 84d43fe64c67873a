"""Wording of refusals and of notes in place of growth rates."""

import re

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gongmai.monitor.indicator.rules import cubing, printing
from gongmai.monitor.indicator.types import Basis, IndicatorError

NOTES: dict[str, Promise | str] = {
    printing.TURNED_TO_PROFIT: gettext_lazy("turned to profit"),
    printing.LOSS_REDUCED: gettext_lazy("loss reduced"),
    printing.LOSS_INCREASED: gettext_lazy("loss increased"),
    printing.TURNED_TO_LOSS: gettext_lazy("turned to loss"),
    printing.NO_BASE: gettext_lazy("no base"),
}
HIDDEN: dict[str, Promise | str] = {
    printing.TOO_FEW: gettext_lazy("Fewer than three firms: not shown, so that no firm can be recognised."),
    cubing.SUPPRESSED: gettext_lazy(
        "Hidden: fewer than three firms, or one or two that dominate, would show through here or in a cell "
        "beside it."
    ),
    cubing.ROLLED_UP: gettext_lazy(
        "Hidden: at this detail too much would have to be hidden; choose a coarser industry or display group."
    ),
    cubing.OUTSIDE: gettext_lazy(
        "Hidden: not part of the tables that are published beyond the bureau (fixed cube, comparable basis, "
        "vintage in force)."
    ),
    cubing.NOT_RELEASED: gettext_lazy(
        "Hidden: shown once nine tenths of the firms have reported this period."
    ),
    cubing.PREPARING: gettext_lazy(
        "Just published: what may be shown is being worked out. Load the page again in a moment."
    ),
    printing.SMALL_GROWTH: gettext_lazy("The whole moved by less than half a point; shares of it mislead."),
    printing.MIXED_SIGNS: gettext_lazy("This group moved against the whole; a share of it misleads."),
}
BASES: dict[Basis, Promise | str] = {
    Basis.COMPARABLE: gettext_lazy("comparable basis"),
    Basis.SAME_SAMPLE: gettext_lazy("same firms"),
    Basis.NOMINAL: gettext_lazy("nominal"),
}

# what the marks in the sources of the catalogue stand for
SOURCES: dict[str, Promise | str] = {
    "N1": gettext_lazy("National notes on the statistics of industrial output and profit"),
    "N2": gettext_lazy("Single deflation of value added as the statistics offices practise it"),
    "N3": gettext_lazy("Definition of contribution and pull"),
    "C": gettext_lazy("The bureau's own convention"),
}


def word_source(text: str) -> str:
    """The source of an indicator. What the catalogue adds in English is for readers of English."""
    names = [str(SOURCES.get(mark, mark)) for mark in re.findall(r"\[(\w+)\]", text)]
    rest = re.sub(r"\[\w+\]", "", text).strip(" ,")
    if rest and not (get_language() or "").startswith("zh"):
        names.append(rest)
    return " \u00b7 ".join(names) or text


def word_error(error: IndicatorError) -> str:
    """A refused request as a sentence."""
    texts = {
        "unknown_cut": _("There is no cut %(cut)s."),
        "unknown_code": _("%(value)s is not a code of %(cut)s."),
        "unknown_item": _("There is no item %(item)s that can be added up."),
        "unknown_indicator": _("There is no indicator %(indicator)s in %(period)s."),
        "unknown_order": _("A list of firms cannot be ordered by %(order)s."),
        "not_for_item": _("The indicator %(indicator)s cannot be computed for %(item)s."),
        "no_month": _("%(item)s is reported cumulatively only; it has no month of its own."),
        "one_overlapping_cut": _("Tags overlap: cut by one kind of tag, and not over time."),
        "bridge_basis": _("The bridge explains the comparable basis only."),
    }
    return texts[error.code] % error.params
