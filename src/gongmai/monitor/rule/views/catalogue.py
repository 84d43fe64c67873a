"""The list of rules, one rule, the parameters."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongmai.core.access.queries import check_may, may
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Kind, Table
from gongmai.core.formula.types import FormulaError
from gongmai.core.panel.queries.vintages import NotPublished
from gongmai.core.period import clock
from gongmai.core.registry.queries import labeller
from gongmai.monitor.filing.messages import label_of
from gongmai.monitor.filing.ports import TrialTooLong
from gongmai.monitor.filing.queries.audits import build_audit, param_entries, vocabulary_now
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.trial import can_be_tried
from gongmai.monitor.rule import messages
from gongmai.monitor.rule.actions import count_rules
from gongmai.monitor.rule.queries import catalogue as rules
from gongmai.monitor.rule.queries.checking import words_of
from gongmai.monitor.rule.queries.tallies import counting_of, is_stale, rates_of
from gongmai.monitor.rule.rules.colouring import colour
from gongmai.monitor.rule.rules.entry import to_boxes
from gongmai.monitor.rule.types import RuleRow
from gongmai.monitor.rule.views.words import entry_words, form_label, rates_words, version_words

SORTS = ("code", "fired", "wolf")


@require_safe
def rule_list(request: HttpRequest) -> HttpResponseBase:
    """Every rule with its rates; search and filters in the address; Excel."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "rule.view")
    chosen = {name: request.GET.get(name, "")[:60] for name in ("q", "form", "severity", "kind", "sort")}
    rows = [row for row in rules.rule_rows() if _fits(row, chosen)]
    rows.sort(key=_order(chosen["sort"]))
    if (wanted := wanted_format(request)) is not None:
        return table_response(request, _table(rows), _("Rules"), wanted)
    context = {
        "rows": [{"rule": row, **_row_words(row), **rates_words(row.rates)} for row in rows],
        "chosen": chosen,
        "count": len(rows),
    }
    if request.htmx and request.htmx.target == "results":  # type: ignore[attr-defined]
        return render(request, "rule/rows.html", context)
    context |= {
        "forms": [(code, form_label(code)) for code in forms()],
        "severities": messages.SEVERITIES.items(),
        "kinds": messages.KINDS.items(),
        "stale": [code for code in forms() if is_stale(code)],
        "counted": counting_of("monthly"),
        "waiting": [version_words(row) for row in rules.waiting(actor)],
        "may_edit": may(actor, "formula.edit"),
    }
    return render(request, "rule/list.html", context)


def _fits(row: RuleRow, chosen: dict[str, str]) -> bool:
    sought = chosen["q"].casefold()
    text = f"{row.code} {row.label['zh-Hans']} {row.label['en']}".casefold()
    wanted = (("form", row.form), ("severity", row.severity), ("kind", row.code[:1]))
    return sought in text and all(not chosen[name] or chosen[name] == value for name, value in wanted)


def _order(sort: str) -> Any:
    if sort == "fired":
        return lambda row: (-row.rates.fired, row.code)
    if sort == "wolf":
        return lambda row: (-(row.rates.false_alarms if row.rates.cries_wolf else -1), row.code)
    return lambda row: ("RHV".find(row.code[:1]), row.code)


def _row_words(row: RuleRow) -> dict[str, Any]:
    return {
        "label": label_of(row.label),
        "form": form_label(row.form),
        "severity": messages.SEVERITIES[row.severity],
    }


def _table(rows: list[RuleRow]) -> Table:
    columns = (
        Column("code", _("Code")),
        Column("label", _("Rule")),
        Column("form", _("Form")),
        Column("severity", _("Severity")),
        Column("judged", _("Returns judged"), Kind.INTEGER),
        Column("fired", _("Fired"), Kind.INTEGER),
        Column("hit", _("Hit rate"), Kind.PERCENT),
        Column("settled", _("Settled"), Kind.INTEGER),
        Column("corrected", _("Corrected later"), Kind.INTEGER),
        Column("verdicts", _("Explanations judged"), Kind.INTEGER),
        Column("false", _("False-alarm rate"), Kind.PERCENT),
    )
    lines = (
        (
            row.code, label_of(row.label), form_label(row.form), str(messages.SEVERITIES[row.severity]),
            row.rates.judged, row.rates.fired, row.rates.hit_rate, row.rates.settled, row.rates.corrected,
            row.rates.verdicts, row.rates.false_rate,
        )
        for row in rows
    )  # fmt: skip
    return Table(title=_("Rules"), columns=columns, rows=lines)


