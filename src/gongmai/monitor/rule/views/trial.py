"""Rules on history: how often, on whom, how often corrected; other thresholds."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongmai.core.access.queries import check_may, may
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Table
from gongmai.core.formula.messages import word as word_formula
from gongmai.core.formula.types import FormulaError
from gongmai.core.panel.queries.vintages import NotPublished
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import labeller
from gongmai.monitor.filing.messages import label_of
from gongmai.monitor.filing.ports import TrialTooLong
from gongmai.monitor.filing.queries.trial import can_be_tried
from gongmai.monitor.rule.actions import keep_trial
from gongmai.monitor.rule.queries.checking import check_version, present_audit
from gongmai.monitor.rule.queries.trial import (
    hits_in_reach,
    try_present,
    try_thresholds,
    try_version,
)
from gongmai.monitor.rule.types import TrialHit, TrialResult
from gongmai.monitor.rule.views.versions import chosen_span, find
from gongmai.monitor.rule.views.words import rates_words

PAGE = 25


@require_safe
def try_written(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A written version on history, beside what is in force."""
    row = find(request, pk)
    span = chosen_span(request)
    if not row.entry or check_version(row):
        return render(request, "rule/trial.html", {"problem": _("The version does not check.")})

    def run() -> TrialResult:
        result = try_version(row, span["first"], span["last"])
        if row.author_id == request.actor.user_id:  # type: ignore[attr-defined]
            keep_trial(request.actor, row.pk, result)  # type: ignore[attr-defined]
        return result

    return _answer(request, run, span, compared=True, title=row.code)


@require_safe
def try_rule(request: HttpRequest, code: str) -> HttpResponseBase:
    """A rule as it is on history."""
    check_may(request.actor, "rule.view")  # type: ignore[attr-defined]
    audit = present_audit(code, clock.today())
    if audit is None:
        raise Http404
    span = chosen_span(request)
    return _answer(
        request, lambda: try_present(audit, span["first"], span["last"]), span, compared=False, title=code
    )


def _answer(
    request: HttpRequest, run: Callable[[], TrialResult], span: dict[str, Any], *, compared: bool, title: str
) -> HttpResponseBase:
    actor = request.actor  # type: ignore[attr-defined]
    try:
        result = run()
    except FormulaError as error:
        return render(request, "rule/trial.html", {"problem": word_formula(error)})
    except NotPublished:
        problem = _("Nothing has been published yet; there is no history to run on.")
        return render(request, "rule/trial.html", {"problem": problem})
    except TrialTooLong:
        problem = _(
            "The run took more time or memory than it may. Choose fewer periods or a simpler formula."
        )
        return render(request, "rule/trial.html", {"problem": problem})
    words = labeller()
    by = request.GET.get("by", "")
    by = by if by in {"present", "candidate", "both"} else ""
    unit = request.GET.get("unit", "")[:20]
    hits = hits_in_reach(actor, result, by, unit) if may(actor, "return.view") else []
    if (wanted := wanted_format(request)) is not None:
        return table_response(request, _table(hits, words, compared=compared), title, wanted)
    page = Paginator(hits, PAGE).get_page(request.GET.get("page"))
    context = {
        "result": result,
        "compared": compared,
        "present": rates_words(result.present),
        "candidate": rates_words(result.candidate),
        "lines": [
            {
                "period": str(Period.from_key(line.period)),
                "judged": line.judged,
                "present": rates_words(line.present),
                "candidate": rates_words(line.candidate),
            }
            for line in result.lines
        ],
        "page": page,
        "hits": [
            {"hit": hit, "unit": words("unit", hit.unit), "period": str(Period.from_key(hit.period)),
             "by": by_words(hit.by)}
            for hit in page.object_list
        ],
        "firms": len({hit.enterprise_id for hit in hits}),
        "by": by,
        "by_all": [("", _("All")), *((key, by_words(key)) for key in ("both", "candidate", "present"))],
        **span,
    }  # fmt: skip
    return render(request, "rule/trial.html", context)


def by_words(by: str) -> str:
    """Which version fired."""
    return {
        "present": _("Only the present version"),
        "candidate": _("Only the new version"),
        "both": _("Both versions"),
    }[by]


def _table(hits: list[TrialHit], words: Callable[[str, str], str], *, compared: bool) -> Table:
    columns = [
        Column("credit_code", _("Credit code")),
        Column("name", _("Name of the enterprise")),
        Column("unit", _("Management unit")),
        Column("period", _("Period")),
        *([Column("by", _("Fired by"))] if compared else []),
        Column("corrected", _("Corrected later")),
        Column("explained", _("Explained")),
        Column("open", _("Still under way")),
    ]

    def said(value: bool) -> str:
        return _("yes") if value else _("no")

    rows = (
        (
            hit.credit_code, hit.name, words("unit", hit.unit), str(Period.from_key(hit.period)),
            *([by_words(hit.by)] if compared else []),
            said(hit.corrected), said(hit.explained), said(hit.is_open),
        )
        for hit in hits
    )  # fmt: skip
    return Table(title=_("Rule on history"), columns=columns, rows=rows, firm_level=True)


@require_safe
def thresholds(request: HttpRequest, code: str) -> HttpResponseBase:
    """What the rule would have found with other values of its parameters."""
    check_may(request.actor, "rule.view")  # type: ignore[attr-defined]
    today = clock.today()
    audit = present_audit(code, today)
    if audit is None or not can_be_tried(audit):
        raise Http404
    tables = []
    try:
        for param in audit.checked.params:
            tried = try_thresholds(audit, param.code, today)
            rows = [{"value": f"{each.value:g}", "each": each, **rates_words(each.rates)} for each in tried]
            tables.append({"code": param.code, "label": label_of(param.label), "rows": rows})
    except (NotPublished, TrialTooLong):
        tables = []
    return render(request, "rule/thresholds.html", {"tables": tables, "code": code})
