"""Firms by contradiction: output against electricity, revenue, taxes, headcount and energy."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongmai.core.access.queries import check_may
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Kind, Table
from gongmai.core.registry.queries import code_list, labeller
from gongmai.monitor.filing.messages import WITNESSES
from gongmai.monitor.filing.queries.returns import periods_of
from gongmai.monitor.filing.rules.contradiction import WITNESSES as ORDER
from gongmai.monitor.rule.messages import evidence_words
from gongmai.monitor.rule.queries.evidence import FirmEvidence, firms_by_contradiction
from gongmai.ui.reading import whole_number

PAGE = 40
LEAST = 20


@require_safe
def evidence(request: HttpRequest) -> HttpResponseBase:
    """The list, with filters in the address and Excel."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "evidence.view")
    periods = periods_of(actor)
    asked = request.GET.get("period", "")
    period = next((each for each in periods if str(each) == asked), periods[0] if periods else None)
    text, unit = request.GET.get("q", "")[:60], request.GET.get("unit", "")[:20]
    least = whole_number(request.GET.get("least"))
    least = LEAST if least is None else min(least, 100)
    found = firms_by_contradiction(actor, period, text=text, unit=unit, least=least) if period else []
    words = labeller()
    if (wanted := wanted_format(request)) is not None:
        return table_response(request, _table(found, words), f"{_('Evidence')} {period or ''}", wanted)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "rows": [
            {
                "firm": each,
                "unit": words("unit", each.unit),
                "industry": words("industry", each.industry),
                **evidence_words(each.evidence),
            }
            for each in page.object_list
        ],
        "period": str(period or ""),
        "q": text,
        "unit": unit,
        "least": least,
    }
    if request.htmx and request.htmx.target == "results":  # type: ignore[attr-defined]
        return render(request, "rule/evidence_rows.html", context)
    context |= {
        "periods": [str(each) for each in periods],
        "units": [("", _("All")), *((entry.code, words("unit", entry.code)) for entry in code_list("unit"))],
        "levels": [(0, _("All")), (20, "20"), (40, "40"), (60, "60"), (80, "80")],
    }
    return render(request, "rule/evidence.html", context)


def _table(found: Sequence[FirmEvidence], words: Any) -> Table:
    columns = [
        Column("credit_code", _("Credit code")),
        Column("name", _("Name of the enterprise")),
        Column("unit", _("Management unit")),
        Column("industry", _("Industry")),
        Column("score", _("Contradiction score"), Kind.DECIMAL),
        Column("known", _("Evidence known"), Kind.PERCENT),
        Column("output", _("Growth of output"), Kind.PERCENT),
    ]
    for name in ORDER:
        columns.append(Column(name, _("%(witness)s: growth") % {"witness": _(WITNESSES[name])}, Kind.PERCENT))
        columns.append(
            Column(f"{name}_points", _("%(witness)s: points") % {"witness": _(WITNESSES[name])}, Kind.DECIMAL)
        )

    def row(each: FirmEvidence) -> list[Any]:
        parts = {part.witness: part for part in each.evidence.parts}
        values: list[Any] = [
            each.credit_code, each.name, words("unit", each.unit), words("industry", each.industry),
            round(each.evidence.score, 1), each.evidence.known, each.evidence.output,
        ]  # fmt: skip
        for name in ORDER:
            part = parts.get(name)
            values += [part.growth, round(part.points, 1)] if part else [None, None]
        return values

    return Table(title=_("Evidence"), columns=columns, rows=map(row, found), firm_level=True)