@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Count one form anew where that would change something; the part of the page that says how far it is."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "rule.view")
    stale = [code for code in forms() if is_stale(code)]
    problem = ""
    if stale:
        try:
            count_rules(actor, stale[0])
        except NotPublished:
            problem = _("Nothing has been published yet; there is no history to count.")
        except TrialTooLong:
            problem = _("Counting took too long.")
    left = [] if problem else stale[1:]
    total = len(forms())
    context = {
        "stale": left,
        "done": total - len(left),
        "total": total,
        "problem": problem,
        "finished": not left,
    }
    return render(request, "rule/counting.html", context)


@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One rule: texts, formula, conditions, examples, versions, rates."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "rule.view")
    today = clock.today()
    entry = rules.present_entry(code, today)
    if entry is None:
        raise Http404
    try:
        audit = build_audit(entry, vocabulary_now())
    except FormulaError as error:
        raise Http404 from error
    words = labeller()
    entries = rules.rule_entries(code)
    written = rules.written_versions(code)
    by_start = {str(row.valid_from): row for row in reversed(written) if row.state == "approved"}
    context = {
        "code": code,
        "entry": entry,
        "label": label_of(entry["label"]),
        "form": form_label(entry["form"]),
        "severity": messages.SEVERITIES[entry["severity"]],
        "severity_code": entry["severity"],
        "texts": to_boxes(entry),
        "cell": entry_words(entry, "cell"),
        "shown": entry_words(entry, "shown"),
        "pieces": colour(entry["formula"]),
        "suggest_pieces": colour(entry["suggest"]) if entry.get("suggest") else (),
        "words": words_of(entry["formula"], entry.get("table") or ""),
        "params": [
            {"code": param.code, "label": label_of(param.label), "value": f"{param.on(today):g}"}
            for param in audit.checked.params
        ],
        "examples": entry.get("examples", ()),
        "examples_text": entry_words(entry, "examples"),
        "history": [
            {
                "entry": each,
                "from": each.get("valid_from"),
                "to": each.get("valid_to"),
                "version": by_start.get(str(each.get("valid_from"))),
                "now": rules.in_force(each, today),
            }
            for each in reversed(entries)
        ],
        "written": [version_words(row) for row in written],
        "by_period": [
            {"key": key, **rates_words(rates)} for key, rates in rates_of(entry["form"], code, "period")[::-1]
        ],
        "by_unit": [
            {"key": words("unit", key) or _("Not known"), **rates_words(rates)}
            for key, rates in rates_of(entry["form"], code, "unit")
        ],
        "may_edit": may(actor, "formula.edit"),
        "can_be_tried": can_be_tried(audit),
        "counted": counting_of(entry["form"]),
    }
    return render(request, "rule/show.html", context)


@require_safe
def parameters(request: HttpRequest) -> HttpResponse:
    """The dated parameters, and which rules read them."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "rule.view")
    today = clock.today()
    rows = []
    for param in param_entries():
        value = next((v for v in reversed(param["values"]) if rules.in_force(v, today)), None)
        rows.append(
            {
                "code": param["code"],
                "label": label_of(param["label"]),
                "value": f"{value['value']:g}" if value else "",
                "since": value.get("valid_from") if value else None,
                "source": param.get("source", ""),
                "rules": rules.rules_reading(param["code"]),
                "versions": len(param["values"]),
            }
        )
    return render(request, "rule/parameters.html", {"rows": rows, "may_edit": may(actor, "formula.edit")})
