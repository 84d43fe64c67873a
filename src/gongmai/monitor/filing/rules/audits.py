"""Audits: writing one rule out for many items, and turning verdicts into findings.

An audit's formula is true when its rule is broken; unknown never counts as broken.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongmai.core.formula.types import Checked
from gongmai.monitor.filing.types import CellValue, Finding, Label, Severity

MIN_EXPLANATION = 5
PREVIOUS = "prev:"


@dataclass(frozen=True, slots=True)
class Audit:
    """A checked rule with what its finding shows. `suggest` computes the value that would be right."""

    code: str
    form: str
    table: str
    severity: Severity
    cell: str
    shown: tuple[str, ...]
    label: Label
    message: Label
    advice: Label
    checked: Checked
    suggest: Checked | None = None


def split_suggestions(entries: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield formulas of their own, `<code>.suggest`, for the entries that say what would be right."""
    for entry in entries:
        if "suggest" in entry:
            yield {
                "code": f"{entry['code']}.suggest",
                "label": entry["label"],
                "formula": entry["suggest"],
                "valid_from": entry["valid_from"],
                "valid_to": entry.get("valid_to"),
                "source": entry["source"],
            }


def read_verdicts(
    audits: Sequence[Audit],
    verdicts: Sequence[Any],
    suggestions: Mapping[str, CellValue],
    rows: Mapping[str, Mapping[str, CellValue]],
    lines: Mapping[str, Sequence[Mapping[str, CellValue]]],
) -> list[Finding]:
    """Findings of the audits that came out true.

    `verdicts` are in the order of the audits: true, false, unknown, or a list with one for each line.
    `rows` holds the return's own row under "now" and last period's under "prev".
    """
    found: list[Finding] = []
    for audit, verdict in zip(audits, verdicts, strict=True):
        if isinstance(verdict, list):
            for number, each in enumerate(verdict):
                if each is True:
                    found.append(_line_finding(audit, number, lines.get(audit.table, ())[number]))
        elif verdict is True:
            now = rows["now"]
            found.append(
                Finding(
                    audit.code,
                    audit.severity,
                    audit.cell,
                    now.get(audit.cell),
                    params=_shown(audit, rows),
                    suggestion=suggestions.get(audit.code),
                )
            )
    return sorted(found, key=lambda finding: finding.severity is not Severity.BLOCKING)


def _line_finding(audit: Audit, number: int, line: Mapping[str, CellValue]) -> Finding:
    shown = {key: line.get(key) for key in audit.shown}
    return Finding(
        audit.code, audit.severity, audit.cell, line.get(audit.cell), audit.table, number, params=shown
    )


def _shown(audit: Audit, rows: Mapping[str, Mapping[str, CellValue]]) -> dict[str, CellValue]:
    return {
        key: rows["prev"].get(key.removeprefix(PREVIOUS))
        if key.startswith(PREVIOUS)
        else rows["now"].get(key)
        for key in audit.shown
    }


def unexplained(findings: Iterable[Finding], explanations: Mapping[str, str]) -> list[Finding]:
    """The explanatory findings that nobody explained in at least MIN_EXPLANATION characters."""
    return [
        finding
        for finding in findings
        if finding.severity is Severity.EXPLANATORY
        and len((explanations.get(finding.key) or "").strip()) < MIN_EXPLANATION
    ]
