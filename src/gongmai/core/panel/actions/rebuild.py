"""Rebuilding the panel from the operational store: every vintage's files, compared byte by byte."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.panel.actions import files
from gongmai.core.panel.models import LayerFile, PeriodFile
from gongmai.core.panel.ports import FactSource
from gongmai.core.panel.queries import roster, vintages
from gongmai.core.panel.types import Layer, PanelFinding
from gongmai.core.ports import adapter

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did: files built anew, files put back, and what does not agree."""

    files: int
    restored: int
    findings: tuple[PanelFinding, ...]


def rebuild(actor: Actor, progress: Progress | None = None) -> Rebuilt:
    """Build every file of every vintage again and compare it with the digest it was published under.

    A missing or damaged file is put back where the rebuilt bytes are the published ones. Bytes that differ
    are a finding, and the file stays as it is: a published vintage never changes. Raises NotAllowed.
    """
    check_may(actor, "panel.rebuild")
    source: FactSource = adapter("fact_source")
    findings: list[PanelFinding] = []
    restored = 0
    rows: list[PeriodFile | LayerFile] = [
        *PeriodFile.objects.order_by("vintage", "period"),
        *LayerFile.objects.order_by("vintage", "period"),
    ]
    with files.alone():
        files.collect_orphans()
        for number, row in enumerate(rows, start=1):
            found, put_back = _again(source, row)
            findings += found
            restored += put_back
            if progress is not None:
                progress(number, len(rows), f"{row.vintage_id}/{row.period}")
    with transaction.atomic():
        record(
            actor=actor,
            action="panel.rebuild",
            kind="panel",
            object_id="all",
            payload={
                "files": len(rows),
                "restored": restored,
                "differing": sum(finding.code == "differs" for finding in findings),
            },
        )
    return Rebuilt(len(rows), restored, tuple(findings))


def _again(source: FactSource, row: PeriodFile | LayerFile) -> tuple[list[PanelFinding], int]:
    """Rebuild one file; findings, and 1 where it was put back."""
    target = vintages.folder() / row.name
    findings = []
    state = "whole"
    if not target.exists():
        state = "missing"
    elif files.digest_of(target) != row.digest:
        state = "damaged"
    if state != "whole":
        findings.append(_finding(state, row))
    used = roster.unpack(str(row.roster_id))
    layer = Layer(row.layer) if isinstance(row, LayerFile) else Layer.REPORTED
    facts = files.read_facts(source, row.period, row.vintage_id, layer)
    temporary, digest, _ = files.build_aside(row.period, used, facts)
    if digest != row.digest:
        temporary.unlink()
        return [*findings, _finding("differs", row, published=row.digest, rebuilt=digest)], 0
    if state == "whole":
        temporary.unlink()
        return findings, 0
    files.settle(temporary, target)
    return findings, 1


def _finding(code: str, row: PeriodFile | LayerFile, **params: str) -> PanelFinding:
    return PanelFinding(code, row.period, row.vintage_id, {"name": row.name, **params})
