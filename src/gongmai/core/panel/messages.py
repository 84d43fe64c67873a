"""Wording of what the panel finds and refuses."""

from django.utils.translation import gettext as _

from gongmai.core.panel.queries.vintages import NotPublished
from gongmai.core.panel.types import PanelFinding


def word_finding(finding: PanelFinding) -> str:
    """A finding of a rebuild as a sentence."""
    texts = {
        "missing": _("The file %(name)s of vintage %(vintage)s is missing."),
        "damaged": _("The file %(name)s of vintage %(vintage)s is damaged."),
        "differs": _("The file %(name)s of vintage %(vintage)s cannot be rebuilt to the bytes published."),
    }
    return texts[finding.code] % {**finding.params, "vintage": finding.vintage}


def word_not_published(refusal: NotPublished) -> str:
    """Why there is nothing to read."""
    if refusal.period is not None:
        period = f"{refusal.period // 100}-{refusal.period % 100:02d}"
        return _("Period %(period)s is not published.") % {"period": period}
    if refusal.vintage is not None:
        return _("There is no vintage %(vintage)s.") % {"vintage": refusal.vintage}
    return _("Nothing has been published yet.")
