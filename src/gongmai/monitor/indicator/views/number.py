"""The drawer: one number opened to its formula, inputs, base, roster, vintage, and the firms behind it."""

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongmai.core.access.queries import may
from gongmai.core.access.types import Actor
from gongmai.monitor.filing.queries.adjustments import list_adjustments
from gongmai.monitor.indicator.forms import BASES, Selection
from gongmai.monitor.indicator.messages import word_source
from gongmai.monitor.indicator.types import OpenNumber
from gongmai.monitor.indicator.views import frame, opening, published, reading, words
from gongmai.monitor.indicator.views.cells import hidden_cell, make_cell

MOST_GROUPS = 2


@require_GET
@frame.for_readers
def number(request: HttpRequest) -> HttpResponseBase:
    """One number: ``code`` names the indicator, ``g=cut:code`` the group (else the selection's total)."""
    selection = frame.select(request)
    code = request.GET.get("code", "")
    indicator = words.indicator_of(code, selection.period)
    if indicator is None:
        raise Http404
    actor = frame.actor_of_request(request)
    group = _group(request)
    opened = opening.read_number(actor, selection, code, group)
    firms_allowed = may(actor, "indicator.firms")
    small = bool(opened.hidden)
    narrowed = selection
    for cut, value in group.items():
        narrowed = narrowed.with_filter(cut, (value,))
    total = reading.read_groups(actor, narrowed, (), indicators=words.needs(code, selection.period)).total
    cell = make_cell(words.kind_of(code, selection.item, selection.period), opened.value)
    if code.endswith("growth"):
        cell = words.print_value(code, total.values, total.note, item=selection.item, period=selection.period)
    address = narrowed.query(screen=False)
    return render(
        request,
        "indicator/number.html" if request.htmx else "indicator/number_page.html",  # type: ignore[attr-defined]
        {
            "label": words.indicator_label(code, selection.item, selection.period),
            "opened": opened,
            "cell": hidden_cell("") if small else cell,
            "unit": words.item_unit(selection.item)
            if indicator.shape == "money" and indicator.per_item
            else _("100 million yuan")
            if indicator.shape == "money"
            else "",
            "words": words.word(opened.explanation),
            "source": word_source(indicator.formula.source),
            "valid": words.dates(indicator.formula.valid_from, indicator.formula.valid_to),
            "inputs": [] if small else opening.inputs_of(opened),
            "small": small,
            "reason": frame.word_hidden(opened.hidden) if small else "",
            "variants": [] if small else _variants(actor, narrowed),
            "variants_unit": words.item_unit(selection.item),
            "variants_item": words.item_label(selection.item),
            "path": _path(actor, narrowed),
            "scope_label": words.period_label(selection.period, frame.effective_view(selection)),
            "basis_label": frame.basis_label(selection.basis),
            "stamp": published.stamp(opened.vintage),
            "layer": selection.layer,
            "adjustments": adjustments_behind(actor, narrowed, opened, [one.cell for one in opened.inputs]),
            "firms_url": reverse("indicator:firms") + address if firms_allowed else "",
            "trend_url": f"{reverse('indicator:trend')}{address}&indicator={code}",
            "catalogue_url": f"{reverse('indicator:catalogue')}#{code}",
        },
    )


def _group(request: HttpRequest) -> dict[str, str]:
    """The group named in the address, cut by cut; what is not a known cut is left out."""
    group = {}
    for text in request.GET.getlist("g")[:MOST_GROUPS]:
        cut, _colon, value = text.rpartition(":")
        if cut in frame.cuts():
            group[cut] = value
    return group


def _path(actor: Actor, selection: Selection) -> list[str]:
    return [
        words.scope_label(actor),
        *(
            ", ".join(words.group_label(cut, one) for one in codes[:3]) + ("…" if len(codes) > 3 else "")  # noqa: PLR2004
            for cut, codes in selection.filters
        ),
    ]


def _variants(actor: Actor, selection: Selection) -> list[dict[str, Any]]:
    """Level, base and growth of the item on each of the three bases, side by side."""
    kind = words.item_kind(selection.item)
    variants = []
    for basis in BASES:
        total = reading.read_groups(actor, frame.changed(selection, basis=basis), ()).total
        variants.append(
            {
                "label": frame.basis_label(basis),
                "hint": frame.basis_hint(basis),
                "current": basis == selection.basis,
                "cells": [
                    make_cell(kind, total.values.get("level")),
                    make_cell(kind, total.values.get("base")),
                    make_cell("growth", total.values.get("growth")),
                ],
            }
        )
    return variants


def adjustments_behind(
    actor: Actor, selection: Selection, opened: OpenNumber, cells: list[str]
) -> list[dict[str, Any]]:
    """The adjustments that the adjusted layer holds of these cells and this period, of firms in the group."""
    if not may(actor, "adjustment.view") or not cells:
        return []
    found = list_adjustments(actor, periods=[selection.period], cells=cells, vintage=opened.vintage)
    if not found:
        return []
    inside = {firm.enterprise_id for firm in opening.read_firms(actor, selection)}
    return [
        {
            "firm": view.made.enterprise.name,
            "label": opening.cell_words(view.made.cell),
            "reported": words.plain("decimal", view.reported),
            "adjusted": words.plain("decimal", view.adjusted),
            "reason": view.made.reason,
            "by": f"{view.made.proposed_name} / {view.made.confirmed_name}",
        }
        for view in found
        if view.made.enterprise_id in inside
    ]
