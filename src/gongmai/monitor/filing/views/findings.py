"""Findings of a return as its pages show them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from gongmai.monitor.filing.messages import advise, cell_label, shown_label, word
from gongmai.monitor.filing.types import Finding, Severity
from gongmai.monitor.filing.views import sheet


def place_of(finding: Finding, called: Mapping[str, Sequence[str]] | None = None) -> str:
    """Where a finding points: a box, or table, line and column. `called`: table -> names of its lines."""
    if finding.line is None:
        return finding.cell
    line: str | int = finding.line
    lines = (called or {}).get(finding.table, ())
    return f"{finding.table}.{lines[finding.line] if finding.line < len(lines) else line}.{finding.cell}"


def finding_rows(
    findings: Sequence[Finding],
    explanations: Mapping[str, str],
    called: Mapping[str, Sequence[str]] | None = None,
) -> list[dict[str, Any]]:
    """Findings as pages show them. `called`: table -> names of its lines, where they can be edited."""
    return [
        {
            "severity": "blocking" if finding.severity is Severity.BLOCKING else "explain",
            "key": finding.key,
            "code": finding.rule,
            "cell": place_of(finding, called),
            "label": cell_label(finding.cell, finding.table)
            + (_(", line %(number)s") % {"number": finding.line + 1} if finding.line is not None else ""),
            "text": word(finding.rule, finding.params),
            "advice": advise(finding.rule, finding.params),
            "values": [
                (shown_label(key, finding.table), sheet.show_grouped(value))
                for key, value in finding.params.items()
                if key not in {"text", "code"} and value is not None
            ],
            "suggestion": sheet.show(finding.suggestion),
            "explanation": explanations.get(finding.key, ""),
        }
        for finding in findings
    ]
