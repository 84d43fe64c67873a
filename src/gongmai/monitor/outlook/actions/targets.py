"""Setting targets: one by hand, or a file of them."""

from pathlib import Path
from typing import Any

from django.db import transaction

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.period import clock
from gongmai.core.registry.actions.folder import read_named
from gongmai.core.registry.queries import code_list
from gongmai.core.registry.types import Finding, Row, Table
from gongmai.monitor.outlook.models import Target
from gongmai.monitor.outlook.queries.target_facts import watched_items
from gongmai.monitor.outlook.queries.targets import LEVELS

EDIT = "target.edit"
NAME = "targets"
COLUMNS = ("year", "item", "level", "code", "value", "source")
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST = 10**13  # thousand yuan: what a typing error exceeds
SHOWN, LONGEST = 80, 200


def known_codes(level: str) -> set[str]:
    """The codes that targets of a level may have: counties, industry divisions; the city has none."""
    if level == "city":
        return {""}
    if level == "county":
        return {entry.code for entry in code_list("region") if entry.extra.get("level", "county") == "county"}
    return {entry.code for entry in code_list("industry") if entry.extra.get("level") == "division"}


def set_target(
    actor: Actor, *, year: int, item: str, level: str, code: str, value: int, source: str
) -> Target:
    """Set (or change) one target; `value` in thousand yuan. Raises NotAllowed, ValueError."""
    check_may(actor, EDIT)
    if item not in watched_items() or level not in LEVELS or code not in known_codes(level):
        raise ValueError("unknown")
    if not FIRST_YEAR <= year <= LAST_YEAR or not 0 < value <= MOST or not source.strip():
        raise ValueError("out of range")
    with transaction.atomic():
        row, _made = Target.objects.update_or_create(
            year=year,
            item=item,
            level=level,
            code=code,
            defaults={"value": value, "source": source.strip()[:LONGEST], "set_at": clock.now()},
        )
        payload = {"value": value, "source": row.source}
        name = f"{year}:{item}:{level}:{code}"
        record(actor=actor, action="target.set", kind="target", object_id=name, payload=payload)
    return row


def import_targets(actor: Actor, folder: Path, *, replace: bool) -> tuple[int, list[Finding]]:
    """Take targets.csv (or .xlsx) of a folder, all or nothing; `replace`: drop those that are there.

    Gives how many were set and what is wrong. A folder without the file has none.
    """
    check_may(actor, EDIT)
    findings: list[Finding] = []
    table = read_named(folder, NAME, findings)
    rows = _read(table, findings) if table else []
    if findings:
        return 0, findings
    with transaction.atomic():
        if replace:
            Target.objects.all().delete()
        for row in rows:
            key = {name: row[name] for name in ("year", "item", "level", "code")}
            more = {"value": row["value"], "source": row["source"], "set_at": clock.now()}
            Target.objects.update_or_create(**key, defaults=more)
        if rows:
            payload = {"targets": len(rows), "replace": replace}
            record(actor=actor, action="target.import", kind="target", object_id=NAME, payload=payload)
    return len(rows), []


def _read(table: Table, findings: list[Finding]) -> list[dict[str, Any]]:
    missing = [name for name in COLUMNS if name not in table.header]
    findings += [Finding(table.file, 1, name, "header_missing") for name in missing]
    for name in table.header:
        if name not in COLUMNS:
            detail = {"columns": ", ".join(COLUMNS)}
            findings.append(Finding(table.file, 1, name, "header_unknown", name, detail))
    if missing:
        return []
    codes = {level: known_codes(level) for level in LEVELS}
    made: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in table.rows:
        found = _read_row(table, row, codes, findings)
        key = tuple(found[name] for name in ("year", "item", "level", "code"))
        if key in made:
            findings.append(Finding(table.file, row.number, "code", "code_twice", str(found["code"])))
        made[key] = found
    return list(made.values())


def _read_row(table: Table, row: Row, codes: dict[str, set[str]], findings: list[Finding]) -> dict[str, Any]:
    cells = row.cells

    def add(column: str, rule: str, **detail: object) -> None:
        findings.append(Finding(table.file, row.number, column, rule, cells[column][:SHOWN], detail))

    numbers = {}
    for column, low, high in (("year", FIRST_YEAR, LAST_YEAR), ("value", 1, MOST)):
        text = cells[column]
        if not text.isascii() or not text.isdigit():
            add(column, "integer_form")
        elif not low <= int(text) <= high:
            add(column, "number_range", low=low, high=high)
        numbers[column] = int(text) if text.isascii() and text.isdigit() else 0
    if cells["item"] not in watched_items():
        add("item", "code_unknown", known=", ".join(watched_items()))
    if cells["level"] not in LEVELS:
        add("level", "code_unknown", known=", ".join(LEVELS))
    elif cells["code"] not in codes[cells["level"]]:
        add("code", "code_unknown", known=", ".join(sorted(codes[cells["level"]])[:SHOWN]))
    if not cells["source"]:
        add("source", "cell_required")
    elif len(cells["source"]) > LONGEST:
        add("source", "cell_too_long", limit=LONGEST)
    return {**{name: cells[name] for name in ("item", "level", "code", "source")}, **numbers}
