"""Rules in the reader's words: rates, versions, entries."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gongmai.core.formula.queries import RuleVersion
from gongmai.monitor.filing.messages import cell_label, label_of, shown_label
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.rule import messages
from gongmai.monitor.rule.rules.colouring import colour
from gongmai.monitor.rule.rules.entry import write_examples
from gongmai.monitor.rule.rules.rates import Rates
from gongmai.ui.templatetags.display import percent, whole

COMPARED = (
    "label",
    "message",
    "advice",
    "severity",
    "cell",
    "shown",
    "formula",
    "suggest",
    "source",
    "examples",
)


def rates_words(rates: Rates) -> dict[str, Any]:
    """Counts and rates for a table."""
    return {
        "judged": whole(rates.judged),
        "fired": whole(rates.fired),
        "hit": percent(rates.hit_rate, 2),
        "settled": whole(rates.settled),
        "corrected": whole(rates.corrected),
        "explained": whole(rates.explained),
        "verdicts": whole(rates.verdicts),
        "false": percent(rates.false_rate),
        "wolf": rates.cries_wolf,
    }


def form_label(code: str) -> str:
    """A form in words."""
    return label_of(forms()[code].label) if code in forms() else code


def version_words(row: RuleVersion) -> dict[str, Any]:
    """A version for lists."""
    return {
        "row": row,
        "state": row.state,
        "state_words": messages.STATES[row.state],
        "ends": row.kind == "formula" and not row.entry,
        "value": row.entry.get("value") if row.kind == "param" else None,
    }


def entry_words(entry: Mapping[str, Any], key: str) -> str:
    """One field of an entry as text."""
    value = entry.get(key)
    if value in (None, "", [], ()):
        return ""
    if key in {"label", "message", "advice"}:
        return f"{value['zh-Hans']} / {value['en']}" if isinstance(value, Mapping) else str(value)
    if key == "severity":
        return str(messages.SEVERITIES.get(str(value), value))
    if key == "cell":
        return cell_label(str(value), entry.get("table") or "")
    if key == "shown" and isinstance(value, list | tuple):
        return _(", ").join(shown_label(str(each), entry.get("table") or "") for each in value)
    return write_examples(value) if key == "examples" else str(value)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields in which two entries differ, with both texts."""
    found = []
    for key in COMPARED:
        old, new = entry_words(before, key), entry_words(after, key)
        if old != new:
            code = key in {"formula", "suggest"}
            found.append(
                {
                    "field": messages.FIELDS[key],
                    "old": old,
                    "new": new,
                    "code": code,
                    "long": key == "examples",
                    "old_pieces": colour(old) if code else (),
                    "new_pieces": colour(new) if code else (),
                }
            )
    return found
