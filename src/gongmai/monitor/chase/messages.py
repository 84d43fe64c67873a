"""The words of chasing: refusals, recipients, periods, and what fills the notices."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import yaml
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gongmai.core.period.types import Period
from gongmai.monitor.chase.types import ALL_FORMS, ChaseError, Label, To
from gongmai.monitor.filing.queries.forms import forms

_SLOT = re.compile(r"\{([a-z0-9]+)\}")
TO: dict[To, str | Promise] = {
    To.FIRM: gettext_lazy("Firm"),
    To.COUNTY: gettext_lazy("County officers"),
    To.HEAD: gettext_lazy("Head of the county"),
    To.CITY: gettext_lazy("City officers"),
}
REFUSALS: dict[str, str | Promise] = {
    "no_steps": gettext_lazy("A plan has at least one step."),
    "too_many_steps": gettext_lazy("A plan has at most %(limit)s steps."),
    "step_far": gettext_lazy("A step lies at most %(limit)s working days from the deadline."),
    "step_empty": gettext_lazy("A step reaches somebody."),
    "step_twice": gettext_lazy("Two steps on the same day (%(offset)s) reach the same people."),
    "plan_past": gettext_lazy("A plan begins today or later: what was sent stays as it was."),
    "reason_missing": gettext_lazy("Say why in a few words."),
    "unknown_form": gettext_lazy("There is no such form."),
    "unknown_outcome": gettext_lazy("Choose what came of the call."),
    "promise_missing": gettext_lazy("Give the day that was promised."),
    "promise_past": gettext_lazy("The promised day has passed."),
    "none_chosen": gettext_lazy("Choose at least one firm."),
    "too_many": gettext_lazy("At most %(limit)s firms at once."),
    "unknown_person": gettext_lazy("There is no such person, or they are no officer of this county."),
    "no_suggestion": gettext_lazy("This suggestion was decided already."),
}


def word(error: ChaseError) -> str:
    """A refusal in the reader's words."""
    return str(REFUSALS.get(error.code, error.code)) % error.params


def say(label: Label) -> str:
    """A ``{zh-Hans, en}`` label in the reader's language."""
    return label["en"] if (get_language() or "").startswith("en") else label["zh-Hans"]


def form_words(code: str) -> str:
    """A form in the reader's words; all of them for an empty code."""
    return _("All forms") if code == ALL_FORMS else say(forms()[code].label)


def offset_words(offset: int) -> str:
    """A step's distance from the deadline."""
    if offset == 0:
        return _("day of the deadline")
    text = _("%(n)d working days after") if offset > 0 else _("%(n)d working days before")
    return text % {"n": abs(offset)}


def phrase(code: str, **values: object) -> dict[str, str]:
    """A piece of a notice in each language; a value may itself be given by language."""
    found = {}
    for language, text in _phrases()[code].items():
        pieces = {
            name: str(value[language] if isinstance(value, Mapping) else value)
            for name, value in values.items()
        }
        found[language] = _SLOT.sub(lambda slot, by=pieces: by.get(slot[1], slot[0]), text)  # type: ignore[misc]
    return found


def period_fields(period: Period) -> Label:
    """A period as notices name it."""
    code = "period_merged" if period.is_merged else "period"
    return phrase(code, year=period.year, month=period.month, month2=f"{period.month:02d}")


def when_fields(due_at: datetime, now: datetime) -> Label:
    """How far the deadline is, in calendar days."""
    days = (timezone.localtime(due_at).date() - timezone.localtime(now).date()).days
    if now <= due_at:
        return phrase("days_left", n=days) if days else phrase("due_today")
    return phrase("days_late", n=max(-days, 1))


def join_fields(names: Sequence[str | Label], shown: int) -> Label:
    """Names as a list, the first `shown` of them."""
    found = {}
    for language in _phrases()["comma"]:
        texts = [name if isinstance(name, str) else name[language] for name in names[:shown]]
        found[language] = _phrases()["comma"][language].join(texts)
    return phrase("and_more", names=found) if len(names) > shown else found


def day_text(moment: date) -> str:
    """A day as notices write it."""
    local = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    return f"{local:%Y-%m-%d}"


@lru_cache(maxsize=1)
def _phrases() -> dict[str, dict[str, str]]:
    text = (Path(__file__).parent / "data" / "phrases.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)["phrases"]
    return found
