"""What a return is judged against: the firm's history, its other forms, locked bases, the register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson
from django.apps import apps
from django.db.models import F, Q

from gongmai.core.formula.queries import row_evaluator
from gongmai.core.panel.queries import engine, vintages
from gongmai.core.period.types import Period
from gongmai.core.registry.rules.credit import check_credit_code
from gongmai.monitor.filing.models import BaseRevision, Return, Version
from gongmai.monitor.filing.queries.audits import audits_of, roll_up
from gongmai.monitor.filing.queries.firms import codes_of
from gongmai.monitor.filing.queries.forms import forms, items
from gongmai.monitor.filing.rules.audits import Audit, read_verdicts
from gongmai.monitor.filing.rules.locks import locked_cells
from gongmai.monitor.filing.types import CellValue, Content, Finding

LOOKBACK = 24
_DIMENSIONS = ("region", "unit", "park", "industry", "size")


@dataclass(slots=True)
class Context:
    """Rows by period key (wide: all forms), and the figures joined to the return at hand."""

    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    joined: dict[str, CellValue] = field(default_factory=dict)

    def row(self, period: Period) -> dict[str, Any]:
        """The row of a period, empty when nothing was filed."""
        return self.rows.get(period.key, {})


def load_context(filing: Return) -> Context:
    """Read the context of one return: two years of what the firm filed last on every form."""
    period = Period.from_key(filing.period)
    low = Period.from_index(period.index - LOOKBACK).key
    context = Context()
    for form, key, cells in Version.objects.filter(
        filing__enterprise=filing.enterprise_id,
        filing__period__gte=low,
        filing__period__lte=filing.period,
        number=F("filing__versions_count"),
    ).values_list("filing__form", "filing__period", "cells"):
        if (form, key) != (filing.form, filing.period):
            context.rows.setdefault(key, {"period": key}).update(orjson.loads(cells))
    _join_profiles(context, filing, low)
    context.joined = {**_register_facts(filing, context), **_locks(filing, context, period)}
    return context


def _join_profiles(context: Context, filing: Return, low: int) -> None:
    """Put the attributes of each period into its row."""
    context.rows.setdefault(filing.period, {"period": filing.period})
    profiles = apps.get_model("registry", "Profile").objects.filter(enterprise=filing.enterprise_id)
    rows = list(
        profiles.filter(Q(valid_to=None) | Q(valid_to__gte=low), valid_from__lte=filing.period)
        .order_by("valid_from")
        .values("valid_from", *_DIMENSIONS)
    )
    for key, row in context.rows.items():
        current = next((entry for entry in reversed(rows) if entry["valid_from"] <= key), None)
        for name in _DIMENSIONS:
            row[name] = current[name] if current else getattr(filing.enterprise, name)


def _register_facts(filing: Return, context: Context) -> dict[str, CellValue]:
    period = Period.from_key(filing.period)
    entry = (
        apps.get_model("registry", "RosterMembership")
        .objects.filter(enterprise=filing.enterprise_id, from_period__lte=filing.period)
        .order_by("-from_period")
        .values_list("from_period", "entry_type")
        .first()
    )
    row = context.rows[filing.period]
    found: dict[str, CellValue] = {
        "credit_code_valid": int(not check_credit_code(filing.enterprise.credit_code)),
        "industry_valid": int(row["industry"] in codes_of("industry") or not codes_of("industry")),
        "region_valid": int(row["region"] in codes_of("region") or not codes_of("region")),
    }
    if entry and entry[1] != "initial":
        found["periods_on_roster"] = period.index - Period.from_key(entry[0]).index + 1
    low, high = per_worker_range(row["industry"][:2], period)
    return {**found, "per_worker_low": low, "per_worker_high": high}


def _locks(filing: Return, context: Context, period: Period) -> dict[str, CellValue]:
    """Bases as locked: what was filed a year ago, or what an approved revision put in its place."""
    revised = dict(
        BaseRevision.objects.filter(filing=filing, state="approved")
        .order_by("pk")
        .values_list("cell", "wanted_value")
    )
    decimals = {cell.key: cell.column.decimals for cell in forms()[filing.form].cells}
    revised = {
        cell: round(value) if value is not None and not decimals.get(cell) else value
        for cell, value in revised.items()
    }
    return locked_cells(items().values(), context.row(period.year_ago()), revised)


def per_worker_range(division: str, period: Period) -> tuple[float | None, float | None]:
    """1st and 99th percentile of monthly output per worker in an industry division.

    Taken from the last published period before `period`, which is complete; unknown before there is one.
    """
    try:
        files = vintages.files_in_force(vintages.current_vintage())
    except vintages.NotPublished:
        return None, None
    earlier = [key for key in files if key < period.key]
    if not earlier:
        return None, None
    last = files[max(earlier)]
    return _ranges(last.vintage, last.period, last.digest).get(division, (None, None))


@lru_cache(maxsize=8)
def _ranges(vintage: int, period: int, digest: str) -> dict[str, tuple[float | None, float | None]]:
    """By industry division; a file never changes, so the answer is kept under its digest."""
    del digest
    table = engine.ask(
        "SELECT industry_division, quantile_cont(v, 0.01) AS low, quantile_cont(v, 0.99) AS high FROM "
        "(SELECT industry_division, output__ytd / workforce / (period % 100) AS v FROM panel "
        "WHERE workforce > 0 AND output__ytd > 0) GROUP BY 1 HAVING count(*) >= 30",
        vintage=vintage,
        periods=[period],
    )
    return {row["industry_division"]: (row["low"], row["high"]) for row in table.to_pylist()}


def judge(filing: Return, content: Content, context: Context) -> tuple[Content, list[Finding]]:
    """The content with its computed cells filled in, and what all audits of the form find in it."""
    period = Period.from_key(filing.period)
    form = forms()[filing.form]
    kept = {key: value for key, value in content.cells.items() if key not in form.computed_cells}
    filled = Content(
        {**kept, **roll_up(form.code, period, content.lines)}, content.lines, content.explanations
    )
    now = {**context.rows.get(filing.period, {}), **context.joined, **filled.cells, "period": filing.period}
    now["main_line_industry"] = main_line(content.lines.get("output_lines", ()))
    history = [row for key, row in context.rows.items() if key != filing.period]
    audits = audits_of(form.code, form_day(period))
    rules = [audit.checked for audit in audits]
    verdicts = row_evaluator().evaluate(rules, [*history, now], lines=content.lines)
    broken = [audit for audit, verdict in zip(audits, verdicts, strict=True) if verdict is True]
    suggestions = _suggest(broken, [*history, now], form.code)
    rows = {"now": now, "prev": context.row(period.previous())}
    return filled, read_verdicts(audits, verdicts, suggestions, rows, content.lines)


def _suggest(broken: Sequence[Audit], rows: Sequence[Mapping[str, Any]], form: str) -> dict[str, CellValue]:
    wanted = [audit for audit in broken if audit.suggest is not None]
    if not wanted:
        return {}
    values = row_evaluator().evaluate([audit.suggest for audit in wanted if audit.suggest], rows)
    decimals = {cell.key: cell.column.decimals for cell in forms()[form].cells}
    found: dict[str, CellValue] = {}
    for audit, value in zip(wanted, values, strict=True):
        if isinstance(value, int | float):
            places = decimals.get(audit.cell, 0)
            found[audit.code] = round(float(value), places) if places else round(value)
    return found


def main_line(lines: Sequence[Mapping[str, CellValue]]) -> str | None:
    """The industry class of the line with the largest cumulative output; it decides the main industry."""
    best: tuple[float, str] | None = None
    for line in lines:
        value, code = line.get("output__ytd"), line.get("industry")
        if isinstance(value, int | float) and isinstance(code, str) and (best is None or value > best[0]):
            best = (value, code)
    return best[1] if best else None


def form_day(period: Period) -> Any:
    """The day on which rules are looked up for a period: its last one."""
    from gongmai.core.formula.rules.staged import period_end

    return period_end(period.key)
