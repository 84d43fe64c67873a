"""What hangs on the boxes of a return as officers see it: threads, marks, reasons, changes, verdicts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gongmai.core.access.types import Actor
from gongmai.core.review import messages as review_messages
from gongmai.core.review.types import Level
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.queries.adjudications import verdicts_of
from gongmai.monitor.filing.queries.remarks import ThreadView
from gongmai.monitor.filing.queries.returns import ReturnView
from gongmai.monitor.filing.rules.openness import answered
from gongmai.monitor.filing.types import Change, Severity, Verdicts
from gongmai.monitor.filing.views import sheet
from gongmai.monitor.filing.views.findings import finding_rows

Marks = Mapping[str, Mapping[str, Any]]


def marks_of(threads: Iterable[ThreadView], flags: Iterable[str], reasons: Mapping[str, str]) -> Marks:
    """Box -> what hangs on it."""
    found: dict[str, dict[str, Any]] = {}
    for view in threads:
        mark = found.setdefault(view.thread.box, {})
        mark["said"] = mark.get("said", 0) + len(view.remarks)
        mark["unread"] = mark.get("unread", 0) + view.unread
        mark["open"] = mark.get("open", False) or view.is_open
    for box in flags:
        found.setdefault(box, {})["flagged"] = True
    for box, reason in reasons.items():
        found.setdefault(box, {})["asked"] = reason
    return found


def mark_sections(sections: Sequence[Mapping[str, Any]], marks: Marks) -> list[dict[str, Any]]:
    """The sections of a sheet as plain rows, each box with its marks."""
    return [
        {
            "code": section["code"],
            "label": section["label"],
            "heads": section["heads"],
            "rows": [
                {
                    "label": row.label,
                    "unit": row.unit,
                    "is_part": row.is_part,
                    "wide": row.wide,
                    "boxes": [_box(box, box.key, marks) if box else None for box in row.boxes],
                }
                for row in section["rows"]
            ],
        }
        for section in sections
    ]


def mark_tables(tables: Sequence[Mapping[str, Any]], marks: Marks) -> list[dict[str, Any]]:
    """The repeating tables that have lines, each box with its marks."""
    return [
        {
            "code": table["code"],
            "label": table["label"],
            "heads": table["heads"],
            "mark": marks.get(f"{table['code']}.*", {}),
            "lines": [
                {
                    "code": line["code"],
                    "words": line["words"],
                    "boxes": [
                        _box(box, f"{table['code']}.{line['code']}.{box.key}", marks) for box in line["boxes"]
                    ],
                }
                for line in table["lines"]
            ],
        }
        for table in tables
        if table["lines"]
    ]


def _box(box: Any, name: str, marks: Marks) -> dict[str, Any]:
    choices = dict(box.choices)
    return {
        "name": name,
        "label": box.label,
        "text": choices.get(box.text, box.text) if box.kind == "choice" else box.text,
        "exists": box.exists,
        "number": box.kind == "number",
        "changed_from": box.changed_from,
        "mark": marks.get(name, {}),
    }


def change_rows(changes: Iterable[Change]) -> list[dict[str, str]]:
    """Changed boxes with both values."""
    return [
        {
            "label": messages.cell_label(change.cell, change.table)
            + (f" · {change.line}" if change.line else ""),
            "old": sheet.show_grouped(change.old) if change.old is not None else "",
            "new": sheet.show_grouped(change.new) if change.new is not None else "",
        }
        for change in changes
    ]


def answer_rows(seen: ReturnView, asked: Mapping[str, str], changes: Sequence[Change]) -> dict[str, Any]:
    """What became of the single boxes that were sent back: changed, left, and what changed besides."""
    left, others = answered(asked, changes)
    computed = set(seen.form.computed_cells)
    return {
        "rows": [
            {"label": messages.box_label(box), "reason": reason, "left": box in left}
            for box, reason in asked.items()
        ],
        "others": change_rows(change for change in others if change.cell not in computed),
        "exact": not left and not [change for change in others if change.cell not in computed],
    }


def judged_findings(actor: Actor, seen: ReturnView) -> list[dict[str, Any]]:
    """The findings in words, with the verdicts on their explanations, the latest first."""
    number = seen.version.number if seen.version else 0
    verdicts = verdicts_of(actor, seen.filing, number)
    rows = finding_rows(seen.findings, seen.content.explanations)
    for row, finding in zip(rows, seen.findings, strict=True):
        given = verdicts.get(finding.key, [])
        row["asks"] = finding.severity is Severity.EXPLANATORY
        row["verdicts"] = [
            {
                "words": messages.VERDICT_LABELS[Verdicts(each.verdict)],
                "verdict": each.verdict,
                "level": review_messages.LEVEL_LABELS[Level(each.level)],
                "name": each.name,
                "note": each.note,
                "at": each.at,
                "version": each.version,
                "earlier": each.version < number,
            }
            for each in given
        ]
        name = ""
        if finding.line is None:
            name = finding.cell
        elif finding.line < len(seen.content.lines.get(finding.table, ())):
            key = seen.form.table(finding.table).key
            name = (
                f"{finding.table}.{seen.content.lines[finding.table][finding.line].get(key)}.{finding.cell}"
            )
        heads = {cell.key for cell in seen.form.cells}
        row["cell_box"] = name if "." in name or name in heads else ""
        row["doubt"] = ""
        if given and given[0].version == number and given[0].verdict != Verdicts.ACCEPTED:
            row["doubt"] = given[0].note
    return rows


def thread_rows(threads: Iterable[ThreadView]) -> list[dict[str, Any]]:
    """Threads as pages show them."""
    return [
        {
            "pk": view.thread.pk,
            "box": view.thread.box,
            "label": messages.box_label(view.thread.box) if view.thread.box else "",
            "internal": view.thread.internal,
            "is_open": view.is_open,
            "resolved_by": view.thread.resolved_by,
            "unread": view.unread,
            "remarks": view.remarks,
        }
        for view in threads
    ]
