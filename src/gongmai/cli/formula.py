"""``gongmai formula``: checks and exports catalogues, explains a rule or an indicator on one firm."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
import orjson
import yaml

from gongmai.cli.indicators import PeriodType
from gongmai.cli.printing import format_option, print_rows
from gongmai.core.formula.messages import word
from gongmai.core.formula.queries import check_file, explain_with, row_evaluator
from gongmai.core.formula.types import Checked, Explanation, FormulaError, Mode, Value, View
from gongmai.core.panel.messages import word_not_published
from gongmai.core.panel.queries import engine, roster, vintages
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import find_by_credit_codes
from gongmai.monitor.filing.queries.audits import audits_by_code, entries_now, param_entries, vocabulary
from gongmai.monitor.indicator.queries.catalogue import DEFAULT_ITEM, get_column
from gongmai.monitor.indicator.types import IndicatorError

HISTORY = 36  # periods read; no time word looks further back
LANGUAGES = ("zh-Hans", "en")


@click.group()
def formula() -> None:
    """Rules and indicators: check a catalogue, explain a verdict."""


@formula.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@format_option
def check(file: Path, form: str) -> None:
    """Check the catalogue FILE: shape, dates, items, types, units, worked examples. Exit 1 on findings."""
    findings = check_file(file, vocabulary(), item=DEFAULT_ITEM)
    rows = [
        {"formula": each.formula, "code": each.code, "position": each.position, "message": word(each)}
        for each in findings
    ]
    print_rows(("formula", "code", "position", "message"), rows, form)
    if findings:
        sys.exit(1)


@formula.command()
@click.argument("code")
@click.option("--enterprise", required=True, help="credit code of the firm")
@click.option("--period", type=PeriodType(), required=True, help="such as 2022-12")
@click.option("--cumulative", is_flag=True, help="read bare items as since the start of the year")
@click.option("--item", default=DEFAULT_ITEM, show_default=True, help="the item of an indicator of any item")
@click.option("--language", type=click.Choice(LANGUAGES), default="zh-Hans", show_default=True)
@format_option
def explain(
    code: str, enterprise: str, period: Period, cumulative: bool, item: str, language: str, form: str
) -> None:
    """Explain the rule or indicator CODE on the published facts of one firm."""
    view = View.CUMULATIVE if cumulative or period.is_merged else View.MONTH
    try:
        checked = find_formula(code, item, period)
        explanation = explain_firm(checked, find_firm(enterprise), period, view)
    except FormulaError as error:
        raise click.UsageError(word(error)) from error
    except vintages.NotPublished as refusal:
        raise click.UsageError(word_not_published(refusal)) from refusal
    if form == "json":
        click.echo(orjson.dumps({"code": code, **asdict(explanation)}, option=orjson.OPT_INDENT_2).decode())
        return
    columns = ("condition", "verdict", "value", "threshold", "distance", "missing")
    print_rows(columns, list(_lines(explanation, language, 0)), form, title=code)


@formula.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def export(target: Path) -> None:
    """Write the audits and thresholds with all their dated versions to TARGET, as a catalogue file."""
    document = {"params": param_entries(), "formulas": entries_now()}
    target.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120), "utf-8")
    click.echo(f"{len(document['formulas'])} rules, {len(document['params'])} parameters: {target}")


def find_formula(code: str, item: str, period: Period) -> Checked:
    """An audit or an indicator by its code; a usage error when there is neither."""
    audit = audits_by_code().get(code)
    if audit is not None:
        return audit.checked
    try:
        return get_column(code, item, period).checked
    except IndicatorError as error:
        raise click.UsageError(f"no rule or indicator has the code {code}") from error


def find_firm(credit_code: str) -> int:
    """The number of a firm; a usage error when the register does not know the code."""
    found = find_by_credit_codes([credit_code])
    if credit_code not in found:
        raise click.UsageError(f"no firm has the credit code {credit_code}")
    return found[credit_code]


def explain_firm(checked: Checked, enterprise: int, period: Period, view: View) -> Explanation:
    """Explain a formula on the published history of one firm; NotPublished when there is none."""
    rows = firm_history(enterprise, period)
    day = date(period.year, period.month, 28)

    def evaluate(parts: Sequence[Checked]) -> Sequence[Value]:
        if checked.formula.mode is not Mode.AGGREGATE:
            found = row_evaluator().evaluate(parts, rows, view=view, at=day)
            return [None if isinstance(value, list) else value for value in found]
        groups = row_evaluator().evaluate_group(parts, rows, view=view, period=period.key, at=day)
        return [groups[0][part.code] for part in parts]

    if view not in checked.views:
        view = View.CUMULATIVE
    return explain_with(checked, evaluate, view)


def firm_history(enterprise: int, period: Period) -> list[dict[str, Any]]:
    """The published rows of a firm up to a period, with the parameters of its industry joined."""
    vintage = vintages.current_vintage()
    low = Period.from_index(period.index - HISTORY).key
    periods = [key for key in vintages.published_periods(vintage) if low <= key <= period.key]
    if period.key not in periods:
        raise vintages.NotPublished(vintage=vintage, period=period.key)
    sql = f"SELECT * FROM {engine.RELATION} WHERE enterprise_id = ?"
    rows: list[dict[str, Any]] = engine.ask(sql, [enterprise], vintage=vintage, periods=periods).to_pylist()
    for row in rows:
        for name, by_division in roster.parameters(row["period"]).items():
            row[name] = by_division.get(row.get("industry_division") or "")
    if not any(row["period"] == period.key for row in rows):
        rows.append({"enterprise_id": enterprise, "period": period.key})
    return rows


def _lines(part: Explanation, language: str, depth: int) -> Iterator[dict[str, Any]]:
    yield {
        "condition": "  " * depth + part.text[language],
        "verdict": part.verdict.value if part.verdict else None,
        "value": part.shown.get(language),
        "threshold": part.threshold,
        "distance": part.distance,
        "missing": ", ".join(part.missing),
    }
    for inner in part.parts:
        yield from _lines(inner, language, depth + 1)
